"""Cited articles and charges in one comparable form, however they are written."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text import fold
from engine.text.citations import charge_key, citation_key

LAWS = ("水法", "土地管理法", "食品安全法实施条例", "基本医疗卫生与健康促进法", "河南省水利工程管理条例",
        "反不正当竞争法")
NAMED = ("《{}》", "《中华人民共和国{}》", "{}", "中华人民共和国{}", "《{}》（2021年修正）")
DIGITS = "零一二三四五六七八九"


def _chinese(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if number < 20 else f"{DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (DIGITS[ones] if ones else "")


ARTICLES = st.integers(1, 399)
SUBS = st.one_of(st.none(), st.integers(1, 9))


@st.composite
def _citations(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Write some citations in one of many ways, with the keys they should give."""
    text, keys = "", []
    for law in draw(st.lists(st.sampled_from(LAWS), min_size=1, max_size=4, unique=True)):
        named = draw(st.sampled_from(NAMED))
        text += draw(st.sampled_from(("", "违反", "依据", "，根据", "、", "；", "的规定，依照"))) + named.format(law)
        joint = draw(st.sampled_from(("、", "，", "和", "及", "第二款、", "第一款第（三）项，")))
        written = []
        for number, sub in draw(st.lists(st.tuples(ARTICLES, SUBS), min_size=1, max_size=3)):
            shown = draw(st.sampled_from((str(number), _chinese(number))))
            written.append(f"第{shown}条" + (f"之{DIGITS[sub]}" if sub else ""))
            keys.append(f"{law}{number}" + (f"-{sub}" if sub else ""))
        text += joint.join(written)
    return text, list(dict.fromkeys(keys))


@given(_citations())
def test_citations_are_read_back_however_they_are_written(written: tuple[str, list[str]]) -> None:
    text, keys = written

    assert citation_key(fold(text)) == f";{';'.join(keys)};"


@given(st.text(alphabet="水法土地管理第六十五条款项、，之至百《》() 依据1罪涉嫌盗窃", max_size=60))
def test_any_text_has_citations_and_charges_or_none(text: str) -> None:
    for key in (citation_key(fold(text)), charge_key(fold(text))):
        assert key is None or (key.startswith(";") and key.endswith(";") and ";;" not in key)


@pytest.mark.parametrize(("text", "key"), [
    ("《中华人民共和国水法》第六十五条第二款", ";水法65;"),
    ("水法第65条", ";水法65;"),
    ("水法六十五条", ";水法65;"),
    ("《 水法 》 第 ６５ 条", ";水法65;"),
    ("刑法第一百三十三条之一", ";刑法133-1;"),
    ("《烟草专卖法》第三十一、三十二条", ";烟草专卖法31;烟草专卖法32;"),
    ("《水法》第六十三条至第六十五条", ";水法63;水法64;水法65;"),
    ("《安全生产法》第一百一十四条，按照本法第一百一十五条", ";安全生产法114;安全生产法115;"),
    ("根据《城乡规划法》第六十四条之规定，按照《河南省实施〈中华人民共和国城乡规划法〉办法》第六十九条",
     ";城乡规划法64;河南省实施〈城乡规划法〉办法69;"),
    ("《水法》、《防洪法》第五十七条", ";防洪法57;"),
    ("第六十五条", None),
    ("按照有关规定", None),
    ("国务院令第687号", None),
])
def test_a_citation_is_read(text: str, key: str | None) -> None:
    assert citation_key(fold(text)) == key


@pytest.mark.parametrize(("text", "key"), [
    ("危险驾驶罪", ";危险驾驶;"),
    ("涉嫌危险驾驶", ";危险驾驶;"),
    ("盗窃罪、诈骗罪", ";盗窃;诈骗;"),
    ("盗窃；诈骗", ";盗窃;诈骗;"),
    ("妨害公务罪（袭警罪）", ";妨害公务;袭警;"),
    ("掩饰、隐瞒犯罪所得、犯罪所得收益罪", ";掩饰隐瞒犯罪所得犯罪所得收益;"),
    ("偷越国(边)境罪", ";偷越国边境;"),
    ("罪", None),
])
def test_a_charge_is_read(text: str, key: str | None) -> None:
    assert charge_key(fold(text)) == key


@pytest.mark.parametrize("text", ["第" * 50_000, "《" * 50_000, "水法" * 25_000, "1、" * 25_000, "一" * 50_000,
                                  "第1条" * 20_000, "罪" * 50_000])
def test_a_hostile_text_is_read_in_a_moment(text: str) -> None:
    started = time.process_time()

    citation_key(text)
    charge_key(text)

    assert time.process_time() - started < 2
