"""One sheet of a file into the tables its mapping feeds, chunk by chunk, with every row accounted for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from engine.clock import now
from engine.errors import SourceError
from engine.sources import settling
from engine.sources.batch import File, put_defects, put_delivery
from engine.sources.cast import Setting, cast, cleaned, raw_of, taken
from engine.sources.defects import FAULTS, SCHEMA, Tally, label_of, note, shown
from engine.sources.detect import Fit, Plan
from engine.sources.reading import FAULT_WORDS, SKIP_REASONS, Chunk, Fault, Sheet
from engine.sources.reporting import LoadReport
from engine.sources.writer import Writer
from engine.store import Store, delivered
from engine.text import fold

ELSEWHERE = "不属于本表"
LISTED = "已列入前一张表的缺陷"
REPEATED = "重复行"


@dataclass
class _Batch:
    """One table's share of a sheet."""

    plan: Plan
    constants: dict[str, object]
    report: LoadReport
    tally: Tally = field(default_factory=Tally)

    @property
    def batch_id(self) -> int:
        """Number of the batch."""
        return int(str(self.constants["batch_id"]))


class SheetLoad:
    """The loading of one sheet; `run` brings the rows in, `finish` writes the ledger and returns the reports."""

    def __init__(self, store: Store, sheet: Sheet, fit: Fit, file: File, today: date) -> None:
        self.store, self.sheet, self.fit, self.file = store, sheet, fit, file
        words = frozenset(fold(word) for word in fit.mapping.null_words)
        self.setting = Setting(tuple(sheet.header), words, today)
        self.rows_in = 0
        self.rejected_lines = 0
        self.reasons: dict[str, int] = {}
        self.batches = [self._batch(plan) for plan in fit.plans]

    def run(self) -> None:
        """Read the sheet to its end; raise SourceError where the whole file must be refused."""
        self.sheet.merged = self.fit.mapping.merged
        with Writer() as writer:
            for chunk in self.sheet.chunks:
                self.rows_in += chunk.records
                writer.put(self._take(chunk))
        for batch in self.batches:
            self._settle(batch)

    def finish(self, warnings: list[str]) -> list[LoadReport]:
        """Check that no row is unaccounted for, write the ledger, and return one report a table."""
        for number, batch in enumerate(self.batches):
            report, table = batch.report, batch.plan.feed.table
            report.rows_in = self.rows_in
            report.rows_loaded = self.store.count(
                f"SELECT count(*) FROM {delivered(table)} WHERE batch_id = $b", {"b": batch.batch_id})
            if report.rows_in != report.rows_loaded + report.rows_rejected + report.rows_skipped:
                raise self._unaccounted(report)
            report.warnings = self._warnings(warnings, report)
            report.unmapped = list(self.fit.unknown)
            report.changes = self._changes(batch)
            self._ledger(batch)
            self._notes(batch, first=number == 0)
        return [batch.report for batch in self.batches]

    def _batch(self, plan: Plan) -> _Batch:
        table, mapping = plan.feed.table, self.fit.mapping
        batch_id = next(self.file.numbers)
        constants: dict[str, object] = {
            "source_id": mapping.source_id, "batch_id": batch_id, "file": self.file.name, "sheet": self.sheet.name,
            "loaded_at": now(),
        }
        report = LoadReport(
            self.file.name, "loaded", self.file.delivered.sha256, self.sheet.name, mapping.source_id, mapping.title,
            table.name, table.label, batch_id, self.file.delivered.format, self.file.delivered.encoding,
        )
        return _Batch(plan, constants, report)

    def _take(self, chunk: Chunk) -> Callable[[], None]:
        """Cast one chunk for every table, count what was left out, and return the writing that is to be done."""
        texts = cleaned(chunk.frame)
        structural = self._as_defects(chunk.faults, "row")
        nowhere = self._nowhere(chunk.frame, texts)
        refused = pl.concat([structural, nowhere])
        bad_lines = [refused["line"]]
        pieces: list[tuple[_Batch, pl.DataFrame, pl.DataFrame]] = []
        for number, batch in enumerate(self.batches):
            casted = cast(chunk.frame, texts, batch.plan, self.setting, batch.tally)
            bad_lines.append(casted.rejected)
            own = [casted.defects]
            if number == 0:
                own += [refused, self._as_defects(chunk.flags, "flag")]
            else:
                batch.report.skip(LISTED, refused["line"].n_unique())
            batch.report.skip(ELSEWHERE, casted.elsewhere - nowhere.height)
            for reason, count in chunk.skipped.items():
                batch.report.skip(SKIP_REASONS.get(reason, reason), count)
            defects = pl.concat(own)
            self._count(batch, defects)
            pieces.append((batch, casted.rows, defects))
        self.rejected_lines += pl.concat(bad_lines).n_unique()
        return lambda: self._write(pieces)

    def _write(self, pieces: list[tuple[_Batch, pl.DataFrame, pl.DataFrame]]) -> None:
        for batch, rows, defects in pieces:
            settling.insert(self.store, batch.plan.feed.table, rows, batch.constants)
            put_defects(self.store, defects, batch.constants)

    def _count(self, batch: _Batch, defects: pl.DataFrame) -> None:
        """Count defects by code, and the reasons of rejected rows."""
        rows = defects.filter(pl.col("kind") == "row")
        batch.report.rows_rejected += rows["line"].n_unique()
        batch.report.flagged += defects.filter(pl.col("kind") == "flag")["line"].n_unique()
        for code, count in defects.group_by("code").len().iter_rows():
            batch.report.defects[code] = batch.report.defects.get(code, 0) + count
        for label, code, count in rows.group_by("column_label", "code").len().iter_rows():
            reason = FAULTS[code][0] if code in FAULTS else FAULT_WORDS.get(code, code)
            words = f"“{label}”{reason}" if label else reason
            self.reasons[words] = self.reasons.get(words, 0) + count

    def _as_defects(self, faults: list[Fault], kind: str) -> pl.DataFrame:
        """Return what the reader found wrong as defects; values are masked, a rejected row is kept as delivered."""
        columns = {b.headers[i].strip(): b.origin.column for p in self.fit.plans for b in p.bounds
                   for i in range(len(b.headers))}
        rows = []
        for fault in faults:
            column = columns.get((fault.column or "").strip())
            # reason: what stands under an unknown header may be a number, so little of it is shown
            value = shown(fault.value, column.mask if column else "number") or None
            rows.append((fault.line, kind, column.name if column else None, fault.column, value, fault.code,
                         fault.reason, fault.fix, fault.raw or None))
        return pl.DataFrame(rows, schema=SCHEMA, orient="row")

    def _nowhere(self, frame: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
        """Return defects for rows no feed takes."""
        takes = [taken(texts, plan.rows) for plan in self.fit.plans]
        lost = frame.filter(~pl.any_horizontal(takes)) if frame.height else frame
        if not lost.height:
            return pl.DataFrame(schema=SCHEMA)
        header = self.fit.mapping.feeds[0].rows[0].header
        index = self.fit.plans[0].rows[0].index
        reason, fix = FAULTS["E-ROW-KIND"]
        return lost.select(
            "line", pl.lit("row").alias("kind"), pl.lit(None, dtype=pl.String).alias("column_name"),
            pl.lit(header).alias("column_label"), pl.col(f"c{index}").alias("value"),
            pl.lit("E-ROW-KIND").alias("code"), pl.lit(reason).alias("reason"), pl.lit(fix).alias("fix"),
        ).with_columns(raw_of(lost, self.setting.header)).select(*SCHEMA)

    def _settle(self, batch: _Batch) -> None:
        """Take doubled rows out, part co-parties, and let newer rows replace older ones."""
        table = batch.plan.feed.table
        twins = settling.remove_twins(self.store, table, batch.batch_id)
        batch.report.skip(REPEATED, len(twins.same))
        if twins.same:
            reason = f"{REPEATED}：{settling.lines_text(twins.same)}与前面的行内容相同，未重复入库"
            put_defects(self.store, note("E-ROW-REPEATED", reason, line=twins.same[0]), batch.constants)
        if twins.other.height:
            defects = settling.twin_defects(twins, table)
            self._count(batch, defects)
            put_defects(self.store, defects, batch.constants)
            self.rejected_lines += twins.other.height
        settling.part_co_parties(self.store, table, batch.batch_id)
        settling.supersede(self.store, table, batch.batch_id, self.fit.mapping.source_id)

    def _warnings(self, warnings: list[str], report: LoadReport) -> list[str]:
        empty = ["没有数据行，来源以前交来的记录保持不变"] if report.rows_in == 0 else []
        return [*warnings, *empty]

    def _changes(self, batch: _Batch) -> str:
        """Return how the file differs from the one delivered before under the same name."""
        earlier = self.store.rows(
            "SELECT batch_id, strftime(loaded_at, '%Y-%m-%d'), rows_in FROM delivery WHERE status = 'loaded' AND "
            "file = $file AND sheet = $sheet AND source_id = $source_id AND table_name = $table "
            "ORDER BY batch_id DESC LIMIT 1",
            {"file": self.file.name, "sheet": self.sheet.name, "source_id": self.fit.mapping.source_id,
             "table": batch.plan.feed.table.name},
        )
        if not earlier:
            return ""
        before, day, rows = earlier[0]
        added, gone = settling.differs(self.store, batch.plan.feed.table, batch.batch_id, before)
        return f"与{day}的同名文件相比：{rows}行→{self.rows_in}行，新出现{added}件，不再出现{gone}件"

    def _ledger(self, batch: _Batch) -> None:
        report, file = batch.report, self.file.delivered
        put_delivery(self.store, {
            **batch.constants, "table_name": report.table, "sha256": file.sha256, "bytes": file.bytes,
            "format": file.format, "encoding": file.encoding, "status": "loaded",
            "priority": self.fit.mapping.priority, "rows_in": report.rows_in, "rows_loaded": report.rows_loaded,
            "rows_rejected": report.rows_rejected, "rows_skipped": report.rows_skipped,
        })

    def _notes(self, batch: _Batch, *, first: bool) -> None:
        """Store what was normalised, left out or doubtful about the file."""
        found = [batch.tally.rows()]
        if first:
            found += [note("E-FILE-WARNING", words, kind="flag", fix="请核对文件") for words in batch.report.warnings]
            if self.fit.unknown:
                names = "、".join(f"“{name.strip()}”" for name in self.fit.unknown)
                found.append(note("E-COLUMN-UNMAPPED", f"映射没有用到的列：{names}；内容保留在原始行"))
        for bound in batch.plan.bounds:
            if len(bound.headers) > 1 and not bound.origin.join:
                label = label_of(bound.origin.column, "")
                names = "、".join(f"“{name.strip()}”" for name in bound.headers)
                found.append(note("E-COLUMN-SEVERAL", f"{names}都对应{label}，按此顺序取第一个有内容的"))
        put_defects(self.store, pl.concat(found), batch.constants)

    def _unaccounted(self, report: LoadReport) -> SourceError:
        what = (f"行数对不上：{report.rows_in}行中入库{report.rows_loaded}、缺陷{report.rows_rejected}、"
                f"跳过{report.rows_skipped}")
        return SourceError(self._where, what, "文件未入库，请把它交给维护人员", code="E-CONSERVATION")

    @property
    def _where(self) -> str:
        return f"{self.file.name}（{self.sheet.name}）" if self.sheet.name else self.file.name
