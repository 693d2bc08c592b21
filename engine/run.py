"""One night from delivered files to ranked clues; the only place where the stations meet.

files → load → resolve (parties, links) → apply (rules) → rank (clues, score) → finish → publish → export → review.
All stations up to `finish` work on a warehouse built aside (`store.writing`); it is published whole or not at all.
"""

import contextlib
import hashlib
import json
import resource
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

import engine
from engine import (
    catalogue,
    clues,
    documents,
    export,
    learning,
    links,
    parties,
    ranking,
    review,
    rules,
    sources,
)
from engine.clock import now
from engine.errors import RuleError
from engine.law import read_law
from engine.records import TABLES
from engine.store import Progress, Store, reading, writing

ROOT = Path(__file__).parents[1]

MEMORY = "2GB"
"""What the warehouse may use before it spills to disk; unlimited it would fill most of an office server."""


def quiet(station: str, done: int, total: int) -> None:
    """Ignore progress."""


@dataclass(frozen=True)
class Plan:
    """What one night works on: folders, the as-of date rules are judged by, the loading day, and a memory limit.

    `review` is the URL of the review database (it may hold a password); without one it is a file in `home`.
    """

    home: Path
    out: Path
    as_of: date
    today: date
    rules: Path = ROOT / "rules"
    sources: Path = ROOT / "pipelines" / "sources"
    memory: str = MEMORY
    review: str | None = field(default=None, repr=False)


@dataclass
class Night:
    """One open night: its store and what the stations reported so far."""

    plan: Plan
    store: Store
    progress: Progress
    started_at: datetime
    run_id: int
    timings: dict[str, float] = field(default_factory=dict)
    loads: list[sources.LoadReport] = field(default_factory=list)
    counts: dict[str, rules.Counts] = field(default_factory=dict)
    problems: list[RuleError] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    dismissed: int = 0
    answers: dict[str, int] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ruleset = read_ruleset(self.plan)
        self.problems = [*self.ruleset.law.problems, *self.ruleset.problems]
        self.link_specs = links.read_links(self.plan.rules / "links", self.problems)

    @property
    def groups(self) -> list[str]:
        """Folders of rules, each one task of the nightly run."""
        return sorted({rule_id.split(".")[0] for rule_id in self.ruleset.rules})

    def load(self, files: Sequence[Path], source: str | None = None) -> list[sources.LoadReport]:
        """Load delivered files and return what became of each."""
        with self._timed("load"):
            mappings = sources.read_mappings(self.plan.sources)
            self.problems += [problem for problem in mappings.problems if problem not in self.problems]
            done = sources.load(self.store, mappings, files, home=self.plan.home, source=source,
                                today=self.plan.today, progress=self.progress)
        self.loads += done
        return done

    def resolve(self) -> None:
        """Decide who is the same as whom, and which record belongs to which."""
        with self._timed("parties"):
            self.progress("parties", 0, 1)
            parties.note_answers(self.store, self._answered())
            self.cut = parties.resolve(self.store).cut()
        with self._timed("links"):
            self.progress("links", 0, 1)
            found = links.resolve(self.store, self.link_specs)
            self.cut["crowded"] = sum(step.crowded for report in found for step in report.steps)
            self.answers = parties.tell_outcomes(self.store)

    def apply(self, group: str | None = None) -> dict[str, rules.Counts]:
        """Apply the rules of one folder, or all of them, and return their counts."""
        only = [r for r in self.ruleset.rules if group is None or r.startswith(f"{group}.")]
        with self._timed("rules"):
            if not self.counts:
                rules.prepare(self.store, self.ruleset, self.plan.as_of)
                self.store.run("DELETE FROM hit")
            done = rules.apply(self.store, self.ruleset, self.plan.as_of, only=only, progress=self.progress)
        self.counts |= done
        self.problems += [c.fault for c in done.values() if c.fault]
        return done

    def rank(self) -> dict[str, int]:
        """Keep away what people dismissed, fold hits into clues, score them, and return how many stand by status."""
        with self._timed("rank"):
            self.progress("rank", 0, 1)
            self.dismissed = self._keep_away()
            stopped = {rule_id for rule_id, counts in self.counts.items() if counts.fault} | self._unusable()
            self.statuses = clues.fold(self.store, self.run_id, self.plan.as_of, self.ruleset, not_run=stopped)
            ranking.rank(self.store, self.ruleset.rules, ranking.read_weights(self.plan.rules / "ranking.yaml"))
            clues.relate(self.store, self.ruleset)
        return self.statuses

    def _keep_away(self) -> int:
        """Return how many hits stay away because people dismissed them on the same evidence.

        A review database that is there and cannot be read stops the night: yesterday's list is better than one that
        asks everything again.
        """
        if not review.is_there(self.plan.home, self.plan.review):
            return 0
        with opened_review(self.plan) as base:
            return clues.keep_away(self.store, self.ruleset, review.dismissed(base))

    def _answered(self) -> pl.DataFrame:
        """Return what people answered about pairs of records; read from the same database, with the same strictness."""
        if not review.is_there(self.plan.home, self.plan.review):
            return pl.DataFrame()
        with opened_review(self.plan) as base:
            return review.pairs(base)

    def _unusable(self) -> set[str]:
        """Return the rules whose file is there and cannot be used tonight: a slip must not make their clues vanish."""
        return set(rules.rule_ids(self.plan.rules)) - set(self.ruleset.rules) | self.ruleset.stopped

    def finish(self) -> dict[str, Any]:
        """Write the run's row and return its summary (counts and versions only, no personal data)."""
        summary = self._summary()
        row = (self.run_id, self.plan.as_of, self.started_at, now(), engine.__version__, summary["versions"]["rules"],
               json.dumps(summary, ensure_ascii=False))
        self.store.run("INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return summary

    def _summary(self) -> dict[str, Any]:
        return {
            "run_id": self.run_id,
            "as_of": self.plan.as_of.isoformat(),
            "versions": {
                "engine": engine.__version__,
                "rules": _fingerprint(self.plan.rules, "*.yaml"),
                "law": _fingerprint(self.plan.rules / "law", "*"),
                "data": _data_version(self.store),
                "python": sys.version.split()[0],
                **_versions(self.ruleset, self.counts),
            },
            "tables": {t.name: self.store.count(f"SELECT count(*) FROM {t.name}") for t in TABLES},
            "rules": {rule_id: counts.as_dict() for rule_id, counts in sorted(self.counts.items())},
            "clues": self.statuses,
            "dismissed": self.dismissed,
            "answers": self.answers,
            "cut": self.cut,
            "loaded": {
                "files": len({(r.file, r.sha256) for r in self.loads if r.status == "loaded"}),
                "already": sum(r.status == "duplicate" for r in self.loads),
                **{name: sum(getattr(r, name) for r in self.loads)
                   for name in ("rows_in", "rows_loaded", "rows_rejected", "rows_skipped")},
            },
            "refused": [report.message for report in self.loads if report.refused],
            "problems": [str(problem) for problem in self.problems],
            "seconds": {station: round(seconds, 2) for station, seconds in self.timings.items()},
            "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }

    @contextlib.contextmanager
    def _timed(self, station: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.timings[station] = self.timings.get(station, 0.0) + time.monotonic() - begun


@contextlib.contextmanager
def night(plan: Plan, progress: Progress = quiet) -> Iterator[Night]:
    """Yield an open night; what its stations wrote is published when the block ends well, else nothing is."""
    with writing(plan.home, memory=plan.memory) as store:
        run_id = store.count("SELECT max(run_id) FROM run") + 1
        yield Night(plan, store, progress, now(), run_id)


def run(
    plan: Plan, files: Sequence[Path] = (), source: str | None = None, progress: Progress = quiet
) -> dict[str, Any]:
    """Do the whole night and return its summary; lists are in `plan.out` afterwards."""
    with night(plan, progress) as open_night:
        if files:
            open_night.load(files, source)
        open_night.resolve()
        open_night.apply()
        open_night.rank()
        summary = open_night.finish()
    publish_lists(plan, open_night.ruleset)
    if review.is_there(plan.home, plan.review):
        progress("review", 0, 1)
        publish_review(plan, open_night.ruleset)
    return summary


def load(
    plan: Plan, files: Sequence[Path], source: str | None = None, progress: Progress = quiet
) -> list[sources.LoadReport]:
    """Load files into the warehouse and publish it; no rule is applied."""
    with writing(plan.home, memory=plan.memory) as store:
        return sources.load(store, sources.read_mappings(plan.sources), files, home=plan.home, source=source,
                            today=plan.today, progress=progress)


def publish_lists(plan: Plan, ruleset: rules.RuleSet | None = None) -> list[Path]:
    """Write the clue lists of the last complete run into `plan.out` and return the files.

    `ruleset`: the plan's rules, where they have been read already.
    """
    mappings = sources.read_mappings(plan.sources)
    with reading(plan.home) as store:
        return export.export(store, plan.out, ruleset or read_ruleset(plan), mappings)


def publish_review(plan: Plan, ruleset: rules.RuleSet | None = None, *, force: bool = False) -> review.Published:
    """Copy the last complete run into the review database, which is made where there is none yet.

    `force` publishes a run that is older than the one there, or of another warehouse.
    The audit's last entry is added to `review-anchors.txt` in the data folder, to be copied to another machine.
    """
    mappings = sources.read_mappings(plan.sources)
    with reading(plan.home) as store, opened_review(plan) as base:
        used = ruleset or read_ruleset(plan)
        base.is_forced = force
        done = export.publish_run(store, base, used, mappings, catalogue.rule_texts(used))
        with anchors_file(plan).open("a", encoding="utf-8") as file:
            file.write(f"{done.anchor}\n")
        learning.apply(base, review.NIGHT, model_file(plan))
    return done


def opened_review(plan: Plan) -> contextlib.AbstractContextManager[review.Review]:
    """Return the plan's review database, to be opened; the key of second factors is looked for beside its home."""
    return review.opened(review.review_url(plan.home, plan.review), plan.home)


def anchors_file(plan: Plan) -> Path:
    """Return where the audit's last entry of every publication is written down."""
    return plan.home / "review-anchors.txt"


def train_model(plan: Plan, base: review.Review, who: review.Who, seed: int) -> tuple[learning.Model, int]:
    """Train the model, leave it in the data folder, and return it with how many findings got a chance by it."""
    model = learning.train(base, seed)
    unfinished = model_file(plan).with_suffix(".part")
    unfinished.write_text(model.as_json(), encoding="utf-8")
    unfinished.replace(model_file(plan))
    return model, learning.apply(base, who, model_file(plan))


def model_file(plan: Plan) -> Path:
    """Return where the trained model is kept; without it findings have no chance shown."""
    return plan.home / learning.FILE


def clue_files(plan: Plan, clue_ids: Sequence[str], *, masked: bool = True) -> list[dict[str, Any]]:
    """Return all that is known of some clues of the last complete run (see `export.clue_files`)."""
    mappings = sources.read_mappings(plan.sources)
    with reading(plan.home) as store:
        return export.clue_files(store, read_ruleset(plan), mappings, clue_ids, masked=masked)


def handover(
    plan: Plan, opened: Mapping[str, review.browsing.Opened], clue_ids: Sequence[str], about: documents.About
) -> documents.Package:
    """Return the package of some clues of the last complete run; `opened` is what people did with them, if anything.

    Raises EngineError for a clue the warehouse does not know. Numbers are masked unless `about.full`.
    """
    ruleset, mappings = read_ruleset(plan), sources.read_mappings(plan.sources)
    with reading(plan.home) as store:
        files = export.clue_files(store, ruleset, mappings, clue_ids, masked=not about.full)
    hide = str if about.full else export.hide_numbers
    work = {clue_id: documents.work_of(told, comments=about.comments, hide=hide) for clue_id, told in opened.items()}
    wanted = sorted({finding["rule_id"] for file in files for finding in file["findings"]} & set(ruleset.rules))
    told = [documents.Rule(rule_id, ruleset.rules[rule_id].version,
                           (plan.rules / f"{rule_id.replace('.', '/')}.yaml").read_bytes()) for rule_id in wanted]
    return documents.package(files, work, told, about)


def read_ruleset(plan: Plan, *, locked: bool = True) -> rules.RuleSet:
    """Return the plan's rules, bound to its law; faults are in `problems` of both. `locked`: see `read_rules`."""
    return rules.read_rules(plan.rules, read_law(plan.rules / "law"), locked=locked)


def _versions(ruleset: rules.RuleSet, applied: Collection[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return version and logic hash of each rule applied and of each parameter of law, as the lock has them."""
    found: dict[str, dict[str, dict[str, Any]]] = {"rule": {}, "parameter": {}}
    for (kind, ident), line in sorted(rules.current(ruleset).items()):
        if kind == "parameter" or ident in applied:
            found[kind][ident] = {"version": line.version, "logic": line.logic}
    return {"by_rule": found["rule"], "by_parameter": found["parameter"]}


def _fingerprint(folder: Path, pattern: str) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob(pattern)):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _data_version(store: Store) -> str:
    hashes = store.rows("SELECT DISTINCT sha256 FROM delivery WHERE rows_loaded > 0 ORDER BY sha256")
    return hashlib.sha256("".join(h for (h,) in hashes).encode()).hexdigest()[:12]
