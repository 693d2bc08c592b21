"""The ledger of deliveries: one row of `delivery` a file, sheet and table, and its defects in `reject`."""

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from engine.clock import now
from engine.errors import SourceError
from engine.sources.defects import SCHEMA
from engine.sources.reading import Delivered
from engine.store import Store


@dataclass(frozen=True)
class File:
    """A delivered file under the name reports call it, and the batch numbers its tables take."""

    name: str
    delivered: Delivered
    numbers: Iterator[int]


@contextlib.contextmanager
def transaction(store: Store) -> Iterator[None]:
    """Make everything the block writes visible together, or nothing of it."""
    store.run("BEGIN TRANSACTION")
    try:
        yield
    except BaseException:
        store.run("ROLLBACK")
        raise
    store.run("COMMIT")


def loaded_before(store: Store, sha256: str) -> tuple[str, str] | None:
    """Return file name and day of the delivery that brought the same content, or None."""
    found = store.rows(
        "SELECT file, strftime(loaded_at, '%Y-%m-%d') FROM delivery WHERE sha256 = $h AND status = 'loaded' "
        "ORDER BY batch_id LIMIT 1", {"h": sha256},
    )
    return (found[0][0], found[0][1]) if found else None


def batch_numbers(store: Store) -> Iterator[int]:
    """Return batch numbers nobody has used."""
    return itertools.count(store.count("SELECT max(batch_id) FROM delivery") + 1)


def put_delivery(store: Store, row: dict[str, object]) -> None:
    """Append one row to the ledger; columns not named are NULL."""
    names = ", ".join(row)
    values = ", ".join(f"${name}" for name in row)
    store.run(f"INSERT INTO delivery ({names}) VALUES ({values})", row)


def put_defects(store: Store, defects: pl.DataFrame, batch: dict[str, object]) -> None:
    """Append defects of one batch; `batch` has batch_id, source_id, file and sheet."""
    if defects.height:
        constants = [pl.lit(batch[name]).alias(name) for name in ("batch_id", "source_id", "file", "sheet")]
        store.put("reject", defects.select(*SCHEMA).with_columns(constants))


def record_refusal(store: Store, name: str, sha256: str, size: int, source_id: str, fault: SourceError) -> None:
    """Leave the attempt in the ledger and say why the file was refused."""
    with transaction(store):
        batch: dict[str, object] = {"batch_id": next(batch_numbers(store)), "source_id": source_id, "file": name,
                                    "sheet": ""}
        put_delivery(store, {**batch, "table_name": "", "sha256": sha256, "bytes": size, "format": "", "encoding": "",
                             "status": "refused", "priority": 0, "rows_in": 0, "rows_loaded": 0, "rows_rejected": 0,
                             "rows_skipped": 0, "loaded_at": now()})
        row = (None, "file", None, None, None, fault.code, f"{fault.where}：{fault.what}", fault.fix, None)
        put_defects(store, pl.DataFrame([row], schema=SCHEMA, orient="row"), batch)
