"""PE-03 and PE-08: decisions served too late, fines on the spot above their limit."""

import polars as pl

from engine.sample.planting import Plant, Step
from engine.sample.scenarios.steps import NO_DATE, NO_TEXT, col, on, plus, word, workdays
from engine.sample.violations import number
from engine.sample.world import FIELD_PLACE

LATE_SERVICE = "administrative_violation.late_service"
SUMMARY_FINE = "administrative_violation.summary_fine_over_limit"
POLICE = (FIELD_PLACE["公安"],)
PERSON, COMPANY = (2,), (0,)
MARKET, PRICES = (FIELD_PLACE["市场监管"],), number("未明码标价")
OF_PRICES: dict[str, object] = {"kinds": COMPANY, "fields": MARKET, "violation": PRICES}
OVER_LATE_2025 = (col("day") > on(2025, 7, 1)) & (col("day") < on(2025, 12, 20))
IN_2026 = (col("day") > on(2026, 1, 10)) & (col("day") < on(2026, 9, 1))


def _served(expected: str, text: str, *steps: Step) -> Plant:
    return Plant(LATE_SERVICE, expected, text, link="none", life="prompt", penalty=steps)


def _fined(expected: str, text: str, fen: int, *steps: Step, **rest: object) -> Plant:
    paid: Step = {"fine": pl.lit(fen, pl.Int64), "paid": pl.lit(fen, pl.Int64), "confiscated": pl.lit(None, pl.Int64)}
    return Plant(SUMMARY_FINE, expected, text, link="none", life="summary",
                 penalty=(paid, *steps), **rest)  # type: ignore[arg-type]


EIGHTH: Step = {"served_on": workdays("decided_on", 8)}

PLANTS: tuple[Plant, ...] = (
    _served("hit", "第八个工作日送达", EIGHTH),
    _served("hit", "两个月后才送达", {"served_on": plus("decided_on", 62)}),
    _served("hit", "超期送达，送达方式未记载", EIGHTH, {"service_mode": NO_TEXT}),
    _served("clear", "第七个工作日送达", {"served_on": workdays("decided_on", 7)}),
    _served("excluded", "公告送达，公告期满日为送达日", {"served_on": plus("decided_on", 45)},
            {"service_mode": word("announcement")}),
    _served("excluded", "送达以前已撤销", EIGHTH, {"revoked_on": plus("decided_on", 5)}),
    _served("gap", "送达日未记载", {"served_on": NO_DATE}),
    _fined("hit", "当场罚公民二百零一元", 20_100, kinds=PERSON),
    _fined("hit", "当场罚公司三千零一元", 300_100, **OF_PRICES),
    _fined("hit", "公安机关当场罚五百元，2026年以前", 50_000, kinds=PERSON, fields=POLICE, starts=OVER_LATE_2025),
    _fined("clear", "当场罚公民二百元", 20_000, kinds=PERSON),
    _fined("clear", "当场罚公司三千元", 300_000, **OF_PRICES),
    _fined("clear", "公安机关当场罚五百元，2026年起", 50_000, kinds=PERSON, fields=POLICE, starts=IN_2026),
    _fined("clear", "普通程序罚五千元", 500_000, {"procedure": word("ordinary")}, kinds=PERSON),
    _fined("excluded", "当场罚五千元，决定已撤销", 500_000, {"revoked_on": plus("served_on", 20)}, kinds=PERSON),
    _fined("gap", "程序未记载，罚五千元", 500_000, {"procedure": NO_TEXT}, kinds=PERSON),
)
"""All cases of the two rules."""
