"""An invented prefecture: 霁川市 (code 4198, never issued), its counties, courts, organs, procuratorates and parties.

No place, organ, company or person here exists. Division code 4198xx and court code 豫98xx were never assigned;
identity numbers and credit codes carry right check digits, so that checks pass, but an area that nobody can be
registered in.

A party is a whole number: party % 3 is its kind (0 company, 1 individual business, 2 natural person), party // 3 its
place in that kind. Everything about it follows from the number.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from engine.sample.draws import Draws

PREFECTURE = "霁川市"


@dataclass(frozen=True)
class Division:
    """One county-level division (or the prefecture itself): code, name, the short form in document numbers."""

    code: str
    name: str
    full: str
    short: str
    court_code: str
    court: str

    @property
    def procuratorate(self) -> str:
        """The people's procuratorate of the division."""
        return f"{self.full}人民检察院"


DIVISIONS: tuple[Division, ...] = (
    Division("419801", PREFECTURE, PREFECTURE, "霁", "豫9802", "霁川市东澄区人民法院"),
    Division("419802", "东澄区", "霁川市东澄区", "霁东", "豫9802", "霁川市东澄区人民法院"),
    Division("419803", "望霁区", "霁川市望霁区", "霁望", "豫9803", "霁川市望霁区人民法院"),
    Division("419821", "槐陵县", "槐陵县", "槐", "豫9821", "槐陵县人民法院"),
    Division("419822", "桐泽县", "桐泽县", "桐", "豫9822", "桐泽县人民法院"),
    Division("419823", "梧原县", "梧原县", "梧", "豫9823", "梧原县人民法院"),
)
"""The prefecture's own organs first (code …01, for 419800 stands for the whole), then districts and counties."""

UNCOVERED = 5
"""Place in DIVISIONS of the county whose data are declared incomplete: absence proves nothing there."""


@dataclass(frozen=True)
class Field:
    """One field of administration: organ and document number patterns, share of decisions, share of parties by kind.

    `trades` and `shops` are the places (in TRADES, SHOPS) of those it usually fines; `branch` says where the
    prefecture's organ acts through branches: "all" counties, in "district"s only, or nowhere.
    """

    name: str
    organ: str
    branch: str
    number: str
    weight: int
    kinds: tuple[int, int, int]
    power: str
    trades: tuple[int, ...]
    shops: tuple[int, ...]


FIELDS: tuple[Field, ...] = (
    Field("市场监管", "{full}市场监督管理局", "", "{short}市监处罚〔{year}〕{serial}号", 26, (8, 10, 2), "court",
          (0, 1, 7, 9, 10, 15, 17, 18, 19), (0, 1, 2, 3, 9, 11, 12, 13, 14, 15)),
    Field("自然资源", "{full}自然资源局", "", "{short}自然资罚决字〔{year}〕第{serial}号", 9, (8, 2, 10), "court",
          (2, 6, 7, 12, 13, 14), (10, 18, 19)),
    Field("生态环境", "{full}生态环境局", "all", "{short}环罚决字〔{year}〕{serial}号", 9, (15, 4, 1), "court",
          (2, 5, 7, 8, 13, 15, 16, 18), (6, 10, 19)),
    Field("交通运输", "{full}交通运输局", "", "{short}交执罚〔{year}〕{serial}号", 14, (9, 2, 9), "court",
          (2, 4, 11, 13), (6, 10)),
    Field("农业农村", "{full}农业农村局", "", "{short}农罚〔{year}〕{serial}号", 7, (5, 9, 6), "court",
          (3, 14, 19), (4, 16, 17, 18)),
    Field("卫生健康", "{full}卫生健康委员会", "", "{short}卫罚〔{year}〕{serial}号", 7, (5, 11, 4), "court",
          (7, 8, 16, 18), (7, 8, 9)),
    Field("公安", "{full}公安局", "district", "{short}公（治）行罚决字〔{year}〕{serial}号", 12, (0, 0, 20), "self",
          (0,), (0,)),
    Field("城市管理", "{full}城市管理局", "", "{short}城管罚决字〔{year}〕第{serial}号", 8, (9, 8, 3), "court",
          (6, 12, 13), (0, 10, 12)),
    Field("水利", "{full}水利局", "", "{short}水罚字〔{year}〕{serial}号", 3, (13, 2, 5), "court",
          (2, 6, 7, 13), (18, 19)),
    Field("应急管理", "{full}应急管理局", "", "（{short}）应急罚〔{year}〕{serial}号", 5, (18, 2, 0), "court",
          (2, 7, 8, 13, 16), (5, 6, 19)),
)
"""Fields of administration; `power` is the ordinary way to enforce a fine: by the court, or by the organ itself."""

FIELD_PLACE: dict[str, int] = {field.name: place for place, field in enumerate(FIELDS)}
"""Place of each field in FIELDS."""


def organ_name(field: Field, division: Division) -> str:
    """Return the organ's name: of the prefecture, the county, or the branch in the county."""
    branch = field.branch == "all" or (field.branch == "district" and division.name.endswith("区"))
    if branch and division is not DIVISIONS[0]:
        return f"{field.organ.format(full=PREFECTURE)}{division.name[:-1]}分局"
    return field.organ.format(full=division.full)


def organs() -> pl.DataFrame:
    """Return all organs: their places (organ, field, division), names, codes, number pattern, power and court."""
    pairs = [(f, d) for f in range(len(FIELDS)) for d in range(len(DIVISIONS))]
    codes = ["11" + uscc_tail(f"{DIVISIONS[d].code}0{f:02d}{d:02d}98") for f, d in pairs]
    return pl.DataFrame({
        "organ": [f * len(DIVISIONS) + d for f, d in pairs],
        "field": [f for f, _ in pairs],
        "division": [d for _, d in pairs],
        "field_name": [FIELDS[f].name for f, _ in pairs],
        "authority": [organ_name(FIELDS[f], DIVISIONS[d]) for f, d in pairs],
        "authority_division": [DIVISIONS[d].code for _, d in pairs],
        "authority_uscc": codes,
        "number_pattern": [FIELDS[f].number.replace("{short}", DIVISIONS[d].short) for f, d in pairs],
        "power": [FIELDS[f].power for f, _ in pairs],
        "court": [DIVISIONS[d].court for _, d in pairs],
        "court_code": [DIVISIONS[d].court_code for _, d in pairs],
    })


_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def uscc_tail(body: str, head: str = "11") -> str:
    """Return the credit code without its two-character head, from the division and eight organisation digits.

    Check characters per GB 11714-1997 (organisation code) and GB 32100-2015 (credit code).

    >>> "91" + uscc_tail("41980210000294", "91")
    '91419802100002943J'
    """
    division, digits = body[:6], body[-8:].rjust(8, "0")
    remainder = 11 - sum(int(c) * w for c, w in zip(digits, _ORG_WEIGHTS, strict=True)) % 11
    check = {10: "X", 11: "0"}.get(remainder, str(remainder))
    seventeen = head + division + digits + check
    total = sum(_USCC_ALPHABET.index(c) * w for c, w in zip(seventeen, _USCC_WEIGHTS, strict=True))
    return seventeen[2:] + _USCC_ALPHABET[(31 - total % 31) % 31]


SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾"
    "肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏")
GIVEN = (
    "书云亦佑依俊保信傲元允光兆全其冉冬凡凯利力勤华协南占友同吉和"
    "咏品嘉固国培增夏天奇妍娟守安定宜家密富尚岚岩川工平广庆庭建弘强彤彦")
BRANDS = (
    "恒启盛隆鑫瑞丰泰诚信达康源润宏茂昌裕祥和顺安正兴万福永嘉德美佳"
    "新明亿博远卓越联众益民利通华宇天成锦绣金玉宝龙飞")
TRADES = (
    "食品有限公司", "商贸有限公司", "建材有限公司", "农业科技有限公司", "运输有限公司", "环保科技有限公司",
    "建筑工程有限公司",
    "机械制造有限公司", "化工有限公司", "餐饮管理有限公司", "药业有限公司", "物流有限公司", "置业有限公司",
    "混凝土有限公司",
    "养殖有限公司", "包装有限公司", "纺织有限公司", "电器有限公司", "家具有限公司", "粮油有限公司",
)
SHOPS = ("百货店", "餐馆", "超市", "水产店", "农资店", "五金店", "汽修厂", "诊所", "理发店", "药店", "建材门市部",
    "蔬菜店", "饭店", "快餐店",
         "服装店", "蛋糕店", "种子经营部", "饲料门市部", "养殖场", "加工厂")
TRADE_COUNT = len(TRADES)
"""Trades of companies and of shops alike; a party's place in its kind, modulo this, is its trade."""

TOWNS = ("云槐镇", "柳浦镇", "石桐乡", "北梧街道", "清渡镇", "南榆街道", "白蒲镇", "上泽乡", "青岔镇", "霁阳街道")


def parties(numbers: pl.Series, seed: int) -> pl.DataFrame:
    """Return one row a distinct party number: name, kind, numbers, address, birth and sex, registration."""
    frame = pl.DataFrame({"party": numbers.unique().sort().cast(pl.Int64)}).with_columns(
        kind=pl.col("party") % 3, place=pl.col("party") // 3)
    draws = Draws(seed, "party")
    frame = frame.with_columns(
        home=draws.between("home", 1, len(DIVISIONS) - 1),
        person=_person_name(draws, "person"),
        town=draws.pick("town", TOWNS), house=draws.between("house", 1, 380),
    ).with_columns(
        division=_from(pl.col("home"), [d.code for d in DIVISIONS]),
        county=_from(pl.col("home"), [d.name for d in DIVISIONS]),
    )
    frame = frame.with_columns(**_birth(), **_credit_digits()).with_columns(
        resident_id=pl.when(pl.col("kind") == 2).then(_resident_id()),
        uscc=pl.when(pl.col("kind") < 2).then(_uscc()),
        party_name=_party_name(),
        address=pl.concat_str("county", "town", pl.lit("兴业路"), "house", pl.lit("号")),
    )
    return _registration(frame, draws)


def leaving(seed: int) -> pl.Expr:
    """Whether an ordinary `party` dies or is struck off shortly before the as-of date, all its matters done with."""
    return Draws(seed, "party").chance("gone", 0.03)


def _person_name(draws: Draws, purpose: str) -> pl.Expr:
    second = pl.when(draws.chance(purpose + "3", 0.82)).then(draws.pick(purpose + "2", GIVEN)).otherwise(pl.lit(""))
    return pl.concat_str(draws.pick(purpose, SURNAMES), draws.pick(purpose + "1", GIVEN), second)


def _party_name() -> pl.Expr:
    """Company and shop names count through brand × trade × county, so no two companies share a name."""
    size = len(BRANDS)
    scattered = (pl.col("place") * 7_919 + 101 + pl.col("kind") * 60_013) % size**3
    brand = pl.concat_str(*(_from(scattered // size**power % size, BRANDS) for power in range(3)),
                          _from(pl.col("place") // size**3 % size, ["", *BRANDS[1:]]))
    trade = pl.when(pl.col("kind") == 0).then(_from(pl.col("place") % len(TRADES), TRADES)).otherwise(
        _from(pl.col("place") % len(SHOPS), SHOPS))
    county = pl.when(pl.col("home") < 3).then(pl.concat_str(pl.lit(PREFECTURE), "county")).otherwise("county")
    return pl.when(pl.col("kind") == 2).then("person").otherwise(pl.concat_str(county, brand, trade))


def _birth() -> dict[str, pl.Expr]:
    """Birth day and order number count through their whole range, so no two persons share an identity number."""
    scattered = (pl.col("place") * 3_999_971 + 17) % (19_000 * 990)
    return {
        "birth_date": pl.when(pl.col("kind") == 2).then(
            pl.date(1952, 1, 1).dt.offset_by(pl.concat_str(scattered % 19_000, pl.lit("d")))),
        "order": scattered // 19_000 + 1,
    }


def _resident_id() -> pl.Expr:
    """Identity number per GB 11643-1999, check digit included."""
    body = pl.concat_str("division", pl.col("birth_date").dt.strftime("%Y%m%d"),
        pl.col("order").cast(pl.String).str.zfill(3))
    total = pl.sum_horizontal(*(body.str.slice(i, 1).cast(pl.Int64) * w for i, w in enumerate(_RESIDENT_WEIGHTS)))
    return body + _from(total % 11, "10X98765432")


def _credit_digits() -> dict[str, pl.Expr]:
    scattered = (pl.col("place") * 8_999_993 + 29) % 90_000_000 + 10_000_000
    return {"digits": scattered.cast(pl.String)}


def _uscc() -> pl.Expr:
    """Credit code: 91 for companies, 92 for individual businesses; same arithmetic as `uscc_tail`, on columns."""
    digits = [pl.col("digits").str.slice(i, 1).cast(pl.Int64) for i in range(8)]
    remainder = 11 - pl.sum_horizontal(*(d * w for d, w in zip(digits, _ORG_WEIGHTS, strict=True))) % 11
    check = _from(remainder, "?123456789X0")
    head = pl.when(pl.col("kind") == 0).then(pl.lit("91")).otherwise(pl.lit("92"))
    body = pl.concat_str(head, "division", "digits")
    values = [body.str.slice(i, 1).cast(pl.Int64) for i in range(16)]
    values.append(pl.when(remainder == 10).then(29).when(remainder == 11).then(0).otherwise(remainder))
    total = pl.sum_horizontal(*(v * w for v, w in zip(values, _USCC_WEIGHTS, strict=True)))
    return pl.concat_str(body, check, _from((31 - total % 31) % 31, _USCC_ALPHABET))


def _registration(frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    capital = draws.pick("capital", (10, 30, 50, 100, 200, 500, 1000, 2000))
    established = pl.date(2008, 3, 1).dt.offset_by(pl.concat_str(draws.between("established", 0, 4_700), pl.lit("d")))
    return frame.with_columns(
        party_kind=_from(pl.col("kind"), ("organisation", "individual_business", "person")),
        org_code=pl.when(pl.col("kind") == 0).then(pl.col("uscc").str.slice(8, 9)),
        legal_representative=pl.when(pl.col("kind") < 2).then("person"),
        sex=pl.when(pl.col("kind") == 2).then(_from(pl.col("order") % 2, ("female", "male"))),
        established_on=pl.when(pl.col("kind") < 2).then(established),
        capital_yuan=pl.when(pl.col("kind") == 0).then(capital * 10_000),
    ).drop("kind", "place", "home", "person", "town", "house", "county", "order", "digits")


def _from(place: pl.Expr, choices: "tuple[str, ...] | list[str] | str") -> pl.Expr:
    return pl.lit(pl.Series(list(choices))).gather(place.cast(pl.UInt32))


FIRST_DAY = date(2022, 1, 4)
"""First day on which a decision of the sample may be served."""
