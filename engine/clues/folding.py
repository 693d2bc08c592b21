"""Hits into clues: one clue a matter, one id for life, and what became of it since the last run.

A clue's id is made of the record that heads its matter when it is first seen (table and natural key), so it survives
new rule wording, other scores, other line numbers, and findings that join or leave. The record is kept with the clue:
it goes where that record's matter is tonight, or, where nothing is found there any more, where most of its own findings
are. Of several clues in one matter the oldest that stands keeps its id, the others are gone with that said.

Its fingerprint is made of its findings' answers and values; where two nights differ, `changed` says in Chinese what
differs. Values that move by themselves every night (days counted up to the as-of date) and those that only describe a
link (step, confidence, number of candidates) are no evidence and left out.
"""

from collections.abc import Collection
from datetime import date

import polars as pl

from engine.clues import matters, steps
from engine.clues.naming import codes, reasons, words
from engine.records import BY_NAME
from engine.rules import RuleSet
from engine.store import Store

STATUSES = ("新增", "复现", "变化", "持续", "消失")
"""What became of a clue since the last run: new, returned, changed, persisting, gone."""


def fold(store: Store, run_id: int, as_of: date, rules: RuleSet, *, not_run: Collection[str] = ()) -> dict[str, int]:
    """Rebuild `clue` from `hit` and return how many clues got each of STATUSES in this run.

    Findings of rules in `not_run` (stopped tonight) are taken over from the last run. A gone clue stays in the table
    with its last evidence and score, but without a place. Call once a run, on the table as the last run left it.
    """
    given = _given(rules, not_run)
    for name, frame in given.items():
        with store.lend("fold_lent", frame):
            store.run(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM fold_lent")
    matters.find_roots(store, rules.links.values())
    made = steps.all_steps(_records(store), run_id, as_of)
    for name, sql in made:
        store.run(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")
    counts = dict(store.rows("SELECT status, count(*) FROM fold_next GROUP BY status"))
    newly_gone = store.count("SELECT count(*) FROM fold_gone WHERE was <> '消失'")
    store.run("DELETE FROM clue")
    store.run("INSERT INTO clue BY NAME "
              "SELECT * FROM fold_next UNION ALL BY NAME SELECT * EXCLUDE (was) FROM fold_gone")
    for name in (*given, "fold_root", *(name for name, _ in made)):
        store.run(f"DROP TABLE {name}")
    return {status: counts.get(status, 0) for status in STATUSES} | {"消失": newly_gone}


def _given(rules: RuleSet, not_run: Collection[str]) -> dict[str, pl.DataFrame]:
    text = pl.String
    titles = [(rule.id, rule.title) for rule in rules.rules.values()]
    labels = [(table.name, table.label) for table in BY_NAME.values()]
    return {
        "fold_word": words(rules),
        "fold_code": codes(rules),
        "fold_reason": reasons(rules),
        "fold_title": pl.DataFrame(titles, schema={"rule_id": text, "title": text}, orient="row"),
        "fold_label": pl.DataFrame(labels, schema={"its_table": text, "its_label": text}, orient="row"),
        "fold_stopped": pl.DataFrame({"rule_id": sorted(not_run)}, schema={"rule_id": text}),
    }


def _records(store: Store) -> str:
    """The records that hits and clues are about or are headed by, as far as they exist, with natural key and matter."""
    wanted = ("(SELECT record_id FROM hit UNION SELECT record_id FROM clue UNION SELECT record_id FROM finding "
              "UNION SELECT root FROM fold_root SEMI JOIN hit USING (record_id))")
    parts = [f"SELECT '{name}' AS table_name, record_id, natural_key FROM {name} SEMI JOIN {wanted} USING (record_id)"
             for name in BY_NAME if store.count(f"SELECT count(*) FROM (SELECT 1 FROM {name} LIMIT 1)")]
    none = "SELECT '' AS table_name, 0::UBIGINT AS record_id, '' AS natural_key WHERE false"
    return (f"SELECT r.*, coalesce(root, record_id) AS matter FROM ({' UNION ALL '.join([none, *parts])}) r "
            "LEFT JOIN fold_root USING (record_id)")
