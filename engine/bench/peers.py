"""Ten shipped rules written by hand for other tools: one fused SQL query a table, and polars.

They are the yardstick for the speed of the rule engine (`docs/benchmarks.md`), and a second opinion on its answers.
Each peer returns what is not clear: rule_id, record_id, answer (hit, excluded, gap). Sentences, missing items and the
JSON of `hit` are written by the engine alone, so it is measured twice: with them, and answers only.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from engine.store import Store

PENALTY = ("administrative_violation.late_service", "administrative_violation.early_decision",
           "administrative_violation.summary_fine_over_limit", "administrative_violation.publicity_not_withdrawn")
NONPROSECUTION = ("referral.late_handover", "referral.late_review")
OPINION = ("referral.no_reply",)
REVIEW = ("non_litigation.short_demand", "non_litigation.additional_fine_over_principal")
ENFORCEMENT = ("enforcement.overdue",)

RULES = (*PENALTY, *NONPROSECUTION, *OPINION, *REVIEW, *ENFORCEMENT)

TABLES = ("penalty", "nonprosecution", "opinion", "court_review", "enforcement")

NEW_PENALTY_LAW, GUIDE, COMPULSION_LAW = date(2021, 7, 15), date(2024, 11, 26), date(2012, 1, 1)

COLUMNS = {
    "penalty": "record_id, decided_on, served_on, service_mode, revoked_on, hearing_notice_on, hearing_told, "
               "procedure, hearing_held_on, hearing_waived, filed_on, discovered_on, committed_on, violation_ended_on, "
               "fine_yuan, party_kind, uscc, org_code, resident_id, party_name, authority, publicity_from, "
               "publicity_to, publicity_text, publicity_removed_on, demand_served_on, additional_fine_yuan",
    "nonprosecution": "record_id, decided_on, handed_over_on, review_registered_on, review_closed_on, review_outcome, "
                      "kind, suspended_from, suspended_to",
    "opinion": "record_id, kind, issued_on, served_on, replied_on, reply_kind, reply_text, reply_due_on",
    "court_review": "record_id, applied_on, accepted_on, ruled_on, ruling_reason, penalty_fine_yuan, "
                    "additional_fine_yuan, penalty_decided_on",
    "enforcement": "record_id, filed_on, closed_on, close_mode, status_text, basis_no, cause, extension_to, "
                   "suspended_on",
}
"""What the ten rules read of each table."""


def calendar(store: Store) -> None:
    """Put `peer_day` into the session: day, index, roll (the day or the next working day), and 3, 5, 7, 10 later."""
    later = ", ".join(f"w{n}.day AS plus{n}" for n in (3, 5, 7, 10))
    joins = " ".join(f"LEFT JOIN w w{n} ON w{n}.i = d.i + {n}" for n in (3, 5, 7, 10))
    store.run(
        f"CREATE OR REPLACE TEMP TABLE peer_day AS WITH d AS (SELECT day, is_workday, count(*) FILTER (is_workday) "
        f"OVER (ORDER BY day) AS i FROM law_day), w AS (SELECT day, i FROM d WHERE is_workday) "
        f"SELECT d.day, d.i, r.day AS roll, {later} FROM d "
        f"LEFT JOIN w r ON r.i = d.i + CASE WHEN d.is_workday THEN 0 ELSE 1 END {joins}")


def fused(store: Store, as_of: date) -> pl.DataFrame:
    """Return the answers of one hand-written query a table; `peer_day` must be there."""
    for number, query in enumerate(fused_queries(as_of)):
        made = "CREATE OR REPLACE TEMP TABLE peer_answer AS" if number == 0 else "INSERT INTO peer_answer"
        store.run(f"{made} {query}")
    return store.frame("FROM peer_answer")


def fused_queries(as_of: date) -> list[str]:
    """Return the five queries, each with all rules of its table in one pass."""
    day = f"DATE '{as_of}'"
    return [_penalty(day), _nonprosecution(day), _opinion(day), _review(day), _enforcement(day)]


def _answers(source: str, rules: Sequence[str]) -> str:
    each = ", ".join(f"{{rule_id: '{rule}', answer: a{n}}}" for n, rule in enumerate(rules))
    return (f"SELECT each.rule_id AS rule_id, record_id, each.answer AS answer FROM ("
            f"SELECT record_id, unnest([{each}]) AS each FROM ({source})) WHERE each.answer IS NOT NULL")


def _answer(when: Sequence[str], unless: Sequence[str], linked: str = "TRUE") -> str:
    """NULL is clear."""
    false = " OR ".join(f"({c}) IS FALSE" for c in when)
    true = " OR ".join(f"({c}) IS TRUE" for c in unless)
    unknown = " OR ".join(f"({c}) IS NULL" for c in when)
    return (f"CASE WHEN {false} THEN NULL WHEN {true} THEN 'excluded' "
            f"WHEN {unknown} OR NOT ({linked}) THEN 'gap' ELSE 'hit' END")


def _penalty(day: str) -> str:
    person = ("CASE WHEN party_kind IS NOT NULL THEN party_kind = 'person' WHEN uscc IS NOT NULL "
              "OR org_code IS NOT NULL THEN FALSE WHEN resident_id IS NOT NULL AND length(party_name) <= 4 THEN TRUE "
              "END")
    organisation = _dated("decided_on", (("2021-07-15", 3000), ("1996-10-01", 1000)))
    private = _dated("decided_on", (("2021-07-15", 200), ("1996-10-01", 50)))
    security = _dated("decided_on", (("2026-01-01", 500), ("2006-03-01", 200)))
    police = "(contains(authority, '公安') OR contains(authority, '派出所'))"
    limit = (f"CASE WHEN NOT person THEN {organisation} WHEN person THEN CASE WHEN {police} AND {security} > {private} "
             f"THEN {security} WHEN {police} IS NOT NULL THEN {private} END END")
    shown = ("CASE WHEN publicity_removed_on IS NOT NULL THEN publicity_removed_on "
             f"WHEN contains(publicity_text, '公示中') OR contains(publicity_text, '正在公示') "
             f"OR publicity_text = '公示' THEN {day} END")
    hearing = ("CASE WHEN hearing_notice_on >= DATE '2021-07-15' THEN h.plus5 "
               "WHEN hearing_notice_on >= DATE '1996-10-01' THEN h.plus3 END")
    answers = (
        _answer(["decided_on >= DATE '2021-07-15'", "served_on > service_end"],
                [f"served_on < decided_on OR served_on > {day}", "service_mode = 'announcement'",
                 "revoked_on <= served_on"]),
        _answer(["hearing_notice_on IS NOT NULL OR coalesce(hearing_told, procedure <> 'summary')",
                 "decided_on <= hearing_end"],
                ["hearing_notice_on > decided_on OR filed_on > decided_on OR discovered_on > decided_on OR "
                 "committed_on > violation_ended_on OR violation_ended_on > decided_on OR committed_on > decided_on",
                 "hearing_held_on BETWEEN hearing_notice_on AND decided_on", "hearing_waived",
                 "revoked_on IS NOT NULL"]),
        _answer(["procedure = 'summary'", f"fine_yuan > {limit}"], ["revoked_on IS NOT NULL"]),
        _answer(["coalesce(revoked_on >= DATE '2021-07-15', FALSE)",
                 "publicity_from IS NOT NULL OR publicity_to IS NOT NULL OR publicity_text IS NOT NULL",
                 f"({shown}) > withdrawal_end"],
                [f"revoked_on < decided_on OR publicity_removed_on > {day}", "publicity_from > revoked_on"]))
    inner = (f"SELECT p.*, {person} AS person, {hearing} AS hearing_end, r.plus3 AS withdrawal_end, "
             f"CASE WHEN decided_on >= DATE '2021-07-15' THEN s.plus7 END AS service_end FROM "
             f"(SELECT {COLUMNS['penalty']} FROM penalty) p LEFT JOIN peer_day s ON s.day = decided_on "
             f"LEFT JOIN peer_day h ON h.day = hearing_notice_on LEFT JOIN peer_day r ON r.day = revoked_on")
    return _answers(f"SELECT record_id, {_numbered(answers)} FROM ({inner})", PENALTY)


def _nonprosecution(day: str) -> str:
    until = f"CASE WHEN review_closed_on IS NOT NULL THEN review_closed_on WHEN review_outcome = 'none' THEN {day} END"
    answers = (
        _answer(["decided_on >= DATE '2024-11-26'", "handed_over_on > h.plus3"],
                [f"handed_over_on > review_registered_on OR handed_over_on > {day}", "kind = 'conditional'"]),
        _answer(["review_registered_on >= DATE '2024-11-26'", f"({until}) > r.plus10"],
                [f"review_registered_on < decided_on OR review_closed_on > {day}", "suspended_from IS NOT NULL"]))
    return _answers(
        f"SELECT record_id, {_numbered(answers)} FROM nonprosecution LEFT JOIN peer_day h ON h.day = decided_on "
        f"LEFT JOIN peer_day r ON r.day = review_registered_on", NONPROSECUTION)


def _opinion(day: str) -> str:
    term = "CASE WHEN o.served_on >= DATE '2021-09-06' THEN CAST(o.served_on + INTERVAL 2 MONTH AS DATE) END"
    until = (f"CASE WHEN replied_on IS NOT NULL THEN replied_on WHEN reply_kind IS NULL AND reply_text IS NULL "
             f"THEN {day} END")
    answer = _answer(
        ["o.kind = 'opinion'", f"({until}) > coalesce(reply_due_on, term)",
         f"({until}) > coalesce(reply_due_on, d.roll)"],
        [f"served_on < issued_on OR replied_on < served_on OR served_on > {day}",
         "n.suspended_from IS NOT NULL AND (n.suspended_to IS NULL OR n.suspended_to > "
         "coalesce(reply_due_on, d.roll))"])
    return _answers(
        f"SELECT o.record_id, {answer} AS a0 FROM (SELECT *, {term} AS term FROM opinion o) o "
        f"LEFT JOIN peer_day d ON d.day = term LEFT JOIN ({_best('opinion_of_nonprosecution', 0.7)}) l "
        f"ON l.from_id = o.record_id LEFT JOIN nonprosecution n ON n.record_id = l.to_id", OPINION)


def _review(day: str) -> str:
    conflict = (f"applied_on > accepted_on OR applied_on > ruled_on OR accepted_on > ruled_on OR applied_on > {day} OR "
                f"p.served_on < p.decided_on OR p.served_on > {day}")
    urgent = " OR ".join(f"contains(ruling_reason, '{word}')" for word in URGENT)
    fine = "coalesce(penalty_fine_yuan, p.fine_yuan)"
    additional = "coalesce(v.additional_fine_yuan, p.additional_fine_yuan)"
    in_force = "coalesce(p.decided_on, penalty_decided_on, applied_on) >= DATE '2012-01-01'"
    answers = (
        _answer(["applied_on <= CASE WHEN demand_served_on >= DATE '2012-01-01' THEN d.plus10 END"],
                [conflict, "demand_served_on < p.served_on", urgent], "p.record_id IS NOT NULL"),
        _answer([f"{additional} > CASE WHEN {in_force} THEN {fine} END"],
                [f"penalty_fine_yuan <> coalesce(p.fine_yuan, penalty_fine_yuan) AND {in_force} AND "
                 f"{additional} <= coalesce(p.fine_yuan, penalty_fine_yuan)", f"{additional} >= {fine} * 1000"]))
    return _answers(
        f"SELECT v.record_id, {_numbered(answers)} FROM court_review v "
        f"LEFT JOIN ({_best('penalty_of_review', 0.75)}) l ON l.from_id = v.record_id "
        f"LEFT JOIN penalty p ON p.record_id = l.to_id LEFT JOIN peer_day d ON d.day = demand_served_on", REVIEW)


def _enforcement(day: str) -> str:
    short = "coalesce(l.to_id IS NOT NULL OR NULL, contains(basis_no, '行审') OR contains(cause, '非诉'))"
    opened = " OR ".join(f"contains(status_text, '{word}')" for word in OPEN)
    until = (f"CASE WHEN closed_on IS NOT NULL THEN closed_on WHEN close_mode IS NULL AND ({opened}) THEN {day} END")
    terms = (f"SELECT e.*, {short} AS short, CASE WHEN filed_on >= DATE '2000-09-28' THEN CASE WHEN {short} THEN "
             f"CAST(filed_on + INTERVAL 3 MONTH AS DATE) WHEN NOT {short} THEN "
             f"CAST(filed_on + INTERVAL 6 MONTH AS DATE) END END AS term FROM enforcement e "
             f"LEFT JOIN ({_best('enforcement_of_review', 0, 'to_id', 'from_id')}) l ON l.to_id = e.record_id")
    answer = _answer([f"({until}) > greatest(b.roll, extension_to)"],
                     [f"closed_on > {day}", "suspended_on IS NOT NULL"])
    return _answers(
        f"SELECT record_id, {answer} AS a0 FROM (SELECT t.*, CAST(a.roll + INTERVAL 3 MONTH AS DATE) AS more "
        f"FROM ({terms}) t LEFT JOIN peer_day a ON a.day = term) LEFT JOIN peer_day b ON b.day = more", ENFORCEMENT)


URGENT = ("第五十九条", "情况紧急", "立即执行", "公共安全")
OPEN = ("未结", "在办", "在执", "执行中")


def _numbered(answers: Sequence[str]) -> str:
    return ", ".join(f"{sql} AS a{n}" for n, sql in enumerate(answers))


def _dated(column: str, steps: Sequence[tuple[str, int]]) -> str:
    return f"CASE {' '.join(f'WHEN {column} >= DATE {day!r} THEN {value}' for day, value in steps)} END"


def _best(link: str, least: float, start: str = "from_id", end: str = "to_id") -> str:
    return (f"SELECT {start}, arg_min({end}, (-confidence, {end})) AS {end} FROM link WHERE link = '{link}' "
            f"AND confidence >= {least} GROUP BY {start}")


def frames(store: Store) -> dict[str, pl.DataFrame]:
    """Return what the frame libraries start from: the tables' columns, the links, and the calendar."""
    found = {name: store.frame(f"SELECT {columns} FROM {name}") for name, columns in COLUMNS.items()}
    found["link"] = store.frame("SELECT link, from_id, to_id, confidence FROM link WHERE link IN "
                                "('opinion_of_nonprosecution', 'penalty_of_review', 'enforcement_of_review')")
    found["day"] = store.frame("FROM peer_day")
    return found


def with_polars(data: dict[str, pl.DataFrame], as_of: date) -> pl.DataFrame:
    """Return the answers computed by polars' lazy engine."""
    lazy = {name: frame.lazy() for name, frame in data.items()}
    parts = [_polars_penalty(lazy, as_of), _polars_nonprosecution(lazy, as_of), _polars_opinion(lazy, as_of),
             _polars_review(lazy, as_of), _polars_enforcement(lazy, as_of)]
    return pl.concat(pl.collect_all(parts))


def _collected(frame: pl.LazyFrame, answers: dict[str, pl.Expr]) -> pl.LazyFrame:
    wide = frame.select("record_id", **answers)
    return (wide.unpivot(index="record_id", variable_name="rule_id", value_name="answer").drop_nulls("answer")
            .select("rule_id", "record_id", "answer"))


def _said(when: Sequence[pl.Expr], unless: Sequence[pl.Expr], linked: pl.Expr | None = None) -> pl.Expr:
    false = pl.any_horizontal(*(c.not_().fill_null(False) for c in when))
    true = pl.any_horizontal(*(c.fill_null(False) for c in unless))
    unknown = pl.any_horizontal(*(c.is_null() for c in when))
    if linked is not None:
        unknown = unknown | linked.not_()
    return (pl.when(false).then(None).when(true).then(pl.lit("excluded")).when(unknown).then(pl.lit("gap"))
            .otherwise(pl.lit("hit")))


def _any(*conditions: pl.Expr) -> pl.Expr:
    return pl.any_horizontal(*(c.fill_null(False) for c in conditions))


def _contains(column: str, words: Sequence[str]) -> pl.Expr:
    return pl.any_horizontal(*(pl.col(column).str.contains(word, literal=True) for word in words))


def _with_days(frame: pl.LazyFrame, day: pl.LazyFrame, on: str, wanted: dict[str, str]) -> pl.LazyFrame:
    taken = day.select("day", *(pl.col(column).alias(name) for name, column in wanted.items()))
    return frame.join(taken, left_on=on, right_on="day", how="left")


def _picked(lazy: dict[str, pl.LazyFrame], link: str, least: float, start: str, end: str) -> pl.LazyFrame:
    return (lazy["link"].filter((pl.col("link") == link) & (pl.col("confidence") >= least))
            .group_by(start).agg(pl.col(end).sort_by(-pl.col("confidence"), end).first().alias("linked_id")))


def _polars_penalty(lazy: dict[str, pl.LazyFrame], as_of: date) -> pl.LazyFrame:
    c = pl.col
    frame = _with_days(lazy["penalty"], lazy["day"], "decided_on", {"plus7": "plus7"})
    frame = _with_days(frame, lazy["day"], "hearing_notice_on", {"hearing5": "plus5", "hearing3": "plus3"})
    frame = _with_days(frame, lazy["day"], "revoked_on", {"withdrawal_end": "plus3"})
    since = c("decided_on") >= NEW_PENALTY_LAW
    hearing_end = (pl.when(c("hearing_notice_on") >= NEW_PENALTY_LAW).then("hearing5")
                   .when(c("hearing_notice_on") >= date(1996, 10, 1)).then("hearing3"))
    person = (pl.when(c("party_kind").is_not_null()).then(c("party_kind") == "person")
              .when(c("uscc").is_not_null() | c("org_code").is_not_null()).then(False)
              .when(c("resident_id").is_not_null() & (c("party_name").str.len_chars() <= 4)).then(True))
    old = c("decided_on") >= date(1996, 10, 1)
    organisation = pl.when(since).then(3000).when(old).then(1000)
    private = pl.when(since).then(200).when(old).then(50)
    security = (pl.when(c("decided_on") >= date(2026, 1, 1)).then(500)
                .when(c("decided_on") >= date(2006, 3, 1)).then(200))
    police = _contains("authority", ("公安", "派出所"))
    limit = (pl.when(person.not_()).then(organisation).when(person & police & (security > private)).then(security)
             .when(person & police.is_not_null()).then(private))
    shown = (pl.when(c("publicity_removed_on").is_not_null()).then("publicity_removed_on")
             .when(_contains("publicity_text", ("公示中", "正在公示")) | (c("publicity_text") == "公示"))
             .then(pl.lit(as_of)))
    decided = c("decided_on")
    conflict = _any(c("hearing_notice_on") > decided, c("filed_on") > decided, c("discovered_on") > decided,
                    c("committed_on") > c("violation_ended_on"), c("violation_ended_on") > decided,
                    c("committed_on") > decided)
    told = c("hearing_notice_on").is_not_null() | pl.coalesce("hearing_told", c("procedure") != "summary")
    published = pl.any_horizontal(*(c(n).is_not_null() for n in ("publicity_from", "publicity_to", "publicity_text")))
    answers = (
        _said([since, c("served_on") > pl.when(since).then("plus7")],
              [_any(c("served_on") < decided, c("served_on") > as_of), c("service_mode") == "announcement",
               c("revoked_on") <= c("served_on")]),
        _said([told, decided <= hearing_end],
              [conflict, (c("hearing_held_on") >= c("hearing_notice_on")) & (c("hearing_held_on") <= decided),
               c("hearing_waived"), c("revoked_on").is_not_null()]),
        _said([c("procedure") == "summary", c("fine_yuan") > limit], [c("revoked_on").is_not_null()]),
        _said([(c("revoked_on") >= NEW_PENALTY_LAW).fill_null(False), published, shown > c("withdrawal_end")],
              [_any(c("revoked_on") < decided, c("publicity_removed_on") > as_of),
               c("publicity_from") > c("revoked_on")]))
    return _collected(frame, dict(zip(PENALTY, answers, strict=True)))


def _polars_nonprosecution(lazy: dict[str, pl.LazyFrame], as_of: date) -> pl.LazyFrame:
    c = pl.col
    frame = _with_days(lazy["nonprosecution"], lazy["day"], "decided_on", {"handover_end": "plus3"})
    frame = _with_days(frame, lazy["day"], "review_registered_on", {"review_end": "plus10"})
    until = (pl.when(c("review_closed_on").is_not_null()).then("review_closed_on")
             .when(c("review_outcome") == "none").then(pl.lit(as_of)))
    answers = (
        _said([c("decided_on") >= GUIDE, c("handed_over_on") > c("handover_end")],
              [_any(c("handed_over_on") > c("review_registered_on"), c("handed_over_on") > as_of),
               c("kind") == "conditional"]),
        _said([c("review_registered_on") >= GUIDE, until > c("review_end")],
              [_any(c("review_registered_on") < c("decided_on"), c("review_closed_on") > as_of),
               c("suspended_from").is_not_null()]))
    return _collected(frame, dict(zip(NONPROSECUTION, answers, strict=True)))


def _polars_opinion(lazy: dict[str, pl.LazyFrame], as_of: date) -> pl.LazyFrame:
    c = pl.col
    linked = lazy["nonprosecution"].select(c("record_id").alias("linked_id"), "suspended_from", "suspended_to")
    term = pl.when(c("served_on") >= date(2021, 9, 6)).then(c("served_on").dt.offset_by("2mo"))
    frame = lazy["opinion"].with_columns(term.alias("term"))
    frame = _with_days(frame, lazy["day"], "term", {"roll": "roll"})
    picked = _picked(lazy, "opinion_of_nonprosecution", 0.7, "from_id", "to_id")
    frame = frame.join(picked, left_on="record_id", right_on="from_id", how="left").join(linked, "linked_id", "left")
    until = (pl.when(c("replied_on").is_not_null()).then("replied_on")
             .when(c("reply_kind").is_null() & c("reply_text").is_null()).then(pl.lit(as_of)))
    due = pl.coalesce("reply_due_on", "roll")
    conflict = _any(c("served_on") < c("issued_on"), c("replied_on") < c("served_on"), c("served_on") > as_of)
    suspended = c("suspended_from").is_not_null() & (c("suspended_to").is_null() | (c("suspended_to") > due))
    answer = _said([c("kind") == "opinion", until > pl.coalesce("reply_due_on", "term"), until > due],
                   [conflict, suspended])
    return _collected(frame, {OPINION[0]: answer})


def _polars_review(lazy: dict[str, pl.LazyFrame], as_of: date) -> pl.LazyFrame:
    c = pl.col
    linked = lazy["penalty"].select(
        c("record_id").alias("linked_id"), "served_on", "decided_on", "demand_served_on", "fine_yuan",
        c("additional_fine_yuan").alias("own_additional"))
    picked = _picked(lazy, "penalty_of_review", 0.75, "from_id", "to_id")
    frame = lazy["court_review"].join(picked, left_on="record_id", right_on="from_id", how="left")
    frame = frame.join(linked, "linked_id", "left")
    frame = _with_days(frame, lazy["day"], "demand_served_on", {"demand_end": "plus10"})
    fine = pl.coalesce("penalty_fine_yuan", "fine_yuan")
    additional = pl.coalesce("additional_fine_yuan", "own_additional")
    in_force = pl.coalesce("decided_on", "penalty_decided_on", "applied_on") >= COMPULSION_LAW
    its_fine = pl.coalesce("fine_yuan", "penalty_fine_yuan")
    conflict = _any(c("applied_on") > c("accepted_on"), c("applied_on") > c("ruled_on"),
                    c("accepted_on") > c("ruled_on"), c("applied_on") > as_of, c("served_on") < c("decided_on"),
                    c("served_on") > as_of)
    demand_end = pl.when(c("demand_served_on") >= COMPULSION_LAW).then("demand_end")
    answers = (
        _said([c("applied_on") <= demand_end],
              [conflict, c("demand_served_on") < c("served_on"), _contains("ruling_reason", URGENT)],
              c("linked_id").is_not_null()),
        _said([additional > pl.when(in_force).then(fine)],
              [(c("penalty_fine_yuan") != its_fine) & in_force & (additional <= its_fine),
               additional >= fine * 1000]))
    return _collected(frame, dict(zip(REVIEW, answers, strict=True)))


def _polars_enforcement(lazy: dict[str, pl.LazyFrame], as_of: date) -> pl.LazyFrame:
    c = pl.col
    picked = _picked(lazy, "enforcement_of_review", 0, "to_id", "from_id")
    frame = lazy["enforcement"].join(picked, left_on="record_id", right_on="to_id", how="left")
    named = c("basis_no").str.contains("行审", literal=True) | c("cause").str.contains("非诉", literal=True)
    short = pl.when(c("linked_id").is_not_null()).then(True).otherwise(named)
    since = c("filed_on") >= date(2000, 9, 28)
    term = (pl.when(since & short).then(c("filed_on").dt.offset_by("3mo"))
            .when(since & short.not_()).then(c("filed_on").dt.offset_by("6mo")))
    frame = _with_days(frame.with_columns(term.alias("term")), lazy["day"], "term", {"due": "roll"})
    frame = _with_days(frame.with_columns(c("due").dt.offset_by("3mo").alias("more")), lazy["day"], "more",
                       {"latest": "roll"})
    until = (pl.when(c("closed_on").is_not_null()).then("closed_on")
             .when(c("close_mode").is_null() & _contains("status_text", OPEN)).then(pl.lit(as_of)))
    answer = _said([until > pl.max_horizontal("latest", "extension_to")],
                   [c("closed_on") > as_of, c("suspended_on").is_not_null()])
    return _collected(frame, {ENFORCEMENT[0]: answer})


