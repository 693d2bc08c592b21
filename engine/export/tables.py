"""What every list draws on: records, places, responsible units and values, as temporary tables of the session.

    show_rule      a rule as readers see it          show_finding   the findings of standing clues, the leading first
    show_linked    the linked records of a finding   show_record    what a line says about a record
    show_item      one row a finding and value       show_origin    the delivered row each value came from
The warehouse itself is only read.
"""

from collections.abc import Mapping

import polars as pl

from engine.clues import UNITS, cited, codes, reasons, shown_sql, words
from engine.records import BY_NAME, Table
from engine.rules import RuleSet
from engine.rules.model import ADDRESSEES, LEVELS
from engine.sources import Mappings
from engine.sources.headers import header_key
from engine.store import Store, delivered

FIELDS = {
    "non_litigation": "行政非诉执行监督", "referral": "行刑反向衔接", "forward_referral": "行刑正向衔接",
    "enforcement": "法院执行活动监督", "administrative_violation": "行政违法行为监督", "litigation": "行政诉讼监督",
    "dispute_resolution": "行政争议实质性化解", "detox": "强制隔离戒毒检察监督", "profit_driven": "趋利性执法监督",
}
"""Folder of rules → field of supervision."""

NUMBERS = ("case_no", "document_no", "receipt_no", "licence_no", "petition_no", "register_no")
"""Columns that name a record for people, the first a table has."""

PLACE = "file || CASE WHEN sheet <> '' THEN '（' || sheet || '）' ELSE '' END || '第' || line || '行'"
"""SQL: file, sheet and line of a row in one phrase."""


def prepare(
    store: Store, rules: RuleSet, mappings: Mappings | None = None, *, which: str = "", answers: bool = True
) -> None:
    """Build the tables.

    `mappings` say which delivered header fed a column (without them raw values stay empty); `which` is a condition on
    the clue `c`, for short lists; without `answers` records of gaps and exclusions are left out.
    """
    lent = {"show_rule": _rules(rules), "show_word": words(rules), "show_code": codes(rules), "show_use": _uses(rules),
            "show_mask": _masks(), "show_reason": reasons(rules)}
    for name, frame in lent.items():
        _keep(store, name, frame)
    store.run(f"CREATE OR REPLACE TEMP TABLE show_finding AS {_FINDING} WHERE {which or 'true'}")
    store.run(f"CREATE OR REPLACE TEMP TABLE show_linked AS {_LINKED}")
    store.run(f"CREATE OR REPLACE TEMP TABLE show_record AS {_records(store, answers)}")
    store.run(f"CREATE OR REPLACE TEMP TABLE show_item AS {_ITEM}")
    _fill_places(store)
    _keep(store, "show_header", _headers(store, mappings))
    store.run(f"CREATE OR REPLACE TEMP TABLE show_origin AS {_ORIGIN}")


def _keep(store: Store, name: str, frame: pl.DataFrame) -> None:
    with store.lend("show_lent", frame):
        store.run(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM show_lent")


def _rules(rules: RuleSet) -> pl.DataFrame:
    rows = [(r.id, FIELDS.get(r.id.split(".")[0], r.id.split(".")[0]), r.title, r.level, LEVELS[r.level],
             r.addressee if r.addressee in UNITS else "authority", ADDRESSEES[r.addressee],
             [cited(b) for b in r.basis], list(r.check), list(r.innocent), list(r.blind), r.summary)
            for r in rules.rules.values()]
    texts = pl.List(pl.String)
    plain = ("rule_id", "field", "title", "level", "level_label", "unit_kind", "addressee")
    schema: dict[str, pl.DataType] = dict.fromkeys(plain, pl.String())
    schema |= dict.fromkeys(("basis", "to_check", "innocent", "blind"), texts) | {"summary": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _masks() -> pl.DataFrame:
    rows = [(table.name, column.name, column.mask) for table in BY_NAME.values() for column in table.columns]
    return pl.DataFrame(rows, schema={"its_table": pl.String, "its_column": pl.String, "mask": pl.String}, orient="row")


def _uses(rules: RuleSet) -> pl.DataFrame:
    rows = [(r.id, u.alias, u.shape.id, u.base, u.forward) for r in rules.rules.values() for u in r.links]
    schema = {"rule_id": pl.String, "alias": pl.String, "link": pl.String, "base": pl.String, "forward": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


_FINDING = """
    SELECT f.*, c.place, c.score, c.parts, c.status, c.changed, c.amount_yuan, c.first_run,
           row_number() OVER (PARTITION BY clue_id
                              ORDER BY list_position(c.rule_ids, f.rule_id), f.say, f.record_id) AS turn,
           coalesce(r.title, f.rule_id) AS title,
           coalesce(r.unit_kind, 'authority') AS unit_kind, r.* EXCLUDE (rule_id, title, unit_kind)
    FROM finding f JOIN clue c USING (clue_id) LEFT JOIN show_rule r USING (rule_id)"""

_LINKED = """
    WITH flat AS (
        SELECT clue_id, table_name, record_id, rule_id, turn, linked, l.key AS alias, l.value ->> 'table' AS its_table,
               CAST(l.value ->> 'record_id' AS UBIGINT) AS its_id, l.value ->> 'step' AS step,
               CAST(l.value ->> 'confidence' AS DOUBLE) AS confidence,
               CAST(l.value ->> 'candidates' AS BIGINT) AS candidates
        FROM show_finding, json_each(linked) l WHERE l.value ->> 'record_id' IS NOT NULL),
    based AS (                  -- 关联从哪条记录出发：本记录，或另一条关联记录
        SELECT flat.*, u.link, u.forward, CASE WHEN coalesce(u.base, '') = '' THEN record_id
               ELSE CAST(linked ->> ('$.' || u.base || '.record_id') AS UBIGINT) END AS base_id
        FROM flat LEFT JOIN show_use u USING (rule_id, alias))
    SELECT b.* EXCLUDE (linked, link, forward, base_id), k.why
    FROM based b LEFT JOIN link k ON k.link = b.link
         AND k.from_id = CASE WHEN b.forward THEN base_id ELSE its_id END
         AND k.to_id = CASE WHEN b.forward THEN its_id ELSE base_id END"""


def _records(store: Store, answers: bool) -> str:
    """The records that lists mention: of clues, of linked records, of gaps and exclusions."""
    wanted = "SELECT table_name AS t, record_id FROM show_finding UNION SELECT its_table, its_id FROM show_linked"
    if answers:
        wanted += " UNION SELECT table_name, record_id FROM hit WHERE answer IN ('gap', 'excluded')"
    tables = [t for (t,) in store.rows(f"SELECT DISTINCT t FROM ({wanted}) ORDER BY 1") if t in BY_NAME]
    parts = [f"{_about(BY_NAME[t])} SEMI JOIN (SELECT * FROM ({wanted}) WHERE t = '{t}') w USING (record_id)"
             for t in tables]
    none = f"{_about(BY_NAME['penalty'])} WHERE false"
    return " UNION ALL ".join([none, *parts])


def _about(table: Table) -> str:
    def first(names: tuple[str, ...]) -> str:
        own = [n for n in names if table.column(n) is not None]
        return own[0] if own else "CAST(NULL AS VARCHAR)"

    party = ("party_id, party_name, coalesce(resident_id, uscc, org_code) AS party_no" if table.has_party else
             "NULL::UBIGINT AS party_id, NULL::VARCHAR AS party_name, NULL::VARCHAR AS party_no")
    units = ", ".join(f"{first(columns)} AS {kind}" for kind, columns in UNITS.items())
    return (f"SELECT '{table.name}' AS its_table, '{table.label}' AS its_label, record_id AS its_id, "
            f"{first(NUMBERS)} AS number, {party}, {units}, source_id, file, sheet, line, "
            f"{PLACE} AS place FROM {table.name}")


_ITEM = f"""
    WITH flat AS (
        SELECT f.clue_id, f.table_name, f.record_id, f.rule_id, f.turn, f.linked, e.key AS name,
               e.value ->> '$' AS value
        FROM show_finding f, json_each(f.facts) e),
    named AS (
        SELECT flat.* EXCLUDE (linked), coalesce(w.label, name) AS label, coalesce(w.kind, 'text') AS kind,
               coalesce(w.source, 'let') AS source, coalesce(w.turn, 9999) AS nth, coalesce(w.listed, false) AS listed,
               w.ground, w.its_column,
               CASE WHEN coalesce(w.alias, '') = '' THEN table_name
                    ELSE linked ->> ('$.' || w.alias || '.table') END AS its_table,
               CASE WHEN coalesce(w.alias, '') = '' THEN record_id
                    ELSE CAST(linked ->> ('$.' || w.alias || '.record_id') AS UBIGINT) END AS its_id
        FROM flat LEFT JOIN show_word w USING (rule_id, name)
        WHERE coalesce(w.kind, '') <> 'id' AND coalesce(w.source, '') <> 'law')
    SELECT n.*, CASE WHEN its_id IS NULL THEN '（没有关联到记录）'
                     ELSE {shown_sql("n.value", "n.kind", "c.shown")} END AS said
    FROM named n LEFT JOIN show_code c ON c.rule_id = n.rule_id AND c.name = n.name AND c.code = n.value"""
"""Every value a finding was judged or is shown by; law is told from `hit.law`."""


def _fill_places(store: Store) -> None:
    """Fill `show_place`: the delivered row behind each record column, one that agrees with the merged record.

    A column at a time: all in one statement would hold as many windows in memory as there are columns.
    """
    store.run("CREATE OR REPLACE TEMP TABLE show_place (its_table VARCHAR, its_column VARCHAR, its_id UBIGINT, "
              "source_id VARCHAR, file VARCHAR, sheet VARCHAR, line BIGINT, raw VARCHAR)")
    found = store.rows(
        "SELECT its_table, list_sort(list(DISTINCT its_column)) FROM show_item WHERE its_column IS NOT NULL "
        "GROUP BY its_table ORDER BY its_table")
    columns = {BY_NAME[table]: names for table, names in found if table in BY_NAME}
    for table, names in columns.items():
        _gather(store, table, names)
        for column in names:
            store.run(f"INSERT INTO show_place {_place_of(table, column)}")


def _gather(store: Store, table: Table, columns: list[str]) -> None:
    """Fetch the records shown and their delivered rows once: each column is looked for in these, not in all rows."""
    wanted = f"(SELECT DISTINCT its_id AS record_id FROM show_item WHERE its_table = '{table.name}')"
    names = ", ".join(dict.fromkeys(("record_id", "source_id", "file", "sheet", "line", "raw", *columns)))
    store.run(f"CREATE OR REPLACE TEMP TABLE show_own_{table.name} AS SELECT {names} FROM {table.name} "
              f"SEMI JOIN {wanted} USING (record_id)")
    store.run(f"CREATE OR REPLACE TEMP TABLE show_row_{table.name} AS SELECT batch_id, {names} "
              f"FROM {delivered(table)} SEMI JOIN {wanted} USING (record_id) WHERE is_current")


def _place_of(table: Table, column: str) -> str:
    same = f"d.{column} IS NOT DISTINCT FROM t.{column}"
    own = "d.source_id IS NOT DISTINCT FROM t.source_id AND d.file IS NOT DISTINCT FROM t.file AND d.line = t.line"
    return f"""
    SELECT '{table.name}', '{column}', t.record_id, coalesce(d.source_id, t.source_id), coalesce(d.file, t.file),
            coalesce(d.sheet, t.sheet), coalesce(d.line, t.line), coalesce(d.raw, t.raw)
     FROM show_own_{table.name} t
     SEMI JOIN (SELECT DISTINCT its_id FROM show_item WHERE its_table = '{table.name}' AND its_column = '{column}') w
         ON w.its_id = t.record_id
     LEFT JOIN show_row_{table.name} d ON d.record_id = t.record_id AND {same}
     QUALIFY row_number() OVER (PARTITION BY t.record_id ORDER BY ({own}) DESC, d.batch_id DESC, d.line) = 1"""


_ORIGIN = """
    WITH cells AS (
        SELECT p.* EXCLUDE (raw), e.key AS header, e.value ->> '$' AS cell FROM show_place p, json_each(p.raw) e),
    quotes AS (                 -- 从文书抽取的：该值出自哪份文书的哪几个字（engine.export.extraction）
        SELECT DISTINCT its_table, its_column, its_id, q.key AS header,
               '（' || (p.raw ->> '文书') || ' ' || (q.value ->> '$') || '）' AS quoted
        FROM show_place p, json_each(CASE WHEN json_valid(p.raw ->> '出处') THEN p.raw ->> '出处' ELSE '{}' END) q),
    read AS (                   -- 交来的原始文字：按映射里的表头次序取第一个有内容的；多列合并的都取
        SELECT its_table, its_column, its_id, bool_or(joined) AS joined,
               list(header || '：' || cell || coalesce(quoted, '') ORDER BY nth, header) AS said
        FROM cells JOIN show_header h USING (source_id, its_table, its_column, header)
        LEFT JOIN quotes USING (its_table, its_column, its_id, header)
        WHERE trim(coalesce(cell, '')) <> '' GROUP BY its_table, its_column, its_id)
    SELECT p.* EXCLUDE (raw), CASE WHEN joined THEN array_to_string(said, '；') ELSE said[1] END AS raw_text
    FROM show_place p LEFT JOIN read USING (its_table, its_column, its_id)"""


def _headers(store: Store, mappings: Mappings | None) -> pl.DataFrame:
    """Return which delivered header feeds a column: source_id, its_table, its_column, header, nth, joined."""
    schema = {"source_id": pl.String, "its_table": pl.String, "its_column": pl.String, "header": pl.String,
              "nth": pl.Int64, "joined": pl.Boolean}
    found = store.rows("SELECT DISTINCT source_id, unnest(json_keys(raw)) FROM show_place WHERE json_valid(raw)")
    written: dict[str, dict[str, list[str]]] = {}
    for source_id, header in sorted(found):
        written.setdefault(source_id, {}).setdefault(header_key(header), []).append(header)
    rows = [row for source_id, headers in written.items() if mappings and source_id in mappings
            for row in _fed(source_id, headers, mappings)]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _fed(
    source_id: str, written: Mapping[str, list[str]], mappings: Mappings
) -> list[tuple[str, str, str, str, int, bool]]:
    rows = []
    for feed in mappings[source_id].feeds:
        for origin in feed.origins:
            numbers = ("resident_id", "uscc", "org_code")
            columns = numbers if origin.column.name == "party_no" else (origin.column.name,)
            headers = [header for key in origin.keys for header in written.get(key, [])]
            rows += [(source_id, feed.table.name, column, header, nth, origin.join)
                     for column in columns for nth, header in enumerate(headers)]
    return rows
