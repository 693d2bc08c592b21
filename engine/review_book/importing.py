"""A workbook read back into the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.review import Actor, Outcome, Review, Who, take_back
from engine.review_book.reading import read_book
from engine.review_book.results import counts
from engine.sources.reading import digest_of


@dataclass(frozen=True)
class Imported:
    """What became of one workbook: its SHA-256 and the outcome of each row, by line."""

    sha256: str
    outcomes: list[Outcome]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows had each outcome."""
        return counts(self.outcomes)


def import_book(review: Review, actor: Actor, path: Path, by: Who, *, name: str = "", save: bool = True) -> Imported:
    """Read a workbook and save what it decides beyond doubt; `by` is who hands it in, `name` what messages call it.

    Raises EngineError for a file that is no workbook of ours, or an account that may not judge; nothing is saved then.
    """
    sha256, _ = digest_of(path)
    rows = read_book(path, name or path.name)
    return Imported(sha256, take_back(review, actor, rows, (sha256, by), save=save))
