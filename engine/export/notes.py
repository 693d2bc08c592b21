"""What a reader of the lists must know about the run: versions, counts, files, coverage, how to read; and run.json."""

import json
from datetime import date, datetime
from typing import Any

import polars as pl

from engine.clues import STATUSES
from engine.errors import EngineError
from engine.records import BY_NAME
from engine.rules import ANSWERS, RuleSet
from engine.store import Store
from engine.text import NEUTRALISED

Rows = list[tuple[str, str, str]]

READING = (
    ("线索", "机器按规则筛出的可疑事项，不是违法认定；每条都须调卷核实后才能使用"),
    ("得分", "只用来排先后，不是违法概率；五个部分的来由见“评分构成”，权重见 rules/ranking.yaml"),
    ("状态", "新增：第一次出现；变化：证据有变，变了什么见“变化内容”；持续：证据未变；复现：消失后又出现；"
             "消失：本次不再符合，列在“消失”表"),
    ("排除事由", "不存在：数据表明没有；资料不足：数据里看不出，须人工核实；存在的不列为线索，列在“排除”清单"),
    ("空白与（未记载）", "来源文件没有记载，绝不表示没有发生；因此不能判断的列在“资料缺口”表"),
    ("证据", "每个数值对应的来源文件、工作表、行号和原始文字；计算得出的写明算式，推导的写明条文"),
    ("证件号", "默认遮盖中间各位；核实时按来源文件和行号查原件"),
    ("CSV", NEUTRALISED + "；xlsx 中所有文字都是文字单元格，不含公式和链接"),
    ("超长", "工作表只列前若干行（证据 100,000 行，其余清单 20,000 行），一个单元格最多 32,767 字；超出的在原处标明，"
             "全部见同名 CSV"),
)
"""How to read the lists."""


def last_run(store: Store) -> dict[str, Any]:
    """Return the last run: its columns of `run`, the summary read. Raises EngineError where there was none."""
    names = ("run_id", "as_of", "started_at", "ended_at", "engine", "rules", "summary")
    found = store.rows(f"SELECT {', '.join(names)} FROM run ORDER BY run_id DESC LIMIT 1")
    if not found:
        raise EngineError("数据仓", "还没有完整的运行", "请先运行 xiezhi run", code="E-NO-RUN")
    run = dict(zip(names, found[0], strict=True))
    run["summary"] = json.loads(run["summary"] or "{}")
    return run


def notes(store: Store, run: dict[str, Any], rules: RuleSet, lists: dict[str, int]) -> pl.DataFrame:
    """Return the notes as rows of 类别, 项目, 内容; `lists` is how many rows each list has."""
    summary = run["summary"]
    versions = {"引擎": run["engine"], "规则": summary.get("versions", {}).get("rules", run["rules"])}
    versions |= {label: summary.get("versions", {}).get(key) for key, label in (("law", "法定参数"), ("data", "数据"))}
    rows: Rows = [("运行", "运行批次", f"第{run['run_id']}次"), ("运行", "数据截止日", day(run["as_of"])),
                  ("运行", "开始时间", moment(run["started_at"])), ("运行", "结束时间", moment(run["ended_at"]))]
    rows += [("版本", name, str(value)) for name, value in versions.items() if value]
    rows += _used(summary.get("versions", {}), rules)
    rows += [("怎样读", name, text) for name, text in READING]
    rows += [("清单", name, f"{count:,} 行") for name, count in lists.items()]
    rows += [("线索状态", status, f"{count:,} 条") for status, count in _statuses(store, summary)]
    rows += _answers(store, summary, rules)
    rows += [("规则未能使用", "", problem) for problem in summary.get("problems", [])]
    rows += [("规则看不到的", rule.title, text)
             for rule in rules.rules.values() for text in rule.blind if rule.is_active]
    rows += _files(store)
    rows += _coverage(store)
    rows += [("数据表", table.label, f"{count:,} 条") for name, table in BY_NAME.items()
             if (count := store.count(f"SELECT count(*) FROM {name}"))]
    return pl.DataFrame(rows, schema={"类别": pl.String, "项目": pl.String, "内容": pl.String}, orient="row")


def _used(versions: dict[str, Any], rules: RuleSet) -> Rows:
    """The version and logic hash of every rule and parameter the run used, as in rules.lock."""
    titles = {"by_rule": {r.id: r.title for r in rules.rules.values()},
              "by_parameter": {p.id: p.title for p in rules.law.parameters.values()}}
    return [(word, titles[kind].get(ident, ident), f"{ident} 第{used['version']}版，逻辑指纹 {used['logic']}")
            for kind, word in (("by_rule", "规则版本"), ("by_parameter", "法定参数版本"))
            for ident, used in versions.get(kind, {}).items()]


def _statuses(store: Store, summary: dict[str, Any]) -> list[tuple[str, int]]:
    """Counts of this run; of a run without a summary, those of the table (where gone clues add up over runs)."""
    counts = summary.get("clues") or dict(store.rows("SELECT status, count(*) FROM clue GROUP BY status"))
    return [(status, counts.get(status, 0)) for status in STATUSES]


def _answers(store: Store, summary: dict[str, Any], rules: RuleSet) -> Rows:
    counts: dict[str, dict[str, Any]] = {}
    for rule_id, answer, count in store.rows("SELECT rule_id, answer, count(*) FROM hit GROUP BY ALL ORDER BY ALL"):
        counts.setdefault(rule_id, {})[answer] = count
    for rule_id, told in summary.get("rules", {}).items():
        counts.setdefault(rule_id, {}).update(told)
    rows: Rows = []
    for rule_id, found in sorted(counts.items()):
        rule = rules.rules.get(rule_id)
        text = "，".join(f"{label} {found[answer]:,}" for answer, label in ANSWERS.items() if answer in found)
        fault = f"；未采用：{found['fault']}" if found.get("fault") else ""
        title = f"{rule.title}（{rule_id} 第{rule.version}版）" if rule else rule_id
        rows.append(("规则结果", title, text + fault))
    return rows


def _files(store: Store) -> Rows:
    found = store.rows("""
        SELECT file, sheet, source_id, table_name, status, rows_in, rows_loaded, rows_rejected, rows_skipped, loaded_at
        FROM delivery ORDER BY batch_id, sheet, table_name""")
    return [("收到的文件", f"{file}{f'（{sheet}）' if sheet else ''}",
             f"{source or '未识别来源'} → {BY_NAME[table].label if table in BY_NAME else '未入库'}："
             f"{'整个文件拒收；' if status == 'refused' else ''}"
             f"共 {rows_in or 0:,} 行，入库 {loaded or 0:,}，缺陷 {rejected or 0:,}，跳过 {skipped or 0:,}"
             f"（{moment(at)}）")
            for file, sheet, source, table, status, rows_in, loaded, rejected, skipped, at in found]


def _coverage(store: Store) -> Rows:
    found = store.rows("""
        SELECT table_name, supplier, division, covers_from, covers_until, exhaustive FROM coverage ORDER BY ALL""")
    return [("数据覆盖声明", BY_NAME[table].label if table in BY_NAME else str(table),
             f"{supplier or ''} 区划{division or '不限'} {day(start)} 至 {day(end)}："
             f"{'完整，没有记录即未发生' if exhaustive else '不完整，没有记录不说明未发生'}")
            for table, supplier, division, start, end, exhaustive in found]


def run_json(store: Store, run: dict[str, Any], lists: dict[str, int], seconds: float) -> str:
    """Return the run for machines: its summary, the lists' rows, the answers, and every file with its sha-256."""
    names = ("file", "sheet", "source_id", "table_name", "sha256", "bytes", "format", "encoding", "status", "rows_in",
             "rows_loaded", "rows_rejected", "rows_skipped", "loaded_at")
    files = store.rows(f"SELECT {', '.join(names)} FROM delivery ORDER BY batch_id, sheet, table_name")
    answers = store.rows("SELECT rule_id, rule_version, answer, count(*) FROM hit GROUP BY ALL ORDER BY ALL")
    told = run["summary"] | {
        "run_id": run["run_id"], "as_of": run["as_of"], "started_at": run["started_at"], "ended_at": run["ended_at"],
        "engine": run["engine"], "lists": lists, "export_seconds": round(seconds, 2),
        "answers": [dict(zip(("rule_id", "version", "answer", "count"), row, strict=True)) for row in answers],
        "files": [dict(zip(names, row, strict=True)) for row in files],
    }
    return json.dumps(told, ensure_ascii=False, indent=2, default=str) + "\n"


def day(value: date | None) -> str:
    """Return a date in Chinese; none at all is 不详."""
    return f"{value.year}年{value.month}月{value.day}日" if value else "不详"


def moment(value: datetime | None) -> str:
    """Return a time to the second; none at all is 不详."""
    return f"{value:%Y-%m-%d %H:%M:%S}" if value else "不详"
