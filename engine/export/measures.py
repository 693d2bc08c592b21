"""What a model may judge a finding by: numbers of the score and the judgement, nothing that tells of a person."""

import polars as pl

from engine.ranking import PARTS
from engine.review import MEASURE
from engine.store import Store

_KEY = "table_name, record_id, rule_id"


def measures(store: Store) -> pl.DataFrame:
    """Return the measures of the findings in the session's `review_part`, in the columns of `review.MEASURE`.

    Points of the score's parts, the confidence of the weakest link (NULL: none), how many exclusions are not known,
    how many other doubts were flagged, cents at stake (NULL: not in the file).
    """
    parts = ", ".join(f"CAST(parts ->> '$[{place}].points' AS DOUBLE) AS {part}" for place, part in enumerate(PARTS))
    found = store.frame(f"""
    WITH linked AS (SELECT {_KEY}, min(confidence) AS link FROM show_linked GROUP BY ALL),
    asked AS (
        SELECT {_KEY}, count(*) FILTER (coalesce(v.value ->> 'value', '') NOT IN ('true', 'false')) AS unknown
        FROM review_part, json_each(exclusions) v GROUP BY ALL)
    SELECT finding_id, score, {parts}, link, coalesce(unknown, 0) AS unknown,
           len(list_filter(coalesce(flags, []), lambda f: NOT contains(f, '排除条件待核'))) AS flags,
           round(amount_yuan * 100) AS amount_cents
    FROM review_part JOIN review_hash USING ({_KEY}) LEFT JOIN linked USING ({_KEY}) LEFT JOIN asked USING ({_KEY})
    ORDER BY finding_id""")
    return found.select(list(MEASURE)).cast(pl.Schema(MEASURE))
