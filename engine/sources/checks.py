"""What two dates of one record must agree on: a later step cannot come before an earlier one.

Such a row is loaded and flagged, for one of the dates may be a slip; no rule takes the negative distance as in time.
"""

import polars as pl

from engine.records import Table

ORDER: dict[str, tuple[tuple[str, str], ...]] = {
    "penalty": (
        ("committed_on", "decided_on"), ("filed_on", "decided_on"), ("notice_on", "decided_on"),
        ("hearing_notice_on", "decided_on"), ("decided_on", "served_on"), ("decided_on", "demand_served_on"),
        ("reconsidered_on", "reconsideration_decided_on"), ("publicity_from", "publicity_to"),
    ),
    "payment": (("paid_on", "treasury_on"),),
    "court_review": (
        ("penalty_decided_on", "applied_on"), ("applied_on", "accepted_on"), ("accepted_on", "ruled_on"),
        ("ruled_on", "served_on"),
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


def out_of_order(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return one row for each pair of dates in the wrong order: line, column (the later step), value, reason."""
    found = [_pair(rows, table, *pair) for pair in ORDER.get(table.name, ()) if set(pair) <= set(rows.columns)]
    empty = pl.DataFrame(schema={"line": pl.Int64, "column": pl.String, "value": pl.String, "reason": pl.String})
    return pl.concat([empty, *found])


def _pair(rows: pl.DataFrame, table: Table, earlier: str, later: str) -> pl.DataFrame:
    labels = {c.name: c.label for c in table.columns}
    reason = pl.format(f"{labels[later]}早于{labels[earlier]}（{{}}）", pl.col(earlier).dt.to_string("%Y-%m-%d"))
    wrong = rows.lazy().filter(pl.col(later) < pl.col(earlier))
    return wrong.select(
        "line", pl.lit(later).alias("column"), pl.col(later).dt.to_string("%Y-%m-%d").alias("value"),
        reason.alias("reason"),
    ).collect()
