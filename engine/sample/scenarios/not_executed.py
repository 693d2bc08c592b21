"""RC-06: detention, revocation and fines that the organ enforces itself, not carried out after their time."""

import polars as pl

from engine.sample.planting import Plant, Step
from engine.sample.scenarios.steps import NO_DATE, col, on, plus, word
from engine.sample.world import FIELD_PLACE

RULE = "referral.not_executed"
POLICE, TRANSPORT = (FIELD_PLACE["公安"],), (FIELD_PLACE["交通运输"],)
PAID = "罚款已缴清，"
LATELY = (col("age") > 30) & (col("age") < 60)


def _said(status: str) -> Step:
    return {"status": word(status)}


def _held(expected: str, text: str, *steps: Step, **rest: object) -> Plant:
    """The police fine a person, who pays, and order ten days of detention that nobody carried out."""
    ordered: Step = {"detention_days": pl.lit(10), "detention_executed_on": NO_DATE, **_said(PAID + "拘留未执行")}
    return Plant(RULE, expected, text, link="none", life="prompt", fields=POLICE, kinds=(2,),
                 penalty=(ordered, *steps), **rest)  # type: ignore[arg-type]


def _licence(expected: str, text: str, status: str, *steps: Step) -> Plant:
    taken: Step = {"revocation": word("道路运输经营许可证"), **_said(PAID + status)}
    return Plant(RULE, expected, text, link="none", life="prompt", fields=TRANSPORT, penalty=(taken, *steps))


PLANTS: tuple[Plant, ...] = (
    _held("hit", "行政拘留十日未执行，罚款已缴清"),
    _held("hit", "履行期限前一日届满，拘留未执行", {"pay_due_on": on(2026, 10, 30)}, starts=LATELY),
    _held("hit", "先行羁押折抵拘留，而罚款也未缴", _said("拘留未执行，已折抵；罚款未履行"),
          {"paid": pl.lit(0, pl.Int64), "paid_on": NO_DATE}),
    _licence("hit", "吊销道路运输经营许可证，至今未收缴", "证照未收缴"),
    _held("clear", "送达当日送拘留所执行", {"detention_executed_on": col("served_on"), **_said(PAID + "拘留已执行")}),
    _held("clear", "履行期限为统计日，拘留未执行", {"pay_due_on": on(2026, 10, 31)}, starts=LATELY),
    _licence("clear", "吊销道路运输经营许可证，已收缴", "证照已收缴", {"revocation_executed_on": plus("served_on", 9)}),
    _held("excluded", "申请复议，决定暂缓执行行政拘留", _said(PAID + "拘留未执行，已决定暂缓执行")),
    _held("excluded", "先行羁押已折抵行政拘留，写在备注", {"remark": word("先行羁押十二日，折抵行政拘留")}),
    _held("excluded", "怀孕，依法不执行行政拘留", _said(PAID + "拘留未执行，依法不执行")),
    _held("excluded", "处罚决定已撤销", {"revoked_on": plus("served_on", 40)}),
    _held("gap", "拘留执行情况未记载", _said("罚款已缴清")),
)
"""All cases of this rule."""
