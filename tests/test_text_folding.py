"""The comparable and the display form of text."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text import HIDDEN, clean_text, clean_text_expr, fold, fold_expr, mask
from engine.text.folding import EMOJI, by_distinct

# Only characters both libraries know: their Unicode versions may differ by a year.
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cn")), max_size=30)
USUAL_TEXT = st.text(
    st.one_of(
        st.sampled_from("漯河市匯區縣陽（）()〔〕【】[]{}　 —－-０１9ａbＺ號第字·•\u200b\u202e\ufeff\t\n𠮷㐀䶮"),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
    ),
    max_size=30,
)


def fold_all(values: list[str]) -> list[str]:
    return pl.DataFrame({"v": values}, schema={"v": pl.String}).select(fold_expr(pl.col("v")))["v"].to_list()


@given(st.lists(st.one_of(ANY_TEXT, USUAL_TEXT), min_size=1, max_size=8))
def test_scalar_and_column_fold_agree(values):
    assert fold_all(values) == [fold(value) for value in values]


@given(st.lists(st.one_of(ANY_TEXT, USUAL_TEXT), min_size=1, max_size=8))
def test_scalar_and_column_clean_text_agree(values):
    frame = pl.DataFrame({"v": values}, schema={"v": pl.String})

    assert frame.select(clean_text_expr(pl.col("v")))["v"].to_list() == [clean_text(value) for value in values]


@given(USUAL_TEXT)
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(USUAL_TEXT)
def test_cleaning_twice_changes_nothing(text):
    assert clean_text(clean_text(text)) == clean_text(text)


@pytest.mark.parametrize("written", [
    "（2024）豫1102行审15号", "(2024)豫1102行审15号", "〔2024〕豫1102行审15号", "【２０２４】豫１１０２行審１５號",
    " (2024) 豫1102 行审15号\n", "(2024)豫1102行审\u200b15号\u202c", "\ufeff(2024)豫1102行审15号",
    "［2024］豫1102行审15号",
])
def test_every_way_to_write_a_number_has_one_fold(written):
    assert fold(written) == "(2024)豫1102行审15号"


@pytest.mark.parametrize(("written", "folded"), [
    ("鄭州鐵路運輸法院", "郑州铁路运输法院"),
    ("ＡＢc—d－e–f", "ABC-D-E-F"),
    ("张\u3000三", "张三"),
    ("阿依古丽•买买提", "阿依古丽·买买提"),
    ("{甲}【乙】", "(甲)(乙)"),
    ("⽅某", "方某"),
    ("𠮷㐀䶮", "𠮷㐀䶮"),
])
def test_fold_unifies_width_script_brackets_and_dashes(written, folded):
    assert fold(written) == folded


def test_a_rare_character_from_an_older_code_point_is_kept():
    assert fold("刘\ue863") == "刘䶮"


def test_other_private_characters_are_dropped():
    assert fold("张\ue000三\uf8ff") == "张三"


def test_standard_characters_are_not_taken_for_traditional_ones():
    assert fold("王乾") != fold("王干")


def test_null_stays_null_in_the_expressions():
    frame = pl.DataFrame({"v": [None, "ａ "]})

    assert frame.select(fold_expr(pl.col("v")).alias("f"), clean_text_expr(pl.col("v")).alias("c")).rows() == [
        (None, None), ("A", "ａ"),
    ]


@pytest.mark.parametrize(("written", "cleaned"), [
    (" 张三 ", "张三"),
    ("张\r\n三", "张 三"),
    ("张\u200b三\u200f", "张三"),
    ("（豫）Ａ", "（豫）Ａ"),
    ("張三", "張三"),
    ("\x00zhang\x07", "zhang"),
    ("张😀三", "张😀三"),
])
def test_the_display_form_keeps_the_characters_of_a_name(written, cleaned):
    assert clean_text(written) == cleaned


def test_hidden_marks_and_emoji_can_be_found_in_a_column():
    names = pl.Series(["张三", "张\u200b三", "(2024)豫\u200f1号", "张😀三"])

    assert names.str.contains(HIDDEN).to_list() == [False, True, True, False]
    assert names.str.contains(EMOJI).to_list() == [False, False, False, True]


@given(st.lists(st.one_of(st.none(), st.sampled_from("abc")), max_size=20))
def test_a_function_of_distinct_values_comes_back_in_order(values):
    series = pl.Series("名", values, dtype=pl.String)

    answer = by_distinct(series, lambda distinct: distinct.str.to_uppercase())

    assert answer.to_list() == [value.upper() if value else value for value in values]
    assert answer.name == "名"


@pytest.mark.parametrize(("value", "kind", "shown"), [
    ("张三", "name", "张＊＊"),
    ("漯河市某某商贸有限公司", "name", "漯＊＊"),
    ("410000199001010090", "number", "410*************90"),
    ("4100", "number", "****"),
    ("河南省漯河市源汇区某路1号", "address", "河南省漯河市…"),
    ("某村3号", "address", "某村…"),
    ("当事人于2024年在市场销售", "text", "当事人于202…"),
    ("公开", "", "公开"),
    ("", "name", ""),
])
def test_a_value_is_masked_by_its_class(value, kind, shown):
    assert mask(value, kind) == shown


@given(st.text(min_size=1, max_size=40), st.sampled_from(("name", "number", "address", "text")))
def test_a_mask_never_shows_the_whole_value(value, kind):
    shown = mask(value, kind).rstrip("…＊")

    assert len(shown.replace("*", "")) < len(value)


def test_an_unknown_mask_class_is_a_programming_error():
    with pytest.raises(ValueError, match="unknown mask class"):
        mask("张三", "secret")
