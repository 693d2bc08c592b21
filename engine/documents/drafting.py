"""A draft: a kind of document, the clues it is about, and the office's template, as one Word file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.documents.facts import data_of
from engine.documents.kinds import File, Kind, demand_fit
from engine.documents.template import Template, fill, read_template
from engine.errors import EngineError
from engine.store import flush

BUILT_IN = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Draft:
    """One Word file, not yet written: its name (kind and clue only, no person's name) and its bytes."""

    kind: Kind
    clue_ids: tuple[str, ...]
    name: str
    content: bytes
    template: str


def draft(kind: Kind, files: Sequence[File], templates: Path | None = None) -> Draft:
    """Return the draft of one document about the clues.

    A template of the same name in `templates` is used instead of the built-in one. Raises EngineError where the kind
    does not fit the clues, or the template cannot be used.
    """
    demand_fit(kind, files)
    template, own = find_template(kind, templates)
    ids = tuple(file["clue_id"] for file in files)
    name = f"{kind.title}_{ids[0]}{f'等{len(ids)}条' if len(ids) > 1 else ''}.docx"
    return Draft(kind, ids, name, fill(template, data_of(kind, files)), "自备模板" if own else "自带模板")


def find_template(kind: Kind, templates: Path | None = None) -> tuple[Template, bool]:
    """Return the template of a kind, and whether it is the office's own."""
    if templates is not None and not templates.is_dir():
        fix = f"请放入 {kind.title}.docx，或者不写 --templates"
        raise EngineError(templates.name, "没有这个模板文件夹", fix, code="E-TEMPLATE-NONE")
    own = templates / f"{kind.title}.docx" if templates else None
    found = own if own and own.is_file() else BUILT_IN / f"{kind.title}.docx"
    return read_template(found), found == own


def write_drafts(drafts: Sequence[Draft], out: Path, *, replace: bool = False) -> list[Path]:
    """Write the drafts into a folder and return the files.

    A draft people may have worked on is never overwritten unless `replace`: then nothing is written, EngineError.
    """
    targets = [out / made.name for made in drafts]
    there = [target.name for target in targets if target.exists()]
    if there and not replace:
        what = f"已有 {'、'.join(there[:3])}{f' 等{len(there)}份' if len(there) > 3 else ''}，其中可能有人工修改"
        raise EngineError("起草", what, "请换一个文件夹，或者加 --replace 覆盖", code="E-DRAFT-EXISTS")
    out.mkdir(parents=True, exist_ok=True)
    for made, target in zip(drafts, targets, strict=True):
        write_file(target, made.content)
    return targets


def write_file(target: Path, content: bytes) -> None:
    """Write a file beside its place and put it there whole."""
    aside = target.with_name(f".{target.name}.next")
    aside.write_bytes(content)
    flush(aside)
    aside.replace(target)
    flush(target.parent)
