"""Reading holds its laws for any input: nothing lost, nothing doubled, the same whatever the block size."""

import csv
import io
import re
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from reading_world import Seen, known, read_all

from engine.errors import SourceError
from engine.sources.reading import ReadOptions

NAMES = ["案号", "当事人", "金额"]
TEXT = st.text(st.sampled_from('甲乙丙𠮷é"\n\r,;|\t 　19.-'), max_size=8)
BYTES = st.lists(st.sampled_from([
    b"a", b",", b'"', b"\n", b"\r", b"\r\n", "甲".encode(), "乙".encode("gbk"), b"\0", b";", b" ", b"\xff", b"1",
]), max_size=60).map(b"".join)


def outcome(content: bytes, block_bytes: int) -> Seen | str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "甲.csv")
        path.write_bytes(content)
        try:
            return read_all(path, ReadOptions(known("案号", "当事人", "金额").known, block_bytes=block_bytes))[0]
        except SourceError as error:
            return f"{error.code} {error.where}"


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=12), end=st.sampled_from(["\n", "\r\n", "\r"]),
       quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]), encoding=st.sampled_from(["utf-8", "gb18030"]))
def test_a_well_formed_file_is_read_as_it_was_written(
    rows: list[tuple[str, str, str]], end: str, quoting: int, encoding: str,
) -> None:
    stream = io.StringIO()
    if any("\r" in cell or "\n" in cell for row in rows for cell in row):
        quoting = csv.QUOTE_ALL  # the writer leaves line ends other than its own unquoted
    writer = csv.writer(stream, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    writer.writerow(NAMES)
    writer.writerows(rows)
    written = [tuple(cell or None for cell in row) for row in rows if any(cell.strip(" \t\r\n　") for cell in row)]

    seen = outcome(stream.getvalue().encode(encoding), 8 << 20)

    assert isinstance(seen, Seen)
    doubtful = [fault for fault in seen.faults if fault.code == "E-QUOTE-DOUBT"]
    assert len(seen.faults) == len(doubtful)
    assert seen.records == len(rows)
    if not doubtful:
        assert seen.rows == written


@settings(max_examples=300, deadline=None)
@given(tail=BYTES)
def test_every_record_is_a_row_a_fault_or_skipped(tail: bytes) -> None:
    seen = outcome("案号,当事人,金额\n甲,乙,丙\n".encode() + tail, 8 << 20)

    if isinstance(seen, Seen):
        assert seen.records == len(seen.rows) + len({f.line for f in seen.faults}) + sum(seen.skipped.values())
        if b'"' not in tail:
            lines = re.split(rb"\r\n|\n|\r", tail)
            assert seen.records == 1 + len(lines) - (not lines[-1])
    else:
        assert seen.startswith("E-")
        assert not seen.startswith("E-COUNT")


@settings(max_examples=150, deadline=None)
@given(tail=BYTES, block_bytes=st.integers(1, 40))
def test_the_size_of_blocks_changes_nothing(tail: bytes, block_bytes: int) -> None:
    content = "案号,当事人,金额\n甲,乙,丙\n".encode() + tail

    whole, pieces = outcome(content, 8 << 20), outcome(content, block_bytes)

    if isinstance(whole, Seen) and isinstance(pieces, Seen):
        assert (whole.rows, whole.lines, whole.faults) == (pieces.rows, pieces.lines, pieces.faults)
        assert (whole.skipped, sorted(whole.warnings)) == (pieces.skipped, sorted(pieces.warnings))
    else:
        assert whole == pieces


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=200))
def test_any_bytes_give_rows_or_a_refusal(content: bytes) -> None:
    seen = outcome(content, 8 << 20)

    assert isinstance(seen, Seen) or seen.startswith("E-")
