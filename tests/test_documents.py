"""Drafts: what stands in them, for which clues, from which templates; hostile texts stay text."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree  # noqa: ICN001

import pytest
from document_world import W, clue, finding, item, record, tags, texts

from engine.documents import KINDS, draft, find_kind, write_drafts
from engine.documents.drafting import BUILT_IN
from engine.documents.facts import data_of
from engine.documents.kinds import OPINION_ARTICLE, ORGANS
from engine.documents.template import fill, read_template
from engine.documents.words import BLOCKS, FIELDS
from engine.errors import EngineError
from engine.text import visible

NONPROSECUTION = record(table_name="nonprosecution", label="不起诉决定", number="测检刑不诉〔2024〕1号", court=None)
OPINION = record(table_name="opinion", label="检察意见", number="测检意〔2024〕1号", is_subject=False, confidence=0.95,
                 authority="测试市公安局", why="文号一致", court=None, place="意见.csv第2行")
REFERRAL = finding(rule_id="referral.no_penalty", field_id="referral", field="行刑反向衔接", title="测试应罚未罚",
                   basis=[{"article": f"《刑事诉讼法》{OPINION_ARTICLE}（2018年10月26日起施行）", "note": ""}])
CLUES = {
    "organ": clue(),
    "court": clue(findings=[finding(addressee="court", unit_kind="court", addressee_label="人民法院")]),
    "referral": clue(findings=[REFERRAL], records=[NONPROSECUTION, OPINION]),
}
FITS = {"opinion": "referral", "suggestion-organ": "organ", "suggestion-court": "court", "governance": "organ",
        "transfer": "court", "outline": "organ", "follow-up": "referral", "closing": "referral"}


def drafted(word: str, *files: dict[str, object]) -> list[str]:
    return texts(draft(find_kind(word, files), files).content)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_every_kind_is_drafted_with_nothing_left_open(kind: object) -> None:
    files = [CLUES[FITS[kind.id]], CLUES[FITS[kind.id]] | {"clue_id": "C000000000002"}][:kind.least]

    content = draft(kind, files).content

    said = "\n".join(texts(content))
    assert "{{" not in said
    assert "C000000000001" in said
    assert any("草" in line for line in texts(content, "word/header1.xml"))


def test_a_fact_is_numbered_and_stands_with_its_evidence() -> None:
    lines = drafted("检察建议书", CLUES["organ"])

    at = lines.index("1．非诉执行审查的申请执行日：2024年7月1日。")
    assert lines[at + 1] == "证据：《行审.xlsx》工作表“台账”第3行“申请日期：2024/7/1”"


def test_a_value_read_from_a_document_stands_with_the_words_it_was_read_from() -> None:
    quoted = "裁定日期：2024-07-01（裁定.docx 第20段第1—10字“二〇二四年七月一日”）"

    lines = drafted("检察建议书", clue(findings=[finding(evidence=[item(raw=quoted)])]))

    assert f"证据：《行审.xlsx》工作表“台账”第3行“{quoted}”" in lines


def test_what_is_not_recorded_is_said_not_to_mean_that_it_did_not_happen() -> None:
    absent = [item(label="受理日", value="（未记载）", known=False, raw=None),
              item(label="执行案件·执行案号", value="（没有关联到记录）", known=False, its_label=None,
                   file=None, raw=None)]

    said = "\n".join(drafted("调查核实提纲", clue(findings=[finding(evidence=absent)])))

    assert "受理日：来源没有记载" in said
    assert "没有填写；不等于没有发生，须核实" in said
    assert "执行案件·执行案号：没有关联到记录" in said


@pytest.mark.parametrize("said", [
    "顺延2日至2024年6月3日（星期一）。",
    "《行政强制法》第五十三条（2012年1月1日起施行）：申请执行期限3个月：“可以自期限届满之日起三个月内”",
    "□ 资料不足：准予延期", "□ 须人工核实：有正当理由", "□ 调取送达回证", "· 来源未记载复议的期限可能算短",
])
def test_law_working_exclusions_and_what_to_fetch_are_in_the_draft(said: str) -> None:
    assert said in "\n".join(drafted("检察建议书", CLUES["organ"]))


def test_number_signature_and_date_are_left_blank() -> None:
    lines = drafted("检察建议书", CLUES["organ"])

    assert {"＿检＿建〔＿＿＿＿〕＿号", "＿＿＿＿人民检察院", "＿＿＿＿年＿＿月＿＿日"} <= set(lines)


def test_a_letter_to_the_court_is_only_about_the_court_s_findings() -> None:
    other = finding(addressee="court", unit_kind="court", addressee_label="人民法院",
                    title="测试超期裁定", say="历时62日")
    lines = drafted("检察建议书（法院）", clue(findings=[finding(), other]))

    assert "测试市测试区人民法院：" in lines
    assert "（一）历时62日。" in lines
    assert "（一）2024年7月1日申请，超28日。" not in lines
    assert any("不属于本文书的情形，另行处理：测试超期申请" in line for line in lines)


def test_a_gone_clue_is_drafted_with_a_warning() -> None:
    said = "\n".join(drafted("outline", clue(status="消失", changed="第3次运行起不再列入")))

    assert "已不在最近一次的清单：第3次运行起不再列入" in said


@pytest.mark.parametrize(("word", "which", "said"), [
    ("检察意见书", "organ", "不能起草检察意见书"), ("检察建议书（法院）", "organ", "可以起草：检察建议书（行政机关）"),
    ("检察建议书（行政机关）", "court", "监督对象人民法院"), ("跟进监督函", "organ", "已经发出的检察意见"),
    ("终结审查决定书", "court", "行刑反向衔接"), ("社会治理检察建议书", "organ", "给了1条"),
])
def test_a_kind_that_does_not_fit_is_refused_with_those_that_do(word: str, which: str, said: str) -> None:
    with pytest.raises(EngineError, match=said):
        drafted(word, CLUES[which])


def test_a_title_s_beginning_means_the_kind_that_fits() -> None:
    assert find_kind("检察建议书", [CLUES["court"]]).id == "suggestion-court"
    assert find_kind("检察建议书", [CLUES["organ"]]).id == "suggestion-organ"


@pytest.mark.parametrize("word", ["起诉书", "", "检察\u202e书"])
def test_an_unknown_kind_is_answered_with_the_known_ones(word: str) -> None:
    with pytest.raises(EngineError, match="终结审查决定书"):
        find_kind(word, [CLUES["organ"]])


def test_one_letter_goes_to_one_unit() -> None:
    other = clue("C000000000002", findings=[finding(authority="测试县水利局")])

    with pytest.raises(EngineError, match="只能发给一个单位"):
        drafted("社会治理检察建议书", CLUES["organ"], other)


def test_a_letter_about_several_clues_has_a_row_for_each() -> None:
    lines = drafted("社会治理检察建议书", CLUES["organ"], clue("C000000000002"), clue("C000000000003"))

    assert [line for line in lines if line.startswith("C00000000000")] == [
        f"C00000000000{n}　行审.xlsx（台账）第3行" for n in (1, 2, 3)]


def test_a_letter_about_several_clues_is_only_about_what_they_have_in_common() -> None:
    alone = finding(rule_id="administrative_violation.other", title="测试另一问题", say="只有一件有的问题")

    said = "\n".join(drafted("社会治理检察建议书", CLUES["organ"], clue("C000000000002", findings=[finding(), alone])))

    assert "只有一件有的问题" not in said
    assert "不属于本文书的情形，另行处理：测试另一问题" in said


def test_no_draft_points_to_a_package_or_a_command() -> None:
    texts_of = [b"".join(read_template(path).parts.values()).decode() for path in BUILT_IN.glob("*.docx")]

    assert len(texts_of) == len(KINDS)
    assert [word for word in ("移送包", "handover", "xiezhi") if any(word in text for text in texts_of)] == []


NAMES = [
    "{{线索编号}}", "{{#事实}}", "{{/事实}}", "{{x}}", "{{", "}}", "{#}", "${x}", "<w:p>", "</w:t></w:r>", "<!-- x -->",
    "<![CDATA[x]]>", "]]>", "&lt;", "&amp;amp;", "&#x202e;", "<!DOCTYPE a>", "<?xml?>", "'\"", "=1+1", "@SUM(1)", "+1",
    "-1", "=HYPERLINK(\"http://x\",\"张\")", "{ INCLUDETEXT x }", " PAGE ", "MERGEFIELD x", "张\u202e三", "张\u200b三",
    "\u2066x\u2069", "\ufeff张", "\x00张", "张\x1b[31m三", "张\x7f三", "\ud800", "\uffff", "𠮷㐀䶮",
    "张😀三", "../../x",
    "长" * 40_000, "  两 端  ",
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_hostile_name_stays_text_and_whole(name: str) -> None:
    files = [clue(findings=[finding(party=name, say=name, authority=name, evidence=[item(value=name, raw=name)])])]
    tame = draft(find_kind("检察建议书", files), [clue()])

    made = draft(find_kind("检察建议书", files), files)

    said = "\n".join(texts(made.content))
    assert said.count(visible(name)) >= 4
    assert tags(made.content) == tags(tame.content)
    assert re.sub("⟦U\\+[0-9A-F]{4,6}⟧", "", visible(name)).isprintable() or "\n" in name
    assert made.name == tame.name


def test_line_breaks_and_tabs_in_a_value_are_kept() -> None:
    assert "张\n三\t四" in "".join(drafted("outline", clue(findings=[finding(say="张\r\n三\t四")])))


def test_the_same_clue_gives_the_same_bytes() -> None:
    kind = find_kind("outline", [])

    assert draft(kind, [clue()]).content == draft(kind, [clue()]).content


def office(
    folder: Path, change: Callable[[str], str], name: str = "调查核实提纲", part: str = "word/document.xml"
) -> Path:
    """Write an office's own template: the built-in one with a part changed."""
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(BUILT_IN / f"{name}.docx") as old, zipfile.ZipFile(folder / f"{name}.docx", "w") as new:
        for entry in old.namelist():
            text = old.read(entry).decode()
            new.writestr(entry, change(text) if entry == part else text)
    return folder


def test_an_office_s_own_template_is_used_and_the_built_in_one_for_the_rest(tmp_path: Path) -> None:
    folder = office(tmp_path / "t", lambda text: text.replace("调 查 核 实 提 纲", "某院提纲"))

    own = draft(find_kind("outline", []), [clue()], folder)
    other = draft(find_kind("transfer", []), [clue()], folder)

    assert ("某院提纲" in texts(own.content), own.template, other.template) == (True, "自备模板", "自带模板")


def test_a_field_split_by_the_word_processor_is_filled(tmp_path: Path) -> None:
    split = "{{</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>当事</w:t></w:r><w:proofErr/><w:r><w:t>人 }}"
    folder = office(tmp_path / "t", lambda text: text.replace("{{当事人}}", split, 1))

    said = "".join(texts(draft(find_kind("outline", []), [clue()], folder).content))

    assert "当事人：测试甲有限公司（证件号914***01）" in said


@pytest.mark.parametrize(("old", "new", "said"), [
    ("{{当事人}}", "{{当事入}}", "模板 调查核实提纲.docx：没有字段“当事入”，是否指“当事人”"),
    ("{{#材料}}", "{{#材科}}", "没有重复块“材科”，是否指“材料”"), ("{{/材料}}", "", "没有对应的“{{/材料}}”"),
    ("{{#材料}}", "", "没有对应的“{{#材料}}”"), ("{{当事人}}", "{{当事人}", "不是完整的字段或者标记"),
    ("{{当事人}}", "{{证据}}", "字段“证据”只能用在重复块 事实 里"),
    ("{{当事人}}", "见{{#事实}}", "不是完整的字段或者标记"),
])
def test_a_word_that_is_not_known_is_named_with_the_nearest(tmp_path: Path, old: str, new: str, said: str) -> None:
    folder = office(tmp_path / "t", lambda text: text.replace(old, new, 1))

    with pytest.raises(EngineError) as fault:
        draft(find_kind("outline", []), [clue()], folder)

    assert said in str(fault.value)


@pytest.mark.parametrize(("part", "change"), [
    ("word/document.xml", lambda text: text.replace("<w:document", "<!DOCTYPE a [<!ENTITY b 'c'>]><w:document")),
    ("word/document.xml", lambda text: text[:900]),
    ("word/_rels/document.xml.rels", lambda text: text.replace('="styles.xml"', '="x" TargetMode="External"')),
])
def test_a_template_that_is_broken_or_reaches_out_is_refused(
    tmp_path: Path, part: str, change: Callable[[str], str]
) -> None:
    with pytest.raises(EngineError, match=r"调查核实提纲\.docx"):
        draft(find_kind("outline", []), [clue()], office(tmp_path / "t", change, part=part))


def test_a_file_that_is_no_document_is_refused(tmp_path: Path) -> None:
    (tmp_path / "调查核实提纲.docx").write_bytes(b"PK nothing")

    with pytest.raises(EngineError, match="文件不完整、已损坏"):
        draft(find_kind("outline", []), [clue()], tmp_path)


def test_a_draft_somebody_worked_on_is_not_overwritten(tmp_path: Path) -> None:
    made = [draft(find_kind("outline", []), [clue()])]
    (path,) = write_drafts(made, tmp_path)
    path.write_bytes(b"worked on")

    with pytest.raises(EngineError, match="其中可能有人工修改"):
        write_drafts(made, tmp_path)
    assert path.read_bytes() == b"worked on"

    write_drafts(made, tmp_path, replace=True)
    assert path.read_bytes() == made[0].content


@pytest.mark.parametrize("name", [kind.title for kind in KINDS])
def test_a_built_in_template_has_the_official_page(name: str) -> None:
    template = read_template(BUILT_IN / f"{name}.docx")
    section = next(ElementTree.fromstring(template.parts["word/document.xml"]).iter(f"{W}sectPr"))
    styles = template.parts["word/styles.xml"].decode()
    mm = {key.rpartition("}")[2]: int(value) * 25.4 / 1440
          for tag in ("pgSz", "pgMar") for key, value in section.find(f"{W}{tag}").attrib.items()}

    assert (round(mm["w"]), round(mm["h"])) == (210, 297)
    assert abs(mm["top"] - 37) <= 1
    assert abs(mm["left"] - 28) <= 1
    assert abs(mm["w"] - mm["left"] - mm["right"] - 156) <= 1
    assert abs(mm["h"] - mm["top"] - mm["bottom"] - 225) <= 1
    assert 22 * 579 <= (mm["h"] - mm["top"] - mm["bottom"]) / 25.4 * 1440 < 23 * 579
    assert '<w:spacing w:before="0" w:after="0" w:line="579" w:lineRule="exact"/>' in styles
    assert {"仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"} <= set(re.findall('eastAsia="([^"]+)"', styles))
    assert b"<w:altName" in template.parts["word/fontTable.xml"]


def test_the_page_of_words_tells_every_field_block_and_kind() -> None:
    page = (Path(__file__).parents[1] / "docs" / "documents.md").read_text(encoding="utf-8")

    assert [word for word in (*FIELDS, *BLOCKS) if f"`{word}`" not in page] == []
    assert [kind.title for kind in KINDS if kind.title not in page or f"`{kind.id}`" not in page] == []


def test_every_field_and_block_of_the_page_can_be_filled() -> None:
    template = read_template(BUILT_IN / "调查核实提纲.docx")

    data = data_of(find_kind("outline", []), [clue()])

    assert set(data) >= {*FIELDS, *BLOCKS}
    assert all(set(entry) >= set(BLOCKS[name]) for name in BLOCKS for entry in data[name])
    assert fill(template, data)
    assert {"authority", "police"} <= ORGANS
