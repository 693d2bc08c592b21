"""The commands as a person meets them: Chinese messages, JSON for machines, an exit code for every ending."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from rule_world import rules_folder
from test_rules_answers import LATE
from test_rules_check import CASES

from engine.cli.commands import cli

PENALTIES = """案件名称,行政处罚决定书文号,行政相对人名称,处罚机关,处罚决定日期,罚款金额（元）
测试案,虚市监处罚〔2025〕1号,虚构甲有限公司,虚构市市场监督管理局,2025-03-01,5000
"""


def xiezhi(*arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the command in its own process and demand its exit code."""
    words = [sys.executable, "-m", "engine.cli", *map(str, arguments)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.fixture
def places(tmp_path: Path) -> tuple[object, ...]:
    """Return the options that keep a command inside the test's folder."""
    return ("--home", tmp_path / "data", "--out", tmp_path / "out")


def test_help_is_chinese_and_names_every_command() -> None:
    shown = xiezhi("--help").stdout

    assert [name for name in cli.commands if name not in shown] == []
    assert "用法：" in shown
    assert "Usage" not in shown


@pytest.mark.parametrize(("arguments", "said"), [
    (("lod",), "没有命令 lod"),
    (("run", "--asof", "2026-01-01"), "没有选项 --asof"),
    (("run", "--as-of", "2026-13-01"), "2026-13-01 不是日期"),
    (("why", "referral.no_reply"), "缺少 文号或案号"),
    (("load", "nowhere.csv"), "nowhere.csv"),
])
def test_a_wrong_use_is_explained_in_chinese(arguments: tuple[str, ...], said: str) -> None:
    done = xiezhi(*arguments, code=2)

    assert said in done.stderr
    assert "--help" in done.stderr
    assert "Error" not in done.stderr


def test_loading_twice_brings_nothing_new(tmp_path: Path, places: tuple[object, ...]) -> None:
    file = tmp_path / "处罚.csv"
    file.write_text(PENALTIES, encoding="gb18030")

    first = json.loads(xiezhi("load", file, *places, "--json").stdout)
    second = json.loads(xiezhi("load", file, *places, "--json").stdout)

    assert [(r["status"], r["rows_in"], r["rows_loaded"]) for r in first] == [("loaded", 1, 1)]
    assert [(r["status"], r["rows_loaded"]) for r in second] == [("duplicate", 0)]


def test_a_refused_file_is_named_and_the_others_are_loaded(tmp_path: Path, places: tuple[object, ...]) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text(PENALTIES, encoding="utf-8")
    (tmp_path / "in" / "b.csv").write_text("", encoding="utf-8")

    done = xiezhi("load", tmp_path / "in", *places, code=4)

    assert "b.csv：文件为空" in done.stdout
    assert "a.csv" in done.stdout
    assert str(tmp_path) not in done.stdout + done.stderr


def test_explain_loads_nothing(tmp_path: Path, places: tuple[object, ...]) -> None:
    file = tmp_path / "处罚.csv"
    file.write_text(PENALTIES, encoding="utf-8")

    done = xiezhi("load", "--explain", file, *places)

    assert "处罚决定日期" in done.stdout
    assert not (tmp_path / "data" / "warehouse.duckdb").exists()


def test_lists_before_the_first_load_say_what_to_run(places: tuple[object, ...]) -> None:
    done = xiezhi("list", *places, code=1)

    assert "请先运行 xiezhi load 或 xiezhi run" in done.stderr


def test_a_draft_before_the_first_load_says_what_to_run(tmp_path: Path) -> None:
    places = ("--home", tmp_path / "data", "--out", tmp_path / "drafts")

    done = xiezhi("draft", "C000000000001", "--kind", "outline", *places, code=1)

    assert "请先运行 xiezhi load 或 xiezhi run" in done.stderr
    assert not (tmp_path / "drafts").exists()


def test_doctor_examines_everything(places: tuple[object, ...]) -> None:
    found = json.loads(xiezhi("doctor", *places, "--json", "--as-of", "2026-06-30").stdout)

    assert {f["name"] for f in found} >= {"工作日历", "规则", "来源映射", "数据仓"}
    assert all(f["ok"] for f in found)


def test_doctor_warns_when_the_calendar_runs_out(places: tuple[object, ...]) -> None:
    done = xiezhi("doctor", *places, "--as-of", "2026-12-20", code=1)

    assert "calendar_overrides.csv" in done.stdout
    assert "缺2027年的放假安排" in "".join(done.stdout.split())


def test_check_runs_every_rule_s_cases(places: tuple[object, ...]) -> None:
    told = json.loads(xiezhi("check", *places, "--json").stdout)

    assert (told["failed"], told["problems"]) == ([], [])
    assert len(told["rules"]) >= 8


def test_check_shows_notes_and_does_not_fail_for_them(places: tuple[object, ...], tmp_path: Path) -> None:
    folder = rules_folder(tmp_path / "rules", LATE.replace("over > 30", "sought_yuan > 20") + CASES)

    shown = xiezhi("check", "--rules", folder, *places).stdout.replace("\n", "")

    assert "· rules/trial/it.yaml:24:36：" in shown
    assert "20 元疑为 20 万元。20万元写成 200000；确是 20 元的，写成 20.00 [N-RULE-YUAN]" in shown


def test_check_says_which_rule_is_not_there(places: tuple[object, ...]) -> None:
    done = xiezhi("check", "referral.no_repl", *places, code=1)

    assert "referral.no_reply" in done.stderr
