"""A clue as one page that any browser opens: no script, nothing from elsewhere, every text escaped."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from html import escape

from engine.documents.facts import money, place, spoken_day
from engine.documents.kinds import File
from engine.text import visible

_STYLE = """
body{font-family:"Noto Serif CJK SC","Songti SC",SimSun,serif;line-height:1.6;max-width:60rem;margin:1rem auto;
padding:0 1rem}table{border-collapse:collapse;width:100%;margin:.5rem 0}
th,td{border:1px solid #999;padding:.2rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#eef1f5}caption{text-align:left;font-weight:bold}
.faint{color:#555}h1{font-size:1.4rem}h2{font-size:1.15rem;border-bottom:1px solid #999}h3{font-size:1rem}
@media print{body{margin:0;max-width:none}}
"""
_ALLOWED = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_ALLOWED}'; base-uri 'none'; form-action 'none'"


def page(file: File) -> bytes:
    """Return the page of a clue file with `review` (see `documents.work`)."""
    run = file["run"]
    body = [
        f"<h1>线索 {_text(file['clue_id'])}</h1>",
        f"<p>第{_text(run['run_id'])}次运行，数据截止日{_text(spoken_day(file['last_as_of'] or run['as_of']))}，"
        f"状态：{_text(file['status'])}{_text(file['changed'] and '，' + file['changed'])}。"
        f"{'号码已遮盖。' if file['masked'] else '<strong>号码没有遮盖。</strong>'}</p>",
        f"<p>金额：{_text(money(file['amount_yuan']) if file['amount_yuan'] else '没有记载')}</p>",
        *(_finding(number, finding) for number, finding in enumerate(file["findings"], 1)),
        "<h2>记录原样</h2>", *(_record(record) for record in file["records"]),
        "<h2>研判和跟进</h2>", _work(file),
        "<p class=\"faint\">机器筛查结果不是违法认定，须调卷核实后使用。内部资料，注意保密。</p>",
    ]
    head = (f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
            f"<title>线索 {_text(file['clue_id'])}</title><style>{_STYLE}</style>")
    told = "\n".join(body)
    return f'<!DOCTYPE html>\n<html lang="zh-CN"><head>{head}</head><body>\n{told}\n</body></html>\n'.encode()


def _text(value: object) -> str:
    return escape(visible("" if value is None else str(value))).replace("\n", "<br>")


def _list(title: str, lines: Iterable[str | None]) -> str:
    items = "".join(f"<li>{_text(line)}</li>" for line in lines if line)
    return f"<h3>{title}</h3><ul>{items}</ul>" if items else ""


def _table(caption: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    body = "".join("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    head = "".join(f'<th scope="col">{name}</th>' for name in header)
    return f"<table><caption>{_text(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _finding(number: int, finding: File) -> str:
    evidence = [(i["label"], i["value"], place(i) if i["file"] else "", i["raw"] or i["ground"])
                for i in finding["evidence"]]
    law = [f"{line['article']}：{line['title']}{line['length']}" + (f"：“{line['quote']}”" if line["quote"] else "")
           + ("" if line["sure"] else "（把握中，须核原文）") for line in finding["law"]]
    basis = [b["article"] + (f"（{b['note']}）" if b["note"] else "") for b in finding["basis"]]
    return "".join((
        f"<h2>{number}. {_text(finding['title'])}</h2><p>{_text(finding['say'])}</p>",
        f"<p>当事人：{_text(finding['party'] or '（未记载）')}　{_text(finding['party_no'])}</p>",
        f"<p>被监督单位：{_text(finding.get(finding['unit_kind']) or '（未记载）')}</p>",
        _list("提示", finding["flags"]), _list("期限怎样算出", finding["counted"]),
        _list("可能的排除事由", [*(f"{e['answer']}：{e['reason']}" for e in finding["exclusions"]),
                          *(f"须人工核实：{text}" for text in finding["innocent"])]),
        _list("需调取核实的材料", finding["to_check"]), _list("规则看不到的", finding["blind"]),
        _list("法律依据", [*basis, *law]),
        _table("证据", ("项目", "值", "来源文件和行", "原始文字，或算式、条文"), evidence),
        f"<p class=\"faint\">规则 {_text(finding['rule_id'])} 第{_text(finding['rule_version'])}版</p>",
    ))


def _record(record: File) -> str:
    kind = "命中的记录" if record["is_subject"] else f"关联：{record['why'] or '按关联规则'}"
    return "".join(_table(f"{record['label']} {record['number'] or ''}（{kind}），{place(row)}", ("列名", "内容"),
                          row["cells"].items()) for row in record["rows"])


def _work(file: File) -> str:
    history = file["review"].get("history", ())
    if not history:
        return "<p>没有随附研判记录。</p>"
    rows = [(e["at"], e["by"], e["what"], e["rule_id"], "；".join(filter(None, (
        e["reason"], e["to"], e["document_no"], e["on"], e["words"])))) for e in history]
    return _table("处理记录", ("时间", "人员", "事项", "规则", "内容"), rows)
