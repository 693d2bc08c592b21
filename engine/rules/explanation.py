"""An explanation as data, and as Chinese text."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

TRUTH = {True: "成立", False: "不成立", None: "不明"}


@dataclass(frozen=True)
class Value:
    """A name's value, as shown."""

    name: str
    label: str
    shown: str


@dataclass(frozen=True)
class Judged:
    """A condition, exclusion or point with its truth, the values it was judged by, and how far they are from a turn."""

    id: str
    text: str
    truth: bool | None
    say: str
    values: tuple[Value, ...]
    add: int | None = None
    measured: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True)
class Chosen:
    """A value of law and why it applies; `length` is '' where none does."""

    name: str
    title: str
    on: Value
    length: str
    source: str
    why: str


@dataclass(frozen=True)
class Computed:
    """A fact or let: its formula, its value, and how a period in it was counted."""

    name: str
    label: str
    formula: str
    shown: str
    counted: tuple[str, ...]


@dataclass(frozen=True)
class Origin:
    """Where a record came from."""

    key: str
    place: str


@dataclass(frozen=True)
class Candidate:
    """A record that a link considered."""

    key: str
    step: str
    confidence: float | None
    why: str


@dataclass(frozen=True)
class Tried:
    """A link: the record taken (None: none), by which step, and the other candidates."""

    alias: str
    title: str
    record: Origin | None
    step: str
    confidence: float | None
    candidates: tuple[Candidate, ...]
    found: bool | None


@dataclass(frozen=True)
class Member:
    """Another row of a group, with the value it is near in ('' where there is none)."""

    record: Origin
    shown: str


@dataclass(frozen=True)
class Grouped:
    """A group of rows the record was judged with: what they agree on, what they measure, the rows nearest to it."""

    title: str
    key: tuple[Value, ...]
    is_there: bool
    measures: tuple[Value, ...]
    nearest: tuple[Member, ...]


@dataclass(frozen=True)
class Explanation:
    """Why a rule answers as it does for one record."""

    rule_id: str
    title: str
    version: int
    as_of: date
    table: str
    record: Origin
    answer: str
    answer_label: str
    say: str
    flags: tuple[str, ...]
    other_answer: str
    missing: tuple[Value, ...]
    conditions: tuple[Judged, ...]
    exclusions: tuple[Judged, ...]
    points: tuple[Judged, ...]
    links: tuple[Tried, ...]
    law: tuple[Chosen, ...]
    computed: tuple[Computed, ...]
    groups: tuple[Grouped, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON; dates as ISO text."""
        return asdict(self) | {"as_of": self.as_of.isoformat()}

    def text(self) -> str:
        """Return the explanation as Chinese lines."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        day = f"{self.as_of.year}年{self.as_of.month}月{self.as_of.day}日"
        yield f"规则　{self.rule_id} {self.title}（第{self.version}版，截至{day}）"
        yield f"记录　{self.table} {self.record.key}（{self.record.place}）"
        yield f"答案　{self.answer_label}" + (f"：{self.say}" if self.answer != "clear" else "")
        yield from (f"　　　{told}" for told in (self.other_answer, *self.flags) if told)
        for heading, judged in (("条件", self.conditions), ("排除", self.exclusions), ("加减分", self.points)):
            yield from _block(heading, (line for item in judged for line in _judged(item)))
        yield from _block("关联", (line for link in self.links for line in _tried(link)))
        yield from _block("分组", (line for group in self.groups for line in _grouped(group)))
        yield from _block("法定参数", (line for choice in self.law for line in _chosen(choice)))
        yield from _block("推算", (line for step in self.computed for line in _computed(step)))
        yield from _block("缺少", (f"{item.label}（{item.name}）" for item in self.missing))


def _block(heading: str, lines: Iterator[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number == 0:
            yield heading
        yield f"  {line}"


def _judged(item: Judged) -> Iterator[str]:
    add = f" {item.add:+d}分" if item.add is not None else ""
    yield f"[{TRUTH[item.truth]}] {item.title}（{item.id}）{add}" + (f"　{item.say}" if item.say else "")
    yield f"    {item.text}"
    yield from (f"    {value.label}（{value.name}）＝{value.shown}" for value in item.values)
    yield from (f"    {sentence}" for sentence in item.measured)


def _tried(link: Tried) -> Iterator[str]:
    if link.record is None:
        absent = "可以认定没有" if link.found is False else "未找到，不能认定没有"
        yield f"{link.alias} {link.title}：{absent}"
    else:
        how = f"步骤 {link.step}，把握 {link.confidence:g}"
        yield f"{link.alias} {link.title}：{link.record.key}（{link.record.place}），{how}"
    yield from (f"    候选 {c.key}，步骤 {c.step}，把握 {c.confidence or 0:g}　{c.why}" for c in link.candidates)


def _grouped(group: Grouped) -> Iterator[str]:
    key = "、".join(f"{value.label}＝{value.shown}" for value in group.key)
    yield f"{group.title}：{key}" + ("" if group.is_there else "（没有这一组）")
    yield from (f"    {value.label}（{value.name}）＝{value.shown}" for value in group.measures if group.is_there)
    for number, member in enumerate(group.nearest):
        told = f"　{member.shown}" if member.shown else ""
        yield f"    {'同组相近' if number == 0 else '　　　　'} {member.record.key}（{member.record.place}）{told}"


def _chosen(choice: Chosen) -> Iterator[str]:
    yield f"{choice.name} {choice.title}：" + (f"{choice.length}（{choice.source}）" if choice.length else "无")
    yield f"    {choice.why}"


def _computed(step: Computed) -> Iterator[str]:
    formula = " ".join(step.formula.split())
    yield f"{step.label}（{step.name}）＝{step.shown}　← {formula}"
    yield from (f"    {sentence}" for sentence in step.counted)
