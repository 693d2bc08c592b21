"""Reading whole columns says the same as reading cell by cell, and no row is ever unaccounted for."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from load_world import HEAD, TODAY, World

from engine.identifiers import org_code, resident_id, uscc
from engine.identifiers.columns import masked_numbers, sound_org_codes, sound_resident_ids, sound_usccs
from engine.records import Column
from engine.sources.cells import completed, read_dates, read_ints, read_money
from engine.sources.numbers import READERS, kind_of, plain_numbers, read_mixed
from engine.text import read_amount, read_date, read_int

DECIDED = Column("decided_on", "date", "决定日")

digits = st.text("0123456789", max_size=20)
days = st.dates(date(1890, 1, 1), date(2030, 12, 31)).map(str)
dates = st.one_of(days, days.map(lambda d: d.replace("-", "/")), digits, st.just("2024-02-30"), st.just("2024-3-1"))
sums = st.one_of(digits, st.decimals(0, 10**9, places=4).map(str), st.sampled_from(("5万", "-1", "1,000.00", "1.005")))
person_like = st.builds(
    lambda area, born, order, last: f"{area}{born:%Y%m%d}{order:03d}{last}",
    st.sampled_from(("410000", "990000", "810000", "911100")), st.dates(date(1840, 1, 1), date(2030, 1, 1)),
    st.integers(0, 999), st.sampled_from("0123456789X"),
)
code_like = st.text(uscc.ALPHABET + "IOSVZ", min_size=18, max_size=18)


short_like = st.one_of(
    st.text(uscc.ALPHABET + "IOSVZ", min_size=8, max_size=8).map(lambda c: c + org_code.check_character(c)),
    st.text("0123456789X", min_size=9, max_size=9), st.sampled_from("0X").map(lambda c: c * 9))
masked = st.text("0123456789X*", min_size=6, max_size=22)
numbers = st.one_of(person_like, person_like.map(lambda n: n[:17] + resident_id.check_digit(n)), code_like, short_like,
                    masked, digits, st.text(max_size=3), st.just("60003734-1"), code_like.map(str.lower))


def _with_check(code: str) -> str:
    return code[:17] + uscc.check_character(code) if not set(code) & set("IOSVZ") else code


@given(st.lists(st.one_of(person_like, person_like.map(lambda n: n[:17] + resident_id.check_digit(n)), digits)))
def test_sound_persons_are_those_the_scalar_check_calls_valid(numbers: list[str]) -> None:
    found = sound_resident_ids(pl.Series(numbers, dtype=pl.String), TODAY).to_list()

    assert found == [len(n) == 18 and resident_id.is_valid(n, TODAY) for n in numbers]


@given(st.lists(st.one_of(code_like, code_like.map(lambda c: "91410000" + c[8:]).map(_with_check), digits)))
def test_sound_codes_are_those_the_scalar_check_calls_valid(codes: list[str]) -> None:
    assert sound_usccs(pl.Series(codes, dtype=pl.String)).to_list() == [uscc.is_valid(c) for c in codes]


@given(st.lists(st.one_of(short_like, digits)))
def test_sound_short_codes_are_those_the_scalar_check_calls_valid(codes: list[str]) -> None:
    assert sound_org_codes(pl.Series(codes, dtype=pl.String)).to_list() == [org_code.is_valid(c) for c in codes]


@given(st.lists(masked))
def test_plain_masked_numbers_are_those_the_scalar_check_calls_masked(texts: list[str]) -> None:
    found = masked_numbers(pl.Series(texts, dtype=pl.String)).to_list()

    assert found == ["*" in t and resident_id.is_masked(t) for t in texts]


@given(st.lists(numbers), st.sampled_from(sorted(READERS)))
def test_a_column_of_numbers_reads_as_its_cells_do(texts: list[str], column: str) -> None:
    text = pl.Series("text", texts, dtype=pl.String)

    found = completed(text, plain_numbers(text, column, TODAY), READERS[column], pl.String())

    singly = [READERS[column](t) for t in texts]
    assert found.value.to_list() == [p.value for p in singly]
    assert found.doubt.to_list() == [p.fault or None if p.value is not None else None for p in singly]


@given(st.lists(numbers), st.sampled_from(("resident_id", "uscc", "org_code")))
def test_a_column_of_mixed_numbers_reads_as_its_cells_do(texts: list[str], column: str) -> None:
    found = read_mixed(pl.Series("text", texts, dtype=pl.String), column, TODAY)

    singly = [READERS[column](t) if kind_of(t) == column else None for t in texts]
    assert found.value.to_list() == [p.value if p else None for p in singly]
    assert found.fault.to_list() == [p.fault or None if p and p.value is None else None for p in singly]


@given(st.lists(dates))
def test_a_column_of_dates_reads_as_its_cells_do(texts: list[str]) -> None:
    found = read_dates(pl.Series("text", texts, dtype=pl.String), DECIDED, serial=False, today=date(2199, 12, 31))

    singly = [read_date(text) for text in texts]
    assert found.value.to_list() == [p.value for p in singly]
    assert found.fault.to_list() == [p.fault or None for p in singly]


@given(st.lists(sums), st.sampled_from(("元", "万元", "千元")))
def test_a_column_of_sums_reads_as_its_cells_do(texts: list[str], unit: str) -> None:
    found = read_money(pl.Series("text", texts, dtype=pl.String), unit)

    singly = [read_amount(text, unit) for text in texts]
    assert found.value.to_list() == [p.value for p in singly]
    assert found.fault.to_list() == [p.fault or None for p in singly]


@given(st.lists(st.one_of(digits, st.sampled_from(("十五日", "1.5", "-3", "12.0")))))
def test_a_column_of_whole_numbers_reads_as_its_cells_do(texts: list[str]) -> None:
    found = read_ints(pl.Series("text", texts, dtype=pl.String))

    assert found.value.to_list() == [read_int(text).value for text in texts]


def test_the_largest_sum_that_fits_is_loaded_exactly() -> None:
    found = read_money(pl.Series("text", ["9999999999999999.99", "99999999999.123456"]), "元")

    assert found.value.to_list() == [Decimal("9999999999999999.99"), None]


cells = st.tuples(
    st.sampled_from(("甲〔2024〕1号", "甲〔2024〕2号", "甲〔2024〕第002号", "", "/")), st.sampled_from(("某局", "")),
    st.sampled_from(("测某甲", "测某乙", "")), st.sampled_from(("2024-03-01", "2024/3/1", "2024-02-30", "")),
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(cells, max_size=12))
def test_every_row_of_any_file_is_loaded_rejected_or_skipped(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    folder: Path = tmp_path_factory.mktemp("world")
    world = World(folder)

    report = world.rows(HEAD, *rows)[0]

    physical = len(rows) - sum(not any(row) for row in rows)
    assert report.rows_in - report.skipped.get("空行", 0) == physical
    assert report.rows_in == report.rows_loaded + report.rows_rejected + report.rows_skipped
    assert world.store.count("SELECT count(*) FROM penalty_delivered") == report.rows_loaded
    lines = "SELECT count(DISTINCT line) FROM reject WHERE kind = 'row'"
    assert world.store.count(lines) == report.rows_rejected
