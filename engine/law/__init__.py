"""Law as data: statutory periods, sums and shares by date, look-up tables, the working-day calendar, counting of days.

`read_law(folder)` gives the parameters of `rules/law/*.yaml`, the tables of `rules/law/tables/*.csv` and the calendar.
A period is counted twice, in Python for explanations (`period_end`, `explain_period`) and in SQL for millions of rows
(`sql_period_end` …); tests demand that both agree. The rules of counting:
- the first day is not counted (民事诉讼法八十五条、行政诉讼法解释四十八条、民法典二百零一条);
- months and years end on the corresponding day, else on the month's last day (民法典二百零二条);
- where the parameter says so, a last day that is a rest day rolls to the next working day (民法典二百零三条);
- working days are as the yearly notice of the State Council has them, make-up working days included.
"""

from engine.law.calendar import FIRST_ON, Calendar, read_calendar
from engine.law.parameters import COUNTINGS, UNITS, Law, Parameter, Value, read_law
from engine.law.periods import Counted, explain_between, explain_period, period_end, workdays_between, workdays_end
from engine.law.sql import (
    sql_choice,
    sql_is_workday,
    sql_parameter_end,
    sql_period_end,
    sql_rolled,
    sql_workdays_between,
    sql_workdays_end,
)
from engine.law.tables import SHAPES, LookupTable, read_tables

__all__ = (
    "COUNTINGS",
    "FIRST_ON",
    "SHAPES",
    "UNITS",
    "Calendar",
    "Counted",
    "Law",
    "LookupTable",
    "Parameter",
    "Value",
    "explain_between",
    "explain_period",
    "period_end",
    "read_calendar",
    "read_law",
    "read_tables",
    "sql_choice",
    "sql_is_workday",
    "sql_parameter_end",
    "sql_period_end",
    "sql_rolled",
    "sql_workdays_between",
    "sql_workdays_end",
    "workdays_between",
    "workdays_end",
)
