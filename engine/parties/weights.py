"""How much each criterion says about whether two records name the same party, in bits (Fellegi and Sunter, 1969).

A level's weight is log2(m / u): m the share of pairs of one party that show it, u that of pairs of different ones. Both
are counted every night in the data itself: records under one sure number are one party, records under two are not. The
counts are steadied by what is known beforehand (PRIORS), which alone speak where the data are few. Same data, same
weights: pairs are taken in the order of their record ids' hashes.
"""

from math import log2

import polars as pl
from rapidfuzz.distance import Levenshtein

from engine.parties.likeness import core_of, name_likeness, same_without_region
from engine.store import Store

PERSON, ORGANISATION = "person", "organisation"

PRIORS: dict[str, dict[str, dict[str, tuple[float, float]]]] = {
    PERSON: {
        "name": {"equal": (0.9, 0.001), "like": (0.04, 0.0005), "hidden": (0.05, 0.01), "other": (0.01, 0.9885)},
        "birth": {"equal": (0.97, 0.0001), "different": (0.03, 0.9999)},
        "sex": {"equal": (0.99, 0.55), "different": (0.01, 0.45)},
        "representative": {"equal": (0.9, 0.001), "different": (0.1, 0.999)},
        "region": {"equal": (0.8, 0.1), "different": (0.2, 0.9)},
    },
    ORGANISATION: {
        "name": {"equal": (0.75, 0.0001), "former": (0.02, 0.0001), "core": (0.1, 0.0003), "short": (0.05, 0.0005),
                 "like": (0.04, 0.001), "hidden": (0.02, 0.005), "other": (0.02, 0.9931)},
        "birth": {"equal": (0.97, 0.0001), "different": (0.03, 0.9999)},
        "sex": {"equal": (0.9, 0.55), "different": (0.1, 0.45)},
        "representative": {"equal": (0.9, 0.001), "different": (0.1, 0.999)},
        "region": {"equal": (0.9, 0.1), "different": (0.1, 0.9)},
    },
}
"""Kind of party → criterion → level → (m, u) as expected before any data are seen; each column adds up to 1."""

STEADY = 50
"""How many pairs the expectation counts for."""

SAMPLE = 20_000
"""Most pairs of each sort that are counted."""

COUNTED = ("name", "representative", "region", "sex")
"""Criteria counted in the data; a birth date is part of the number that tells the truth: its counts would flatter."""

LIKE = 0.6
"""Least likeness of two names to be called alike."""

Weights = dict[tuple[str, str, str], tuple[float, float]]
"""(kind of party, criterion, level) → (m, u)."""

_PAIRS = (
    "WITH s AS (SELECT node, is_org, anchor, row_number() OVER (PARTITION BY is_org ORDER BY hash(node), node) "
    "AS turn FROM party_node WHERE anchor IS NOT NULL AND NOT is_nameless), "
    "same AS (SELECT node AS one, lead(node) OVER (PARTITION BY anchor, is_org ORDER BY hash(node), node) AS other, "
    "TRUE AS is_same, is_org FROM s), "
    "apart AS (SELECT a.node AS one, b.node AS other, FALSE AS is_same, a.is_org FROM s a "
    "JOIN s b ON b.is_org = a.is_org AND b.turn = a.turn + 1 AND b.anchor <> a.anchor) "
    "SELECT * FROM (FROM same WHERE other IS NOT NULL UNION ALL FROM apart) "
    f"QUALIFY row_number() OVER (PARTITION BY is_same, is_org ORDER BY hash(one), one) <= {SAMPLE}"
)

_SIDE = ("a.name_key AS one_name, b.name_key AS other_name, coalesce(a.is_hidden OR b.is_hidden, TRUE) AS is_hidden, "
         "a.representative = b.representative AS representative, a.place = b.place AS region, a.sex = b.sex AS sex")


def name_level(one: str, other: str, *, is_org: bool, is_hidden: bool = False) -> str:
    """Return how two name keys agree: a level of the criterion `name`; former names are the caller's to know.

    >>> name_level("漯河市甲乙商贸有限公司", "漯河甲乙商贸", is_org=True)
    'core'
    >>> name_level("漯河市甲乙商贸有限公司", "甲乙商贸", is_org=True), name_level("张试验", "张试样", is_org=False)
    ('core', 'like')
    """
    if is_hidden:
        return "hidden" if one[:1] == other[:1] else "other"
    if one == other:
        return "equal"
    if not is_org:
        near = Levenshtein.distance(one, other) == 1 and (min(len(one), len(other)) >= 3 or one[0] == other[0])
        return "like" if near else "other"
    if same_without_region(one, other):
        return "core"
    short, long = sorted((one, other), key=len)
    if len(short) >= 2 and _is_short_for(short, long, core_of(long)):
        return "short"
    return "like" if name_likeness(one, other) >= LIKE else "other"


def _is_short_for(short: str, long: str, core: str) -> bool:
    """Tell whether the characters of `short` stand in `long` in this order and begin in its distinctive core."""
    letters = iter(long)
    return short[0] in core[:2] and all(letter in letters for letter in short)


def estimate(store: Store) -> None:
    """Count the levels of `party_node` into `party_weight` (kind, criterion, level, m, u)."""
    pairs = store.frame(f"SELECT p.is_same, p.is_org, {_SIDE} FROM ({_PAIRS}) p JOIN party_node a ON a.node = p.one "
                        "JOIN party_node b ON b.node = p.other WHERE a.name_key IS NOT NULL AND b.name_key IS NOT NULL")
    names = pairs.select("one_name", "other_name", "is_org", "is_hidden").iter_rows()
    levels = [name_level(one, other, is_org=is_org, is_hidden=hidden) for one, other, is_org, hidden in names]
    agreed = [pl.when(column).then(pl.lit("equal")).when(~pl.col(column)).then(pl.lit("different")).alias(column)
              for column in COUNTED[1:]]
    told = pairs.with_columns(pl.Series("name", levels, dtype=pl.String), *agreed)
    counted = told.unpivot(on=list(COUNTED), index=["is_org", "is_same"], variable_name="criterion",
                           value_name="level").drop_nulls("level").group_by(pl.all()).len()
    seen = {(ORGANISATION if is_org else PERSON, criterion, level, is_same): n
            for is_org, is_same, criterion, level, n in counted.iter_rows()}
    rows = [(*cell, _share(seen, cell, True), _share(seen, cell, False))
            for kind, criteria in PRIORS.items() for criterion, levels in criteria.items() for level in levels
            for cell in [(kind, criterion, level)]]
    store.run("DELETE FROM party_weight")
    store.put("party_weight", pl.DataFrame(rows, schema=["kind", "criterion", "level", "m", "u"], orient="row"))


def _share(seen: dict[tuple[str, str, str, bool], int], cell: tuple[str, str, str], is_same: bool) -> float:
    kind, criterion, level = cell
    expected = PRIORS[kind][criterion]
    total = sum(seen.get((kind, criterion, each, is_same), 0) for each in expected)
    return (seen.get((kind, criterion, level, is_same), 0) + STEADY * expected[level][0 if is_same else 1]) / (
        total + STEADY)


def weights(store: Store) -> Weights:
    """Return the weights of the last run; what is expected where none was counted."""
    found: Weights = {(kind, criterion, level): share for kind, criteria in PRIORS.items()
                      for criterion, levels in criteria.items() for level, share in levels.items()}
    counted = store.rows("FROM party_weight")
    return found | {(kind, criterion, level): (m, u) for kind, criterion, level, m, u in counted}


def bits(m: float, u: float) -> float:
    """Return the weight of a level in bits.

    >>> bits(0.8, 0.1)
    3.0
    """
    return log2(m / u)
