"""Terms of law the ledger counts with, as the last publication brought them from the rules folder.

A term is counted once, when the entry is made, and kept with its working: a later change of law or of the calendar
changes no date that people already rely on.
"""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import Connection

from engine.law import Calendar, Law, explain_period, read_calendar, workdays_end
from engine.review import schema
from engine.review.database import Review

TERMS = {
    "opinion": ("opinion_reply", "opinion_reply"),
    "recommendation": ("recommendation_reply", "recommendation_reply_court"),
    "governance": ("recommendation_reply", "recommendation_reply_court"),
    "retrial": ("retrial_reply", "retrial_reply"),
    "review": ("referral_review", "referral_review"),
}
"""What runs → its parameter of law: towards anybody, towards a court. A document that is not here has no term in law
of its own (纠正违法通知书: 在纠正违法通知书规定的期限内), so the letter must name one."""


REFERRAL = "行刑反向衔接"
"""Field of supervision in which a term for the examination runs from the opened case."""


@dataclass(frozen=True)
class Due:
    """A day something is due, and in words how it was counted and from which article."""

    on: date
    words: str


def publish_law(review: Review, law: Law) -> None:
    """Replace the kept terms and rest days by those of a rules folder, in one transaction."""
    wanted = sorted({name for pair in TERMS.values() for name in pair} & set(law.parameters))
    terms = [
        {"parameter": name, "from_on": since, "title": law.parameters[name].title,
         "length": int(value.length) if value else None, "unit": value.unit if value else "",
         "counting": value.counting if value else "", "law": value.law if value else "",
         "article": value.article if value else "", "quote": value.quote if value else "",
         "confidence": value.confidence if value else ""}
        for name in wanted for since, value in law.parameters[name].switches]
    rest = [{"day": day, "name": name} for day, name in sorted(law.calendar.rest_days.items())]
    with review.writing(alone=True) as connection:
        for table, rows in ((schema.law_term, terms), (schema.law_rest_day, rest)):
            connection.execute(sa.delete(table))
            if rows:
                connection.execute(sa.insert(table), rows)


def due(connection: Connection, what: str, start: date, *, court: bool = False) -> Due | None:
    """Return when the term of `what` (a key of TERMS) that begins after `start` ends; None where the law names none.

    Where the State Council has not announced the holidays yet, weekends and fixed holidays alone count, and that is
    said.
    """
    t = schema.law_term.c
    parameter = TERMS.get(what, ("", ""))[court]
    term = connection.execute(
        sa.select(schema.law_term).where(t.parameter == parameter, t.from_on <= start)
        .order_by(t.from_on.desc()).limit(1)).mappings().first()
    if term is None or term["length"] is None:
        return None
    calendar, roll = _calendar(connection), term["counting"] == "roll"
    counted = explain_period(start, term["length"], term["unit"], calendar, roll=roll)
    unsure = counted.end is None
    if unsure:
        counted = explain_period(start, term["length"], term["unit"], calendar.supposed(), roll=roll)
    if counted.end is None:
        return None
    known = f"{calendar.last_on.year}年以后的放假安排还没有公布，只按周末和固定节日计算，公布后请核对"
    doubt = "未核原文，把握中，请以文书和原文为准" if term["confidence"] != "高" else ""
    ground = f"依据：{term['law']}{term['article']}"
    return Due(counted.end, "。".join(part for part in (str(counted), known if unsure else "", ground, doubt) if part))


def workdays_after(connection: Connection, start: date, number: int) -> date | None:
    """Return the n-th working day after a day, with what is known of the calendar; None beyond all of it."""
    return workdays_end(start, number, _calendar(connection).supposed())


def _calendar(connection: Connection) -> Calendar:
    """The published calendar; before the first publication the packaged one."""
    r = schema.law_rest_day.c
    rest: dict[date, str] = dict(tuple(row) for row in connection.execute(sa.select(r.day, r.name)).all())
    return Calendar(rest, date(max(rest).year, 12, 31)) if rest else read_calendar()
