"""What a finding rests on, as one hash; and findings kept away because people dismissed them on that very evidence.

The hash is made of what counts as evidence for a clue's fingerprint too: values that do not move by themselves, answers
to exclusions, linked records. It is the same tomorrow unless one of these changes, or the rule looks at more.
"""

import polars as pl

from engine.clues.naming import words
from engine.rules import RuleSet
from engine.store import Store

HELD = "人工研判排除："
"""How the sentence of a hit begins that people dismissed."""

FINDING_ID = "'F' || left(md5(concat_ws('|', table_name, record_id, rule_id)), 16)"
"""SQL: a finding's id, the same in every run."""

_HIT = "SELECT * FROM hit WHERE answer = 'hit'"


def evidence_hashes(store: Store, rules: RuleSet, findings: str = _HIT) -> pl.DataFrame:
    """Return table_name, record_id, rule_id, finding_id and evidence_hash of each row of `findings`.

    `findings` is a SELECT with the columns of `hit`; without it, tonight's hits.
    """
    with store.lend("evidence_word", words(rules)):
        return store.frame(f"""
        WITH f AS ({findings}),
        item AS (
            SELECT table_name, record_id, f.rule_id, 'fact' AS sort, e.key AS name, e.value ->> '$' AS value
            FROM f, json_each(f.facts) e ANTI JOIN (SELECT * FROM evidence_word WHERE moves OR kind = 'id') w
                ON w.rule_id = f.rule_id AND w.name = e.key
            UNION ALL SELECT table_name, record_id, rule_id, 'exclusion', e.value ->> 'is', e.value ->> 'value'
            FROM f, json_each(f.exclusions) e
            UNION ALL SELECT table_name, record_id, rule_id, 'link', e.key, e.value ->> 'record_id'
            FROM f, json_each(f.linked) e
            UNION ALL SELECT table_name, record_id, rule_id, 'rule', '', '' FROM f)
        SELECT table_name, record_id, rule_id, {FINDING_ID} AS finding_id,
               md5(string_agg(concat_ws('|', sort, name, coalesce(value, '∅')), chr(10) ORDER BY sort, name, value))
                   AS evidence_hash
        FROM item GROUP BY table_name, record_id, rule_id""")


def keep_away(store: Store, rules: RuleSet, dismissed: pl.DataFrame) -> int:
    """Turn hits that people dismissed into exclusions and return how many.

    `dismissed` has finding_id, evidence_hash and why; a hit on other evidence than was dismissed stays a hit.
    Call after the rules were applied and before clues are folded.
    """
    if dismissed.height == 0:
        return 0
    known = evidence_hashes(store, rules).join(dismissed, on=["finding_id", "evidence_hash"])
    with store.lend("kept_away", known):
        store.run(f"""
        UPDATE hit SET answer = 'excluded', say = '{HELD}' || k.why FROM kept_away k
        WHERE hit.table_name = k.table_name AND hit.record_id = k.record_id AND hit.rule_id = k.rule_id""")
    return known.height


def kept_away(store: Store) -> list[str]:
    """Return the ids of the findings the last run kept away."""
    rows = store.rows(f"SELECT {FINDING_ID} FROM hit WHERE answer = 'excluded' AND starts_with(say, ?) ORDER BY 1",
                      [HELD])
    return [finding_id for (finding_id,) in rows]
