"""Official numbers for the records of one chunk: document numbers by organ and year, case numbers by court and year.

Serials run through each organ's (court's) year in the order of the dates, as registers do; a later chunk goes on above.
"""

import polars as pl

from engine.sample.world import DIVISIONS

STRIDE = 1_000_000
"""Serials of the second chunk start here, those of the third at twice this, and so on."""


def number(matters: pl.DataFrame, chunk: int) -> pl.DataFrame:
    """Add document_no, review_no, enforcement_no, resumption_no (NULL where there is no such record), basis_no (of the
    enforcement), receipt_no, and other_no: the number of the organ's decision before this one, for clerks who cite the
    wrong line.
    """
    year = pl.col("decided_on").dt.year()
    frame = serial(matters, ["organ", year], "decided_on", chunk).with_columns(
        document_no=pl.col("number_pattern").str.replace("{year}", year.cast(pl.String), literal=True)
        .str.replace("{serial}", pl.col("serial").cast(pl.String), literal=True))
    other = pl.col("document_no").shift(1).over("organ", year, order_by=["decided_on", "row"])
    frame = frame.with_columns(other_no=pl.coalesce(other, "document_no"))
    arrived = pl.coalesce("r_applied_on", "r_accepted_on", "r_not_accepted_on", "r_ruled_on")
    frame = frame.with_columns(arrived_on=pl.when("has_review").then(arrived))
    year = pl.col("arrived_on").dt.year()
    frame = serial(frame, ["r_court", year], "arrived_on", chunk).with_columns(
        review_no=pl.when("has_review").then(case_no(year, "r_court_code", "行审", pl.col("serial"))))
    frame = frame.with_columns(opened_on=pl.when("has_enforcement").then("e_filed_on"))
    year = pl.col("opened_on").dt.year()
    scattered = pl.col("serial") * 7 + pl.col("row") % 7
    frame = serial(frame, ["e_court", year], "opened_on", chunk).with_columns(
        enforcement_no=pl.when("has_enforcement").then(case_no(year, "e_court_code", "执", scattered)))
    frame = frame.with_columns(basis_no=_basis(), opened_on=pl.when("has_resumption").then("x_filed_on"))
    year = pl.col("opened_on").dt.year()
    frame = serial(frame, ["e_court", year], "opened_on", chunk).with_columns(
        resumption_no=pl.when("has_resumption").then(case_no(year, "e_court_code", "执恢", pl.col("serial"))))
    return _receipts(frame, chunk).drop("serial", "arrived_on", "opened_on")


def _receipts(frame: pl.DataFrame, chunk: int) -> pl.DataFrame:
    """Add receipt_no where a fine or confiscated sum was taken in: what the treasury's file says, else the ledger."""
    taken = (pl.col("in_publicity") | pl.col("in_ledger")) & (pl.coalesce("receipt", "paid") > 0)
    frame = frame.with_columns(opened_on=pl.when(taken).then(pl.coalesce("receipt_on", "paid_on")))
    year = pl.col("opened_on").dt
    number = pl.concat_str(pl.lit("4198"), year.strftime("%y"), pl.col("serial").cast(pl.String).str.zfill(10))
    return serial(frame, [year.year()], "opened_on", chunk).with_columns(receipt_no=number)


def number_referrals(cases: pl.DataFrame, chunk: int) -> pl.DataFrame:
    """Add nonprosecution_no and opinion_no, by procuratorate and year."""
    short = pl.lit(pl.Series([d.short for d in DIVISIONS])).gather(pl.col("division").cast(pl.UInt32))
    full = pl.lit(pl.Series([d.procuratorate for d in DIVISIONS])).gather(pl.col("division").cast(pl.UInt32))
    frame = cases.with_columns(short=short, procuratorate=full)
    year = pl.col("decided_on").dt.year()
    frame = serial(frame, ["division", year], "decided_on", chunk).with_columns(nonprosecution_no=pl.concat_str(
        "short", pl.lit("检刑不诉〔"), year, pl.lit("〕"), "serial", pl.lit("号")))
    given = pl.coalesce("o_issued_on", "o_served_on", "decided_on")
    year = given.dt.year()
    frame = frame.with_columns(given_on=pl.when("has_opinion").then(given))
    number = pl.concat_str("short", pl.lit("检行意〔"), year, pl.lit("〕"), "serial", pl.lit("号"))
    frame = serial(frame, ["division", year], "given_on", chunk)
    return frame.with_columns(opinion_no=pl.when("has_opinion").then(number)).drop("serial", "given_on", "short")


def case_no(year: pl.Expr, court_code: str, kind: str, serial: pl.Expr) -> pl.Expr:
    """Return case numbers: year, court, kind, serial."""
    return pl.concat_str(pl.lit("（"), year, pl.lit("）"), court_code, pl.lit(kind), serial, pl.lit("号"))


def serial(frame: pl.DataFrame, group: "list[str | pl.Expr]", day: str, chunk: int) -> pl.DataFrame:
    """Number the rows with a date, 1, 2, 3 … in each group by date; the order of rows is kept."""
    place = pl.struct(day, "row").rank("ordinal").over(group).cast(pl.Int64)
    return frame.with_columns(serial=pl.when(pl.col(day).is_not_null()).then(place + chunk * STRIDE))


def _basis() -> pl.Expr:
    """What the enforcement case cites: the review (also with leading zeros), the penalty, another case, or nothing."""
    kind = pl.col("e_basis")
    zeros = pl.col("review_no").str.replace(r"行审(\d+)号", "行审0000${1}号").str.replace_many(["（", "）"], ["(", ")"])
    other = pl.col("review_no").str.replace(r"行审(\d+)号", "民初1${1}3号")
    return (pl.when(kind == "zeros").then(zeros).when(kind == "penalty").then("document_no")
            .when(kind == "other").then(other).when(kind != "missing").then("review_no"))
