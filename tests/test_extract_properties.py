"""Whatever a document says, nothing raises but a refusal, and every value stands where its quote says."""

from extract_world import CONDITIONAL, ENFORCEMENT, KINDS, NONPROSECUTION, OPINION, PENALTY, RULING, SPLIT_RULING
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import extract
from engine.errors import SourceError
from engine.extract.document import Document, numbered

LINES = sorted({line for text in (RULING, PENALTY, NONPROSECUTION, OPINION, ENFORCEMENT, SPLIT_RULING, CONDITIONAL)
                for line in text.split("\n") if line})
PIECES = st.sampled_from([
    "同日", "次日", "同年3月5日", "2024年2月30日", "二〇二四年三月", "罚款", "5000元", "伍仟元整", "（大写：",
    "约3万元", "准予", "不准予", "强制执行",
    "裁定如下：", "本院认为，", "（2025）豫9902行审1号", "虚市监处罚〔2024〕1号", "〔2024〕号", "送达",
    "被执行人：", "，", "。", "\t", "\u200b",
    "\ue292", "…", "①", "㈠", "ﬁ", "𠮷", "第一百七十七条第二款", "《刑事诉讼法》", "4100001990****001X",
])
HEADS = st.sampled_from([text.split("\n")[:5] for text in (RULING, PENALTY, NONPROSECUTION, OPINION, ENFORCEMENT)])
BODIES = st.lists(st.one_of(st.sampled_from(LINES), st.lists(PIECES, max_size=12).map("".join), st.text(max_size=20)))


@settings(max_examples=150, deadline=None)
@given(HEADS, BODIES)
def test_every_value_of_any_document_stands_where_its_quote_says(head: list[str], body: list[str]) -> None:
    document = Document("甲.txt", "", "txt", numbered([(line, "body") for line in [*head, *body]], "甲.txt"))
    paragraphs = {p.number: p.text for p in document.paragraphs}

    try:
        records = extract.extract_document(document, KINDS)
    except SourceError:
        return

    for value in (value for record in records for value in record.values.values()):
        assert (value.status == "missing") == (not value.quotes)
        assert (value.status == "taken") == bool(value.text)
        assert value.status != "unsure" or value.reason
        assert all(paragraphs[q.paragraph][q.start:q.end] == q.text != "" for q in value.quotes)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["<html>", "<p>", "<table><tr><td>", ""]))
def test_any_page_gives_paragraphs(content: bytes, start: str) -> None:
    page = start + content.decode("latin-1")

    assert all(text.strip() for text, _ in extract.reading.webpage.paragraphs_of(page))
