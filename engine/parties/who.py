"""Why two mentions are, or are not, the same party: every criterion with its weight, and what the engine decided.

The sum says how likely it is that the two are one, by the shares counted in the data (`engine.parties.weights`); the
decision is that of the last run, whose steps are stricter than any sum.
"""

from dataclasses import asdict, dataclass
from typing import Any

from engine.parties.comparing import Criterion, criteria
from engine.parties.finding import Side, find, whole
from engine.parties.publishing import weakest_tie
from engine.parties.weights import weights
from engine.store import Store
from engine.text import mask


@dataclass(frozen=True)
class Comparison:
    """Two sides, what speaks for and against, and the decision.

    `total` is in bits and includes `prior`, the chance that two records taken at random are one party; `confidence` is
    the probability it stands for. `is_one`: the last run has both in one party.
    """

    one: Side
    other: Side
    criteria: tuple[Criterion, ...]
    prior: float
    total: float
    confidence: float
    is_one: bool
    decision: str
    steps: tuple[str, ...]
    weakest: str

    def as_dict(self) -> dict[str, Any]:
        """Return the same for `--json`; numbers of persons and organisations are masked."""
        return asdict(self)


def compare(store: Store, one: str, other: str) -> Comparison:
    """Return how the parties or records written as `one` and `other` compare (see `find` for what may be written).

    Raises EngineError where nothing, or more than one thing, is called so.
    """
    sides = _apart(store, find(store, one), find(store, other))
    found = criteria(store, sides[0], sides[1], weights(store))
    parties = max(store.count("SELECT count(*) FROM party"), 2)
    prior = -parties.bit_length() + 1.0
    total = prior + sum(c.weight for c in found)
    is_one = sides[0].party_id == sides[1].party_id
    return Comparison(
        *sides, tuple(found), prior, round(total, 1), round(1 / (1 + 2 ** -min(max(total, -60), 60)), 4), is_one,
        _decision(store, sides[0], sides[1]), tuple(_step(store, side) for side in sides),
        "；".join(dict.fromkeys(weakest_tie(store, side.party_id) for side in sides)))


def _apart(store: Store, one: Side, other: Side) -> tuple[Side, Side]:
    """Where a party stands beside one of its own records, let another of its records speak for it."""
    if one.record_id == other.record_id and (one.is_whole or other.is_whole):
        again = whole(store, one.party_id, but=one.record_id)
        return (again, other) if one.is_whole else (one, again)
    return one, other


def _decision(store: Store, one: Side, other: Side) -> str:
    if one.party_id == other.party_id:
        return "已归为一个主体"
    said = store.rows(
        "SELECT a.is_same, strftime(a.day, '%Y-%m-%d') FROM pair_answer a JOIN party_member m "
        "ON m.record_id = a.one_id JOIN party_member n ON n.record_id = a.other_id WHERE a.question = 'party' "
        "AND (m.party_id, n.party_id) IN (($one, $other), ($other, $one)) ORDER BY a.day DESC LIMIT 1",
        {"one": one.party_id, "other": other.party_id})
    if said and not said[0][0]:
        return f"没有归为一个主体：人工认定不是（{said[0][1]}）"
    numbers = store.rows(
        "SELECT unnest([[a.resident_id, b.resident_id], [a.uscc, b.uscc]]) AS pair FROM party a, party b "
        "WHERE a.party_id = ? AND b.party_id = ?", [one.party_id, other.party_id])
    different = [pair for (pair,) in numbers if all(pair) and pair[0] != pair[1]]
    if different:
        return f"没有归为一个主体：可靠号码不同（{'、'.join(mask(n, 'number') for n in different[0])}）"
    return "没有归为一个主体：没有哪一步的条件全部具备，或者同时符合几个主体"


def _step(store: Store, side: Side) -> str:
    """How the side's own record came to its party."""
    rows = store.rows("SELECT step, confidence, why FROM party_member WHERE record_id = ?", [side.record_id])
    step, confidence, why = rows[0]
    return f"{side.shown}：{why}（{step}，把握 {confidence:.2f}）"
