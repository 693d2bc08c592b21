"""Storing one chunk while the next is being cast: the two take about as long, and only one of them needs Python."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType


class Writer:
    """Does one piece of writing at a time in a second thread; nobody else may use the store until `wait` returns."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._last: Future[None] | None = None

    def put(self, work: Callable[[], None]) -> None:
        """Start the work as soon as the piece before it is done; raise what that piece raised."""
        self.wait()
        self._last = self._pool.submit(work)

    def wait(self) -> None:
        """Return when nothing is being written; raise what the last piece raised."""
        last, self._last = self._last, None
        if last is not None:
            last.result()

    def __enter__(self) -> "Writer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True)
        if fault is None:
            self.wait()
