"""A clue's facts as the words of a template: numbered, each with its evidence, nothing left out that the clue tells.

What the data does not hold is said as such: an empty cell never means that something did not happen.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from engine.documents.kinds import Kind, chosen, unit_of
from engine.documents.words import BLOCKS, CONDITIONS

Row = Mapping[str, Any]
Entry = dict[str, str]
Data = dict[str, Any]

BLANK = "＿＿＿＿＿＿"
UNRECORDED = "（未记载）"
_ANSWERS = ("存在", "资料不足", "须人工核实", "不存在")
_NUMERALS = "一二三四五六七八九"


def data_of(kind: Kind, files: Sequence[Row]) -> Data:
    """Return every field and block of `engine.documents.words` for a document about the clues."""
    findings = chosen(kind, files)
    records = _once(record for file in files for record in file["records"])
    blocks: dict[str, list[Entry]] = {
        "情形": _problems(kind, findings), "事实": _facts(findings), "计算": _texts(f["counted"] for f in findings),
        "推导": _derived(findings) if kind.most == 1 else [], "依据": _law(findings), "事由": _exclusions(findings),
        "材料": _texts(f["to_check"] for f in findings), "局限": _texts(f["blind"] for f in findings),
        "关联": [_linked(r) for r in records if not r["is_subject"]], "缺陷": _texts([_defects(records)]),
        "提示": _texts([_warnings(kind, files, findings)]), "线索": [_line(file, findings) for file in files],
    }
    for name, entries in blocks.items():
        for number, entry in enumerate(entries, start=1):
            entry["序号"] = chinese(number) if name == "情形" else str(number)
    told: Data = {word: [{}] * (bool(blocks[block]) == word.startswith("有")) for word, block in CONDITIONS.items()}
    return _fields(kind, files, findings) | {name: blocks[name] for name in BLOCKS} | told


def _fields(kind: Kind, files: Sequence[Row], findings: Sequence[Row]) -> Entry:
    first, run = files[0], files[0]["run"]
    sums = [file["amount_yuan"] for file in files if file["amount_yuan"] is not None]
    return {
        "线索编号": "、".join(file["clue_id"] for file in files),
        "件数": str(len(files)),
        "受文单位": unit_of(kind, first) or BLANK,
        "当事人": _joined((f["party"] for f in findings), UNRECORDED),
        "证件号": _joined((f["party_no"] for f in findings), UNRECORDED),
        "文号": _joined((_number(r) for file in files for r in file["records"] if r["number"]), UNRECORDED),
        "金额": "、".join(f"{money(amount)}" for amount in sums) or "没有记载",
        "监督领域": _joined(f["field"] for f in findings),
        "规则": _joined(f["title"] for f in findings),
        "规则编号": _joined(f["rule_id"] for f in findings),
        "规则版本": _joined(f"第{f['rule_version']}版" for f in findings),
        "得分": "、".join(f"{file['score']:g}分" for file in files if file["score"] is not None) or "没有",
        "线索状态": _joined(file["status"] for file in files),
        "变化内容": _joined((file["changed"] for file in files), "没有变化"),
        "数据截止日": spoken_day(first["last_as_of"] or run["as_of"]),
        "运行批次": f"第{first['last_run']}次",
        "引擎版本": str(run["engine"]),
        "数据版本": str(run["data"] or UNRECORDED),
        "前发文书": _before(files),
    }


def chinese(number: int) -> str:
    """Return a number from 1 to 99 as 一、十二、三十一; others in digits.

    >>> chinese(1), chinese(10), chinese(12), chinese(31), chinese(120)
    ('一', '十', '十二', '三十一', '120')
    """
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _NUMERALS[tens - 1] + "十"
    return head + (_NUMERALS[ones - 1] if ones else "")


def spoken_day(day: str) -> str:
    """Return an ISO date as 2024年3月1日."""
    read = date.fromisoformat(day[:10])
    return f"{read.year}年{read.month}月{read.day}日"


def money(amount: str) -> str:
    """Return a sum as people read it.

    >>> money("480000.00"), money("12.50")
    ('480,000元', '12.50元')
    """
    whole, _, cents = amount.partition(".")
    return f"{int(whole):,}" + (f".{cents}" if cents.strip("0") else "") + "元"


def _joined(texts: Iterable[str | None], none: str = "") -> str:
    return "、".join(dict.fromkeys(text for text in texts if text)) or none


def _texts(lists: Iterable[Iterable[str]]) -> list[Entry]:
    return [{"内容": text} for text in dict.fromkeys(text for texts in lists for text in texts)]


def _once(records: Iterable[Row]) -> list[Row]:
    return list({(r["table_name"], r["place"], r["number"]): r for r in records}.values())


def _plain(label: str) -> str:
    """Return the name of a kind of record without its bracketed explanation."""
    return label.partition("（")[0]


def _number(record: Row) -> str:
    return f"{_plain(record['label'])}{record['number']}"


def _problems(kind: Kind, findings: Sequence[Row]) -> list[Entry]:
    return [{"违法情形": f["say"].rstrip("。"), "规则": f["title"], "说明": f["summary"] or "",
             "单位": f.get(kind.to or f["unit_kind"]) or UNRECORDED} for f in findings]


def place(row: Row) -> str:
    """Return where a row stands: 《文件》工作表“表”第3行."""
    sheet = f"工作表“{row['sheet']}”" if row.get("sheet") else ""
    return f"《{row['file']}》{sheet}第{row['line']}行"


def _facts(findings: Sequence[Row]) -> list[Entry]:
    """Return each recorded value the rules show as evidence once, with the delivered text behind it."""
    found: dict[tuple[str, str], Entry] = {}
    for item in (item for f in findings for item in f["evidence"] if _is_fact(item)):
        label = item["label"].rpartition("·")[2]
        of = "" if label.startswith("是否") else "的"
        named = f"{_plain(item['its_label'])}{of}{label}" if item["its_label"] else label
        if item["file"] is None:
            text, ground = f"{item['label']}：没有关联到记录", "数据中没有找到这种记录；不等于不存在，须核实"
        elif not item["known"]:
            text, ground = f"{named}：来源没有记载", f"{place(item)}没有填写；不等于没有发生，须核实"
        else:
            text = f"{named}：{item['value']}"
            ground = place(item) + (f"“{item['raw']}”" if item["raw"] else "（由来源中的其他列得出）")
        found.setdefault((text, ground), {"内容": text, "证据": ground, "项目": named, "值": item["value"]})
    return list(found.values())


def _is_fact(item: Row) -> bool:
    return bool(item["listed"] and item["source"] == "column")


def _derived(findings: Sequence[Row]) -> list[Entry]:
    """Return the values the rules computed, and the recorded ones they looked at beside their evidence."""
    found: dict[tuple[str, str], Entry] = {}
    absent: dict[str, None] = {}
    for item in (item for f in findings for item in f["evidence"] if not _is_fact(item)):
        if not item["known"]:
            absent[item["label"]] = None
            continue
        ground = item["ground"] or (place(item) if item["source"] == "column" else "由规则计算")
        entry = {"项目": item["label"], "值": item["value"], "来由": ground}
        found.setdefault((item["label"], item["value"]), entry)
    if absent:
        found["", ""] = {"项目": "来源没有记载的", "值": "、".join(absent), "来由": "不等于没有发生"}
    return list(found.values())


def _law(findings: Sequence[Row]) -> list[Entry]:
    found: dict[str, Entry] = {}
    for basis in (basis for f in findings for basis in f["basis"]):
        note = f"（{basis['note']}）" if basis["note"] else ""
        found.setdefault(basis["article"], {"条文": basis["article"], "引文": "", "内容": basis["article"] + note})
    for line in (line for f in findings for line in f["law"]):
        quote = f"：“{line['quote']}”" if line["quote"] else ""
        doubt = "" if line["sure"] else f"（把握中，须核原文{'；' + line['note'] if line['note'] else ''}）"
        text = f"{line['article']}：{line['title']}{line['length']}{quote}{doubt}"
        found.setdefault(f"{line['article']}{line['title']}",
                         {"条文": line["article"], "引文": line["quote"], "内容": text})
    return list(found.values())


def _exclusions(findings: Sequence[Row]) -> list[Entry]:
    asked = [(e["answer"], e["reason"]) for f in findings for e in f["exclusions"]]
    asked += [("须人工核实", text) for f in findings for text in f["innocent"]]
    ordered = sorted(dict.fromkeys(asked), key=lambda pair: _ANSWERS.index(pair[0]))
    return [{"判断": answer, "内容": reason} for answer, reason in ordered]


def _linked(record: Row) -> Entry:
    sure = f"，置信度{record['confidence']:.2f}" if record["confidence"] is not None else ""
    several = f"，候选{record['candidates']}件" if (record["candidates"] or 0) > 1 else ""
    return {"记录": record["label"], "文号": record["number"] or "", "出处": record["place"],
            "方式": f"{record['why'] or '按关联规则'}{sure}{several}"}


def _defects(records: Sequence[Row]) -> list[str]:
    return [f"{place(row)}“{d['column'] or ''}”{d['reason']}（{d['value'] or '空'}）"
            for record in records for row in record["rows"] for d in row["defects"]]


def _warnings(kind: Kind, files: Sequence[Row], findings: Sequence[Row]) -> list[str]:
    """Return what the person who drafts must know and could overlook."""
    told = [f"线索{f['clue_id']}已不在最近一次的清单：{f['changed']}" for f in files if f["status"] == "消失"]
    told += [text for f in findings for text in f["flags"]]
    told += ["有的关联不是按号码而是按相近的姓名、名称、日期找到的，先核对是不是同一件"
             for file in files for r in file["records"] if r["confidence"] is not None and r["confidence"] < 0.9][:1]
    others = [f["title"] for file in files for f in file["findings"] if f not in findings]
    told += [f"本线索还有不属于本文书的情形，另行处理：{'、'.join(dict.fromkeys(others))}"] if others else []
    if kind.id == "opinion" and (earlier := _before(files)) != BLANK:
        told.append(f"已有{earlier}，核对是否应当改用跟进监督函")
    if files[0]["masked"]:
        told.append("证件号等号码已遮盖，按来源文件和行号核对原件")
    return told


def _before(files: Sequence[Row]) -> str:
    """Return the procuratorial opinions on record: kind, number, day."""
    told = [f"检察意见书{r['number'] or ''}" for file in files for r in file["records"] if r["table_name"] == "opinion"]
    return _joined(told, BLANK)


def _line(file: Row, chosen_ones: Sequence[Row]) -> Entry:
    findings = [f for f in file["findings"] if f in chosen_ones]
    subjects = [r for r in file["records"] if r["is_subject"]]
    return {
        "线索编号": file["clue_id"], "当事人": _joined((f["party"] for f in findings), UNRECORDED),
        "文号": _joined((r["number"] for r in subjects), UNRECORDED),
        "违法情形": "；".join(f["say"].rstrip("。") for f in findings),
        "金额": money(file["amount_yuan"]) if file["amount_yuan"] is not None else "没有记载",
        "出处": _joined(r["place"] for r in subjects),
    }
