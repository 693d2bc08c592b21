"""A rule as one SQL statement over whole tables.

    subject   the needed columns of the subject's table
    pick_…    per link: the one record taken for each record it starts from
    joined    the subject with its linked records
    group_…   per group of rows: its measures, computed over its whole table (`engine.rules.grouping`)
    level_…   facts, lets, values of law, found or not: each computed once, each level from those before
    judged    every condition, exclusion and point as a truth value, and the answer
    kept      the answers worth storing: all but clear
    why_…     which items made the unknown values unknown
    SELECT    sentence, flags, missing, and the JSON columns of `hit`

Clear rows end at `kept`: nothing is written about them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from engine.rules.coverage import coverage_joins, coverage_steps, found_sql
from engine.rules.grouping import apart, group_items, group_join, group_steps, nearest_rows
from engine.rules.groups import GroupUse
from engine.rules.missing import Blamer, via_column
from engine.rules.model import LinkUse, Rule, RuleSet, bare_rule
from engine.rules.names import Name
from engine.rules.rendering import WORLD, WORLD_AS_OF, Renderer, index_of, linked, quoted, text_literal
from engine.rules.sheet import Definition, Sheet
from engine.rules.showing import (
    ANSWER,
    MISSING,
    hit_columns,
    missing_sql,
    point_column,
    unless_column,
    used_columns,
    when_column,
)

WORLDS = "case_world"
"""Table of the records' worlds: where each case of a rule keeps its as-of date and its statements of coverage."""

KEPT = f"WHERE {ANSWER} <> 'clear'"


@dataclass(frozen=True)
class Compiled:
    """A rule's SQL for one as-of date: named steps in order, and the select list of `hit` over the last."""

    rule: Rule
    as_of: date | None
    sheet: Sheet
    steps: tuple[tuple[str, str], ...]
    columns: dict[str, str]

    @property
    def hits_sql(self) -> str:
        """One SELECT giving the columns of `hit`; clear rows are left out."""
        columns = ",\n    ".join(f"{sql} AS {name}" for name, sql in self.columns.items())
        return f"{_with(self.steps)}\nSELECT {columns}\nFROM {self.steps[-1][0]}"

    def judged_sql(self, more: dict[str, str] | None = None, span: tuple[int, int] | None = None) -> str:
        """One SELECT giving of every subject (record_id, answer) and the truth of each condition, link and point.

        `more` adds columns: SQL over the computed ones by name; `span`: only subjects with record ids from … to.
        """
        names = [name for name, _ in self.steps]
        steps = self.steps[: names.index("judged") + 1]
        if span is not None:
            name, subject = steps[0]
            steps = ((name, f"{subject}\nWHERE record_id BETWEEN {span[0]} AND {span[1]}"), *steps[1:])
        truths = [f"{sql} AS {quoted(name)}" for name, sql in (self.truths | (more or {})).items()]
        return (f"{_with(steps)}\n"
                f"SELECT record_id, {_answer(self.rule)} AS answer{_list(truths)}\nFROM judged")

    @property
    def truths(self) -> dict[str, str]:
        """SQL over `judged` for the truth of each condition, exclusion, point and of each link that decides."""
        rule = self.rule
        found = {f"when:{c.id}": when_column(c) for c in rule.when}
        found |= {f"unless:{c.id}": unless_column(c) for c in rule.unless}
        found |= {f"point:{p.id}": point_column(p.id) for p in rule.points}
        return found | {f"link:{u.alias}": linked(u.alias) for u in rule.links if u.none != "keep"}

    def told_sql(self, ids: str) -> str:
        """One SELECT giving the columns of `hit` for the subjects in `ids` (a SELECT of record ids), clear or not."""
        steps = [(name, sql.replace(KEPT, f"WHERE record_id IN ({ids})")) for name, sql in self.steps]
        columns = ",\n    ".join(f"{sql} AS {name}" for name, sql in self.columns.items())
        return f"{_with(steps)}\nSELECT {columns}\nFROM {steps[-1][0]}"

    def record_sql(self, more: dict[str, str] | None = None) -> str:
        """One SELECT giving, for the record `$record_id`, every computed column and those of `hit` as `hit:…`.

        `more` adds columns: SQL over the computed ones by name.
        """
        steps = self._record_steps()
        told = {f"hit:{name}": sql for name, sql in self.columns.items()} | (more or {})
        columns = ",\n    ".join(f"{sql} AS {quoted(name)}" for name, sql in told.items())
        return f"{_with(steps)}\nSELECT *,\n    {columns}\nFROM {steps[-1][0]}"

    def nearest_sql(self, group: GroupUse, most: int) -> str:
        """One SELECT giving (natural_key, file, sheet, line, value) of rows in the group of record `$record_id`."""
        steps = self._record_steps()
        end = next(i for i, (name, _) in enumerate(steps) if name == "judged")
        return f"{_with(steps[:end])}\n{nearest_rows(group, Renderer(self.sheet, self.as_of), steps[end - 1][0], most)}"

    def _record_steps(self) -> list[tuple[str, str]]:
        """Return the steps for the one record `$record_id`; groups are still of the whole table."""
        return [(name, f"{sql}\nWHERE record_id = $record_id" if name == "subject" else sql.replace(KEPT, ""))
                for name, sql in self.steps]


def compile_rule(rule: Rule, rules: RuleSet, as_of: date | None) -> Compiled:
    """Return the rule's SQL for one as-of date; None: each record has its own, with its world."""
    rule = rule if as_of else apart(rule)
    sheet = Sheet(rule, rules.facts)
    renderer = Renderer(sheet, as_of)
    steps = [("subject", _source(rule.subject, sheet.columns[""].values(), as_of is None))]
    for use in rule.links:
        steps += _picks(use)
    steps += coverage_steps(rule, sheet)
    for group in (d.group for d in sheet.definitions.values() if d.group is not None):
        steps += group_steps(group, rules.facts, as_of, WORLDS)
    steps.append(("joined", _joined(rule, sheet)))
    for number, level in enumerate(sheet.levels(), start=1):
        steps.append((f"level_{number}", _level(level, renderer, steps[-1][0])))
    steps.append(("judged", _judged(renderer, steps[-1][0])))
    steps.append(("kept", f"SELECT * FROM (SELECT *, {_answer(rule)} AS {ANSWER} FROM judged)\n{KEPT}"))
    for number, level in enumerate(sheet.levels(), start=1):
        steps.append((f"why_{number}", _why(level, Blamer(renderer), steps[-1][0])))
    told = [f"{missing_sql(renderer)} AS {MISSING}", *used_columns(renderer)]
    steps.append(("told", f"SELECT *{_list(told)}\nFROM {steps[-1][0]}"))
    return Compiled(rule, as_of, sheet, tuple(steps), hit_columns(renderer, rules))


def facts_sql(table: str, rules: RuleSet, as_of: date) -> str:
    """Return a SELECT giving a table's columns and its facts."""
    rule = bare_rule(table, tuple(f.name for f in rules.facts.get(table, {}).values()))
    sheet = Sheet(rule, rules.facts)
    renderer = Renderer(sheet, as_of)
    steps = [("subject", f"SELECT * FROM {table}")]
    for number, level in enumerate(sheet.levels(), start=1):
        steps.append((f"level_{number}", _level(level, renderer, steps[-1][0])))
    inner = [f for d in sheet.definitions.values() if d.name.source != "fact" for f in _made(d)]
    exclude = f" EXCLUDE ({', '.join(inner)})" if inner else ""
    return f"{_with(steps)}\nSELECT *{exclude} FROM {steps[-1][0]}"


def fact_values_sql(table: str, names: Sequence[Name], rules: RuleSet) -> str:
    """Return a SELECT giving record_id and these facts of the rows of cases, each by the as-of date of its world."""
    steps = list(compile_rule(bare_rule(table, tuple(names)), rules, None).steps)
    upto = [name for name, _ in steps].index("judged")
    columns = "".join(f", {quoted(name.path)}" for name in names)
    return f"{_with(steps[:upto])}\nSELECT record_id{columns} FROM {steps[upto - 1][0]}"


def _with(steps: Sequence[tuple[str, str]]) -> str:
    return "WITH " + ",\n".join(f"{name} AS (\n{sql}\n)" for name, sql in steps)


def _source(table: str, columns: Iterable[Name], with_world: bool) -> str:
    names = ["record_id", *sorted(quoted(n.column) for n in columns)]
    if with_world:
        return f"SELECT {', '.join(names)}, {WORLD_AS_OF}, {WORLD}\nFROM {table} JOIN {WORLDS} USING (record_id)"
    return f"SELECT {', '.join(names)}\nFROM {table}"


def _picks(use: LinkUse) -> list[tuple[str, str]]:
    """Take for each starting record the surest linked one, then the author's choice, then the lowest id.

    Only keys go through the ordering; the linked record's columns are fetched for those taken (`_joined`).
    """
    start, end = ("from_id", "to_id") if use.forward else ("to_id", "from_id")
    least = f" AND l.confidence >= {use.min_confidence}" if use.min_confidence is not None else ""
    prefer = f"t.{quoted(use.pick[0])} {use.pick[1].upper()} NULLS LAST, " if use.pick else ""
    link, target = text_literal(use.shape.id), quoted(f"{use.alias}.record_id")
    steps = [(f"pick_{use.alias}", f"""SELECT l.{start} AS {_base(use)}, t.record_id AS {target},
    CAST(l.confidence AS DECIMAL(28,6)) AS {_told(use, "confidence")}, l.step AS {_told(use, "step")},
    l.candidates AS {_told(use, "candidates")}
FROM link AS l JOIN {use.table} AS t ON t.record_id = l.{end}
WHERE l.link = {link}{least}
QUALIFY row_number() OVER (PARTITION BY l.{start} ORDER BY l.confidence DESC, {prefer}t.record_id) = 1""")]
    if use.min_confidence is not None:
        weak = f"""SELECT DISTINCT {start} AS {quoted(f"{use.alias}@weak")}
FROM link WHERE link = {link} AND confidence < {use.min_confidence}"""
        steps.append((f"weak_{use.alias}", weak))
    return steps


def _joined(rule: Rule, sheet: Sheet) -> str:
    columns, joins = ["subject.*"], []
    for use in rule.links:
        base = quoted(f"{use.base}.record_id") if use.base else "subject.record_id"
        columns.append(f"pick_{use.alias}.* EXCLUDE ({_base(use)})")
        joins.append(f"LEFT JOIN pick_{use.alias} ON {_base(use)} = {base}")
        record, wanted = quoted(f"{use.alias}@"), sorted(sheet.columns[use.alias].items())
        if wanted:
            columns += [f"{record}.{quoted(name.column)} AS {quoted(name.path)}" for _, name in wanted]
            taken = quoted(f"{use.alias}.record_id")
            joins.append(f"LEFT JOIN {use.table} AS {record} ON {record}.record_id = {taken}")
        is_weak = "FALSE"
        if use.min_confidence is not None:
            weak = quoted(f"{use.alias}@weak")
            joins.append(f"LEFT JOIN weak_{use.alias} ON {weak} = {base}")
            is_weak = f"{weak} IS NOT NULL"
        columns.append(f"{is_weak} AS {_told(use, 'weak')}")
    return f"SELECT {', '.join(columns)}\nFROM subject" + "".join(f"\n{join}" for join in joins)


def _level(level: list[Definition], renderer: Renderer, before: str) -> str:
    items = [item for definition in level for item in renderer.definition(definition)]
    items += [f"{found_sql(d.link, renderer)} AS {quoted(d.name.path)}" for d in level if d.link is not None]
    groups = [d.group for d in level if d.group is not None]
    items += [item for group in groups for item in group_items(group)]
    joins = coverage_joins(level, renderer) + "".join(group_join(group, renderer) for group in groups)
    return f"SELECT {before}.*{_list(items)}\nFROM {before}{joins}"


def _judged(renderer: Renderer, before: str) -> str:
    rule = renderer.sheet.rule
    items = [f"{renderer.sql(c.expr)} AS {when_column(c)}" for c in rule.when]
    for condition in rule.unless:
        sql = renderer.sql(condition.expr)
        if condition.unknown is not None:
            sql = f"CASE WHEN {renderer.sql(condition.unknown)} IS FALSE THEN {sql} END"
        items.append(f"{sql} AS {unless_column(condition)}")
    items += [f"{renderer.sql(p.expr)} AS {point_column(p.id)}" for p in rule.points]
    return f"SELECT *{_list(items)}\nFROM {before}"


def _answer(rule: Rule) -> str:
    """The precedence of the four answers; a link that must be there counts as one more condition."""
    columns = [when_column(c) for c in rule.when]
    false = [f"{c} IS FALSE" for c in columns] + [f"NOT ({linked(u.alias)})" for u in rule.links if u.none == "clear"]
    unknown = [f"{c} IS NULL" for c in columns] + [f"NOT ({linked(u.alias)})" for u in rule.links if u.none == "gap"]
    excluded = " OR ".join(f"{unless_column(c)} IS TRUE" for c in rule.unless) or "FALSE"
    return (f"CASE WHEN {' OR '.join(false)} THEN 'clear' WHEN {excluded} THEN 'excluded' "
            f"WHEN {' OR '.join(unknown)} THEN 'gap' ELSE 'hit' END")


def _why(level: list[Definition], blamer: Blamer, before: str) -> str:
    items = []
    for definition in level:
        blames = ", ".join(dict.fromkeys(b.sql for b in blamer.definition(definition)))
        path = definition.name.path
        why = f"CASE WHEN {quoted(path)} IS NULL THEN flatten(CAST([{blames}] AS VARCHAR[][])) END"
        items.append(f"{why} AS {quoted(via_column(path))}")
    return f"SELECT *{_list(items)}\nFROM {before}"


def _list(items: list[str]) -> str:
    return "".join(f",\n    {item}" for item in items)


def _made(definition: Definition) -> list[str]:
    path = definition.name.path
    return [quoted(path), index_of(path)] if definition.law is not None else [quoted(path)]


def _base(use: LinkUse) -> str:
    return quoted(f"{use.alias}@base")


def _told(use: LinkUse, what: str) -> str:
    return quoted(f"links.{use.alias}.{what}")
