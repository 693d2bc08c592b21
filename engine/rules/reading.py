"""The folder of rules into a bound set: links, facts, then rules; every fault of every file in one reading.

A faulty file is left out and named in `problems`; the others stand. Layout: `rules/links/*.yaml`, `rules/facts/*.yaml`
(one table each), `rules/<field>/*.yaml` (one rule each; its id is folder.file). A pack from elsewhere is a further
folder of the same layout; an id that two folders give is refused in both.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from engine.errors import RuleError
from engine.law import Law
from engine.records import BY_NAME
from engine.rules import kinds
from engine.rules.clauses import MOST, Clauses
from engine.rules.fact_cases import read_fact_cases
from engine.rules.locking import enforce
from engine.rules.model import Fact, FactCase, LinkShape, Rule, RuleSet
from engine.rules.names import Name, Scope
from engine.rules.rule_file import read_rule
from engine.rules.sheet import MAX_LEVELS
from engine.strict_yaml import File, Node, Scalar, read

NOT_RULES = ("law", "links", "facts", "schema")
_STEM = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
FACT_FILE_KEYS = ("table", "facts", "cases", "x")
FACT_KEYS = ("type", "title", "basis", "law", "let", "expr", "x")
FACT_TYPES = ("date", "text", "int", "number", "money", "bool")


def read_rules(folder: Path, law: Law, packs: Sequence[Path] = (), *, locked: bool = True) -> RuleSet:
    """Return all rules of a folder (and of further packs), bound to tables, links, facts and law.

    Unless `locked` is false, a rule that contradicts its folder's lock (`engine.rules.locking`) is stopped.
    """
    problems: list[RuleError] = []
    notes: list[RuleError] = []
    folders = (folder, *packs)
    links = {path.stem: shape for path in _files(folders, "links", problems)
             if (shape := _read_link(path, folders, problems)) is not None}
    facts: dict[str, dict[str, Fact]] = {}
    fact_cases: dict[str, tuple[FactCase, ...]] = {}
    for path in _files(folders, "facts", problems):
        table, found, cases = _read_facts(path, folders, law, (problems, notes))
        facts.setdefault(table, {}).update(found)
        fact_cases[table] = cases
    rules: dict[str, Rule] = {}
    found_rules = RuleSet(rules, links, facts, law, problems, notes, fact_cases)
    for rule_id, path in _rule_files(folders, problems):
        file = read(path, _shown(path, folders))
        rule = read_rule(file, rule_id, found_rules)
        problems += file.problems
        notes += file.notes
        if rule is not None and not file.problems:
            rules[rule_id] = rule
    if locked:
        enforce(found_rules, folders)
    return found_rules


def rule_ids(folder: Path) -> frozenset[str]:
    """Return the ids of all rule files of a folder, readable or not."""
    return frozenset(f"{p.parent.name}.{p.stem}" for p in folder.glob("*/*.yaml") if p.parent.name not in NOT_RULES)


def _files(folders: Iterable[Path], kind: str, problems: list[RuleError]) -> Iterator[Path]:
    """Yield the files of one kind; of two with the same name neither."""
    by_stem: dict[str, list[Path]] = {}
    for folder in folders:
        for path in sorted((folder / kind).glob("*.y*ml")):
            by_stem.setdefault(path.stem, []).append(path)
    yield from _unique(by_stem, problems)


def _rule_files(folders: Sequence[Path], problems: list[RuleError]) -> Iterator[tuple[str, Path]]:
    by_id: dict[str, list[Path]] = {}
    for folder in folders:
        for path in sorted(folder.glob("*/*.y*ml")):
            if path.parent.name not in NOT_RULES:
                by_id.setdefault(f"{path.parent.name}.{path.stem}", []).append(path)
    for path in _unique(by_id, problems):
        yield f"{path.parent.name}.{path.stem}", path


def _unique(by_name: dict[str, list[Path]], problems: list[RuleError]) -> Iterator[Path]:
    for name, paths in by_name.items():
        if len(paths) > 1:
            places = "、".join(p.as_posix() for p in paths)
            what = f"编号 {name} 重复，都不采用"
            problems.append(RuleError(places, what, "请只留一个或改名", "E-RULE-TWICE"))
        elif paths[0].suffix != ".yaml" or not all(_STEM.fullmatch(part) for part in name.split(".")):
            what = f"文件名“{paths[0].name}”不能作编号"
            fix = "用小写英文字母、数字和下划线，后缀 .yaml"
            problems.append(RuleError(paths[0].as_posix(), what, fix, "E-RULE-ID"))
        else:
            yield paths[0]


def _shown(path: Path, folders: Iterable[Path]) -> str:
    """Return the file's name for messages: from its rules folder on."""
    folder = next(f for f in folders if path.is_relative_to(f))
    return f"{folder.name}/{path.relative_to(folder).as_posix()}"


def _read_link(path: Path, folders: Sequence[Path], problems: list[RuleError]) -> LinkShape | None:
    """Read which tables a link joins; its steps are read by `engine.links`."""
    file = read(path, _shown(path, folders))
    entries = {k.text: v for k, v in file.entries(file.root)}
    title = file.text(entries.get("title"))
    from_table, to_table = (file.choice(entries.get(key), list(BY_NAME)) for key in ("from", "to"))
    head = file.choice(entries.get("head"), ("from", "to")) or ""
    problems += file.problems
    if title is None or from_table is None or to_table is None:
        if not file.problems:
            what = "关联缺少 title、from 或 to"
            problems.append(RuleError(file.place(file.root), what, "请补上", "E-RULE-LINK"))
        return None
    several = file.text(entries.get("several")) == "normal"
    return LinkShape(path.stem, title, from_table, to_table, path.as_posix(), head, several)


def _read_facts(
    path: Path, folders: Sequence[Path], law: Law, told: tuple[list[RuleError], list[RuleError]]
) -> tuple[str, dict[str, Fact], tuple[FactCase, ...]]:
    """Read the facts of one table and their cases; a faulty fact is left out, and so are those that need it.

    `told`: where faults and notes go.
    """
    file = read(path, _shown(path, folders))
    keys = file.mapping(file.root, FACT_FILE_KEYS, required=("table", "facts"))
    table = file.choice(keys.get("table"), list(BY_NAME))
    found: dict[str, Fact] = {}
    if table is not None and table != path.stem:
        file.problem(keys["table"], f"文件名应为 {table}.yaml", "一个表一个文件，文件名即表名", "E-RULE-ID")
    if table is not None:
        scope = Scope(BY_NAME[table], tables=law.tables)
        height: dict[str, int] = {}
        for key, node in file.entries(keys.get("facts"), MOST):
            fact = _read_fact(Clauses(file, scope.copy(), law), key, node, table)
            if fact is not None and _height(fact, height) > MAX_LEVELS // 2:
                file.problem(key, f"一层引用一层，超过 {MAX_LEVELS // 2} 层", "请减少层次", "E-RULE-CIRCLE")
            elif fact is not None:
                found[fact.name.path] = fact
                scope.add(fact.name)
    cases = read_fact_cases(file, keys.get("cases"), table, found) if table is not None else ()
    told[0].extend(file.problems)
    told[1].extend(file.notes)
    return table or path.stem, found, cases


def _height(fact: Fact, known: dict[str, int]) -> int:
    """Return how many definitions stand on each other below a fact; `known` grows by it and its inner names."""
    exprs = [(use.name, use.on) for use in fact.law] + [(let.name, let.expr) for let in fact.let]
    for _ in range(2):  # a value of law may stand on a let and a let on a value of law
        for name, expr in exprs:
            known[name.path] = 1 + max((known.get(n.path, 0) for n in expr.names()), default=0)
    known[fact.name.path] = 1 + max((known.get(n.path, 0) for n in fact.expr.names()), default=0)
    return known[fact.name.path]


def _read_fact(clauses: Clauses, key: Scalar, node: Node, table: str) -> Fact | None:
    file: File = clauses.file
    before = len(file.problems)
    ident = clauses.name(key)
    keys = file.mapping(node, FACT_KEYS, required=("type", "title", "expr"))
    kind = file.choice(keys.get("type"), FACT_TYPES)
    title = file.text(keys.get("title"))
    basis = clauses.basis(keys.get("basis"))
    law, let = clauses.law_and_let(keys.get("law"), keys.get("let"), ident or key.text)
    expr, text = clauses.expression(keys.get("expr"), kind or "any")
    is_faulty = len(file.problems) > before or file.is_full
    if is_faulty or ident is None or kind is None or title is None or expr is None:
        return None
    codes = expr.kind.codes if kind == "text" else ()
    name = Name(ident, kinds.Kind(kind, codes), title, "fact", table)
    return Fact(name, expr, text, basis, tuple(law), tuple(let), file.name)
