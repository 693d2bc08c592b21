"""Look-up tables of law: `rules/law/tables/<id>.csv`, one row an article or a charge, with the answers the law gives.

A table is asked by a comparable form (`engine.text`: what a text cites, which charges it names) and a date. An answer
holds only where all rows that fit agree; else it is unknown. Of several charges every one must stand in the table: one
that does not may well be answered otherwise. Of several articles those that stand there decide. Which columns a table
has is declared here (`SHAPES`).

    key,from,to,<answers …>,basis,quote,confidence,note

key: one article (水法第六十五条) or one or more names of a charge (盗窃罪); from, to: in force, both inclusive, `to`
empty: still. An empty answer says that the law leaves it open.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from engine.errors import RuleError
from engine.strict_yaml import listed, unknown_word
from engine.text import keys_of

_BEFORE, _AFTER = ("key", "from", "to"), ("basis", "quote", "confidence", "note")
CONFIDENCES = ("高", "中")


@dataclass(frozen=True)
class Answer:
    """One column that can be looked up: its Chinese and its codes (none: free text)."""

    name: str
    label: str
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Shape:
    """What a table is called, by which comparable form it is asked, and what it answers."""

    id: str
    title: str
    form: str
    answers: tuple[Answer, ...]

    @property
    def key_label(self) -> str:
        """What it is asked by."""
        return {"citation": "条文", "charge": "罪名"}[self.form]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the file, in order."""
        return (*_BEFORE, *(a.name for a in self.answers), *_AFTER)


_POWER = (("self", "机关自行强制执行"), ("court", "申请法院强制执行"), ("choice", "两者均可"))
_CONFIDENCE = Answer("confidence", "把握", tuple((c, c) for c in CONFIDENCES))

SHAPES: dict[str, Shape] = {s.id: s for s in (
    Shape("enforcement_power", "条文规定的强制执行方式", "citation", (
        Answer("act", "拆除、清除、停业等行为义务由谁执行", _POWER),
        Answer("money", "罚款、税款等金钱义务由谁执行", _POWER))),
    Shape("offence_counterpart", "罪名对应的行政处罚", "charge", (
        Answer("counterpart", "有无对应的行政处罚", (("direct", "有"), ("none", "没有"), ("open", "待核"))),
        Answer("articles", "刑法条文"), Answer("law", "行政法律"), Answer("article", "条文"),
        Answer("authority", "主管机关"),
        Answer("limit", "追责时效", (("six_months", "六个月"), ("two_years", "二年"), ("five_years", "五年"))))),
    Shape("disqualifying_offence", "受刑后不得担任董监高的罪名", "charge", (
        Answer("ground", "哪一类", (
            ("corruption", "贪污贿赂"), ("property", "侵占、挪用财产"), ("market", "破坏社会主义市场经济秩序"))),
        Answer("articles", "刑法条文"))),
)}
"""Every table by id."""


@dataclass(frozen=True)
class Row:
    """One row: the keys it is found by, when it is in force, its answers (None: left open), and where it stands."""

    keys: tuple[str, ...]
    from_on: date
    to_on: date
    answers: dict[str, str | None]
    basis: str
    quote: str
    confidence: str
    note: str
    where: str

    def holds(self, keys: Iterable[str], on: date) -> bool:
        """Return whether one of the keys is the row's and the day lies in its time."""
        return self.from_on <= on <= self.to_on and not set(self.keys).isdisjoint(keys)


@dataclass(frozen=True)
class LookupTable:
    """A table as read."""

    shape: Shape
    rows: tuple[Row, ...]
    path: str

    def answer(self, name: str) -> Answer | None:
        """Return the answer of that name, `confidence` included."""
        return next((a for a in (*self.shape.answers, _CONFIDENCE) if a.name == name), None)

    @property
    def answer_names(self) -> tuple[str, ...]:
        """Everything that can be looked up."""
        return tuple(a.name for a in (*self.shape.answers, _CONFIDENCE))

    def found(self, key: str, on: date) -> list[Row]:
        """Return the rows that fit a comparable form (`;水法65;`) on a day."""
        keys = key.strip(";").split(";")
        return [row for row in self.rows if row.holds(keys, on)]

    def sql_lookup(self, key: str, answer: str, on: str) -> str:
        """Return SQL for the one answer all fitting rows give; NULL for none, several, or one left open."""
        told: dict[str | None, list[Row]] = {}
        for row in self.rows:
            told.setdefault(row.answers[answer], []).append(row)
        tests = {value: self._fits(rows, key, on) for value, rows in told.items()}
        if not tests:
            return "CAST(NULL AS VARCHAR)"
        many = " + ".join(f"CAST({test} AS INTEGER)" for test in tests.values())
        unlisted = f"WHEN {self._has_unlisted(key)} THEN NULL " if self.shape.form == "charge" else ""
        whens = " ".join(f"WHEN {test} THEN {_text(value)}" for value, test in tests.items() if value is not None)
        return f"CASE WHEN {many} > 1 THEN NULL {unlisted}{whens} END"

    def sql_listed(self, key: str, on: str) -> str:
        """Return SQL for whether a row fits; NULL where the key is unknown, or the date matters and is unknown."""
        return f"CASE WHEN {key} IS NOT NULL THEN {self._fits(self.rows, key, on)} END"

    def _has_unlisted(self, key: str) -> str:
        """Return SQL for whether one of several keys stands nowhere in the table."""
        names = "|".join(dict.fromkeys(name for row in self.rows for name in row.keys))
        return f"CASE WHEN {key} LIKE ';%;%;' THEN NOT regexp_full_match({key}, ';(({names});)+') ELSE FALSE END"

    def _fits(self, rows: Iterable[Row], key: str, on: str) -> str:
        """Return SQL for whether one of the rows fits; keys in force at the same times share the test of the date."""
        times: dict[str, list[tuple[date, date]]] = {}
        for row in rows:
            for name in row.keys:
                times.setdefault(name, []).append((row.from_on, row.to_on))
        by_time: dict[tuple[tuple[date, date], ...], list[str]] = {}
        for name, periods in times.items():
            by_time.setdefault(tuple(_joined(periods)), []).append(name)
        parts = []
        for joined, names in by_time.items():
            named = " OR ".join(f"contains({key}, {_text(f';{name};')})" for name in names)
            within = " OR ".join(_within(on, first, last) for first, last in joined)
            parts.append(f"(({named}) AND ({within}))")
        return f"({' OR '.join(parts) or 'FALSE'})"


def read_tables(folder: Path) -> tuple[dict[str, LookupTable], list[RuleError]]:
    """Return the tables of a folder and all faults; a table with a fault is left out."""
    tables: dict[str, LookupTable] = {}
    problems: list[RuleError] = []
    for path in sorted(folder.glob("*")):
        shape = SHAPES.get(path.stem)
        if path.suffix != ".csv" or shape is None:
            fix = f"可用的表：{listed([f'{name}.csv' for name in SHAPES])}"
            problems.append(_fault(path.as_posix(), unknown_word("法律表", path.stem, SHAPES), fix))
            continue
        faults: list[RuleError] = []
        rows = tuple(_rows(shape, path, faults))
        if not faults:
            tables[shape.id] = LookupTable(shape, rows, path.as_posix())
        problems += faults
    return tables, problems


def _rows(shape: Shape, path: Path, faults: list[RuleError]) -> Iterator[Row]:
    found = list(_cells(shape, path, faults))
    keys = keys_of(shape.form, pl.Series([values["key"] for _, values in found], dtype=pl.String))
    for (where, values), key in zip(found, keys, strict=True):
        before = len(faults)
        row = _row(shape, values, key, where, faults)
        if row is not None and len(faults) == before:
            yield row


def _cells(shape: Shape, path: Path, faults: list[RuleError]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each row's place and cells."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle, strict=True)
        if tuple(reader.fieldnames or ()) != shape.columns:
            faults.append(_fault(f"{path.as_posix()}:1", "列名不对", f"首行应为 {','.join(shape.columns)}"))
            return
        seen: dict[tuple[str, ...], int] = {}
        for cells in reader:
            where = f"{path.as_posix()}:{reader.line_num}"
            values = {name: (cells[name] or "").strip() for name in shape.columns}
            whole = tuple(values.values())
            if None in cells or whole in seen:
                what = "这一行比首行多出单元格" if None in cells else f"与第{seen[whole]}行完全相同"
                faults.append(_fault(where, what, "含逗号的内容加半角双引号；重复的删去"))
                continue
            seen[whole] = reader.line_num
            yield where, values


def _row(shape: Shape, values: dict[str, str], key: str | None, where: str, faults: list[RuleError]) -> Row | None:
    if key is None:
        wanted = "一个条文，如 水法第六十五条" if shape.form == "citation" else "罪名，如 盗窃罪"
        faults.append(_fault(where, f"key“{values['key'][:60]}”读不出{shape.key_label}", f"写成{wanted}"))
    for answer in shape.answers:
        codes = dict(answer.codes)
        if codes and values[answer.name] and values[answer.name] not in codes:
            what = unknown_word(f"{answer.name} 的取值", values[answer.name], codes)
            faults.append(_fault(where, what, f"可用的取值：{listed([f'{c}={label}' for c, label in answer.codes])}"))
    if values["confidence"] not in CONFIDENCES or (values["confidence"] == "高" and not values["quote"]):
        faults.append(_fault(where, "confidence 应为 高（有 quote 条文原文）或 中", "请补上条文原文，或改为 中"))
    if not values["basis"]:
        faults.append(_fault(where, "缺少依据", "basis 写明法律和条文"))
    first, last = (_day(values[name], name, where, faults) for name in ("from", "to"))
    if first is None and not values["from"]:
        faults.append(_fault(where, "缺少 from", "写明自何日起施行"))
    if first is None or key is None or (last is not None and last < first):
        if first is not None and key is not None:
            faults.append(_fault(where, "止日早于起日", "请核对 from 与 to"))
        return None
    answers = {a.name: values[a.name] or None for a in shape.answers} | {"confidence": values["confidence"]}
    return Row(tuple(key.strip(";").split(";")), first, last or date.max, answers, values["basis"], values["quote"],
               values["confidence"], values["note"], where)


def _day(written: str, name: str, where: str, faults: list[RuleError]) -> date | None:
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        faults.append(_fault(where, f"{name}“{written[:20]}”不是日期", "写成 2021-07-15 的形式"))
        return None


def _fault(where: str, what: str, fix: str) -> RuleError:
    return RuleError(where, what, fix, "E-LAW-TABLE")


def _joined(periods: Iterable[tuple[date, date]]) -> Iterator[tuple[date, date]]:
    """Yield the periods in order, those that overlap or meet as one."""
    first, last = date.max, date.min
    for begin, end in sorted(periods):
        if last == date.min:
            first, last = begin, end
        elif last == date.max or begin <= last + timedelta(days=1):
            last = max(last, end)
        else:
            yield first, last
            first, last = begin, end
    if last != date.min:
        yield first, last


def _within(on: str, first: date, last: date) -> str:
    end = f" AND {on} <= DATE '{last}'" if last < date.max else ""
    return f"({on} >= DATE '{first}'{end})"


def _text(value: str | None) -> str:
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"
