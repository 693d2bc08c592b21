"""Ordinary lives of penalties: decided, served, paid in time, or brought before the court in time and carried out.

One row is one matter, from the decision to the end of enforcement: columns of the penalty, of the court's review
(`r_…`) and of its enforcement (`e_…`). Money is in fen. Every row built here is innocent for every rule by
construction: what is planted is changed afterwards, at the four places where `build` lets a caller in.
"""

from collections.abc import Callable
from datetime import date
from itertools import product

import polars as pl

from engine.sample import procedure
from engine.sample.aftermath import follow
from engine.sample.aftermath import plus as _plus
from engine.sample.calendar import Workdays, days_after, later, months_after, roll, workdays_after
from engine.sample.draws import Draws
from engine.sample.violations import VIOLATIONS, number, table
from engine.sample.world import DIVISIONS, FIELD_PLACE, FIELDS, TRADE_COUNT, leaving, organs

LIVES: tuple[tuple[str, int], ...] = (
    ("prompt", 560), ("summary", 70), ("late", 60), ("deferred", 20), ("reconsidered", 15), ("sued", 10),
    ("warned", 45), ("pending", 20), ("court", 200),
)
"""Ordinary lives and how often they occur, per thousand. Police fines are paid at once, or warned."""

RELIEF_NONE = "none"

Change = Callable[[pl.DataFrame], pl.DataFrame]
"""A change to the matters made between two stages."""


class Times:
    """The calendar of one sample: its as-of date and its working days."""

    def __init__(self, as_of: date, first: date) -> None:
        self.as_of = as_of
        self.first = first
        self.workdays = Workdays(date(first.year - 1, 6, 1), date(as_of.year + 1, 12, 31))

    def place(self, day: date) -> int:
        """Return the place of the first working day not before `day`."""
        return int(self.workdays.days.search_sorted(day))


DETAINED = (pl.col("field_name") == "公安") & (pl.col("life") == "prompt") & (pl.col("row") % 9 == 0)
"""Ordinary persons the police also detain: sent to the detention house on the day of service."""

DELIVERY: dict[str, pl.Expr] = {
    "detention_days": pl.when(DETAINED).then(5), "detention_executed_on": pl.when(DETAINED).then("served_on"),
    "revocation_executed_on": pl.lit(None, dtype=pl.Date),
    "remark": pl.lit(None, dtype=pl.String), "tier": pl.lit(None, dtype=pl.String),
    "in_publicity": pl.col("field_name") != "公安", "name_of": pl.col("party"), "in_ledger": pl.lit(True),
    "served_text": pl.lit(None, dtype=pl.String), "revocation": pl.lit(None, dtype=pl.String),
    "status": pl.lit(None, dtype=pl.String), "receipt_on": pl.lit(None, dtype=pl.Date),
    "receipt": pl.lit(None, dtype=pl.Int64),
    "treasury_lag": pl.lit(1, pl.Int64), "treasury_text": pl.lit("已入库"), "receipt_document": pl.lit("style"),
    "receipt_unit": pl.lit(None, dtype=pl.String), "publicity_text": pl.lit(None, dtype=pl.String),
    "publicity_from": pl.lit(None, dtype=pl.Date), "publicity_to": pl.lit(None, dtype=pl.Date),
    "publicity_removed_on": pl.lit(None, dtype=pl.Date), "cancelled_on": pl.lit(None, dtype=pl.Date),
    "cancel_reason": pl.lit(None, dtype=pl.String), "register_status": pl.lit(None, dtype=pl.String),
    "died_on": pl.lit(None, dtype=pl.Date), "d_party": pl.col("party"), "suffix": pl.lit(""),
    "e_number": pl.lit("full"), "e_substituted_on": pl.lit(None, dtype=pl.Date),
    "p_name": pl.lit("exact"), "p_number": pl.lit("full"), "r_party": pl.col("party"), "r_number": pl.lit("full"),
    "r_document": pl.lit("style"), "r_name": pl.lit("exact"), "r_dated": pl.lit(True),
    "e_basis": pl.lit("review"), "e_party": pl.col("party"),
}
"""How a matter is delivered: in which files, under which spelling.

`served_text` and `status` are written as they stand; `receipt…` is what the payment file says where it differs from
the ledger; `cancel…` and `register_status` are the register's, `died_on` the deaths' (under the number of `d_party`);
`suffix` is added to the party's name everywhere."""


def background(first: int, count: int, pool: int, draws: Draws) -> pl.DataFrame:
    """Return the roles of ordinary matters: row, life, organ, party (drawn from `pool` parties a kind)."""
    lives, weights = zip(*LIVES, strict=True)
    frame = pl.DataFrame({"row": pl.int_range(first, first + count, eager=True)})
    frame = frame.with_columns(
        field=draws.pick("field", range(len(FIELDS)), [f.weight for f in FIELDS]),
        division=draws.pick("division", range(len(DIVISIONS))),
        life=draws.pick("life", lives, weights), back=draws.below("back", 1_000_000))
    frame = frame.with_columns(life=_possible_life(), organ=pl.col("field") * len(DIVISIONS) + pl.col("division"))
    frame = frame.with_columns(kind=_party_kind(draws), violation=_light_violation()).with_columns(
        party=fitting_party(draws.below("party", pool // TRADE_COUNT), draws)).drop("kind")
    unfinished = leaving(draws.seed) & pl.col("life").is_in(["court", "pending"])
    return frame.with_columns(life=pl.when(unfinished).then(pl.lit("prompt")).otherwise("life"))


def _possible_life() -> pl.Expr:
    """Police fines are paid at once, in summary procedure, or are warnings; other fields know only some of these."""
    life, field = pl.col("life"), pl.col("field")
    summary = field.is_in([FIELD_PLACE[name] for name in ("市场监管", "交通运输", "公安")])
    warned = field.is_in([FIELD_PLACE[name] for name in ("市场监管", "公安")])
    police = (field == FIELD_PLACE["公安"]) & ~life.is_in(["prompt", "summary", "warned"])
    barred = police | ((life == "summary") & ~summary) | ((life == "warned") & ~warned)
    return pl.when(barred).then(pl.lit("prompt")).otherwise(life)


def _light_violation() -> pl.Expr:
    """Summary fines and warnings are for slight violations; NULL where the violation is free."""
    life, field = pl.col("life"), pl.col("field")
    return (pl.when((life == "summary") & (field == FIELD_PLACE["市场监管"])).then(number("未明码标价"))
            .when((life == "summary") & (field == FIELD_PLACE["交通运输"])).then(number("擅自占用、挖掘公路"))
            .when((life == "warned") & (field == FIELD_PLACE["市场监管"])).then(number("未按规定进行进货查验"))
            .otherwise(pl.lit(None, dtype=pl.Int64)).cast(pl.Int64))


def _party_kind(draws: Draws) -> pl.Expr:
    kind = pl.lit(0)
    for place, field in enumerate(FIELDS):
        drawn = draws.pick(f"kind{place}", (0, 1, 2), field.kinds)
        kind = pl.when(pl.col("field") == place).then(drawn).otherwise(kind)
    return kind


def fitting_party(block: pl.Expr, draws: Draws) -> pl.Expr:
    """Return the number of a party of the block, of the row's `kind`, whose trade fits the row's `field`."""
    trade = draws.below("any trade", TRADE_COUNT)
    for place, field in enumerate(FIELDS):
        for kind, fitting in enumerate((field.trades, field.shops)):
            here = (pl.col("field") == place) & (pl.col("kind") == kind)
            trade = pl.when(here).then(draws.pick(f"trade{place}{kind}", fitting)).otherwise(trade)
    return (block * TRADE_COUNT + trade) * 3 + pl.col("kind")


def build(roles: pl.DataFrame, times: Times, draws: Draws, changes: dict[str, Change] | None = None) -> pl.DataFrame:
    """Return complete matters for the given roles.

    `roles` has row, life, organ, party and optionally served_on and violation (NULL: drawn). `changes` may hold a
    function for the stages penalty, application, review and enforcement: it is applied right after that stage, before
    the next one.
    """
    frame = decide(roles, times, draws)
    stages = {"penalty": settle, "application": apply_to_court, "review": review, "enforcement": enforce}
    for name, stage in stages.items():
        frame = stage(frame, times, draws)
        if changes and name in changes:
            frame = changes[name](frame)
    return finish(frame, times)


def decide(roles: pl.DataFrame, times: Times, draws: Draws) -> pl.DataFrame:
    """Add the decision: filing, notice, decision and service dates, the violation and the sums."""
    for name, kind in (("served_on", pl.Date), ("violation", pl.Int64)):
        if name not in roles.columns:
            roles = roles.with_columns(pl.lit(None, dtype=kind).alias(name))
    frame = roles.drop("field", "division", strict=False).join(organs(), on="organ", how="left", maintain_order="left")
    frame = frame.with_columns(served_on=pl.coalesce("served_on", _served(times, draws)))
    place = times.workdays.place(pl.col("served_on"))
    lag = pl.when(pl.col("life") == "summary").then(0).otherwise(draws.between("lag", 0, 5))
    frame = frame.with_columns(decided_on=times.workdays.day(
        place - lag - (times.workdays.day(place) > pl.col("served_on")).cast(pl.Int64)))
    place = times.workdays.place(pl.col("decided_on"))
    slow = pl.col("life") != "summary"
    frame = frame.with_columns(
        notice_on=pl.when(slow).then(times.workdays.day(place - draws.between("notice", 6, 14))),
        filed_on=pl.when(slow).then(times.workdays.day(place - _inquiry(draws))),
        procedure=pl.when(slow).then(pl.lit("ordinary")).otherwise(pl.lit("summary")),
        service_mode=draws.pick("mode", ("direct", "mail", "lien", "electronic"), (70, 20, 5, 5)),
    )
    return procedure.hearing(_violate(procedure.act(frame.with_columns(**DELIVERY), draws), draws))


def _inquiry(draws: Draws) -> pl.Expr:
    """Working days from filing to decision: the police have thirty days (治安管理处罚法第九十九条), others ninety."""
    return pl.when(pl.col("field_name") == "公安").then(draws.between("filed", 15, 18)).otherwise(
        draws.between("filed", 18, 45))


def _served(times: Times, draws: Draws) -> pl.Expr:
    """A working day on which the life can still run to its end before the as-of date."""
    spans = ((("prompt", "summary", "warned"), times.first, 30),
             (("late", "deferred", "reconsidered"), times.first, 260), (("sued",), times.first, 480),
             (("court",), times.first, 430), (("pending",), before(times.as_of, 130), 1))
    served = pl.lit(None, dtype=pl.Date)
    for lives, first, last in spans:
        low, high = times.place(first), times.place(before(times.as_of, last))
        day = times.workdays.day(pl.col("back") % (high - low) + low)
        served = pl.when(pl.col("life").is_in(lives)).then(day).otherwise(served)
    return served


def before(day: date, days: int) -> date:
    """Return a day about so long before; only for choosing spans, never for a legal period."""
    return date.fromordinal(day.toordinal() - days)


def _violate(frame: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """Choose a violation of the organ's field whose article was in force on the day of the decision, and its sums."""
    turns = sorted({v.begins for v in VIOLATIONS} | {v.ends for v in VIOLATIONS})
    frame = frame.with_columns(era=sum((pl.col("decided_on") > day).cast(pl.Int64) for day in turns))
    frame = frame.with_columns(kind=pl.col("party") % 3)
    frame = frame.join(_choices(turns), on=["field", "era", "kind"], how="left", maintain_order="left").with_columns(
        violation=pl.coalesce("violation", pl.col("choices").list.get(
            draws.below("violation", 1 << 30) % pl.col("choices").list.len())))
    frame = frame.drop("choices", "era", "kind")
    frame = frame.join(table().drop("field"), on="violation", how="left", maintain_order="left")
    fine = pl.col("fines").list.get(draws.below("fine", 1 << 30) % pl.col("fines").list.len())
    small = pl.when(pl.col("party") % 3 == 2).then(draws.pick("small fine", (10_000, 20_000))).otherwise(
        draws.pick("small", (50_000, 100_000, 200_000, 300_000)))
    gains = pl.when(pl.col("confiscates") & draws.chance("gains", 0.5)).then(draws.between("gain", 3_000, 480_000))
    life = pl.col("life")
    return frame.with_columns(
        fine=pl.when(life == "warned").then(0).when(life == "summary").then(small).otherwise(fine).cast(pl.Int64),
        confiscated=pl.when(~life.is_in(["warned", "summary", "court", "unpaid"])).then(gains).cast(pl.Int64),
        remedy_days_special=pl.when("demolition").then(15).cast(pl.Int64),
    ).drop("fines")


def _choices(turns: list[date]) -> pl.DataFrame:
    """Violations by field, era and kind of party; demolition orders are planted only, never drawn."""
    rows = []
    for field, era in product(range(len(FIELDS)), range(len(turns) + 1)):
        known = [(i, v) for i, v in enumerate(VIOLATIONS) if FIELDS[field].name == v.field and not v.demolition
                 and v.begins < _day_in(turns, era) <= v.ends]
        for kind in range(3):
            fitting = [i for i, v in known if kind in v.kinds]
            rows.append((field, era, kind, fitting or [i for i, _ in known]))
    schema: dict[str, pl.DataType] = {
        "field": pl.Int64(), "era": pl.Int64(), "kind": pl.Int64(), "choices": pl.List(pl.Int64)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _day_in(turns: list[date], era: int) -> date:
    """A day that lies in the era: the day after its opening turn."""
    return days_after(turns[era - 1], 1) if era else turns[0]


def settle(frame: pl.DataFrame, times: Times, draws: Draws) -> pl.DataFrame:
    """Add payment, deferral and relief as the life has them; unpaid lives are recorded as unpaid, not left blank."""
    frame = frame.with_columns(pay_due_on=later("served_on", lambda day: roll(days_after(day, 15))))
    life, due = pl.col("life"), pl.col("fine") + pl.col("confiscated").fill_null(0)
    served = pl.col("served_on")
    deferral = _plus(served, draws.between("deferral", 60, 180))
    reviewed = _plus(served, draws.between("reconsidered", 12, 50))
    decided = _plus(reviewed, draws.between("reviewing", 30, 58))
    sued = _plus(served, draws.between("sued", 40, 150))
    final = _plus(sued, draws.between("suit", 90, 170))
    frame = frame.with_columns(
        deferral_end_on=pl.when(life == "deferred").then(deferral),
        reconsidered_on=pl.when(life == "reconsidered").then(reviewed),
        reconsideration_decided_on=pl.when(life == "reconsidered").then(decided),
        reconsideration_served_on=pl.when(life == "reconsidered").then(_plus(decided, pl.lit(4))),
        sued_on=pl.when(life == "sued").then(sued),
        judgment_effective_on=pl.when(life == "sued").then(final),
        relief=pl.when(life == "reconsidered").then(pl.lit("reconsideration")).when(life == "sued").then(
            pl.lit("litigation")).otherwise(pl.lit(RELIEF_NONE)),
        remedies_told=pl.lit(True), additional_fine=pl.lit(0, pl.Int64), revoked_on=pl.lit(None, dtype=pl.Date),
    )
    in_time = pl.min_horizontal(_plus(served, draws.between("paid", 0, 16)), "pay_due_on")
    tardy = _plus(pl.col("pay_due_on"), draws.between("tardy", 3, 90))
    after = {
        "summary": served, "prompt": in_time, "late": tardy,
        "deferred": _plus(deferral, -draws.between("early", 0, 20)),
        "reconsidered": _plus(decided, draws.between("later", 8, 18)),
        "sued": _plus(final, draws.between("later", 5, 30)),
    }
    paid_on = pl.lit(None, dtype=pl.Date)
    for name, day in after.items():
        paid_on = pl.when(life == name).then(day).otherwise(paid_on)
    return frame.with_columns(paid_on=paid_on, paid=pl.when(paid_on.is_not_null()).then(due).otherwise(0),
                              demand_served_on=pl.lit(None, dtype=pl.Date))


def apply_to_court(frame: pl.DataFrame, times: Times, draws: Draws) -> pl.DataFrame:
    """Add the end of the remedy period, the demand and the application, in time, for matters that go to court."""
    frame = deadlines(frame)
    court = pl.col("life") == "court"
    start = times.workdays.place(pl.col("remedy_end_on"))
    demand = times.workdays.day(start + draws.between("demand", 1, 6))
    applied = times.workdays.day(start + draws.between("applied", 19, 38))
    capped = draws.chance("capped", 0.6)
    return frame.with_columns(
        demand_served_on=pl.when(court).then(demand), r_applied_on=pl.when(court).then(applied),
        additional_fine=pl.when(court & capped).then("fine").otherwise("additional_fine"),
    ).with_columns(has_review=court)


def deadlines(frame: pl.DataFrame) -> pl.DataFrame:
    """Add remedy_raw_on (six months to sue), remedy_end_on (rolled) and last_day_on (three months later, rolled)."""
    frame = frame.with_columns(remedy_raw_on=later("served_on", lambda day: months_after(day, 6)))
    frame = frame.with_columns(remedy_end_on=later("remedy_raw_on", roll))
    return frame.with_columns(last_day_on=later("remedy_end_on", lambda day: roll(months_after(day, 3))))


def review(frame: pl.DataFrame, times: Times, draws: Draws) -> pl.DataFrame:
    """Add the court's acceptance and ruling, in time."""
    has = pl.col("has_review")
    accepted = times.workdays.after(pl.col("r_applied_on"), draws.between("accepted", 1, 4))
    frame = frame.with_columns(r_accepted_on=accepted, r_ruling=pl.when(has).then(
        draws.pick("ruling", ("granted", "refused", "withdrawn"), (88, 6, 6))))
    ruled = times.workdays.after(pl.col("r_accepted_on"), draws.between("ruled", 2, 7))
    sought = pl.col("fine") + pl.col("confiscated").fill_null(0) - pl.col("paid") + pl.col("additional_fine")
    reason = pl.when(pl.col("r_ruling") == "refused").then(draws.pick("reason", (
        "明显缺乏事实根据", "明显缺乏法律、法规依据", "处罚决定未依法送达当事人"))).when(
        pl.col("r_ruling") == "withdrawn").then(pl.lit("被执行人已自动履行，申请人撤回申请"))
    frame = frame.with_columns(
        r_ruled_on=ruled, r_reason=reason, r_sought=pl.when(has).then(sought), r_fine=pl.when(has).then("fine"),
        r_additional=pl.when(has).then("additional_fine"), r_relief=pl.when(has).then(pl.lit(RELIEF_NONE)),
        r_evident=pl.when(has).then(pl.col("r_ruling") == "refused"), r_hearing=pl.when(has).then(pl.lit(False)),
        r_not_accepted_on=pl.lit(None, dtype=pl.Date), r_implementer=pl.lit(None, dtype=pl.String),
        r_implemented_on=pl.lit(None, dtype=pl.Date), r_implementation=pl.lit(None, dtype=pl.String),
        r_court=pl.col("court"),
        r_court_code=pl.col("court_code"))
    withdrawn = pl.col("r_ruling") == "withdrawn"
    total = pl.col("fine") + pl.col("confiscated").fill_null(0)
    return frame.with_columns(
        paid_on=pl.when(withdrawn).then("r_accepted_on").otherwise("paid_on"),
        paid=pl.when(withdrawn).then(total).otherwise("paid"),
        additional_fine=pl.when(withdrawn).then(0).otherwise("additional_fine"))


def enforce(frame: pl.DataFrame, times: Times, draws: Draws) -> pl.DataFrame:
    """Add enforcement for granted applications: filed soon, or paid before filing.

    It is carried out within three months, or, no property being found, ended for now after more than three.
    """
    granted = (pl.col("r_ruling") == "granted") & pl.col("has_review")
    prepaid = granted & draws.chance("prepaid", 0.12)
    has = granted & ~prepaid
    filed = pl.when(has).then(times.workdays.after(pl.col("r_ruled_on"), draws.between("e filed", 3, 12)))
    total = pl.col("fine") + pl.col("confiscated").fill_null(0)
    paid_early = times.workdays.after(pl.col("r_ruled_on"), draws.between("prepaid on", 1, 2))
    frame = frame.with_columns(
        r_served_on=times.workdays.after(pl.col("r_ruled_on"), draws.between("ruling served", 1, 5)),
        has_enforcement=has, e_filed_on=filed, e_court=pl.col("r_court"), e_court_code=pl.col("r_court_code"),
        e_mode=pl.when(has).then(draws.pick("mode of close", ("completed", "terminated_current"), (70, 30))),
        paid_on=pl.when(prepaid).then(paid_early).otherwise("paid_on"),
        paid=pl.when(prepaid).then(total).otherwise("paid"))
    done = pl.col("e_mode") == "completed"
    closed = _plus(pl.col("e_filed_on"), pl.when(done).then(draws.between("e closed", 25, 85)).otherwise(
        draws.between("e ended", 95, 140)))
    sought = pl.col("r_sought")
    frame = frame.with_columns(
        e_closed_on=closed, e_sought=pl.when(has).then(sought), e_fee=pl.when(has).then(court_fee(sought)),
        e_recovered=pl.when(done).then(sought).when(has).then(0),
        e_suspended_on=pl.lit(None, dtype=pl.Date))
    frame = follow(frame, times.as_of, draws)
    ended = pl.col("has_resumption")
    return frame.with_columns(
        paid_on=pl.when(done).then("e_closed_on").when(ended).then("x_closed_on").otherwise("paid_on"),
        paid=pl.when(done | (ended & (pl.col("x_closed_on") <= times.as_of))).then(total).otherwise("paid"))


def court_fee(sum_fen: pl.Expr) -> pl.Expr:
    """Return the enforcement fee in fen, in whole yuan: 50, then 1.5 % up to 500,000, then 1 % (诉讼费用交纳办法)."""
    over = (sum_fen - 1_000_000).clip(0, 49_000_000) * 15 // 1000 + (sum_fen - 50_000_000).clip(0) // 100
    return (over + 5_050) // 100 * 100


def finish(frame: pl.DataFrame, times: Times) -> pl.DataFrame:
    """Blank what lies after the as-of date and say the state in words."""
    dates = [name for name, kind in frame.schema.items() if kind == pl.Date and name not in {
        "remedy_raw_on", "remedy_end_on", "last_day_on", "pay_due_on", "deferral_end_on", "l_until",
        "case_extended_to", "publicity_to"}]
    closes_later = pl.col("e_closed_on") > times.as_of
    frame = procedure.publish(frame, times.as_of).with_columns(
        e_mode=pl.when(~closes_later.fill_null(False)).then("e_mode"),
        has_resumption=pl.col("has_resumption") & (pl.col("x_filed_on") <= times.as_of).fill_null(True)
        & (pl.col("e_mode") == "terminated_current").fill_null(False))
    frame = frame.with_columns(pl.when(pl.col(name) <= times.as_of).then(name).alias(name) for name in dates)
    total = pl.col("fine") + pl.col("confiscated").fill_null(0)
    words = pl.when(total == 0).then(pl.lit("已执行")).when(pl.col("paid") >= total).then(pl.lit("已缴清")).when(
        pl.col("paid") > 0).then(pl.lit("部分缴纳")).otherwise(pl.lit("未履行"))
    return frame.with_columns(status=pl.coalesce("status", words))


def earliest_application(demand: date) -> date:
    """Return the first day on which the organ may apply after its demand: the day after ten working days."""
    return days_after(workdays_after(demand, 10), 1)
