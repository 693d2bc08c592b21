"""Names of organisations that are alike but not the same: former names, core names, similar names.

A single different character usually is a different company, so likeness never merges alone: the representative and the
place must agree, and blocks with many members are left out as too common to say anything.
"""

import polars as pl
from rapidfuzz.distance import Levenshtein

from engine.store import Store
from engine.text import keys_of

BLOCK_LIMIT = 50
"""Most labels one representative and place may have in common before they prove nothing."""

SLIPS = 1
"""Most characters by which two core names may differ (one added, lost or replaced)."""

_FORM = "(?:(?:股份)?有限公司|公司)$"

_CORE = (
    "regexp_replace(regexp_replace(regexp_replace(name_key, '^.{2,3}省', ''), '^(.{2,6}?)[市县区]', '\\1'), "
    f"'{_FORM}', '')"
)
_STEM = "regexp_replace(place, '(?:市|自治州|地区|盟|县|区|旗)$', '')"


def former_names(store: Store) -> None:
    """Fill `party_former` (node, name_key) with the earlier names that company registers list."""
    listed = store.frame(
        "SELECT DISTINCT node, trim(unnest(regexp_split_to_array(former_names, '[;；、,，]'))) AS name FROM party_node "
        "WHERE former_names IS NOT NULL")
    keyed = listed.with_columns(keys_of("name", listed["name"]).alias("name_key")).drop_nulls("name_key")
    with store.lend("party_listed", keyed):
        store.run("CREATE OR REPLACE TEMP TABLE party_former AS SELECT node, name_key FROM party_listed")


def core_names(store: Store) -> None:
    """Fill `party_core` (node, core, representative, place): name without form of company, always with its place."""
    store.run(
        f"CREATE OR REPLACE TEMP TABLE party_core AS WITH n AS (SELECT node, place, representative, {_CORE} AS bare, "
        f"{_STEM} AS stem FROM party_node WHERE is_org AND NOT is_hidden AND NOT is_nameless AND place IS NOT NULL) "
        f"SELECT node, place, representative, CASE WHEN contains(bare[:10], stem) THEN bare ELSE stem || bare END "
        f"AS core FROM n WHERE length(bare) >= 4")


def similar_names(store: Store) -> None:
    """Fill `party_similar` (node, key, confidence): one key for each pair of alike names under one representative."""
    pairs = store.frame(
        f"WITH c AS (SELECT DISTINCT l.label, l.anchored, c.core, c.representative, c.place FROM party_core c "
        f"JOIN party_label l USING (node) WHERE c.representative IS NOT NULL), "
        f"block AS (SELECT representative, place FROM c GROUP BY ALL HAVING count(DISTINCT label) BETWEEN 2 "
        f"AND {BLOCK_LIMIT} AND NOT bool_and(anchored)) "
        f"SELECT DISTINCT a.label AS one, b.label AS other, a.core AS one_core, b.core AS other_core "
        f"FROM c a JOIN block USING (representative, place) JOIN c b USING (representative, place) "
        f"WHERE a.label < b.label AND NOT (a.anchored AND b.anchored)")
    cores = pairs.select("one_core", "other_core").iter_rows()
    slips = [Levenshtein.distance(one, other, score_cutoff=SLIPS) for one, other in cores]
    alike = pairs.filter(pl.Series(slips, dtype=pl.Int64) <= SLIPS)
    with store.lend("party_alike", alike):
        store.run(
            "CREATE OR REPLACE TEMP TABLE party_similar AS WITH p AS (SELECT hash('like', one, other) AS key, "
            "unnest([one, other]) AS label FROM party_alike) "
            "SELECT any_value(l.node) AS node, p.key, 0.85 AS confidence FROM p JOIN party_label l USING (label) "
            "GROUP BY p.key, p.label")
