"""Which record belongs to which: declared steps from exact to weak, each seeing only what the earlier ones left.

A row gets the best candidate of the first step that finds any; where several fit, the closest date decides and the
confidence falls; the others are listed. Reads `engine.parties` for what a hidden name looks like: the one neighbour
this module leans on, because links come after parties.
"""

import time
from collections.abc import Mapping

from engine.links.joining import find_candidates, note_sure_numbers
from engine.links.judged import JUDGED, find_judged, note_refused
from engine.links.model import LinkReport, LinkSpec, LinkStep, StepCount
from engine.links.reading import read_links
from engine.store import Store

__all__ = ["LinkReport", "LinkSpec", "LinkStep", "StepCount", "read_links", "resolve"]

SHOWN = 5
"""Most candidates listed for one row."""

BY_DATE, TIED = 0.8, 0.6
"""What a confidence keeps where only the closest date, or nothing at all, tells the candidates apart."""

_TEMPORARY = ("sure", "rest", "left", "right", "crowd", "pair", "found", "ranked", "refused")


def resolve(store: Store, specs: Mapping[str, LinkSpec]) -> list[LinkReport]:
    """Find all links anew: fill `link` (one target a row) and `link_candidate` (rows with several); return reports."""
    store.run("DELETE FROM link")
    store.run("DELETE FROM link_candidate")
    note_sure_numbers(store)
    note_refused(store)
    reports = [_resolve_one(store, spec) for spec in specs.values()]
    for name in _TEMPORARY:
        store.run(f"DROP TABLE IF EXISTS link_{name}")
    return reports


def _resolve_one(store: Store, spec: LinkSpec) -> LinkReport:
    begun = time.monotonic()
    counts = []
    store.run(f"CREATE OR REPLACE TEMP TABLE link_rest AS SELECT record_id FROM {spec.from_table.name}")
    if find_judged(store, spec):
        counts.append(StepCount(JUDGED, _keep_best(store, spec, JUDGED, (1.0, 1.0)), 0, 0.0))
    shares = (1.0, 1.0) if spec.several_normal else (BY_DATE, TIED)
    for step in spec.steps:
        if not store.count("SELECT count(*) FROM link_rest"):
            break
        started = time.monotonic()
        crowded = find_candidates(store, spec, step)
        linked = _keep_best(store, spec, step.name, shares)
        counts.append(StepCount(step.name, linked, crowded, round(time.monotonic() - started, 3)))
    rows = store.count(f"SELECT count(*) FROM {spec.from_table.name}")
    ambiguous = store.count("SELECT count(*) FROM link WHERE link = ? AND candidates > 1", [spec.name])
    return LinkReport(spec.name, rows, sum(c.linked for c in counts), ambiguous, tuple(counts),
                      round(time.monotonic() - begun, 3))


def _keep_best(store: Store, spec: LinkSpec, step: str, shares: tuple[float, float]) -> int:
    """Write the best candidate of each row and the list where there are several; return how many rows were linked.

    `shares`: what a confidence keeps where the closest date, or nothing, tells several candidates apart.
    """
    by_date, tied = shares
    store.run(
        "CREATE OR REPLACE TEMP TABLE link_ranked AS WITH one AS (SELECT from_id, to_id, "
        "max(confidence) AS confidence, min(distance) AS distance, min(say) AS say FROM link_found GROUP BY ALL), "
        "r AS (SELECT *, row_number() OVER (PARTITION BY from_id ORDER BY confidence DESC, distance NULLS LAST, to_id) "
        "AS place, count(*) OVER (PARTITION BY from_id) AS candidates, "
        "count(*) OVER (PARTITION BY from_id, confidence, distance) AS alike FROM one), "
        "t AS (SELECT *, max(CASE WHEN place = 1 THEN alike END) OVER (PARTITION BY from_id) > 1 AS is_tied FROM r) "
        f"SELECT from_id, to_id, place, candidates, round(confidence * CASE WHEN candidates = 1 THEN 1 "
        f"WHEN is_tied THEN {tied} ELSE {by_date} END, 4)::DOUBLE AS confidence, "
        "say || CASE WHEN candidates = 1 THEN '' WHEN is_tied THEN '；有' || candidates || '个候选无法区分' "
        "ELSE '；有' || candidates || '个候选，取把握最大、日期最近的' END AS why FROM t")
    named: dict[str, object] = {"link": spec.name, "step": step}
    store.run("INSERT INTO link BY NAME SELECT $link AS link, from_id, to_id, $step AS step, confidence, candidates, "
              "why FROM link_ranked WHERE place = 1", named)
    store.run(f"INSERT INTO link_candidate BY NAME SELECT $link AS link, from_id, to_id, $step AS step, confidence, "
              f"place, why FROM link_ranked WHERE candidates > 1 AND place <= {SHOWN}", named)
    store.run("DELETE FROM link_rest WHERE record_id IN (SELECT from_id FROM link_ranked)")
    return store.count("SELECT count(*) FROM link_ranked WHERE place = 1")
