"""The commands: English words, Chinese messages, `--json` for machines, an exit code for every ending.

0 done · 1 failed · 2 wrong usage · 3 another run holds the warehouse · 4 done in part (a file or a rule was refused)
"""

import sys

import click

from engine.cli import chinese, screen
from engine.cli.commands import cli
from engine.errors import EngineError


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as fault:
        screen.complain(chinese.explain(fault))
        sys.exit(2)
    except click.Abort:
        screen.complain("已中断；上一次的结果保持不变")
        sys.exit(1)
    except EngineError as fault:
        screen.complain(str(fault))
        sys.exit(fault.exit_code)
    sys.exit(code if isinstance(code, int) else 0)
