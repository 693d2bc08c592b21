"""What became of a delivered file, for people and machines."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Status = Literal["loaded", "duplicate", "refused"]


@dataclass
class LoadReport:
    """One file, sheet and table; a refused or repeated file gives one report without a table.

    rows_in = rows_loaded + rows_rejected + rows_skipped; skipped counts rows by reason, defects by code (rows that were
    rejected or flagged, cells that were emptied); warnings are Chinese sentences about the whole file; changes says how
    the file differs from the one delivered before under the same name.
    """

    file: str
    status: Status = "loaded"
    sha256: str = ""
    sheet: str = ""
    source_id: str = ""
    title: str = ""
    table: str = ""
    table_label: str = ""
    batch_id: int | None = None
    format: str = ""
    encoding: str = ""
    rows_in: int = 0
    rows_loaded: int = 0
    rows_rejected: int = 0
    rows_skipped: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    defects: dict[str, int] = field(default_factory=dict)
    flagged: int = 0
    unmapped: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    changes: str = ""
    code: str = ""
    message: str = ""
    seconds: float = 0.0

    @property
    def refused(self) -> bool:
        """Whether nothing of the file became visible because of a fault."""
        return self.status == "refused"

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON."""
        return asdict(self)

    def skip(self, reason: str, count: int) -> None:
        """Count skipped rows."""
        if count:
            self.skipped[reason] = self.skipped.get(reason, 0) + count
            self.rows_skipped += count
