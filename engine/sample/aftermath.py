"""What follows an ordinary enforcement case: searches for property, restrictions, payment out, resumption, the list.

Columns added: `e_…` of the case itself, `x_…` of the resumed case (执恢), `l_…` of the entry on the list of dishonest
judgment debtors. Every row is innocent: a case is ended for now after three months and a search, searched again within
six months, resumed soon after property turns up; money is paid out within a month; entries come off the list.
"""

from datetime import date

import polars as pl

from engine.sample.draws import Draws

NO_DATE = pl.lit(None, dtype=pl.Date)
NO_SUM = pl.lit(None, dtype=pl.Int64)
NO_TEXT = pl.lit(None, dtype=pl.String)
NO_ANSWER = pl.lit(None, dtype=pl.Boolean)

NOT_FOUND = "未发现可供执行的财产"
FOUND_NOTHING: tuple[str, ...] = (NOT_FOUND, "仅有小额存款，不足支付执行费用", "名下车辆下落不明，暂不能处置",
                                  "住房已被其他法院轮候查封，不能处置")
"""What the search of a case ended for now brought."""


def plus(day: pl.Expr, days: pl.Expr) -> pl.Expr:
    """Return the day so many days later, row by row; NULL stays NULL."""
    return (day.cast(pl.Int32) + days.cast(pl.Int32)).cast(pl.Date)


def follow(frame: pl.DataFrame, as_of: date, draws: Draws) -> pl.DataFrame:
    """Return enforcement cases with what follows them; needs their mode, dates of filing and closing, and sums."""
    frame = frame.with_columns(**_searches(as_of, draws), **_payment_out(draws))
    frame = _resume(frame, draws)
    return frame.with_columns(**_listing(as_of, draws)).with_columns(**_taken_off(draws))


def _searches(as_of: date, draws: Draws) -> dict[str, pl.Expr]:
    """Search before closing; where the case was ended for now, again within the last five months."""
    ended = pl.col("e_mode") == "terminated_current"
    done = pl.col("e_mode") == "completed"
    filed, closed = pl.col("e_filed_on"), pl.col("e_closed_on")
    again = plus(pl.lit(as_of), -draws.between("searched again", 5, 150))
    before = plus(closed, -draws.between("searched", 8, 30))
    return {
        "e_checked": pl.when(ended | done).then(pl.lit(True)),
        "e_checked_on": pl.when(~ended).then(plus(filed, pl.lit(20)))
        .when(again > closed).then(again).otherwise(before),
        "e_restricted": pl.when(ended).then(pl.lit(True)),
        "e_restricted_on": pl.when(ended).then(plus(filed, pl.lit(15))),
        "e_property": pl.when(ended).then(draws.pick("property", FOUND_NOTHING, (85, 5, 5, 5))).when(done).then(
            pl.lit("已扣划银行存款")),
        "e_agreed": pl.when(ended).then(draws.chance("agreed", 0.4)),
        "e_found_on": NO_DATE, "e_value": NO_SUM, "e_resumed_on": NO_DATE, "e_status": NO_TEXT,
        "e_settlement": NO_SUM,
    }


def _payment_out(draws: Draws) -> dict[str, pl.Expr]:
    """The sum arrives shortly before closing and is paid out within a month; `e_paid_out` NULL: the whole of it."""
    done = pl.col("e_mode") == "completed"
    received = plus(pl.col("e_closed_on"), -draws.between("received", 1, 10))
    return {
        "e_received_on": pl.when(done).then(received),
        "e_paid_out_on": pl.when(done).then(plus(received, draws.between("paid out", 2, 25))),
        "e_paid_out": NO_SUM, "e_hold": NO_TEXT,
    }


def _resume(frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """One in seven cases ended for now is resumed within weeks after property was found, and carried out."""
    resumed = (pl.col("e_mode") == "terminated_current") & draws.chance("resumed", 0.15)
    found = plus(pl.col("e_closed_on"), draws.between("found", 100, 300))
    frame = frame.with_columns(
        has_resumption=resumed, e_found_on=pl.when(resumed).then(found),
        e_property=pl.when(resumed).then(pl.lit("名下新开立账户有存款")).otherwise("e_property"),
        e_value=pl.when(resumed).then("e_sought"))
    filed = plus(pl.col("e_found_on"), draws.between("x filed", 3, 20))
    return frame.with_columns(
        x_filed_on=filed, x_closed_on=plus(filed, draws.between("x closed", 25, 70)),
        x_prior=pl.when(resumed).then(pl.lit("case")), x_sought=pl.col("e_sought"))


def _listing(as_of: date, draws: Draws) -> dict[str, pl.Expr]:
    """Half of the cases ended for now come with an entry on the list, and a few that were carried out in the end."""
    ended = (pl.col("e_mode") == "terminated_current") & ~pl.col("has_resumption") & draws.chance("listed", 0.5)
    done = (pl.col("e_mode") == "completed") & draws.chance("listed", 0.08)
    listed = plus(pl.col("e_filed_on"), pl.when(ended).then(15).otherwise(18))
    return {"has_listing": ended | done, "l_listed_on": pl.when(ended | done).then(listed),
            "l_until": pl.when(ended | done).then(listed.dt.offset_by("2y")),
            "l_seen_on": plus(pl.lit(as_of), pl.lit(-6))}


def _taken_off(draws: Draws) -> dict[str, pl.Expr]:
    """Entries come off within days after the case is carried out, or after their term."""
    done = pl.col("e_mode") == "completed"
    off = pl.when(done).then("e_closed_on").otherwise("l_until")
    return {"l_removed_on": pl.when("has_listing").then(plus(off, draws.between("taken off", 0, 3)))}
