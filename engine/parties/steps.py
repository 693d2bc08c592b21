"""The steps, from strong to weak: by which shared facts two mentions may be the same party.

Each step is a query for keys or pairs; merging.py decides. Confidences are this engine's own grading, checked against
planted truth in the tests: 0.95 and more is used like an identity, below 0.8 nothing is merged at all.
Persons are never merged by name alone; the commoner a name among known resident ids, the less a birth date adds.
"""

from collections.abc import Callable
from dataclasses import dataclass

from engine.parties import likeness
from engine.parties.merging import merge_by_keys, merge_pairs
from engine.store import Store


@dataclass(frozen=True)
class Step:
    """One step: its name, the Chinese sentence members get, and what fills `party_key` or `party_pair`.

    `keys` yields node, key, confidence; `pairs` yields free, target, confidence. `strict`: another representative
    speaks against it. `prepare` runs first where SQL alone cannot do it.
    """

    name: str
    why: str
    keys: str = ""
    pairs: str = ""
    strict: bool = False
    prepare: Callable[[Store], None] | None = None


_PERSON = "NOT is_org AND NOT is_hidden AND NOT is_nameless"
_ORG = "is_org AND NOT is_hidden AND NOT is_nameless"

_NAMES = ("WITH common AS (SELECT name_key, count(DISTINCT resident) AS bearers FROM party_node "
          "WHERE NOT is_org AND resident IS NOT NULL GROUP BY name_key) ")
_BY_RARITY = "CASE WHEN coalesce(bearers, 0) <= 5 THEN 0.95 WHEN bearers <= 50 THEN 0.9 ELSE 0.8 END"

_KNOWN = (
    "known AS (SELECT DISTINCT l.label, coalesce(n.resident, n.code) AS number, n.name_key, n.is_hidden "
    "FROM party_node n JOIN party_label l USING (node) WHERE l.step = 'number' "
    "AND coalesce(n.resident, n.code) IS NOT NULL AND NOT n.is_nameless)"
)
"""Sure numbers with every name they were written with."""

_ONE_SLIP = (
    "(abs(length({a}) - length({b})) <= 1 AND ({a}[1] = {b}[1] OR right({a}, 1) = right({b}, 1)) AND "
    "CASE WHEN length({a}) = length({b}) THEN "
    "len(list_filter(range(1, length({a}) + 1), lambda i: {a}[i] <> {b}[i])) <= 1 "
    "OR len(list_filter(range(1, length({a})), "
    "lambda i: {a}[:i - 1] || {a}[i + 1] || {a}[i] || {a}[i + 2:] = {b})) > 0 "
    "WHEN length({a}) > length({b}) THEN len(list_filter(range(1, length({a}) + 1), "
    "lambda i: {a}[:i - 1] || {a}[i + 1:] = {b})) > 0 "
    "ELSE len(list_filter(range(1, length({b}) + 1), lambda i: {b}[:i - 1] || {b}[i + 1:] = {a})) > 0 END)"
)
"""Whether two names differ by at most one character, lost, added or replaced, or by two neighbours that swapped."""
# reason: DuckDB's own distances count bytes, and a Chinese character has three

_LIKE_NAME = (
    "CASE WHEN f.name_key = t.name_key THEN {same} "
    "WHEN (f.is_hidden OR t.is_hidden) AND f.name_key[1] = t.name_key[1] AND NOT f.is_org THEN {hidden} "
    f"WHEN NOT f.is_hidden AND NOT t.is_hidden AND {_ONE_SLIP.format(a='f.name_key', b='t.name_key')} "
    "AND (length(f.name_key) >= 3 OR f.name_key[1] = t.name_key[1]) THEN {typo} END"
)
"""Confidence by how the names agree: the same, surname with the rest hidden, one slip; NULL: they do not."""

STEPS: tuple[Step, ...] = (
    Step(
        "masked_number", "掩码证件号与完整号码相容，姓名一致或相容",
        pairs=f"WITH free AS (SELECT DISTINCT l.label, n.mask, n.pattern, n.name_key, n.is_hidden, n.is_org "
              f"FROM party_node n JOIN party_label l USING (node) WHERE NOT l.anchored AND n.head >= 6 AND n.tail >= 3 "
              f"AND NOT n.is_nameless), {_KNOWN}, "
              f"pair AS (SELECT f.label AS free, t.label AS target, "
              f"{_LIKE_NAME.format(same=0.97, hidden=0.88, typo=0.86)} AS confidence FROM free f JOIN known t "
              f"ON f.mask[:6] = t.number[:6] AND right(f.mask, 3) = right(t.number, 3) AND t.number LIKE f.pattern) "
              "SELECT free, target, max(confidence) AS confidence FROM pair WHERE confidence > 0 GROUP BY ALL"),
    Step(
        "one_slip", "证件号校验不符，与完整号码只差一处，姓名一致或相近",
        pairs=f"WITH free AS (SELECT DISTINCT l.label, n.spoilt, n.name_key, n.is_hidden, n.is_org "
              f"FROM party_node n JOIN party_label l USING (node) WHERE NOT l.anchored AND n.spoilt IS NOT NULL "
              f"AND NOT n.is_nameless), {_KNOWN}, "
              f"near AS (SELECT f AS f, t AS t FROM free f JOIN known t ON right(f.spoilt, 9) = right(t.number, 9) "
              f"AND f.name_key[1] = t.name_key[1] UNION ALL SELECT f, t FROM free f JOIN known t "
              f"ON left(f.spoilt, 9) = left(t.number, 9) AND f.name_key = t.name_key), "
              f"pair AS (SELECT f.label AS free, t.label AS target, "
              f"{_LIKE_NAME.format(same=0.95, hidden=0.85, typo=0.85)} AS confidence FROM near "
              f"WHERE damerau_levenshtein(f.spoilt, t.number) <= 1) "
              "SELECT free, target, max(confidence) AS confidence FROM pair WHERE confidence > 0 GROUP BY ALL"),
    Step(
        "same_mask", "姓名与掩码证件号完全一致",
        keys="SELECT node, hash('mask', name_key, mask) AS key, 0.9 AS confidence FROM party_node "
             "WHERE mask IS NOT NULL AND head + tail >= 10 AND tail >= 3 AND NOT is_hidden AND NOT is_nameless"),
    Step(
        "same_spoilt", "姓名与证件号一致（该号校验不符）",
        keys="SELECT node, hash('spoilt', name_key, spoilt) AS key, 0.85 AS confidence FROM party_node "
             "WHERE spoilt IS NOT NULL AND NOT is_hidden AND NOT is_nameless"),
    Step(
        "mask_spoilt", "姓名、号码的地区和末四位一致（一方掩码，一方校验不符）",
        keys="SELECT node, hash('ends', name_key, coalesce(mask, spoilt)[:6], right(coalesce(mask, spoilt), 4)) "
             f"AS key, 0.85 AS confidence FROM party_node WHERE {_PERSON} "
             f"AND (mask IS NOT NULL AND head >= 6 AND tail >= 4 "
             f"OR mask IS NULL AND spoilt IS NOT NULL)"),
    Step(
        "name_birth", "姓名与出生日期一致",
        keys=f"{_NAMES} SELECT node, hash('birth', name_key, birth) AS key, {_BY_RARITY} AS confidence "
             f"FROM party_node LEFT JOIN common USING (name_key) WHERE {_PERSON} AND birth IS NOT NULL UNION ALL "
             # reason: a slip in a full number most often leaves its birth date whole
             f"SELECT node, hash('birth', name_key, try_strptime(spoilt[7:14], '%Y%m%d')::DATE), 0.85 "
             f"FROM party_node WHERE {_PERSON} AND birth IS NULL AND try_strptime(spoilt[7:14], '%Y%m%d') "
             f"BETWEEN DATE '1900-01-01' AND DATE '2100-01-01'"),
    Step(
        "name_birth_year", "姓名一致，掩码证件号的地区与出生年份相容，且同名者少",
        pairs=f"{_NAMES}, free AS (SELECT DISTINCT l.label, n.name_key, n.mask FROM party_node n "
              f"JOIN party_label l USING (node) WHERE NOT l.anchored AND n.head >= 10 AND {_PERSON}), {_KNOWN} "
              f"SELECT DISTINCT f.label AS free, t.label AS target, 0.8 AS confidence FROM free f "
              f"JOIN known t ON f.name_key = t.name_key AND f.mask[:10] = t.number[:10] "
              f"JOIN common c ON c.name_key = f.name_key AND c.bearers <= 5"),
    Step(
        "name_slip_birth", "出生日期、地区一致，姓名只差一字",
        pairs=f"WITH free AS (SELECT DISTINCT l.label, n.name_key, n.birth, n.place FROM party_node n "
              f"JOIN party_label l USING (node) WHERE NOT l.anchored AND n.birth IS NOT NULL AND n.place IS NOT NULL "
              f"AND {_PERSON} AND length(n.name_key) >= 3), "
              f"known AS (SELECT DISTINCT l.label, n.name_key, n.birth, n.place FROM party_node n "
              f"JOIN party_label l USING (node) WHERE l.step = 'number' AND n.birth IS NOT NULL AND {_PERSON}) "
              f"SELECT DISTINCT f.label AS free, t.label AS target, 0.8 AS confidence FROM free f JOIN known t "
              f"ON f.birth = t.birth AND f.place = t.place AND f.name_key <> t.name_key "
              f"AND {_ONE_SLIP.format(a='f.name_key', b='t.name_key')}"),
    Step(
        "name_representative", "单位名称与法定代表人一致",
        keys=f"SELECT node, hash('lr', name_key, representative) AS key, 0.95 AS confidence FROM party_node "
             f"WHERE {_ORG} AND representative IS NOT NULL"),
    Step(
        "name_place", "单位名称与所在地区一致", strict=True,
        keys=f"SELECT node, hash('place', name_key, place) AS key, CASE WHEN is_firm THEN 0.92 ELSE 0.85 END "
             f"AS confidence FROM party_node WHERE {_ORG} AND place IS NOT NULL"),
    Step(
        "full_name", "企业全称（带地区）一致且未见同名企业", strict=True,
        keys=f"SELECT node, hash('name', name_key) AS key, 0.9 AS confidence FROM party_node "
             f"WHERE {_ORG} AND is_full_name"),
    Step(
        "former_name", "与登记的曾用名一致", prepare=likeness.former_names,
        keys=f"SELECT node, hash('name', name_key) AS key, 0.85 AS confidence FROM party_former UNION ALL "
             f"SELECT n.node, hash('name', n.name_key), 0.85 FROM party_node n WHERE {_ORG} AND is_firm "
             f"AND name_key IN (SELECT name_key FROM party_former)"),
    Step(
        "core_name", "去掉行政区划和组织形式后名称一致，地区一致", strict=True, prepare=likeness.core_names,
        keys="SELECT node, hash('core', core) AS key, 0.85 AS confidence FROM party_core"),
    Step(
        "like_name", "法定代表人、地区一致，单位名称相近", prepare=likeness.similar_names,
        keys="SELECT node, key, confidence FROM party_similar"),
)
"""All steps in the order they are taken; each sees what the earlier ones left free."""


def take(store: Store, step: Step) -> int:
    """Take one step, and return how many labels stay free because they found several anchors."""
    if step.prepare:
        step.prepare(store)
    if step.pairs:
        store.run(f"CREATE OR REPLACE TEMP TABLE party_pair AS {step.pairs}")
        return merge_pairs(store, step.name, strict=step.strict)[1]
    store.run(f"CREATE OR REPLACE TEMP TABLE party_key AS {step.keys}")
    return merge_by_keys(store, step.name, strict=step.strict)
