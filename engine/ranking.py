"""The score: 0–100 in five visible parts, from weights in one file; it orders the list and is no probability.

Of several findings on one matter the leading one (most gravity + certainty, then rule id) gives gravity and certainty,
the most urgent one urgency; all but the leading one count as corroboration. A rule's own points feed the parts by their
sign: positive ones gravity, negative ones certainty, and those whose name starts with `urgent` urgency. Every part
carries its reason in Chinese.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import polars as pl

from engine.records import BY_NAME
from engine.store import Store
from engine.strict_yaml import File, Node, read

PARTS = ("gravity", "certainty", "urgency", "recoverability", "corroboration")
"""The parts of the score, in the order they are shown; their Chinese labels stand in the weights file."""

LEVELS = {"high": "高", "medium": "中", "low": "低"}
"""How grave a rule says its violation is."""

AMOUNTS: dict[str, tuple[str, str]] = {
    "penalty": ("greatest(coalesce(fine_yuan, 0) + coalesce(confiscated_yuan, 0) - coalesce(paid_yuan, 0), 0) "
                "* CASE WHEN fine_yuan IS NULL AND confiscated_yuan IS NULL THEN NULL ELSE 1 END", "罚没款减已缴"),
    "penalty_item": ("amount_yuan", "处罚项金额"),
    "payment": ("amount_yuan", "缴款金额"),
    "court_review": ("coalesce(sought_yuan, penalty_fine_yuan + coalesce(additional_fine_yuan, 0))", "申请执行金额"),
    "enforcement": ("coalesce(unrecovered_yuan, greatest(sought_yuan - coalesce(recovered_yuan, 0), 0))", "未到位金额"),
    "judgment": ("fine_yuan", "罚金"),
    "seizure": ("amount_yuan", "财物价值"),
}
"""For each table with money: the sum at stake of a row in yuan (SQL, NULL where not in the file) and its label."""


class Levelled(Protocol):
    """What ranking needs of a rule."""

    @property
    def title(self) -> str:
        """The rule's Chinese title."""

    @property
    def level(self) -> str:
        """One of LEVELS."""


@dataclass(frozen=True)
class Deadline:
    """A date of the records behind a finding after which something cannot be mended; `rules` are ids or folders."""

    table: str
    column: str
    title: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Weights:
    """The weights file: label and greatest number of points of each part, and what adds or takes points.

    `deadlines` are names of values that findings hold, `facts` dates of the records behind them.
    """

    label: Mapping[str, str]
    most: Mapping[str, float]
    level: Mapping[str, float]
    number: Mapping[str, float]
    deadlines: tuple[str, ...]
    steps: tuple[tuple[int, float], ...]
    facts: tuple[Deadline, ...] = ()


_NUMBERS = {
    "gravity": ("points_share",),
    "certainty": ("link_share", "open_exclusion", "doubtful_law", "points_share"),
    "urgency": (),
    "recoverability": ("from_yuan", "to_yuan"),
    "corroboration": ("same_record", "same_party"),
}
_OTHERS = {"gravity": ("level",), "urgency": ("deadlines", "steps")}
_OPTIONAL = {"urgency": ("facts",)}
"""Keys that older weights files lack; a comparison of rule sets reads those as well."""


def read_weights(path: Path) -> Weights:
    """Return the weights; raises the file's first RuleError where a key is unknown, missing or of the wrong type."""
    file = read(path, path.name)
    top = file.mapping(file.root, known=("title", "version", *PARTS), required=("title", "version", *PARTS))
    parts = {name: _part(file, name, top.get(name)) for name in PARTS}
    number = {f"{part}.{key}": _number(file, parts[part].get(key)) for part in PARTS for key in _NUMBERS[part]}
    levels = file.mapping(parts["gravity"].get("level"), known=LEVELS, required=tuple(LEVELS))
    urgency = parts["urgency"]
    steps = [(file.integer(key) or 0, _number(file, value)) for key, value in file.entries(urgency.get("steps"))]
    weights = Weights(
        {name: file.text(part.get("label")) or name for name, part in parts.items()},
        {name: _number(file, part.get("most")) for name, part in parts.items()},
        {level: _number(file, levels.get(level)) for level in LEVELS},
        number,
        file.texts(urgency.get("deadlines")),
        tuple(sorted(steps)),
        tuple(_deadlines(file, urgency.get("facts"))),
    )
    if sum(weights.most.values()) != 100 and not file.problems:
        file.problem(file.root, "五个部分的 most 之和不是 100", "请调整各部分的 most", "E-RANKING-SUM")
    if file.problems:
        raise file.problems[0]
    return weights


def _part(file: File, name: str, node: Node | None) -> dict[str, Node]:
    own = (*_NUMBERS[name], *_OTHERS.get(name, ()))
    known = ("label", "most", "why", *own, *_OPTIONAL.get(name, ()))
    return file.mapping(node, known=known, required=("label", "most", "why", *own))


def _deadlines(file: File, node: Node | None) -> Iterator[Deadline]:
    for item in file.items(node):
        keys = file.mapping(item, known=("fact", "title", "rules"), required=("fact", "title", "rules"))
        table, _, column = (file.text(keys.get("fact")) or "").partition(".")
        if table not in BY_NAME or not re.fullmatch(r"[a-z][a-z0-9_]*", column, re.ASCII):
            file.problem(item, "fact 应写“表.事实”", "例如 nonprosecution.penalty_limit_end_on", "E-RANKING-FACT")
        yield Deadline(table, column, file.text(keys.get("title")) or "", file.texts(keys.get("rules")))


def _number(file: File, node: Node | None) -> float:
    return float(file.decimal(node) or 0)


def rank(store: Store, rules: Mapping[str, Levelled], weights: Weights) -> int:
    """Score and place every clue that stands (all but 消失), and return how many.

    Fills `clue.score`, `parts` (JSON list of part, points, of, why), `place` (1 = first; ties by clue id) and
    `amount_yuan`, and puts `rule_ids` in order, the leading finding first. A rule not in `rules` counts as level low.
    Facts are read from the views that `engine.rules.prepare` puts into the session; a deadline without one is not met.
    """
    known = pl.DataFrame({
        "rule_id": list(rules), "title": [r.title for r in rules.values()], "level": [r.level for r in rules.values()],
    }, schema={"rule_id": pl.String, "title": pl.String, "level": pl.String})
    with store.lend("rank_rule", known):
        store.run(f"CREATE OR REPLACE TEMP TABLE rank_standing AS {_standing()}")
    store.run(f"CREATE OR REPLACE TEMP TABLE rank_due AS {_due(store, weights)}")
    store.run(f"CREATE OR REPLACE TEMP TABLE rank_counted AS {_COUNTED}")
    store.run(f"CREATE OR REPLACE TEMP TABLE rank_finding AS {_findings(weights)}")
    store.run(f"CREATE OR REPLACE TEMP TABLE rank_record AS {_RECORDS}")
    store.run(f"CREATE OR REPLACE TEMP TABLE rank_amount AS {_amounts(store)}")
    store.run(f"CREATE OR REPLACE TEMP TABLE rank_party AS {_parties(store)}")
    store.run(f"CREATE OR REPLACE TEMP TABLE rank_result AS {_result(weights)}")
    store.run(_UPDATE)
    placed = store.count("SELECT count(*) FROM rank_result")
    for name in ("standing", "due", "counted", "finding", "record", "amount", "party", "result"):
        store.run(f"DROP TABLE rank_{name}")
    return placed


def _standing() -> str:
    """Every finding of a clue that stands, numbered, with its rule's points as a list."""
    points = '[{"is": "VARCHAR", "add": "DOUBLE", "say": "VARCHAR"}]'
    return f"""
    SELECT f.*, row_number() OVER () AS finding, coalesce(title, f.rule_id) AS title, coalesce(level, 'low') AS level,
           from_json(f.points, '{points}') AS given
    FROM finding f SEMI JOIN (SELECT * FROM clue WHERE status <> '消失') c USING (clue_id)
    LEFT JOIN rank_rule r ON r.rule_id = f.rule_id"""


def _due(store: Store, weights: Weights) -> str:
    """The next deadline of each finding: those it holds, and those of its subject and the records linked to it."""
    names = ", ".join(f"'{name}'" for name in weights.deadlines) or "''"
    own = f"""
        SELECT finding, date_diff('day', as_of, TRY_CAST(e.value ->> '$' AS DATE)) AS days_left, '期限' AS title
        FROM rank_standing, json_each(facts) e WHERE split_part(e.key, '.', -1) IN ({names})"""
    there = set(store.rows("SELECT table_name, column_name FROM duckdb_columns()"))
    parts = [_of_fact(d) for d in weights.facts if (f"fact_{d.table}", d.column) in there]
    return f"""
    SELECT finding, min(days_left) AS days_left, arg_min(title, (days_left, title)) AS due_title
    FROM ({" UNION ALL ".join([own, *parts])}) WHERE days_left >= 0 GROUP BY finding"""


def _of_fact(deadline: Deadline) -> str:
    names = ", ".join(f"'{name}'" for name in deadline.rules) or "''"
    meant = f"(rule_id IN ({names}) OR split_part(rule_id, '.', 1) IN ({names}))"
    title = deadline.title.replace("'", "''")
    return f"""
        SELECT finding, date_diff('day', as_of, {deadline.column}), '{title}' FROM (
            SELECT finding, as_of, record_id FROM rank_standing
            WHERE table_name = '{deadline.table}' AND {meant}
            UNION ALL
            SELECT finding, as_of, CAST(l.value ->> 'record_id' AS UBIGINT) FROM rank_standing, json_each(linked) l
            WHERE (l.value ->> 'table') = '{deadline.table}' AND {meant})
        JOIN fact_{deadline.table} USING (record_id)"""


def _flagged(word: str) -> str:
    return f"len(list_filter(coalesce(flags, []), lambda f: contains(f, '{word}')))"


_COUNTED = f"""
    WITH weakest AS (
        SELECT finding, min(CAST(l.value ->> 'confidence' AS DOUBLE)) AS link
        FROM rank_standing, json_each(linked) l GROUP BY finding)
    SELECT clue_id, record_id, rule_id, title, level, link, days_left, due_title,
           list_filter(given, lambda p: p.add > 0 AND NOT starts_with(p."is", 'urgent')) AS raising,
           list_filter(given, lambda p: p.add < 0 AND NOT starts_with(p."is", 'urgent')) AS lowering,
           list_filter(given, lambda p: starts_with(p."is", 'urgent')) AS urgent,
           {_flagged("排除条件待核")} AS open_exclusions, {_flagged("参数把握")} AS doubtful_laws
    FROM rank_standing LEFT JOIN weakest USING (finding) LEFT JOIN rank_due USING (finding)"""
"""What of a finding counts: its points by part, its weakest link, open questions, days to the next deadline."""


def _findings(weights: Weights) -> str:
    """One row a finding: gravity, certainty and urgency with their reasons."""
    w, most = weights.number, weights.most
    levels = " ".join(f"WHEN '{level}' THEN {points:g}" for level, points in weights.level.items())
    called = " ".join(f"WHEN '{level}' THEN '{word}'" for level, word in LEVELS.items())
    steps = " ".join(f"WHEN days_left <= {days} THEN {points:g}" for days, points in weights.steps)
    return f"""
    SELECT clue_id, record_id, rule_id,
           least({most["gravity"]:g}, CASE level {levels} ELSE 0 END
                                      + {w["gravity.points_share"]:g} * {_sum("raising")}) AS gravity,
           concat_ws('；', '“' || title || '”等级' || CASE level {called} END, {_says("raising")}) AS gravity_why,
           greatest(0, {most["certainty"]:g} - {w["certainty.link_share"]:g} * (1 - coalesce(link, 1))
                       - {w["certainty.open_exclusion"]:g} * open_exclusions
                       - {w["certainty.doubtful_law"]:g} * doubtful_laws
                       + {w["certainty.points_share"]:g} * {_sum("lowering")}) AS certainty,
           concat_ws('；', CASE WHEN link IS NULL THEN '不依赖关联' ELSE format('最弱关联置信度{{:.2f}}', link) END,
                     {_some("open_exclusions", "项排除事由待核")}, {_some("doubtful_laws", "项法定参数把握为中")},
                     {_says("lowering")}) AS certainty_why,
           greatest(0, least({most["urgency"]:g}, {_sum("urgent")} + CASE {steps} ELSE 0 END)) AS urgency,
           coalesce(nullif(concat_ws('；', '距' || due_title || '届满' || days_left || '日', {_says("urgent")}), ''),
                    '没有未过的期限')
               AS urgency_why
    FROM rank_counted"""


def _sum(points: str) -> str:
    return f"coalesce(list_sum(list_transform({points}, lambda p: p.add)), 0)"


def _says(points: str) -> str:
    said = "coalesce(nullif(p.say, ''), p.\"is\") || format('（规则{:+g}）', p.add)"
    return f"nullif(array_to_string(list_transform({points}, lambda p: {said}), '；'), '')"


def _some(count: str, words: str) -> str:
    return f"CASE WHEN {count} > 0 THEN {count} || '{words}' END"


_RECORDS = """
    SELECT DISTINCT clue_id, 0 AS distance, table_name AS its_table, record_id AS its_id
    FROM rank_standing
    UNION
    SELECT clue_id, 1, l.value ->> 'table', CAST(l.value ->> 'record_id' AS UBIGINT)
    FROM rank_standing, json_each(linked) l WHERE l.value ->> 'record_id' IS NOT NULL"""
"""The records behind each clue: what its findings are about (distance 0) and what they linked to it (1)."""


def _tables(store: Store) -> list[str]:
    return [name for (name,) in store.rows("SELECT DISTINCT its_table FROM rank_record ORDER BY 1") if name in BY_NAME]


def _amounts(store: Store) -> str:
    """The sum at stake of each clue: the greatest of its subjects, else of its linked records."""
    none = "SELECT '' AS its_table, 0::UBIGINT AS its_id, 0::DECIMAL(18,2) AS amount, '' AS label WHERE false"
    known = [(table, *AMOUNTS[table]) for table in _tables(store) if table in AMOUNTS]
    parts = [f"SELECT '{table}', record_id, CAST({sql} AS DECIMAL(18,2)), '{label}' FROM {table}"
             for table, sql, label in known]
    return f"""
    SELECT clue_id, amount, label
    FROM rank_record JOIN ({" UNION ALL ".join([none, *parts])}) USING (its_table, its_id) WHERE amount IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY clue_id ORDER BY distance, amount DESC, its_table) = 1"""


def _parties(store: Store) -> str:
    """How many other clues the same party has; the party is the subject's own, else a linked record's."""
    none = "SELECT '' AS its_table, 0::UBIGINT AS its_id, 0::UBIGINT AS party_id WHERE false"
    parts = [f"SELECT '{table}', record_id, party_id FROM {table}"
             for table in _tables(store) if BY_NAME[table].has_party]
    return f"""
    WITH named AS (
        SELECT clue_id, party_id
        FROM rank_record JOIN ({" UNION ALL ".join([none, *parts])}) USING (its_table, its_id)
        WHERE party_id IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY clue_id ORDER BY distance, its_table, its_id) = 1)
    SELECT clue_id, count(*) OVER (PARTITION BY party_id) - 1 AS others FROM named"""


def _result(weights: Weights) -> str:
    w, most = weights.number, weights.most
    least, top = w["recoverability.from_yuan"], w["recoverability.to_yuan"]
    money = f"log10(greatest(amount::DOUBLE, {least:g}) / {least:g}) / log10({top:g} / {least:g})"
    others = f"{w['corroboration.same_record']:g} * more + {w['corroboration.same_party']:g} * coalesce(others, 0)"
    rounded = ", ".join(f"round({part}, 1) AS {part}, {part}_why" for part in PARTS)
    return f"""
    WITH lead AS (              -- 主要情形在前
        SELECT *, row_number() OVER (PARTITION BY clue_id ORDER BY gravity + certainty DESC, rule_id, record_id)
                  AS turn, count(*) OVER (PARTITION BY clue_id) - 1 AS more
        FROM rank_finding),
    pressing AS (
        SELECT clue_id, max(urgency) AS urgency, arg_max(urgency_why, (urgency, -turn)) AS urgency_why
        FROM lead GROUP BY clue_id),
    ruled AS (
        SELECT clue_id, list(rule_id ORDER BY turn) AS rule_ids
        FROM (SELECT clue_id, rule_id, min(turn) AS turn FROM lead GROUP BY ALL) GROUP BY clue_id),
    parts AS (
        SELECT lead.* EXCLUDE (urgency, urgency_why), pressing.* EXCLUDE (clue_id), rule_ids, amount,
               coalesce({most["recoverability"]:g} * least(1, {money}), 0) AS recoverability,
               coalesce(label || regexp_replace(format('{{:,.2f}}', amount::DOUBLE), '\\.00$', '') || '元',
                        '没有记载金额') AS recoverability_why,
               least({most["corroboration"]:g}, {others}) AS corroboration,
               coalesce(nullif(concat_ws('；', {_some("more", "个其他命中")},
                                         {_some("others", "条同一当事人的线索")}), ''), '没有其他命中')
                   AS corroboration_why
        FROM lead JOIN ruled USING (clue_id) JOIN pressing USING (clue_id) LEFT JOIN rank_amount USING (clue_id)
        LEFT JOIN rank_party USING (clue_id) WHERE turn = 1),
    rounded AS (SELECT clue_id, rule_ids, amount, {rounded} FROM parts)
    SELECT clue_id, rule_ids, amount, round({" + ".join(PARTS)}, 1) AS score,
           to_json([{_shown(weights)}]) AS parts
    FROM rounded"""


def _shown(weights: Weights) -> str:
    label = {part: text.replace("'", "''") for part, text in weights.label.items()}
    return ", ".join(
        f"struct_pack(part := '{label[part]}', points := {part}, \"of\" := {weights.most[part]:g}, why := {part}_why)"
        for part in PARTS
    )


_UPDATE = """
    UPDATE clue SET score = r.score, parts = r.parts, rule_ids = r.rule_ids, amount_yuan = r.amount, place = r.place
    FROM (SELECT rank_result.*, row_number() OVER (ORDER BY rank_result.score DESC, clue_id) AS place
          FROM rank_result) r
    WHERE clue.clue_id = r.clue_id"""
