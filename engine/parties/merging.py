"""Bringing mentions together without ever joining two anchors.

The state is `party_label` (node, label, anchored, step, confidence). A step offers keys (mentions that share one may be
the same) or pairs (a free label and an anchored one). First every free label that points to exactly one anchor joins
it; one that points to several stays free and is counted as ambiguous. What then is left beside no anchor at all joins
by connected components. So no party can hold two anchors, whatever the steps say, nor two records people called
different (`engine.parties.judged`).
"""

from engine.parties import judged
from engine.store import Store

ROUNDS = 5
"""Attaching a label may show the anchor to the next; more rounds than this were never needed."""

SLIPS = 3
"""A spoilt number that differs from a sure one in more places was not meant to be that number."""

_PROFILE = (
    "SELECT l.label, min(n.birth) AS birth_min, max(n.birth) AS birth_max, min(n.sex) AS sex_min, "
    "max(n.sex) AS sex_max, any_value(coalesce(n.resident, n.code)) AS number, "
    "array_agg(DISTINCT n.pattern) FILTER (n.pattern IS NOT NULL) AS patterns, "
    "array_agg(DISTINCT n.spoilt) FILTER (n.spoilt IS NOT NULL) AS spoilt, "
    "array_agg(DISTINCT n.representative) FILTER (n.representative IS NOT NULL) AS representatives "
    "FROM party_label l JOIN party_node n USING (node) WHERE l.label IN (SELECT free FROM party_pair UNION ALL "
    "SELECT target FROM party_pair) GROUP BY l.label"
)

_CONTRADICTS = (
    "f.birth_min < t.birth_min OR f.birth_max > t.birth_max OR f.sex_min <> t.sex_min OR f.sex_max <> t.sex_max "
    "OR len(list_filter(f.patterns, lambda p: NOT (t.number LIKE p AND length(t.number) = 18))) > 0 "
    f"OR len(list_filter(f.spoilt, lambda s: levenshtein(s, t.number) > {SLIPS})) > 0"
)
"""What speaks against joining a free label to an anchored one; a missing fact never does."""

_OTHER_REPRESENTATIVE = " OR NOT list_has_any(f.representatives, t.representatives)"

_AGREES = (
    "count(DISTINCT n.mask) <= count(DISTINCT translate(n.mask, '0123456789X', '00000000000')) "
    "AND count(DISTINCT n.sex) <= 1 AND count(DISTINCT n.birth) <= 1"
)
"""What the free mentions under one key must satisfy to join; two masks of one shape must be the same mask."""

_ONE_REPRESENTATIVE = " AND count(DISTINCT n.representative) <= 1"


def merge_by_keys(store: Store, step: str, *, strict: bool = False) -> int:
    """Merge what shares a key of `party_key` (node, key, confidence); return how many labels found several anchors.

    `strict`: different known representatives speak against it.
    """
    ambiguous = 0
    _keep_useful_keys(store)
    for _ in range(ROUNDS):
        store.run(
            "CREATE OR REPLACE TEMP TABLE party_pair AS WITH k AS (SELECT DISTINCT l.label, l.anchored, p.key, "
            "p.confidence FROM party_key p JOIN party_label l USING (node)), "
            "mixed AS (SELECT key FROM k GROUP BY key HAVING bool_or(anchored) AND NOT bool_and(anchored)) "
            "SELECT f.label AS free, t.label AS target, max(least(f.confidence, t.confidence)) AS confidence "
            "FROM k f JOIN mixed USING (key) JOIN k t USING (key) WHERE NOT f.anchored AND t.anchored GROUP BY ALL")
        moved, ambiguous = merge_pairs(store, step, strict=strict)
        if not moved:
            break
    _unite(store, step, strict=strict)
    return ambiguous


def _keep_useful_keys(store: Store) -> None:
    """Drop the keys that can merge nothing: those of one label, or of anchored labels alone."""
    store.run(
        "CREATE OR REPLACE TEMP TABLE party_key AS FROM party_key SEMI JOIN (SELECT key FROM party_key "
        "JOIN party_label USING (node) GROUP BY key HAVING min(label) <> max(label) AND NOT bool_and(anchored)) "
        "USING (key)")


def merge_pairs(store: Store, step: str, *, strict: bool = False) -> tuple[int, int]:
    """Join the free labels of `party_pair` (free, target, confidence) to their anchor unless facts contradict.

    Returns how many joined, and how many point to several anchors and so stay free.
    """
    if not store.count("SELECT count(*) FROM party_pair"):
        return 0, 0
    against = _CONTRADICTS + (_OTHER_REPRESENTATIVE if strict else "")
    are_barred = judged.bar(store)
    store.run(
        f"CREATE OR REPLACE TEMP TABLE party_choice AS WITH profile AS MATERIALIZED ({_PROFILE}) "
        f"SELECT p.free, min(p.target) AS target, max(p.confidence) AS confidence, count(DISTINCT p.target) AS targets "
        f"FROM party_pair p JOIN profile f ON f.label = p.free JOIN profile t ON t.label = p.target "
        f"ANTI JOIN party_barred b ON b.one = p.free AND b.other = p.target "
        f"WHERE NOT coalesce({against}, FALSE) GROUP BY p.free")
    if are_barred:
        judged.part_chosen(store)
    store.run(
        "UPDATE party_label SET label = c.target, anchored = TRUE, step = $step, "
        "confidence = least(party_label.confidence, c.confidence) FROM party_choice c "
        "WHERE party_label.label = c.free AND c.targets = 1", {"step": step})
    joined, several = store.rows(
        "SELECT count(*) FILTER (targets = 1), count(*) FILTER (targets > 1) FROM party_choice")[0]
    return joined, several


def _unite(store: Store, step: str, *, strict: bool) -> None:
    """Join free labels that share a key no anchored label has, by connected components."""
    agrees = _AGREES + (_ONE_REPRESENTATIVE if strict else "")
    store.run(
        f"CREATE OR REPLACE TEMP TABLE party_edge AS WITH k AS (SELECT p.key FROM party_key p "
        f"JOIN party_label l USING (node) JOIN party_node n USING (node) GROUP BY p.key "
        f"HAVING NOT bool_or(l.anchored) AND min(l.label) <> max(l.label) AND {agrees}) "
        f"SELECT l.label, p.key, min(p.confidence) AS confidence FROM party_key p JOIN k USING (key) "
        f"JOIN party_label l USING (node) GROUP BY ALL")
    _components(store)
    if judged.bar(store):
        judged.cut(store)
    store.run(
        "UPDATE party_label SET label = c.root, step = $step, "
        "confidence = least(party_label.confidence, c.confidence) FROM (SELECT label, any_value(r.root) AS root, "
        "min(e.confidence) AS confidence FROM party_edge e JOIN party_root r USING (label) GROUP BY label) c "
        "WHERE party_label.label = c.label", {"step": step})


def _components(store: Store) -> None:
    """Fill `party_root` (label, root): the smallest label reachable over `party_edge`, by propagation."""
    store.run("CREATE OR REPLACE TEMP TABLE party_root AS SELECT DISTINCT label, label AS root FROM party_edge")
    changed = store.count("SELECT count(*) FROM party_root")
    while changed:
        store.run(
            "CREATE OR REPLACE TEMP TABLE party_next AS WITH k AS (SELECT e.key, min(r.root) AS root FROM party_edge e "
            "JOIN party_root r USING (label) GROUP BY e.key), "
            "near AS (SELECT e.label, min(k.root) AS root FROM party_edge e JOIN k USING (key) GROUP BY e.label) "
            # reason: the root's own root halves the way on long chains
            "SELECT near.label, least(near.root, far.root) AS root FROM near JOIN near far ON far.label = near.root")
        changed = store.count(
            "SELECT count(*) FROM party_next n JOIN party_root r USING (label) WHERE n.root <> r.root")
        store.run("CREATE OR REPLACE TEMP TABLE party_root AS FROM party_next")
