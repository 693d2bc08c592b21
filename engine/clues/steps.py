"""The SQL of folding, as named temporary tables that build on each other.

    fold_record    records that hits and clues are about
    fold_finding   tonight's hits, in the columns of the view `finding`
    fold_item      what of them counts as evidence, one row a value
    fold_now       one row a clue: its evidence as JSON and its fingerprint
    fold_before    the same items of the last run, for clues whose fingerprint differs
    fold_pair      the items that differ, old and new value side by side
    fold_said      each difference as a Chinese phrase
    fold_change    the phrases of a clue in one sentence
    fold_next      tonight's clues      fold_gone   those that no longer stand
"""

from datetime import date

from engine.clues.naming import shown_sql


def all_steps(records: str, run_id: int, as_of: date) -> tuple[tuple[str, str], ...]:
    """Return name and SQL of every temporary table of one folding, in order; `records` is the SQL of the first."""
    day = f"{as_of.year}年{as_of.month}月{as_of.day}日"
    return (
        ("fold_record", records),
        ("fold_finding", _finding(as_of)),
        ("fold_item", _items("fold_finding")),
        ("fold_now", _NOW),
        ("fold_before", _items(f"(SELECT f.* FROM finding f SEMI JOIN ({_DIFFERS}) USING (table_name, record_id))")),
        ("fold_pair", _PAIR),
        ("fold_said", _said()),
        ("fold_change", _CHANGE),
        ("fold_next", _next(run_id)),
        ("fold_gone", _gone(f"第{run_id}次运行（截至{day}）起不再列入")),
    )


_JSONS = ("points", "facts", "conditions", "exclusions", "law", "linked")
_COLUMNS = ", ".join(("rule_id", "rule_version", "as_of", "say", "flags", "missing", *_JSONS))


def _finding(as_of: date) -> str:
    jsons = ", ".join(f"{name}::JSON AS {name}" for name in _JSONS)
    return f"""
    SELECT table_name, record_id, rule_id, rule_version, DATE '{as_of}' AS as_of, say, flags, missing, {jsons}
    FROM hit ANTI JOIN fold_stopped USING (rule_id) WHERE answer = 'hit'
    UNION ALL BY NAME           -- 本次没有运行的规则，沿用上次的命中
    SELECT f.* EXCLUDE (clue_id) FROM finding f SEMI JOIN fold_stopped USING (rule_id)
    SEMI JOIN fold_record USING (table_name, record_id)
    SEMI JOIN (SELECT * FROM clue WHERE status <> '消失') c USING (table_name, record_id)"""


def _items(findings: str) -> str:
    """The rule itself, its values, its exclusions' answers, its linked records."""
    return f"""
    WITH f AS (SELECT * FROM {findings})
    SELECT table_name, record_id, rule_id, 'rule' AS sort, '' AS name, '' AS value FROM f
    UNION ALL
    SELECT table_name, record_id, f.rule_id, 'fact', e.key, e.value ->> '$' FROM f, json_each(f.facts) e
    ANTI JOIN (SELECT * FROM fold_word WHERE moves OR kind = 'id') w ON w.rule_id = f.rule_id AND w.name = e.key
    UNION ALL
    SELECT table_name, record_id, rule_id, 'exclusion', e.value ->> 'is', e.value ->> 'value'
    FROM f, json_each(f.exclusions) e
    UNION ALL
    SELECT table_name, record_id, rule_id, 'link', e.key, e.value ->> 'record_id' FROM f, json_each(f.linked) e"""


_NOW = f"""
    WITH evidence AS (
        SELECT table_name, record_id, list(rule_id ORDER BY rule_id) AS rule_ids,
               CAST(to_json(list(struct_pack({_COLUMNS}) ORDER BY rule_id)) AS VARCHAR) AS evidence
        FROM fold_finding GROUP BY table_name, record_id),
    prints AS (
        SELECT table_name, record_id,
               md5(string_agg(concat_ws('|', rule_id, sort, name, coalesce(value, '∅')), chr(10)
                              ORDER BY rule_id, sort, name)) AS fingerprint
        FROM fold_item GROUP BY table_name, record_id)
    SELECT * FROM evidence JOIN prints USING (table_name, record_id)"""

_DIFFERS = """
    SELECT n.table_name, n.record_id FROM fold_now n JOIN clue c USING (table_name, record_id)
    WHERE n.fingerprint IS DISTINCT FROM c.fingerprint"""

_PAIR = f"""
    WITH now AS (SELECT i.* FROM fold_item i SEMI JOIN ({_DIFFERS}) USING (table_name, record_id)),
    both_nights AS (
        SELECT table_name, record_id, rule_id, sort, name, n.value AS new_value, o.value AS old_value,
               n.sort IS NOT NULL AS is_new, o.sort IS NOT NULL AS is_old
        FROM now n FULL JOIN fold_before o USING (table_name, record_id, rule_id, sort, name))
    SELECT * FROM both_nights   -- 规则换了版本、多看或少看一项，不算证据变化
    WHERE CASE WHEN sort = 'rule' THEN NOT (is_new AND is_old)
               ELSE is_new AND is_old AND old_value IS DISTINCT FROM new_value END"""

_LOST = "CASE WHEN h.answer IS NOT NULL THEN h.say WHEN t.title IS NULL THEN '规则已停用' ELSE '已不符合条件' END"
"""Why a rule no longer hits a record; excluded and gap answers carry their own sentence."""


def _said() -> str:
    truth = "CASE {} WHEN 'true' THEN '存在' WHEN 'false' THEN '不存在' ELSE '资料不足' END"
    return f"""
    SELECT p.table_name, p.record_id,
           list_position(['rule', 'link', 'fact', 'exclusion'], p.sort) AS part, coalesce(w.turn, 0) AS turn,
           CASE p.sort
               WHEN 'rule' THEN CASE WHEN is_new THEN '新增情形：' || coalesce(t.title, p.rule_id)
                                     ELSE '不再成立：' || coalesce(t.title, p.rule_id) || '（' || {_LOST} || '）' END
               WHEN 'link' THEN '关联的' || p.name || CASE WHEN old_value IS NULL THEN '由无到有' WHEN new_value IS NULL
                                                         THEN '由有到无' ELSE '改为另一条记录' END
               WHEN 'fact' THEN coalesce(w.label, p.name) || '由' || {shown_sql("old_value", "w.kind", "c.shown")}
                                || '改为' || {shown_sql("new_value", "w.kind", "d.shown")}
               ELSE '排除事由“' || coalesce(x.reason, p.name) || '”由' || {truth.format("old_value")}
                    || '改为' || {truth.format("new_value")} END AS words
    FROM (SELECT fold_pair.* REPLACE (CASE WHEN sort = 'link' THEN coalesce(its_label, name) ELSE name END AS name)
          FROM fold_pair LEFT JOIN ({_ALIASES}) USING (table_name, record_id, rule_id, name)) p
    LEFT JOIN fold_word w ON p.sort = 'fact' AND w.rule_id = p.rule_id AND w.name = p.name
    LEFT JOIN fold_code c ON p.sort = 'fact' AND c.rule_id = p.rule_id AND c.name = p.name AND c.code = old_value
    LEFT JOIN fold_code d ON p.sort = 'fact' AND d.rule_id = p.rule_id AND d.name = p.name AND d.code = new_value
    LEFT JOIN fold_reason x ON p.sort = 'exclusion' AND x.rule_id = p.rule_id AND x.name = p.name
    LEFT JOIN fold_title t ON t.rule_id = p.rule_id
    LEFT JOIN hit h ON h.table_name = p.table_name AND h.record_id = p.record_id AND h.rule_id = p.rule_id"""


_ALIASES = """
    SELECT table_name, record_id, rule_id, e.key AS name, its_label
    FROM fold_finding, json_each(linked) e JOIN fold_label ON its_table = (e.value ->> 'table')"""
"""What kind of record each alias of a finding stands for."""

_CHANGE = """
    WITH once AS (              -- 几条规则用到同一项时只说一次
        SELECT table_name, record_id, words, min(part) AS part, min(turn) AS turn FROM fold_said GROUP BY ALL)
    SELECT table_name, record_id, string_agg(words, '；' ORDER BY part, turn, words) AS changed
    FROM once GROUP BY table_name, record_id"""


def _next(run_id: int) -> str:
    returned = "'曾自' || split_part(c.changed, '：', 1)"
    return f"""
    SELECT coalesce(c.clue_id, 'C' || left(md5(n.table_name || '|' || r.natural_key), 12)) AS clue_id,
           n.table_name, n.record_id,
           CASE WHEN c.status IS NULL THEN '新增' WHEN c.status = '消失' THEN '复现'
                WHEN d.changed IS NOT NULL THEN '变化' ELSE '持续' END AS status,
           CASE WHEN c.status = '消失' THEN concat_ws('；', {returned}, d.changed) ELSE d.changed END AS changed,
           n.rule_ids, n.fingerprint, n.evidence, coalesce(c.first_run, {run_id}) AS first_run, {run_id} AS last_run
    FROM fold_now n JOIN fold_record r USING (table_name, record_id)
    LEFT JOIN clue c USING (table_name, record_id) LEFT JOIN fold_change d USING (table_name, record_id)"""


def _gone(since: str) -> str:
    return f"""
    WITH gone AS (SELECT c.* FROM clue c ANTI JOIN fold_now USING (table_name, record_id)),
    reasons AS (
        SELECT g.table_name, g.record_id,
               string_agg(coalesce(t.title, g.rule_id) || '（' || {_LOST} || '）', '；' ORDER BY g.rule_id) AS why
        FROM (SELECT table_name, record_id, unnest(rule_ids) AS rule_id FROM gone WHERE status <> '消失') g
        LEFT JOIN fold_title t ON t.rule_id = g.rule_id
        LEFT JOIN hit h ON h.table_name = g.table_name AND h.record_id = g.record_id AND h.rule_id = g.rule_id
        GROUP BY g.table_name, g.record_id)
    SELECT g.* REPLACE (
               '消失' AS status, NULL AS place,
               CASE WHEN status = '消失' THEN changed
                    WHEN r.natural_key IS NULL THEN '{since}：记录已不在数据中' ELSE '{since}：' || why END AS changed),
           g.status AS was
    FROM gone g LEFT JOIN fold_record r USING (table_name, record_id) LEFT JOIN reasons USING (table_name, record_id)"""
