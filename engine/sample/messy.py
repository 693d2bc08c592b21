"""The same value as different clerks write it: dates, sums, numbers and names as they arrive in practice."""

from datetime import date

import polars as pl

from engine.sample.draws import Draws

DATE_STYLES: tuple[str, ...] = ("%Y-%m-%d", "%Y/%-m/%-d", "%Y.%-m.%-d", "%Y年%-m月%-d日", "%Y%m%d")
"""Ways to write a date; a supplier keeps to one and slips into others now and then."""

TRADITIONAL = str.maketrans(
    "霁东泽县区启丰诚达兴万华业贸环张刘陈杨黄赵吴孙马罗郑谢许韩冯邓萧于蒋叶苏吕卢钟谭陆汪贾书云传国庆协",
    "霽東澤縣區啟豐誠達興萬華業貿環張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭于蔣葉蘇呂盧鍾譚陸汪賈書雲傳國慶協")
"""Simplified to traditional, for the characters of our names."""

OLD_ORGANS = {"市场监督管理局": "工商行政管理局", "自然资源局": "国土资源局", "生态环境局": "环境保护局"}
"""Organ names before the reform of 2018, as old registers still print them."""

_DIGITS = "〇一二三四五六七八九"
_CAPITALS = "零壹贰叁肆伍陆柒捌玖"


def dates(column: str, draws: Draws, style: "int | pl.Expr", slips: float = 0.04) -> pl.Expr:
    """Return a date column as text in the supplier's style, with slips into other styles; NULL stays NULL."""
    day, count = pl.col(column), len(DATE_STYLES)
    drawn = draws.below(f"slip {column}", 10_000)
    usual = pl.lit(style) if isinstance(style, int) else style
    kind = pl.when(drawn < int(slips * 10_000)).then(drawn % count).otherwise(usual)
    text = pl.lit(None, dtype=pl.String)
    for place, pattern in enumerate(DATE_STYLES):
        text = pl.when(kind == place).then(day.dt.strftime(pattern)).otherwise(text)
    spelled = day.map_batches(lambda days: _mapped(days, spelled_date), return_dtype=pl.String)
    return pl.when(drawn < int(slips * 1_000)).then(spelled).otherwise(text)


def spelled_date(day: date) -> str:
    """Return the date in Chinese numerals.

    >>> spelled_date(date(2024, 12, 31))
    '二〇二四年十二月三十一日'
    """
    return f"{''.join(_DIGITS[int(c)] for c in str(day.year))}年{_count(day.month)}月{_count(day.day)}日"


def _count(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones else "")


def yuan(column: str) -> pl.Expr:
    """Return a sum in fen as yuan text without needless zeros."""
    fen = pl.col(column)
    return pl.when(fen % 100 == 0).then((fen // 100).cast(pl.String)).otherwise(
        pl.concat_str(fen // 100, pl.lit("."), (fen % 100).cast(pl.String).str.zfill(2)))


def loose_yuan(column: str, draws: Draws) -> pl.Expr:
    """Return a sum in fen as clerks type it: mostly digits, sometimes 5,000.00, 5000元, ￥5000, 5万元 or 伍仟元整."""
    fen, plain = pl.col(column), yuan(column)
    grouped = fen.map_batches(lambda sums: _mapped(sums, lambda f: f"{f / 100:,.2f}"), return_dtype=pl.String)
    capital = fen.map_batches(lambda sums: _mapped(sums, capitals), return_dtype=pl.String)
    wan = pl.concat_str((fen // 1_000_000), pl.lit("万元"))
    kind = draws.below(f"typed {column}", 200)
    return (pl.when(kind < 8).then(grouped).when(kind < 12).then(pl.concat_str(plain, pl.lit("元")))
            .when(kind < 14).then(pl.concat_str(pl.lit("￥"), plain))
            .when((kind < 20) & (fen > 0) & (fen % 1_000_000 == 0)).then(wan)
            .when((kind < 24) & (fen > 0)).then(capital).otherwise(plain))


def wan(column: str) -> pl.Expr:
    """Return a sum in fen as 万元 text, all decimals kept."""
    fen = pl.col(column)
    text = pl.concat_str(fen // 1_000_000, pl.lit("."), (fen % 1_000_000).cast(pl.String).str.zfill(6))
    return text.str.replace(r"\.?0+$", "")


def capitals(fen: int) -> str:
    """Return a sum in capital Chinese numerals as used on decisions.

    >>> capitals(500_000), capitals(1_234_550), capitals(100_500)
    ('伍仟元整', '壹万贰仟叁佰肆拾伍元伍角', '壹仟零伍元整')
    """
    yuan_part, jiao, cent = fen // 100, fen // 10 % 10, fen % 10
    tail = _CAPITALS[jiao] + "角" if jiao else "零" if cent and yuan_part else ""
    tail += _CAPITALS[cent] + "分" if cent else ""
    return f"{_capital_count(yuan_part)}元{tail or '整'}"


def _capital_count(number: int) -> str:
    if number == 0:
        return "零"
    high, low = divmod(number, 10_000)
    if high:
        gap = "零" if low and low < 1_000 else ""
        return _capital_count(high) + "万" + gap + (_capital_count(low) if low else "")
    text, zero = "", False
    for power, unit in ((1_000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit = number // power % 10
        if digit:
            text += ("零" if zero and text else "") + _CAPITALS[digit] + unit
        zero = digit == 0
    return text


def document_numbers(column: str, draws: Draws, purpose: str, share: float = 0.08) -> pl.Expr:
    """Return document numbers with other brackets, spaces, full-width digits or 第 now and then."""
    text, kind = pl.col(column), draws.below(f"brackets {purpose}", 1_000)
    step = int(share * 1_000 / 4)
    square = text.str.replace_many(["〔", "〕"], ["[", "]"])
    black = text.str.replace_many(["〔", "〕"], ["【", "】"])
    spaced = text.str.replace("号$", " 号")
    full = text.str.replace_many(list("0123456789"), list("０１２３４５６７８９"))
    return (pl.when(kind < step).then(square).when(kind < 2 * step).then(black).when(kind < 3 * step).then(spaced)
            .when(kind < 4 * step).then(full).otherwise(text))


def case_numbers(column: str, draws: Draws, purpose: str) -> pl.Expr:
    """Return case numbers with half-width brackets or a stray space now and then."""
    text, kind = pl.col(column), draws.below(f"case brackets {purpose}", 100)
    half = text.str.replace_many(["（", "）"], ["(", ")"])
    return pl.when(kind < 30).then(half).when(kind < 33).then(text.str.replace("）", "） ")).otherwise(text)


def names(column: str, variant: str, draws: Draws, purpose: str) -> pl.Expr:
    """Return names in the spelling that `variant` asks for; exact ones carry a stray space or mark now and then."""
    name, kind = pl.col(column), pl.col(variant)
    slip = draws.below(f"name {purpose}", 200)
    exact = pl.when(slip < 3).then(pl.concat_str(name, pl.lit("　"))).when(slip < 5).then(
        pl.concat_str(pl.lit("\u200b"), name)).when(slip < 7).then(traditional(name)).otherwise(name)
    masked = pl.concat_str(name.str.slice(0, 1), pl.lit("某某"))
    short = name.str.replace("^霁川市", "").str.replace("有限公司$", "")
    similar = name.str.replace("有限公司$", "实业有限公司")
    return (pl.when(kind == "traditional").then(traditional(name)).when(kind == "masked").then(masked)
            .when(kind == "short").then(short).when(kind == "similar").then(similar).otherwise(exact))


def traditional(text: pl.Expr) -> pl.Expr:
    """Return the text in traditional characters."""
    pairs = [(chr(a), chr(b)) for a, b in TRADITIONAL.items() if a != b]
    return text.str.replace_many([a for a, _ in pairs], [b for _, b in pairs])


def masked_number(column: str) -> pl.Expr:
    """Return an identity number with its middle hidden: four digits, ten stars, four digits."""
    return pl.concat_str(pl.col(column).str.slice(0, 4), pl.lit("*" * 10), pl.col(column).str.slice(-4))


def old_organ(column: str) -> pl.Expr:
    """Return organ names as they were before the reform."""
    return pl.col(column).str.replace_many(list(OLD_ORGANS), list(OLD_ORGANS.values()))


def typo(column: str) -> pl.Expr:
    """Return document numbers that lost one character of their prefix."""
    return pl.col(column).str.replace("罚", "", literal=True)


def _mapped(values: pl.Series, say) -> pl.Series:  # type: ignore[no-untyped-def]
    table = {value: say(value) for value in values.unique().drop_nulls().to_list()}
    return values.replace_strict(table, default=None, return_dtype=pl.String)
