"""The walk-through shows what the commands show."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli.commands import cli

DOCS = Path(__file__).parents[1] / "docs"
BLOCKS = re.compile(r"```(sh|text)\n(.*?)```", re.S)


def test_every_line_of_the_walk_through_is_what_the_command_above_it_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(DOCS / "walk-through", tmp_path / "docs" / "walk-through")
    monkeypatch.chdir(tmp_path)
    printed, wrong, lines = "", [], 0

    for language, text in BLOCKS.findall((DOCS / "walk-through.md").read_text(encoding="utf-8")):
        for line in text.strip().splitlines():
            if language == "sh":
                printed = CliRunner().invoke(cli, line.split()[1:]).output
            else:
                lines += 1
                wrong += [line] if line.strip() not in printed else []

    assert wrong == []
    assert lines > 15
