"""Other clues worth opening together: of the same party, of the same organ and kind, of the same batch day.

Written to `clue.related` after ranking, as a JSON list of why, clues (ids, at most MOST, the first of the list first)
and of (how many there are). A group of any size costs one sort: only its first members are ever listed.
"""

import polars as pl

from engine.records import BY_NAME, Table
from engine.rules import RuleSet
from engine.store import Store

MOST = 5
"""Related clues named for each reason."""

UNITS: dict[str, tuple[str, ...]] = {
    "court": ("court",),
    "procuratorate": ("procuratorate",),
    "authority": ("authority", "applicant", "addressee", "competent_authority", "defendant", "respondent", "issuer",
                  "organ"),
}
"""Kind of unit → the columns that name it, the first a table has; other addressees are looked up as authorities."""

BATCHES: dict[str, tuple[str, str, str]] = {
    "court_review": ("applicant", "applied_on", "同一机关同日申请执行"),
    "enforcement": ("applicant", "filed_on", "同一申请执行人同日立案"),
}
"""Table → the unit and the day that make a batch of its records, and what that is called; the first a clue has."""


def relate(store: Store, rules: RuleSet) -> None:
    """Fill `clue.related` of every clue that stands; NULL where it is related to none."""
    kinds = [(rule.id, rule.addressee if rule.addressee in UNITS else "authority") for rule in rules.rules.values()]
    known = pl.DataFrame(kinds, schema={"rule_id": pl.String, "unit_kind": pl.String}, orient="row")
    with store.lend("relate_rule", known):
        store.run(f"CREATE OR REPLACE TEMP TABLE relate_record AS {_RECORD}")
    store.run(f"CREATE OR REPLACE TEMP TABLE relate_about AS {_about(store)}")
    store.run(f"CREATE OR REPLACE TEMP TABLE relate_key AS {_KEY}")
    store.run(f"CREATE OR REPLACE TEMP TABLE relate_result AS {_RESULT}")
    store.run("UPDATE clue SET related = NULL WHERE related IS NOT NULL")
    store.run("UPDATE clue SET related = r.related FROM relate_result r WHERE clue.clue_id = r.clue_id")
    for name in ("record", "about", "key", "result"):
        store.run(f"DROP TABLE relate_{name}")


_RECORD = """
    WITH standing AS (
        SELECT f.clue_id, f.table_name, f.record_id, f.linked, c.place, c.rule_ids[1] AS lead,
               coalesce(r.unit_kind, 'authority') AS unit_kind, 2 * list_position(c.rule_ids, f.rule_id) AS turn
        FROM finding f JOIN clue c USING (clue_id) LEFT JOIN relate_rule r ON r.rule_id = c.rule_ids[1]
        WHERE c.place IS NOT NULL),
    every AS (
        SELECT clue_id, place, lead, unit_kind, turn, table_name AS its_table, record_id AS its_id FROM standing
        UNION ALL
        SELECT clue_id, place, lead, unit_kind, turn + 1, l.value ->> 'table',
               CAST(l.value ->> 'record_id' AS UBIGINT)
        FROM standing, json_each(linked) l WHERE l.value ->> 'record_id' IS NOT NULL)
    SELECT * REPLACE (min(turn) AS turn) FROM every GROUP BY ALL"""
"""The records behind each clue, those of the leading finding first."""


def _about(store: Store) -> str:
    """What of a record can be shared: the party, the units, the batch."""
    named = [name for (name,) in store.rows("SELECT DISTINCT its_table FROM relate_record ORDER BY 1")]
    none = f"{_of(BY_NAME['penalty'])} WHERE false"
    parts = [f"{_of(BY_NAME[name])} SEMI JOIN (SELECT its_id FROM relate_record WHERE its_table = '{name}') w "
             "ON w.its_id = record_id" for name in named if name in BY_NAME]
    return " UNION ALL ".join([none, *parts])


def _of(table: Table) -> str:
    def first(names: tuple[str, ...]) -> str:
        own = [f"coalesce({n}_key, {n})" if column.form else n for n in names if (column := table.column(n))]
        return own[0] if own else "NULL::VARCHAR"

    units = ", ".join(f"{first(columns)} AS {kind}" for kind, columns in UNITS.items())
    batch, said = "NULL::VARCHAR", "NULL::VARCHAR"
    if table.name in BATCHES:
        unit, day, word = BATCHES[table.name]
        batch, said = f"'{table.name}|' || {first((unit,))} || '|' || {day}", f"'{word}'"
    party = "party_id" if table.has_party else "NULL::UBIGINT"
    return (f"SELECT '{table.name}' AS its_table, record_id AS its_id, {party} AS party_id, {units}, {batch} AS batch, "
            f"{said} AS said FROM {table.name}")


_KEY = """
    WITH one AS (
        SELECT clue_id, any_value(place) AS place, any_value(lead) AS lead,
               arg_min(party_id, (turn, its_table, its_id)) AS party_id,
               arg_min(CASE unit_kind WHEN 'court' THEN court WHEN 'procuratorate' THEN procuratorate
                       ELSE authority END, (turn, its_table, its_id)) AS unit,
               arg_min(batch, (its_table, turn, its_id)) AS batch, arg_min(said, (its_table, turn, its_id)) AS said
        FROM relate_record JOIN relate_about USING (its_table, its_id) GROUP BY clue_id)
    SELECT clue_id, place, 1 AS nth, '同一当事人' AS why, CAST(party_id AS VARCHAR) AS key
    FROM one WHERE party_id IS NOT NULL
    UNION ALL
    SELECT clue_id, place, 2, '同一机关同类问题', lead || '|' || unit FROM one WHERE unit IS NOT NULL
    UNION ALL
    SELECT clue_id, place, 3, said, batch FROM one WHERE batch IS NOT NULL"""

_RESULT = f"""
    WITH head AS (              -- 每组只留最前的几条，多留一条是因为不列自己
        SELECT nth, key, any_value(others) AS others, list(clue_id ORDER BY place) AS ids FROM (
            SELECT *, count(*) OVER (PARTITION BY nth, key) - 1 AS others FROM relate_key
            QUALIFY row_number() OVER (PARTITION BY nth, key ORDER BY place) <= {MOST + 1})
        WHERE others > 0 GROUP BY nth, key)
    SELECT clue_id, to_json(list(struct_pack(
               why := why, clues := list_filter(ids, lambda i: i <> clue_id)[:{MOST}], "of" := others)
               ORDER BY nth)) AS related
    FROM relate_key JOIN head USING (nth, key) GROUP BY clue_id"""
