"""What reviewers answered about pairs of records, brought to the records of tonight, and what became of each answer.

Answers are kept by natural key, so they survive a new delivery. `pair_answer` is filled anew every night: one_id and
other_id are NULL where the record is no longer there; `outcome` is told when parties and links are done.
"""

import polars as pl

from engine.records import TABLES
from engine.store import Store

OUTCOMES = {
    "joined": "已按人工认定归为同一", "apart": "已按人工认定分开",
    "conflict": "人工认定同一，但可靠号码不同或与其他回答矛盾，未归并",
    "unused": "两张表之间没有可用的关联", "gone": "记录已不在库",
}
"""What became of an answer → in Chinese."""

_BY_KEY = " UNION ALL ".join(
    f"SELECT '{t.name}|' || natural_key AS key, record_id FROM {t.name} "
    f"WHERE md5_number_lower('{t.name}|' || natural_key) IN (SELECT md5_number_lower(key) FROM answered)"
    for t in TABLES)

_LINKED = (
    "SELECT from_id, to_id FROM (SELECT from_id, to_id FROM link UNION ALL SELECT to_id, from_id FROM link UNION ALL "
    "SELECT from_id, to_id FROM link_candidate UNION ALL SELECT to_id, from_id FROM link_candidate) "
    "WHERE from_id IN (SELECT one_id FROM pair_answer) GROUP BY ALL"
)
"""Pairs of linked records, both ways, that an answer could mean."""


def note_answers(store: Store, answers: pl.DataFrame) -> None:
    """Replace `pair_answer` by these answers: question (party, link), one, other (table|natural key), is_same, day."""
    store.run("DELETE FROM pair_answer")
    if answers.height == 0:
        return
    with store.lend("party_answered", answers):
        store.run(
            "INSERT INTO pair_answer BY NAME WITH answered AS MATERIALIZED (SELECT DISTINCT unnest([one, other]) "
            f"AS key FROM party_answered), there AS MATERIALIZED ({_BY_KEY}) "
            "SELECT a.question, a.one, a.other, a.is_same, a.day, o.record_id AS one_id, t.record_id AS other_id "
            "FROM party_answered a LEFT JOIN there o ON o.key = a.one LEFT JOIN there t ON t.key = a.other")


def tell_outcomes(store: Store) -> dict[str, int]:
    """Write into `pair_answer` what became of each answer, and return how many had which outcome (see OUTCOMES).

    To be called when parties and links stand. An answer that does not concern a party or a link counts as unused.
    """
    store.run(
        "UPDATE pair_answer SET outcome = o.outcome FROM (SELECT a.question, a.one, a.other, CASE "
        "WHEN a.one_id IS NULL OR a.other_id IS NULL THEN 'gone' "
        "WHEN a.question = 'link' AND NOT a.is_same THEN 'apart' "
        "WHEN a.question = 'link' THEN CASE WHEN l.from_id IS NULL THEN 'unused' ELSE 'joined' END "
        "WHEN m.party_id IS NULL OR n.party_id IS NULL THEN 'unused' "
        "WHEN a.is_same THEN CASE WHEN m.party_id = n.party_id THEN 'joined' ELSE 'conflict' END "
        "ELSE 'apart' END AS outcome FROM pair_answer a "
        "LEFT JOIN party_member m ON m.record_id = a.one_id LEFT JOIN party_member n ON n.record_id = a.other_id "
        f"LEFT JOIN ({_LINKED}) l ON l.from_id = a.one_id AND l.to_id = a.other_id) o "
        "WHERE (pair_answer.question, pair_answer.one, pair_answer.other) = (o.question, o.one, o.other)")
    return dict(store.rows("SELECT outcome, count(*) FROM pair_answer GROUP BY outcome ORDER BY outcome"))
