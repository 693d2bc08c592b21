"""RC-03, RC-09, RC-10, RC-13: reviews closed without reason, opinions sent astray, refusals, property kept."""

import polars as pl

from engine.sample.planting import Step
from engine.sample.referral import CHARGES
from engine.sample.scenarios.referral import BOTH_HIT, NO_PENALTY, REFUSED, Case
from engine.sample.scenarios.steps import NO_DATE, NO_TEXT, col, on, plus, word, workdays

NO_OPINION, UNFOUNDED = "referral.no_opinion", "referral.unfounded_refusal"
WRONG, PROPERTY = "referral.wrong_authority", "referral.property_left"
EXCLUDED = ((NO_PENALTY, "nonprosecution", "excluded"),)


def _charged(charge: str) -> Step:
    return {"charge": pl.lit([c[0] for c in CHARGES].index(charge))}


THEFT = _charged("盗窃罪")
HELD: Step = {"detained_on": plus("police_filed_on", 1)}
PROVEN: Step = {
    "kind": word("discretionary"), "settled": pl.lit(False), "already_punished": pl.lit(False), "detained_on": NO_DATE,
    "released_on": NO_DATE,
}
"""Facts proven, nothing made good, not punished, never held: fit to be punished."""


def _because(reason: str | None) -> Step:
    return {"close_reason": NO_TEXT if reason is None else word(reason)}


def _closed(expected: str, text: str, reason: str | None, *steps: Step, **rest: object) -> Case:
    """A review that ended without an opinion, with this reason on the card (None: the cell is empty)."""
    rest.setdefault("fate", "closed")
    return Case(NO_OPINION, expected, text, "nonprosecution", case=(PROVEN, _because(reason), *steps),
                **rest)  # type: ignore[arg-type]


BLANK = "未写理由"
OPEN: Step = {"decided_on": on(2025, 9, 26), "handed_over_on": on(2025, 9, 26), "registered_on": on(2025, 9, 26),
              "closed_on": NO_DATE}
OLD_ACT: Step = {**THEFT, "act_on": col("police_filed_on").dt.offset_by("-8mo")}

REVIEWS: tuple[Case, ...] = (
    _closed("hit", "终结审查写明没有理由", BLANK),
    _closed("hit", "终结理由称没有对应处罚，而盗窃罪有对应条文", "没有对应的行政处罚规定", THEFT),
    _closed("hit", "终结理由称已过时效，而立案在行为后两个月内", "已过行政处罚时效", THEFT),
    _closed("hit", "终结理由称已受处罚，而案卡记载未受处罚", "公安机关已作出行政处罚"),
    _closed("hit", "终结理由称证据不足，而为相对不起诉", "违法事实证据不足"),
    _closed("hit", "终结理由称赔偿谅解，而案卡记载没有", "已赔偿损失并取得谅解"),
    _closed("hit", "没有理由，行为日未记载，时效待核", BLANK, {"act_on": NO_DATE}),
    _closed("clear", "终结理由为赔偿谅解，与案卡相同", "已赔偿损失并取得谅解", {"settled": pl.lit(True)}),
    _closed("clear", "终结理由为已过时效，立案在行为后八个月", "已过行政处罚时效", OLD_ACT),
    _closed("clear", "终结理由为情节轻微并及时改正", "违法行为轻微并及时改正"),
    _closed("clear", "案卡误填终结审查，意见台账有该件而未登记不起诉文号", BLANK, {"outcome": word("closed")},
            fate="opinion", opinion=[{"o_document": word("missing")}], link="fuzzy"),
    _closed("excluded", "没有理由，已赔偿谅解", BLANK, {"settled": pl.lit(True)}),
    _closed("excluded", "没有理由，案卡记载已受处罚", BLANK, {"already_punished": pl.lit(True)}),
    _closed("excluded", "没有理由，存疑不起诉", BLANK, {"kind": word("insufficient_evidence")}),
    _closed("excluded", "没有理由，法定不起诉", BLANK, {"kind": word("statutory")}),
    _closed("excluded", "没有理由，立案时盗窃已过六个月", BLANK, OLD_ACT),
    _closed("excluded", "没有理由，先行羁押三十日", BLANK, THEFT, HELD, {"released_on": plus("detained_on", 30)}),
    _closed("excluded", "没有理由，附条件不起诉", BLANK, {"kind": word("conditional")}),
    _closed("excluded", "没有意见，主管机关其后自行处罚", BLANK, link="exact",
            reply=[{"has_penalty": pl.lit(True), "p_served_on": plus("closed_on", 30)}]),
    _closed("excluded", "审查期限已过而未终结，其间中止", None, OPEN, {"suspended_from": on(2025, 10, 9)}, fate="open"),
    _closed("gap", "终结理由未记载", None),
    _closed("gap", "终结理由写“其他”", "其他"),
)


def _refused(expected: str, text: str, words: str, *steps: Step, **rest: object) -> Case:
    """An opinion on a theft refused in these words; nobody is punished, so the person is on the other list as well."""
    rest.setdefault("also", BOTH_HIT)
    rest.setdefault("reply", (REFUSED, {"o_text": word(words)}))
    return Case(UNFOUNDED, expected, text, "opinion", case=(PROVEN, THEFT, *steps), **rest)  # type: ignore[arg-type]


REFUSALS: tuple[Case, ...] = (
    _refused("hit", "以已退缴违法所得为由拒罚", "违法所得已退缴，决定不予行政处罚"),
    _refused("hit", "以已刑拘为由拒罚，羁押十日", "当事人已被刑拘十日，不再作行政处罚", HELD,
             {"released_on": plus("detained_on", 10)}),
    _refused("hit", "以缺乏证据材料为由拒罚，而为相对不起诉", "缺乏证据材料，无法作出行政处罚"),
    _refused("hit", "公安机关以超出职权为由拒绝处罚盗窃", "超出职权范围，不予处罚"),
    _refused("hit", "以无法联系被不起诉人为由拒罚", "多次走访，无法联系被不起诉人"),
    _refused("hit", "以已退赔为由拒罚，意见书未登记不起诉文号", "已退赔被害人损失，不予处罚",
             opinion=[{"o_document": word("missing")}], link="fuzzy"),
    _refused("clear", "以轻微并及时改正为由不予处罚", "违法行为轻微并及时改正，依法不予行政处罚"),
    _refused("clear", "以已过追责时效为由不予处罚", "已超过追责时效，不予处罚"),
    _refused("excluded", "存疑不起诉，以证据不足为由拒罚，应退回刑事检察部门", "证据不足，不予处罚",
             {"kind": word("insufficient_evidence")}),
    _refused("excluded", "以已刑拘为由拒罚，羁押三十日足以折抵", "已羁押三十日，不再处罚", HELD,
             {"released_on": plus("detained_on", 30)}),
    _refused("excluded", "拒罚以后又作出处罚", "违法所得已退缴，不予处罚", link="exact",
             reply=({"o_reply": word("refused"), "o_text": word("违法所得已退缴，不予处罚")},), also=()),
    _refused("excluded", "案卡记载已受处罚", "违法所得已退缴，不予处罚", {"already_punished": pl.lit(True)},
             also=EXCLUDED),
    _refused("gap", "回复没有写明理由", "经研究，不予行政处罚"),
)

def _sent(expected: str, text: str, charge: str, addressee: str, *opinion: Step, **rest: object) -> Case:
    """An opinion sent to this organ; unless told otherwise it punishes in time, so that no other rule is concerned."""
    return Case(WRONG, expected, text, "opinion", case=(PROVEN, _charged(charge)),
                opinion=({"o_addressee": word(addressee)}, *opinion), **rest)  # type: ignore[arg-type]


BEYOND = (REFUSED, {"o_text": word("超出职权范围，不予处罚")})
ADDRESSEES: tuple[Case, ...] = (
    _sent("hit", "盗窃罪的意见送市场监管部门，答复超出职权", "盗窃罪", "霁川市市场监督管理局", reply=BEYOND,
          also=(*BOTH_HIT, (UNFOUNDED, "opinion", "excluded"))),
    _sent("hit", "非法行医罪的意见送农业农村部门", "非法行医罪", "槐陵县农业农村局", link="exact"),
    _sent("hit", "销售假冒注册商标的商品罪的意见送公安机关，未登记不起诉文号", "销售假冒注册商标的商品罪",
          "槐陵县公安局", {"o_document": word("missing")}, link="fuzzy"),
    _sent("clear", "危险驾驶罪的意见送交警大队", "危险驾驶罪", "霁川市公安局交警大队", link="exact"),
    _sent("clear", "销售伪劣产品罪的意见送更名前的工商部门", "销售伪劣产品罪", "槐陵县工商行政管理局", link="exact"),
    _sent("excluded", "销售伪劣产品罪的意见送综合行政执法局", "销售伪劣产品罪", "槐陵县综合行政执法局", link="exact"),
    _sent("excluded", "盗窃罪的意见送铁路公安机关", "盗窃罪", "霁川铁路公安处", link="exact"),
    _sent("excluded", "盗窃罪的意见送市场监管部门，该机关已移送公安机关", "盗窃罪", "霁川市市场监督管理局",
          link="exact", reply=({"o_reply": word("transferred")},)),
    _sent("gap", "非法捕捞水产品罪由几部法律的不同机关处罚", "非法捕捞水产品罪", "霁川市水利局", link="exact"),
    _sent("gap", "被监督单位认不出", "盗窃罪", "霁川市教育局", link="exact"),
)

def _kept(expected: str, text: str, *steps: Step, **rest: object) -> Case:
    """Property of a person not prosecuted, the review closed for a reason; still kept unless told otherwise."""
    still: Step = {"seized": word("电动自行车一辆"), "s_disposed_on": NO_DATE, "s_text": word("保管中")}
    rest.setdefault("fate", "closed")
    rest.setdefault("link", "exact")
    return Case(PROPERTY, expected, text, "seizure", reply=(still, *steps), **rest)  # type: ignore[arg-type]


LATELY: Step = {"decided_on": on(2026, 9, 24), "handed_over_on": on(2026, 9, 24), "registered_on": on(2026, 9, 24),
                "closed_on": on(2026, 10, 9)}
PROPERTIES: tuple[Case, ...] = (
    _kept("hit", "不起诉后财物一直在扣"),
    _kept("hit", "提出意见，回复期限届满而财物未移送", case=(THEFT,), fate="opinion"),
    _kept("hit", "财物在扣，台账只有受案号", {"s_no": word("missing")}),
    _kept("hit", "财物在扣，台账只有不起诉文号", {"s_case": word("missing")}),
    _kept("clear", "已发还本人", {"s_disposed_on": workdays("decided_on", 8), "s_text": word("解除扣押，发还本人")}),
    _kept("clear", "台账没有处置日，写明已返还被害人", {"s_text": word("已返还被害人")}),
    _kept("clear", "参照的最长期限尚未届满", case=(LATELY,)),
    _kept("excluded", "同案犯未结，留作证据", {"s_text": word("同案犯未结，留作证据保管")}),
    _kept("excluded", "附条件不起诉，考验期内", case=({"kind": word("conditional")},)),
    _kept("excluded", "被害人申诉，中止审查", case=({"suspended_from": plus("registered_on", 3)},)),
    _kept("gap", "处置情况未记载", {"s_text": word("")}),
    _kept("gap", "台账只有涉案人姓名，不能确定是哪一案", {"s_no": word("missing"), "s_case": word("missing")},
          link="fuzzy"),
)

CASES: tuple[Case, ...] = (*REVIEWS, *REFUSALS, *ADDRESSEES, *PROPERTIES)
"""All cases of the four rules."""
