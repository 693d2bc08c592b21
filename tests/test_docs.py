"""Words are tested: every command, table, setting, mapping key, rule key and function is in the documents."""

import re
from pathlib import Path

import click
import pytest

from engine import catalogue
from engine.cli.commands import cli
from engine.cli.options import FOLDERS
from engine.records import TABLES

ROOT = Path(__file__).parents[1]
PAGES = {path.name: path.read_text(encoding="utf-8") for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]}


@pytest.mark.parametrize("command", sorted(cli.commands))
@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_both_readmes_show_the_command(page: str, command: str) -> None:
    assert f"`xiezhi {command}" in PAGES[page]


def test_the_data_dictionary_is_up_to_date() -> None:
    assert PAGES["data-dictionary.md"] == catalogue.data_dictionary()


@pytest.mark.parametrize("table", [t.name for t in TABLES])
def test_every_table_is_in_the_data_dictionary(table: str) -> None:
    assert f"## {table} " in PAGES["data-dictionary.md"]


@pytest.mark.parametrize("name", [f"--{name}" for name, *_ in FOLDERS] + [v for _, v, *_ in FOLDERS])
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in PAGES["operations.md"]


@pytest.mark.parametrize("command", cli.commands.values(), ids=sorted(cli.commands))
def test_every_option_has_chinese_help(command: click.Command) -> None:
    options = [p for p in command.params if isinstance(p, click.Option)]

    assert [o.name for o in options if not re.search("[一-鿿]", o.help or "")] == []


@pytest.mark.parametrize("page", sorted(PAGES))
def test_links_between_pages_lead_somewhere(page: str) -> None:
    folder = ROOT if (ROOT / page).exists() else ROOT / "docs"
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", PAGES[page])

    assert [t for t in targets if not (folder / t).exists()] == []


@pytest.mark.parametrize("package", ["[project]", "[project.optional-dependencies]"])
def test_every_dependency_has_its_reason(package: str) -> None:
    section = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split(f"{package}\n")[1].split("\n[")[0]
    names = re.findall(r'"([A-Za-z0-9-]+)[>=<]', section)

    assert [n for n in names if n not in PAGES["dependencies.md"]] == []
