"""Documents in, records out: every value with the words it stands in.

`extract` reads files (docx, pdf with a text layer, txt, html), tells their kind by their own title and number, and
finds what the kind's file declares. A file that cannot be read or is of no declared kind is a reject with its reason; a
value that is not sure stays empty with its reason. Files in = documents read + repeated + rejected.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import SourceError
from engine.extract.checking import across, conflicts_in
from engine.extract.declaring import read_kind, read_kinds
from engine.extract.document import Document, Quote
from engine.extract.finding import Finder
from engine.extract.kinds import Field, Kind, Kinds
from engine.extract.reading import EXTENSIONS, REFUSED_EXTENSIONS, read_document
from engine.extract.recognising import named_otherwise, recognise
from engine.extract.values import STATUSES, Conflict, ItemValue, Record, Value
from engine.extract.words import Words

__all__ = [
    "EXTENSIONS", "REFUSED_EXTENSIONS", "STATUSES", "Conflict", "Document", "Extraction", "Field", "ItemValue", "Kind",
    "Kinds", "Quote",
    "Record", "Value", "extract", "extract_document", "read_document", "read_kind", "read_kinds",
]

Progress = Callable[[int, int], None]


@dataclass
class Extraction:
    """What became of the files: `records` read, `repeated` (name, name of the same text before), `rejects`."""

    records: list[Record] = field(default_factory=list)
    repeated: list[tuple[str, str]] = field(default_factory=list)
    rejects: list[SourceError] = field(default_factory=list)

    @property
    def files(self) -> int:
        """How many files came in."""
        return self.read + len(self.repeated) + len(self.rejects)

    @property
    def read(self) -> int:
        """How many documents were read; one that names several parties has several records."""
        return sum(record.is_first for record in self.records)


def extract(files: Iterable[tuple[Path, str]], kinds: Kinds, progress: Progress | None = None) -> Extraction:
    """Return what the files (path and shown name) hold; no file is left out."""
    done = Extraction()
    seen: dict[tuple[str, ...], str] = {}
    wanted = list(files)
    for number, (path, name) in enumerate(wanted, start=1):
        try:
            document = read_document(path, name)
            text = tuple(paragraph.text for paragraph in document.paragraphs)
            if text in seen:
                done.repeated.append((name, seen[text]))
            else:
                done.records += extract_document(document, kinds)
                seen[text] = name
        except SourceError as fault:
            done.rejects.append(fault)
        except OSError as fault:
            reason = fault.strerror or type(fault).__name__
            done.rejects.append(SourceError(name, f"文件读不了（{reason}）", "请核对文件和权限", "E-FILE-READ"))
        if progress:
            progress(number, len(wanted))
    _compare(done.records)
    return done


def extract_document(document: Document, kinds: Kinds) -> list[Record]:
    """Return the record of one document, or one for each party. Raises SourceError where it is of no declared kind."""
    words = Words(document)
    kind = recognise(words, kinds, document.name)
    finder = Finder(kind, words)
    parties = finder.parties()
    if len(parties) < 2:
        records = [Record(document, kind, finder.find())]
    else:
        records = [Record(document, kind, Finder(kind, words, parties[:n] + parties[n + 1:]).find(), n + 1)
                   for n in range(len(parties))]
    record = records[0]
    record.items = finder.items()
    record.conflicts = conflicts_in(record)
    if said := named_otherwise(document.name, kind, kinds):
        record.conflicts.append(Conflict(f"文件名写的是{said}，内容是{kind.title}，按内容抽取", ()))
    record.conflicts += [Conflict(warning, ()) for warning in document.warnings]
    return records


def _compare(records: Sequence[Record]) -> None:
    for record, conflict in list(across(records)):
        record.conflicts.append(conflict)
