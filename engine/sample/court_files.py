"""The courts' files on enforcement: the register of cases, the list of restricted persons, the public list of debtors.

As in `engine.sample.delivery`, every function takes the numbered matters joined with their parties and returns a frame
of text columns.
"""

from functools import partial

import polars as pl

from engine.sample import messy
from engine.sample.delivery import ORDINARY, numbered, said, yes_no
from engine.sample.draws import Draws

RESUMED: dict[str, pl.Expr] = {
    "enforcement_no": pl.col("resumption_no"), "e_filed_on": pl.col("x_filed_on"), "e_closed_on": pl.col("x_closed_on"),
    "e_mode": pl.when(pl.col("x_closed_on").is_not_null()).then(pl.lit("completed")), "e_sought": pl.col("x_sought"),
    "e_recovered": pl.when(pl.col("x_closed_on").is_not_null()).then("x_sought"),
    "e_received_on": pl.col("x_closed_on"), "e_paid_out_on": pl.col("x_closed_on"),
    "e_paid_out": pl.lit(None, dtype=pl.Int64),
    "e_checked": pl.lit(True), "e_checked_on": pl.col("x_filed_on"), "e_agreed": pl.lit(None, dtype=pl.Boolean),
    "e_found_on": pl.lit(None, dtype=pl.Date), "e_suspended_on": pl.lit(None, dtype=pl.Date),
    "e_settlement": pl.lit(None, dtype=pl.Int64),
    "e_resumed_on": pl.lit(None, dtype=pl.Date), "e_restricted_on": pl.lit(None, dtype=pl.Date),
}
"""A resumed case, in the columns of the case it goes on with."""


def enforcements(matters: pl.DataFrame, draws: Draws, style: "int | pl.Expr") -> pl.DataFrame:
    """Return the court's register of enforcement cases (执), and of resumed ones (执恢), which cite the first."""
    first = matters.filter("has_enforcement").with_columns(prior_no=pl.lit(None, dtype=pl.String))
    cited = pl.when(pl.col("x_prior") == "case").then("enforcement_no")
    later = matters.filter(pl.col("has_resumption") & pl.col("has_enforcement"))
    later = later.with_columns(prior_no=cited).with_columns(**RESUMED)
    whole = pl.when(pl.col("e_paid_out_on").is_not_null()).then("e_recovered")
    frame = pl.concat([first, later], how="vertical_relaxed").with_columns(
        paid_out=pl.coalesce("e_paid_out", whole),
        unrecovered=pl.col("e_sought") - pl.col("e_recovered"), whole=pl.lit("exact"))
    day = partial(messy.dates, draws=draws, style=style, slips=0.02)
    state = pl.when(pl.col("e_mode").is_null()).then(pl.lit("在执")).otherwise(pl.lit("已结"))
    restricted = pl.when(~(ORDINARY & draws.chance("restriction only listed", 0.2))).then(day("e_restricted_on"))
    return frame.select(
        messy.case_numbers("enforcement_no", draws, "enforcement").alias("案号"), pl.col("e_court").alias("执行法院"),
        pl.col("authority").alias("申请执行人"),
        messy.names("e_person", "whole", draws, "enforcement").alias("被执行人"),
        numbered("e_no", "e_number", draws, "enforcement", 0.06).alias("证件号码"),
        pl.col("basis_no").alias("执行依据文号"), pl.col("prior_no").alias("原执行案号"),
        pl.lit("行政非诉执行").alias("执行案由"), day("e_filed_on").alias("立案日期"),
        messy.yuan("e_sought").alias("申请执行标的（元）"),
        messy.yuan("e_recovered").alias("到位金额（元）"), messy.yuan("e_fee").alias("执行费（元）"),
        day("e_received_on").alias("执行款到账日期"), day("e_paid_out_on").alias("执行款发放日期"),
        messy.yuan("paid_out").alias("已发放金额（元）"), pl.col("e_hold").alias("暂缓发放原因"),
        day("e_closed_on").alias("结案日期"),
        said("e_mode", "mode").alias("结案方式"),
        pl.coalesce("e_status", state).alias("案件状态"),
        day("e_suspended_on").alias("中止日期"), day("e_resumed_on").alias("恢复执行日期"),
        yes_no("e_checked").alias("是否完成财产查控"), day("e_checked_on").alias("最近财产查询日期"),
        yes_no("e_restricted").alias("是否限制消费"), restricted.alias("限制消费日期"),
        day("e_substituted_on").alias("变更追加被执行人日期"),
        pl.col("e_property").alias("查明财产情况"), day("e_found_on").alias("发现财产日期"),
        messy.yuan("e_value").alias("财产价值（元）"), yes_no("e_agreed").alias("申请执行人是否同意终本"),
        messy.yuan("unrecovered").alias("未履行金额（元）"), messy.yuan("e_settlement").alias("和解金额（元）"),
    )


def restrictions(matters: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """Return the list of persons restricted in their spending, as the public page shows it."""
    frame = matters.filter(pl.col("has_enforcement") & pl.col("e_restricted_on").is_not_null())
    frame = frame.with_columns(number_kind=pl.lit("full"))
    return frame.select(
        pl.col("enforcement_no").alias("案号"), pl.col("e_court").alias("执行法院"),
        pl.col("e_person").alias("被限制消费人"),
        numbered("e_no", "number_kind", draws, "restriction", 0.1).alias("证件号码"),
        pl.col("e_filed_on").dt.strftime("%Y-%m-%d").alias("立案日期"),
        pl.col("e_restricted_on").dt.strftime("%Y-%m-%d").alias("限制消费令日期"))


def listings(matters: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """Return the list of dishonest judgment debtors, with the field names of the public list."""
    told = ~ORDINARY | pl.col("l_listed_on").is_not_null()
    frame = matters.filter(pl.col("has_listing") & pl.col("has_enforcement") & told)
    hidden = pl.concat_str(pl.col("e_no").str.slice(0, 10), pl.lit("****"), pl.col("e_no").str.slice(-4))
    number = pl.when(pl.col("party_kind") == "person").then(hidden).otherwise("e_no")
    return frame.select(
        pl.col("e_person").alias("iname"), number.alias("cardNum"),
        pl.col("legal_representative").alias("businessEntity"), said("sex", "sex").alias("sexy"),
        pl.col("e_court").alias("courtName"), pl.lit("河南").alias("areaName"), pl.col("basis_no").alias("gistId"),
        pl.col("e_filed_on").dt.strftime("%Y%m%d").alias("regDate"), pl.col("enforcement_no").alias("caseCode"),
        pl.col("e_court").alias("gistUnit"),
        pl.concat_str(pl.lit("缴纳罚款"), messy.yuan("fine"), pl.lit("元")).alias("duty"),
        pl.lit("全部未履行").alias("performance"),
        pl.lit("有履行能力而拒不履行生效法律文书确定义务").alias("disruptTypeName"),
        pl.col("l_listed_on").dt.strftime("%Y年%m月%d日").alias("publishDate"),
        pl.col("l_until").dt.strftime("%Y-%m-%d").alias("公布期限至"),
        pl.col("l_removed_on").dt.strftime("%Y-%m-%d").alias("撤下日期"),
        pl.col("l_seen_on").dt.strftime("%Y-%m-%d").alias("采集日期"),
        pl.when(pl.col("party_kind") == "person").then(pl.lit("0")).otherwise(pl.lit("1")).alias("partyTypeName"),
    )
