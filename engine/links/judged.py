"""What reviewers answered about links: a pair called the same is linked before any step, one called different never."""

from engine.links.model import LinkSpec
from engine.store import Store

JUDGED = "judged"
"""The step of links and memberships that people decided."""

_BOTH_WAYS = (
    "SELECT one AS \"from\", one_id AS from_id, other AS \"to\", other_id AS to_id, is_same, day FROM pair_answer "
    "WHERE question = 'link' UNION ALL SELECT other, other_id, one, one_id, is_same, day FROM pair_answer "
    "WHERE question = 'link'"
)


def note_refused(store: Store) -> None:
    """Fill `link_refused` (from_id, to_id) with the pairs people called different, both ways."""
    store.run(f"CREATE OR REPLACE TEMP TABLE link_refused AS SELECT from_id, to_id FROM ({_BOTH_WAYS}) "
              "WHERE NOT is_same AND from_id IS NOT NULL AND to_id IS NOT NULL")


def find_judged(store: Store, spec: LinkSpec) -> int:
    """Fill `link_found` with the pairs of this link people called the same, and return how many there are.

    Within one table the earlier of the two `closest` dates tells which record leads to which; without it neither does.
    """
    closest = [f"{alias}.{column}" for alias, column in zip("ft", spec.closest, strict=True)] if spec.closest else []
    distance = f"abs({' - '.join(closest)})" if closest else "NULL::BIGINT"
    same_table = spec.from_table == spec.to_table
    runs = f"AND coalesce({' <= '.join(closest) or 'FALSE'}, FALSE)" if same_table else ""
    store.run(
        f"CREATE OR REPLACE TEMP TABLE link_found AS SELECT a.from_id, a.to_id, 1.0::DOUBLE AS confidence, "
        f"{distance} AS distance, '人工认定为同一事项（' || strftime(a.day, '%Y-%m-%d') || '）' AS say "
        f"FROM ({_BOTH_WAYS}) a JOIN {spec.from_table.name} f ON f.record_id = a.from_id "
        f"JOIN {spec.to_table.name} t ON t.record_id = a.to_id "
        f"WHERE a.is_same AND a.from_id <> a.to_id AND starts_with(a.\"from\", '{spec.from_table.name}|') "
        f"AND starts_with(a.\"to\", '{spec.to_table.name}|') {runs}")
    return store.count("SELECT count(*) FROM link_found")
