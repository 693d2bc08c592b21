"""Persons convicted: the judgment, the companies they represent, the driving licences they hold.

One row is one convicted person. Every row built here is innocent: licences are revoked where they must be, and whoever
may not represent a company does not. What is planted is changed afterwards, as with `matters`.
"""

from datetime import date

import polars as pl

from engine.sample import messy
from engine.sample.delivery import said
from engine.sample.draws import Draws
from engine.sample.matters import Change, before
from engine.sample.numbers import case_no, serial
from engine.sample.violations import VIOLATIONS
from engine.sample.world import DIVISIONS, FIELD_PLACE, parties

FIRST, COMPANIES = 1 << 31, 1 << 32
"""Places of the convicted and of their companies start here: nobody else's files name them."""

PENALTY_ROW = 1 << 52
"""Row numbers of the penalties of the convicted start here."""

OFFENCES = ("盗窃罪", "故意伤害罪", "诈骗罪", "危险驾驶罪", "交通肇事罪", "非法经营罪", "合同诈骗罪", "职务侵占罪")
SHARES = (28, 14, 8, 30, 8, 5, 4, 3)
FACTS = {
    "危险驾驶罪": "醉酒驾驶小型轿车，血液酒精含量为146mg/100ml",
    "交通肇事罪": "驾驶小型轿车发生事故致一人死亡，负主要责任",
}
RACED = "在道路上追逐竞驶，情节恶劣"
DRIVING = pl.col("charge").is_in(list(FACTS))
BARRED = pl.col("charge").is_in(["非法经营罪", "合同诈骗罪", "职务侵占罪"])
NO_DATE, NO_TEXT = pl.lit(None, dtype=pl.Date), pl.lit(None, dtype=pl.String)


def ordinary(count: int, draws: Draws) -> pl.DataFrame:
    """Return the roles of ordinary convictions: row, division, party."""
    frame = pl.DataFrame({"row": pl.int_range(0, count, eager=True)})
    return frame.with_columns(division=draws.pick("division", range(len(DIVISIONS))),
                              party=(pl.col("row") + FIRST) * 3 + 2)


def build(roles: pl.DataFrame, as_of: date, draws: Draws, changes: dict[str, Change] | None = None) -> pl.DataFrame:
    """Return complete convictions; `changes` are applied after the stages sentence and holdings."""
    frame = roles
    for name, stage in {"sentence": _sentence, "holdings": _holdings}.items():
        frame = stage(frame, as_of, draws)
        if changes and name in changes:
            frame = changes[name](frame)
    return frame


def _sentence(frame: pl.DataFrame, as_of: date, draws: Draws) -> pl.DataFrame:
    back = draws.between("effective", 100, 1_100)
    effective = (pl.lit(before(as_of, 0)).cast(pl.Int32) - back.cast(pl.Int32)).cast(pl.Date)
    suspended = draws.chance("suspended", 0.5)
    frame = frame.with_columns(charge=draws.pick("charge", OFFENCES, SHARES), effective_on=effective)
    told = pl.col("charge").replace_strict(FACTS, default=None, return_dtype=pl.String)
    raced = (pl.col("charge") == "危险驾驶罪") & draws.chance("raced", 0.1)
    return frame.with_columns(
        facts=pl.when(raced).then(pl.lit(RACED)).otherwise(told), ban=NO_TEXT, ban_until=NO_DATE,
        sentence=pl.when(suspended).then(pl.lit("有期徒刑八个月，缓刑一年")).otherwise(pl.lit("有期徒刑七个月")),
        sentence_to=pl.when(~suspended).then(pl.col("effective_on").dt.offset_by("6mo")),
        probation_to=pl.when(suspended).then(pl.col("effective_on").dt.offset_by("1y")))


def _holdings(frame: pl.DataFrame, as_of: date, draws: Draws) -> pl.DataFrame:
    """Licences (car, tractor) and companies; an offender of the market gave his company up before the judgment."""
    forfeit = DRIVING & (pl.col("facts") != RACED)
    companies = pl.when(draws.chance("company", 0.25)).then(draws.between("companies", 1, 2)).otherwise(0)
    return frame.with_columns(
        l_car=draws.chance("car", 0.7), l_tractor=draws.chance("tractor", 0.12), l_number=pl.lit("full"),
        l_car_status=pl.when(forfeit).then(pl.lit("吊销")).otherwise(pl.lit("正常")),
        l_tractor_status=pl.when(forfeit).then(pl.lit("吊销")).otherwise(pl.lit("正常")),
        l_revoked_on=pl.when(forfeit).then(pl.col("effective_on").dt.offset_by("20d")),
        c_count=companies.cast(pl.Int64), c_number=pl.lit(True),
        a_violation=pl.lit(None, dtype=pl.Int64), a_served_on=NO_DATE, a_revoked_on=NO_DATE, a_remark=NO_TEXT,
        a_number=pl.lit("full"), c_established_on=pl.col("effective_on").dt.offset_by("-4y"),
        c_cancelled_on=pl.when(BARRED).then(pl.col("effective_on").dt.offset_by("-40d")))


def numbered(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return the convictions with their persons, courts (court) and case numbers (judgment_no)."""
    places = pl.col("division").cast(pl.UInt32)
    frame = frame.with_columns(court=pl.lit(pl.Series([d.court for d in DIVISIONS])).gather(places),
                               court_code=pl.lit(pl.Series([d.court_code for d in DIVISIONS])).gather(places))
    year = pl.col("effective_on").dt.year()
    frame = serial(frame, ["court", year], "effective_on", 0).with_columns(
        judgment_no=case_no(year, "court_code", "刑初", pl.col("serial"))).drop("serial", "court_code")
    persons = parties(frame["party"], seed).drop("division", "established_on", "legal_representative")
    return frame.join(persons, on="party", how="left", maintain_order="left")


def penalties(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the roles of the penalties the convicted were given, for `matters.build`, with what `deliver` needs."""
    fields = pl.lit(pl.Series([FIELD_PLACE[v.field] for v in VIOLATIONS]))
    place = fields.gather(pl.col("a_violation").cast(pl.UInt32))
    return frame.filter(pl.col("a_violation").is_not_null()).select(
        row=pl.col("row") + PENALTY_ROW, life=pl.lit("prompt"), back=pl.lit(0, pl.Int64), party="party",
        organ=place * len(DIVISIONS) + pl.col("division"), served_on="a_served_on", violation="a_violation",
        convict_number="a_number", convict_remark="a_remark", convict_revoked_on="a_revoked_on")


def deliver(frame: pl.DataFrame) -> pl.DataFrame:
    """Return those penalties as their case asks; a change for the penalty stage of `matters.build`."""
    return frame.with_columns(
        p_number="convict_number", remark="convict_remark", revoked_on="convict_revoked_on",
        detention_days=pl.lit(None, pl.Int32), detention_executed_on=NO_DATE,
    ).drop("convict_number", "convict_remark", "convict_revoked_on")


def judgments(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the courts' list of criminal judgments in force."""
    return frame.select(
        pl.col("judgment_no").alias("案号"), pl.col("court").alias("审理法院"), pl.col("party_name").alias("被告人"),
        pl.col("resident_id").alias("公民身份号码"), said("sex", "sex").alias("性别"),
        _day("birth_date").alias("出生日期"),
        pl.col("charge").alias("罪名"), _day("effective_on").alias("裁判生效日期"),
        pl.col("sentence").alias("判处刑罚"), _day("sentence_to").alias("刑期止日"),
        _day("probation_to").alias("缓刑考验期满日"), pl.col("ban").alias("从业禁止"),
        _day("ban_until").alias("从业禁止截止日"), pl.col("facts").alias("查明事实"),
    )


def licences(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the register of driving licences: cars by the traffic police, tractors by the organs of agriculture."""
    hidden = messy.masked_number("resident_id")
    number = pl.when(pl.col("l_number") == "masked").then(hidden).otherwise("resident_id")
    kinds = (("l_car", "机动车驾驶证", "C1", "霁川市公安局交通警察支队", "41980"),
             ("l_tractor", "拖拉机和联合收割机驾驶证", "G1", "霁川市农业农村局", "41981"))
    return pl.concat([frame.filter(held).select(
        pl.concat_str(pl.lit(head), (pl.col("party") // 3 % 10_000_000).cast(pl.String).str.zfill(7)).alias("证号"),
        pl.col("party_name").alias("姓名"), number.alias("公民身份号码"), pl.lit(kind).alias("证照种类"),
        pl.lit(group).alias("准驾车型"), pl.lit(issuer).alias("发证机关"),
        pl.col("effective_on").dt.offset_by("-5y").dt.strftime("%Y-%m-%d").alias("初次领证日期"),
        pl.col("effective_on").dt.offset_by("5y").dt.strftime("%Y-%m-%d").alias("有效期止"),
        pl.col(f"{held}_status").alias("驾驶证状态"),
        pl.when(pl.col(f"{held}_status") == "吊销").then(_day("l_revoked_on")).alias("吊销日期"),
    ) for held, kind, group, issuer, head in kinds])


def companies(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return the register of the companies they represent, with the representative's number where it is told."""
    held = frame.with_columns(place=pl.int_ranges(0, "c_count")).explode("place").filter(pl.col("place").is_not_null())
    held = held.with_columns(company=(COMPANIES + (pl.col("party") // 3 - FIRST) * 4 + pl.col("place")) * 3)
    firms = parties(held["company"], seed).select(
        "uscc", "address", "division", company="party", company_name="party_name")
    held = held.drop("division", "address", "uscc").join(firms, on="company", how="left", maintain_order="left")
    gone = pl.when(pl.col("c_cancelled_on").is_not_null()).then(pl.lit("注销")).otherwise(pl.lit("存续"))
    return held.select(
        pl.col("uscc").alias("统一社会信用代码"), pl.col("company_name").alias("企业名称"),
        pl.lit("有限责任公司").alias("市场主体类型"), pl.col("party_name").alias("法定代表人"),
        pl.when("c_number").then("resident_id").alias("法定代表人证件号码"), gone.alias("登记状态"),
        _day("c_established_on").alias("成立日期"), _day("c_cancelled_on").alias("注销日期"),
        pl.col("address").alias("住所"), pl.col("division").alias("登记地行政区划"),
    )


def _day(column: str) -> pl.Expr:
    return pl.col(column).dt.strftime("%Y-%m-%d")
