"""Ordinary ways to a decision and its publication: the act, its discovery, the hearing told in time.

Everything here is lawful: an act is found within days of its end, a hearing is told together with the notice, at least
six working days before the decision, and nobody asks for one.
"""

from datetime import date

import polars as pl

from engine.sample.draws import Draws
from engine.sample.world import DIVISIONS, TOWNS

ROADS = ("兴业路", "建设路", "人民路", "滨河路", "工业大道", "朝阳街", "文昌街", "北环路")
LASTING = ("自然资源", "水利", "城市管理")
"""Fields whose violations usually last until they are found."""


def act(frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """Add when and where the act was committed, ended and found; needs filed_on, decided_on, field_name, division."""
    found = pl.coalesce(_earlier("filed_on", draws.between("found", 0, 6)), "decided_on")
    lasting = pl.col("field_name").is_in(LASTING) & (pl.col("procedure") == "ordinary")
    frame = frame.with_columns(discovered_on=pl.when(pl.col("filed_on").is_not_null()).then(found), continuing=lasting)
    within = pl.when(pl.col("filed_on").is_not_null()).then(draws.between("ended", 0, 30)).otherwise(0)
    frame = frame.with_columns(violation_ended_on=_earlier(found, within))
    lasted = pl.when(lasting).then(draws.between("lasted", 30, 400)).otherwise(0)
    county = pl.lit(pl.Series([d.full for d in DIVISIONS])).gather(pl.col("division").cast(pl.UInt32))
    return frame.with_columns(
        committed_on=_earlier("violation_ended_on", lasted), serious_harm=pl.lit(False),
        case_extended_to=pl.lit(None, dtype=pl.Date), excluded_days=pl.lit(0, pl.Int64),
        violation_place=pl.concat_str(county, draws.pick("place town", TOWNS), draws.pick("place road", ROADS),
                                      draws.between("place house", 1, 480), pl.lit("号")))


def _earlier(day: str | pl.Expr, days: pl.Expr) -> pl.Expr:
    """The day so many days before; NULL stays NULL."""
    given = pl.col(day) if isinstance(day, str) else day
    return (given.cast(pl.Int32) - days.cast(pl.Int32)).cast(pl.Date)


def hearing(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the hearing told with the notice of every fine in ordinary procedure; needs notice_on, procedure, fine."""
    told = (pl.col("procedure") == "ordinary") & (pl.col("fine") > 0)
    return frame.with_columns(
        hearing_told=told, hearing_notice_on=pl.when(told).then("notice_on"),
        hearing_requested=pl.when(told).then(pl.lit(False)), hearing_waived=pl.when(told).then(pl.lit(False)),
        hearing_held_on=pl.lit(None, dtype=pl.Date))


def publish(frame: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Fill in what the market organs' ledgers say about publicity, where no case said it.

    Ten days after the decision it goes up; it comes down after three years, or the day after the decision is revoked.
    """
    blank = (pl.col("field_name") == "市场监管") & pl.col("in_publicity") & pl.col("publicity_text").is_null()
    up = pl.col("decided_on").dt.offset_by("10d")
    down = pl.min_horizontal(up.dt.offset_by("3y"), pl.col("revoked_on").dt.offset_by("1d"))
    over = down <= as_of
    return frame.with_columns(
        publicity_from=pl.when(blank).then(up).otherwise("publicity_from"),
        publicity_removed_on=pl.when(blank).then(pl.when(over).then(down)).otherwise("publicity_removed_on"),
        publicity_text=pl.when(blank).then(pl.when(over).then(pl.lit("已停止公示")).otherwise(pl.lit("公示中")))
        .otherwise("publicity_text"))
