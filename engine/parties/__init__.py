"""Who is the same as whom: every record that names a counterpart gets a `party_id`, a step, a confidence and a reason.

Sure numbers come first and are the anchors; later steps (masked numbers, birth date, representative, full name,
likeness) only bring the rest to one anchor or to each other. Two sure numbers never end in one party. What people
answered (`pair_answer`) goes before every step. Same input, same ids.
"""

import time
from dataclasses import dataclass

from engine.parties import judged, weights
from engine.parties.answers import OUTCOMES, note_answers, tell_outcomes
from engine.parties.mentions import gather
from engine.parties.publishing import publish
from engine.parties.steps import STEPS, take
from engine.parties.who import Comparison, compare
from engine.store import Store

__all__ = ["OUTCOMES", "STEPS", "Comparison", "PartyReport", "StepReport", "compare", "note_answers", "resolve",
           "tell_outcomes"]

_TEMPORARY = (
    "node", "label", "key", "pair", "choice", "edge", "root", "next", "former", "core", "similar", "identity", "final",
    "shared", "answer", "refused", "word", "leaving", "same", "barred",
)


@dataclass(frozen=True)
class StepReport:
    """What one step did: records that joined by it, labels left free between several anchors, seconds."""

    step: str
    records: int
    ambiguous: int
    seconds: float


@dataclass(frozen=True)
class PartyReport:
    """How many mentions became how many parties, and by which steps."""

    mentions: int
    parties: int
    steps: tuple[StepReport, ...]
    seconds: float
    shared_numbers: int = 0

    def cut(self) -> dict[str, int]:
        """Return what was left out so that nothing strange is joined: numbers many names share, ambiguous labels."""
        return {"shared_numbers": self.shared_numbers, "ambiguous": sum(step.ambiguous for step in self.steps)}


def resolve(store: Store) -> PartyReport:
    """Decide anew who is the same as whom: fill `party`, `party_member` and `party_id` in every record table."""
    begun = time.monotonic()
    mentions = gather(store)
    weights.estimate(store)
    judged.settle(store)
    taken = []
    for step in STEPS:
        started = time.monotonic()
        taken.append((step.name, take(store, step), time.monotonic() - started))
    parties = publish(store)
    counted = dict(store.rows("SELECT step, count(*) FROM party_member GROUP BY step"))
    shared = store.count("SELECT count(*) FROM party_shared")
    for name in _TEMPORARY:
        store.run(f"DROP TABLE IF EXISTS party_{name}")
    steps = tuple(StepReport(name, counted.get(name, 0), several, round(s, 3)) for name, several, s in taken)
    return PartyReport(mentions, parties, steps, round(time.monotonic() - begun, 3), shared)
