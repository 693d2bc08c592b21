"""What the steps found, written where everyone reads it: `party`, `party_member`, and `party_id` in every table.

A party's id comes from its anchor; without one from the strongest fact its members share, so more mentions tomorrow do
not change it. Only where that fact names two parties, or none, it comes from the smallest record.
"""

from engine.parties.steps import STEPS
from engine.records import TABLES
from engine.store import Store

ALONE = "未与其他记录归并"
UNLIKE = "，但名称与该主体的其他记录差异较大，请核对"
NUMBERS = {"R": "居民身份证号码一致", "O": "统一社会信用代码（组织机构代码）一致", "U": "统一社会信用代码一致"}

_OWN_KEY = (
    "CASE WHEN anchor IS NOT NULL THEN '0' || anchor "
    "WHEN mask IS NOT NULL AND head + tail >= 10 AND tail >= 3 AND NOT is_hidden THEN '1' || name_key || '|' || mask "
    "WHEN birth IS NOT NULL AND NOT is_hidden AND NOT is_nameless THEN '2' || name_key || '|' || birth "
    "WHEN is_org AND representative IS NOT NULL AND NOT is_hidden THEN '3' || name_key || '|' || representative "
    "WHEN is_firm AND NOT is_hidden THEN '4' || name_key "
    "WHEN is_org AND place IS NOT NULL AND NOT is_hidden THEN '5' || name_key || '|' || place END"
)
"""The strongest fact of one mention, the number in front being its rank; NULL where it has none."""


def publish(store: Store) -> int:
    """Write parties, memberships and party ids, replacing those of the last run; return the number of parties."""
    _name_parties(store)
    _write_parties(store)
    _write_members(store)
    for table in TABLES:
        if table.has_party:
            store.run(f"UPDATE {table.name} SET party_id = NULL WHERE party_id IS NOT NULL "
                      f"AND coalesce(party_name_key, resident_id, uscc, org_code) IS NULL")
            store.run(f"UPDATE {table.name} SET party_id = m.party_id FROM party_final m "
                      f"WHERE m.node = {table.name}.record_id AND {table.name}.party_id IS DISTINCT FROM m.party_id")
    return store.count("SELECT count(*) FROM party")


def _name_parties(store: Store) -> None:
    """Fill `party_final`: every mention with its party_id."""
    store.run(
        f"CREATE OR REPLACE TEMP TABLE party_identity AS WITH k AS (SELECT l.label, min({_OWN_KEY}) AS own, "
        f"min(n.node) AS smallest FROM party_node n JOIN party_label l USING (node) GROUP BY l.label) "
        f"SELECT label, md5_number_lower('party|' || CASE WHEN own IS NULL OR count(*) OVER (PARTITION BY own) > 1 "
        f"THEN 'record|' || smallest ELSE own END) AS party_id FROM k")
    store.run(
        "CREATE OR REPLACE TEMP TABLE party_final AS SELECT n.*, l.step, l.confidence, p.party_id "
        "FROM party_node n JOIN party_label l USING (node) JOIN party_identity p USING (label)")


def _write_parties(store: Store) -> None:
    store.run("DELETE FROM party")
    store.run(
        "INSERT INTO party BY NAME WITH names AS (SELECT party_id, name, min(is_hidden) AS is_hidden, "
        "count(*) AS times FROM party_final GROUP BY ALL), "
        "best AS (SELECT party_id, name FROM names QUALIFY row_number() OVER (PARTITION BY party_id "
        "ORDER BY is_hidden, times DESC, name) = 1), "
        "facts AS (SELECT party_id, coalesce(mode(kind ORDER BY kind), CASE WHEN bool_or(is_org) THEN 'organisation' "
        "ELSE 'person' END) AS kind, max(resident) AS resident_id, max(code) AS uscc, count(*) AS mentions "
        "FROM party_final GROUP BY party_id) SELECT * FROM facts JOIN best USING (party_id)")


def _write_members(store: Store) -> None:
    """Why each record is in its party; a sure number beside a very different name is said and graded lower."""
    by_number = " ".join(f"WHEN '{sign}' THEN '{why}'" for sign, why in NUMBERS.items())
    by_step = " ".join(f"WHEN '{s.name}' THEN '{s.why}'" for s in STEPS)
    unlike = ("m.step = 'number' AND NOT m.is_hidden AND p.mentions > 1 AND m.name <> p.name AND "
              "len(list_intersect(string_split(m.name, ''), string_split(p.name, ''))) "
              "< 0.4 * greatest(length(m.name), length(p.name))")
    store.run("DELETE FROM party_member")
    store.run(
        f"INSERT INTO party_member BY NAME WITH m AS (SELECT m.party_id, m.table_name, m.node AS record_id, m.anchor, "
        f"CASE WHEN p.mentions = 1 THEN 'alone' ELSE m.step END AS step, m.confidence, "
        f"coalesce({unlike}, FALSE) AS is_unlike, w.words FROM party_final m JOIN party p USING (party_id) "
        f"LEFT JOIN (SELECT node, string_agg(DISTINCT words, '；' ORDER BY words) AS words FROM party_word "
        f"GROUP BY node) w USING (node)) "
        f"SELECT party_id, table_name, record_id, step, "
        f"CASE WHEN is_unlike THEN 0.9 ELSE confidence END AS confidence, "
        f"concat_ws('；', CASE WHEN step = 'alone' THEN '{ALONE}' WHEN is_unlike THEN CASE anchor[1] {by_number} END "
        f"|| '{UNLIKE}' "
        f"WHEN step = 'number' THEN CASE anchor[1] {by_number} END ELSE CASE step {by_step} END END, words) "
        f"AS why FROM m")


def weakest_tie(store: Store, party_id: int) -> str:
    """Return the least sure membership of a party in Chinese: step, confidence, reason and how many records."""
    step, confidence, why, mentions = store.rows(
        "SELECT step, confidence, why, count(*) OVER () FROM party_member WHERE party_id = ? "
        "ORDER BY confidence, step, record_id LIMIT 1", [party_id])[0]
    return f"主体 {party_id}，共 {mentions:,} 条记录，最弱的一环：{why}（{step}，把握 {confidence:.2f}）"
