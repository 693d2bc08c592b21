"""Apply both sets in one session and put their answers side by side."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from engine import clues, links, ranking, rules
from engine.export.files import write_csv
from engine.export.masking import hide_in_texts
from engine.records import BY_NAME
from engine.rule_diff import steps
from engine.rule_diff.sides import Side, read_side
from engine.rule_diff.wording import words_of
from engine.rules import ANSWERS, Counts
from engine.rules.compiling import compile_rule
from engine.store import Store, borrowing

KINDS = {"new": "新增命中", "gone": "不再命中", "answer": "答案变化", "score": "得分变化"}
"""What may become of a record, in the order of the list."""


@dataclass(frozen=True)
class RuleCounts:
    """What one rule answers in each set (None: not in that set) and how many records that changes.

    `fault`: why it could not be compared; then nothing of it is in the changes. `note`: its hits are out of bounds and
    would be held back.
    """

    rule_id: str
    title: str
    old: Counts | None
    new: Counts | None
    changes: dict[str, int] = field(default_factory=dict)
    fault: str = ""
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for `--json`."""
        old, new = (counts.as_dict() if counts else None for counts in (self.old, self.new))
        return {"rule_id": self.rule_id, "title": self.title, "old": old, "new": new, "changes": self.changes,
                "fault": self.fault, "note": self.note}


@dataclass(frozen=True)
class Difference:
    """The whole comparison; `changes` has one row a changed record and rule (see `steps.CHANGES`)."""

    old: str
    new: str
    as_of: date
    rules: tuple[RuleCounts, ...]
    changes: pl.DataFrame
    problems: dict[str, list[str]]

    @property
    def is_partial(self) -> bool:
        """Whether something could not be compared."""
        return any(self.problems.values()) or any(r.fault for r in self.rules)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for `--json`."""
        return {"old": self.old, "new": self.new, "as_of": self.as_of.isoformat(), "problems": self.problems,
                "rules": [r.as_dict() for r in self.rules], "changes": self.changes.to_dicts()}

    def write(self, folder: Path) -> list[Path]:
        """Write the changes as CSV (no spreadsheet runs its cells) and Parquet and return the files."""
        folder.mkdir(parents=True, exist_ok=True)
        csv, parquet = folder / "规则对照.csv", folder / "规则对照.parquet"
        write_csv(csv, self.changes)
        self.changes.write_parquet(parquet)
        return [csv, parquet]


@dataclass(frozen=True)
class Applied:
    """One side after its rules ran, and what each answered."""

    side: Side
    counts: dict[str, Counts]

    def ran(self, rule_id: str) -> bool:
        """Return whether the rule is in this side and ran; out of bounds is no failure."""
        found = self.counts.get(rule_id)
        return found is not None and (found.fault is None or found.fault.code == "E-RULE-VOLUME")

    def failed(self, rule_id: str) -> str:
        """Return why the rule could not be run, '' where it ran or is not there."""
        return str(self.counts[rule_id].fault) if rule_id in self.counts and not self.ran(rule_id) else ""


def compare(
    home: Path, old: tuple[str, Path], new: tuple[str, Path], as_of: date, *, memory: str | None = None,
    drafts: bool = False,
) -> Difference:
    """Return how the clues differ between two rule sets, each a name and a folder; EngineError where no warehouse is.

    `drafts`: apply drafts too, as if they were on trial. A rule that is faulty in one set is left out of both.
    """
    sides = [read_side(name, folder, drafts) for name, folder in (old, new)]
    faults = {i: fault for i in sorted({*sides[0].present, *sides[1].present})
              if (fault := sides[0].fault(i) or sides[1].fault(i))}
    with borrowing(home, memory=memory) as store:
        relink = sides[0].links != sides[1].links
        applied = [_apply(store, side.without(faults), word, as_of, relink)
                   for word, side in zip(steps.SIDES, sides, strict=True)]
        ids = sorted({*applied[0].counts, *applied[1].counts})
        faults |= {i: fault for i in ids if (fault := applied[0].failed(i) or applied[1].failed(i))}
        changes = _changes(store, applied, [i for i in ids if i not in faults], as_of)
    titles = {rule.id: rule.title for side in sides for rule in side.rules.rules.values()}
    counted = {rule_id: dict(part.select("变化", "len").iter_rows())
               for (rule_id,), part in changes.group_by("规则编号", "变化").len().group_by("规则编号")}
    told = tuple(RuleCounts(i, titles.get(i, i), applied[0].counts.get(i), applied[1].counts.get(i), counted.get(i, {}),
                            faults.get(i, ""), _held_back(i, applied)) for i in sorted({*ids, *faults}))
    problems = {word: list(dict.fromkeys(map(str, side.problems)))
                for word, side in zip(steps.SIDES, sides, strict=True)}
    return Difference(old[0], new[0], as_of, told, changes, problems)


def _apply(store: Store, side: Side, word: str, as_of: date, relink: bool) -> Applied:
    """Apply one side's rules, fold and rank, and keep the outcome: <word>_hit, and <word>_clue by record."""
    if relink:
        _own_links(store)
        links.resolve(store, side.links)
    rules.prepare(store, side.rules, as_of)
    counts = rules.apply(store, side.rules, as_of)
    stopped = [rule_id for rule_id, found in counts.items() if found.fault]
    clues.fold(store, 1, as_of, side.rules, not_run=stopped)
    ranking.rank(store, side.rules.rules, side.weights)
    store.run(f"CREATE TABLE {word}_hit AS SELECT * FROM hit")
    store.run(f"CREATE TABLE {word}_clue AS SELECT DISTINCT f.table_name, f.record_id, "
              "c.* EXCLUDE (table_name, record_id) FROM finding f JOIN clue c USING (clue_id)")
    for table in ("hit", "clue"):
        store.run(f"DELETE FROM {table}")
    if relink:
        store.run(f"CREATE TABLE {word}_link AS SELECT * FROM link")
    return Applied(side, counts)


def _own_links(store: Store) -> None:
    """Put tables of this session's own in the place of the warehouse's links."""
    for name in ("link", "link_candidate"):
        kind = store.rows("SELECT table_type FROM information_schema.tables WHERE table_catalog = 'memory' "
                          "AND table_name = ?", [name])[0][0]
        if kind == "VIEW":
            store.run(f"CREATE TABLE own_{name} AS SELECT * FROM {name} LIMIT 0")
            store.run(f"DROP VIEW main.{name}")
            store.run(f"ALTER TABLE own_{name} RENAME TO {name}")


def _changes(store: Store, applied: list[Applied], usable: list[str], as_of: date) -> pl.DataFrame:
    """Return the list of changes of the usable rules."""
    titles = {rule.id: rule.title for one in applied for rule in one.side.rules.rules.values()}
    states = [(i, titles[i], *(one.ran(i) for one in applied)) for i in usable]
    schema: dict[str, Any] = {"rule_id": pl.String, "title": pl.String, "in_old": pl.Boolean, "in_new": pl.Boolean}
    _keep(store, "diff_rule", pl.DataFrame(states, schema=schema, orient="row"))
    store.run(f"CREATE TABLE diff_answer AS {steps.ANSWER}")
    store.run("CREATE TABLE diff_detail AS SELECT '' AS side, * FROM hit LIMIT 0")
    for word, one in zip(steps.SIDES, applied, strict=True):
        _details(store, word, one, as_of)
    old, new = (words_of(word, one.side.rules) for word, one in zip(steps.SIDES, applied, strict=True))
    for name, frame in old.items():
        _keep(store, name, pl.concat([frame, new[name]]))
    for name, sql in steps.explaining():
        store.run(f"CREATE TABLE {name} AS {sql}")
    tables = [t for (t,) in store.rows(
        "SELECT table_name FROM diff_answer UNION SELECT table_name FROM diff_score ORDER BY 1") if t in BY_NAME]
    return hide_in_texts(store.frame(steps.listing(tables, ANSWERS, KINDS)))


def _details(store: Store, word: str, one: Applied, as_of: date) -> None:
    """Write one side's full answers, clear ones included, for the records that differ into diff_detail."""
    one.side.rules.law.calendar.install(store)
    if store.count("SELECT count(*) FROM duckdb_tables() WHERE table_name = ?", [f"{word}_link"]):
        store.run("DELETE FROM link")
        store.run(f"INSERT INTO link SELECT * FROM {word}_link")
    for (rule_id,) in store.rows("SELECT DISTINCT rule_id FROM diff_answer ORDER BY 1"):
        if one.ran(rule_id):
            rule = one.side.rules.rules[rule_id]
            told = compile_rule(rule, one.side.rules, as_of).told_sql(steps.changed_ids(rule_id, rule.subject))
            store.run(f"INSERT INTO diff_detail BY NAME SELECT '{word}' AS side, * FROM ({told})")


def _keep(store: Store, name: str, frame: pl.DataFrame) -> None:
    with store.lend("diff_lent", frame):
        store.run(f"CREATE TABLE {name} AS SELECT * FROM diff_lent")


def _held_back(rule_id: str, applied: list[Applied]) -> str:
    counts = [one.counts[rule_id] for one in applied if rule_id in one.counts and one.ran(rule_id)]
    return "；".join(dict.fromkeys(str(c.fault) for c in counts if c.fault is not None))
