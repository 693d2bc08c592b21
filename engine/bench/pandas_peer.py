"""The ten rules of `engine.bench.peers` in pandas, the library most analysts would use.

Columns are nullable (days as whole numbers since 2004-01-01, texts as Arrow strings), so that unknown stays unknown.
Needs the extra `bench`.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeAlias

import pandas as pd
import polars as pl

from engine.bench.peers import ENFORCEMENT, NONPROSECUTION, OPEN, OPINION, PENALTY, REVIEW, URGENT

FIRST = date(2004, 1, 1)
Frame: TypeAlias = Any
Column: TypeAlias = Any


def start(data: dict[str, pl.DataFrame]) -> dict[str, Frame]:
    """Return the tables as pandas frames; what is read and converted here is not part of the comparison."""
    found = {name: _nullable(frame) for name, frame in data.items()}
    day = found["day"].set_index("day")
    return found | {"day": day[~day.index.isna()]}


def _nullable(frame: pl.DataFrame) -> Frame:
    days = [n for n, kind in frame.schema.items() if kind == pl.Date]
    sums = [n for n, kind in frame.schema.items() if kind == pl.Decimal]
    plain = frame.with_columns(*((pl.col(n) - FIRST).dt.total_days().cast(pl.Int32) for n in days),
                               *(pl.col(n).cast(pl.Float64) for n in sums))
    made: Frame = plain.to_pandas(use_pyarrow_extension_array=True)
    numbers = [n for n in made.columns if n in (*days, *sums) or frame.schema[n] in (pl.Boolean, pl.UInt64, pl.Int64)]
    return made.astype({n: _DTYPES.get(frame.schema[n], "Float64") for n in numbers})


_DTYPES = {pl.Date(): "Int32", pl.Boolean(): "boolean", pl.UInt64(): "UInt64", pl.Int64(): "Int64"}


def with_pandas(data: dict[str, Frame], as_of: date) -> Frame:
    """Return the answers computed by pandas: rule_id, record_id, answer."""
    today = _number(as_of)
    parts = [*_penalty(data, today), *_nonprosecution(data, today), *_opinion(data, today), *_review(data, today),
             *_enforcement(data, today)]
    return pd.concat(parts, ignore_index=True)


def _number(day: date) -> int:
    return (day - FIRST).days


def _true(condition: Column) -> Column:
    return condition.fillna(False).astype(bool)


def _any(*conditions: Column) -> Column:
    found = _true(conditions[0])
    for condition in conditions[1:]:
        found |= _true(condition)
    return found


def _said(frame: Frame, rule: str, when: Sequence[Column], unless: Sequence[Column], linked: Column = None) -> Frame:
    clear = _any(*(~c for c in when))
    excluded, unknown = _any(*unless), _any(*(c.isna() for c in when))
    if linked is not None:
        unknown |= ~linked
    answer = pd.Series("hit", index=frame.index).mask(unknown, "gap").mask(excluded, "excluded")[~clear]
    return pd.DataFrame({"rule_id": rule, "record_id": frame.loc[answer.index, "record_id"], "answer": answer})


def _contains(column: Column, words: Sequence[str]) -> Column:
    found = column.str.contains(words[0], regex=False).astype("boolean")
    for word in words[1:]:
        found |= column.str.contains(word, regex=False).astype("boolean")
    return found


def _when(*choices: tuple[Column, Column]) -> Column:
    """The first choice whose condition is true; none is unknown."""
    first = choices[0][1]
    found = pd.Series(pd.NA, index=choices[0][0].index, dtype=first.dtype if hasattr(first, "dtype") else "Int32")
    for condition, value in reversed(choices):
        found = found.mask(_true(condition), value)
    return found


def _later(day: Frame, on: Column, column: str) -> Column:
    return on.map(day[column]).astype("Int32")


def _months(days: Column, months: int) -> Column:
    moment = pd.to_datetime(days.astype("float64"), unit="D", origin=pd.Timestamp(FIRST)) + pd.DateOffset(months=months)
    return (moment - pd.Timestamp(FIRST)).dt.days.astype("Int32")


def _best(data: dict[str, Frame], link: str, least: float, start: str, end: str) -> Column:
    links = data["link"]
    chosen = links[(links["link"] == link) & (links["confidence"] >= least)]
    ordered = chosen.sort_values(["confidence", end], ascending=[False, True])
    return ordered.drop_duplicates(start).set_index(start)[end]


def _penalty(data: dict[str, Frame], today: int) -> list[Frame]:
    p, day = data["penalty"], data["day"]
    decided, served, revoked, notice = p["decided_on"], p["served_on"], p["revoked_on"], p["hearing_notice_on"]
    new, old = _number(date(2021, 7, 15)), _number(date(1996, 10, 1))
    since = decided >= new
    service_end = _later(day, decided, "plus7").where(_true(since))
    hearing_end = _when((notice >= new, _later(day, notice, "plus5")), (notice >= old, _later(day, notice, "plus3")))
    return [
        _said(p, PENALTY[0], [since, served > service_end],
              [_any(served < decided, served > today), p["service_mode"] == "announcement", revoked <= served]),
        _said(p, PENALTY[1],
              [notice.notna() | p["hearing_told"].fillna((p["procedure"] != "summary").astype("boolean")),
               decided <= hearing_end],
              [_any(notice > decided, p["filed_on"] > decided, p["discovered_on"] > decided,
                    p["committed_on"] > p["violation_ended_on"], p["violation_ended_on"] > decided,
                    p["committed_on"] > decided),
               (p["hearing_held_on"] >= notice) & (p["hearing_held_on"] <= decided), p["hearing_waived"],
               revoked.notna()]),
        _said(p, PENALTY[2], [(p["procedure"] == "summary").astype("boolean"), p["fine_yuan"] > _limit(p)],
              [revoked.notna()]),
        _said(p, PENALTY[3],
              [(revoked >= new).fillna(False),
               p["publicity_from"].notna() | p["publicity_to"].notna() | p["publicity_text"].notna(),
               _shown(p, today) > _later(day, revoked, "plus3")],
              [_any(revoked < decided, p["publicity_removed_on"] > today), p["publicity_from"] > revoked])]


def _limit(p: Frame) -> Column:
    decided = p["decided_on"]
    since, old = decided >= _number(date(2021, 7, 15)), decided >= _number(date(1996, 10, 1))
    kind = (p["party_kind"] == "person").astype("boolean")
    person = _when((p["party_kind"].notna(), kind),
                   (p["uscc"].notna() | p["org_code"].notna(), pd.Series(False, index=p.index, dtype="boolean")),
                   (p["resident_id"].notna() & _true(p["party_name"].str.len() <= 4),
                    pd.Series(True, index=p.index, dtype="boolean")))
    organisation, private = _when((since, 3000), (old, 1000)), _when((since, 200), (old, 50))
    security = _when((decided >= _number(date(2026, 1, 1)), 500), (decided >= _number(date(2006, 3, 1)), 200))
    police = _contains(p["authority"], ("公安", "派出所"))
    return _when((~person, organisation), (person & police & (security > private), security),
                 (person & police.notna(), private))


def _shown(p: Frame, today: int) -> Column:
    still = _contains(p["publicity_text"], ("公示中", "正在公示")) | (p["publicity_text"] == "公示").astype("boolean")
    return _when((p["publicity_removed_on"].notna(), p["publicity_removed_on"]), (still, today))


def _nonprosecution(data: dict[str, Frame], today: int) -> list[Frame]:
    n, day, guide = data["nonprosecution"], data["day"], _number(date(2024, 11, 26))
    decided, handed, registered, closed = (n[name] for name in (
        "decided_on", "handed_over_on", "review_registered_on", "review_closed_on"))
    until = _when((closed.notna(), closed), (n["review_outcome"] == "none", today))
    return [
        _said(n, NONPROSECUTION[0], [decided >= guide, handed > _later(day, decided, "plus3")],
              [_any(handed > registered, handed > today), n["kind"] == "conditional"]),
        _said(n, NONPROSECUTION[1], [registered >= guide, until > _later(day, registered, "plus10")],
              [_any(registered < decided, closed > today), n["suspended_from"].notna()])]


def _opinion(data: dict[str, Frame], today: int) -> list[Frame]:
    o, day = data["opinion"], data["day"]
    linked = o["record_id"].map(_best(data, "opinion_of_nonprosecution", 0.7, "from_id", "to_id"))
    others = data["nonprosecution"].set_index("record_id")
    stopped, resumed = linked.map(others["suspended_from"]), linked.map(others["suspended_to"])
    served = o["served_on"]
    term = _months(served, 2).where(_true(served >= _number(date(2021, 9, 6))))
    earliest = o["reply_due_on"].fillna(term)
    due = o["reply_due_on"].fillna(_later(day, term, "roll"))
    until = _when((o["replied_on"].notna(), o["replied_on"]),
                  (o["reply_kind"].isna() & o["reply_text"].isna(), today))
    return [_said(o, OPINION[0], [(o["kind"] == "opinion").astype("boolean"), until > earliest, until > due],
                  [_any(served < o["issued_on"], o["replied_on"] < served, served > today),
                   stopped.notna() & (resumed.isna() | _true(resumed > due))])]


def _review(data: dict[str, Frame], today: int) -> list[Frame]:
    v = data["court_review"].merge(
        _best(data, "penalty_of_review", 0.75, "from_id", "to_id").rename("linked_id"), how="left",
        left_on="record_id", right_index=True)
    columns = ["record_id", "served_on", "decided_on", "demand_served_on", "fine_yuan", "additional_fine_yuan"]
    v = v.merge(data["penalty"][columns], how="left", left_on="linked_id", right_on="record_id", suffixes=("", "_p"))
    v["record_id"] = v["record_id"].astype("UInt64")
    applied, demand = v["applied_on"], v["demand_served_on"]
    start = _number(date(2012, 1, 1))
    fine = v["penalty_fine_yuan"].fillna(v["fine_yuan"])
    additional = v["additional_fine_yuan"].fillna(v["additional_fine_yuan_p"])
    in_force = v["decided_on"].fillna(v["penalty_decided_on"]).fillna(applied) >= start
    own = v["fine_yuan"].fillna(v["penalty_fine_yuan"])
    demand_end = _later(data["day"], demand, "plus10").where(_true(demand >= start))
    conflict = _any(applied > v["accepted_on"], applied > v["ruled_on"], v["accepted_on"] > v["ruled_on"],
                    applied > today, v["served_on"] < v["decided_on"], v["served_on"] > today)
    return [
        _said(v, REVIEW[0], [applied <= demand_end],
              [conflict, demand < v["served_on"], _contains(v["ruling_reason"], URGENT)], v["linked_id"].notna()),
        _said(v, REVIEW[1], [additional > fine.where(_true(in_force))],
              [(v["penalty_fine_yuan"] != own) & in_force & (additional <= own), additional >= fine * 1000])]


def _enforcement(data: dict[str, Frame], today: int) -> list[Frame]:
    e, day = data["enforcement"], data["day"]
    linked = e["record_id"].map(_best(data, "enforcement_of_review", 0, "to_id", "from_id"))
    named = _contains(e["basis_no"], ("行审",)) | _contains(e["cause"], ("非诉",))
    short = named.mask(linked.notna(), True)
    filed = e["filed_on"]
    since = filed >= _number(date(2000, 9, 28))
    term = _when((since & short, _months(filed, 3)), (since & ~short, _months(filed, 6)))
    latest = _later(day, _months(_later(day, term, "roll"), 3), "roll")
    latest = latest.mask(_true(e["extension_to"] > latest) | latest.isna(), e["extension_to"])
    until = _when((e["closed_on"].notna(), e["closed_on"]),
                  (e["close_mode"].isna() & _contains(e["status_text"], OPEN), today))
    return [_said(e, ENFORCEMENT[0], [until > latest], [e["closed_on"] > today, e["suspended_on"].notna()])]
