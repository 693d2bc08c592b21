"""The SQL of a comparison, as named temporary tables that build on each other.

    diff_answer   records a rule answers otherwise       diff_detail   both sides' full answers for them
    diff_item     what of an answer can flip, one row an item: conditions, exclusions, links, law, values
    diff_pair     the items that differ, side by side    diff_value    values as people read them
    diff_said     each difference as a phrase            diff_why      the phrases of a record and rule as one sentence
    diff_score    clues that stand in both but are scored otherwise
"""

from engine.clues import shown_sql
from engine.records import BY_NAME

SIDES = ("old", "new")

CHANGES = ("变化", "规则编号", "规则", "数据表", "记录", "原答案", "现答案", "原得分", "现得分", "原因")
"""Columns of the list of changes."""

_KEY = "rule_id, table_name, record_id"

ANSWER = f"""
    SELECT {_KEY}, title, in_old AND in_new AS in_both, in_new,
           CASE WHEN in_old THEN coalesce(o.answer, 'clear') ELSE '' END AS old_answer,
           CASE WHEN in_new THEN coalesce(n.answer, 'clear') ELSE '' END AS new_answer
    FROM old_hit o FULL JOIN new_hit n USING ({_KEY}) JOIN diff_rule USING (rule_id)
    WHERE o.answer IS DISTINCT FROM n.answer
          -- 只有一边有的规则，只看命中
          AND (in_old AND in_new OR 'hit' IN (coalesce(o.answer, ''), coalesce(n.answer, '')))"""


def changed_ids(rule_id: str, table: str) -> str:
    """Return a SELECT of the records one rule answers otherwise; both words come from declarations."""
    return f"SELECT record_id FROM diff_answer WHERE rule_id = '{rule_id}' AND table_name = '{table}'"


_ITEM = f"""
    SELECT side, {_KEY}, 'condition' AS sort, e.value ->> 'is' AS name, e.value ->> 'value' AS value
    FROM diff_detail, json_each(conditions) e
    UNION ALL
    SELECT side, {_KEY}, 'exclusion', e.value ->> 'is', e.value ->> 'value' FROM diff_detail, json_each(exclusions) e
    UNION ALL
    SELECT side, {_KEY}, 'link', name, coalesce(record, none)
    FROM (SELECT side, {_KEY}, e.key AS name, e.value ->> 'record_id' AS record
          FROM diff_detail, json_each(linked) e) JOIN diff_link USING (side, rule_id, name)
    UNION ALL
    SELECT side, {_KEY}, 'law', e.value ->> 'title',
           concat(e.value ->> 'length', CASE e.value ->> 'unit' WHEN 'day' THEN '日' WHEN 'workday' THEN '个工作日'
                  WHEN 'month' THEN '个月' WHEN 'year' THEN '年' WHEN 'yuan' THEN '元' ELSE '' END,
                  '（', e.value ->> 'law', e.value ->> 'article', '）')
    FROM diff_detail, json_each(law) e
    UNION ALL
    SELECT side, {_KEY}, 'fact', e.key, e.value ->> '$' FROM diff_detail, json_each(facts) e"""

_COMPUTED = "SELECT rule_id, name FROM diff_word WHERE source IN ('fact', 'let', 'group')"
"""Facts, lets and measures: a column's value is the same in both, or its link has changed and that is said already."""

_PAIR = f"""
    WITH o AS (SELECT DISTINCT * EXCLUDE (side) FROM diff_item WHERE side = 'old'),
    n AS (SELECT DISTINCT * EXCLUDE (side) FROM diff_item WHERE side = 'new'),
    pairs AS (
        SELECT {_KEY}, sort, name, o.value AS old_value, n.value AS new_value,
               o.sort IS NOT NULL AS is_old, n.sort IS NOT NULL AS is_new
        FROM o FULL JOIN n USING ({_KEY}, sort, name))
    SELECT p.* FROM pairs p SEMI JOIN (SELECT * FROM diff_answer WHERE in_both) USING ({_KEY})
    WHERE CASE WHEN sort = 'fact' AND (rule_id, name) NOT IN ({_COMPUTED}) THEN false
               WHEN is_old AND is_new THEN old_value IS DISTINCT FROM new_value
               WHEN sort = 'condition' THEN coalesce(new_value, old_value, '') <> 'true'
               WHEN sort = 'exclusion' THEN coalesce(new_value, old_value, '') <> 'false'
               ELSE sort IN ('link', 'law') END"""

_VALUE = f"""
    SELECT side, {_KEY}, name, label, {shown_sql("value", "kind", "shown")} AS shown
    FROM diff_item JOIN diff_word USING (side, rule_id, name)
    LEFT JOIN (SELECT side, rule_id, name, code AS value, shown FROM diff_code) USING (side, rule_id, name, value)
    WHERE sort = 'fact' AND kind NOT IN ('id', 'period')"""

_UNLINKED = "TRY_CAST({} AS UBIGINT) IS NULL"
"""Whether a link's item names no record but what the rule does without one."""

_SHOWN = f"""
    SELECT side, {_KEY}, u.sort, u.name, string_agg(label || '＝' || shown, '，' ORDER BY label) AS shown
    FROM diff_value v JOIN diff_use u USING (side, rule_id) WHERE u.path = v.name GROUP BY ALL"""
"""The values a condition was judged by, in words."""

def _said() -> str:
    truth = "CASE {} WHEN 'true' THEN '成立' WHEN 'false' THEN '不成立' ELSE '不明' END"
    old, new = truth.format("old_value"), truth.format("new_value")
    return f"""
    SELECT p.rule_id, p.table_name, p.record_id,
           list_position(['condition', 'exclusion', 'link', 'law', 'fact'], p.sort) AS part,
           coalesce(cn.turn, co.turn, '') AS turn,
           CASE WHEN p.sort IN ('condition', 'exclusion') THEN
                    CASE p.sort WHEN 'condition' THEN '条件' ELSE '排除条件' END
                    || '“' || coalesce(cn.words, co.words) || '”'
                    || CASE WHEN is_old AND is_new THEN '由' || {old} || '变为' || {new}
                            WHEN is_new THEN '是新加的，' || {new} ELSE '已删去，原' || {old} END
                    || CASE WHEN co.words <> cn.words THEN '，原写法“' || co.words || '”' ELSE '' END
                    || coalesce('（' || coalesce(sn.shown, so.shown) || '）', '')
                WHEN p.sort = 'link' THEN '关联的' || coalesce(l.title, p.name) || CASE
                    WHEN NOT is_new THEN '不再使用' WHEN NOT is_old THEN '是新用的'
                    WHEN {_UNLINKED.format("old_value")} AND {_UNLINKED.format("new_value")}
                        THEN '没有记录，原' || old_value || '，现' || new_value
                    WHEN {_UNLINKED.format("old_value")} THEN '由无到有'
                    WHEN {_UNLINKED.format("new_value")} THEN '由有到无' ELSE '改为另一条记录' END
                WHEN p.sort = 'law' THEN '法定参数“' || p.name || '”' || CASE
                    WHEN NOT is_new THEN '不再使用，原为' || old_value WHEN NOT is_old THEN '新用上，为' || new_value
                    ELSE '由' || old_value || '改为' || new_value END
                ELSE coalesce(vn.label, p.name) || '由' || vo.shown || '改为' || vn.shown END AS words
    FROM diff_pair p
    LEFT JOIN diff_condition co ON co.side = 'old' AND (co.rule_id, co.sort, co.name) = (p.rule_id, p.sort, p.name)
    LEFT JOIN diff_condition cn ON cn.side = 'new' AND (cn.rule_id, cn.sort, cn.name) = (p.rule_id, p.sort, p.name)
    LEFT JOIN diff_link l ON p.sort = 'link' AND (l.rule_id, l.name) = (p.rule_id, p.name)
                             AND l.side = CASE WHEN is_new THEN 'new' ELSE 'old' END
    {_of_record("diff_shown", "so", "old")} AND so.sort = p.sort
    {_of_record("diff_shown", "sn", "new")} AND sn.sort = p.sort
    {_of_record("diff_value", "vo", "old")} AND p.sort = 'fact'
    {_of_record("diff_value", "vn", "new")} AND p.sort = 'fact'"""


def _of_record(table: str, short: str, side: str) -> str:
    names = ("rule_id", "table_name", "record_id", "name")
    same = ", ".join(f"{short}.{name}" for name in names), ", ".join(f"p.{name}" for name in names)
    return f"LEFT JOIN {table} {short} ON {short}.side = '{side}' AND ({same[0]}) = ({same[1]})"


_WHY = f"""
    SELECT {_KEY}, string_agg(words, '；' ORDER BY part, turn, words) AS why
    FROM (SELECT DISTINCT * FROM diff_said WHERE words IS NOT NULL) GROUP BY ALL"""

_SCORE = """
    WITH moved AS (
        SELECT table_name, record_id, o.score AS old_score, n.score AS new_score, n.rule_ids[1] AS rule_id,
               o.parts AS old_parts, n.parts AS new_parts
        FROM old_clue o JOIN new_clue n USING (table_name, record_id)
        WHERE o.score IS DISTINCT FROM n.score AND n.clue_id NOT IN (
            SELECT clue_id FROM new_clue SEMI JOIN diff_answer USING (table_name, record_id))
        QUALIFY row_number() OVER (PARTITION BY n.clue_id ORDER BY table_name, record_id) = 1),
    parts AS (
        SELECT table_name, record_id, p.value ->> 'part' AS part, TRY_CAST(p.value ->> 'points' AS DOUBLE) AS points,
               p.value ->> 'why' AS why, 'new' AS side FROM moved, json_each(new_parts) p
        UNION ALL
        SELECT table_name, record_id, p.value ->> 'part', TRY_CAST(p.value ->> 'points' AS DOUBLE), p.value ->> 'why',
               'old' FROM moved, json_each(old_parts) p),
    said AS (
        SELECT table_name, record_id,
               string_agg(format('{}由{:g}改为{:g}（原：{}；现：{}）', n.part, o.points, n.points, coalesce(o.why, ''),
                                 coalesce(n.why, '')), '；' ORDER BY n.part) AS why
        FROM (SELECT * FROM parts WHERE side = 'new') n
        JOIN (SELECT * FROM parts WHERE side = 'old') o USING (table_name, record_id, part)
        WHERE o.points IS DISTINCT FROM n.points GROUP BY ALL)
    SELECT m.* EXCLUDE (old_parts, new_parts), why FROM moved m LEFT JOIN said USING (table_name, record_id)"""


def explaining() -> tuple[tuple[str, str], ...]:
    """Return name and SQL of the tables between the details and the list, in order."""
    return (("diff_item", _ITEM), ("diff_pair", _PAIR), ("diff_value", _VALUE), ("diff_shown", _SHOWN),
            ("diff_said", _said()), ("diff_why", _WHY), ("diff_score", _SCORE))


def listing(tables: list[str], answers: dict[str, str], kinds: dict[str, str]) -> str:
    """Return the SQL of the list of changes; `tables` are those its records are of."""
    keys = [f"SELECT '{t}' AS table_name, '{BY_NAME[t].label}' AS its_label, record_id, natural_key FROM {t}"
            for t in tables]
    none = "SELECT '' AS table_name, '' AS its_label, 0::UBIGINT AS record_id, '' AS natural_key WHERE false"
    kind = " ".join(f"WHEN '{code}' THEN '{label}'" for code, label in kinds.items())
    whens = " ".join(f"WHEN '{answer}' THEN '{word}'" for answer, word in answers.items())
    label = f"CASE {{}} {whens} ELSE '没有这条规则' END"
    place = f"list_position({list(kinds)}, kind)"
    return f"""
    WITH named AS ({" UNION ALL ".join([none, *keys])}),
    changes AS (
        SELECT CASE WHEN new_answer = 'hit' THEN 'new' WHEN old_answer = 'hit' THEN 'gone' ELSE 'answer' END AS kind,
               a.rule_id, a.title, table_name, record_id, {label.format("old_answer")} AS was,
               {label.format("new_answer")} AS now, o.score AS old_score, n.score AS new_score,
               coalesce(w.why, CASE WHEN NOT in_both AND in_new THEN '新规则' WHEN NOT in_both THEN '规则已删去或停用'
                                    ELSE '' END) AS why
        FROM diff_answer a LEFT JOIN diff_why w USING ({_KEY})
        LEFT JOIN old_clue o USING (table_name, record_id) LEFT JOIN new_clue n USING (table_name, record_id)
        UNION ALL
        SELECT 'score', s.rule_id, coalesce(r.title, s.rule_id), table_name, record_id, '{answers["hit"]}',
               '{answers["hit"]}', old_score, new_score, coalesce(why, '')
        FROM diff_score s LEFT JOIN diff_rule r USING (rule_id))
    SELECT CASE kind {kind} END AS 变化, rule_id AS 规则编号, title AS 规则, its_label AS 数据表,
           trim(natural_key, '|') AS 记录,
           was AS 原答案, now AS 现答案, old_score AS 原得分, new_score AS 现得分, why AS 原因
    FROM changes JOIN named USING (table_name, record_id)
    ORDER BY {place}, rule_id, coalesce(new_score, old_score) DESC NULLS LAST, natural_key"""
