"""When a missing link may be read as *there is no such record*: the table is declared complete for place and time.

Statements of one place that touch or overlap are one span; a place is a division code without its trailing zeros
(411100 speaks for all of 4111…), the empty place for everywhere. A statement without both ends proves nothing.
"""

from collections.abc import Iterable

from engine.records import BY_NAME
from engine.rules.model import LinkUse, Rule
from engine.rules.rendering import WORLD, Renderer, linked, quoted, text_literal
from engine.rules.sheet import Definition, Sheet

_DIGITS = (0, 2, 4, 6)


def coverage_steps(rule: Rule, sheet: Sheet) -> list[tuple[str, str]]:
    """Return the steps listing the covered spans of each table whose absence the rule asks for."""
    tables = sorted({use.coverage.table for use in rule.links if use.coverage and _asked(use, sheet)})
    return [(_step(table), _spans(table)) for table in tables]


def coverage_joins(definitions: Iterable[Definition], renderer: Renderer) -> str:
    """Return the joins that bring the covered spans to each subject's place."""
    joins = []
    for definition in definitions:
        use = definition.link
        if use is None or use.coverage is None:
            continue
        step, division = _step(use.coverage.table), use.coverage.division
        place = renderer.sql(division) if division is not None else "NULL"
        world = "" if renderer.as_of else f"{WORLD} || "
        for digits in _DIGITS:
            prefix = f"left({place}, {digits})" if digits else "''"
            joins.append(f'LEFT JOIN {step} AS {_at(use, digits)} ON {_at(use, digits)}."#place" = {world}{prefix}')
    return "".join(f"\n{join}" for join in joins)


def found_sql(use: LinkUse, renderer: Renderer) -> str:
    """Return SQL: TRUE where linked, FALSE where there is provably no record, else NULL."""
    if use.coverage is None:
        return f"CASE WHEN {linked(use.alias)} THEN TRUE END"
    spans = ", ".join(f'{_at(use, n)}."#spans"' for n in _DIGITS)
    from_on, until_on = renderer.sql(use.coverage.from_on), renderer.sql(use.coverage.until_on)
    covering = f"list_filter(flatten([{spans}]), lambda s: s.a <= {from_on} AND s.b >= {until_on})"
    return f"CASE WHEN {linked(use.alias)} THEN TRUE WHEN len({covering}) > 0 THEN FALSE END"


def _asked(use: LinkUse, sheet: Sheet) -> bool:
    return f"links.{use.alias}.found" in sheet.definitions


def _at(use: LinkUse, digits: int) -> str:
    return quoted(f"{use.alias}@{digits}")


def _step(table: str) -> str:
    return f"covered_{table}"


def _spans(table: str) -> str:
    names = f"{text_literal(table)}, {text_literal(BY_NAME[table].label)}"
    order = "PARTITION BY place ORDER BY covers_from, covers_until ROWS BETWEEN UNBOUNDED PRECEDING AND"
    return f"""SELECT place AS "#place", list({{'a': a, 'b': b}}) AS "#spans" FROM (
    SELECT place, min(covers_from) AS a, max(covers_until) AS b FROM (
        SELECT *, sum(CASE WHEN is_new THEN 1 ELSE 0 END) OVER ({order} CURRENT ROW) AS span FROM (
            SELECT *, coalesce(covers_from - 1 > max(covers_until) OVER ({order} 1 PRECEDING), FALSE) AS is_new FROM (
                SELECT regexp_replace(coalesce(division, ''), '(00)+$', '') AS place, covers_from, covers_until
                FROM coverage
                WHERE exhaustive AND covers_from <= covers_until AND table_name IN ({names}))))
    GROUP BY place, span)
GROUP BY place"""
