"""Delivered files into the history tables: kept, recognised, cast, settled, counted.

A file is one transaction: a refused file leaves one `delivery` row with no rows and one reject of kind "file". The same
content is loaded once, whatever its name.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from engine.errors import SourceError
from engine.sources import batch as batches
from engine.sources.declared import declare
from engine.sources.detect import Fit, recognise
from engine.sources.mapping import Mappings
from engine.sources.merging import merge
from engine.sources.reading import Delivered, ReadOptions, Sheet, open_file
from engine.sources.received import Received, check_unchanged, keep
from engine.sources.reporting import LoadReport
from engine.sources.sheet import SheetLoad
from engine.store import Progress, Store


def _quiet(station: str, done: int, total: int) -> None:
    """Ignore progress."""


def load(
    store: Store, mappings: Mappings, paths: Sequence[Path], *, home: Path, source: str | None = None,
    today: date, progress: Progress | None = None,
) -> list[LoadReport]:
    """Return what became of each file (by sheet and table) after loading all of them and merging the tables touched.

    `home` keeps the originals; `source` forces a mapping; `today` is the day no event may be later than. A refused file
    does not stop the others.
    """
    tell, reports = progress or _quiet, []
    loader = _Loader(store, mappings, home, source, today)
    for number, path in enumerate(paths):
        tell("load", number, len(paths))
        reports += loader.file(path)
    tell("load", len(paths), len(paths))
    touched = sorted({r.table for r in reports if r.rows_loaded} | ({"coverage"} if loader.declared else set()))
    for number, name in enumerate(touched):
        tell("merge", number, len(touched))
        merge(store, [name])
    return reports


@dataclass
class _Loader:
    """Loads one file after another into one store."""

    store: Store
    mappings: Mappings
    home: Path
    source: str | None
    today: date
    declared: bool = False

    def file(self, path: Path) -> list[LoadReport]:
        """Return the reports of one file; a fault of the file is a report, never an exception."""
        received = None
        try:
            received = keep(path, self.home)
            if earlier := batches.loaded_before(self.store, received.sha256):
                return [_repeated(path.name, received.sha256, earlier)]
            options = ReadOptions(known=self.mappings.known, scratch=self.home / "scratch")
            items = open_file(path, options=options)
            return [report for item in items for report in self.delivered(item, path, received)]
        except SourceError as fault:
            sha256, size = (received.sha256, received.bytes) if received else ("", 0)
            return [self.refuse(path.name, sha256, size, fault)]

    def delivered(self, delivered: Delivered, path: Path, received: Received) -> list[LoadReport]:
        """Return the reports of one file or archive member; all of its sheets become visible together."""
        name = f"{delivered.name}/{delivered.member}" if delivered.member else delivered.name
        if earlier := batches.loaded_before(self.store, delivered.sha256):
            return [_repeated(name, delivered.sha256, earlier)]
        begun = time.monotonic()
        try:
            with batches.transaction(self.store):
                reports = self.sheets(delivered, name)
                check_unchanged(path, received)
        except SourceError as fault:
            return [self.refuse(name, delivered.sha256, delivered.bytes, fault)]
        for report in reports:
            report.seconds = round(time.monotonic() - begun, 2)
        return reports

    def sheets(self, delivered: Delivered, name: str) -> list[LoadReport]:
        """Load every sheet a mapping knows; raise SourceError where there is none, or too much is rejected."""
        fits, unread = self.recognised(delivered, name)
        file = batches.File(name, delivered, batches.batch_numbers(self.store))
        loads = [SheetLoad(self.store, sheet, fit, file, self.today) for sheet, fit in fits]
        for sheet_load in loads:
            sheet_load.run()
        _check_limit(loads, name)
        reports = [r for sheet_load in loads for r in sheet_load.finish([*delivered.warnings, *unread])]
        for mapping in {fit.mapping.source_id: fit.mapping for _, fit in fits}.values():
            declare(self.store, mapping, file, self.today)
            self.declared = self.declared or mapping.coverage is not None
        return reports

    def recognised(self, delivered: Delivered, name: str) -> tuple[list[tuple[Sheet, Fit]], list[str]]:
        """Return the sheets with their mappings, and a sentence for each sheet that is left unread."""
        fits, faults = [], []
        for sheet in delivered.tables:
            where = f"{name}（{sheet.name}）" if sheet.name else name
            try:
                fits.append((sheet, recognise(sheet.header, self.mappings, where, self.source)))
            except SourceError as fault:
                if fault.code != "E-HEADER-UNKNOWN":
                    raise
                faults.append(fault)
        if not fits:
            raise faults[0] if faults else _empty(name)
        return fits, [f"未读取：{fault.where}，{fault.what}" for fault in faults]

    def refuse(self, name: str, sha256: str, size: int, fault: SourceError) -> LoadReport:
        """Record the attempt and return its report."""
        batches.record_refusal(self.store, name, sha256, size, self.source or "", fault)
        return LoadReport(name, "refused", sha256, source_id=self.source or "", code=fault.code, message=str(fault))


def _repeated(name: str, sha256: str, earlier: tuple[str, str]) -> LoadReport:
    file, day = earlier
    message = f"与{day}入库的“{file}”内容相同（sha256 {sha256[:12]}…），未重复入库"
    return LoadReport(name, "duplicate", sha256, code="E-FILE-REPEATED", message=message)


def _empty(name: str) -> SourceError:
    return SourceError(name, "文件里没有表", "请核对文件是否导出完整", code="E-FILE-EMPTY")


def _check_limit(loads: Sequence[SheetLoad], name: str) -> None:
    """Return if few enough rows were rejected; raise SourceError with the commonest reasons otherwise."""
    rows_in, rejected = sum(load.rows_in for load in loads), sum(load.rejected_lines for load in loads)
    most = min(load.fit.mapping.most_rejected(rows_in) for load in loads)
    if rejected <= most:
        return
    reasons: Counter[str] = Counter()
    for load in loads:
        reasons.update(load.reasons)
    common = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:3]
    words = "；".join(f"{reason}{count}行" for reason, count in common)
    what = f"{rows_in}行中有{rejected}行不能入库，超过上限{most}行（{words}）"
    fix = "请供数单位更正后重新导出；上限在映射的 quarantine_limit 里"
    raise SourceError(name, what, fix, code="E-QUARANTINE-LIMIT")
