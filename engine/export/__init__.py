"""The lists people take away: 线索清单, 证据, 资料缺口, 排除, 消失, 数据缺陷, 运行说明, 调取清单, as files.

`export` writes the files of the last complete run; `publish_run` copies it into the review database;
`top`, `gaps` and `rejects` give short frames for the screen.
Columns have Chinese names; what each means is in docs/clue-list.md.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from engine.export import lists, notes, requests, tables
from engine.export.clue_files import clue_files
from engine.export.extraction import write_extraction
from engine.export.files import published, write_csv
from engine.export.for_review import DEPARTMENT, publish_run
from engine.export.inventory import inventory_file
from engine.export.layout import MOST, REQUESTS, request_sheets, sheets
from engine.export.masking import hide_clues, hide_evidence, hide_in_texts, hide_numbers
from engine.export.notes import last_run
from engine.export.record_place import full_numbers, place_of
from engine.export.workbook import write
from engine.law import Law, read_calendar
from engine.rules import RuleSet
from engine.sources import Mappings
from engine.store import Store

__all__ = ["DEPARTMENT", "clue_files", "export", "full_numbers", "gaps", "hide_numbers", "inventory_file", "last_run",
           "place_of", "publish_run", "rejects", "top", "write_extraction"]

FIRST = "线索清单"
"""Name of the files that hold the clues."""

TO_FETCH = "调取清单"
"""Name of the files that hold what to fetch."""

DETAILS = "明细"
"""The folder below the output folder for all other lists."""

NOTES = "运行说明"


def export(
    store: Store, out: Path, rules: RuleSet, mappings: Mappings | None = None, *, masked: bool = True
) -> list[Path]:
    """Write the lists of the last run into `out`, replacing those of the run before, and return the files.

    `mappings` tell which delivered header fed a column, for the original texts of the evidence list. Identity and
    organisation numbers are masked unless `masked` is false. Raises EngineError where there was no run; where writing
    fails the old files stay.
    """
    begun = time.monotonic()
    run = notes.last_run(store)
    about = f"第{run['run_id']}次运行，数据截止日{notes.day(run['as_of'])}，内部资料，注意保密"
    out.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    heads: dict[str, pl.DataFrame] = {}
    with published(out) as folder:
        (folder / DETAILS).mkdir()
        tables.prepare(store, rules, mappings)
        for name, frame in _lists(store, rules, mappings or Mappings(), masked=masked):
            counts[name] = frame.height
            heads[name] = _written(folder, name, frame)
        heads[NOTES] = _written(folder, NOTES, notes.notes(store, run, rules, counts))
        write(folder / f"{FIRST}.xlsx", sheets(heads, counts, about), about, run["started_at"])
        write(folder / f"{TO_FETCH}.xlsx", request_sheets(heads, counts, about), about, run["started_at"])
        told = notes.run_json(store, run, counts, time.monotonic() - begun)
        (folder / "run.json").write_text(told, encoding="utf-8")
        names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return [out / name for name in names]


def _lists(store: Store, rules: RuleSet, mappings: Mappings, *, masked: bool) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield each list with its name, one at a time: the evidence of a province is large."""
    frame = lists.clue_list(store)
    yield "线索", hide_clues(frame) if masked else frame
    frame = lists.evidence(store)
    yield "证据", (hide_evidence(frame) if masked else frame).drop("遮盖")
    titles = {source_id: mapping.title for source_id, mapping in mappings.items()}
    others: dict[str, Callable[[], pl.DataFrame]] = {
        "资料缺口": lambda: lists.gaps(store, rules), "缺口明细": lambda: lists.gap_subjects(store, rules),
        TO_FETCH: lambda: requests.requests(store, rules, mappings),
        "调取明细": lambda: requests.request_subjects(store),
        "排除": lambda: lists.excluded(store), "消失": lambda: lists.gone(store),
        "数据缺陷": lambda: lists.defects(store).with_columns(pl.col("来源").replace(titles)),
    }
    for name, make in others.items():
        yield name, hide_in_texts(make()) if masked else make()


def _written(folder: Path, name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Write a list as CSV and Parquet and return the rows the workbook will show."""
    stem = folder / {"线索": FIRST, TO_FETCH: TO_FETCH}.get(name, f"{DETAILS}/{name}")
    write_csv(stem.with_suffix(".csv"), frame)
    frame.write_parquet(stem.with_suffix(".parquet"))
    return frame.head(MOST.get(name) or REQUESTS[name].most).clone()


def top(store: Store, most: int = 15, rules: RuleSet | None = None) -> pl.DataFrame:
    """Return the first clues for the screen: place, id, status, score, party, number, what is wrong, money."""
    tables.prepare(store, rules or _no_rules(), which=f"c.place <= {int(most)}", answers=False)
    number = pl.col("文号、案号").str.split("\n").list.first()
    return hide_in_texts(lists.clue_list(store).head(most)).select(
        "序号", "线索编号", "状态", "得分", "当事人", number, "违法情形", "金额（元）")


def gaps(store: Store, most: int = 50, rules: RuleSet | None = None) -> pl.DataFrame:
    """Return what to fetch, the most awaited first: unit, table, fields, period, how many wait, rules, examples."""
    tables.prepare(store, rules or _no_rules(), which="false")
    return requests.requests(store, rules or _no_rules()).head(most)


def rejects(store: Store, most: int = 50) -> pl.DataFrame:
    """Return the first data defects: source, file, sheet, line, kind, column, masked value, reason, what to do."""
    return hide_in_texts(lists.defects(store).head(most))


def _no_rules() -> RuleSet:
    return RuleSet({}, {}, {}, Law({}, read_calendar(), ()))
