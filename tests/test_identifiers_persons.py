"""Numbers of persons, organisations and places. All of them are invented: 410000 is never issued to a person."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.cn import uscc as oracle

from engine.identifiers import division, org_code, resident_id, uscc
from engine.identifiers.columns import valid_org_codes, valid_resident_ids, valid_usccs
from engine.text import FAULTS

SOUND = "41000019900101009X"
RIGHT_NOW = date(2026, 6, 30)


@st.composite
def resident_numbers(draw):
    area = draw(st.sampled_from(("410000", "110105", "330106", "810000", "830000")))
    born = draw(st.dates(date(1900, 1, 1), date(2026, 6, 30)))
    first = f"{area}{born:%Y%m%d}{draw(st.integers(1, 999)):03d}"
    return first + resident_id.check_digit(first)


@given(resident_numbers())
def test_a_number_with_its_check_digit_is_sound(number):
    assert resident_id.fault(number, RIGHT_NOW) == ""
    assert resident_id.birth_on(number) == date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")


@given(resident_numbers())
def test_the_check_digit_is_that_of_the_reference_library(number):
    assert ric.calc_check_digit(number) == resident_id.check_digit(number)


@given(resident_numbers(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number, place, shift):
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]

    assert resident_id.fault(wrong, RIGHT_NOW) != ""


@given(resident_numbers(), st.sets(st.integers(6, 16), min_size=1))
def test_a_masked_number_is_compatible_with_its_own(number, places):
    masked = "".join("*" if place in places else digit for place, digit in enumerate(number))

    assert resident_id.is_masked(masked)
    assert resident_id.clean(masked) is None
    assert resident_id.compatible(masked, number)


@given(st.text(max_size=30))
def test_no_text_makes_the_person_and_place_modules_raise(text):
    for fault in (resident_id.fault(text), uscc.fault(text), org_code.fault(text)):
        assert fault == "" or fault in FAULTS
    resident_id.compatible(text, SOUND)
    resident_id.sex_of(text)
    division.clean(text)


@pytest.mark.parametrize("written", ["41000019900101009x", " 410000 19900101 009X",
    "４１００００１９９００１０１００９Ｘ", "'41000019900101009X",
                                     "41000019900101009×", "410000-19900101-009X", "41000019900101009X\u200b"])
def test_a_number_is_cleaned_to_its_printed_form(written):
    assert resident_id.clean(written) == SOUND


@pytest.mark.parametrize(("written", "fault"), [
    ("4.1E+17", "E-NUMBER-SCIENTIFIC"), ("4.10000199001E+17", "E-NUMBER-SCIENTIFIC"), ("4E17", "E-NUMBER-SCIENTIFIC"),
    ("410000199001010010", "E-ID-CHECK"),
    ("41000019900230009X", "E-ID-BIRTH"), ("410000299001010090", "E-ID-BIRTH"), ("410000900230009", "E-ID-BIRTH"),
    ("010000199001010090", "E-ID-AREA"), ("990000199001010090", "E-ID-AREA"),
    ("4100001990****009X", "E-ID-MASKED"), ("410000********009X", "E-ID-MASKED"), ("41000019900101XXXX",
    "E-ID-MASKED"),
    ("4100001990010100", "E-ID-SHAPE"), ("A12345678", "E-ID-SHAPE"), ("", "E-ID-SHAPE"), ("无", "E-ID-SHAPE"),
])
def test_what_is_wrong_with_a_number_is_named(written, fault):
    assert resident_id.fault(written, RIGHT_NOW) == fault


def test_a_birth_later_than_the_day_is_not_sound():
    number = "41000020260701001"
    number += resident_id.check_digit(number)

    assert resident_id.fault(number, date(2026, 6, 30)) == "E-ID-BIRTH"
    assert resident_id.fault(number, date(2026, 7, 1)) == ""


def test_a_number_of_fifteen_digits_gets_century_and_check_digit():
    assert resident_id.is_valid("410000900101009")
    assert resident_id.to_18("410000900101009") == SOUND
    assert resident_id.to_18("not a number") is None


@pytest.mark.parametrize("area", ["810000", "820000", "830000", "931156"])
def test_residence_permits_carry_sound_numbers_too(area):
    first = f"{area}19900101001"

    assert resident_id.is_valid(first + resident_id.check_digit(first))


def test_sex_is_read_from_the_order_number():
    assert (resident_id.sex_of(SOUND), resident_id.sex_of("410000199001010022"), resident_id.sex_of("?")) == (
        "male", "female", None,
    )


@pytest.mark.parametrize(("masked", "compatible"), [
    ("4100001990****009X", True),
    ("4100001991****009X", False),
    ("410000****0101****", True),
    ("410000***********X", True),
    ("41000019900101XXXX", True),
    ("410000＊＊＊＊＊＊＊＊009X", True),
    ("410000●●●●●●●●009X", True),
    ("410000□□□□□□□□009X", True),
    ("41000019900****009X", True),      # lost its length: start and end are compared
    ("42000019900****009X", False),
    ("410000900101***", True),          # an old number, masked
    ("410000910101***", False),
    ("410000900101009", True),          # an old number
    (SOUND, True),
    ("", False),
    ("张三", False),
])
def test_a_masked_number_is_compared_by_its_visible_places(masked, compatible):
    assert resident_id.compatible(masked, SOUND) is compatible
    assert resident_id.compatible(SOUND, masked) is compatible


def test_columns_of_numbers_are_tested_at_once_however_they_are_written():
    persons = pl.Series([SOUND, "410000199001010010", "410000 900101009", None])
    firms = pl.Series(["91110000600037341L", "91110000600037341N", "91 110000 60003734 1l", None])
    short = pl.Series(["600037341", "600037342", "60003734-1", None])

    assert valid_resident_ids(persons).to_list() == [True, False, True, None]
    assert valid_usccs(firms).to_list() == [True, False, True, None]
    assert valid_org_codes(short).to_list() == [True, False, True, None]


@st.composite
def credit_codes(draw):
    first = draw(st.sampled_from(("91", "92", "93", "11", "12", "51", "52"))) + f"{draw(st.integers(110000, 659999))}"
    first += "".join(draw(st.lists(st.sampled_from(uscc.ALPHABET), min_size=9, max_size=9)))
    return first + uscc.check_character(first)


@given(credit_codes())
def test_a_credit_code_with_its_check_character_is_sound_here_and_in_the_reference_library(code):
    assert uscc.is_valid(code)
    assert oracle.is_valid(code)


@given(credit_codes(), st.sampled_from(uscc.ALPHABET))
def test_another_check_character_is_refused_here_and_in_the_reference_library(code, last):
    wrong = code[:17] + last

    assert uscc.is_valid(wrong) == oracle.is_valid(wrong) == (wrong == code)


@pytest.mark.parametrize(("written", "fault"), [
    ("91 110000 600037341l", ""), ("９１１１００００６０００３７３４１Ｌ", ""), ("91110000-600037341L", ""),
    ("91110000600037341N", "E-USCC-CHECK"),
    ("9111000060003IOZSV", "E-USCC-SHAPE"), ("12345", "E-USCC-SHAPE"), ("9.1411E+17", "E-NUMBER-SCIENTIFIC"), ("",
    "E-USCC-SHAPE"),
])
def test_what_is_wrong_with_a_credit_code_is_named(written, fault):
    assert uscc.fault(written) == fault


@pytest.mark.parametrize("registrar", ["Y1", "N2", "A1"])
def test_a_registrar_may_be_a_letter_although_the_reference_library_refuses_it(registrar):
    first = f"{registrar}411102MA0000001"

    assert uscc.is_valid(first + uscc.check_character(first))


def test_the_organisation_code_is_inside_the_credit_code():
    assert uscc.org_code_of("91110000600037341L") == org_code.clean("60003734-1") == "600037341"
    assert uscc.org_code_of("12345") is None


@pytest.mark.parametrize(("written", "sound"), [
    ("60003734-1", True), ("600037341", True), ("60003734-2", False), ("D2143569-X", True), ("d2143569x", True),
    ("1234", False),
])
def test_an_organisation_code_is_tested_by_its_last_character(written, sound):
    assert org_code.is_valid(written) is sound


@pytest.mark.parametrize(("written", "code"), [
    ("411102", "411102"), ("41", "410000"), ("4111", "411100"), ("411102001000", "411102"), ("４１１１０２",
    "411102"), (" 411102 ", "411102"),
    ("411", None), ("991102", None), ("漯河市", None), ("", None), ("411102.0", None),
])
def test_a_division_code_has_six_digits(written, code):
    assert division.clean(written) == code


@pytest.mark.parametrize(("inner", "outer", "inside"), [
    ("411102", "411100", True), ("411102", "41", True), ("411102", "411103", False), ("411100", "411102", False),
    ("421102", "411100", False),
])
def test_a_place_lies_within_its_prefecture_and_province(inner, outer, inside):
    assert division.within(inner, outer) is inside
