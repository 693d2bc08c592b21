"""The same counting as `engine.law.periods`, as scalar DuckDB expressions over whole tables.

Days are numbered from the calendar's first and looked up in the lists that `Calendar.install` puts into the session, so
an expression stays scalar and can be nested in any other (10 million rows: 0.2 to 0.4 s). Arguments are SQL text that
already passed the rules' whitelist; each stands in the answer once (twice: a length that is no number literal, and the
day of `sql_is_workday`), so nested expressions hardly grow.
NULL in gives NULL out; so does a day outside the calendar: before it `greatest(0, …)` leads to the blank number 0,
after it to nothing. `greatest` skips NULL, so an unknown day leads to the blank as well.
"""

from collections.abc import Callable

from engine.law.calendar import FIRST_ON
from engine.law.parameters import Parameter, Value
from engine.law.periods import MOST_DAYS

_ORIGIN = f"DATE '{FIRST_ON.isoformat()}'"


def sql_period_end(start: str, length: str, unit: str, roll: bool = True) -> str:
    """Return SQL for the last day of a period; `start` is a date, `length` a whole number. A DATE or NULL."""
    if unit == "workday":
        return sql_workdays_end(start, length)
    number = _bounded(length)
    raw = {
        "day": f"({start}) + {number}",
        "month": f"CAST(({start}) + to_months({number}) AS DATE)",
        "year": f"CAST(({start}) + to_months(12 * {number}) AS DATE)",
    }[unit]
    return sql_rolled(raw) if roll else f"({raw})"


def sql_rolled(day: str) -> str:
    """Return SQL for the day itself where it is a working day, else the next one."""
    return f"({_ORIGIN} + {_number('law_rolls', _place(day))})"


def sql_workdays_end(start: str, number: str) -> str:
    """Return SQL for the n-th working day after `start`, n ≥ 1."""
    place = f"{sql_workday_index(start)} + {_bounded(number, least=1)}"
    return f"({_ORIGIN} + {_number('law_workdays', place)})"


def sql_workdays_between(earlier: str, later: str) -> str:
    """Return SQL for the number of working days after `earlier` up to and including `later`."""
    return f"({sql_workday_index(later)} - {sql_workday_index(earlier)})"


def sql_workday_index(day: str) -> str:
    """Return SQL for the number of working days from the calendar's start to the day."""
    return _number("law_index", _place(day))


def sql_is_workday(day: str) -> str:
    """Return SQL for whether people work that day."""
    return f"({sql_rolled(day)} = ({day}))"


def sql_choice(parameter: Parameter, on: str, render: Callable[[Value], str]) -> str:
    """Return SQL choosing by the date `on` what `render` writes for the value valid then; NULL where none is."""
    whens = [f"WHEN ({on}) >= DATE '{day.isoformat()}' THEN {render(value) if value else 'NULL'}"
             for day, value in reversed(parameter.switches)]
    return f"CASE {' '.join(whens)} END"


def sql_parameter_end(parameter: Parameter, on: str, start: str, *, roll: bool = True) -> str:
    """Return SQL for the last day of the period that is valid on the date `on` and begins after `start`.

    `roll` False leaves a last day as it falls even where the parameter rolls it: never later than the true end and not
    in need of holidays not announced yet, so a lower bound for what has surely not expired.
    """
    return sql_choice(
        parameter, on, lambda v: sql_period_end(start, str(v.length), v.unit, roll and v.counting == "roll"))


def _place(day: str) -> str:
    return f"greatest(0, date_diff('day', {_ORIGIN}, {day}) + 1)"


def _number(variable: str, place: str) -> str:
    """Return SQL for the number at a place of a list, NULL where there is none."""
    return f"TRY_CAST(substr(getvariable('{variable}'), 5 * ({place}) + 1, 5) AS INTEGER)"


def _bounded(number: str, least: int = 0) -> str:
    """Return the number as INTEGER, NULL where no period can have it, so that no date overflows."""
    if number.isdecimal():
        return number if least <= int(number) <= MOST_DAYS else "CAST(NULL AS INTEGER)"
    return f"CAST(CASE WHEN ({number}) BETWEEN {least} AND {MOST_DAYS} THEN ({number}) END AS INTEGER)"
