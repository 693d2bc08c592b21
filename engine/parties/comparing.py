"""The criteria of two mentions: how each agrees, in a Chinese sentence, and its weight in bits."""

from dataclasses import dataclass
from math import log2
from typing import Any

import polars as pl

from engine.parties.finding import Side
from engine.parties.mentions import gather
from engine.parties.weights import ORGANISATION, PERSON, Weights, bits, name_level
from engine.records import TABLES
from engine.store import Store
from engine.text import keys_of, mask

DECISIVE, FORBIDDING = 40.0, -60.0
"""Bits of one sure number on both sides, and of two different ones: no other criteria outweigh them."""

DIGIT, AREA = 2.5, 4.0
"""Bits of one visible digit that agrees (3.3 at most, digits are no dice), and of the six of the area."""

COMMON = 100
"""From so many parties with a name on, it is said that the name says next to nothing."""

NAMES = {
    "equal": "名称相同", "former": "与登记的曾用名相同", "core": "去掉行政区划和组织形式后名称相同", 
    "short": "一方像是另一方的简称", "like": "名称相近", "hidden": "姓名部分隐去，姓氏相同", "other": "名称不同",
}
_SHOWN = {
    "birth": ("出生日期", {"equal": "相同", "different": "不同"}),
    "sex": ("性别", {"equal": "相同", "different": "不同"}),
    "representative": ("法定代表人", {"equal": "相同", "different": "不同"}),
    "region": ("所在地区", {"equal": "相同", "different": "不同"}),
}


@dataclass(frozen=True)
class Criterion:
    """One criterion: its name and level (see `weights.PRIORS`), the sentence, its weight in bits, 0 where unknown."""

    name: str
    level: str
    say: str
    weight: float


Node = dict[str, Any]


def criteria(store: Store, one: Side, other: Side, known: Weights) -> list[Criterion]:
    """Return all criteria of two sides, those that say nothing included, the number first."""
    gather(store, [one.record_id, other.record_id])
    nodes = {row["node"]: row for row in store.frame("FROM party_node").to_dicts()}
    left, right = (_whole(store, side, nodes[side.record_id]) for side in (one, other))
    kind = ORGANISATION if left["is_org"] or right["is_org"] else PERSON
    found = [_number(left, right), _name(store, left, right, kind, known)]
    found += [_fact(name, left[column], right[column], kind, known) for name, column in (
        ("birth", "birth"), ("sex", "sex"), ("representative", "representative"), ("region", "place"))]
    return [*found, _matter(store, one, other)]


def _whole(store: Store, side: Side, node: Node) -> Node:
    """Return the record's facts; where the party was asked for, its sure number too."""
    if not side.is_whole:
        return node
    resident, code = store.rows("SELECT resident_id, uscc FROM party WHERE party_id = ?", [side.party_id])[0]
    return node | {"resident": node["resident"] or resident, "code": node["code"] or code}


def _number(left: Node, right: Node) -> Criterion:
    for column in ("resident", "code", "org"):
        one, other = left[column], right[column]
        if one and other and one != other:
            told = f"可靠号码不同（{mask(one, 'number')}、{mask(other, 'number')}），决定性的反证"
            return Criterion("number", "contradicting", told, FORBIDDING)
        if one and other:
            return Criterion("number", "equal", f"可靠号码相同（{mask(one, 'number')}），决定性", DECISIVE)
    for masked, full in ((left, right), (right, left)):
        number = full["resident"] or full["mask"]
        if masked["mask"] and number:
            return _masked(masked["mask"], number)
    for spoilt, full in ((left, right), (right, left)):
        number = full["resident"] or full["spoilt"]
        if spoilt["spoilt"] and number:
            return _spoilt(spoilt["spoilt"], number)
    return Criterion("number", "unknown", "号码无法比对（至少一方没有号码）", 0.0)


def _masked(number: str, other: str) -> Criterion:
    if len(number) != len(other):
        return Criterion("number", "unknown", "掩码号码的位数不同，无法逐位比对", 0.0)
    shown = [(a, b, place) for place, (a, b) in enumerate(zip(number, other, strict=True)) if "*" not in (a, b)]
    if differ := sum(a != b for a, b, _ in shown):
        return Criterion("number", "contradicting", f"掩码号码看得见的数字有 {differ} 位不符，反证", FORBIDDING)
    area = sum(place < 6 for *_, place in shown)
    weight = DIGIT * (len(shown) - area) + AREA * area / 6
    return Criterion("number", "compatible", f"掩码号码看得见的 {len(shown)} 位都相符", round(weight, 1))


def _spoilt(number: str, other: str) -> Criterion:
    slips = sum(a != b for a, b in zip(number, other, strict=False)) + abs(len(number) - len(other))
    if slips == 0:
        return Criterion("number", "equal", "号码相同，但校验不符（可能两处抄自一处）", 15.0)
    if slips <= 2:
        return Criterion("number", "slip", f"一方号码校验不符，与另一方只差 {slips} 位", 15.0)
    return Criterion("number", "contradicting", f"一方号码校验不符，与另一方差 {slips} 位", -8.0)


def _name(store: Store, left: Node, right: Node, kind: str, known: Weights) -> Criterion:
    one, other = left["name_key"], right["name_key"]
    if not one or not other or left["is_nameless"] or right["is_nameless"]:
        return Criterion("name", "unknown", "至少一方没有可比的名称", 0.0)
    is_hidden = left["is_hidden"] or right["is_hidden"]
    level = name_level(one, other, is_org=kind == ORGANISATION, is_hidden=is_hidden)
    if level != "equal" and kind == ORGANISATION and (_is_former(left, other) or _is_former(right, one)):
        level = "former"
    m, u = known[kind, "name", level]
    if level != "equal":
        return Criterion("name", level, f"{NAMES[level]}（{left['name']}／{right['name']}）", round(bits(m, u), 1))
    bearers, parties = _bearers(store, one), max(store.count("SELECT count(*) FROM party"), 2)
    weight = log2(m / min(max(bearers, 1) / parties, 1))
    little = "，几乎不说明问题" if bearers >= COMMON else "，较少见" if bearers <= 2 else ""
    told = f"名称相同：{left['name']}：本库 {bearers:,} {'家' if kind == ORGANISATION else '人'}同名{little}"
    return Criterion("name", level, told, round(weight, 1))


def _is_former(node: Node, name: str) -> bool:
    listed = pl.Series([part.strip() for part in str(node["former_names"] or "").replace("；", ";").replace("、", ";")
                        .split(";")], dtype=pl.String)
    return name in keys_of("name", listed).drop_nulls().to_list()


def _bearers(store: Store, name: str) -> int:
    """Return how many parties bear the name, each record in its own way."""
    tables = " UNION ALL ".join(f"SELECT party_id FROM {t.name} WHERE party_name_key = $name" for t in TABLES
                                if t.has_party)
    return store.count(f"SELECT count(DISTINCT party_id) FROM ({tables})", {"name": name})


def _fact(name: str, one: object, other: object, kind: str, known: Weights) -> Criterion:
    label, words = _SHOWN[name]
    if one is None or other is None:
        return Criterion(name, "unknown", f"{label}无法比对（至少一方未记载）", 0.0)
    level = "equal" if one == other else "different"
    shown = f"（{one}）" if level == "equal" and name in ("birth", "representative", "region") else ""
    return Criterion(name, level, f"{label}{words[level]}{shown}", round(bits(*known[kind, name, level]), 1))


def _matter(store: Store, one: Side, other: Side) -> Criterion:
    """Whether a link that does not rest on the party alone connects the two parties' records, or the records."""
    own = "SELECT record_id FROM party_member WHERE party_id = {0}" if one.is_whole and other.is_whole else "SELECT {1}"
    sides = [own.format(side.party_id, f"{side.record_id}::UBIGINT") for side in (one, other)]
    found = store.rows(
        f"SELECT why FROM link WHERE (from_id IN ({sides[0]}) AND to_id IN ({sides[1]}) "
        f"OR from_id IN ({sides[1]}) AND to_id IN ({sides[0]})) AND confidence >= 0.8 ORDER BY confidence DESC, why "
        "LIMIT 1")
    if not found:
        return Criterion("matter", "unknown", "没有把两者连到同一事项的关联", 0.0)
    return Criterion("matter", "shared", f"同一事项：{found[0][0]}", 8.0)
