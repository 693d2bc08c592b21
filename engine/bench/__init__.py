"""How long a night takes here: generated data, the real commands in their own processes, one page of figures.

Figures are for reading, never for passing or failing a test: other load on the machine moves them. Peak memory is the
largest resident size of the process that did the work.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from engine.run import Plan
from engine.sample import AS_OF

STATIONS = {
    "load": "入库",
    "parties": "主体归一",
    "links": "关联",
    "rules": "适用规则",
    "rank": "归并排序",
}


@dataclass(frozen=True)
class Measured:
    """One size measured: rows of the main tables, seconds a station, totals, and whether the answers were right."""

    penalties: int
    court_rows: int
    bytes_in: int
    sample_seconds: float
    seconds: dict[str, float]
    wall_seconds: float
    second_night_seconds: float
    peak_memory_mb: int
    clues: int
    precision: float
    recall: float

    def as_dict(self) -> dict[str, Any]:
        """Return the figures for `--json`."""
        return asdict(self)


def measure(rows: int, seed: int, folder: Path, memory: str) -> Measured:
    """Return the figures of a first and a second night over `rows` generated penalties and their court cases."""
    shutil.rmtree(folder, ignore_errors=True)
    sample, home, out = folder / "sample", folder / "home", folder / "out"
    made, sample_seconds = _timed("sample", "--rows", str(rows), "--seed", str(seed), "--out", str(sample))
    where = ["--home", str(home), "--out", str(out), "--as-of", str(made["as_of"]), "--memory", memory]
    summary, wall = _timed("run", str(sample), *where)
    _, again = _timed("run", str(sample), *where)
    right, _ = _timed("evaluate", str(sample / "answers.csv"), "--home", str(home))
    tables = summary["tables"]
    size = sum(p.stat().st_size for p in sample.rglob("*") if p.is_file())
    return Measured(
        tables["penalty"], tables["court_review"] + tables["enforcement"], size, sample_seconds, summary["seconds"],
        wall, again, summary["peak_memory_mb"], sum(summary["clues"].values()), right["precision"], right["recall"],
    )


def plan(folder: Path, memory: str) -> Plan:
    """Return the plan of the night that was measured last in `folder`, to look at its warehouse."""
    return Plan(folder / "home", folder / "out", AS_OF, AS_OF, memory=memory)


def page(measured: list[Measured], today: date) -> str:
    """Return the figures as a Markdown page with machine and versions."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "polars", "pyarrow"))
    machine = f"{os.cpu_count()} cores, {_memory_gb()} GB, {platform.machine()}"
    head = f"{today}, {machine}, Python {platform.python_version()}, {packages}"
    columns = [f"{m.penalties:,} penalties, {m.court_rows:,} court rows" for m in measured]
    lines = [f"| {' | '.join(['Station', *columns])} |", f"|---|{'--:|' * len(measured)}"]
    for station, label in STATIONS.items():
        lines.append(_line(f"{station} {label}", [f"{m.seconds.get(station, 0):.1f} s" for m in measured]))
    lines.append(_line("whole night, wall", [f"{m.wall_seconds:.1f} s" for m in measured]))
    lines.append(_line("second night, same files", [f"{m.second_night_seconds:.1f} s" for m in measured]))
    lines.append(_line("peak memory", [f"{m.peak_memory_mb:,} MB" for m in measured]))
    lines.append(_line("input", [f"{m.bytes_in / 1e6:,.0f} MB" for m in measured]))
    lines.append(_line("clues", [f"{m.clues:,}" for m in measured]))
    right = [f"{m.precision:.4f} / {m.recall:.4f}" for m in measured]
    lines.append(_line("precision / recall on planted answers", right))
    return "\n".join([head, "", *lines, ""])


def _line(name: str, cells: list[str]) -> str:
    return f"| {' | '.join([name, *cells])} |"


def _timed(*arguments: str) -> tuple[Any, float]:
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "engine.cli", *arguments, "--json"], capture_output=True, text=True)
    if done.returncode not in (0, 4):
        raise RuntimeError(f"{arguments[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return json.loads(done.stdout), time.monotonic() - begun


def _memory_gb() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
