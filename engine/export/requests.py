"""调取清单: what is missing, put together as what to fetch, from whom, for which time, and what it would settle.

Records are named by document or case number alone: an organ finds its file by it, and no person need be named.
`engine.export.tables.prepare` must have run.
"""

from collections.abc import Iterator

import polars as pl

from engine.clues import words
from engine.records import BY_NAME, Table
from engine.rules import RuleSet
from engine.rules.missing import item_label
from engine.sources import Mappings
from engine.store import Store

HOLDERS = {"court_review": "court", "enforcement": "court", "dishonest_listing": "court", "litigation": "court",
           "nonprosecution": "procuratorate", "opinion": "procuratorate"}
"""Table → the kind of unit that keeps its data; all others are kept by the administrative organ."""

KEEPERS = {
    "company": "市场监督管理部门（登记机关）", "licence": "发证机关", "death": "公安户籍、民政部门",
    "judgment": "审理刑事案件的人民法院", "seizure": "扣押机关", "reconsideration": "行政复议机构",
    "petition": "信访部门",
}
"""Table → who keeps it, where no record tells the unit."""

MAINTAINER = "（规则维护人员，不必调取）"
UNTOLD = {"court": "有管辖权的人民法院（未记载）", "procuratorate": "办案检察院（未记载）",
          "authority": "行政机关（未记载）"}
"""Whom to ask where the record does not name its unit."""

EXAMPLES, FIELDS = 5, 8
"""Most numbers shown as examples, and most columns named of a record that is missing whole."""

_FIRST_DAY = {"penalty": "decided_on", "court_review": "applied_on", "enforcement": "filed_on", "opinion": "issued_on",
              "nonprosecution": "decided_on"}
"""The date that places a record in time; where it is missing, or in other tables, the first date known."""


def requests(store: Store, rules: RuleSet, mappings: Mappings | None = None) -> pl.DataFrame:
    """Return one row for each unit and table to fetch, the most awaited first.

    期间起 and 期间止 are the first and last date of the records that wait; 只缺这一项 counts those that need nothing
    else. Several entries of a cell stand on lines of their own.
    """
    _prepare(store, rules, mappings)
    fields, titles = _counted("field"), _counted("title")
    examples = ("SELECT unit, its_table, string_agg(number, chr(10) ORDER BY number) AS examples FROM ("
                "SELECT DISTINCT unit, its_table, number FROM request_item WHERE number IS NOT NULL QUALIFY "
                f"dense_rank() OVER (PARTITION BY unit, its_table ORDER BY number) <= {EXAMPLES}) GROUP BY ALL")
    return store.frame(f"""
    WITH whole AS (
        SELECT unit, its_table, any_value(table_label) AS table_label, any_value(files) AS files, min(day) AS from_on,
               max(day) AS to_on, count(DISTINCT its_id) AS waiting,
               count(DISTINCT CASE WHEN alone THEN its_id END) AS settled
        FROM request_item GROUP BY unit, its_table)
    SELECT unit AS 向谁调取, table_label AS 调取什么, f.said AS 需要的项目, from_on AS 期间起, to_on AS 期间止,
           waiting AS 待判断件数, settled AS 只缺这一项, t.said AS 补齐后可判断的规则, examples AS "举例（文号、案号）",
           files AS 可用的文件格式
    FROM whole JOIN ({fields}) f USING (unit, its_table) JOIN ({titles}) t USING (unit, its_table)
    LEFT JOIN ({examples}) USING (unit, its_table)
    ORDER BY unit = '{MAINTAINER}', waiting DESC, unit, table_label""")


def _counted(column: str) -> str:
    """The distinct values of a column of each unit and table, with how many records wait for each."""
    told = f"string_agg({column} || '（' || n || '件）', chr(10) ORDER BY n DESC, {column})"
    return (f"SELECT unit, its_table, {told} AS said "
            f"FROM (SELECT unit, its_table, {column}, count(DISTINCT its_id) AS n FROM request_item GROUP BY ALL) "
            "GROUP BY ALL")


def request_subjects(store: Store) -> pl.DataFrame:
    """Return a row for each record that waits, by unit and table; call after `requests`."""
    return store.frame("""
    SELECT unit AS 向谁调取, table_label AS 调取什么, string_agg(DISTINCT field, '、' ORDER BY field) AS 需要的项目,
           its_label AS 待判断的记录, number AS "文号、案号", any_value(day) AS 日期,
           string_agg(DISTINCT title, '、' ORDER BY title) AS 补齐后可判断的规则, place AS 数据来源
    FROM request_item GROUP BY unit, table_label, its_label, its_id, number, place
    ORDER BY unit, table_label, its_label, number, its_id""")


def _prepare(store: Store, rules: RuleSet, mappings: Mappings | None) -> None:
    """Put into `request_item` one row for each waiting record, rule and missing thing."""
    with store.lend("request_lack", _lacks(store, rules, mappings or Mappings())):
        store.run(f"""
        CREATE OR REPLACE TEMP TABLE request_item AS
        WITH lacking AS (
            SELECT rule_id, table_name, record_id, unnest(missing) AS item FROM hit WHERE answer = 'gap'),
        days AS ({_days(store)})
        SELECT coalesce(l.keeper, CASE l.holder WHEN 'court' THEN r.court WHEN 'procuratorate' THEN r.procuratorate
                        ELSE r.authority END, l.untold) AS unit,
               l.table_label, l.field, l.files, l.its_table, r.its_label, r.its_id, r.number, r.place, d.day,
               coalesce(s.title, h.rule_id) AS title,
               count(DISTINCT l.its_table) OVER (PARTITION BY h.rule_id, r.its_id) = 1 AS alone
        FROM lacking h JOIN show_record r ON r.its_table = h.table_name AND r.its_id = h.record_id
        JOIN request_lack l ON l.rule_id = h.rule_id AND l.item = h.item
        LEFT JOIN days d ON d.its_id = r.its_id LEFT JOIN show_rule s ON s.rule_id = h.rule_id""")


def _days(store: Store) -> str:
    tables = [name for (name,) in store.rows("SELECT DISTINCT table_name FROM hit WHERE answer = 'gap' ORDER BY 1")]
    none = "SELECT 0::UBIGINT AS its_id, NULL::DATE AS day WHERE false"
    parts = [f"SELECT record_id, {_first_day(BY_NAME[name])} FROM {name} "
             f"SEMI JOIN (SELECT record_id FROM hit WHERE answer = 'gap' AND table_name = '{name}') USING (record_id)"
             for name in tables if name in BY_NAME]
    return " UNION ALL ".join([none, *parts])


def _first_day(table: Table) -> str:
    dates = [c.name for c in table.columns if c.type == "date" and c.name != "birth_date"]
    first = [_FIRST_DAY[table.name]] if table.name in _FIRST_DAY else []
    return f"coalesce({', '.join([*first, *dates, 'NULL::DATE'])})"


def _lacks(store: Store, rules: RuleSet, mappings: Mappings) -> pl.DataFrame:
    """Return what each missing item of each rule means: which table and field, who keeps it, which files carry it."""
    found = store.rows("SELECT DISTINCT rule_id, unnest(missing) FROM hit WHERE answer = 'gap' ORDER BY ALL")
    wanted = {(rule_id, item): _wanted(rule_id, item, rules) for rule_id, item in found}
    whole = {(rule_id, table) for (rule_id, item), (table, _) in wanted.items() if item.startswith("link:")}
    needs = _needs(rules, whole)
    rows = []
    for (rule_id, item), (name, field) in wanted.items():
        table = BY_NAME.get(name)
        holder = HOLDERS.get(name, "authority")
        fields = f"（须有{needs[name]}）" if item.startswith("link:") and name in needs else ""
        rows.append((rule_id, item, name, table.label if table else "法定参数、日历、对照表", field + fields, holder,
                     KEEPERS.get(name) if table else MAINTAINER, UNTOLD[holder], "、".join(_files(name, mappings))))
    columns = ("rule_id", "item", "its_table", "table_label", "field", "holder", "keeper", "untold", "files")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _needs(rules: RuleSet, whole: set[tuple[str, str]]) -> dict[str, str]:
    """The columns, in Chinese, that rules read of a table whose record they could not find."""
    read = words(rules).filter((pl.col("alias") != "") & pl.col("its_column").is_not_null())
    found: dict[str, set[str]] = {}
    for rule_id, table, column in read.select("rule_id", "its_table", "its_column").rows():
        if (rule_id, table) in whole:
            found.setdefault(table, set()).add(column)
    labels = {table: [c.label for c in BY_NAME[table].columns if c.name in names] for table, names in found.items()}
    return {table: "、".join(own[:FIELDS]) + (f"等{len(own)}项" if len(own) > FIELDS else "")
            for table, own in labels.items() if own}


def _wanted(rule_id: str, item: str, rules: RuleSet) -> tuple[str, str]:
    """Return the table to fetch from ("" where no unit has it) and what of it, in words."""
    kind, _, rest = item.partition(":")
    if kind == "link":
        return _reached(rule_id, rest, rules), "整条记录"
    if kind == "coverage":
        return rest, "该期间的全部记录，并说明是否完整"
    if kind in ("group", "peers"):
        return rest, "同期的全部记录"
    table, _, column = item.partition(".")
    declared = BY_NAME[table].column(column) if table in BY_NAME else None
    return (table, declared.label) if declared is not None else ("", item_label(item, rules))


def _reached(rule_id: str, link: str, rules: RuleSet) -> str:
    rule = rules.rules.get(rule_id)
    uses = [use.table for use in rule.links if use.shape.id == link] if rule is not None else []
    return uses[0] if uses else (rules.links[link].to_table if link in rules.links else "")


def _files(table: str, mappings: Mappings) -> Iterator[str]:
    """Yield the titles of the sources that carry the table; documents read by ourselves are none to ask for."""
    for mapping in mappings.values():
        if any(feed.table.name == table for feed in mapping.feeds) and not mapping.source_id.startswith("extracted_"):
            yield mapping.title
