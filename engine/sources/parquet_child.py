"""The limited process that reads Parquet: row groups in, Arrow batches out. Run as a script; imports nothing of ours.

Nested values and other types without a plain text form become JSON text here; the rest keeps its type.
"""

import errno
import json
import resource
import sys
from pathlib import Path
from typing import Any

_BATCH = 50_000


def main(job: dict[str, Any]) -> None:
    """Write rows.arrow and result.json into the output folder."""
    resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (job["seconds"], job["seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (job["output"], job["output"]))
    out = Path(job["out"])
    try:
        found = read(job["path"], out / "rows.arrow", job["columns"])
    except (MemoryError, ImportError):  # a library that finds no room cannot be loaded either
        found = {"fault": "memory"}
    except Exception as fault:  # the file is hostile or broken: nothing it raises may go unreported
        too_large = type(fault).__name__ == "ArrowMemoryError" or getattr(fault, "errno", None) == errno.EFBIG
        found = {"fault": "memory" if too_large else "damaged"}
    (out / "result.json").write_text(json.dumps(found), encoding="utf-8")


def read(path: str, target: Path, most_columns: int) -> dict[str, Any]:
    """Return the names and the number of rows after writing all rows; of a table too wide only the names."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path, page_checksum_verification=True)
    names = file.schema_arrow.names
    if len(names) > most_columns:
        return {"names": names, "rows": 0}
    rows = 0
    writer = None
    try:
        for batch in file.iter_batches(_BATCH):
            batch.validate(full=True)
            arrays = [_plain(array, pa) for array in batch.columns]
            plain = pa.RecordBatch.from_arrays(arrays, [f"c{i}" for i in range(len(arrays))])
            writer = writer or pa.ipc.new_file(str(target), plain.schema)
            writer.write_batch(plain)
            rows += plain.num_rows
    finally:
        if writer is not None:
            writer.close()
    if rows != file.metadata.num_rows:
        raise ValueError("row count")
    return {"names": names, "rows": rows}


def _plain(array: Any, pa: Any) -> Any:
    kind = array.type
    if pa.types.is_dictionary(kind):
        return _plain(array.dictionary_decode(), pa)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return array.cast(pa.large_binary()).cast(pa.large_string())
    if pa.types.is_null(kind):
        return array.cast(pa.large_string())
    if pa.types.is_nested(kind) or pa.types.is_interval(kind):
        texts = [None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in array.to_pylist()]
        return pa.array(texts, pa.large_string())
    return array


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
