"""The whole sample: ordinary lives and planted cases, numbered and written as suppliers' files, with the answers.

Small samples (up to `WORKBOOK_ROWS`) come as workbooks and tables with title rows, notes, totals and bad rows; large
ones as Parquet and CSV in parts, one chunk after the other, so that memory does not grow with the size.
"""

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from engine.sample import benchmarks, convictions, delivery, matters, planting, referral, register, world
from engine.sample.draws import Draws
from engine.sample.numbers import number, number_referrals
from engine.sample.scenarios import CASES, CONVICTIONS, PLANTS
from engine.sample.writing import Large, Small, write_coverage, write_readme

AS_OF = date(2026, 10, 31)
"""The as-of date of the committed sample."""

WORKBOOK_ROWS = 20_000
"""Up to so many penalties the sample is written as workbooks."""

CHUNK = 200_000
"""Ordinary penalties built at a time."""

OWN_FILES = ("answers.csv", "defects.csv", "sample.json", "README.md")
"""Files of the sample that are no delivery: answers, expected defects, counts, explanation."""

KEYS: dict[str, tuple[str, ...]] = {
    "seizure": ("s_document", "s_item"),
    "penalty": ("authority", "document_no"), "court_review": ("r_court", "review_no"),
    "enforcement": ("e_court", "enforcement_no"), "dishonest_listing": ("e_court", "enforcement_no", "e_person"),
    "opinion": ("procuratorate", "opinion_no"), "nonprosecution": ("procuratorate", "nonprosecution_no", "party_name"),
    "payment": ("receipt_no",),
    "judgment": ("court", "judgment_no", "party_name"),
}
"""Key columns of the subjects in the frames built here."""


@dataclass(frozen=True)
class Plan:
    """What one sample is made of: sizes, seeds, calendar."""

    rows: int
    seed: int
    as_of: date
    times: matters.Times = field(repr=False)
    draws: Draws = field(repr=False)
    chunk: int = CHUNK

    @property
    def copies(self) -> int:
        """How often each planted case occurs."""
        return max(1, round(self.rows / 1_500))

    @property
    def pool(self) -> int:
        """How many ordinary parties of each kind there are."""
        return max(60, self.rows // 2)

    @property
    def referrals(self) -> int:
        """Ordinary persons not prosecuted."""
        return max(20, self.rows // 10 - self.copies * len(CASES))

    @property
    def ordinary(self) -> int:
        """Ordinary penalties: what is left beside the planted ones and those that follow a referral."""
        followed = self.referrals * 2 // 5 + self.copies * len(CASES)
        return max(self.rows // 3, self.rows - self.copies * len(PLANTS) - followed)

    @property
    def chunks(self) -> int:
        """How many parts the sample is built in."""
        return -(-self.ordinary // self.chunk)


@dataclass
class SampleReport:
    """What was written: rows by file, answers by rule, expected answer and link."""

    out: Path
    as_of: date
    seed: int
    rows: int
    files: dict[str, int] = field(default_factory=dict)
    answers: list[tuple[str, str, str, int]] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """Return the report as plain values; the folder's name only, never a path."""
        names = ("rule_id", "expected", "link", "count")
        return {
            "notice": "本数据全部为虚构，地名、机关、单位、个人均不存在", "as_of": self.as_of.isoformat(),
            "seed": self.seed,
            "rows": self.rows, "files": self.files,
            "answers": [dict(zip(names, line, strict=True)) for line in self.answers],
        }


def generate(out: Path, rows: int = 3_000, seed: int = 1, as_of: date = AS_OF) -> SampleReport:
    """Write a sample of about `rows` penalties into the folder `out` and return what was written.

    The same rows, seed and as-of date give the same bytes. Files of an earlier sample of the same name are overwritten.
    """
    out.mkdir(parents=True, exist_ok=True)
    plan = Plan(rows, seed, as_of, matters.Times(as_of, world.FIRST_DAY), Draws(seed))
    writer = Small(out, plan.draws) if rows <= WORKBOOK_ROWS else Large(out, plan.draws)
    answers: list[pl.DataFrame] = []
    for chunk in range(plan.chunks):
        built, cases, people = build_chunk(plan, chunk)
        writer.write(built, cases, people, chunk)
        answers += [planting.answers(built.filter(pl.col("plant").is_not_null() & (pl.col("row") < planting.CASE_ROW)),
                                     PLANTS, KEYS),
                    planting.answers(cases.filter(pl.col("plant").is_not_null()), CASES, KEYS)]
    convicted = build_convictions(plan)
    writer.convicted(convicted, plan.seed)
    answers.append(planting.answers(convicted.filter(pl.col("plant").is_not_null()), CONVICTIONS, KEYS))
    writer.close()
    return _report(SampleReport(out, as_of, seed, rows, dict(writer.counts)), pl.concat(answers))


def build_chunk(plan: Plan, chunk: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return the numbered matters, the referral cases, and the registered companies and the dead of one chunk."""
    times, draws = plan.times, plan.draws
    first, last = (plan.ordinary * at // plan.chunks for at in (chunk, chunk + 1))
    copies = range(chunk, plan.copies, plan.chunks)
    cases = _cases(plan, chunk, copies)
    followed = matters.build(referral.penalties(cases), times, draws, {"penalty": referral.deliver})
    parts = [matters.build(matters.background(first, last - first, plan.pool, draws), times, draws), followed]
    if copies:
        parts.append(planting.plant(PLANTS, copies, plan.pool, times, draws))
    if chunk == 0:
        roles = convictions.penalties(build_convictions(plan))
        parts.append(matters.build(roles, times, draws, {"penalty": convictions.deliver}))
    built = pl.concat(parts, how="diagonal_relaxed").sort("organ", "decided_on", "row")
    built = number(built, chunk)
    people = world.parties(pl.concat([built[c] for c in ("party", "name_of", "r_party", "e_party")]), plan.seed)
    cases = referral.registered(number_referrals(cases.sort("division", "decided_on", "row"), chunk))
    persons = world.parties(cases["party"], plan.seed).drop("division")
    cases = cases.join(persons, on="party", how="left", maintain_order="left")
    return delivery.join_parties(built, people), cases, _people(plan, chunk, built)


def build_convictions(plan: Plan) -> pl.DataFrame:
    """Return the numbered convictions: one for every thirty penalties, and the planted ones."""
    parts = [convictions.build(convictions.ordinary(plan.rows // 30, plan.draws), plan.as_of, plan.draws),
             planting.plant_convictions(CONVICTIONS, plan.copies, plan.as_of, plan.draws)]
    return convictions.numbered(pl.concat(parts, how="diagonal_relaxed"), plan.seed)


def _cases(plan: Plan, chunk: int, copies: range) -> pl.DataFrame:
    """Persons not prosecuted are numbered above all parties of penalties: each is in one case only."""
    first, last = (plan.referrals * at // plan.chunks for at in (chunk, chunk + 1))
    above = plan.pool + (plan.copies * len(PLANTS) + 2) * world.TRADE_COUNT
    roles = referral.ordinary(first, last - first, above, plan.draws)
    parts = [referral.build(roles, plan.times, plan.draws)]
    if copies:
        parts.append(planting.plant_cases(CASES, copies, above + plan.referrals, plan.times, plan.draws))
    return pl.concat(parts, how="diagonal_relaxed")


def _people(plan: Plan, chunk: int, built: pl.DataFrame) -> pl.DataFrame:
    """Return whom the register and the list of deaths name: the chunk's share of the pool, and all planted parties."""
    first, last = (plan.pool * at // plan.chunks for at in (chunk, chunk + 1))
    return register.people(range(first, last), built.filter(pl.col("party") >= plan.pool * 3), plan.seed, plan.as_of)


def _report(report: SampleReport, answers: pl.DataFrame) -> SampleReport:
    """Write the answers, the counts and the explanation; complete the report."""
    answers = answers.sort("rule_id", "expected", "scenario", "key1", "key2", "key3")
    answers.write_csv(report.out / "answers.csv")
    report.files["裁量基准.csv"] = benchmarks.write(report.out)
    report.files["数据覆盖声明.csv"] = write_coverage(report.out, report.as_of)
    counted = answers.group_by("rule_id", "expected", "link").len().sort("rule_id", "expected", "link")
    report.answers = [(r, e, k, int(n)) for r, e, k, n in counted.iter_rows()]
    write_readme(report.out, report.rows, report.seed, report.as_of)
    text = json.dumps(report.as_dict(), ensure_ascii=False, indent=1) + "\n"
    (report.out / "sample.json").write_text(text, encoding="utf-8")
    return report


