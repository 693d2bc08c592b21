"""The records of one chunk as their suppliers deliver them: Chinese headers, text cells, each clerk's spelling.

Every function takes the numbered matters (or referral cases) joined with their parties and returns a frame of text
columns, named by the headers as written. Planted rows get exactly the spelling their case asks for; ordinary rows get
slips at random.
"""

from collections.abc import Callable
from functools import partial

import polars as pl

from engine.sample import messy
from engine.sample.draws import Draws
from engine.sample.planting import PLANTED_ROW
from engine.sample.referral import CHARGES, REPLIES
from engine.sample.world import DIVISIONS, organs

YES_NO = {True: "是", False: "否"}
ORDINARY = pl.col("row") < PLANTED_ROW
"""Rows free to carry random slips."""

WORDS: dict[str, dict[str, str]] = {
    "party_kind": {"organisation": "法人及非法人组织", "individual_business": "个体工商户", "person": "自然人"},
    "register": {"organisation": "有限责任公司", "individual_business": "个体工商户"},
    "service_mode": {"direct": "直接送达", "mail": "邮寄送达", "announcement": "公告送达", "lien": "留置送达",
                     "electronic": "电子送达"},
    "power": {"court": "申请法院强制执行", "self": "机关自行强制执行"},
    "relief": {"none": "未复议未诉讼", "reconsideration": "申请复议", "litigation": "提起诉讼", "both": "复议并诉讼"},
    "procedure": {"summary": "简易程序", "ordinary": "普通程序"},
    "ruling": {"granted": "准予执行", "refused": "不准予执行", "partly": "部分准予", "not_accepted": "不予受理",
               "withdrawn": "撤回申请"},
    "mode": {"completed": "执行完毕", "terminated_current": "终结本次执行程序",
             "terminated": "终结执行", "settlement": "执行和解"},
    "kind": {"discretionary": "相对不起诉", "insufficient_evidence": "存疑不起诉", "statutory": "法定不起诉",
             "conditional": "附条件不起诉"},
    "outcome": {"opinion": "提出检察意见", "closed": "终结审查", "none": "未审结"},
    "opinion": {"opinion": "检察意见", "recommendation": "检察建议"},
    "reply": {"penalized": "已作处罚", "refused": "不予处罚", "transferred": "移送其他机关", "pending": "正在办理"},
    "sex": {"male": "男", "female": "女"},
}
"""Codes in the suppliers' words."""


def said(column: str, words: str) -> pl.Expr:
    """Return a coded column in words; NULL stays NULL."""
    return pl.col(column).replace_strict(WORDS[words], default=None, return_dtype=pl.String)


def yes_no(column: str) -> pl.Expr:
    """Return a boolean as 是 or 否; NULL stays NULL."""
    return pl.when(pl.col(column)).then(pl.lit("是")).when(~pl.col(column)).then(pl.lit("否"))


def _listed(words: list[str], column: str) -> pl.Expr:
    """The words at the places a column holds."""
    return pl.lit(pl.Series(words)).gather(pl.col(column).cast(pl.UInt32))


def join_parties(matters: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Add the parties' columns: of the penalty, the name it goes by, and name and number in the court's files."""
    number = pl.coalesce("resident_id", "uscc")
    brief = people.select("party", name="party_name", number=number)
    frame = matters.join(people.with_columns(number=number), on="party", how="left", maintain_order="left")
    for column, prefix in (("name_of", "as_"), ("r_party", "r_"), ("e_party", "e_")):
        named = brief.rename({"party": column, "name": f"{prefix}person", "number": f"{prefix}no"})
        frame = frame.join(named, on=column, how="left", maintain_order="left")
    similar = pl.col("r_name") == "similar"
    frame = frame.with_columns(r_person=pl.when(similar).then("party_name").otherwise("r_person"))
    return frame.with_columns(pl.concat_str(name, "suffix") for name in ("as_person", "r_person", "e_person"))


def numbered(number: str, variant: str, draws: Draws, purpose: str, missing: float) -> pl.Expr:
    """Return a number whole, masked or missing as asked; ordinary rows lose some, or come in lower case."""
    value, kind = pl.col(number), pl.col(variant)
    lost = ORDINARY & draws.chance(f"lost {purpose}", missing)
    lower = ORDINARY & draws.chance(f"lower {purpose}", 0.02)
    return (pl.when((kind == "missing") | lost).then(pl.lit(None, dtype=pl.String))
            .when(kind == "masked").then(messy.masked_number(number))
            .when(lower).then(value.str.to_lowercase()).otherwise(value))


def publicity(matters: pl.DataFrame, draws: Draws, style: "int | pl.Expr") -> pl.DataFrame:
    """Return penalties in the 2019 layout of 双公示 (30 columns; sums in 万元)."""
    person, empty = pl.col("party_kind") == "person", pl.lit(None, dtype=pl.String)
    money, seized = pl.col("fine") > 0, pl.col("confiscated") > 0
    hidden = ORDINARY & person & draws.chance("publicity masked", 0.6)
    frame = matters.filter("in_publicity").with_columns(
        publicity_to=pl.coalesce("publicity_to", pl.col("decided_on").dt.offset_by("3y")))
    fined = pl.when(money).then(pl.concat_str(pl.lit("罚款"), messy.yuan("fine"), pl.lit("元")))
    taken = pl.when(seized).then(
        pl.concat_str(pl.lit("没收违法所得"), messy.yuan("confiscated"), pl.lit("元")))
    torn = pl.when("demolition").then(pl.lit("责令限期拆除违法建筑物"))
    return frame.select(
        messy.names("as_person", "p_name", draws, "publicity").alias("行政相对人名称"),
        said("party_kind", "party_kind").alias("行政相对人类别"),
        pl.when(~person).then(numbered("number", "p_number", draws, "publicity", 0.05)).alias(
            "行政相对人代码_1（统一社会信用代码）"),
        empty.alias("行政相对人代码_2（工商注册号）"), pl.col("org_code").alias("行政相对人代码_3（组织机构代码）"),
        empty.alias("行政相对人代码_4（税务登记号）"), empty.alias("行政相对人代码_5（事业单位证书号）"),
        empty.alias("行政相对人代码_6（社会组织登记证号）"), pl.col("legal_representative").alias("法定代表人"),
        empty.alias("法定代表人证件类型"), empty.alias("法定代表人证件号码"),
        pl.when(person).then(pl.lit("身份证")).alias("证件类型"),
        pl.when(person & hidden).then(messy.masked_number("number")).when(person).then(
            numbered("number", "p_number", draws, "publicity id", 0.05)).alias("证件号码"),
        messy.document_numbers("document_no", draws, "publicity").alias("行政处罚决定书文号"),
        pl.col("violation_name").alias("违法行为类型"), pl.col("facts_text").alias("违法事实"),
        pl.col("basis_text").alias("处罚依据"),
        pl.when(money & seized).then(pl.lit("罚款；没收违法所得")).when(money).then(pl.lit("罚款"))
        .when(seized).then(pl.lit("没收违法所得")).otherwise(pl.lit("警告")).alias("处罚类别"),
        pl.concat_str(fined, taken, torn, separator="；", ignore_nulls=True).replace("", "给予警告").alias("处罚内容"),
        messy.wan("fine").alias("罚款金额（万元）"),
        messy.wan("confiscated").alias("没收违法所得、没收非法财物的金额（万元）"),
        pl.col("revocation").alias("暂扣或吊销证照名称及编号"),
        messy.dates("decided_on", draws, style).alias("处罚决定日期"),
        pl.lit("2099-12-31").alias("处罚有效期"), messy.dates("publicity_to", draws, style).alias("公示截止期"),
        pl.col("authority").alias("处罚机关"), pl.col("authority_uscc").alias("处罚机关统一社会信用代码"),
        pl.col("authority").alias("数据来源单位"), pl.col("authority_uscc").alias("数据来源单位统一社会信用代码"),
        empty.alias("备注"),
    )


def ledger(matters: pl.DataFrame, draws: Draws, style: "int | pl.Expr") -> pl.DataFrame:
    """Return the organs' execution ledgers (处罚执行台账): service, payment, demand, deferral, relief; sums in yuan."""
    frame = matters.filter("in_ledger")
    day = partial(messy.dates, draws=draws, style=style)
    return frame.select(
        pl.int_range(1, pl.len() + 1).over("field").cast(pl.String).alias("序号"),
        pl.col("field_name").alias("行政管理领域"),
        pl.col("authority_division").alias("行政区划代码"), pl.col("authority").alias("处罚机关"),
        messy.document_numbers("document_no", draws, "ledger").alias("处罚决定书文号"),
        messy.names("as_person", "p_name", draws, "ledger").alias("当事人"),
        numbered("number", "p_number", draws, "ledger", 0.06).alias("证件号码"),
        pl.col("violation_name").alias("违法行为类型"), pl.col("tier").alias("裁量档次"),
        pl.when(pl.col("field_name") == "公安").then("basis_text").alias("处罚依据"),
        said("procedure", "procedure").alias("适用程序"), *_act(day), day("filed_on").alias("立案日期"),
        day("case_extended_to").alias("延长办案期限至"), pl.col("excluded_days").cast(pl.String).alias("扣除办案天数"),
        day("notice_on").alias("告知日期"), *_hearing(day),
        day("decided_on").alias("决定日期"), pl.coalesce("served_text", day("served_on")).alias("送达日期"),
        said("service_mode", "service_mode").alias("送达方式"), messy.loose_yuan("fine", draws).alias("罚款金额（元）"),
        messy.loose_yuan("confiscated", draws).alias("没收金额（元）"), day("pay_due_on").alias("缴款期限"),
        day("deferral_end_on").alias("延期分期届满日"), messy.loose_yuan("paid", draws).alias("已缴金额（元）"),
        day("paid_on").alias("缴清日期"), messy.yuan("additional_fine").alias("加处罚款（元）"),
        day("demand_served_on").alias("催告书送达日期"), yes_no("remedies_told").alias("是否告知救济途径"),
        pl.col("remedy_days_special").cast(pl.String).alias("特别法起诉期限（日）"),
        said("power", "power").alias("强制执行权"),
        said("relief", "relief").alias("救济情况"), day("reconsidered_on").alias("申请复议日期"),
        day("reconsideration_decided_on").alias("复议决定日期"),
        day("reconsideration_served_on").alias("复议决定送达日期"),
        day("sued_on").alias("起诉日期"), day("judgment_effective_on").alias("裁判生效日期"),
        pl.col("detention_days").cast(pl.String).alias("行政拘留（日）"),
        day("detention_executed_on").alias("送拘日期"),
        pl.col("revocation").alias("暂扣或吊销证照"), day("revocation_executed_on").alias("证照收缴日期"),
        day("revoked_on").alias("撤销日期"), day("publicity_from").alias("公示日期"),
        day("publicity_removed_on").alias("停止公示日期"), pl.col("publicity_text").alias("公示状态"),
        pl.col("status").alias("当前状态"), pl.col("remark").alias("备注"),
    )


def _act(day: Callable[[str], pl.Expr]) -> list[pl.Expr]:
    """Columns of the ledger about the act and its discovery."""
    return [day("committed_on").alias("违法行为发生日期"), day("violation_ended_on").alias("违法行为终了日期"),
            yes_no("continuing").alias("是否连续或继续状态"), pl.col("violation_place").alias("违法地点"),
            yes_no("serious_harm").alias("是否涉及生命健康、金融安全且有危害后果"),
            day("discovered_on").alias("线索登记日期")]


def _hearing(day: Callable[[str], pl.Expr]) -> list[pl.Expr]:
    """Columns of the ledger about the hearing."""
    return [yes_no("hearing_told").alias("是否告知听证"), day("hearing_notice_on").alias("听证告知日期"),
            yes_no("hearing_requested").alias("是否要求听证"), yes_no("hearing_waived").alias("是否放弃听证"),
            day("hearing_held_on").alias("听证日期")]


def reviews(matters: pl.DataFrame, draws: Draws, style: "int | pl.Expr") -> pl.DataFrame:
    """Return the court's register of reviews (行审)."""
    frame = matters.filter("has_review")
    old = pl.when(pl.col("r_name") == "old organ").then(messy.old_organ("authority")).otherwise("authority")
    kind = pl.col("r_document")
    cited = (pl.when(kind == "missing").then(pl.lit(None, dtype=pl.String))
             .when(kind == "typo").then(messy.typo("document_no")).when(kind == "neighbour").then("other_no")
             .otherwise(messy.document_numbers("document_no", draws, "review", 0.12)))
    day = partial(messy.dates, draws=draws, style=style, slips=0.02)
    return frame.select(
        messy.case_numbers("review_no", draws, "review").alias("案号"), pl.col("r_court").alias("审查法院"),
        old.alias("申请执行人"), messy.names("r_person", "r_name", draws, "review").alias("被执行人"),
        numbered("r_no", "r_number", draws, "review", 0.08).alias("证件号码"), cited.alias("行政处罚决定书文号"),
        pl.when("r_dated").then(day("decided_on")).alias("处罚决定日期"), day("r_applied_on").alias("申请日期"),
        day("r_accepted_on").alias("受理日期"),
        day("r_not_accepted_on").alias("不予受理日期"), day("r_ruled_on").alias("裁定日期"),
        said("r_ruling", "ruling").alias("裁定结果"), pl.col("r_reason").alias("裁定理由"),
        pl.col("r_implementer").alias("组织实施机关"), messy.yuan("r_sought").alias("申请执行标的（元）"),
        messy.yuan("r_fine").alias("罚款金额（元）"), messy.yuan("r_additional").alias("加处罚款（元）"),
        day("r_served_on").alias("裁定送达日期"), yes_no("r_hearing").alias("是否听证"),
        yes_no("r_evident").alias("是否适用三十日审查"), said("r_relief", "relief").alias("救济情况"),
        day("r_implemented_on").alias("实施完毕日期"), pl.col("r_implementation").alias("组织实施情况"),
    )


def payments(matters: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """Return receipts of fines and confiscated sums, as the treasury office exports them."""
    frame = matters.filter(pl.col("receipt_no").is_not_null()).with_columns(
        receipt_on=pl.coalesce("receipt_on", "paid_on"), receipt=pl.coalesce("receipt", "paid"),
        number_kind=pl.lit("full"))
    cited = pl.when(pl.col("receipt_document") != "missing").then(
        messy.document_numbers("document_no", draws, "receipt", 0.04))
    treasury = (pl.col("receipt_on").cast(pl.Int32) + pl.col("treasury_lag").cast(pl.Int32)).cast(pl.Date)
    return frame.with_columns(treasury_on=treasury).select(
        pl.col("receipt_no").alias("票据号"), pl.coalesce("receipt_unit", "authority").alias("执收单位"),
        cited.alias("处罚决定书文号"),
        pl.col("as_person").alias("缴款人"),
        numbered("number", "number_kind", draws, "receipt", 0.3).alias("证件号码"),
        pl.col("receipt_on").dt.strftime("%Y-%m-%d").alias("缴款日期"), messy.yuan("receipt").alias("缴款金额（元）"),
        pl.when(pl.col("fine") > 0).then(pl.lit("罚款")).otherwise(pl.lit("没收款")).alias("款项性质"),
        pl.col("treasury_on").dt.strftime("%Y-%m-%d").alias("入库日期"), pl.col("treasury_text").alias("入库状态"),
    )


def companies(people: pl.DataFrame) -> pl.DataFrame:
    """Return the register of companies and individual businesses among the parties."""
    frame = people.filter(pl.col("uscc").is_not_null())
    gone = pl.when(pl.col("cancelled_on").is_not_null()).then(pl.lit("注销")).otherwise(pl.lit("存续"))
    return frame.select(
        pl.col("uscc").alias("统一社会信用代码"), pl.col("party_name").alias("企业名称"),
        said("party_kind", "register").alias("市场主体类型"), pl.col("legal_representative").alias("法定代表人"),
        pl.coalesce("register_status", gone).alias("登记状态"),
        pl.col("established_on").dt.strftime("%Y-%m-%d").alias("成立日期"),
        pl.col("cancelled_on").dt.strftime("%Y-%m-%d").alias("注销日期"), pl.col("cancel_reason").alias("注销原因"),
        (pl.col("capital_yuan") // 10_000).cast(pl.String).alias("注册资本（万元）"), pl.col("address").alias("住所"),
        pl.col("division").alias("登记地行政区划"),
    )


def deaths(people: pl.DataFrame) -> pl.DataFrame:
    """Return the list of persons who died, as the police export it."""
    frame = people.filter(pl.col("died_on").is_not_null())
    return frame.select(
        pl.col("party_name").alias("姓名"), pl.col("resident_id").alias("公民身份号码"),
        said("sex", "sex").alias("性别"), pl.col("birth_date").dt.strftime("%Y-%m-%d").alias("出生日期"),
        pl.col("died_on").dt.strftime("%Y-%m-%d").alias("死亡日期"), pl.col("address").alias("户籍地址"),
    )


def nonprosecutions(cases: pl.DataFrame, draws: Draws, style: "int | pl.Expr") -> pl.DataFrame:
    """Return the procuratorates' case cards of persons not prosecuted."""
    charge, article = _listed([c[0] for c in CHARGES], "charge"), _listed([c[1] for c in CHARGES], "charge")
    frame = cases.join(organs().select("organ", "authority"), on="organ", how="left", maintain_order="left")
    day = partial(messy.dates, draws=draws, style=style, slips=0.02)
    return frame.select(
        messy.document_numbers("nonprosecution_no", draws, "card").alias("不起诉决定书文号"),
        pl.col("uniform_no").alias("统一受案号"), pl.col("procuratorate").alias("作出检察院"),
        messy.names("party_name", "n_name", draws, "card").alias("被不起诉人"),
        said("sex", "sex").alias("性别"), day("birth_date").alias("出生日期"),
        numbered("resident_id", "n_number", draws, "card", 0.0).alias("公民身份号码"), pl.col("address").alias("住址"),
        charge.alias("罪名"), pl.concat_str(pl.lit("《刑法》"), article).alias("适用条款"),
        said("kind", "kind").alias("不起诉类型"),
        day("decided_on").alias("不起诉决定日期"), day("handed_over_on").alias("移送行政检察部门日期"),
        day("registered_on").alias("行政检察部门受理日期"), day("closed_on").alias("审查终结日期"),
        said("outcome", "outcome").alias("审查结论"), day("suspended_from").alias("中止审查开始日期"),
        day("suspended_to").alias("中止审查结束日期"), day("police_filed_on").alias("公安立案日期"),
        pl.col("authority").alias("行政主管机关"),
        _listed([d.code for d in DIVISIONS], "division").alias("办案地行政区划"),
        yes_no("already_punished").alias("是否已受行政处罚"), pl.col("seized").alias("涉案财物"),
        day("act_on").alias("行为终了日期"), day("detained_on").alias("刑事拘留日期"),
        day("released_on").alias("释放日期"),
        yes_no("settled").alias("是否赔偿谅解"), pl.col("close_reason").alias("终结审查理由"),
    )


def seizures(cases: pl.DataFrame, draws: Draws, style: "int | pl.Expr") -> pl.DataFrame:
    """Return the ledger of seized property: one thing a person, with what became of it or that it is still kept."""
    frame = cases.filter(pl.col("seized").is_not_null())
    day = partial(messy.dates, draws=draws, style=style, slips=0.02)
    done = pl.when(pl.col("s_disposed_on").is_not_null()).then("s_disposal").otherwise(pl.lit("保管中"))
    cited = messy.document_numbers("nonprosecution_no", draws, "seizure")
    return frame.select(
        pl.col("s_document").alias("扣押决定书文号"), pl.col("s_item").alias("项次"),
        pl.when(pl.col("s_case") == "full").then("uniform_no").alias("统一受案号"),
        pl.when(pl.col("s_no") == "full").then(cited).alias("不起诉决定书文号"), pl.col("party_name").alias("涉案人"),
        pl.col("seized").alias("财物名称"), day("s_seized_on").alias("扣押日期"),
        day("s_disposed_on").alias("处置日期"),
        pl.coalesce("s_text", done).alias("处置方式"),
    )


def opinions(cases: pl.DataFrame, draws: Draws, style: "int | pl.Expr") -> pl.DataFrame:
    """Return the procuratorates' ledger of opinions and replies."""
    frame = cases.filter("has_opinion").join(organs().select("organ", "authority"), on="organ", how="left",
                                             maintain_order="left")
    cited = pl.when(pl.col("o_document") == "missing").then(pl.lit(None, dtype=pl.String)).otherwise(
        messy.document_numbers("nonprosecution_no", draws, "opinion"))
    day = partial(messy.dates, draws=draws, style=style, slips=0.02)
    return frame.select(
        messy.document_numbers("opinion_no", draws, "opinion own").alias("检察意见书文号"),
        pl.col("procuratorate").alias("制发单位"), said("o_kind", "opinion").alias("文书种类"),
        cited.alias("不起诉决定书文号"),
        pl.col("party_name").alias("被不起诉人"), pl.col("resident_id").alias("身份证号码"),
        pl.coalesce("o_addressee", "authority").alias("被监督单位"), day("o_issued_on").alias("制发日期"),
        day("o_served_on").alias("送达日期"),
        day("o_due_on").alias("回复期限"), day("o_replied_on").alias("回复日期"),
        said("o_reply", "reply").alias("处理结果"),
        pl.coalesce("o_text", pl.col("o_reply").replace_strict(REPLIES, default=None, return_dtype=pl.String)).alias(
            "回复摘要"),
        _listed([d.code for d in DIVISIONS], "division").alias("行政区划"),
    )
