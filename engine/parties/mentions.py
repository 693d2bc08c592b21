"""The mentions: every record that names a counterpart, as one temporary table `party_node`.

A record that gives neither a name nor a number mentions nobody and gets no party. A mention's node is its record_id
(unique over all tables). Its `anchor` is the sure number that says who it is; two anchors never share a party. A
resident id on an organisation's row is its representative's and says nothing about the organisation; on the row of an
individual business it is the operator's, and the operator is the party.
"""

from collections.abc import Sequence

from engine.parties import numbers
from engine.parties.numbers import MASK, ORG, RESIDENT, SPOILT, USCC
from engine.records import TABLES, Table
from engine.store import Store

ORGANS = ("authority_key", "court_key", "procuratorate_key", "organ_key", "issuer_key")
"""Columns that tell where a record was made, by the organ's name; the first a table has is used."""

_PLACE = "^(?:.{2,3}省|.{2,7}自治区)?(.{1,6}?(?:[^超]市|.(?:自治州|地区|盟|县|区|旗)))"
_STEM = "(?:市|自治州|地区|盟|县|区|旗)$"
_REGION = (
    "^(?:中国|中华|北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南"
    "|重庆|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆)"
)
_FIRM = "(?:公司|合作社|有限合伙[)])$"
_ORGANISATION = (
    "(?:公司|合作社|有限合伙[)]|店|部|行|馆|厂|坊|社|铺|吧|室|院|站|场|所|队|局|会|超市|中心|学校|大学|集团|银行|宾馆|幼儿园)$"
)
HIDDEN_NAME = "[某*×○●□]|X{2,}$"
"""What shows that part of a name key is hidden (沈某甲, 刘某某, 王**)."""
_NAMELESS = "^(?:无名氏|不详|未知|匿名|佚名|某人|个人)$"


BEARERS = 20
"""Most different names under one number before it counts as filled in by habit; not where one has half the records."""


def gather(store: Store, only: Sequence[int] = ()) -> int:
    """Fill `party_node` and `party_label` from all record tables (`only`: of these records); return how many."""
    tables = [t for t in TABLES if t.has_party]
    wanted = f"AND record_id IN ({', '.join(str(int(node)) for node in only)})" if only else ""
    union = " UNION ALL ".join(f"{_mentions(t)} {wanted}" for t in tables)
    store.run(f"CREATE OR REPLACE TEMP TABLE party_mention AS {union}")
    _sort_numbers(store)
    store.run(f"CREATE OR REPLACE TEMP TABLE party_numbered AS {_numbered()}")
    store.run(f"CREATE OR REPLACE TEMP TABLE party_named AS {_named()}")
    _distrust_shared(store)
    store.run(f"CREATE OR REPLACE TEMP TABLE party_node AS {_anchored()}")
    store.run("CREATE OR REPLACE TEMP TABLE party_label AS SELECT node, "
              "CASE WHEN anchor IS NULL THEN node ELSE md5_number_lower('party|' || anchor) END AS label, "
              "anchor IS NOT NULL AS anchored, CASE WHEN anchor IS NULL THEN 'alone' ELSE 'number' END AS step, "
              "1.0::DOUBLE AS confidence FROM party_node")
    for name in ("party_mention", "party_number", "party_numbered", "party_named"):
        store.run(f"DROP TABLE {name}")
    return store.count("SELECT count(*) FROM party_node")


def _mentions(table: Table) -> str:
    names = {c for c, _ in table.stored}
    organ = next((c for c in ORGANS if c in names), "NULL")
    former = "former_names" if "former_names" in names else "NULL"
    return (f"SELECT record_id AS node, '{table.name}' AS table_name, party_name AS name, party_name_key AS name_key, "
            f"party_kind AS kind, resident_id, uscc, org_code, legal_representative_key AS representative, "
            f"birth_date, sex, address, {organ} AS organ, {former} AS former_names FROM {table.name} "
            f"WHERE coalesce(party_name_key, resident_id, uscc, org_code) IS NOT NULL")


def _sort_numbers(store: Store) -> None:
    written = store.frame(
        "SELECT DISTINCT unnest([resident_id, uscc, org_code]) AS raw FROM party_mention "
        "WHERE coalesce(resident_id, uscc, org_code) IS NOT NULL")
    with store.lend("party_sorted", numbers.sort_numbers(written["raw"])):
        store.run("CREATE OR REPLACE TEMP TABLE party_number AS SELECT * FROM party_sorted")


def _numbered() -> str:
    """Each mention with its numbers by kind; a number in a neighbouring column counts too."""
    columns = ("resident_id", "uscc", "org_code")
    joins = " ".join(f"LEFT JOIN party_number n{i} ON n{i}.raw = m.{c}" for i, c in enumerate(columns))
    picks = ", ".join(
        f"coalesce({', '.join(f'''CASE WHEN n{i}.kind = '{kind}' THEN n{i}.number END''' for i in order)}) AS {name}"
        for name, kind, order in (
            ("resident", RESIDENT, (0, 1, 2)), ("code", USCC, (1, 0, 2)), ("org", ORG, (2, 0, 1)),
            ("mask", MASK, (0, 1, 2)), ("spoilt", SPOILT, (0, 1, 2))))
    return f"SELECT m.* EXCLUDE (resident_id, uscc, org_code), {picks} FROM party_mention m {joins}"


def _named() -> str:
    """Each mention with what its name and kind tell: organisation, trader (individual business), hidden name, place."""
    is_org = (
        f"CASE WHEN kind = 'organisation' OR regexp_matches(name_key, '{_FIRM}') THEN TRUE WHEN kind = 'person' THEN "
        f"FALSE WHEN kind IS NULL AND coalesce(code, org) IS NOT NULL THEN TRUE "
        f"WHEN kind IS NULL AND coalesce(resident, mask) IS NOT NULL THEN FALSE "
        f"ELSE length(name_key) >= 4 AND regexp_matches(name_key, '{_ORGANISATION}') "
        f"OR length(name_key) >= 6 AND NOT regexp_matches(name, '[·•・‧.]') END")
    return (
        f"WITH k AS (SELECT *, coalesce({is_org}, FALSE) AS is_org, "
        f"coalesce(regexp_matches(name_key, '{_FIRM}'), FALSE) AS is_firm FROM party_numbered), "
        f"t AS (SELECT * REPLACE (is_firm AND length(name_key) >= 7 AS is_firm), "
        f"coalesce(kind = 'individual_business', is_org AND kind IS NULL AND NOT is_firm) AS is_trader, "
        f"coalesce(regexp_matches(name_key, '{_NAMELESS}'), TRUE) AS is_nameless, "
        f"coalesce(regexp_matches(name_key, '{HIDDEN_NAME}'), TRUE) AS is_hidden, "
        f"CASE WHEN is_org THEN {_place('name_key')} END AS name_place FROM k), "
        f"p AS (SELECT *, coalesce(name_place, {_place('address')}, {_place('organ')}) AS place FROM t) "
        f"SELECT * EXCLUDE (address, organ, name_place), is_firm AND coalesce(name_place IS NOT NULL "
        f"OR regexp_matches(name_key, '{_REGION}') OR starts_with(name_key, regexp_replace(place, '{_STEM}', '')), "
        f"FALSE) AS is_full_name FROM p")


def _distrust_shared(store: Store) -> None:
    """Take the numbers all sorts of names stand beside for no proof (`party_shared`); with the same name they are one.

    A representative's number on an organisation's row says nothing about that organisation, so it is not counted.
    """
    store.run(
        "CREATE OR REPLACE TEMP TABLE party_shared AS WITH n AS (SELECT unnest([CASE WHEN NOT is_org THEN resident "
        "END, code, org]) AS number, name_key FROM party_named WHERE NOT is_hidden AND NOT is_nameless), "
        "t AS (SELECT number, name_key, count(*) AS times FROM n WHERE number IS NOT NULL GROUP BY ALL) "
        f"SELECT number FROM t GROUP BY number HAVING count(*) > {BEARERS} AND max(times) * 2 < sum(times)")
    shared = {name: f"{name} IN (SELECT number FROM party_shared)" for name in ("resident", "code", "org")}
    store.run(f"UPDATE party_named SET spoilt = coalesce(spoilt, resident, code), "
              f"{', '.join(f'{n} = CASE WHEN NOT coalesce({test}, FALSE) THEN {n} END' for n, test in shared.items())} "
              f"WHERE {' OR '.join(shared.values())}")


def _place(column: str) -> str:
    return f"nullif(regexp_extract({column}, '{_PLACE}', 1), '')"


def _anchored() -> str:
    """Each mention with its anchor, one resident id and one code; a birth date is read from a number where it shows.

    Where an operator and a business stand together on rows and neither stands with another, the operator is the anchor
    of both. An organisation code alone is the same organisation as the only unified code that contains it.
    """
    owner = ("SELECT min(code) AS code, resident FROM party_named WHERE is_trader AND code IS NOT NULL "
             "AND resident IS NOT NULL GROUP BY resident HAVING count(DISTINCT code) = 1 "
             "QUALIFY count(*) OVER (PARTITION BY min(code)) = 1")
    twice = "SELECT code[9:17] AS org FROM party_named GROUP BY ALL HAVING count(DISTINCT code) > 1"
    anchor = ("CASE WHEN NOT is_org THEN coalesce('R:' || coalesce(resident, operator), coded) "
              "WHEN is_trader THEN coalesce('R:' || operator, coded, 'R:' || resident) ELSE coded END")
    birth = ("coalesce(try_strptime(resident[7:14], '%Y%m%d')::DATE, try_strptime(CASE WHEN length(mask) = 18 "
             "THEN mask[7:14] END, '%Y%m%d')::DATE, birth_date)")
    return (
        f"WITH owner AS ({owner}), twice AS ({twice}), "
        "known AS (SELECT n.*, o.resident AS operator, CASE WHEN w.org IS NOT NULL THEN 'U:' || n.code "
        "ELSE 'O:' || coalesce(n.code[9:17], n.org) END AS coded FROM party_named n "
        "LEFT JOIN owner o ON n.code = o.code AND n.is_trader LEFT JOIN twice w ON n.code[9:17] = w.org), "
        f"sure AS (SELECT *, {anchor} AS anchor FROM known), "
        "kept AS (SELECT * REPLACE (CASE WHEN anchor[:2] = 'R:' THEN anchor[3:] END AS resident, "
        "CASE WHEN anchor[:2] <> 'R:' OR operator = anchor[3:] THEN code END AS code) FROM sure) "
        f"SELECT * EXCLUDE (coded, operator, birth_date) REPLACE (CASE WHEN anchor IS NULL THEN mask END AS mask, "
        f"CASE WHEN anchor IS NULL THEN spoilt END AS spoilt), CASE WHEN NOT is_org THEN {birth} END AS birth, "
        "coalesce(length(regexp_extract(mask, '^[^*]*')), 0) AS head, "
        "coalesce(length(regexp_extract(mask, '[^*]*$')), 0) AS tail, "
        "CASE WHEN length(mask) = 18 THEN replace(mask, '*', '_') "
        "ELSE regexp_replace(mask, '[*]+', '%', 'g') END AS pattern FROM kept")
