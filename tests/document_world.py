"""One clue as `engine.export.clue_files` tells it, written by hand, and a reader of Word files; names are invented."""

import io
import zipfile
from typing import Any
from xml.etree import ElementTree  # noqa: ICN001

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def item(label: str = "申请执行日", value: str = "2024年7月1日", **columns: object) -> dict[str, Any]:
    """Return one value of a finding."""
    return {
        "label": label, "value": value, "source": "column", "listed": True, "kind": "date", "its_table": "court_review",
        "its_label": "非诉执行审查（行审）", "number": "(2024)豫0000行审1号", "file": "行审.xlsx",
        "sheet": "台账", "line": 3, "raw": "申请日期：2024/7/1", "ground": None, "known": True,
    } | columns


def finding(**columns: object) -> dict[str, Any]:
    """Return one finding, addressed to an organ."""
    return {
        "turn": 1, "table_name": "court_review", "rule_id": "non_litigation.late", "rule_version": 2,
        "title": "测试超期申请", "unit_kind": "authority", "addressee": "authority", "addressee_label": "行政机关",
        "field": "行政非诉执行监督", "field_id": "non_litigation", "level_label": "高", "summary": "超过三个月才申请。",
        "say": "2024年7月1日申请，超28日", "flags": [], "to_check": ["调取送达回证"], "innocent": ["有正当理由"],
        "blind": ["来源未记载复议的期限可能算短"], "points": [], "authority": "测试市市场监督管理局",
        "court": "测试市测试区人民法院", "procuratorate": None, "party": "测试甲有限公司", "party_no": "914***01",
        "exclusions": [{"answer": "资料不足", "reason": "准予延期", "say": ""}],
        "basis": [{"article": "《行政强制法》第五十三条（2012年1月1日起施行）", "note": ""}],
        "law": [{"title": "申请执行期限", "length": "3个月",
                 "article": "《行政强制法》第五十三条（2012年1月1日起施行）",
                 "sure": True, "quote": "可以自期限届满之日起三个月内", "note": ""}],
        "counted": ["最后一日：自2024年3月1日次日起算3个月，"
                    "末日2024年6月1日（星期六）为休息日，顺延2日至2024年6月3日（星期一）"],
        "evidence": [item()],
    } | columns


def record(**columns: object) -> dict[str, Any]:
    """Return the record a finding is about."""
    row = {"source_id": "court", "file": "行审.xlsx", "sheet": "台账", "line": 3, "sha256": "a" * 64, "loaded_at": "",
           "cells": {"案号": "(2024)豫0000行审1号", "申请日期": "2024/7/1"}, "defects": []}
    return {
        "table_name": "court_review", "is_subject": True, "why": None, "confidence": None, "candidates": None,
        "label": "非诉执行审查（行审）", "number": "(2024)豫0000行审1号", "authority": "测试市市场监督管理局",
        "court": "测试市测试区人民法院", "procuratorate": None, "party": "测试甲有限公司",
        "place": "行审.xlsx（台账）第3行", "rows": [row],
    } | columns


def clue(clue_id: str = "C000000000001", **columns: object) -> dict[str, Any]:
    """Return one clue."""
    return {
        "format": "xiezhi-clue-1", "clue_id": clue_id, "status": "新增", "changed": None, "score": 61.5, "place": 1,
        "amount_yuan": "50000.00", "first_run": 1, "first_as_of": "2026-06-30", "last_run": 1,
        "last_as_of": "2026-06-30", "parts": [], "masked": True,
        "run": {"run_id": 1, "as_of": "2026-06-30", "engine": "0.1", "ended_at": "", "rules": "r", "law": "l",
                "data": "d", "by_rule": {}, "by_parameter": {}},
        "findings": [finding()], "records": [record()],
    } | columns


def texts(content: bytes, part: str = "word/document.xml") -> list[str]:
    """Return the paragraphs of a Word file as a reader sees them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = ElementTree.fromstring(archive.read(part))
    told = {f"{W}br": "\n", f"{W}tab": "\t"}
    return ["".join(told.get(node.tag, node.text if node.tag == f"{W}t" else "") or "" for node in paragraph.iter())
            for paragraph in root.iter(f"{W}p")]


def tags(content: bytes) -> set[str]:
    """Return the names of the elements in the body."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {node.tag for node in ElementTree.fromstring(archive.read("word/document.xml")).iter()}
