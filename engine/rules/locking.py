"""The lock: `rules/rules.lock` holds the version and logic hash of every rule and parameter, one line each.

A change of logic without a higher version is an error, and so is a retired id used again; otherwise two runs could
call two different rules by one name. The lock is text, sorted, a line a thing, so that a merge shows who changed what:

    rule non_litigation.late_application 3 9f3c0a5b77e1d204 active

Drafts are not locked: no night runs them. A rule in the lock whose file is gone, or whose maturity is `retired`, stays
in the lock as retired for good. A folder without a lock works, and so does a lock that has not been written again since
a rule was added or its version raised; both are notes, the second of which fails `xiezhi check`.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import RuleError
from engine.rules.logic import needed, parameter_hash, rule_hash
from engine.rules.model import RuleSet
from engine.strict_yaml import Mapping, listed, read

LOCK = "rules.lock"

_HEAD = """\
# 规则锁：由 xiezhi check --lock 写出，请勿手改，与规则文件一同提交。
# 每行：种类（parameter 法定参数、rule 规则） 编号 版本 逻辑指纹 状态（active 在用、retired 已停用，编号不得再用）
"""
_LINE = re.compile(r"(rule|parameter) ([a-z0-9_.]{1,200}) ([1-9]\d{0,8}|0) ([0-9a-f]{16}) (active|retired)", re.ASCII)
_WORD = {"rule": "规则", "parameter": "法定参数"}
_WRITE = "运行 xiezhi check --lock 写入规则锁"

Key = tuple[str, str]
"""Kind (rule or parameter) and id."""


@dataclass(frozen=True)
class Locked:
    """One line of the lock."""

    version: int
    logic: str
    status: str = "active"


def current(rules: RuleSet) -> dict[Key, Locked]:
    """Return what the lock would hold of the rules and parameters as read; drafts are left out."""
    found = {("parameter", p.id): Locked(p.version, parameter_hash(p)) for p in rules.law.parameters.values()}
    for rule in rules.rules.values():
        if rule.maturity != "draft":
            status = "retired" if rule.maturity == "retired" else "active"
            found["rule", rule.id] = Locked(rule.version, rule_hash(rule, rules.facts), status)
    return found


def enforce(rules: RuleSet, folders: Sequence[Path]) -> None:
    """Stop what contradicts its folder's lock, and name it in `problems`; add notes on what the lock lacks."""
    for folder in folders:
        if not (folder / LOCK).exists():
            what = f"没有规则锁 {LOCK}，改了逻辑而未加版本的，发现不了"
            rules.notes.append(RuleError(f"{folder.name}/", what, _WRITE, "E-LOCK-NONE"))
            continue
        locked, damaged = read_lock(folder / LOCK)
        rules.problems.extend(damaged)
        if not damaged:
            rules.notes.extend(_stale(rules, locked, folder))
            _stop(rules, breaches(rules, locked, folder))


def breaches(rules: RuleSet, locked: dict[Key, Locked], folder: Path) -> dict[Key, RuleError]:
    """Return what of the folder contradicts the lock, and why."""
    retired = [key for key in _own_drafts(rules, folder) if key in locked and locked[key].status == "retired"]
    complaints = {key: _reused(key) for key in retired}
    for key, now in _own(rules, folder).items():
        if key in locked and (complaint := _complaint(key, now, locked[key])):
            complaints[key] = complaint
    return {key: RuleError(_version_place(folder, key), *complaint) for key, complaint in complaints.items()}


def write_lock(rules: RuleSet, folder: Path) -> int:
    """Write the folder's lock and return its number of lines; raises the first RuleError that stands against it.

    `rules` must be read without enforcing the lock. What the lock knew and is no longer there stays, retired; a rule
    that went back to draft stays as it was locked.
    """
    path = folder / LOCK
    before, faults = read_lock(path) if path.exists() else ({}, [])
    if faults := [*faults, *breaches(rules, before, folder).values()]:
        raise faults[0]
    kept = {key: line if _file(folder, key).exists() else replace(line, status="retired")
            for key, line in before.items()}
    lines = kept | _own(rules, folder)
    aside = path.with_suffix(".next")
    aside.write_text(_HEAD + "".join(f"{_line(key, lines[key])}\n" for key in sorted(lines)), encoding="utf-8")
    os.replace(aside, path)
    return len(lines)


def read_lock(path: Path) -> tuple[dict[Key, Locked], list[RuleError]]:
    """Return the lines of a lock, and what is damaged in it."""
    place = f"{path.parent.name}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        fix = "请从版本库恢复这个文件"
        return {}, [RuleError(f"{place}:1:1", f"规则锁读不了（{type(fault).__name__}）", fix, "E-LOCK-FILE")]
    found: dict[Key, Locked] = {}
    faults: list[RuleError] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = _LINE.fullmatch(line)
        if parts is None:
            faults.append(_damaged(f"{place}:{number}:1", line))
        elif (key := (parts[1], parts[2])) in found:
            what, fix = f"规则锁里 {parts[2]} 有两行", f"请删去这两行，再{_WRITE}"
            faults.append(RuleError(f"{place}:{number}:1", what, fix, "E-LOCK-LINE"))
        else:
            found[key] = Locked(int(parts[3]), parts[4], parts[5])
    return found, faults[:20]


def retired_ids(folder: Path) -> set[str]:
    """Return the rule ids that must not be used again."""
    locked = read_lock(folder / LOCK)[0] if (folder / LOCK).exists() else {}
    return {ident for (kind, ident), line in locked.items() if kind == "rule" and line.status == "retired"}


def _damaged(place: str, line: str) -> RuleError:
    if line.startswith(("<<<<<<<", "=======", ">>>>>>>", "|||||||")):
        fix = f"先合并两边的规则文件，删去合并标记及其间的行，再{_WRITE}"
        return RuleError(place, "规则锁里留有合并冲突标记", fix, "E-LOCK-CONFLICT")
    fix = f"请从版本库恢复这一行，或删去后{_WRITE}"
    return RuleError(place, "规则锁的这一行看不懂", fix, "E-LOCK-LINE")


def _complaint(key: Key, now: Locked, before: Locked) -> tuple[str, str, str] | None:
    """Return what, how to fix and the code, or None where the lock agrees."""
    called = f"{_WORD[key[0]]} {key[1]}"
    if before.status == "retired" and now.status == "active":
        return _reused(key)
    if now.version < before.version:
        what = f"{called} 的版本 {now.version} 低于规则锁里的 {before.version}"
        return what, f"版本只能升高；改回 {before.version}，逻辑也变了的写 {before.version + 1}", "E-LOCK-LOWER"
    if now.version == before.version and now.logic != before.logic:
        inside = "（含用到的推导事实、法律表）" if key[0] == "rule" else ""
        what = f"{called} 的逻辑{inside}变了，版本仍是 {now.version}"
        fix = f"把 version 改为 {now.version + 1}，再{_WRITE}；不想改逻辑的，请恢复原来的写法"
        return what, fix, "E-LOCK-VERSION"
    return None


def _reused(key: Key) -> tuple[str, str, str]:
    return f"{_WORD[key[0]]}编号 {key[1]} 已停用，不得再用", "请换一个文件名", "E-LOCK-REUSED"


def _stop(rules: RuleSet, found: dict[Key, RuleError]) -> None:
    """Stop the rules, and those that use a parameter whose version is in doubt."""
    rules.problems.extend(found.values())
    rules.stopped.update(ident for kind, ident in found if kind == "rule")
    doubted = {ident for kind, ident in found if kind == "parameter"}
    for rule_id, rule in rules.rules.items() if doubted else ():
        used = {d.law.parameter.id for d in needed(rule, rules.facts).values() if d.law is not None} & doubted
        if used and rule_id not in rules.stopped:
            rules.stopped.add(rule_id)
            what = f"规则 {rule_id} 用到版本有疑的法定参数 {'、'.join(sorted(used))}，本次不运行"
            rules.problems.append(RuleError(rule.path, what, "先改正该参数的版本", "E-LOCK-LAW"))


def _stale(rules: RuleSet, locked: dict[Key, Locked], folder: Path) -> list[RuleError]:
    """Return what the lock does not know yet: new ids, raised versions, files that are gone."""
    place, now = f"{folder.name}/{LOCK}:1:1", _own(rules, folder)
    both = {key: line for key, line in now.items() if key in locked}
    retired = {key for key, line in both.items() if line.status == "retired"}
    retired |= {key for key in locked if not _file(folder, key).exists()}
    found = {
        "不在规则锁里": [ident for kind, ident in now if (kind, ident) not in locked],
        "版本已升高，规则锁还是旧的": [k[1] for k, line in both.items() if line.version > locked[k].version],
        "已停用，规则锁里还是在用": [k[1] for k in retired if locked[k].status == "active"],
    }
    return [RuleError(place, f"{listed(sorted(ids), 10)} {what}", _WRITE, "E-LOCK-STALE")
            for what, ids in found.items() if ids]


def _own(rules: RuleSet, folder: Path) -> dict[Key, Locked]:
    """Return the lines of what stands in this folder, not in another pack."""
    return {key: line for key, line in current(rules).items() if _file(folder, key).exists()}


def _own_drafts(rules: RuleSet, folder: Path) -> list[Key]:
    drafts = [("rule", r.id) for r in rules.rules.values() if r.maturity == "draft"]
    return [key for key in drafts if _file(folder, key).exists()]


def _file(folder: Path, key: Key) -> Path:
    kind, ident = key
    return folder / "law" / f"{ident}.yaml" if kind == "parameter" else folder / f"{ident.replace('.', '/')}.yaml"


def _version_place(folder: Path, key: Key) -> str:
    """Return file:line:column of the `version:` line; the file is read once more, for it is named only when wrong."""
    path = _file(folder, key)
    file = read(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
    return file.place(file.root.get("version") if isinstance(file.root, Mapping) else None)


def _line(key: Key, line: Locked) -> str:
    return f"{key[0]} {key[1]} {line.version} {line.logic} {line.status}"
