"""Which records are one matter: those that sure links join, under the record that heads them.

A link file says with `head` which side heads the matter: the penalty its court review, the review its enforcement case,
the nonprosecution its opinion. Every record so has at most one head, and the head of its heads is the matter's root.
Links that are not sure join nothing: a clue too many is seen at once, two strangers in one clue are not.
"""

from collections.abc import Iterable

from engine.rules.model import LinkShape
from engine.store import Store

SURE = 0.9
"""Least confidence of a link that makes two records one matter; what only date or chance decided is always below."""

CROWD = 100
"""Records that one record may head by one link; more are a number that stands everywhere, and no matter."""

_STEPS = 8
"""Most heads above each other; declared links reach three."""


def find_roots(store: Store, links: Iterable[LinkShape]) -> None:
    """Put into `fold_root` (record_id, root) every record that belongs to another one's matter.

    A record whose surest heads belong to different matters, or that heads itself in a circle, stays alone.
    """
    store.run(f"CREATE OR REPLACE TEMP TABLE fold_edge AS {_edges(links)}")
    store.run("CREATE OR REPLACE TEMP TABLE fold_root AS SELECT record_id, head AS root FROM fold_edge LIMIT 0")
    for _ in range(_STEPS):
        store.run(f"CREATE OR REPLACE TEMP TABLE fold_higher AS {_HIGHER}")
        moved = store.count("SELECT count(*) FROM (SELECT * FROM fold_higher EXCEPT SELECT * FROM fold_root)")
        store.run("CREATE OR REPLACE TEMP TABLE fold_root AS SELECT * FROM fold_higher")
        if not moved:
            break
    store.run("DELETE FROM fold_root WHERE root IN (SELECT record_id FROM fold_root)")
    store.run("DROP TABLE fold_edge")
    store.run("DROP TABLE fold_higher")


def _edges(links: Iterable[LinkShape]) -> str:
    """Each record with its surest heads; of a link a row may have several targets by, all listed ones count."""
    none = "SELECT '' AS link, 0::UBIGINT AS record_id, 0::UBIGINT AS head, 0.0::DOUBLE AS confidence WHERE false"
    parts = [none]
    for link in links:
        child, head = ("from_id", "to_id") if link.head == "to" else ("to_id", "from_id")
        chosen = f"SELECT link, {child} AS record_id, {head} AS head, confidence FROM {{}} WHERE link = '{link.id}'"
        if link.head:
            # reason: rows with several possible heads are not sure of any, however normal several targets are
            parts.append(chosen.format("link") + (" AND candidates = 1" if link.head == "to" else ""))
        if link.head == "from" and link.several:
            parts.append(chosen.format("link_candidate"))
    return f"""
    SELECT record_id, head FROM (
        SELECT * FROM ({" UNION ".join(parts)}) WHERE confidence >= {SURE} AND record_id <> head
        QUALIFY count(*) OVER (PARTITION BY link, head) <= {CROWD})
    QUALIFY rank() OVER (PARTITION BY record_id ORDER BY confidence DESC) = 1"""


_HIGHER = """
    SELECT e.record_id, min(coalesce(r.root, e.head)) AS root FROM fold_edge e
    LEFT JOIN fold_root r ON r.record_id = e.head
    GROUP BY e.record_id HAVING count(DISTINCT coalesce(r.root, e.head)) = 1"""
