"""Court case numbers and document numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.identifiers import case_no, document_no
from engine.identifiers.case_no import CaseNo
from engine.identifiers.case_types import LONGEST_FIRST, TYPES
from engine.identifiers.division import PROVINCES
from engine.identifiers.document_no import DocumentNo

COURTS = st.one_of(
    st.sampled_from(("最高法", "最高法知", "兵0901", "军01")),
    st.builds("{}{}".format, st.sampled_from(sorted(set(PROVINCES.values()) - {"台"})), st.sampled_from(("", "11",
    "1102", "71", "0192"))),
)
NEW_TYPES = sorted(set(TYPES) - {"执字"})


@given(st.integers(2016, 2099), COURTS, st.sampled_from(NEW_TYPES), st.integers(1, 10**8 - 1))
def test_every_number_of_the_standard_is_taken_apart_and_put_together(year, court, kind, serial):
    written = f"（{year}）{court}{kind}{serial}号"

    assert case_no.parse(written) == CaseNo(year, court, kind, serial, None, old=False)
    assert case_no.clean(written) == case_no.key(written) == f"({year}){court}{kind}{serial}号"


@given(st.integers(2016, 2099), COURTS, st.sampled_from(NEW_TYPES), st.integers(1, 99999),
       st.sampled_from(("", "字第", "第", "字")))
def test_zeros_and_filler_words_do_not_change_the_key(year, court, kind, serial, filler):
    padded = f"[{year}]{court}{kind}{filler}{serial:07d} 号"

    assert case_no.key(padded) == case_no.key(f"({year}){court}{kind}{serial}号")


@given(st.text(max_size=40))
def test_no_text_makes_the_number_modules_raise(text):
    for module in (case_no, document_no):
        module.parse(text)
        module.clean(text)
        module.key(text)


def test_longer_type_codes_come_first():
    assert LONGEST_FIRST.index("行审复") < LONGEST_FIRST.index("行审")
    assert case_no.parse("（2024）豫11行审复3号").type == "行审复"
    assert case_no.parse("（2024）豫1102行审3号").type == "行审"
    assert TYPES["行审"].meaning == "非诉行政行为申请执行审查"


@pytest.mark.parametrize(("written", "parts"), [
    ("（2026）豫1102民初1833号", CaseNo(2026, "豫1102", "民初", 1833, None, False)),
    ("（2017）豫71行初135号", CaseNo(2017, "豫71", "行初", 135, None, False)),
    ("（2016）豫行指51号", CaseNo(2016, "豫", "行指", 51, None, False)),
    ("（2024）最高法行再1号", CaseNo(2024, "最高法", "行再", 1, None, False)),
    ("（2020）最高法知民终9号", CaseNo(2020, "最高法知", "民终", 9, None, False)),
    ("（2024）豫1102执恢7号之一", CaseNo(2024, "豫1102", "执恢", 7, 1, False)),
    ("（2024）豫1102执7之二号", CaseNo(2024, "豫1102", "执", 7, 2, False)),
    ("（2024）豫1102行审7号之十二", CaseNo(2024, "豫1102", "行审", 7, 12, False)),
    ("（2024）豫1102行审字第7号", CaseNo(2024, "豫1102", "行审", 7, None, False)),
    ("2024豫1102行审7号", CaseNo(2024, "豫1102", "行审", 7, None, False)),
    ("（2024）豫1102行审7", CaseNo(2024, "豫1102", "行审", 7, None, False)),
    ("（2024）豫1102行审7号行政裁定书", CaseNo(2024, "豫1102", "行审", 7, None, False)),
    ("（2024）豫1102诉前调7号", CaseNo(2024, "豫1102", "诉前调", 7, None, False)),
    ("（2014）清中法民三初字第01号", CaseNo(2014, "清中法民三初", "", 1, None, True)),
    ("（2013）渝北法行初字第00076号", CaseNo(2013, "渝北法", "行初", 76, None, True)),
    ("（2015）浙杭知初字第123号", CaseNo(2015, "浙杭知初", "", 123, None, True)),
    ("（2014）东民二初三字第00005号", CaseNo(2014, "东民二初三", "", 5, None, True)),
    ("（2014）崇民一（民）初字第6396号", CaseNo(2014, "崇民一(民)初", "", 6396, None, True)),
    ("（2015）源行审字第9号", CaseNo(2015, "源", "行审", 9, None, True)),
    ("（2012）浔执民字第00562号", CaseNo(2012, "浔执民", "", 562, None, True)),
])
def test_a_case_number_is_taken_apart(written, parts):
    assert case_no.parse(written) == parts


@pytest.mark.parametrize("written", [
    "行审15号", "（2024）行审15号", "（2024）豫****行审15号", "（2024）豫1102行审*号", "（2024）豫1102行审XX号",
    "（2024）粤0111民初30063、30062、30064号",
    "（2024）豫1102行审15号、（2024）豫1102行审16号", "（2024）豫1102行审15-20号", "（2024）豫1102行审号",
    "漯市监处罚〔2024〕12号",
    "（2024）漯市监罚字第12号", "（24）豫1102行审15号", "", "无",
])
def test_what_is_not_exactly_one_case_number_is_none(written):
    assert case_no.clean(written) is None
    assert case_no.parse(written) is None


@pytest.mark.parametrize("written", [
    "（2024）豫****行审15号", "（2024）豫1102行审*号", "（2024）粤0111民初30063、30062、30064号",
    "（2024）豫1102行审15-20号", "（2024）豫1102行审号", "",
])
def test_a_number_that_names_no_single_case_has_no_key(written):
    assert case_no.key(written) is None


def test_an_old_number_keeps_its_official_form_and_loses_the_filler_in_its_key():
    written = "（2013）九法民初字第09906号"

    assert case_no.clean(written) == "(2013)九法民初字第09906号"
    assert case_no.key(written) == case_no.key("(2013)九法民初9906号") == "(2013)九法民初9906号"


def test_two_rulings_in_one_case_keep_two_keys():
    assert case_no.key("（2024）豫1102行审7号之一") != case_no.key("（2024）豫1102行审7号")


def test_a_penalty_decision_named_as_the_basis_has_the_key_of_its_own_kind():
    assert case_no.key("漯市监处罚〔2024〕012号") == document_no.key("漯市监处罚字(2024)第12号")


@pytest.mark.parametrize(("court", "code"), [
    ("豫1102", "411102"), ("豫11", "411100"), ("豫", "410000"), ("豫9001", "419001"), ("渝0112", "500112"), ("贵01",
    "520100"),
    ("豫71", None), ("苏8601", None), ("苏0192", None), ("京01", None), ("沪7101", None), ("最高法", None),
    ("兵0901", None), ("", None),
])
def test_a_court_code_tells_its_division_unless_the_court_is_special(court, code):
    assert case_no.court_division(court) == code


@pytest.mark.parametrize(("written", "clean", "parts"), [
    ("漯市监处罚〔2024〕12号", "漯市监处罚〔2024〕12号", DocumentNo("漯市监处罚", 2024, "12", "")),
    ("石市监处罚〔2022〕120 号", "石市监处罚〔2022〕120号", DocumentNo("石市监处罚", 2022, "120", "")),
    ("（杭临）市监处罚〔2024〕131号", "（杭临）市监处罚〔2024〕131号", DocumentNo("(杭临)市监处罚", 2024, "131", "")),
    ("0482环罚决字〔2025〕14号", "0482环罚决字〔2025〕14号", DocumentNo("0482环罚决字", 2025, "14", "")),
    ("九国土资执(大)罚字[2015]20号", "九国土资执（大）罚字〔2015〕20号", DocumentNo("九国土资执(大)罚字", 2015, "20",
    "")),
    ("乐市国土资中分罚【2016】第3-1号", "乐市国土资中分罚〔2016〕3-1号", DocumentNo("乐市国土资中分罚", 2016, "3",
    "1")),
    ("尖水罚[2018]001号", "尖水罚〔2018〕1号", DocumentNo("尖水罚", 2018, "1", "")),
    ("驿政(2014)37号", "驿政〔2014〕37号", DocumentNo("驿政", 2014, "37", "")),
    ("济历下市监检处字[2019]第005号", "济历下市监检处字〔2019〕5号", DocumentNo("济历下市监检处字", 2019, "5", "")),
    ("济环罚字〔2020〕TQ第Q-4008号", "济环罚字〔2020〕TQ第Q-4008号", DocumentNo("济环罚字", 2020, "TQ第Q-4008", "")),
    ("漯检一部刑不诉〔2024〕Z5号", "漯检一部刑不诉〔2024〕Z5号", DocumentNo("漯检一部刑不诉", 2024, "Z5", "")),
    ("漯政〔2015〕三十七号", "漯政〔2015〕37号", DocumentNo("漯政", 2015, "37", "")),
    ("漯环罚字〔15〕7号", "漯环罚字〔2015〕7号", DocumentNo("漯环罚字", 2015, "7", "")),
    ("〔2015〕漯工商罚字第20号", "漯工商罚〔2015〕20号", DocumentNo("漯工商罚", 2015, "20", "")),
    ("漯市监处罚2024年第12号", "漯市监处罚〔2024〕12号", DocumentNo("漯市监处罚", 2024, "12", "")),
    ("漯市监处罚〔2024〕12号《行政处罚决定书》", "漯市监处罚〔2024〕12号", DocumentNo("漯市监处罚", 2024, "12", "")),
    ("漯市监处罚〔2024〕12号之一", "漯市监处罚〔2024〕12-1号", DocumentNo("漯市监处罚", 2024, "12", "1")),
    ("漯公源（治）行罚决字〔2024〕10012号",
    "漯公源（治）行罚决字〔2024〕10012号", DocumentNo("漯公源(治)行罚决字", 2024, "10012", "")),
])
def test_a_document_number_is_put_into_its_official_form(written, clean, parts):
    assert document_no.parse(written) == parts
    assert document_no.clean(written) == clean
    assert document_no.clean(clean) == clean
    assert document_no.key(clean) == document_no.key(written)


@given(st.sampled_from(("漯市监处罚", "漯源环罚", "(杭临)市监处罚")), st.integers(2000, 2030), st.integers(1, 99999),
       st.sampled_from(("〔{}〕{}号", "字〔{}〕{}号", "[{}]第{}号", "字（{}）第{:05d}号", "【{}】 {} 号",
       "（{}年）{}号")))
def test_every_way_to_write_a_document_number_has_one_key(prefix, year, serial, shape):
    assert document_no.key(prefix + shape.format(year, serial)) == f"{prefix}({year}){serial}"


def test_a_sub_number_belongs_to_the_key():
    assert document_no.key("乐市罚〔2016〕第3-1号") == "乐市罚(2016)3-1" != document_no.key("乐市罚〔2016〕3号")


@pytest.mark.parametrize("written", ["临市监处罚〔2023〕某-某某某号", "漯市监处罚〔2024〕**号",
    "漯市监处罚〔2024〕XX号", "漯市监处罚〔2024〕第x号", "漯市监处罚〔2024〕□□号", "0482环罚决字〔2025〕 号", ""])
def test_a_number_without_its_serial_has_no_key(written):
    assert document_no.key(written) is None
    assert document_no.clean(written) is None


def test_any_other_text_is_its_own_key():
    assert document_no.clean("当场处罚决定书A-7") is None
    assert document_no.key("当场处罚 决定书ａ-7") == "当场处罚决定书A-7"
