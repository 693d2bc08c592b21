"""Comparable forms of names, organs and numbers, for single values and whole columns."""


import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.identifiers import case_no, document_no
from engine.records import FORMS
from engine.text import fold, keys_of, name_key, organ_key
from engine.text.citations import charge_key, citation_key

SCALAR = {"name": name_key, "organ": organ_key, "case_no": case_no.key, "document_no": document_no.key,
          "citation": lambda text: citation_key(fold(text)), "charge": lambda text: charge_key(fold(text))}
PIECES = st.lists(
    st.sampled_from(
        ["（", "2024", ")", "〔", "〕", "豫", "1102", "行审", "复", "015", "号", "字第", "之一", "*", "、", "漯河市",
        "工商行政管理局",
         "有限责任公司", "“", "河南省", "人民法院", "中院", "环保局", " ", "Ｘ", "-", "张三", "某", "处罚"]
    ),
    max_size=9,
).map("".join)


HAN = st.text("霁东市监处罚字第号某行审执初最高法豫京一二0１", min_size=1, max_size=7)
YEARS = st.sampled_from(("2024", "1999", "2014", "24", "0"))
SERIALS = st.sampled_from(("1", "015", "47号之一", "0", "12345678"))
COURTS = st.sampled_from(("", "11", "1102", "11021"))
FIRMS = st.lists(
    st.sampled_from(("霁川", "有限", "责任", "公司", "股份", "个体工商户", "(", ")", "A1", "·", "。")), max_size=7)
LIKELY = st.one_of(
    st.builds("（{}）豫{}{}{}号".format, YEARS, COURTS, HAN, SERIALS),
    st.builds("（{}）{}{}号".format, YEARS, HAN, SERIALS), st.builds("{}〔{}〕{}号".format, HAN, YEARS, SERIALS),
    st.builds("{}字〔{}〕第{}".format, HAN, YEARS, SERIALS), FIRMS.map("".join))


def test_every_form_of_the_records_has_keys():
    assert set(SCALAR) == set(FORMS)


@settings(deadline=None)
@given(st.sampled_from(FORMS), st.lists(st.one_of(st.none(), PIECES, LIKELY), max_size=8))
def test_scalar_and_column_keys_agree(form, values):
    keys = keys_of(form, pl.Series("v", values, dtype=pl.String))

    assert keys.to_list() == [None if value is None else SCALAR[form](value) for value in values]
    assert keys.dtype == pl.String


@given(st.sampled_from(FORMS), PIECES)
def test_a_key_is_its_own_key_or_stays_unusable(form, value):
    key = SCALAR[form](value)

    assert key is None or SCALAR[form](key) in (key, None)


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_value_has_no_key(form):
    assert keys_of(form, pl.Series(["", " ", "\u200b", None])).to_list() == [None] * 4


@pytest.mark.parametrize("form", FORMS)
def test_a_column_of_nulls_has_null_keys(form):
    assert keys_of(form, pl.Series([None, None])).to_list() == [None, None]


@pytest.mark.parametrize(("one", "other"), [
    ("漯河市某某商贸有限责任公司", "漯河市某某商贸有限公司"),
    ("漯河市“某某”商贸有限公司", "漯河市某某商贸有限公司"),
    ("漯河某某（集团）股份有限公司", "漯河某某(集團)股份公司"),
    ("源汇区某某小吃店（个体工商户）", "源汇区某某小吃店"),
    ("阿依古丽·买买提", "阿依古丽.买买提"),
    ("ABC 商贸有限公司。", "ａｂｃ商贸有限公司"),
])
def test_spellings_of_one_party_share_a_key(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [
    ("漯河市某某商贸有限公司", "漯河市某某商贸有限公司源汇分公司"),
    ("某某有限公司", "某某股份有限公司"),
    ("某某3.0店", "某某30店"),
    ("张三", "张三丰"),
])
def test_different_parties_keep_different_keys(one, other):
    assert name_key(one) != name_key(other)


def test_the_kind_of_business_alone_stays_a_name():
    assert name_key("个体工商户") == "个体工商户"


@pytest.mark.parametrize(("one", "other"), [
    ("河南省漯河市中级人民法院", "漯河市中级人民法院"),
    ("河南省漯河市源汇区人民法院", "漯河市源汇区人民法院"),
    ("河南省舞阳县人民法院", "舞阳县人民法院"),
    ("内蒙古自治区奈曼旗人民法院", "奈曼旗人民法院"),
    ("广西柳州市城中区人民法院", "广西壮族自治区柳州市城中区人民法院"),
    ("漯河市中院", "河南省漯河市中级人民法院"),
    ("河南省高院", "河南省高级人民法院"),
    ("临颍县法院", "临颍县人民法院"),
    ("河南省漯河市郾城区检察院", "漯河市郾城区人民检察院"),
])
def test_a_court_is_itself_with_and_without_its_province(one, other):
    assert organ_key(one) == organ_key(other)


@pytest.mark.parametrize(("one", "other"), [
    ("河南省高级人民法院", "高级人民法院"),
    ("北京市朝阳区人民法院", "长春市朝阳区人民法院"),
    ("海南省第二中级人民法院", "海南省第一中级人民法院"),
    ("漯河市中级人民法院", "漯河市源汇区人民法院"),
    ("河南省城市管理局", "城市管理局"),
    ("河南省药品监督管理局", "河南省食品药品监督管理局"),
])
def test_different_organs_keep_different_keys(one, other):
    assert organ_key(one) != organ_key(other)


@pytest.mark.parametrize(("former", "present"), [
    ("漯河市工商行政管理局", "漯河市市场监督管理局"),
    ("漯河市质量技术监督局", "漯河市市场监督管理局"),
    ("漯河市食品药品监督管理局", "漯河市市场监督管理局"),
    ("漯河市工商局源汇分局", "漯河市市场监督管理局源汇分局"),
    ("漯河市市场监管局", "漯河市市场监督管理局"),
    ("漯河市国土资源局", "漯河市自然资源和规划局"),
    ("河南省国土资源厅", "河南省自然资源厅"),
    ("漯河市环保局", "漯河市生态环境局"),
    ("漯河市环境保护局源汇分局", "漯河市生态环境局源汇分局"),
    ("漯河市安全生产监督管理局", "漯河市应急管理局"),
    ("漯河市卫计委", "漯河市卫生健康委员会"),
    ("漯河市农业局", "漯河市农业农村局"),
    ("漯河市国家税务局", "国家税务总局漯河市税务局"),
    ("原漯河市城市管理综合执法局", "漯河市城市管理局"),
    ("漯河市住建局", "漯河市住房和城乡建设局"),
    ("中华人民共和国郑州海关", "郑州海关"),
])
def test_an_organ_is_itself_after_a_reform(former, present):
    assert organ_key(former) == organ_key(present)
