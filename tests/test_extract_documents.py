"""The five kinds of document: what is read, with which words, and what is left empty with its reason."""

import pytest
from extract_world import (
    CONDITIONAL,
    ENFORCEMENT,
    KINDS,
    NONPROSECUTION,
    OLD_RULING,
    OPINION,
    PENALTY,
    POLICE_PENALTY,
    RULING,
    SPLIT_RULING,
    TERMINATED,
    UNIT_NONPROSECUTION,
    read,
    taken,
)

from engine import extract
from engine.errors import SourceError
from engine.extract import Record
from engine.extract.document import Document, numbered


def reason(record: Record, name: str) -> tuple[str, str]:
    """Return a field's status and reason."""
    return record.values[name].status, record.values[name].reason


def words(record: Record, name: str) -> list[str]:
    """Return the words a field was taken from."""
    return [quote.text for quote in record.values[name].quotes]


def told(record: Record) -> list[str]:
    """Return the conflicts of a record."""
    return [conflict.what for conflict in record.conflicts]


def test_the_shipped_kinds_are_sound() -> None:
    assert [str(problem) for problem in KINDS.problems] == []
    assert sorted(kind.title for kind in KINDS.values()) == [
        "不起诉决定书", "执行裁定书", "检察意见书", "行审裁定书", "行政处罚决定书"]


def test_a_review_ruling_is_read_whole() -> None:
    record = read(RULING)

    assert taken(record, "case_no", "court", "applicant", "party_name", "party_kind", "uscc", "legal_representative",
                 "address") == (
        "（2025）豫9902行审15号", "河南省虚构市虚构区人民法院", "虚构市市场监督管理局", "虚构市乙食品有限公司", "单位",
        "91990000MA00000008", "钱某乙", "虚构市虚构区乙路2号")
    assert taken(record, "penalty_document_no", "penalty_decided_on", "served_on", "service_mode", "demand_served_on",
                 "relief", "applied_on", "accepted_on", "ruled_on", "ruling") == (
        "虚市监处罚〔2024〕88号", "2024-08-01", "2024-08-02", "直接送达", "2025-02-20", "未复议未诉讼", "2025-03-10",
        "2025-03-10", "2025-03-17", "准予执行")
    assert taken(record, "fine_yuan", "confiscated_yuan", "additional_fine_yuan", "sought_yuan") == (
        "20000.00", "3000.00", "20000.00", "43000.00")
    assert told(record) == []


def test_a_penalty_decision_is_read_with_its_items() -> None:
    record = read(PENALTY)

    assert taken(record, "document_no", "authority", "party_name", "filed_on", "notice_on", "decided_on", "fine_yuan",
                 "confiscated_yuan", "total_yuan", "remedies_told") == (
        "虚市监处罚〔2024〕88号", "虚构市市场监督管理局", "虚构市乙食品有限公司", "2024-05-06", "2024-07-15",
        "2024-08-01", "20000.00", "3000.00", "23000.00", "是")
    assert [(item.code, str(item.amount)) for item in record.items] == [
        ("confiscation", "3000.00"), ("fine", "20000.00")]
    assert told(record) == []


def test_a_decision_not_to_prosecute_is_read_and_masks_are_kept() -> None:
    record = read(NONPROSECUTION)

    assert taken(record, "document_no", "procuratorate", "party_name", "sex", "charge", "kind", "decided_on",
                 "detained_on", "bailed_on", "transferred_on", "investigator") == (
        "虚虚检刑不诉〔2024〕7号", "虚构市虚构区人民检察院", "周某戊", "男", "故意伤害罪", "相对不起诉", "2024-04-02",
        "2024-01-05", "2024-01-12", "2024-03-01", "虚构市公安局虚构分局")
    assert (record.text("resident_id"), record.values["resident_id"].masked) == ("4100001990********", True)
    assert (record.values["party_name"].masked, record.values["charge"].masked) == (True, False)
    assert reason(record, "birth_date") == ("unsure", "日期有遮盖")


def test_a_procuratorial_opinion_is_read() -> None:
    record = read(OPINION)

    assert taken(record, "document_no", "procuratorate", "addressee", "nonprosecution_document_no", "party_name",
                 "charge", "issued_on", "reply_term") == (
        "虚虚检意〔2024〕3号", "虚构市虚构区人民检察院", "虚构市公安局虚构分局", "虚虚检刑不诉〔2024〕7号", "周某戊",
        "故意伤害罪", "2024-04-15", "二个月")


def test_an_enforcement_ruling_keeps_its_fee_apart_from_the_sum() -> None:
    record = read(ENFORCEMENT)

    assert taken(record, "case_no", "basis_no", "filed_on", "sought_yuan", "fee_yuan", "deducted_yuan") == (
        "（2025）豫9902执509号", "（2025）豫9902行审15号", "2025-05-08", "12500.00", "88.00", "12588.00")
    assert told(record) == []


def test_a_ruling_from_before_the_number_reform_is_known_by_its_phrases() -> None:
    assert taken(read(OLD_RULING), "case_no", "party_name", "penalty_document_no", "penalty_decided_on", "served_on",
                 "applied_on", "ruled_on", "ruling") == (
        "（2015）虚行非执字第00008号", "张某甲", "虚国土资罚字〔2012〕第30号", "2012-12-10", "2012-12-10", "2015-01-20",
        "2015-01-23", "不予受理")


def test_acts_and_money_of_one_ruling_are_told_apart() -> None:
    assert taken(read(SPLIT_RULING), "ruling", "implementer", "fine_yuan", "served_on", "service_mode", "accepted_on",
                 "demand_served_on", "resident_id", "birth_date", "party_kind") == (
        "部分准予", "虚构市虚构区甲镇人民政府", "12345.60", "2023-09-06", "邮寄送达", "2024-05-06", "2024-04-01",
        "410000197508090015", "1975-08-09", "自然人")


def test_a_penalty_of_the_police_gives_detention_and_fine() -> None:
    record = read(POLICE_PENALTY)

    assert taken(record, "authority", "party_name", "sex", "detention_days", "fine_yuan", "decided_on") == (
        "虚构市公安局", "张某丙", "男", "五", "200.00", "2024-03-05")
    assert [(item.code, item.amount) for item in record.items] == [("detention", None), ("fine", 200)]


def test_a_termination_of_the_current_enforcement_is_read() -> None:
    assert taken(read(TERMINATED), "close_mode", "property_found", "basis_no", "sought_yuan", "recovered_yuan",
                 "unrecovered_yuan", "consumption_restricted_on") == (
        "终结本次执行程序", "未发现可供执行的财产", "（2023）豫9902行审99号", "50000.00", "2000.00", "48000.00",
        "2024-03-01")


def test_a_unit_is_not_given_the_birth_of_its_representative() -> None:
    record = read(UNIT_NONPROSECUTION)

    assert taken(record, "party_name", "party_kind", "charge", "kind", "transferred_on") == (
        "虚构市戊商贸有限公司", "单位", "虚开增值税专用发票罪", "存疑不起诉", "2023-05-01")
    assert (record.values["birth_date"].status, record.values["sex"].status) == ("missing", "missing")


def test_a_conditional_decision_is_known_by_title_and_article() -> None:
    record = read(CONDITIONAL)

    assert taken(record, "party_name", "kind", "resident_id") == ("沈某", "附条件不起诉", "******20050601****")


@pytest.mark.parametrize("header", [
    "被执行人虚构市乙食品有限公司。",
    "被申请执行人：虚构市乙食品有限公司（以下简称乙公司）。",
    "被申请人（被执行人）：虚构市乙食品有限公司，住所地虚构市。",
])
def test_the_party_is_read_from_every_usual_header(header: str) -> None:
    old = RULING.split("\n")[5]

    assert read(RULING.replace(old, header)).text("party_name") == "虚构市乙食品有限公司"


@pytest.mark.parametrize(("line", "name", "person"), [
    ("当事人：虚构县好吃餐馆（经营者：王某辛）", "虚构县好吃餐馆", "王某辛"),
    ("当事人：张某乙  性别：男  身份证号：41000019900101009X", "张某乙", "钱某乙"),
    ("当事人名称：虚构市乙食品有限公司（以下简称乙公司）", "虚构市乙食品有限公司", "钱某乙"),
])
def test_a_name_ends_where_the_next_label_begins(line: str, name: str, person: str) -> None:
    text = PENALTY.replace("当事人：虚构市乙食品有限公司", line)
    text = text if person == "钱某乙" else text.replace("法定代表人：钱某乙", "经营者：王某辛")

    assert taken(read(text), "party_name", "legal_representative") == (name, person)


@pytest.mark.parametrize("notice", [
    "当事人应当自收到本决定书之日起十五日内将罚没款缴至指定银行。",
    "当事人如不服本决定，可以申请行政复议。",
    "当事人逾期不缴纳罚款的，每日按罚款数额的百分之三加处罚款。",
    "当事人在法定期限内未提出陈述、申辩。",
])
@pytest.mark.parametrize("header", ["当事人：虚构市乙食品有限公司", "当事人虚构市乙食品有限公司"])
def test_a_notice_to_the_party_is_not_taken_for_its_name(header: str, notice: str) -> None:
    text = PENALTY.replace("当事人：虚构市乙食品有限公司", header)
    text = text.replace("如不服本处罚决定", f"{notice}\n如不服本处罚决定")

    assert read(text).text("party_name") == "虚构市乙食品有限公司"


@pytest.mark.parametrize("said", [
    "本院办理的王某丁涉嫌诈骗罪一案，于2024年4月2日决定对王某丁不起诉。",
    "本院于2024年4月2日对王某丁作出不起诉决定。",
    "本院办理的王某丁涉嫌诈骗罪一案，已以虚虚检刑不诉〔2024〕7号不起诉决定书决定不起诉。",
    "王某丁涉嫌诈骗罪一案，本院已审查终结。建议对被不起诉人王某丁给予行政处罚。",
])
def test_the_person_an_opinion_is_about_is_read_without_what_stands_before(said: str) -> None:
    old = OPINION.split("\n")[4]

    assert read(OPINION.replace(old, said)).text("party_name") == "王某丁"


def test_a_fine_with_an_additional_fine_is_not_taken_for_the_whole_sum() -> None:
    old = "案款12500元、执行费88元"

    part = read(ENFORCEMENT.replace(old, "申请执行罚款10000元及加处罚款10000元"))
    whole = read(ENFORCEMENT.replace(old, "申请执行罚款10000元及加处罚款10000元，共计20000元"))

    assert (part.text("sought_yuan"), whole.text("sought_yuan")) == ("", "20000.00")


def test_the_day_of_an_announcement_is_not_the_day_of_service() -> None:
    announced = "2024年8月9日，申请执行人在报纸上向被执行人公告送达该决定书"
    text = RULING.replace("次日，申请执行人将该决定书直接送达被执行人", announced)

    assert taken(read(text), "served_on", "service_mode") == ("", "")


def test_a_sum_by_the_square_metre_is_not_the_fine() -> None:
    text = PENALTY.replace("罚款20000元（大写：贰万元整）", "并处罚款，按每平方米20元，计人民币贰万元整")

    assert read(text).text("fine_yuan") == "20000.00"


def test_a_document_of_several_parties_gives_a_record_for_each() -> None:
    second = "被不起诉人吴某己，女，1992年3月4日出生，住虚构市丁路4号。\n因涉嫌故意伤害罪，于2024年1月9日被刑事拘留。\n"
    text = NONPROSECUTION.replace("本案由虚构市公安局", second + "本案由虚构市公安局")
    document = Document("甲.txt", "", "txt", numbered([(line, "body") for line in text.split("\n")], "甲.txt"))

    records = extract.extract_document(document, KINDS)

    assert [(r.party, *taken(r, "party_name", "sex", "address", "detained_on", "decided_on")) for r in records] == [
        (1, "周某戊", "男", "虚构市虚构区丙路3号", "2024-01-05", "2024-04-02"),
        (2, "吴某己", "女", "虚构市丁路4号", "2024-01-09", "2024-04-02")]


def test_a_table_that_disagrees_with_the_text_leaves_the_fine_empty_with_both() -> None:
    record = read(PENALTY.replace("以上罚没款合计23000元。", "罚款（元）\t30000"))

    assert reason(record, "fine_yuan")[0] == "unsure"
    assert [q.text for q in record.values["fine_yuan"].quotes] == ["罚款20000元（大写：贰万元整）", "罚款（元）\t30000"]


@pytest.mark.parametrize("text", [RULING, PENALTY, NONPROSECUTION, OPINION, ENFORCEMENT])
def test_every_value_stands_where_its_quote_says(text: str) -> None:
    record = read(text)
    paragraphs = {p.number: p.text for p in record.document.paragraphs}

    for value in record.values.values():
        assert value.status == "missing" or value.quotes
        assert [paragraphs[q.paragraph][q.start:q.end] for q in value.quotes] == [q.text for q in value.quotes]


def test_a_day_told_from_another_shows_the_words_of_both() -> None:
    assert words(read(RULING), "accepted_on") == ["本院于同日受理", "2025年3月10日"]


def test_wide_and_hidden_characters_do_not_move_the_quotes() -> None:
    spaced = RULING.replace("于同日受理", "于 同\u3000日\u200b受\ue292理")

    assert words(read(spaced), "accepted_on")[0] == "本院于 同\u3000日\u200b受\ue292理"


@pytest.mark.parametrize(("old", "new", "ruling"), [
    ("准予强制执行虚构", "不准予强制执行虚构", "不准予执行"),
    ("准予强制执行虚构", "对虚构", ""),
    ("准予强制执行虚构", "准予虚构市市场监督管理局撤回对虚构", "撤回申请"),
    ("准予强制执行虚构", "不予受理虚构", "不予受理"),
    ("合计43000元。", "合计43000元；对责令改正一项，不准予强制执行。", "部分准予"),
])
def test_the_operative_part_tells_the_ruling(old: str, new: str, ruling: str) -> None:
    assert read(RULING.replace(old, new)).text("ruling") == ruling


def test_the_named_implementer_of_the_acts_is_read() -> None:
    changed = RULING.replace("合计43000元。", "合计43000元；责令拆除违法建筑一项，由虚构市虚构区人民政府组织实施。")

    assert read(changed).text("implementer") == "虚构市虚构区人民政府"


@pytest.mark.parametrize(("said", "relief"), [
    ("既未申请行政复议，也未提起行政诉讼", "未复议未诉讼"),
    ("于2024年9月1日向虚构市人民政府申请行政复议", "申请复议"),
    ("于2024年9月1日向虚构市虚构区人民法院提起行政诉讼", "提起诉讼"),
    ("仍未履行", ""),
])
def test_relief_is_taken_only_where_it_is_said(said: str, relief: str) -> None:
    old = "被执行人在法定期限内未申请行政复议，也未提起行政诉讼"

    assert read(RULING.replace(old, f"被执行人{said}")).text("relief") == relief


def test_parts_of_a_fine_are_added_only_where_the_text_states_their_sum() -> None:
    parts = RULING.replace("罚款人民币贰万元", "罚款5000元，又决定罚款15000元")

    added = read(parts).values["fine_yuan"]
    doubtful = read(parts.replace("15000", "16000")).values["fine_yuan"]

    assert (added.text, added.note) == ("20000.00", "5000.00 + 15000.00，与文中所写合计相符")
    assert (doubtful.status, doubtful.reason) == ("unsure", "文中有3个不同的值：5000.00、16000.00、20000.00")


def test_two_dates_at_the_foot_leave_the_day_of_the_decision_open() -> None:
    assert reason(read(f"{PENALTY}2024年8月3日\n"), "decided_on") == (
        "unsure", "文中有2个不同的值：2024-08-01、2024-08-03")


def test_two_different_dates_leave_the_field_empty_and_show_both() -> None:
    record = read(RULING.replace("现已审查终结。", "现已审查终结。申请执行人于2025年3月11日向本院申请执行。"))

    assert reason(record, "applied_on") == ("unsure", "文中有2个不同的值：2025-03-10、2025-03-11")
    assert words(record, "applied_on") == ["于2025年3月10日向本院申请", "于2025年3月11日向本院申请"]


@pytest.mark.parametrize(("article", "day", "kind"), [
    ("第一百七十七条第一款", "2024年4月2日", "法定不起诉"),
    ("第一百七十五条第四款", "2024年4月2日", "存疑不起诉"),
    ("第二百八十二条第一款", "2024年4月2日", "附条件不起诉"),
    ("第一百七十三条第二款", "2018年10月25日", "相对不起诉"),
    ("第173条第1款", "2014年8月20日", "法定不起诉"),
])
def test_the_article_in_force_on_the_day_tells_the_kind(article: str, day: str, kind: str) -> None:
    text = NONPROSECUTION.replace("第一百七十七条第二款", article).replace("2024年4月2日", day)

    assert read(text).text("kind") == kind


def test_a_paragraph_that_tells_no_kind_raises_no_doubt() -> None:
    assert read(NONPROSECUTION.replace("第二款的规定，决定", "第三款的规定，决定")).values["kind"].status == "missing"


@pytest.mark.parametrize(("article", "day", "why"), [
    ("第一百七十三条第二款", "2024年4月2日", "第一百七十三条第二款不是文书日期2024-04-02适用的条文号"),
    ("第一百七十七条第二款", "2018年10月25日", "第一百七十七条第二款不是文书日期2018-10-25适用的条文号"),
    ("第一百七十七条", "2024年4月2日", "第一百七十七条没有写明款，不能确定类型"),
    ("第一百七十七条第二款", "某日", "文书日期不明，不能确定适用哪一版条文"),
])
def test_an_article_that_does_not_fit_the_day_leaves_the_kind_open(article: str, day: str, why: str) -> None:
    text = NONPROSECUTION.replace("第一百七十七条第二款", article).replace("2024年4月2日", day)

    assert reason(read(text), "kind") == ("unsure", why)


def test_words_and_figures_that_differ_leave_the_fine_empty_with_both() -> None:
    record = read(PENALTY.replace("（大写：贰万元整）", "（大写：贰仟元整）"))

    assert reason(record, "fine_yuan") == ("unsure", "大写与小写不一致：20000元 / 贰仟元整")
    assert words(record, "fine_yuan") == ["罚款20000元（大写：贰仟元整）"]


def test_a_total_that_is_not_the_sum_of_its_parts_is_a_conflict() -> None:
    assert told(read(PENALTY.replace("合计23000元", "合计25000元"))) == [
        "罚没合计与各项之和不符：25000.00 / 23000.00"]


def test_an_application_after_its_ruling_is_a_conflict_that_keeps_both_values() -> None:
    record = read(RULING.replace("于2025年3月10日向本院", "于2025年4月10日向本院"))

    assert taken(record, "applied_on", "ruled_on") == ("2025-04-10", "2025-03-17")
    conflict = next(c for c in record.conflicts if "晚于裁定日期" in c.what)
    assert conflict.what == "申请执行日期晚于裁定日期：2025-04-10 / 2025-03-17"
    assert [quote.text for _, quote in conflict.quotes] == ["于2025年4月10日向本院申请", "二〇二五年三月十七日"]


def test_a_deduction_that_is_more_than_sum_and_fee_is_a_conflict() -> None:
    assert told(read(ENFORCEMENT.replace("存款12588元", "存款12800元"))) == [
        "冻结划拨金额与标的、执行费之和不符：12800.00 / 12588.00"]


def test_a_cited_ruling_called_a_penalty_is_read_by_its_number_and_told() -> None:
    record = read(ENFORCEMENT.replace("行审15号行政裁定书", "行审15号行政处罚决定书"))

    assert record.text("basis_no") == "（2025）豫9902行审15号"
    assert told(record) == ["执行依据文号是行审号，文书却称作“行政处罚”：（2025）豫9902行审15号"]


@pytest.mark.parametrize(("name", "said"), [
    ("乙公司行政处罚决定书.txt", ["文件名写的是行政处罚决定书，内容是执行裁定书，按内容抽取"]),
    ("乙公司处罚决定书（2024）.txt", ["文件名写的是行政处罚决定书，内容是执行裁定书，按内容抽取"]),
    ("乙公司执行裁定书.txt", []),
    ("扫描0001.txt", []),
])
def test_a_name_that_belies_the_content_is_told(name: str, said: list[str]) -> None:
    assert told(read(ENFORCEMENT, name)) == said


@pytest.mark.parametrize(("text", "what"), [
    (RULING.replace("行审15号\n", "行初15号\n"), "标题像行审裁定书，案号类型却是“行初”"),
    (RULING.replace("行审15号\n", "行审复15号\n"), "标题像行审裁定书，案号类型却是“行审复”"),
    (PENALTY.replace("行政处罚决定书\n", "不予行政处罚决定书\n"), "是“不予行政处罚决定书”，不在能抽取的文书之列"),
    ("虚构市人民法院\n民事判决书\n（2025）豫9902民初1号", "是“民事判决书”，不在能抽取的文书之列"),
    ("今天天气很好。", "认不出是什么文书"),
    (PENALTY + PENALTY.replace("88号", "89号"), "一个文件里有2份文书"),
])
def test_a_document_of_no_declared_kind_is_refused(text: str, what: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(text)

    assert caught.value.what.startswith(what)


def test_a_ruling_cut_to_its_text_is_known_by_its_phrases() -> None:
    body = "\n".join(RULING.split("\n")[7:11])

    record = read(body)

    assert (record.kind.title, record.text("penalty_document_no")) == ("行审裁定书", "虚市监处罚〔2024〕88号")
    assert record.values["case_no"].status == "missing"


@pytest.mark.parametrize("text", [RULING, PENALTY, NONPROSECUTION, OPINION, ENFORCEMENT])
def test_one_long_paragraph_is_read_without_failing(text: str) -> None:
    joined = text.replace("\n", "")
    document = Document("甲.txt", "", "txt", numbered([(joined, "body")], "甲.txt"))

    try:
        [record] = extract.extract_document(document, KINDS)
    except SourceError:
        return
    assert all(value.quotes for value in record.values.values() if value.status == "taken")
