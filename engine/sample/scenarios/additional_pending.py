"""PE-09: the additional fine asked for counts days of a reconsideration or of a suit."""

import polars as pl

from engine.sample.planting import Plant, Step
from engine.sample.scenarios.steps import DEMANDED_BEFORE, GRANTED, NO_DATE, UNDELIVERED, col, open_day, plus, word

RULE = "administrative_violation.additional_fine_while_pending"

RECONSIDERED: tuple[Step, ...] = (
    {"relief": word("reconsideration"), "reconsidered_on": plus("served_on", 6)},
    {"reconsideration_decided_on": plus("reconsidered_on", 55)},
    {"reconsideration_served_on": open_day("reconsideration_decided_on")},
)
"""Reconsideration is asked for before the fine is due; the decision is upheld and served at once."""

SUED: tuple[Step, ...] = (
    {"relief": word("litigation"), "sued_on": plus("served_on", 7)}, {"judgment_effective_on": plus("sued_on", 170)},
)
"""The counterpart sues before the fine is due and loses."""


def _applied(after: str, days: int) -> tuple[Step, ...]:
    return {"r_applied_on": open_day(plus(after, days))}, DEMANDED_BEFORE


def _asked(share: float) -> Step:
    sum_asked = (col("fine") * share).cast(pl.Int64)
    return {"r_additional": sum_asked, "additional_fine": sum_asked, "r_sought": col("fine") + sum_asked}


SOON = _applied("reconsideration_served_on", 17)
AFTER_SUIT = _applied("judgment_effective_on", 12)
UNCERTAIN = {"reconsideration_decided_on": NO_DATE, "reconsideration_served_on": NO_DATE}
MISDATED = {"relief": word("both"), "sued_on": plus("served_on", 70), "judgment_effective_on": plus("served_on", 69)}
WITHDRAWN = {**GRANTED, "r_ruling": word("withdrawn"), "r_reason": word("被执行人已自动履行，申请人撤回申请"),
             "paid": col("fine"), "paid_on": col("r_accepted_on")}


def _case(expected: str, text: str, penalty: tuple[Step, ...], application: tuple[Step, ...], *review: Step,
          **rest: object) -> Plant:
    return Plant(RULE, expected, text, "court_review", penalty=penalty, application=application,
                 review=review or (GRANTED, _asked(1)), **rest)  # type: ignore[arg-type]


PLANTS: tuple[Plant, ...] = (
    _case("hit", "复议五十余日不应计算，仍按满额申请加处罚款", RECONSIDERED, SOON),
    _case("hit", "复议期间照计，申请九成加处罚款", RECONSIDERED, SOON, GRANTED, _asked(0.9)),
    _case("hit", "诉讼近半年不应计算，仍按满额申请加处罚款", SUED, AFTER_SUIT),
    _case("hit", "复议期间照计，法院案卡未登记处罚文号", RECONSIDERED, (*SOON, {"r_document": word("missing")}),
          link="fuzzy"),
    _case("clear", "扣除复议期间，申请三成加处罚款", RECONSIDERED, SOON, GRANTED, _asked(0.3)),
    _case("clear", "复议决定五十日以后申请，已可计满", RECONSIDERED, _applied("reconsideration_served_on", 50)),
    _case("clear", "没有复议诉讼，满额申请", (), ()),
    _case("excluded", "多计复议期间，当事人缴清罚款后撤回申请", RECONSIDERED, SOON, WITHDRAWN, _asked(1)),
    _case("excluded", "登记的裁判生效日早于起诉日", (*RECONSIDERED, MISDATED), SOON),
    _case("gap", "已申请复议，结果未登记", (*RECONSIDERED, UNCERTAIN), 
          _applied("served_on", 190)),
    _case("gap", "处罚决定不在任何台账中", (*RECONSIDERED, UNDELIVERED), SOON, link="none"),
)
"""All cases of this rule."""
