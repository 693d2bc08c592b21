"""What each command does: read its options, call the engine, print."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

import engine
from engine import bench, evaluate, export, run, sample, sources
from engine.bench import comparing, pages
from engine.bench import linkage as hard
from engine.cli import (
    book_commands,
    doctor,
    document_commands,
    evaluate_command,
    handover_commands,
    new_rule,
    reports,
    review_commands,
    rule_commands,
    screen,
    serve_command,
    who_command,
)
from engine.cli.chinese import ChineseCommand, ChineseGroup
from engine.cli.extract_command import extract_command
from engine.cli.options import PARTLY, json_option, memory_option, planned, today
from engine.run import Plan
from engine.store import reading

source_option = click.option("--source", metavar="来源", help="不作识别，按此来源映射读取")
_EXISTING = click.Path(path_type=Path, exists=True)
paths_argument = click.argument("paths", nargs=-1, type=_EXISTING, metavar="文件或文件夹…")


@click.group(cls=ChineseGroup, context_settings={"help_option_names": ["--help"]})
@click.version_option(engine.__version__, message="獬豸 %(version)s", help="显示版本")
def cli() -> None:
    """獬豸：大数据法律监督模型引擎。"""


cli.add_command(extract_command)


@cli.command(cls=ChineseCommand)
@click.option("--rows", default=3000, show_default=True, metavar="件数", help="行政处罚的件数")
@click.option("--seed", default=1, show_default=True, metavar="种子", help="随机种子，相同则数据相同")
@click.option("--home", default="data/demo", type=click.Path(path_type=Path), metavar="文件夹", help="数据文件夹")
@click.option("--out", default="out", type=click.Path(path_type=Path), metavar="文件夹", help="清单写到哪里")
@click.option("--top", default=15, show_default=True, metavar="条数", help="屏幕上显示前几条线索")
def demo(rows: int, seed: int, home: Path, out: Path, top: int) -> int:
    """样例数据从入库到清单走一遍，并与预设答案对照。"""
    folder = home / "sample"
    with screen.progress() as progress:
        progress("sample", 0, 1)
        made = sample.generate(folder, rows=rows, seed=seed)
        plan = Plan(home, out, made.as_of, made.as_of)
        summary = run.run(plan, _files([folder]), progress=progress)
    ruleset = run.read_ruleset(plan)
    with reading(home) as store:
        reports.night(summary, ruleset)
        reports.clues(export.top(store, top, ruleset))
        reports.evaluation(evaluate.evaluate(store, folder / "answers.csv"))
    screen.say(f"清单在 {out}/ ：线索清单.xlsx、.csv、.parquet，运行说明 run.json")
    return PARTLY if summary["problems"] else 0


@cli.command(cls=ChineseCommand)
@paths_argument
@click.option("--explain", is_flag=True, help="只说明会怎样读取，不入库；对不认识的表头提出映射建议")
@source_option
@json_option
@planned
def load(plan: Plan, paths: Sequence[Path], explain: bool, source: str | None, as_json: bool) -> int:
    """把收到的文件入库（按表头自动识别来源）。"""
    files = _files(paths)
    if explain:
        found = sources.explain(sources.read_mappings(plan.sources), files, source=source)
        if as_json:
            screen.emit([f.as_dict() for f in found])
        else:
            screen.say("\n\n".join(f.text() for f in found))
        return PARTLY if any(f.refusal for f in found) else 0
    with screen.progress(silent=as_json) as progress:
        done = run.load(plan, files, source, progress)
    screen.emit([d.as_dict() for d in done]) if as_json else reports.loads(done)
    return PARTLY if any(d.refused for d in done) else 0


@cli.command("run", cls=ChineseCommand)
@paths_argument
@source_option
@json_option
@planned
def run_command(plan: Plan, paths: Sequence[Path], source: str | None, as_json: bool) -> int:
    """完整一夜：入库、归一、关联、适用规则、排序、发布、导出。"""
    with screen.progress(silent=as_json) as progress:
        summary = run.run(plan, _files(paths), source, progress)
    if as_json:
        screen.emit(summary)
    else:
        ruleset = run.read_ruleset(plan)
        reports.night(summary, ruleset)
        with reading(plan.home) as store:
            reports.clues(export.top(store, 15, ruleset))
        screen.say(f"清单在 {plan.out}/")
    return PARTLY if summary["problems"] or summary["refused"] else 0


cli.add_command(rule_commands.check)
cli.add_command(rule_commands.mutate)


@cli.command("list", cls=ChineseCommand)
@click.option("--gaps", "what", flag_value="gaps", help="列出调取清单：缺什么、向谁调取")
@click.option("--rejects", "what", flag_value="rejects", help="列出数据缺陷")
@click.option("--clues", "what", flag_value="clues", default="clues", help="列出线索（默认）")
@click.option("--top", default=50, show_default=True, metavar="条数", help="最多列出几条")
@json_option
@planned
def list_command(plan: Plan, what: str, top: int, as_json: bool) -> int:
    """列出最近一次完整运行的线索、资料缺口或数据缺陷。"""
    ruleset = run.read_ruleset(plan)
    with reading(plan.home) as store:
        if what == "gaps":
            frame, show = export.gaps(store, top, ruleset), reports.gaps
        elif what == "rejects":
            frame, show = export.rejects(store, top), reports.rejects
        else:
            frame, show = export.top(store, top, ruleset), reports.clues
    screen.emit(frame.to_dicts()) if as_json else show(frame)
    return 0


cli.add_command(book_commands.export_command)
cli.add_command(document_commands.draft)
cli.add_command(handover_commands.handover)
cli.add_command(handover_commands.receive)


cli.add_command(evaluate_command.evaluate)


@cli.command("sample", cls=ChineseCommand)
@click.option("--rows", default=3000, show_default=True, metavar="件数", help="行政处罚的件数，最多一千万")
@click.option("--seed", default=1, show_default=True, metavar="种子", help="随机种子，相同则数据相同")
@click.option("--out", default="sample", type=click.Path(path_type=Path), metavar="文件夹", help="写到哪里")
@json_option
def sample_command(rows: int, seed: int, out: Path, as_json: bool) -> int:
    """生成虚构的样例数据和预设答案。"""
    with screen.progress(silent=as_json) as progress:
        progress("sample", 0, 1)
        made = sample.generate(out, rows=rows, seed=seed)
    screen.emit(made.as_dict()) if as_json else reports.sampled(made)
    return 0


cli.add_command(review_commands.publish)
cli.add_command(review_commands.user)
cli.add_command(review_commands.review_group)
cli.add_command(serve_command.serve)
cli.add_command(rule_commands.why)
cli.add_command(rule_commands.diff)
cli.add_command(who_command.who)
cli.add_command(new_rule.new)


def _linkage(context: click.Context, option: click.Parameter, count: int | None) -> None:
    """Measure the parties alone and end the command."""
    if count:
        reports.linkage([hard.find(seed, count) for seed in hard.HELD_OUT])
        context.exit()


def _pages(context: click.Context, _: click.Parameter, clues: int | None) -> None:
    """Measure the workbench alone, and end."""
    if clues is None:
        return
    with tempfile.TemporaryDirectory(prefix="xiezhi-bench-") as folder:
        screen.say(pages.page(pages.measure(clues, Path(folder))))
    context.exit(0)


@cli.command("bench", cls=ChineseCommand)
@click.option("--rows", "sizes", multiple=True, type=int, default=(100_000,), metavar="件数", help="处罚件数，可多次")
@click.option("--seed", default=1, show_default=True, metavar="种子", help="随机种子")
@click.option("--work", default="data/bench", type=click.Path(path_type=Path), metavar="文件夹", help="在何处运行")
@click.option("--linkage", type=int, metavar="主体数", is_eager=True, expose_value=False, callback=_linkage,
              help="只测主体归一：虚构的疑难主体，种子十一至十三，给出查准、查全")
@click.option("--pages", type=int, metavar="线索数", is_eager=True, expose_value=False, callback=_pages,
              help="只测研判网页：虚构的线索，真的发布，十二人同时使用")
@click.option("--peers", is_flag=True, help="再把十条规则与手写 SQL、polars、pandas（已安装的话）并排测量")
@memory_option
@json_option
def bench_command(sizes: Sequence[int], seed: int, work: Path, peers: bool, memory: str, as_json: bool) -> int:
    """在本机测量一夜要多久：生成数据，运行两夜，报出各站用时和内存峰值。"""
    measured, compared = [], []
    for rows in sizes:
        screen.complain(f"… {rows:,} 件")
        measured.append(bench.measure(rows, seed, work, memory))
        compared.append(comparing.compare(bench.plan(work, memory)) if peers else [])
    if as_json:
        screen.emit([m.as_dict() | {"peers": [c.as_dict() for c in each]}
                     for m, each in zip(measured, compared, strict=True)])
        return 0
    screen.say(bench.page(measured, today()))
    for rows, each in zip(sizes, compared, strict=True):
        if each:
            screen.say(f"\n{rows:,} 件\n\n{comparing.page(each)}")
    return 0


@cli.command("doctor", cls=ChineseCommand)
@json_option
@planned
def doctor_command(plan: Plan, as_json: bool) -> int:
    """检查环境、文件夹、日历、规则和数据仓是否正常。"""
    findings = doctor.examine(plan)
    screen.emit([f.as_dict() for f in findings]) if as_json else reports.findings(findings)
    return 0 if all(f.ok for f in findings) else 1


def _files(paths: Sequence[Path]) -> list[Path]:
    """Return the files named, and those inside the folders named, in a stable order."""
    if not paths:
        return []
    found = [f for p in paths for f in (sorted(p.rglob("*")) if p.is_dir() else [p]) if f.is_file()]
    return [f for f in found if not f.name.startswith((".", "~$")) and f.name not in sample.OWN_FILES]
