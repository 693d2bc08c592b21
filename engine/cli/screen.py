"""What a command prints: progress bars on a terminal, plain lines otherwise, JSON when asked; all in Chinese."""

import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from engine.text import escaped_json, visible

STATIONS = {
    "load": "入库", "merge": "合并", "parties": "主体归一", "links": "关联", "rules": "适用规则", "rank": "归并排序",
    "export": "导出", "sample": "生成样例", "extract": "抽取要素",
    "review": "发布到研判库",
}

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def say(text: str) -> None:
    """Print a text for a person; what a terminal would obey (escapes, direction marks) is written out."""
    out.print(visible(text), markup=False, soft_wrap=True)


def complain(text: str) -> None:
    """Print one line to the error stream."""
    err.print(visible(text), markup=False, soft_wrap=True)


def emit(value: Any) -> None:
    """Print a value as JSON for machines; signs nobody sees are escaped."""
    sys.stdout.write(escaped_json(json.dumps(value, ensure_ascii=False, indent=2, default=str)) + "\n")


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[int] = ()) -> None:
    """Print a table; columns whose number is in `right` are aligned to the right."""
    grid = Table(title=title, title_justify="left", show_lines=False)
    for number, name in enumerate(header):
        grid.add_column(name, justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(Text("" if cell is None else visible(str(cell))) for cell in row))
    out.print(grid)


class Bars:
    """Progress told by the engine, shown as one bar a station."""

    def __init__(self, progress: Progress) -> None:
        """Draw on the given rich display."""
        self.progress = progress
        self.tasks: dict[str, TaskID] = {}

    def __call__(self, station: str, done: int, total: int) -> None:
        """Move the bar of a station."""
        if station not in self.tasks:
            self.tasks[station] = self.progress.add_task(STATIONS.get(station, station), total=total or None)
        self.progress.update(self.tasks[station], completed=done, total=total or None)


class Lines:
    """Progress told by the engine, shown as one plain line when a station begins."""

    def __init__(self) -> None:
        """Start with no station seen."""
        self.seen: set[str] = set()

    def __call__(self, station: str, done: int, total: int) -> None:
        """Print the station's name the first time it is told."""
        if station not in self.seen:
            self.seen.add(station)
            complain(f"… {STATIONS.get(station, station)}")


@contextlib.contextmanager
def progress(*, silent: bool = False) -> Iterator[Any]:
    """Yield a progress callable fit for where the output goes."""
    if silent:
        yield lambda station, done, total: None
    elif err.is_terminal:
        name = TextColumn("{task.description}")
        columns = (SpinnerColumn(), name, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=err, transient=True) as shown:
            yield Bars(shown)
    else:
        yield Lines()
