"""The SQL of folding, as named temporary tables that build on each other.

    fold_record    records that hits and clues are about, each with the root of its matter
    fold_finding   tonight's hits, in the columns of the view `finding`, by matter
    fold_claim     the matter each known clue belongs to tonight
    fold_kept      the matters of tonight with the clue that keeps its id; a new one is named after the root
    fold_joined    clues that stood and are now part of another one
    fold_item      what of the findings counts as evidence, one row a value
    fold_now       one row a clue: its evidence as JSON and its fingerprint
    fold_before    the same items of the last run, for clues whose fingerprint differs
    fold_pair      the items that differ, old and new value side by side
    fold_said      each difference as a Chinese phrase
    fold_change    the phrases of a clue in one sentence
    fold_next      tonight's clues      fold_gone   those that no longer stand
"""

from datetime import date

from engine.clues.naming import shown_sql
from engine.store import findings_of


def all_steps(records: str, run_id: int, as_of: date) -> tuple[tuple[str, str], ...]:
    """Return name and SQL of every temporary table of one folding, in order; `records` is the SQL of the first."""
    day = f"{as_of.year}年{as_of.month}月{as_of.day}日"
    return (
        ("fold_record", records),
        ("fold_finding", _finding(as_of)),
        ("fold_claim", _CLAIM),
        ("fold_kept", _KEPT),
        ("fold_joined", _JOINED),
        ("fold_item", _items("(SELECT f.*, clue_id FROM fold_finding f JOIN fold_kept USING (matter))")),
        ("fold_now", _NOW),
        ("fold_before", _items(_BEFORE)),
        ("fold_pair", _PAIR),
        ("fold_said", _said()),
        ("fold_change", _CHANGE),
        ("fold_next", _next(run_id)),
        ("fold_gone", _gone(f"第{run_id}次运行（截至{day}）起不再列入")),
    )


_JSONS = ("points", "facts", "conditions", "exclusions", "law", "linked")
_COLUMNS = ", ".join(("table_name", "record_id", "rule_id", "rule_version", "as_of", "say", "flags", "missing",
                      *_JSONS))


def _finding(as_of: date) -> str:
    jsons = ", ".join(f"{name}::JSON AS {name}" for name in _JSONS)
    return f"""
    WITH found AS (
        SELECT table_name, record_id, rule_id, rule_version, DATE '{as_of}' AS as_of, say, flags, missing, {jsons}
        FROM hit ANTI JOIN fold_stopped USING (rule_id) WHERE answer = 'hit'
        UNION ALL BY NAME       -- 本次没有运行的规则，沿用上次的命中
        SELECT f.* EXCLUDE (clue_id) FROM ({findings_of("(FROM clue WHERE status <> '消失')")}) f
        SEMI JOIN fold_stopped USING (rule_id))
    SELECT found.*, matter FROM found JOIN fold_record USING (table_name, record_id)"""


_CLAIM = f"""
    WITH standing AS (SELECT DISTINCT matter FROM fold_finding),
    own AS (                    -- 线索编号所由来的记录，今晚在哪一件事项
        SELECT clue_id, matter FROM clue JOIN fold_record USING (table_name, record_id)
        SEMI JOIN standing USING (matter)),
    other AS (                  -- 那件事项今晚没有命中的：随它自己的命中走
        SELECT clue_id, matter FROM ({findings_of("(FROM clue ANTI JOIN own USING (clue_id))")})
        JOIN fold_record USING (table_name, record_id) SEMI JOIN standing USING (matter)
        GROUP BY clue_id, matter
        QUALIFY row_number() OVER (PARTITION BY clue_id ORDER BY count(*) DESC, matter) = 1)
    SELECT * FROM own UNION ALL SELECT * FROM other"""

_KEPT = """
    WITH oldest AS (
        SELECT t.matter, c.clue_id, c.table_name, c.record_id FROM fold_claim t JOIN clue c USING (clue_id)
        QUALIFY row_number() OVER (PARTITION BY t.matter ORDER BY c.status = '消失', c.first_run,
                                   c.record_id = t.matter DESC, c.clue_id) = 1),
    root AS (                   -- 为首的记录；已不在数据中的，命中的记录之一
        SELECT matter, table_name, record_id, natural_key FROM fold_record r
        SEMI JOIN (SELECT DISTINCT matter FROM fold_finding) USING (matter)
        QUALIFY row_number() OVER (PARTITION BY matter ORDER BY record_id = matter DESC, record_id) = 1)
    SELECT r.matter, coalesce(o.clue_id, 'C' || left(md5(r.table_name || '|' || r.natural_key), 12)) AS clue_id,
           coalesce(o.table_name, r.table_name) AS table_name, coalesce(o.record_id, r.record_id) AS record_id
    FROM root r LEFT JOIN oldest o USING (matter)"""

_JOINED = """
    SELECT t.clue_id, k.clue_id AS into_id FROM fold_claim t JOIN fold_kept k USING (matter)
    JOIN clue c ON c.clue_id = t.clue_id WHERE t.clue_id <> k.clue_id AND c.status <> '消失'"""

_ITEM_KEY = "clue_id, table_name, record_id, rule_id, sort, name"


def _items(findings: str) -> str:
    """The rule itself, its values, its exclusions' answers, its linked records."""
    of = "clue_id, table_name, record_id"
    return f"""
    WITH f AS (SELECT * FROM {findings})
    SELECT {of}, rule_id, 'rule' AS sort, '' AS name, '' AS value FROM f
    UNION ALL
    SELECT {of}, f.rule_id, 'fact', e.key, e.value ->> '$' FROM f, json_each(f.facts) e
    ANTI JOIN (SELECT * FROM fold_word WHERE moves OR kind = 'id') w ON w.rule_id = f.rule_id AND w.name = e.key
    UNION ALL
    SELECT {of}, rule_id, 'exclusion', e.value ->> 'is', e.value ->> 'value'
    FROM f, json_each(f.exclusions) e
    UNION ALL
    SELECT {of}, rule_id, 'link', e.key, e.value ->> 'record_id' FROM f, json_each(f.linked) e"""


_NOW = f"""
    WITH evidence AS (
        SELECT matter, list(DISTINCT rule_id ORDER BY rule_id) AS rule_ids,
               CAST(to_json(list(struct_pack({_COLUMNS}) ORDER BY rule_id, table_name, record_id)) AS VARCHAR)
                   AS evidence
        FROM fold_finding GROUP BY matter),
    prints AS (
        SELECT clue_id, md5(string_agg(concat_ws('|', record_id, rule_id, sort, name, coalesce(value, '∅')), chr(10)
                                       ORDER BY rule_id, table_name, record_id, sort, name)) AS fingerprint
        FROM fold_item GROUP BY clue_id)
    SELECT k.*, e.* EXCLUDE (matter), p.fingerprint
    FROM evidence e JOIN fold_kept k USING (matter) JOIN prints p USING (clue_id)"""

_DIFFERS = """
    SELECT n.clue_id FROM fold_now n JOIN clue c USING (clue_id)
    WHERE n.fingerprint IS DISTINCT FROM c.fingerprint"""

_BEFORE = f"""(
    SELECT f.* REPLACE (coalesce(into_id, f.clue_id) AS clue_id)
    FROM ({findings_of(f"(FROM clue WHERE clue_id IN ({_DIFFERS} UNION ALL SELECT clue_id FROM fold_joined))")}) f
    LEFT JOIN fold_joined USING (clue_id))"""

_PAIR = f"""
    WITH now AS (SELECT * FROM fold_item WHERE clue_id IN ({_DIFFERS})),
    both_nights AS (
        SELECT {_ITEM_KEY}, n.value AS new_value, o.value AS old_value,
               n.sort IS NOT NULL AS is_new, o.sort IS NOT NULL AS is_old
        FROM now n FULL JOIN fold_before o USING ({_ITEM_KEY}))
    SELECT * FROM both_nights   -- 规则换了版本、多看或少看一项，不算证据变化
    WHERE CASE WHEN sort = 'rule' THEN NOT (is_new AND is_old)
               ELSE is_new AND is_old AND old_value IS DISTINCT FROM new_value END"""

_LOST = ("CASE WHEN h.answer = 'hit' THEN '与本事项不再有可靠关联，另列线索' WHEN h.answer IS NOT NULL THEN h.say "
         "WHEN t.title IS NULL THEN '规则已停用' ELSE '已不符合条件' END")
"""Why a clue lacks a finding it had; excluded and gap answers carry their own sentence."""


def _said() -> str:
    truth = "CASE {} WHEN 'true' THEN '存在' WHEN 'false' THEN '不存在' ELSE '资料不足' END"
    return f"""
    SELECT p.clue_id,
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
    WITH joined AS (
        SELECT into_id AS clue_id, 0 AS part, 0 AS turn,
               '同一事项的线索' || string_agg(clue_id, '、' ORDER BY clue_id) || '并入本线索' AS words
        FROM fold_joined GROUP BY into_id),
    once AS (                   -- 几条规则用到同一项时只说一次
        SELECT clue_id, words, min(part) AS part, min(turn) AS turn FROM fold_said GROUP BY ALL
        UNION ALL BY NAME SELECT * FROM joined)
    SELECT clue_id, string_agg(words, '；' ORDER BY part, turn, words) AS changed FROM once GROUP BY clue_id"""


def _next(run_id: int) -> str:
    returned = "'曾自' || split_part(c.changed, '：', 1)"
    return f"""
    SELECT n.clue_id, n.table_name, n.record_id,
           CASE WHEN c.status IS NULL THEN '新增' WHEN c.status = '消失' THEN '复现'
                WHEN d.changed IS NOT NULL THEN '变化' ELSE '持续' END AS status,
           CASE WHEN c.status = '消失' THEN concat_ws('；', {returned}, d.changed) ELSE d.changed END AS changed,
           n.rule_ids, n.fingerprint, n.evidence, coalesce(c.first_run, {run_id}) AS first_run, {run_id} AS last_run
    FROM fold_now n LEFT JOIN clue c USING (clue_id) LEFT JOIN fold_change d USING (clue_id)"""


def _gone(since: str) -> str:
    last = findings_of("(FROM clue WHERE status <> '消失' AND clue_id NOT IN (SELECT clue_id FROM fold_now))")
    return f"""
    WITH reasons AS (
        SELECT g.clue_id, bool_or(r.record_id IS NOT NULL) AS is_there,
               string_agg(DISTINCT coalesce(t.title, g.rule_id) || '（' || {_LOST} || '）', '；'
                          ORDER BY coalesce(t.title, g.rule_id) || '（' || {_LOST} || '）') AS why
        FROM ({last}) g LEFT JOIN fold_title t ON t.rule_id = g.rule_id
        LEFT JOIN hit h ON h.table_name = g.table_name AND h.record_id = g.record_id AND h.rule_id = g.rule_id
        LEFT JOIN fold_record r ON r.table_name = g.table_name AND r.record_id = g.record_id
        GROUP BY g.clue_id)
    SELECT c.* REPLACE (
               '消失' AS status, NULL AS place, NULL AS related,
               CASE WHEN status = '消失' THEN changed
                    WHEN into_id IS NOT NULL THEN '{since}：与线索' || into_id || '是同一事项，已并入'
                    WHEN NOT is_there THEN '{since}：记录已不在数据中' ELSE '{since}：' || why END AS changed),
           status AS was
    FROM clue c ANTI JOIN fold_now USING (clue_id)
    LEFT JOIN fold_joined USING (clue_id) LEFT JOIN reasons USING (clue_id)"""
