"""Reading done by a short-lived process with limits: whatever a file makes a reader do, this process lives on.

The child is a script of its own that imports nothing of the engine: it starts in a fraction of a second and holds no
secrets. It says what happened in `result.json`; no such file means that it was stopped by a limit or died.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import SourceError

RESULT = "result.json"

_MIB = 1 << 20
_REASONS = {
    "password": ("文件有密码", "请去掉密码后重新提供", "E-FILE-PASSWORD"),
    "damaged": ("文件已损坏，无法解析", "请重新导出", "E-FILE-DAMAGED"),
}


@dataclass(frozen=True)
class Limits:
    """What a child may use: bytes of memory, seconds of processor and clock, bytes of output."""

    memory_bytes: int
    seconds: int
    output_bytes: int


class LimitedReader:
    """A child process that reads one file and writes into a folder of its own."""

    def __init__(self, script: Path, job: dict[str, Any], folder: Path, limits: Limits) -> None:
        allowed = {"memory": limits.memory_bytes, "seconds": limits.seconds, "output": limits.output_bytes,
                   "out": str(folder)}
        self._folder, self._limits = folder, limits
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(script), json.dumps(job | allowed)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=True,
        )

    def result(self, where: str) -> dict[str, Any]:
        """Return what the child reports when it has ended. Raises SourceError where it could not read the file."""
        try:
            self._process.wait(self._limits.seconds)
        except subprocess.TimeoutExpired:
            self.stop()
            what = f"读取超过{self._limits.seconds}秒"
            raise SourceError(where, what, "请拆分后分批提供", "E-FILE-TIME") from None
        path = self._folder / RESULT
        if self._process.returncode or not path.is_file():
            raise self._stopped(where)
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if fault := found.get("fault"):
            raise self._stopped(where) if fault == "memory" else SourceError(where, *_REASONS[fault])
        return found

    def stop(self) -> None:
        """End the child if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def _stopped(self, where: str) -> SourceError:
        limit = self._limits.memory_bytes // _MIB
        what = f"表格范围异常或内容过大，读取时超出内存上限（{limit} MiB）"
        return SourceError(where, what, "请删去表格外的单元格，或拆分后分批提供", "E-FILE-MEMORY")
