"""Ordinary cases of reverse referral: not prosecuted, handed over, reviewed, an opinion given, answered, punished.

One row is one person not prosecuted: columns of the decision and its review, of the opinion (`o_…`), and of the
penalty that follows (`p_…`), which becomes an ordinary matter of its own. As with `matters`, what is planted is
changed between stages.
"""

import polars as pl

from engine.sample.draws import Draws
from engine.sample.matters import Change, Times, before
from engine.sample.violations import version
from engine.sample.world import DIVISIONS, FIELD_PLACE

CHARGES: tuple[tuple[str, str, str, str, int], ...] = (
    ("危险驾驶罪", "第一百三十三条之一", "公安", "饮酒后驾驶机动车", 25),
    ("盗窃罪", "第二百六十四条", "公安", "盗窃", 20),
    ("故意伤害罪", "第二百三十四条", "公安", "殴打他人", 15),
    ("赌博罪", "第三百零三条第一款", "公安", "参与赌博", 8),
    ("帮助信息网络犯罪活动罪", "第二百八十七条之二", "公安", "非法出租、出借银行账户", 12),
    ("非法捕捞水产品罪", "第三百四十条", "农业农村", "在禁渔期捕捞", 7),
    ("非法占用农用地罪", "第三百四十二条", "自然资源", "破坏耕地种植条件", 4),
    ("销售假冒注册商标的商品罪", "第二百一十四条", "市场监管", "侵犯注册商标专用权", 5),
    ("销售伪劣产品罪", "第一百四十条", "市场监管", "以不合格产品冒充合格产品", 2),
    ("非法行医罪", "第三百三十六条", "卫生健康", "非医师行医", 2),
)
"""Charge, article of the Criminal Law, field and violation of the administrative counterpart, share in per cent."""

REPLIES = {
    "penalized": "已依法作出行政处罚", "refused": "经审查，决定不予行政处罚", "transferred": "已移送有管辖权的机关处理",
    "pending": "正在调查处理",
}
"""Contents of a reply, in words."""

REASONS: tuple[tuple[str, int], ...] = (
    ("已赔偿损失并取得被害人谅解，没有处罚必要", 40), ("违法行为轻微并及时改正，没有造成危害后果", 30),
    ("公安机关已作出行政处罚", 20), ("先行羁押已足以折抵行政拘留", 10),
)
"""Why a review is closed without an opinion where the facts are proven, share in per cent."""

DISPOSALS = ("返还被害人", "解除扣押，发还本人", "移送主管行政机关处理", "上缴国库")
"""What becomes of seized property."""

UNPROVEN, NO_OFFENCE = "事实不清、证据不足", "没有违法事实"
"""Why a review is closed where the case itself fell for want of evidence, or of an offence."""

PENALTY_ROW = 1 << 50
"""Row numbers of penalties that follow a referral start here."""


def ordinary(first: int, count: int, pool: int, draws: Draws) -> pl.DataFrame:
    """Return the roles of ordinary cases: row, division, party (persons numbered from `pool` on), fate."""
    frame = pl.DataFrame({"row": pl.int_range(first, first + count, eager=True)})
    return frame.with_columns(
        division=draws.pick("division", range(len(DIVISIONS))), party=(pl.col("row") + pool) * 3 + 2,
        fate=draws.pick("fate", ("opinion", "closed", "open"), (40, 56, 4)))


def build(roles: pl.DataFrame, times: Times, draws: Draws, changes: dict[str, Change] | None = None) -> pl.DataFrame:
    """Return complete cases; `changes` are applied after the stages case, opinion and reply."""
    frame = roles
    for name, stage in {"case": decide, "opinion": advise, "reply": answer}.items():
        frame = stage(frame, times, draws)
        if changes and name in changes:
            frame = changes[name](frame)
    kept = {"o_due_on", "suspended_to"}
    dates = [name for name, kind in frame.schema.items() if kind == pl.Date and name not in kept]
    return frame.with_columns(pl.when(pl.col(name) <= times.as_of).then(name).alias(name) for name in dates)


def decide(frame: pl.DataFrame, times: Times, draws: Draws) -> pl.DataFrame:
    """Add the decision, the handover within three working days and the review within ten."""
    days = times.workdays
    low, middle = times.place(before(times.as_of, 1_000)), times.place(before(times.as_of, 110))
    high = times.place(times.as_of)
    back = draws.below("decided", 1 << 30)
    decided = pl.when(pl.col("fate") == "open").then(days.day(back % 7 + high - 8)).otherwise(
        days.day(back % (middle - low) + low))
    goods = draws.pick("property", ("手机一部", "违法所得3200元", "渔网一套"))
    charge = draws.pick("charge", range(len(CHARGES)), [c[4] for c in CHARGES])
    frame = frame.with_columns(
        decided_on=decided, charge=charge, kind=draws.pick(
            "kind", ("discretionary", "insufficient_evidence", "statutory"), (80, 12, 8)),
        seized=pl.when(draws.chance("seized", 0.1)).then(goods),
        suspended_from=pl.lit(None, dtype=pl.Date), suspended_to=pl.lit(None, dtype=pl.Date),
        n_name=pl.lit("exact"), n_number=pl.lit("full"))
    filed = days.day(days.place(pl.col("decided_on")) - draws.between("police", 40, 140))
    handed = days.after(pl.col("decided_on"), draws.between("handed", 0, 3))
    frame = frame.with_columns(handed_over_on=handed, police_filed_on=filed)
    frame = frame.with_columns(registered_on=days.after(pl.col("handed_over_on"), draws.between("registered", 0, 1)))
    closed = days.after(pl.col("registered_on"), draws.between("closed", 3, 10))
    frame = frame.with_columns(
        closed_on=pl.when(pl.col("fate") != "open").then(closed),
        outcome=pl.col("fate").replace_strict({"opinion": "opinion", "closed": "closed", "open": "none"}))
    return _weighed(frame, draws)


def _weighed(frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """Add what the review weighs, and a reason that agrees with it where it was closed without an opinion."""
    reasons, weights = zip(*REASONS, strict=True)
    proven = pl.col("kind") == "discretionary"
    reason = (pl.when(pl.col("fate") != "closed").then(pl.lit(None, dtype=pl.String))
              .when(proven).then(draws.pick("reason", reasons, weights))
              .when(pl.col("kind") == "statutory").then(pl.lit(NO_OFFENCE)).otherwise(pl.lit(UNPROVEN)))
    frame = frame.with_columns(
        close_reason=reason, act_on=pl.col("police_filed_on").dt.offset_by(
            pl.concat_str(pl.lit("-"), draws.between("act", 1, 40), pl.lit("d"))))
    long = pl.col("close_reason").str.contains("折抵").fill_null(False)
    held = pl.when(long).then(draws.between("held", 25, 37)).when(draws.chance("detained", 0.25)).then(
        draws.between("held", 3, 14))
    frame = frame.with_columns(
        settled=pl.col("close_reason").str.contains("谅解").fill_null(False),
        already_punished=pl.col("close_reason").str.contains("已作出行政处罚").fill_null(False),
        detained_on=pl.when(held.is_not_null()).then(pl.col("police_filed_on").dt.offset_by("1d")))
    return frame.with_columns(released_on=pl.col("detained_on").dt.offset_by(pl.concat_str(held, pl.lit("d"))))


def advise(frame: pl.DataFrame, times: Times, draws: Draws) -> pl.DataFrame:
    """Add the opinion and its service."""
    has = pl.col("fate") == "opinion"
    issued = pl.when(has).then(pl.col("closed_on"))
    return frame.with_columns(
        has_opinion=has, o_kind=pl.lit("opinion"), o_issued_on=issued, o_due_on=pl.lit(None, dtype=pl.Date),
        o_served_on=times.workdays.after(issued, draws.between("o served", 1, 4)), o_document=pl.lit("style"),
        o_addressee=pl.lit(None, dtype=pl.String), o_text=pl.lit(None, dtype=pl.String))


def answer(frame: pl.DataFrame, times: Times, draws: Draws) -> pl.DataFrame:
    """Add the penalty that follows and the reply, well within two months."""
    has = pl.col("has_opinion")
    fields = [FIELD_PLACE[c[2]] for c in CHARGES]
    served = times.workdays.after(pl.col("o_served_on"), draws.between("p served", 6, 22))
    frame = frame.with_columns(
        has_penalty=has, p_served_on=served, p_name=pl.lit("exact"), p_number=pl.lit("full"), p_in_files=pl.lit(True),
        p_party=pl.col("party"),
        organ=pl.lit(pl.Series(fields)).gather(pl.col("charge").cast(pl.UInt32)) * len(DIVISIONS) + pl.col("division"))
    replied = times.workdays.after(pl.col("p_served_on"), draws.between("replied", 1, 8))
    frame = frame.with_columns(
        s_item=pl.lit("1"), s_no=pl.lit("full"), s_case=pl.lit("full"), s_text=pl.lit(None, dtype=pl.String),
        s_seized_on=pl.col("police_filed_on").dt.offset_by("2d"),
        s_disposed_on=times.workdays.after(pl.col("decided_on"), draws.between("disposed", 1, 15)),
        s_disposal=draws.pick("disposal", DISPOSALS))
    return frame.with_columns(p_organ=pl.col("organ"), o_replied_on=pl.when(has).then(replied),
                              o_reply=pl.when(has).then(pl.lit("penalized")))


def registered(frame: pl.DataFrame) -> pl.DataFrame:
    """Add uniform_no (of the case) and s_document (of the seizure), both after the number of the decision."""
    number = pl.col("nonprosecution_no")
    return frame.with_columns(
        uniform_no=number.str.replace(r"检刑不诉〔(\d+)〕(\d+)号", "${1}受${2}"),
        s_document=number.str.replace("检刑不诉", "公扣字", literal=True))


def penalties(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the roles of the penalties that follow, for `matters.build`, with p_name, p_number and p_in_files kept."""
    names = [c[3] for c in CHARGES]
    violation = pl.lit(None, dtype=pl.Int64)
    for place, name in enumerate(names):
        violation = pl.when(pl.col("charge") == place).then(version(name, pl.col("p_served_on"))).otherwise(violation)
    return frame.filter("has_penalty").select(
        row=pl.col("row") + PENALTY_ROW, life=pl.lit("prompt"), back=pl.lit(0, pl.Int64), organ="p_organ",
        party=pl.col("p_party"), served_on="p_served_on", violation=violation, referred_name="p_name",
        referred_number="p_number", referred_in_files="p_in_files",
        referred_as=pl.when(pl.col("p_name") == "borrowed").then("party").otherwise("p_party"))


def deliver(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the penalties' matters spelled as their case asks; a change for the penalty stage of `matters.build`."""
    return frame.with_columns(
        p_name="referred_name", p_number="referred_number", name_of="referred_as",
        in_publicity=pl.col("in_publicity") & pl.col("referred_in_files"), in_ledger="referred_in_files",
    ).drop("referred_name", "referred_number", "referred_in_files", "referred_as")
