"""The rule engine beside hand-written peers: the same ten rules over the same published warehouse, in one run."""

import importlib.util
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

import polars as pl

from engine import rules
from engine.bench import peers
from engine.rules import RuleSet
from engine.rules.compiling import compile_rule
from engine.run import Plan, read_ruleset
from engine.store import Store, borrowing

Answer = TypeVar("Answer")

TIMES = 3
"""Each is done so often; the shortest time counts."""


@dataclass(frozen=True)
class Compared:
    """One way to answer the ten rules: seconds, rows that are not clear, and rows that differ from the engine's."""

    name: str
    seconds: float
    rows: int
    differing: int

    def as_dict(self) -> dict[str, Any]:
        """Return the figures for `--json`."""
        return asdict(self)


def compare(plan: Plan) -> list[Compared]:
    """Return the engine with all it writes, its answers alone, and each peer; pandas only where it is installed.

    The frame libraries begin with their columns in memory; the engine and the fused queries read the warehouse.
    """
    ruleset = read_ruleset(plan)
    with borrowing(plan.home, memory=plan.memory) as store:
        rules.prepare(store, ruleset, plan.as_of)
        peers.calendar(store)
        _, whole = _timed(lambda: rules.apply(store, ruleset, plan.as_of, only=peers.RULES))
        ours = store.frame("SELECT rule_id, record_id, answer FROM hit")
        found = [Compared("engine: answers, sentences, evidence", whole, ours.height, 0)]
        tried: list[tuple[str, Callable[[], pl.DataFrame]]] = [
            ("engine: answers only", lambda: _answers(store, ruleset, plan)),
            ("fused SQL by hand, a query a table", lambda: peers.fused(store, plan.as_of))]
        data = peers.frames(store)
        tried.append(("polars, lazy", lambda: peers.with_polars(data, plan.as_of)))
        if importlib.util.find_spec("pandas"):
            tried.append(("pandas", _pandas(data, plan)))
        for name, answer in tried:
            theirs, seconds = _timed(answer)
            found.append(Compared(name, seconds, theirs.height, _differing(ours, theirs)))
    return found


def _answers(store: Store, ruleset: RuleSet, plan: Plan) -> pl.DataFrame:
    parts = []
    for rule_id in peers.RULES:
        judged = compile_rule(ruleset.rules[rule_id], ruleset, plan.as_of).judged_sql()
        parts.append(f"SELECT '{rule_id}' AS rule_id, record_id, answer FROM ({judged}) WHERE answer <> 'clear'")
    return pl.concat([store.frame(part) for part in parts])


def _pandas(data: dict[str, pl.DataFrame], plan: Plan) -> Callable[[], pl.DataFrame]:
    from engine.bench import pandas_peer  # reason: an extra, and slow to import

    begun = pandas_peer.start(data)
    return lambda: pl.from_pandas(pandas_peer.with_pandas(begun, plan.as_of))


def _timed(work: Callable[[], Answer]) -> tuple[Answer, float]:
    seconds = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - begun)
    return answer, min(seconds)


def _differing(ours: pl.DataFrame, theirs: pl.DataFrame) -> int:
    """Return how many of (rule, record, answer) only one of the two has."""
    kinds = pl.Schema({"rule_id": pl.String, "record_id": pl.UInt64, "answer": pl.String})
    both = pl.concat([frame.select(kinds.names()).cast(kinds) for frame in (ours, theirs)])
    return both.group_by(kinds.names()).len().filter(pl.col("len") == 1).height


def page(compared: list[Compared]) -> str:
    """Return the figures as a Markdown table; ratios are to the fused queries."""
    base = next(c.seconds for c in compared if c.name.startswith("fused"))
    lines = ["| Ten rules | Seconds | To fused SQL | Rows not clear | Rows that differ |", "|---|--:|--:|--:|--:|"]
    lines += [f"| {c.name} | {c.seconds:.3f} | {c.seconds / base:.2f} × | {c.rows:,} | {c.differing:,} |"
              for c in compared]
    return "\n".join(lines)
