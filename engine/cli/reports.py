"""What the engine reports, as lines and tables a person reads."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from engine.bench.linkage import Found
from engine.cli import screen
from engine.cli.doctor import Finding
from engine.evaluate import Evaluation
from engine.parties import OUTCOMES
from engine.rule_diff import KINDS, Difference, RuleCounts
from engine.rules import ANSWERS, CaseResult, RuleCheck, RuleSet
from engine.sample import SampleReport
from engine.sources import LoadReport

MOST_DIFFERENCES = 20
"""Differing answers shown on a screen."""

CUT = {
    "shared_numbers": "许多不同名称共用的号码", "ambiguous": "同时像几个主体而单列的",
    "crowded": "键值过于常见的关联行次",
}
"""What parties and links left out → in Chinese."""

STATUS = {"loaded": "入库", "duplicate": "已有", "refused": "拒收"}


def loads(done: Sequence[LoadReport]) -> None:
    """Print what became of each file, then every refusal and warning in full."""
    header = ("文件", "来源", "结果", "来件行", "入库", "缺陷", "跳过")
    rows = [(_place(r), r.title or "—", STATUS[r.status], r.rows_in, r.rows_loaded, r.rows_rejected, r.rows_skipped)
            for r in done]
    screen.table("入库情况", header, rows, right=(3, 4, 5, 6))
    for report in done:
        if report.message:
            screen.say(f"✗ {report.message}" if report.refused else f"· {report.message}")
        for warning in report.warnings:
            screen.say(f"! {report.file}：{warning}")
    total = sum(r.rows_rejected for r in done)
    if total:
        screen.say(f"共 {total:,} 行未能入库，逐行原因见 xiezhi list --rejects 或清单的“数据缺陷”页")


def _place(report: LoadReport) -> str:
    where = f"{report.file}［{report.sheet}］" if report.sheet else report.file
    return f"{where} → {report.table_label}" if report.table_label else where


def night(summary: Mapping[str, Any], ruleset: RuleSet) -> None:
    """Print a run's counts: rows loaded, answers per rule, clues per status, time and memory."""
    got = summary["loaded"]
    screen.say(f"新入库 {got['files']} 个文件（另有 {got['already']} 个此前已入库）：来件 {got['rows_in']:,} 行"
               f" = 入库 {got['rows_loaded']:,} + 缺陷 {got['rows_rejected']:,} + 跳过 {got['rows_skipped']:,}")
    for refusal in summary["refused"]:
        screen.say(f"✗ {refusal}")
    titles = {rule.id: rule.title for rule in ruleset.rules.values()}
    rows = [(titles.get(rule_id, rule_id), c["hit"], c["excluded"], c["gap"], c["clear"])
            for rule_id, c in summary["rules"].items()]
    title = f"第 {summary['run_id']} 次运行，以 {summary['as_of']} 为准"
    screen.table(title, ("规则", "命中", "排除", "资料缺口", "未命中"), rows, right=(1, 2, 3, 4))
    told = "，".join(f"{status} {n:,}" for status, n in summary["clues"].items())
    kept_away = f"；人工研判已排除、证据未变的 {summary['dismissed']:,} 项不再列入" if summary["dismissed"] else ""
    screen.say(f"线索：{told}{kept_away}")
    if told := "；".join(f"{CUT[what]} {n:,}" for what, n in summary["cut"].items() if n):
        screen.say(f"为免错连而不采用的：{told}")
    if answers := summary["answers"]:
        told = "；".join(f"{OUTCOMES[outcome]} {n:,} 对" for outcome, n in answers.items())
        screen.say(f"是否同一的人工回答：{told}")
    for problem in summary["problems"]:
        screen.say(f"✗ {problem}")
    seconds = sum(summary["seconds"].values())
    screen.say(f"用时 {seconds:.1f} 秒，内存峰值 {summary['peak_memory_mb']:,} MB")


def gaps(frame: pl.DataFrame) -> None:
    """Print what to fetch from whom, the most awaited first, as short blocks that fit any width."""
    if frame.height == 0:
        screen.say("没有资料缺口")
    for turn, row in enumerate(frame.iter_rows(named=True), start=1):
        screen.say(f"{turn:>4}　{row['向谁调取']}　{row['调取什么']}　{row['待判断件数']:,} 件待判断")
        since, until = row["期间起"], row["期间止"]
        screen.say(f"      期间：{since or '不详'} 至 {until or '不详'}　只缺这一项的 {row['只缺这一项']:,} 件")
        for label in ("需要的项目", "补齐后可判断的规则", "举例（文号、案号）"):
            screen.say(f"      {label}：{(row[label] or '').replace(chr(10), '、')}")


def linkage(found: Sequence[Found]) -> None:
    """Print how well planted parties were found, one row a seed."""
    rows = [(f.seed, f"{f.mentions:,}", f"{f.true:,}", f"{f.precision:.4f}", f"{f.recall:.4f}", f"{f.f1:.4f}")
            for f in found]
    header = ("种子", "提及", "应归并的对", "查准", "查全", "F1")
    screen.table("主体归一（虚构的疑难主体）", header, rows, right=range(6))


def clues(frame: pl.DataFrame) -> None:
    """Print the first clues of the list as short blocks that fit any width."""
    if frame.height == 0:
        screen.say("没有线索")
    for clue in frame.iter_rows(named=True):
        sum_at_stake = f"　{clue['金额（元）']:,} 元" if clue["金额（元）"] is not None else ""
        who = f"{clue['线索编号']}　{clue['当事人'] or '（未记载）'}"
        screen.say(f"{clue['序号']:>4}　{clue['得分']} 分　{clue['状态']}　{who}{sum_at_stake}")
        screen.say(f"      {clue['文号、案号'] or ''}")
        for sentence in (clue["违法情形"] or "").split("\n"):
            screen.say(f"      {sentence}")


def rejects(frame: pl.DataFrame) -> None:
    """Print data defects, gravest first, as short blocks: where, what, what to do."""
    if frame.height == 0:
        screen.say("没有数据缺陷")
    for defect in frame.iter_rows(named=True):
        sheet = f"［{defect['工作表']}］" if defect["工作表"] else ""
        line = f" 第{defect['行号']}行" if defect["行号"] else ""
        column = f" {defect['列']}" if defect["列"] else ""
        value = f"（{defect['值']}）" if defect["值"] else ""
        screen.say(f"{defect['类别']}　{defect['来源文件']}{sheet}{line}{column}：{defect['原因']}{value}")
        screen.say(f"      → {defect['处理办法']} [{defect['代码']}]")


def results_of(checks: Sequence[RuleCheck], facts: Sequence[CaseResult]) -> list[CaseResult]:
    """Return the outcome of every case, of rules and then of facts."""
    return [*(r for check in checks for r in check.results), *facts]


def checked(ruleset: RuleSet, checks: Sequence[RuleCheck], facts: Sequence[CaseResult]) -> None:
    """Print every fault with its place, every case that failed, what the cases leave unshown, and the counts."""
    results = results_of(checks, facts)
    problems = (*ruleset.law.problems, *ruleset.problems)
    for problem in problems:
        screen.say(f"✗ {problem}")
    for note in ruleset.notes:
        screen.say(f"· {note}")
    for result in results:
        for failure in result.failures:
            screen.say(f"✗ {result.where}：用例“{result.name}”：{failure}")
        if result.todo:
            screen.say(f"○ {result.where}：用例“{result.name}”待办：{result.todo}")
    rows = [(c.rule.title, c.rule.id, c.rule.version, len(c.rule.cases), sum(not r.passed for r in c.results),
             f"{c.coverage.seen}/{c.coverage.wanted}" if c.coverage else "") for c in checks]
    screen.table("规则检查", ("规则", "编号", "版本", "用例", "不符", "条件覆盖"), rows, right=(2, 3, 4, 5))
    owned = {owner: [r for r in facts if r.rule_id == owner] for owner in dict.fromkeys(r.rule_id for r in facts)}
    if owned:
        counts = [(owner, len(found), sum(not r.passed for r in found)) for owner, found in owned.items()]
        screen.table("推导事实", ("编号", "用例", "不符"), counts, right=(1, 2))
    for check in checks:
        if check.coverage is not None and check.coverage.missing:
            screen.say(f"· {check.rule.id} {check.coverage}")
    failed, known = sum(not r.passed for r in results), sum(bool(r.todo) for r in results)
    todo = f"，待办 {known}" if known else ""
    told = f"文件问题 {len(problems)}" + (f"，提示 {len(ruleset.notes)}" if ruleset.notes else "")
    screen.say(f"{len(checks)} 条规则，{len(results)} 个用例，不符 {failed}{todo}，{told}")


def check_as_dict(ruleset: RuleSet, checks: Sequence[RuleCheck], facts: Sequence[CaseResult]) -> dict[str, Any]:
    """Return the same for `--json`."""
    results = results_of(checks, facts)
    return {
        "rules": [check.rule.id for check in checks],
        "cases": len(results),
        "failed": [{"rule": r.rule_id, "case": r.name, "where": r.where, "failures": list(r.failures)}
                   for r in results if not r.passed],
        "coverage": {c.rule.id: {"seen": c.coverage.seen, "wanted": c.coverage.wanted, "missing": c.coverage.missing}
                     for c in checks if c.coverage is not None},
        "todo": [{"rule": r.rule_id, "case": r.name, "where": r.where, "why": r.todo} for r in results if r.todo],
        "problems": [str(p) for p in (*ruleset.law.problems, *ruleset.problems)],
        "notes": [str(n) for n in ruleset.notes],
    }


def difference(found: Difference, top: int) -> None:
    """Print what could not be compared, the counts of each rule in both sets, and the first changes with reasons."""
    for word, problems in found.problems.items():
        for problem in problems:
            screen.say(f"✗ {found.old if word == 'old' else found.new}：{problem}")
    for rule in found.rules:
        for text in filter(None, (rule.fault, rule.note)):
            screen.say(f"✗ {rule.rule_id}：{text}" if rule.fault else f"· {rule.rule_id}：{text}")
    moved = [r for r in found.rules if r.changes or r.old is None or r.new is None]
    rows = [(r.title, *(_moved(r, answer) for answer in ANSWERS),
             "，".join(f"{word} {r.changes[word]:,}" for word in KINDS.values() if word in r.changes)) for r in moved]
    if rows:
        title = f"{found.old} → {found.new}，以 {found.as_of} 为准"
        screen.table(title, ("规则", *ANSWERS.values(), "变化"), rows, right=range(1, 5))
    for change in found.changes.head(top).iter_rows(named=True):
        was, now = (f"{change[f'{word}得分']} 分" if change[f"{word}得分"] is not None else "—" for word in "原现")
        screen.say(f"{change['变化']}　{change['规则']}　{change['数据表']}　{change['记录']}")
        screen.say(f"      {change['原答案']} → {change['现答案']}，得分 {was} → {now}")
        screen.say(f"      {change['原因']}")
    count = found.changes.height
    more = f"，另有 {count - top:,} 处未列出，见 --json 或 --save" if count > top else ""
    screen.say(f"共 {count:,} 处变化{more}；{len(found.rules) - len(moved)} 条规则没有变化")


def _moved(rule: RuleCounts, answer: str) -> str:
    """One count in both sets: 12, or 12 → 9 where they differ; — where the rule is not in a set."""
    old, new = ("—" if counts is None else f"{getattr(counts, answer):,}" for counts in (rule.old, rule.new))
    return old if old == new else f"{old} → {new}"


def sampled(made: SampleReport) -> None:
    """Print what a sample holds."""
    screen.table("样例数据（全部虚构）", ("文件", "行数"), sorted(made.files.items()), right=(1,))
    screen.table("预设答案", ("规则", "应有回答", "关联", "件数"), made.answers, right=(3,))
    screen.say(f"判断日 {made.as_of}；写在 {made.out}/")


def findings(found: Sequence[Finding]) -> None:
    """Print what was examined, and the next step for whatever is not well."""
    for finding in found:
        screen.say(f"{'✓' if finding.ok else '✗'} {finding.name}：{finding.found}")
        if not finding.ok and finding.fix:
            screen.say(f"  → {finding.fix}")


def evaluation(result: Evaluation) -> None:
    """Print precision and recall of every rule, then each answer that differs."""
    rows = [(r.rule_id.split(".")[-1], f"{r.exact_found}/{r.exact_planted}", f"{r.fuzzy_found}/{r.fuzzy_planted}",
             r.false_alarms, f"{r.recall:.1%}", f"{r.precision:.1%}", f"{r.average_precision:.3f}",
             f"{r.agreed}/{r.answers}") for r in result.rules]
    header = ("规则", "精确", "模糊", "误报", "查全", "查准", "平均查准", "四答一致")
    screen.table("与预设答案对照（精确、模糊：按关联方式，查到/应命中）", header, rows, right=range(1, 8))
    for at, share in result.precision_at.items():
        screen.say(f"清单前 {at} 条：预设线索占 {share:.1%}，预设的正当情形占 {result.innocent_at[at]:.1%}")
    whole = f"查全 {result.recall:.1%}，查准 {result.precision:.1%}，平均查准 {result.average_precision:.3f}"
    screen.say(f"全清单：{whole}")
    for d in result.differences[:MOST_DIFFERENCES]:
        answer = f"应为{_answer(d.expected)}，实为{_answer(d.got)}"
        screen.say(f"· {d.rule_id} {d.key}：{answer}（{d.scenario}，关联 {d.link}）")
    if len(result.differences) > MOST_DIFFERENCES:
        screen.say(f"……共 {len(result.differences):,} 处不一致，全部见 --json")


def _answer(answer: str) -> str:
    return ANSWERS.get(answer, "没有这条记录")
