"""Groups as SQL: a table's rows, those that count, one row a group, its peers, and the subject's place in it.

    rows_…     the needed columns of the group's table, and its facts
    members_…  the rows with a known key and period that count (or may count), with the arguments of the measures
    group_…    one row a group: the measures
    peers_…    how the others of its period, or its own past, stand; the group itself left out
    far_…      how much the peers differ among themselves

Everything is computed once a group; subjects only join to it, so that nothing is quadratic in rows. A group's columns
have names as the author writes them (`groups.monthly.cases`), so no two columns ever share one.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from engine.rules.groups import GroupKey, GroupUse, Measure, Peers
from engine.rules.kinds import DECIMAL, SQL_TYPE, TEXT
from engine.rules.model import Fact, Rule, bare_rule
from engine.rules.names import Name
from engine.rules.rendering import WORLD, WORLD_AS_OF, Renderer, quoted
from engine.rules.sheet import Sheet
from engine.rules.tree import Expr

_MIDDLE = "[0.5, 0.5000001]"
"""Ranks just up to and just past the half: the two values a median lies between (one and the same, or next to it)."""

_OTHERS = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW"
_EARLIER = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"

_ROBUST = "0.6745"
"""What makes the median absolute deviation of normal values one standard deviation (Iglewicz and Hoaglin 1993)."""

_PERIOD_TEXT = {
    "day": "strftime({0}, '%Y年%-m月%-d日')", "month": "strftime({0}, '%Y年%-m月')",
    "quarter": "year({0}) || '年第' || quarter({0}) || '季度'", "year": "year({0}) || '年'",
}


def apart(rule: Rule) -> Rule:
    """Return the rule with the world of each record as a further key of its groups, so that worlds never meet."""
    world = Name(WORLD.strip('"'), TEXT, "", "world")
    key = GroupKey(world, Expr("name", (), TEXT, world))
    groups = (replace(use, by=(key, *use.by), peers=use.peers and replace(
        use.peers, among=(world.column, *use.peers.among))) for use in rule.groups)
    return replace(rule, groups=tuple(groups))


def group_steps(
    use: GroupUse, facts: dict[str, dict[str, Fact]], as_of: date | None, worlds: str
) -> list[tuple[str, str]]:
    """Return the steps that compute a group's rows; the last is `step_of(use)`.

    Without an as-of date each record has its own, with its world (`apart`).
    """
    sheet = Sheet(bare_rule(use.table, use.within), facts)
    renderer = Renderer(sheet, as_of)
    columns = "".join(f", {quoted(n.column)}" for _, n in sorted(sheet.columns[""].items()))
    joined = "" if as_of else f" JOIN {worlds} USING (record_id)"
    columns += "" if as_of else f", {WORLD_AS_OF}, {WORLD}"
    steps = [(f"rows_{use.alias}", f"SELECT record_id{columns}\nFROM {use.table}{joined}")]
    for number, level in enumerate(sheet.levels(), start=1):
        items = ", ".join(item for definition in level for item in renderer.definition(definition))
        steps.append((f"rows_{use.alias}_{number}", f"SELECT *, {items}\nFROM {steps[-1][0]}"))
    steps.append((members_of(use), _members(use, renderer, steps[-1][0])))
    steps.append((f"group_{use.alias}", _grouped(use)))
    if use.peers is not None:
        steps += _peers(use, use.peers)
    return steps


def step_of(use: GroupUse) -> str:
    """Return the step with one row a group."""
    return f"group_{use.alias}" if use.peers is None else f"far_{use.alias}"


def members_of(use: GroupUse) -> str:
    """Return the step with the rows of the groups."""
    return f"members_{use.alias}"


def key_names(use: GroupUse) -> list[str]:
    """Return the columns holding what a group's rows agree on, the period last."""
    period = [f"{use.name.path}#period"] if use.period is not None else []
    return [f"{use.name.path}#{number}" for number in range(len(use.by))] + period


def key_columns(use: GroupUse) -> list[str]:
    """Return the same, quoted for SQL."""
    return [quoted(name) for name in key_names(use)]


def placed(use: GroupUse, renderer: Renderer, step: str) -> str:
    """Return the test that a row of a group's step belongs to the group of the subject."""
    values = [renderer.sql(key.at) for key in use.by]
    if use.period is not None:
        values.append(_start(use, renderer.sql(use.period.at)))
    pairs = zip(key_columns(use), values, strict=True)
    return " AND ".join(f"{step}.{column} = {value}" for column, value in pairs)


def group_join(use: GroupUse, renderer: Renderer) -> str:
    """Return the join that brings a subject its group."""
    return f"\nLEFT JOIN {step_of(use)} ON {placed(use, renderer, step_of(use))}"


def group_items(use: GroupUse) -> Iterator[str]:
    """Yield the select items of a group's names, its keys, and whether there is a group."""
    there = f"{quoted(_named(use, 'unknown'))} IS NOT NULL"
    yield f"CASE WHEN {there} THEN TRUE END AS {quoted(use.name.path)}"
    yield from (f"{step_of(use)}.{column}" for column in key_columns(use))
    for name in use.names:
        column = quoted(name.path)
        if name.column == "period" and use.period is not None:
            text = _PERIOD_TEXT[use.period.every].format(key_columns(use)[-1])
            yield f"{text} AS {column}"
        elif name.column == "is_representative":
            yield f"{_representative(use)} = record_id AS {column}"
        else:
            yield f"{step_of(use)}.{column}"


def value_of(use: GroupUse) -> Expr | None:
    """Return what rows of a group are near in: what the compared measure is made of, else the first with a number."""
    first = [use.peers.of] if use.peers is not None else []
    return next((m.expr for m in (*first, *use.measures) if m.expr is not None and m.expr.kind.is_numeric), None)


def nearest_rows(use: GroupUse, renderer: Renderer, step: str, most: int) -> str:
    """Return a query for the other rows of the group of the one subject in `step`, the nearest in value first."""
    value = next((_argument(m) for m in use.measures if m.expr is not None and m.expr == value_of(use)), None)
    order, other = "", ""
    if use.is_own:
        other = f"AND m.record_id <> (SELECT record_id FROM {step}) "
        own = f"(SELECT o.{value} FROM {members_of(use)} AS o SEMI JOIN {step} USING (record_id))"
        order = f"abs(m.{value} - {own}) NULLS LAST, " if value else ""
    return f"""SELECT t.natural_key, t.file, t.sheet, t.line, {f"m.{value}" if value else "NULL"}
FROM {step} AS s JOIN {members_of(use)} AS m ON {placed(use, renderer, "m")}
JOIN {use.table} AS t ON t.record_id = m.record_id
WHERE m."#counts" {other}ORDER BY {order}t.natural_key, t.record_id LIMIT {most}"""


def _members(use: GroupUse, renderer: Renderer, before: str) -> str:
    keys = [renderer.name(key.name) for key in use.by]
    order = "NULL"
    if use.period is not None:
        order = renderer.name(use.period.name)
        keys.append(_start(use, order))
    counts = renderer.sql(use.counts) if use.counts is not None else "TRUE"
    items = [f"{sql} AS {column}" for column, sql in zip(key_columns(use), keys, strict=True)]
    items += [f'{counts} AS "#counts"', f'{order} AS "#on"']
    items += [f"{renderer.sql(m.expr)} AS {_argument(m)}" for m in use.measures if m.expr is not None]
    known = " AND ".join(f"{column} IS NOT NULL" for column in key_columns(use))
    return f"""SELECT * FROM (
    SELECT record_id, {", ".join(items)}
    FROM {before})
WHERE {known} AND coalesce("#counts", TRUE)"""


def _grouped(use: GroupUse) -> str:
    """Group the rows; those that only may count are told in `unknown` and count nowhere else."""
    items = [_aggregate(m, use) for m in use.measures]
    lacking = [f"{_argument(m)} IS NULL" for m in use.measures if m.expr is not None]
    doubtful = " OR ".join([*lacking, *(['"#counts" IS NULL'] if use.counts is not None else [])])
    items.append(f"{f'count_if({doubtful})' if doubtful else '0'} AS {quoted(_named(use, 'unknown'))}")
    if use.is_own:
        items.append(f"{_first(use)} AS {_representative(use)}")
    having = '\nHAVING bool_or("#counts")' if use.counts is not None else ""
    spread = [m for m in use.measures if m.aggregate == "mad"]
    keys = ", ".join(key_columns(use))
    grouped = f"SELECT {keys}, {', '.join(items)}\nFROM {members_of(use)}\nGROUP BY {keys}{having}"
    if not spread:
        return grouped
    far = ", ".join(f"{_deviation(m)} AS {quoted(m.name.path)}" for m in spread)
    inner = ", ".join(column for m in spread for column in (_values(m), _centre(m)))
    return f"SELECT * EXCLUDE ({inner}), {far}\nFROM ({grouped})"


def _aggregate(measure: Measure, use: GroupUse) -> str:
    """Return the select item of a measure; of a deviation the values and their median, for `_deviation` to finish."""
    counted = ' FILTER (WHERE "#counts")' if use.counts is not None else ""
    value, column = _argument(measure), quoted(measure.name.path)
    if measure.aggregate == "mad":
        known = f"{value} IS NOT NULL" + (' AND "#counts"' if use.counts is not None else "")
        middle = _halved(f"quantile_disc({value}, {_MIDDLE}){counted}")
        return f"list({value}) FILTER (WHERE {known}) AS {_values(measure)}, {middle} AS {_centre(measure)}"
    calls = {
        "count": f"count(*){counted}", "count_distinct": f"count(DISTINCT {value}){counted}",
        "sum": f"TRY_CAST(sum({value}){counted} AS {SQL_TYPE[measure.name.kind.name]})",
        "min": f"min({value}){counted}", "max": f"max({value}){counted}",
        "median": _halved(f"quantile_disc({value}, {_MIDDLE}){counted}"),
        "share": f"CAST(avg(CAST({value} AS INTEGER)){counted} AS {DECIMAL})",
    }
    return f"{calls[measure.aggregate]} AS {column}"


def _halved(two: str) -> str:
    """Return SQL for the mean of the two values in a list, exact in decimals."""
    return f"CAST(TRY_CAST(list_sum({two}) AS {DECIMAL}) * 0.5 AS {DECIMAL})"


def _deviation(measure: Measure) -> str:
    distances = f"list_transform({_values(measure)}, lambda v: abs(v - {_centre(measure)}))"
    return _halved(f"list_aggregate({distances}, 'quantile_disc', {_MIDDLE})")


def _first(use: GroupUse) -> str:
    """Return SQL for the row that stands for the group: the first by date, of one day the one with the lowest id.

    Not the last: a clue is about its record for life, and while a month goes on every night brings a new last one.
    """
    counted = ' FILTER (WHERE "#counts")' if use.counts is not None else ""
    if use.period is None:
        return f"min(record_id){counted}"
    days = "CAST(date_diff('day', DATE '0001-01-01', \"#on\") AS HUGEINT)"
    return f"arg_min(record_id, {days} * 18446744073709551616 + record_id){counted}"


def _peers(use: GroupUse, peers: Peers) -> list[tuple[str, str]]:
    """Return the steps that compare each group with the others, without itself.

    The others' median is one of few values in a cell, so distances are taken from each of these once.
    """
    value = f"CAST({quoted(peers.of.name.path)} AS {DECIMAL})"
    *keys, period = key_columns(use) if use.period is not None else [*key_columns(use), ""]
    among = [column for key, column in zip(use.by, keys, strict=True) if key.name.column in peers.among]
    cell = [*among, period] if period else among
    if peers.against == "past":
        window = f"OVER (PARTITION BY {', '.join(keys)} ORDER BY {period} {_EARLIER})"
        median, count = f"quantile_disc({value}, {_MIDDLE}) {window}", f"count({value}) {window}"
        distant = f'SELECT *, CAST(mad(CAST({value} AS DOUBLE)) {window} AS {DECIMAL}) AS "#mad" FROM peers_{use.alias}'
    else:
        everyone = _window(cell)
        median = (f"CASE WHEN {value} IS NULL THEN quantile_disc({value}, {_MIDDLE}) {everyone} "
                  f"ELSE {_of_others(value, value, cell)} END")
        count = f"count({value}) {everyone} - CASE WHEN {value} IS NULL THEN 0 ELSE 1 END"
        distant = _distant(use, value, cell)
    compared = f"""SELECT *, {_halved(median)} AS "#median", {count} AS {quoted(_named(use, "peers"))}
FROM group_{use.alias}"""
    return [(f"peers_{use.alias}", compared), (f"far_{use.alias}", _judged(use, peers, value, distant))]


def _distant(use: GroupUse, value: str, cell: list[str]) -> str:
    """Return a query adding how far the others are from their median, from each median that occurs in the cell once."""
    centres = f"(SELECT DISTINCT {', '.join([*cell, ''])}\"#median\" AS \"#centre\" FROM peers_{use.alias})"
    join = f"JOIN {centres} USING ({', '.join(cell)})" if cell else f"CROSS JOIN {centres}"
    distances = _of_others(f'abs({value} - "#centre")', value, [*cell, '"#centre"'])
    return f"""SELECT *, {_halved(distances)} AS "#mad"
FROM peers_{use.alias} {join}
QUALIFY "#median" IS NOT DISTINCT FROM "#centre\""""


def _of_others(what: str, value: str, cell: list[str]) -> str:
    """Return SQL for the two middle values of all others with a known value; of no meaning where the own is unknown.

    Unknown values are kept out by the partition: with them in the frame the database sorts it anew for every row.
    """
    return f"quantile_disc(coalesce({what}, 0), {_MIDDLE}) {_window([*cell, f'{value} IS NULL'], _OTHERS)}"


def _judged(use: GroupUse, peers: Peers, value: str, distant: str) -> str:
    """Where the others hardly differ (their deviation is nought), only being like them can be told."""
    enough = f"{quoted(_named(use, 'peers'))} >= {peers.at_least}"
    score = f'{_ROBUST} * CAST({value} - "#median" AS DOUBLE) / CAST(nullif("#mad", 0) AS DOUBLE)'
    scored = f'CASE WHEN {value} = "#median" THEN 0 ELSE TRY_CAST({score} AS {DECIMAL}) END'
    return f"""SELECT *, CASE WHEN {enough} THEN "#median" END AS {quoted(_named(use, "peer_median"))},
    CASE WHEN {enough} THEN {scored} END AS {quoted(_named(use, "peer_z"))}
FROM ({distant})"""


def _window(by: list[str], rows: str = "") -> str:
    within = f"PARTITION BY {', '.join(by)}" if by else ""
    return f"OVER ({within} {rows})"


def _start(use: GroupUse, day: str) -> str:
    """Return SQL for the first day of the period a day lies in."""
    assert use.period is not None
    return day if use.period.every == "day" else f"CAST(date_trunc('{use.period.every}', {day}) AS DATE)"


def _named(use: GroupUse, word: str) -> str:
    return f"{use.name.path}.{word}"


def _argument(measure: Measure) -> str:
    return quoted(f"{measure.name.column}#value")


def _values(measure: Measure) -> str:
    return quoted(f"{measure.name.column}#values")


def _centre(measure: Measure) -> str:
    return quoted(f"{measure.name.column}#centre")


def _representative(use: GroupUse) -> str:
    return quoted(f"{use.name.path}#representative")
