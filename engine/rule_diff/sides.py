"""The two rule sets that are compared: each a folder, or a folder as it stood at a git revision.

A revision is read through `git archive` into a temporary folder; the work tree and the index are not touched.
"""

import contextlib
import io
import subprocess
import tarfile
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from engine.errors import EngineError, RuleError
from engine.law import read_law
from engine.links import LinkSpec, read_links
from engine.ranking import Weights, read_weights
from engine.rules import RuleSet, read_rules, rule_ids

OWN = Path(__file__).parents[2] / "rules"
"""The rules delivered with the program; their weights serve a rules folder without any."""

SECONDS = 60
"""Longest time one git command may take."""


@dataclass(frozen=True)
class Side:
    """One rule set as read: its faulty files are in `problems`, and `present` names every rule that has a file."""

    name: str
    rules: RuleSet
    links: dict[str, LinkSpec]
    weights: Weights
    present: frozenset[str]
    problems: tuple[RuleError, ...]

    def fault(self, rule_id: str) -> str:
        """Return why a rule of this side cannot be applied, '' where it can or is not there."""
        rule = self.rules.rules.get(rule_id)
        if rule is None:
            return f"{self.name} 里的规则文件有错，没有比较" if rule_id in self.present else ""
        faulty = sorted({use.shape.id for use in rule.links} - set(self.links))
        return f"{self.name} 里的关联文件 {'、'.join(faulty)} 有错，没有比较" if faulty else ""

    def without(self, rule_ids: Collection[str]) -> "Side":
        """Return the side with those rules left out."""
        kept = {rule_id: rule for rule_id, rule in self.rules.rules.items() if rule_id not in rule_ids}
        return replace(self, rules=replace(self.rules, rules=kept))


@contextlib.contextmanager
def opened(spec: str, beside: Path) -> Iterator[Path]:
    """Yield the folder of rules that `spec` names: a folder, `REVISION`, or `REVISION:FOLDER`.

    A bare revision means the folder `beside` as it stood then. Raises EngineError where git cannot give it.
    """
    if Path(spec).is_dir():
        yield Path(spec)
        return
    revision, _, inside = spec.partition(":")
    with tempfile.TemporaryDirectory(prefix="xiezhi-") as made:
        folder = Path(made) / "rules"
        _unpack(_archive(spec, revision, inside, beside), folder)
        yield folder


def read_side(name: str, folder: Path, drafts: bool) -> Side:
    """Return the rule set of a folder; the lock is not asked. `drafts`: count drafts among the active rules."""
    law = read_law(folder / "law")
    rules = read_rules(folder, law, locked=False)
    problems = [*law.problems, *rules.problems]
    links = read_links(folder / "links", problems)
    if drafts:
        active = {i: replace(r, maturity="trial") if r.maturity == "draft" else r for i, r in rules.rules.items()}
        rules = replace(rules, rules=active)
    weights = read_weights(next(f for f in (folder / "ranking.yaml", OWN / "ranking.yaml") if f.exists()))
    return Side(name, rules, links, weights, rule_ids(folder), tuple(problems))


def _archive(spec: str, revision: str, inside: str, beside: Path) -> bytes:
    """Return a tar of the folder at the revision."""
    where = Path.cwd() if inside or not beside.is_dir() else beside
    top = Path(_git(spec, where, "rev-parse", "--show-toplevel").decode().strip())
    path = PurePosixPath(inside) if inside else PurePosixPath(beside.resolve().relative_to(top.resolve()))
    commit = _git(spec, top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return _git(spec, top, "archive", "--format=tar", f"{commit.decode().strip()}:{path}")


def _git(spec: str, folder: Path, *words: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, timeout=SECONDS, check=False)
    except FileNotFoundError:
        what, fix = "不是文件夹；要按版本比较，又没有安装 git", "请写规则文件夹，或先安装 git"
        raise EngineError(spec, what, fix, "E-DIFF-GIT") from None
    except subprocess.TimeoutExpired:
        raise EngineError(spec, f"git 超过 {SECONDS} 秒没有回答", "请先取出到文件夹，再比较", "E-DIFF-GIT") from None
    if done.returncode == 0:
        return done.stdout
    what = {"--show-toplevel": "不是文件夹，所在处也不是 git 版本库", "--verify": "不是文件夹，也不是 git 版本"}.get(
        words[1], "该版本里没有这个文件夹")
    raise EngineError(spec, what, "写规则文件夹，或 HEAD~1、v1.2:rules 这样的版本", "E-DIFF-SIDE")


def _unpack(tar: bytes, folder: Path) -> None:
    """Write the archive's plain files below the folder; links and the like are left out."""
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        for member in archive:
            parts = PurePosixPath(member.name).parts
            content = archive.extractfile(member) if member.isfile() else None
            if content is None or ".." in parts or PurePosixPath(member.name).is_absolute():
                continue
            target = folder.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())
    folder.mkdir(exist_ok=True)
