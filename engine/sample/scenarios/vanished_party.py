"""NL-15, PE-10: companies struck off and persons who died, and what the organ or the court did afterwards."""

import polars as pl

from engine.sample.planting import Plant, Step
from engine.sample.scenarios.steps import (
    GRANTED,
    NO_DATE,
    NO_SUM,
    NO_TEXT,
    REFUSED,
    col,
    plus,
    word,
)
from engine.sample.scenarios.termination import ENDED
from engine.sample.world import FIELD_PLACE

PENALISED = "administrative_violation.penalty_after_deregistration"
PURSUED = "non_litigation.deregistered_debtor"
ENFORCED = "enforcement.deregistered_debtor"
COMPANY, SHOP, PERSON = (0,), (1,), (2,)
POLICE = (FIELD_PLACE["公安"],)


def ago(start: str, days: int) -> pl.Expr:
    """Return the day so many days earlier."""
    return col(start).dt.offset_by(f"-{days}d")


DISSOLVED: Step = {"cancel_reason": word("决议解散，简易注销")}
BEFORE_FILING: Step = {"cancelled_on": ago("filed_on", 60), **DISSOLVED}
BEFORE_DECISION: Step = {"cancelled_on": ago("decided_on", 1), **DISSOLVED}
BEFORE_DEMAND: Step = {"cancelled_on": ago("demand_served_on", 20), **DISSOLVED}
BEFORE_APPLICATION: Step = {"cancelled_on": ago("r_applied_on", 1), **DISSOLVED}
IN_EXECUTION: Step = {"cancelled_on": plus("e_filed_on", 40), **DISSOLVED}
NO_MORE: Step = {**REFUSED, "r_reason": word("被执行人主体资格已经消灭")}
TOTAL = col("fine") + col("confiscated").fill_null(0)
SHAREHOLDER = (col("party") // 3 + (1 << 30)) * 3 + 2
NAMESAKE: Step = {"d_party": col("party") + 3 * (1 << 30)}
"""Someone of the same name died, under another number."""


def _fined(expected: str, text: str, *steps: Step, kinds: tuple[int, ...] = COMPANY, **rest: object) -> Plant:
    rest.setdefault("life", "prompt")
    return Plant(PENALISED, expected, text, penalty=steps, kinds=kinds, **rest)  # type: ignore[arg-type]


JUST_FILED = (col("left") > -60) & (col("left") < -20)
DONE: Step = {"e_mode": word("completed"), "e_recovered": col("e_sought"), "e_restricted_on": NO_DATE, "paid": TOTAL,
              "paid_on": col("e_closed_on"), "e_closed_on": plus("e_filed_on", 60)}
OPEN: Step = {"e_closed_on": NO_DATE, "e_mode": NO_TEXT, "e_recovered": NO_SUM}


def _enforced(expected: str, text: str, *steps: Step, kinds: tuple[int, ...] = COMPANY, **rest: object) -> Plant:
    """A case ended for now; the steps say when the debtor ceased to be."""
    rest.setdefault("starts", col("left") < -300)
    return Plant(ENFORCED, expected, text, "enforcement", review=(GRANTED,), enforcement=(*ENDED, *steps),
                 kinds=kinds, **rest)  # type: ignore[arg-type]


def _pursued(expected: str, text: str, *steps: Step, kinds: tuple[int, ...] = COMPANY, **rest: object) -> Plant:
    """An application to the court, refused; the steps say when the party ceased to be."""
    rest.setdefault("review", (NO_MORE,))
    return Plant(PURSUED, expected, text, application=steps, kinds=kinds, **rest)  # type: ignore[arg-type]


PLANTS: tuple[Plant, ...] = (
    _fined("hit", "立案前六十日公司已注销", BEFORE_FILING),
    _fined("hit", "立案后、决定前公司注销", {"cancelled_on": plus("notice_on", 1), **DISSOLVED}),
    _fined("hit", "决定前一日公司注销", BEFORE_DECISION),
    _fined("hit", "立案前已注销，注销原因未登记", {"cancelled_on": ago("filed_on", 90)}),
    _fined("hit", "立案前已死亡", {"died_on": ago("filed_on", 30)}, kinds=PERSON),
    _fined("hit", "立案后、决定前死亡", {"died_on": ago("decided_on", 3)}, kinds=PERSON),
    _fined("hit", "公司已注销，处罚记录没有信用代码", {**BEFORE_FILING, "p_number": word("missing")}, link="fuzzy"),
    _fined("hit", "当事人已死亡，处罚记录证件号掩码", {"died_on": ago("filed_on", 30), "p_number": word("masked")},
           kinds=PERSON, link="fuzzy"),
    _fined("clear", "决定当日公司注销", {"cancelled_on": col("decided_on"), **DISSOLVED}),
    _fined("clear", "决定一个月后公司注销", {"cancelled_on": plus("decided_on", 30), **DISSOLVED}),
    _fined("clear", "决定前已吊销而未注销", {"register_status": word("吊销，未注销")}),
    _fined("clear", "决定以前迁往外地，登记机关记了注销日",
           {**BEFORE_FILING, "register_status": word("迁出"), "cancel_reason": word("迁往外省")}),
    _fined("clear", "决定当日死亡", {"died_on": col("decided_on")}, kinds=PERSON),
    _fined("clear", "同名的另一人死亡，证件号不同", {"died_on": ago("filed_on", 30), **NAMESAKE}, kinds=PERSON),
    _fined("clear", "同名的另一人死亡，处罚记录证件号掩码",
           {"died_on": ago("filed_on", 30), "p_number": word("masked"), **NAMESAKE}, kinds=PERSON, link="fuzzy"),
    _fined("excluded", "个体工商户注销，经营者仍承担责任", BEFORE_FILING, kinds=SHOP),
    _fined("excluded", "分公司注销，总公司承担责任", {**BEFORE_FILING, "suffix": word("东城分公司")}),
    _fined("excluded", "因吸收合并注销", {**BEFORE_FILING, "cancel_reason": word("吸收合并")}),
    _fined("excluded", "公司注销后被处罚，决定已撤销", {**BEFORE_FILING, "revoked_on": plus("served_on", 20)}),
    _fined("gap", "登记状态为注销，注销日未记载", {"register_status": word("注销")}),
    _fined("gap", "当事人类型、证件号都未记载", {"p_number": word("missing")}, kinds=PERSON, fields=POLICE,
           link="none"),
    _pursued("hit", "催告以前公司已注销，仍催告并申请", BEFORE_DEMAND),
    _pursued("hit", "催告后、申请前一日公司注销", BEFORE_APPLICATION),
    _pursued("hit", "处罚决定当日公司注销，仍催告并申请", {"cancelled_on": col("decided_on"), **DISSOLVED}),
    _pursued("hit", "公司注销后只催告，没有申请", {"demand_served_on": plus("served_on", 200)}, BEFORE_DEMAND,
             life="unpaid", starts=col("left") < -100, review=()),
    _pursued("hit", "催告以前当事人已死亡，仍催告并申请", {"died_on": ago("demand_served_on", 40)}, kinds=PERSON),
    _pursued("hit", "公司已注销仍申请，处罚记录没有信用代码", BEFORE_DEMAND, link="fuzzy",
             penalty=[{"p_number": word("missing")}]),
    _pursued("clear", "申请当日公司注销", {"cancelled_on": col("r_applied_on"), **DISSOLVED}),
    _pursued("clear", "申请一个月后公司注销", {"cancelled_on": plus("r_applied_on", 30), **DISSOLVED}),
    _pursued("clear", "公司注销后没有催告，也没有申请", life="unpaid", starts=col("left") < -100, review=(),
             penalty=[{"cancelled_on": plus("served_on", 90), **DISSOLVED}]),
    _pursued("clear", "同名的另一人死亡", {"died_on": ago("demand_served_on", 40), **NAMESAKE}, kinds=PERSON),
    _pursued("excluded", "个体工商户注销后申请，经营者仍承担责任", BEFORE_DEMAND, kinds=SHOP),
    _pursued("excluded", "分公司注销后申请", {**BEFORE_DEMAND, "suffix": word("东城分公司")}),
    _pursued("excluded", "因吸收合并注销后申请", {**BEFORE_DEMAND, "cancel_reason": word("吸收合并")}),
    _pursued("excluded", "公司注销后以股东为被执行人申请", {**BEFORE_APPLICATION, "r_party": SHAREHOLDER}),
    _pursued("excluded", "公司注销后申请，罚款已缴清而撤回", BEFORE_APPLICATION, review=[
        {"r_ruling": word("withdrawn"), "r_reason": word("被执行人已自动履行，申请人撤回申请"), "paid": TOTAL,
         "paid_on": col("r_accepted_on")}]),
    _pursued("gap", "登记状态为注销，注销日未记载，已申请", {"register_status": word("注销")}),
    _pursued("gap", "公司已注销，催告日、申请日都未记载", BEFORE_APPLICATION,
             enforcement=[{"demand_served_on": NO_DATE, "r_applied_on": NO_DATE}]),
    _enforced("hit", "裁定后、立案前一日公司注销，仍立案并终本", {"cancelled_on": ago("e_filed_on", 1), **DISSOLVED}),
    _enforced("hit", "执行中公司注销，仍终本", IN_EXECUTION),
    _enforced("hit", "终本前一日公司注销", {"cancelled_on": ago("e_closed_on", 1), **DISSOLVED}),
    _enforced("hit", "执行中公司注销，至今仍在执行", {**OPEN, "cancelled_on": ago("e_filed_on", 1), **DISSOLVED},
              starts=JUST_FILED),
    _enforced("hit", "执行中被执行人死亡，其后限制消费并终本",
              {"died_on": plus("e_filed_on", 5)}, kinds=PERSON),
    _enforced("hit", "公司注销后仍终本，执行案件没有信用代码", IN_EXECUTION, link="fuzzy",
              application=[{"e_number": word("missing")}]),
    _enforced("clear", "终本当日公司注销", {"cancelled_on": col("e_closed_on"), **DISSOLVED}),
    _enforced("clear", "终本一个月后公司注销", {"cancelled_on": plus("e_closed_on", 30), **DISSOLVED}),
    _enforced("clear", "执行中公司注销，由股东履行完毕", {**IN_EXECUTION, **DONE}),
    _enforced("clear", "同名的另一人死亡", {"died_on": plus("e_filed_on", 5), **NAMESAKE}, kinds=PERSON),
    _enforced("excluded", "个体工商户注销后终本，经营者仍承担责任", IN_EXECUTION, kinds=SHOP),
    _enforced("excluded", "分公司注销后终本", {**IN_EXECUTION, "suffix": word("东城分公司")}),
    _enforced("excluded", "因分立注销后终本", {**IN_EXECUTION, "cancel_reason": word("公司分立")}),
    _enforced("excluded", "公司注销后已追加股东为被执行人",
              {**IN_EXECUTION, "e_substituted_on": plus("e_filed_on", 70)}),
    _enforced("gap", "登记状态为注销，注销日未记载，已终本", {"register_status": word("注销")}),
    _enforced("gap", "公司已注销，结案方式未记载", {**IN_EXECUTION, "e_mode": NO_TEXT}),
)
"""All cases of the rules about parties who are no more."""