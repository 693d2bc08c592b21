"""What the columns of one record must agree on.

A later step cannot come before an earlier one, and the fine in words is the fine in the column: such a row is loaded
and flagged, for either may be the slip; no rule takes a negative distance as in time. A case of a wholly different kind
(a civil case among the reviews) is no such record at all: its row is set aside.
"""

import polars as pl

from engine.identifiers.case_types import TYPES
from engine.records import Table
from engine.text import by_distinct, read_amount

ORDER: dict[str, tuple[tuple[str, str], ...]] = {
    "penalty": (
        ("committed_on", "decided_on"), ("filed_on", "decided_on"), ("notice_on", "decided_on"),
        ("hearing_notice_on", "decided_on"), ("decided_on", "served_on"), ("decided_on", "demand_served_on"),
        ("reconsidered_on", "reconsideration_decided_on"), ("publicity_from", "publicity_to"),
    ),
    "payment": (("paid_on", "treasury_on"),),
    "court_review": (
        ("penalty_decided_on", "applied_on"), ("applied_on", "accepted_on"), ("accepted_on", "ruled_on"),
        ("applied_on", "ruled_on"), ("ruled_on", "served_on"),
    ),
    "enforcement": (("filed_on", "closed_on"), ("suspended_on", "resumed_on")),
    "dishonest_listing": (("filed_on", "listed_on"), ("listed_on", "removed_on")),
    "nonprosecution": (
        ("police_filed_on", "decided_on"), ("decided_on", "handed_over_on"),
        ("handed_over_on", "review_registered_on"), ("review_registered_on", "review_closed_on"),
        ("suspended_from", "suspended_to"),
    ),
    "opinion": (("issued_on", "served_on"), ("served_on", "replied_on"), ("issued_on", "reply_due_on")),
    "seizure": (("seized_on", "disposed_on"),),
    "criminal_transfer": (
        ("reported_on", "approved_on"), ("approved_on", "transferred_on"), ("transferred_on", "police_decided_on"),
    ),
    "litigation": (("received_on", "filed_on"), ("filed_on", "closed_on")),
    "reconsideration": (("applied_on", "accepted_on"), ("accepted_on", "decided_on")),
    "petition": (("received_on", "accepted_on"), ("accepted_on", "closed_on")),
    "detox": (("decided_on", "admitted_on"), ("admitted_on", "released_on")),
    "company": (("established_on", "cancelled_on"), ("established_on", "revoked_on")),
    "licence": (("issued_on", "valid_to"), ("issued_on", "revoked_on")),
    "benchmark": (("valid_from", "valid_to"),),
    "coverage": (("covers_from", "covers_until"),),
}
"""Pairs of date columns by table: the first is never later than the second."""


FOREIGN: dict[str, tuple[str, ...]] = {
    "court_review": ("民事", "刑事"), "enforcement": ("民事", "刑事"), "litigation": ("民事", "刑事"),
    "judgment": ("民事", "行政"),
}
"""Categories of case numbers that cannot stand in a table, whatever else a court may file there."""

_CASE_TYPE = r"^\(\d{4}\)\D\d{2,4}(\D+)\d+号"
"""The type code of a number of 2016 or later; older ones mix it with the name of the place."""

_ADDED = r"加处罚款[^，。；;]*"
_NUMERALS = "零壹贰叁肆伍陆柒捌玖拾佰仟万一二三四五六七八九十百千两"
_FINED = rf"罚款(?:人民币)?[:：]?([0-9][0-9,.]*万?元|[{_NUMERALS}]+元)(以[上下]|的|至)?"
"""A fine in words with its sum; what follows shows that it is the law's range and not what was imposed."""


def contradictions(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return one row for each contradiction inside a record: line, column, value, reason (the other value), code."""
    schema = dict.fromkeys(("column", "value", "reason", "code"), pl.String())
    found = [_pair(rows, table, *pair) for pair in ORDER.get(table.name, ()) if set(pair) <= set(rows.columns)]
    if {"content_text", "fine_yuan"} <= set(rows.columns):
        found.append(_sums(rows))
    return pl.concat([pl.DataFrame(schema={"line": pl.Int64(), **schema}), *found])


def of_another_kind(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return line, value and code of the rows whose case number is of a kind that the table does not hold."""
    foreign = [code for code, kind in TYPES.items() if kind.category in FOREIGN.get(table.name, ())]
    if not foreign:
        return pl.DataFrame(schema={"line": pl.Int64, "value": pl.String, "code": pl.String})
    kind = pl.col("case_no_key").str.extract(_CASE_TYPE)
    return rows.filter(kind.is_in(foreign).fill_null(False)).select(
        "line", pl.col("case_no").alias("value"), pl.lit("E-CASE-KIND").alias("code"))


def _pair(rows: pl.DataFrame, table: Table, earlier: str, later: str) -> pl.DataFrame:
    labels = {c.name: c.label for c in table.columns}
    reason = pl.format(f"{labels[later]}早于{labels[earlier]}（{{}}）", pl.col(earlier).dt.to_string("%Y-%m-%d"))
    wrong = rows.lazy().filter(pl.col(later) < pl.col(earlier))
    return wrong.select(
        "line", pl.lit(later).alias("column"), pl.col(later).dt.to_string("%Y-%m-%d").alias("value"),
        reason.alias("reason"), pl.lit("E-DATE-ORDER").alias("code"),
    ).collect()


def _sums(rows: pl.DataFrame) -> pl.DataFrame:
    """Where the text names exactly one fine and the column another; several fines may well be items of one."""
    told = rows.select("line", "fine_yuan", "content_text").filter(
        pl.col("fine_yuan").is_not_null() & pl.col("content_text").str.contains("罚款", literal=True))
    whole = pl.col("content_text").str.replace_all(_ADDED, "").str.replace_all(r"\s", "")
    one = told.with_columns(whole.str.count_matches(_FINED).alias("many"), whole.str.extract_groups(_FINED).alias("g"))
    one = one.filter((pl.col("many") == 1) & pl.col("g").struct.field("2").is_null()).select(
        "line", "fine_yuan", pl.col("g").struct.field("1").alias("said"))
    read = by_distinct(one["said"], lambda s: pl.Series([_yuan(v) for v in s.to_list()], dtype=pl.Decimal(18, 2)))
    reason = pl.format("处罚内容写的是罚款{}，罚款金额一栏是{}元", "said", "fine_yuan")
    return one.with_columns(read.alias("yuan")).filter(pl.col("yuan") != pl.col("fine_yuan")).select(
        "line", pl.lit("fine_yuan").alias("column"), pl.col("fine_yuan").cast(pl.String).alias("value"),
        reason.alias("reason"), pl.lit("E-SUM-TEXT").alias("code"))


def _yuan(text: str) -> object | None:
    return read_amount(text).value
