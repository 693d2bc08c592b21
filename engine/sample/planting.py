"""Planting: ordinary matters changed in one respect each, with the answer the law gives for that change.

A plant names the rule, the expected answer, the service dates that bring its case about (chosen from a table walked
day by day) and the columns it changes at one of the stages of `matters.build`. Everything else stays ordinary, so
each plant tests one thing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import polars as pl

from engine.sample import convictions, matters, referral
from engine.sample.calendar import days_after, is_workday, months_after, roll, span
from engine.sample.draws import Draws, bits
from engine.sample.matters import Times, before
from engine.sample.world import DIVISIONS, FIELDS, TRADE_COUNT, UNCOVERED

Step = dict[str, pl.Expr]
"""Columns set together; a later step sees what an earlier one set."""

COURT_FIELDS: tuple[int, ...] = tuple(i for i, f in enumerate(FIELDS) if f.power == "court")
"""Fields whose organs must ask the court."""

PLANTED_ROW = 1 << 40
"""Row numbers of planted matters start here: plant and instance are counted in them."""

CASE_ROW = PLANTED_ROW * 2
"""Row numbers of planted referrals start here."""

Planted = Any
"""A `Plant` or a referral `Case`: rule, expected, text, subject, link, note, also, and its steps by stage."""


@dataclass(frozen=True)
class Plant:
    """One planted case: `expected` is the law's answer for `subject` under `rule`; `link` says how to find its match.

    `also` adds answers of other rules for the same matter: (rule, subject table, expected). Plants with one word in
    `same` are about one party.
    """

    rule: str
    expected: str
    text: str
    subject: str = "penalty"
    link: str = "exact"
    life: str = "court"
    starts: pl.Expr = field(default_factory=lambda: pl.col("long_ago"))
    fields: tuple[int, ...] = COURT_FIELDS
    divisions: tuple[int, ...] = tuple(i for i in range(len(DIVISIONS)) if i != UNCOVERED)
    rest_day: bool = False
    kinds: tuple[int, ...] = (0, 0, 1, 2)
    violation: int | None = None
    penalty: Sequence[Step] = ()
    application: Sequence[Step] = ()
    review: Sequence[Step] = ()
    enforcement: Sequence[Step] = ()
    note: str = ""
    also: tuple[tuple[str, str, str], ...] = ()
    same: str = ""


def starts(times: Times) -> pl.DataFrame:
    """Return every day a decision may be served on, with the ends of its periods and what is special about them.

    Columns: day, workday, raw6 (six months), end6 (rolled), raw (three months from end6), last (rolled), age and left
    (days from the day, and to the last day, as of the as-of date), and booleans: long_ago (the whole life fits before
    the as-of date), ended (last day passed), rolled, holiday (rolled over a long holiday), make_up (ends on a weekend
    that is a working day), month_end (no corresponding day), next_open (the day after the last day is a working day),
    raw6_rests, raw6_next_open (six months end on a rest day; the day after is a working day), d15_open, d16_open (15,
    16 days later is a working day).
    """
    days = span(times.first, times.as_of)
    frame = pl.DataFrame({"day": days, "workday": [is_workday(day) for day in days]})
    frame = frame.with_columns(raw6=pl.Series([months_after(day, 6) for day in days]))
    frame = frame.with_columns(end6=pl.Series([roll(day) for day in frame["raw6"]]))
    frame = frame.with_columns(raw=pl.Series([months_after(day, 3) for day in frame["end6"]]))
    frame = frame.with_columns(last=pl.Series([roll(day) for day in frame["raw"]]))
    gap = (pl.col("last") - pl.col("raw")).dt.total_days()
    return frame.with_columns(
        long_ago=pl.col("last") < before(times.as_of, 170), ended=pl.col("last") < times.as_of, rolled=gap > 0,
        holiday=gap > 3, make_up=(gap == 0) & (pl.col("raw").dt.weekday() > 5),
        month_end=_shorter("day", "raw6") | _shorter("end6", "raw"),
        next_open=pl.Series([is_workday(days_after(day, 1)) for day in frame["last"]]),
        raw6_rests=pl.col("raw6") != pl.col("end6"),
        raw6_next_open=pl.Series([is_workday(days_after(day, 1)) for day in frame["raw6"]]),
        d15_open=pl.Series([is_workday(days_after(day, 15)) for day in days]),
        d16_open=pl.Series([is_workday(days_after(day, 16)) for day in days]),
        left=(pl.col("last") - pl.lit(times.as_of)).dt.total_days(),
        age=(pl.lit(times.as_of) - pl.col("day")).dt.total_days())


def _shorter(start: str, end: str) -> pl.Expr:
    """Whether the month of the end has no day corresponding to the start."""
    return pl.col(start).dt.day() > pl.col(end).dt.day()


def plant(plants: Sequence[Plant], copies: range, pool: int, times: Times, draws: Draws) -> pl.DataFrame:
    """Return the matters of all plants, each once for every number in `copies`; `plant` is its place in the list.

    Parties are numbered from `pool` on, so no planted party meets an ordinary one.
    """
    roles = _roles(plants, copies, pool, times, draws)
    return matters.build(roles, times, draws, changes(plants, ("penalty", "application", "review", "enforcement")))


def plant_cases(cases: Sequence[Planted], copies: range, pool: int, times: Times, draws: Draws) -> pl.DataFrame:
    """Return the referrals of all cases, as `plant` does for matters."""
    parts = []
    for place, one in enumerate(cases):
        frame = pl.DataFrame({"copy": list(copies)}).with_columns(row=CASE_ROW + place * (1 << 24) + pl.col("copy"))
        parts.append(frame.with_columns(
            plant=pl.lit(place), fate=pl.lit(one.fate), division=draws.pick("division", one.divisions),
            party=(pool + pl.col("copy") * len(cases) + place) * 3 + 2))
    return referral.build(pl.concat(parts), times, draws, changes(cases, ("case", "opinion", "reply")))


def plant_convictions(plants: Sequence[Planted], copies: int, as_of: date, draws: Draws) -> pl.DataFrame:
    """Return the convictions of all plants, each so many times, as `plant` does for matters."""
    parts = []
    for place, one in enumerate(plants):
        frame = pl.DataFrame({"copy": range(copies)}).with_columns(
            row=PLANTED_ROW + pl.col("copy") * len(plants) + place)
        parts.append(frame.with_columns(
            plant=pl.lit(place), division=draws.pick("division", one.divisions),
            party=(convictions.FIRST + (1 << 20) + pl.col("row") - PLANTED_ROW) * 3 + 2))
    return convictions.build(pl.concat(parts), as_of, draws, changes(plants, ("sentence", "holdings")))


def _roles(plants: Sequence[Plant], copies: range, pool: int, times: Times, draws: Draws) -> pl.DataFrame:
    days, parts = starts(times), []
    for place, one in enumerate(plants):
        served = days.filter(one.starts & (pl.col("workday") | one.rest_day))["day"]
        if served.is_empty():
            raise ValueError(f"no service date brings about: {one.text}")
        organs = [f * len(DIVISIONS) + d for f in one.fields for d in one.divisions]
        frame = pl.DataFrame({"copy": list(copies)}).with_columns(row=PLANTED_ROW + place * (1 << 24) + pl.col("copy"))
        block = pool // TRADE_COUNT + 1 + pl.col("copy") * len(plants) + place
        parts.append(frame.with_columns(
            plant=pl.lit(place), life=pl.lit(one.life), back=pl.lit(0, pl.Int64),
            organ=draws.pick("organ", organs), violation=pl.lit(one.violation, pl.Int64),
            served_on=pl.lit(served).gather((bits(draws.row, "start", draws.seed) % served.len()).cast(pl.UInt32)),
            kind=draws.pick("kind", one.kinds), block=block))
    frame = pl.concat(parts).with_columns(field=pl.col("organ") // len(DIVISIONS))
    frame = frame.with_columns(party=matters.fitting_party(pl.col("block"), draws)).drop("kind", "block", "field")
    return _shared(frame, plants)


def _shared(frame: pl.DataFrame, plants: Sequence[Plant]) -> pl.DataFrame:
    """Give plants of one word the party of the first of them."""
    first: dict[str, int] = {}
    for place, one in enumerate(plants):
        first.setdefault(one.same or str(place), place)
    leaders = [first[one.same or str(place)] for place, one in enumerate(plants)]
    led = frame.with_columns(leader=pl.lit(pl.Series(leaders)).gather(pl.col("plant").cast(pl.UInt32)).cast(pl.Int32))
    known = frame.select(leader="plant", copy="copy", led="party")
    return led.join(known, on=["leader", "copy"], how="left", maintain_order="left").with_columns(
        party="led").drop("leader", "led")


def changes(plants: Sequence[Planted], stages: Sequence[str]) -> dict[str, matters.Change]:
    """Return for each stage the function that applies every plant's steps to its own rows.

    The rows stand in the order of the plants, equally many of each, and stay so.
    """
    return {stage: partial(_change, plants=plants, stage=stage) for stage in stages}


def _change(frame: pl.DataFrame, plants: Sequence[Planted], stage: str) -> pl.DataFrame:
    parts, copies = [], frame.height // len(plants)
    for place, one in enumerate(plants):
        part = frame.slice(place * copies, copies)
        for step in getattr(one, stage):
            part = part.with_columns(**step)
        parts.append(part)
    return pl.concat(parts, how="vertical_relaxed")


def answers(frame: pl.DataFrame, plants: Sequence[Planted], keys: dict[str, tuple[str, ...]]) -> pl.DataFrame:
    """Return the answer rows of planted records: rule_id, table_name, key1 … key3, expected, link, scenario, note.

    `frame` holds the key columns as delivered, and `plant`; `keys` names them for each subject table.
    """
    parts = []
    for place, one in enumerate(plants):
        rows = frame.filter(pl.col("plant") == place)
        for rule, subject, expected in ((one.rule, one.subject, one.expected), *one.also):
            columns = keys[subject]
            parts.append(rows.select(
                rule_id=pl.lit(rule), table_name=pl.lit(subject),
                key1=pl.col(columns[0]), key2=pl.col(columns[1]) if columns[1:] else pl.lit(""),
                key3=pl.col(columns[2]) if columns[2:] else pl.lit(""),
                expected=pl.lit(expected), link=pl.lit(one.link), scenario=pl.lit(one.text), note=pl.lit(one.note)))
    return pl.concat(parts)
