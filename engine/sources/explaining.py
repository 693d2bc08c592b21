"""What would be read from a file, and proposals for what is not known, before anything is loaded."""

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.errors import SourceError
from engine.records import BY_NAME, Table
from engine.sources.detect import Fit, best_fit, recognise
from engine.sources.headers import header_key, header_unit
from engine.sources.mapping import PARTY_NO, Mappings
from engine.sources.reading import ReadOptions, Sheet, open_file

_LIKE = 0.5


@dataclass(frozen=True)
class Read:
    """A delivered column and what it feeds; column "" : known and left aside on purpose."""

    header: str
    table: str
    column: str
    label: str
    unit: str = ""


@dataclass(frozen=True)
class Proposal:
    """A header nobody knows, with the column it most likely is ("" where nothing is like it)."""

    header: str
    column: str
    label: str
    like: str
    likeness: float


@dataclass(frozen=True)
class Explained:
    """One sheet: the mapping recognised (or the nearest one, with the reason it cannot be used), columns, proposals.

    draft is YAML ready to be completed and saved as a mapping, or as lines to add to the one recognised.
    """

    file: str
    sheet: str
    header_line: int
    source_id: str
    title: str
    score: float
    tables: tuple[str, ...]
    read: tuple[Read, ...]
    unknown: tuple[Proposal, ...]
    missing: tuple[str, ...]
    refusal: str
    draft: str

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    def text(self) -> str:
        """Return the explanation in Chinese lines."""
        return "\n".join(_lines(self))


def explain(mappings: Mappings, paths: Sequence[Path], *, source: str | None = None) -> list[Explained]:
    """Return what would be read from every sheet of the files; nothing is loaded and only headers are read."""
    return [found for path in paths for found in _file(mappings, path, source)]


def _file(mappings: Mappings, path: Path, source: str | None) -> Iterator[Explained]:
    try:
        for item in open_file(path, options=ReadOptions(known=mappings.known)):
            name = f"{item.name}/{item.member}" if item.member else item.name
            for sheet in item.tables:
                yield _sheet(mappings, name, sheet, source)
    except SourceError as fault:
        yield Explained(path.name, "", 0, "", "", 0.0, (), (), (), (), str(fault), "")


def _sheet(mappings: Mappings, name: str, sheet: Sheet, source: str | None) -> Explained:
    where = f"{name}（{sheet.name}）" if sheet.name else name
    refusal, fit = "", best_fit(sheet.header, mappings, source)
    try:
        fit = recognise(sheet.header, mappings, where, source)
    except SourceError as fault:
        refusal = str(fault)
    if fit is None or not fit.recognised:
        table, proposals = _guess(mappings, sheet.header)
        draft = _draft(table, proposals) if table else ""
        return Explained(name, sheet.name, sheet.header_line, "", "", 0.0, (), (), proposals, (), refusal, draft)
    main = fit.plans[0].feed.table
    synonyms = _synonyms(mappings, main)
    proposals = tuple(_propose(header, main, synonyms) for header in fit.unknown)
    draft = _draft(main, (*_as_proposals(fit), *proposals)) if refusal else _aliases(fit, proposals)
    return Explained(
        name, sheet.name, sheet.header_line, fit.mapping.source_id, fit.mapping.title, round(fit.score, 3), fit.tables,
        _read(fit, sheet.header), proposals, fit.missing, refusal, draft,
    )


def _read(fit: Fit, header: Sequence[str]) -> tuple[Read, ...]:
    """Return every header the mapping knows, in file order."""
    found = []
    for index, name in enumerate(header):
        fed = [(p, b, b.indexes.index(index)) for p in fit.plans for b in p.bounds if index in b.indexes]
        for plan, bound, place in fed:
            column = bound.origin.column
            found.append(Read(name.strip(), plan.feed.table.name, column.name, column.label, bound.units[place]))
        if not fed and header_key(name) in fit.mapping.known:
            found.append(Read(name.strip(), "", "", "不使用"))
    return tuple(found)


def _synonyms(mappings: Mappings, table: Table) -> dict[str, str]:
    """Return comparable header → our column, from every mapping of the table and from our own labels."""
    own = {header_key(c.label): c.name for c in table.columns}
    fed = {
        key: origin.column.name
        for m in mappings.values() for feed in m.feeds if feed.table == table
        for origin in feed.origins for key in origin.keys
    }
    return own | fed


def _propose(header: str, table: Table, synonyms: dict[str, str]) -> Proposal:
    key = header_key(header)
    near = difflib.get_close_matches(key, synonyms, n=1, cutoff=_LIKE)
    if not near:
        return Proposal(header.strip(), "", "", "", 0.0)
    likeness = difflib.SequenceMatcher(None, key, near[0]).ratio()
    column = table.column(synonyms[near[0]]) or PARTY_NO
    return Proposal(header.strip(), column.name, column.label, near[0], round(likeness, 2))


def _guess(mappings: Mappings, header: Sequence[str]) -> tuple[Table | None, tuple[Proposal, ...]]:
    """Return the table whose words are most like the header, with a proposal for each name."""
    best: tuple[float, Table | None, tuple[Proposal, ...]] = (0.0, None, ())
    for table in BY_NAME.values():
        synonyms = _synonyms(mappings, table)
        proposals = tuple(_propose(name, table, synonyms) for name in header if header_key(name))
        weight = sum(p.likeness for p in proposals)
        if weight > best[0]:
            best = (weight, table, proposals)
    return best[1], best[2]


def _as_proposals(fit: Fit) -> tuple[Proposal, ...]:
    bounds = [b for p in fit.plans[:1] for b in p.bounds]
    return tuple(
        Proposal(header.strip(), b.origin.column.name, b.origin.column.label, header, 1.0)
        for b in bounds for header in b.headers
    )


def _draft(table: Table, proposals: Sequence[Proposal]) -> str:
    """Return a mapping file to be completed: sure columns, likely ones marked, the rest under ignore."""
    lines = ["title: 待填（供数单位和数据名称）", "supplier: 待填", f"table: {table.name}", "columns:"]
    taken: Counter[str] = Counter()
    for p in proposals:
        column = table.column(p.column) or (PARTY_NO if p.column == PARTY_NO.name else None)
        if column is None or taken[p.column]:
            continue
        taken[p.column] += 1
        doubt = "" if p.likeness == 1.0 else f"   # 待核：像“{p.like}”"
        name = _quoted(p.header)
        if column.type == "money" and header_unit(p.header) is None:
            lines.append(f"  {column.name}: {{headers: [{name}], unit: 元}}   # 请核对单位")
        else:
            lines.append(f"  {column.name}: [{name}]{doubt}")
    lines += [f"  # 缺 {k}（{c.label}）：自然键，必须有来源" for k in table.key
              if not taken[k] and (c := table.column(k)) is not None]
    rest = [p.header for p in proposals if not p.column or p.header not in "\n".join(lines)]
    return "\n".join([*lines, *(["ignore:", *(f"  - {_quoted(h)}" for h in rest)] if rest else [])]) + "\n"


def _aliases(fit: Fit, proposals: Sequence[Proposal]) -> str:
    """Return lines to add to a recognised mapping for headers it does not know."""
    if not proposals:
        return ""
    likely = [f"#   {p.column}: 加上 {_quoted(p.header)}（像“{p.like}”，待核）" for p in proposals if p.column]
    ignored = [f"  - {_quoted(p.header)}" for p in proposals]
    head = [f"# {fit.mapping.source_id}.yaml：下列表头没有用到，请加入某列的别名，或列入 ignore"]
    return "\n".join([*head, *likely, "ignore:", *ignored]) + "\n"


def _quoted(header: str) -> str:
    plain = header.strip()
    return f"'{plain}'" if any(sign in plain for sign in ",:[]{}#&*!|>'\"%@`，：") or not plain else plain


def _lines(found: Explained) -> Iterator[str]:
    where = f"{found.file}（{found.sheet}）" if found.sheet else found.file
    if found.source_id:
        tables = "、".join(BY_NAME[t].label for t in dict.fromkeys(found.tables))
        known = f"表头在第{found.header_line}行，认识{found.score:.0%}"
        yield f"{where}：{found.title}（{found.source_id}），{known}，入{tables}"
    else:
        yield f"{where}：不认识的表头"
    for read in found.read:
        unit = f"，单位{read.unit}" if read.unit else ""
        yield f"  {read.header} → {f'{read.table}.{read.column} {read.label}{unit}' if read.column else '不使用'}"
    for proposal in found.unknown:
        likely = f"可能是 {proposal.column} {proposal.label}（像“{proposal.like}”）"
        yield f"  {proposal.header} → 不认识，{likely if proposal.column else '没有相近的列'}"
    if found.refusal:
        yield f"  不能入库：{found.refusal}"
    if found.draft:
        yield "  建议："
        yield from (f"    {line}" for line in found.draft.rstrip("\n").split("\n"))
