"""Link files into specs; every fault with its place.

A step must join by at least one column that identifies something (a key, a number, a party): two dates or two sums that
happen to be equal would pair everything with everything.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from engine.columns import Table
from engine.errors import RuleError
from engine.links.model import INITIAL, THROUGH, Condition, Fuzzy, LinkSpec, LinkStep
from engine.records import BY_NAME
from engine.strict_yaml import File, Node, listed, read

LINK_KEYS = ("title", "note", "from", "to", "one", "head", "closest", "several", "steps", "x")
STEP_KEYS = ("step", "confidence", "say", "where", "bounds", "fuzzy", "unique", "at_least", "names", "numbers",
             "through", "x")
FUZZY_KEYS = ("left", "right", "least")
_CONDITION = re.compile(
    r"(?P<left>(?:through\.)?\w+) ?(?P<operator>>=|<=|=|<|>) ?(?P<right>\w+)"
    r"(?: within (?P<days>[1-9][0-9]{0,4}) days)?(?P<unknown> or unknown)?", re.ASCII)
_IDENTIFIES = re.compile(r"\w+_key|\w+_id|\w+_no|uscc|org_code|resident_id|authority_uscc|violation")
_NAME = re.compile("[a-z][a-z0-9_]*")
_HINT = 0.7
"""Most confidence of a step that may join two records with different sure numbers."""
_NOT_FOR_LINKS = ("batch_id", "line", "loaded_at", "raw", "file", "sheet", "source_id")
_EXAMPLE = '例如 "penalty_document_no_key = document_no_key" 或 "applied_on >= decided_on within 730 days or unknown"'


@dataclass(frozen=True)
class _Ends:
    """The tables a link joins."""

    left: Table
    right: Table


def read_links(folder: Path, problems: list[RuleError] | None = None) -> dict[str, LinkSpec]:
    """Return the links of a folder by name, those another one goes through first.

    Faulty files are left out and their faults added to `problems`; without such a list the first fault is raised.
    """
    files = {path.stem: read(path, f"{folder.parent.name}/{folder.name}/{path.name}")
             for path in sorted(folder.glob("*.yaml"))}
    for name, file in files.items():
        if not _NAME.fullmatch(name):
            file.problem(file.root, f"文件名“{name}”不能作关联名", "只用小写英文字母、数字和下划线", "E-LINK-NAME")
    ends = {name: found for name, file in files.items() if (found := _read_ends(file)) is not None}
    specs = {}
    for name in ends:
        spec = _Reader(files[name], ends).spec(name)
        if spec is not None and not files[name].problems:
            specs[name] = spec
    ordered = _ordered(specs, files)
    faults = [fault for file in files.values() for fault in file.problems]
    if problems is None and faults:
        raise faults[0]
    if problems is not None:
        problems += faults
    return ordered


def _ordered(specs: dict[str, LinkSpec], files: dict[str, File]) -> dict[str, LinkSpec]:
    """Put a link after those it goes through; one that goes in a circle or through a faulty one is a fault."""
    ordered: dict[str, LinkSpec] = {}
    waiting = dict(specs)
    while ready := [n for n, s in waiting.items() if {t.through for t in s.steps} - {""} <= set(ordered)]:
        for name in ready:
            ordered[name] = waiting.pop(name)
    for name, spec in waiting.items():
        missing = listed(sorted({s.through for s in spec.steps} - {""} - set(ordered)))
        what = f"经由的关联有错或互相经由：{missing}"
        files[name].problem(files[name].root, what, "请先改正那个关联，或去掉 through", "E-LINK-THROUGH")
    return ordered


def _read_ends(file: File) -> _Ends | None:
    keys = file.mapping(file.root, LINK_KEYS, required=("title", "from", "to", "steps"))
    left, right = (file.choice(keys.get(key), list(BY_NAME)) for key in ("from", "to"))
    return _Ends(BY_NAME[left], BY_NAME[right]) if left and right else None


class _Reader:
    """Reads the rest of one file; faults go to the file."""

    def __init__(self, file: File, ends: dict[str, _Ends]) -> None:
        self.file = file
        self.ends = ends
        self.own = next(iter(ends.values()))

    def spec(self, name: str) -> LinkSpec | None:
        """Return the link, or None where it has faults."""
        file, self.own = self.file, self.ends[name]
        keys = {key.text: node for key, node in file.entries(file.root)}
        file.choice(keys.get("one"), ("from",))
        file.choice(keys.get("head"), ("from", "to"))   # for `engine.clues`, read by `engine.rules`
        several = file.choice(keys.get("several"), ("normal", "doubtful"))
        steps = [step for node in file.items(keys.get("steps")) if (step := self._step(node, name)) is not None]
        names = [step.name for step in steps]
        for twice in sorted({n for n in names if names.count(n) > 1}):
            file.problem(keys["steps"], f"步骤名“{twice}”重复", "每步的 step 取不同的名字", "E-LINK-STEP")
        return LinkSpec(name, file.text(keys.get("title")) or "", file.text(keys.get("note")) or "", self.own.left,
                        self.own.right, tuple(steps), self._closest(keys.get("closest")), several == "normal")

    def _closest(self, node: Node | None) -> tuple[str, str] | None:
        names = self.file.texts(node)
        if node is None:
            return None
        dates = [self._date_columns(table) for table in (self.own.left, self.own.right)]
        if len(names) != 2:
            self.file.problem(node, "closest 应写两个日期列", "先写起始表的，再写目标表的", "E-LINK-CLOSEST")
            return None
        for name, known in zip(names, dates, strict=True):
            if name not in known:
                self.file.unknown(node, "日期列", name, known)
        return names[0], names[1]

    def _date_columns(self, table: Table) -> list[str]:
        return [name for name, kind in table.stored if kind == "DATE"]

    def _step(self, node: Node, link: str) -> LinkStep | None:
        file = self.file
        keys = file.mapping(node, STEP_KEYS, required=("step", "confidence", "say", "where"))
        through = file.choice(keys.get("through"), sorted(self.ends.keys() - {link})) or ""
        if through and self.ends[through].left != self.own.left:
            file.problem(keys["through"], f"经由的关联“{through}”不是从{self.own.left.label}出发", "请换一个关联",
                         "E-LINK-THROUGH")
            through = ""
        equals = self._conditions(keys.get("where"), through)
        bounds = self._conditions(keys.get("bounds"), through)
        name, say = file.text(keys.get("step")), file.text(keys.get("say"))
        confidence = self._share(keys.get("confidence"))
        at_least = self._share(keys.get("at_least"), most=confidence)
        self._check_join(keys.get("where"), equals)
        fuzzy = self._fuzzy(keys.get("fuzzy"), through)
        unique = file.boolean(keys.get("unique")) or False
        names = file.choice(keys.get("names"), ("open", "hidden")) or ""
        numbers = file.choice(keys.get("numbers"), ("any", "masked")) or ""
        if numbers == "any" and confidence is not None and confidence > _HINT:
            file.problem(keys["numbers"], f"numbers: any 会把号码不同的两方连上，把握不能超过 {_HINT}",
                         "请降低 confidence，或去掉 numbers", "E-LINK-NUMBERS")
        if name is None or say is None or confidence is None:
            return None
        table = self.ends[through].right.name if through else ""
        return LinkStep(name, confidence, say, equals, bounds, fuzzy, unique, at_least or 0.0, names,
                        numbers, through, table)

    def _share(self, node: Node | None, most: float | None = None) -> float | None:
        share = self.file.decimal(node)
        most = 1.0 if most is None else most
        if node is not None and share is not None and not 0 < share <= most:
            self.file.problem(node, f"{node.key} 应大于 0、不超过 {most}", "例如 0.8", "E-LINK-CONFIDENCE")
        return None if share is None else float(share)

    def _check_join(self, node: Node | None, equals: tuple[Condition, ...]) -> None:
        plain = all(c.operator == "=" and c.days is None and not c.or_unknown for c in equals)
        if not plain:
            self.file.problem(node, "where 里只写“左列 = 右列”", "先后、期间、可缺的条件写在 bounds 里", "E-LINK-WHERE")
        if node is not None and not any(self._identifies(c) for c in equals):
            self.file.problem(node, "没有能识别对象的相等条件，会把所有记录两两配对",
                              "where 至少写一个编号、名称比对形式（…_key）、violation 或 party_id 相等", "E-LINK-CROSS")

    def _identifies(self, condition: Condition) -> bool:
        return all(_IDENTIFIES.fullmatch(n.removeprefix(THROUGH)) for n in (condition.left, condition.right))

    def _conditions(self, node: Node | None, through: str) -> tuple[Condition, ...]:
        found = []
        for item in self.file.items(node):
            text = self.file.text(item)
            match = _CONDITION.fullmatch(text) if text is not None else None
            if text is None:
                continue
            if match is None:
                self.file.problem(item, f"看不懂条件“{text[:60]}”", _EXAMPLE, "E-LINK-CONDITION")
                continue
            days = int(match["days"]) if match["days"] else None
            condition = Condition(match["left"], match["operator"], match["right"], days, bool(match["unknown"]))
            if self._types_agree(item, condition, through):
                found.append(condition)
        return tuple(found)

    def _types_agree(self, node: Node, condition: Condition, through: str) -> bool:
        left = self._type_of(node, condition.left, through)
        right = self._type_of(node, condition.right, "", right=True)
        if left is None or right is None:
            return False
        if left != right:
            what = f"“{condition.left}”和“{condition.right}”类型不同（{left}、{right}），不能比较"
            self.file.problem(node, what, "请换成同类的列", "E-LINK-TYPE")
        if left != "DATE" and condition.days is not None:
            self.file.problem(node, "within … days 只用于日期", "请删去，或换成日期列", "E-LINK-TYPE")
        return left == right

    def _type_of(self, node: Node, name: str, through: str, *, right: bool = False) -> str | None:
        """Return the SQL type of a column, or None after naming the fault."""
        table = self.own.right if right else self.own.left
        if name.startswith(THROUGH) and not through:
            self.file.problem(node, f"“{name}”没有说明经由哪个关联", "在该步写 through: 关联名", "E-LINK-THROUGH")
            return None
        if name.startswith(THROUGH):
            table, name = self.ends[through].right, name.removeprefix(THROUGH)
        types = {n: kind for n, kind in table.stored if n not in _NOT_FOR_LINKS}
        if table.has_party:
            types[INITIAL] = "VARCHAR"
        if name not in types:
            self.file.unknown(node, f"列（{table.label}）", name, _sorted_names(types))
        return types.get(name)

    def _fuzzy(self, node: Node | None, through: str) -> Fuzzy | None:
        if node is None:
            return None
        file = self.file
        keys = file.mapping(node, FUZZY_KEYS, required=FUZZY_KEYS)
        left, right = file.text(keys.get("left")), file.text(keys.get("right"))
        least = file.decimal(keys.get("least"))
        if left is None or right is None or least is None:
            return None
        kinds = [self._type_of(keys["left"], left, through), self._type_of(keys["right"], right, "", right=True)]
        if kinds != ["VARCHAR", "VARCHAR"] or not 0 < least < 1:
            file.problem(node, "fuzzy 的两列应为文字，least 在 0 和 1 之间", "例如 least: 0.85", "E-LINK-FUZZY")
        return Fuzzy(left, right, float(least))


def _sorted_names(types: Collection[str]) -> list[str]:
    """Names people would use first: keys and the party before the rest."""
    return sorted(types, key=lambda n: (not _IDENTIFIES.fullmatch(n), n))
