"""The lists as frames with Chinese column names, ready to be written; they draw on `engine.export.tables`."""

import polars as pl

from engine.export.requests import HOLDERS
from engine.law.periods import UNIT_LABEL
from engine.rules import RuleSet
from engine.rules.missing import item_label
from engine.store import Store

KINDS = {"file": "整个文件", "row": "整行", "cell": "单元格", "flag": "存疑", "note": "说明"}
"""Kinds of data defects."""

def clue_list(store: Store) -> pl.DataFrame:
    """Return the clues that stand, first place first; several entries of a cell stand on lines of their own."""
    texts = {name: _lines(rows) for name, rows in _TEXTS.items()}
    given = ", ".join(f"t_{name} AS ({sql})" for name, sql in texts.items())
    joins = " ".join(f"LEFT JOIN t_{name} USING (clue_id)" for name in texts)
    return store.frame(f"""
    WITH {given}, about AS ({ABOUT}), who AS (
        SELECT clue_id, party_name, party_no, party_id FROM about WHERE party_name IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY clue_id ORDER BY o, its_id) = 1),
    party AS (                  -- 证件号：本记录没有的，取同一主体的关联记录所载
        SELECT w.clue_id, w.party_name, coalesce(w.party_no, arg_min(a.party_no, a.o)) AS party_no
        FROM who w LEFT JOIN about a ON a.clue_id = w.clue_id AND a.party_id = w.party_id
        GROUP BY w.clue_id, w.party_name, w.party_no)
    SELECT c.place AS 序号, c.clue_id AS 线索编号, c.status AS 状态, c.score AS 得分, titles AS 规则,
           units AS 被监督单位, party_name AS 当事人, numbers AS "文号、案号", says AS 违法情形, dates AS 关键日期,
           c.amount_yuan AS "金额（元）", exclusions AS 可能的排除事由及机器判断, checks AS 需调取核实材料,
           array_to_string(list_transform(from_json(c.related, '{_RELATED}'),
               lambda r: r.why || '：' || array_to_string(r.clues, '、')
                         || CASE WHEN r."of" > len(r.clues) THEN ' 等' || r."of" || '条' ELSE '' END), chr(10))
               AS 关联线索,
           counted AS 计算过程, basis AS 法律依据, c.changed AS 变化内容, fields AS 监督领域,
           addressees AS 监督对象类别, versions AS 规则编号与版本,
           array_to_string(list_transform(from_json(c.parts, '{_PART}'),
               lambda p: p.part || format('{{:g}}', p.points) || '/' || p."of" || '：' || p.why), chr(10)) AS 评分构成,
           party_no AS 证件号, matches AS 匹配方式与置信度, places AS 数据来源,
           '第' || c.first_run || '次' || coalesce('（' || a.as_of || '）', '') AS 首次发现,
           '第' || c.last_run || '次' AS 运行批次, coalesce(b.as_of, a.as_of) AS 数据截止日
    FROM clue c LEFT JOIN run a ON a.run_id = c.first_run LEFT JOIN run b ON b.run_id = c.last_run
    LEFT JOIN party USING (clue_id) {joins}
    WHERE c.status <> '消失' ORDER BY c.place""")


_RELATED = '[{"why": "VARCHAR", "clues": ["VARCHAR"], "of": "BIGINT"}]'
_PART = '[{"part": "VARCHAR", "points": "DOUBLE", "of": "BIGINT", "why": "VARCHAR"}]'

ABOUT = """
    SELECT f.clue_id, f.turn, f.unit_kind, 100 * f.turn AS o, r.*
    FROM show_finding f JOIN show_record r ON r.its_table = f.table_name AND r.its_id = f.record_id
    UNION ALL
    SELECT f.clue_id, f.turn, f.unit_kind, 100 * f.turn + 1, r.*
    FROM show_linked l JOIN show_finding f USING (clue_id, turn)
         JOIN show_record r USING (its_table, its_id)"""
"""The records behind a finding, its subject first."""

_UNIT = "CASE unit_kind WHEN 'court' THEN court WHEN 'procuratorate' THEN procuratorate ELSE authority END"

_MANY = "count(*) OVER (PARTITION BY clue_id) > 1"
_COUNTED = f"CASE WHEN {_MANY} THEN turn || '. ' ELSE '' END"

_TRUTH = "CASE v.value ->> 'value' WHEN 'true' THEN '存在' WHEN 'false' THEN '不存在' ELSE '资料不足' END"

_PERIOD = ("(v.value ->> 'length') || CASE v.value ->> 'unit' "
           + " ".join(f"WHEN '{unit}' THEN '{label}'" for unit, label in UNIT_LABEL.items())
           + " WHEN 'yuan' THEN '元' WHEN 'ratio' THEN '倍' ELSE '' END")
_LAW = "v.value ->> 'law'"
_DOUBT = "CASE v.value ->> 'confidence' WHEN '中' THEN '（把握中，须核原文）' ELSE '' END"
_CITED = (f"CASE WHEN contains({_LAW}, '〔') THEN {_LAW} ELSE '《' || ({_LAW}) || '》' END || (v.value ->> 'article') "
          f"|| '（' || strftime(CAST(v.value ->> 'from' AS DATE), '%Y年%-m月%-d日') || '起施行）' || {_DOUBT}")

_EXCLUSIONS = f"""
    SELECT clue_id, answer, coalesce(reason, name) AS text, o
    FROM (SELECT clue_id, rule_id, {_TRUTH} AS answer, v.value ->> 'is' AS name,
                 100 * turn + CAST(v.key AS BIGINT) AS o FROM show_finding, json_each(exclusions) v)
    LEFT JOIN show_reason USING (rule_id, name)
    UNION ALL
    SELECT clue_id, '须人工核实', unnest(innocent), 100 * turn + generate_subscripts(innocent, 1)
    FROM show_finding"""
"""What speaks against a finding: the machine's answer to each exclusion, then what only a person can know."""

_TEXTS: dict[str, str] = {
    "fields": "SELECT clue_id, field AS text, turn AS o FROM show_finding",
    "titles": f"SELECT clue_id, {_COUNTED} || title AS text, turn AS o FROM show_finding",
    "versions": "SELECT clue_id, rule_id || ' 第' || rule_version || '版' AS text, turn AS o "
                "FROM show_finding",
    "addressees": "SELECT clue_id, addressee AS text, turn AS o FROM show_finding",
    "units": f"SELECT clue_id, arg_min({_UNIT}, o) AS text, turn AS o FROM ({ABOUT}) "
             f"WHERE {_UNIT} IS NOT NULL GROUP BY clue_id, turn",
    "numbers": f"SELECT clue_id, its_label || '：' || number AS text, o FROM ({ABOUT})",
    "dates": "SELECT clue_id, label || said AS text, epoch(CAST(value AS DATE)) AS o FROM show_item "
             "WHERE kind = 'date' AND listed AND TRY_CAST(value AS DATE) IS NOT NULL",
    "counted": "SELECT clue_id, v.value ->> 'counted' AS text, 1000 * turn + CAST(v.key AS BIGINT) AS o "
               "FROM show_finding, json_each(law) v",
    "says": f"SELECT clue_id, {_COUNTED} || say AS text, turn AS o FROM show_finding",
    "basis": "SELECT clue_id, unnest(basis) AS text, 100 * turn + generate_subscripts(basis, 1) AS o "
             "FROM show_finding UNION ALL "
             f"SELECT clue_id, '适用：' || (v.value ->> 'title') || {_PERIOD} || {_DOUBT}, "
             "10000 + 100 * turn "
             "FROM show_finding, json_each(law) v",
    "exclusions": f"SELECT clue_id, answer || '：' || string_agg(text, '；' ORDER BY o, text) AS text, "
                  f"list_position(['存在', '资料不足', '不存在', '须人工核实'], answer) AS o FROM "
                  f"(SELECT clue_id, answer, text, min(o) AS o FROM ({_EXCLUSIONS}) GROUP BY ALL) "
                  "GROUP BY clue_id, answer",
    "checks": "SELECT clue_id, unnest(to_check) AS text, "
              "100 * turn + generate_subscripts(to_check, 1) AS o FROM show_finding",
    "matches": "SELECT clue_id, its_label || coalesce(number, '') || '：' || coalesce(why, step) || "
               "format('（置信度{:.2f}', confidence) || "
               "CASE WHEN candidates > 1 THEN '，候选' || candidates || '件' ELSE '' END || '）' AS text, "
               "turn AS o FROM show_linked JOIN show_record USING (its_table, its_id)",
    "places": f"SELECT clue_id, place AS text, o FROM ({ABOUT})",
}
"""Each text column of the clue list: rows of (clue_id, text, o), put together in the order of `o`."""


def _lines(rows: str) -> str:
    name = next(n for n, sql in _TEXTS.items() if sql == rows)
    return (f"SELECT clue_id, string_agg(text, chr(10) ORDER BY o, text) AS {name} FROM "
            f"(SELECT clue_id, text, min(o) AS o FROM ({rows}) WHERE text IS NOT NULL GROUP BY ALL) "
            "GROUP BY clue_id")


def evidence(store: Store) -> pl.DataFrame:
    """Return a row for each clue, rule and value, with the delivered file, sheet, line and text behind it.

    A computed value has no delivered text; its formula or articles stand under 依据或算式, its place is that of its
    record. 遮盖 is the mask class of the column, for the caller.
    """
    return store.frame(f"""
    WITH items AS (
        SELECT i.clue_id, i.turn, i.nth, i.label, i.said, i.source, i.its_table, i.its_id,
               i.its_column, i.ground, coalesce(o.file, r.file) AS file, coalesce(o.sheet, r.sheet) AS sheet,
               coalesce(o.line, r.line) AS line, o.raw_text
        FROM show_item i LEFT JOIN show_origin o USING (its_table, its_column, its_id)
        LEFT JOIN show_record r ON r.its_table = i.its_table AND r.its_id = i.its_id
        UNION ALL
        SELECT DISTINCT clue_id, turn, 10000, v.value ->> 'title', {_PERIOD}, 'law', NULL, NULL,
               NULL, {_CITED}, NULL, NULL, NULL, NULL FROM show_finding, json_each(law) v
        WHERE v.value ->> 'title' IS NOT NULL)
    SELECT f.clue_id AS 线索编号, f.title AS 规则, i.label AS 项目, i.said AS 值,
           CASE i.source WHEN 'column' THEN '原始记录' WHEN 'fact' THEN '推导事实' WHEN 'law' THEN '法定参数'
                         ELSE '计算' END AS 类别,
           r.its_label AS 所在表, r.number AS 所在记录, i.file AS 来源文件, i.sheet AS 工作表, i.line AS 行号,
           i.raw_text AS 原始值, i.ground AS 依据或算式, m.mask AS 遮盖
    FROM items i JOIN show_finding f USING (clue_id, turn)
    LEFT JOIN show_record r USING (its_table, its_id) LEFT JOIN show_mask m USING (its_table, its_column)
    WHERE f.status <> '消失' ORDER BY f.place, i.turn, i.nth, i.label""")


def _missing(store: Store, rules: RuleSet) -> pl.DataFrame:
    items = [item for (item,) in store.rows("SELECT DISTINCT unnest(missing) FROM hit WHERE answer = 'gap' ORDER BY 1")]
    rows = [(item, item_label(item, rules), HOLDERS.get(item.split(":")[-1].split(".")[0], "authority"))
            for item in items]
    return pl.DataFrame(rows, schema={"item": pl.String, "label": pl.String, "holder": pl.String}, orient="row")


_GAPS = """
    SELECT h.rule_id, coalesce(title, h.rule_id) AS title, coalesce(label, item) AS label, r.its_label, r.number,
           r.party_name, coalesce(CASE holder WHEN 'court' THEN court WHEN 'procuratorate' THEN procuratorate
                                  ELSE authority END, authority, court, procuratorate, '（未记载）') AS unit,
           r.its_table, r.its_id, r.place
    FROM (SELECT rule_id, table_name, record_id, unnest(missing) AS item FROM hit WHERE answer = 'gap') h
    JOIN show_record r ON r.its_table = h.table_name AND r.its_id = h.record_id
    LEFT JOIN show_missing USING (item) LEFT JOIN show_rule USING (rule_id)"""


def gaps(store: Store, rules: RuleSet) -> pl.DataFrame:
    """Return what is missing, at which unit, and how many subjects wait for it, the most awaited first."""
    with store.lend("show_missing", _missing(store, rules)):
        return store.frame(f"""
        SELECT label AS 缺少的资料, unit AS 单位, its_label AS 待判断的记录, count(DISTINCT its_id) AS 待判断件数,
               string_agg(DISTINCT title, '、' ORDER BY title) AS 涉及规则
        FROM ({_GAPS}) GROUP BY label, unit, its_label ORDER BY 4 DESC, 1, 2, 3""")


def gap_subjects(store: Store, rules: RuleSet) -> pl.DataFrame:
    """Return every subject that cannot be judged, with what is missing and where its row stands."""
    with store.lend("show_missing", _missing(store, rules)):
        return store.frame(f"""
        SELECT label AS 缺少的资料, unit AS 单位, title AS 规则, its_label AS 待判断的记录, number AS "文号、案号",
               party_name AS 当事人, place AS 数据来源
        FROM ({_GAPS}) ORDER BY label, unit, title, number, its_id""")


def excluded(store: Store) -> pl.DataFrame:
    """Return the subjects a rule would have named but for an exclusion, with the reason."""
    return store.frame("""
    SELECT coalesce(title, h.rule_id) AS 规则, r.its_label AS 记录, r.number AS "文号、案号", r.party_name AS 当事人,
           coalesce(CASE unit_kind WHEN 'court' THEN court WHEN 'procuratorate' THEN procuratorate ELSE authority END,
                    authority, court, procuratorate) AS 单位, h.say AS 排除理由, r.place AS 数据来源
    FROM hit h JOIN show_record r ON r.its_table = h.table_name AND r.its_id = h.record_id
    LEFT JOIN show_rule USING (rule_id) WHERE h.answer = 'excluded' ORDER BY 1, r.number, r.its_id""")


def gone(store: Store) -> pl.DataFrame:
    """Return the clues that no longer stand, the latest first, with the reason and their last score."""
    return store.frame("""
    SELECT c.clue_id AS 线索编号, c.score AS 原得分, c.changed AS 原因,
           string_agg(f.title, '；' ORDER BY f.turn) AS 原规则, string_agg(f.say, '；' ORDER BY f.turn) AS 原违法情形,
           '第' || c.first_run || '次' AS 首次发现, '第' || c.last_run || '次' AS 最后列入
    FROM clue c JOIN show_finding f USING (clue_id) WHERE c.status = '消失'
    GROUP BY c.clue_id, c.score, c.changed, c.first_run, c.last_run ORDER BY c.last_run DESC, c.clue_id""")


def defects(store: Store) -> pl.DataFrame:
    """Return the data defects, gravest kind first, then by file and line; values are masked by the loader."""
    kinds = " ".join(f"WHEN '{kind}' THEN '{label}'" for kind, label in KINDS.items())
    return store.frame(f"""
    SELECT source_id AS 来源, file AS 来源文件, sheet AS 工作表, line AS 行号, CASE kind {kinds} ELSE kind END AS 类别,
           coalesce(column_label, column_name) AS 列, value AS 值, reason AS 原因, fix AS 处理办法, code AS 代码
    FROM reject ORDER BY list_position(['file', 'row', 'cell', 'flag', 'note'], kind), batch_id, file, sheet, line,
             column_name, code""")
