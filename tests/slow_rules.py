"""Whole rules judged one record at a time in Python, straight from their YAML: the second opinion on the compiled SQL.

Shares no code with `engine.rules`. A record reached through a link is picked by looking at every link; a missing record
is proven by walking every day the coverage statements speak of.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from plain_yaml import plain
from slow_expressions import World, meaning, parsed
from slow_groups import Group

from engine.law import Law, read_law
from engine.records import BY_NAME
from engine.strict_yaml import read

Row = dict[str, Any]


@dataclass(frozen=True)
class Book:
    """A rules folder as plain values: rules by id, facts by table and name, the tables each link joins."""

    rules: dict[str, Row]
    facts: dict[str, dict[str, Row]]
    links: dict[str, tuple[str, str]]
    law: Law


@dataclass
class Data:
    """Rows by table and record id, links between them, coverage statements."""

    rows: dict[str, dict[int, Row]]
    links: list[Row] = field(default_factory=list)
    coverage: list[Row] = field(default_factory=list)
    walked: dict[str, dict[str, list[tuple[date, date]]]] = field(default_factory=dict)

    def spoken_for(self, table: str) -> dict[str, list[tuple[date, date]]]:
        """Return by place the stretches of days for which a table is declared complete."""
        if table not in self.walked:
            names = (table, BY_NAME[table].label)
            days: dict[str, set[date]] = {}
            for statement in self.coverage:
                if statement["exhaustive"] and statement["table_name"] in names:
                    days.setdefault(_place(statement["division"]), set()).update(_days(statement))
            self.walked[table] = {place: _runs(found) for place, found in days.items()}
        return self.walked[table]


@dataclass(frozen=True)
class Verdict:
    """The answer for one record, and the truth of each condition (when:…), exclusion (unless:…), point (point:…)."""

    answer: str
    truths: dict[str, bool | None]


def read_book(folder: Path) -> Book:
    """Return the plain values of a rules folder without faults."""
    read_all = {path: plain(read(path).root) for path in folder.glob("*/*.yaml") if path.parent.name != "law"}
    rules = {f"{path.parent.name}.{path.stem}": content for path, content in read_all.items()
             if path.parent.name not in ("links", "facts", "schema")}
    facts = {path.stem: content["facts"] for path, content in read_all.items() if path.parent.name == "facts"}
    links = {path.stem: (content["from"], content["to"]) for path, content in read_all.items()
             if path.parent.name == "links"}
    return Book(rules, facts, links, read_law(folder / "law"))


def judge(book: Book, rule_id: str, data: Data, as_of: date) -> dict[int, Verdict]:
    """Return the verdict for every subject."""
    rule = book.rules[rule_id]
    groups = {f"groups.{name}": _group(book, rule["subject"], data, as_of, declared)
              for name, declared in rule.get("groups", {}).items()}
    return {record_id: _verdict(rule, RuleWorld(book, rule, data, as_of, row, groups))
            for record_id, row in data.rows.get(rule["subject"], {}).items()}


def _group(book: Book, subject: str, data: Data, as_of: date, declared: Row) -> Group:
    table = declared.get("table", subject)
    records = [Record(book, table, row, as_of) for row in data.rows.get(table, {}).values()]
    return Group(declared, records, lambda record, text: meaning(_text(text), FactWorld(record, {})))


def _verdict(rule: Row, world: "RuleWorld") -> Verdict:
    when = {c["is"]: _truth(c["expr"], world) for c in rule["when"]}
    unless = {c["is"]: _exclusion(c, world) for c in rule.get("unless", ())}
    points = {p["is"]: _truth(p["expr"], world) for p in rule.get("points", ())}
    absent = {use["none"] for alias, use in rule.get("links", {}).items() if not world.linked[alias]}
    if False in when.values() or "clear" in absent:
        answer = "clear"
    elif True in unless.values():
        answer = "excluded"
    elif None in when.values() or "gap" in absent:
        answer = "gap"
    else:
        answer = "hit"
    truths = {f"{kind}:{name}": truth for kind, found in (("when", when), ("unless", unless), ("point", points))
              for name, truth in found.items()}
    return Verdict(answer, truths)


def _exclusion(exclusion: Row, world: "RuleWorld") -> bool | None:
    if "unknown" in exclusion and _truth(exclusion["unknown"], world) is not False:
        return None
    return _truth(exclusion["expr"], world)


def _truth(expr: Any, world: World) -> bool | None:
    found = meaning(_text(expr), world)
    assert found is None or isinstance(found, bool)
    return found


def _text(expr: Any) -> str:
    """Return an expression as text; YAML may have read it as a truth word or a number."""
    return str(expr).lower() if isinstance(expr, bool) else str(expr)


def _lets(owner: Row) -> dict[str, str]:
    return {name: _text(let["expr"] if isinstance(let, dict) else let) for name, let in owner.get("let", {}).items()}


def _uses(owner: Row) -> dict[str, tuple[str, str]]:
    return {f"law.{name}": (use["use"], _text(use["on"])) for name, use in owner.get("law", {}).items()}


class Record:
    """One record with its table's facts, each worked out once."""

    def __init__(self, book: Book, table: str, row: Row, as_of: date) -> None:
        self.book, self.row, self.as_of = book, row, as_of
        self.facts = book.facts.get(table, {})
        self.known: dict[str, Any] = {}

    def value(self, name: str) -> Any:
        """Return a column or a fact."""
        if name not in self.facts:
            return self.row.get(name)
        if name not in self.known:
            self.known[name] = meaning(_text(self.facts[name]["expr"]), FactWorld(self, self.facts[name]))
        return self.known[name]


class FactWorld(World):
    """What one fact may name: the record's columns, the table's facts, its own lets and values of law."""

    def __init__(self, record: Record, fact: Row) -> None:
        super().__init__({}, {}, record.as_of, record.book.law, _uses(fact), _lets(fact))
        self.record = record

    def value(self, path: str) -> Any:
        """Return a column or a fact of the record."""
        return self.record.value(path)


class RuleWorld(World):
    """What a rule may name, for one subject."""

    def __init__(self, book: Book, rule: Row, data: Data, as_of: date, row: Row, groups: dict[str, Group]) -> None:
        super().__init__({}, {}, as_of, book.law, _uses(rule), _lets(rule))
        self.groups = groups
        self.book, self.data = book, data
        self.tables: dict[str, str] = {"": rule["subject"]}
        self.records: dict[str, Record | None] = {"": Record(book, rule["subject"], row, as_of)}
        self.told: dict[str, Any] = {}
        self.known: dict[str, Any] = {}
        self.unproven = {f"links.{a}.found": u for a, u in rule.get("links", {}).items()}
        for alias, use in rule.get("links", {}).items():
            self._follow(alias, use)

    def asked(self, path: str) -> set[str]:
        """Return the aliases, and the groups, whose records a name tells about."""
        group = path.rpartition(".")[0]
        if group not in self.groups:
            return super().asked(path)
        declared = self.groups[group].declared
        by, period = declared["by"], declared.get("period", {})
        at = [*(by.values() if isinstance(by, dict) else ()), *([period["at"]] if "at" in period else [])]
        if group not in self.linked:
            self.linked[group] = self._place(group) in self.groups[group].members
        return {group}.union(*(self.asked_by(parsed(_text(text))) for text in at))

    def _place(self, group: str) -> tuple[Any, ...]:
        if group not in self.known:
            self.known[group] = self.groups[group].place(self)
        place: tuple[Any, ...] = self.known[group]
        return place

    def value(self, path: str) -> Any:
        """Return a column or fact of the subject or of a linked record, or something about a link."""
        if path not in self.known:
            self.known[path] = self._found_out(path)
        return self.known[path]

    def _found_out(self, path: str) -> Any:
        if path in self.unproven:
            alias = path.split(".")[1]
            return True if self.linked[alias] else self._proven_absent(self.unproven[path].get("coverage"))
        if path.startswith("links."):
            return self.told[path]
        alias, _, name = path.rpartition(".")
        if alias in self.groups:
            subject = self.records[""]
            assert subject is not None
            return self.groups[alias].value(self._place(alias), name, subject.row["record_id"])
        record = self.records[alias]
        return None if record is None else record.value(name)

    def _follow(self, alias: str, use: Row) -> None:
        """Pick the surest linked record, then the author's choice, then the lowest id."""
        base = use.get("from", "")
        first, second = self.book.links[use["use"]]
        forward = self.tables[base] == first
        table = second if forward else first
        start, end = ("from_id", "to_id") if forward else ("to_id", "from_id")
        origin = self.records[base]
        links = [k for k in self.data.links
                 if origin is not None and k["link"] == use["use"] and k[start] == origin.row["record_id"]]
        least = float(use.get("min_confidence", 0))
        strong = [(k, self.data.rows[table][k[end]]) for k in links
                  if k["confidence"] >= least and k[end] in self.data.rows.get(table, {})]
        best = min(strong, key=lambda pair: _preference(*pair, use.get("pick")), default=None)
        self.tables[alias] = table
        self.records[alias] = Record(self.book, table, best[1], self.as_of) if best else None
        self.linked[alias] = best is not None
        for what in ("confidence", "step", "candidates"):
            self.told[f"links.{alias}.{what}"] = best[0][what] if best else None
        self.told[f"links.{alias}.weak"] = any(k["confidence"] < least for k in links)

    def _proven_absent(self, coverage: Row | None) -> bool | None:
        """Return False where one statement, or several that follow each other, speak for place and time; else None."""
        if coverage is None:
            return None
        place = meaning(_text(coverage["division"]), self) if "division" in coverage else None
        begin, until = (meaning(_text(coverage[key]), self) for key in ("from", "until"))
        if begin is None or until is None:
            return None
        for spot, stretches in self.data.spoken_for(coverage["table"]).items():
            here = spot == "" or (place is not None and len(spot) in (2, 4, 6) and place.startswith(spot))
            if here and any(first <= begin and last >= until for first, last in stretches):
                return False
        return None


def _preference(link: Row, row: Row, pick: str | None) -> tuple[Any, ...]:
    column, _, order = (pick or "record_id asc").partition(" ")
    value = row.get(column)
    if isinstance(value, date):
        value = value.toordinal()
    last = value is None
    return -link["confidence"], last, 0 if last else (-value if order == "desc" else value), row["record_id"]


def _place(division: str | None) -> str:
    """Return the part of a division code that says something: 411100 speaks for 4111…."""
    place = division or ""
    while place.endswith("00"):
        place = place[:-2]
    return place


def _days(statement: Row) -> list[date]:
    first, last = statement["covers_from"], statement["covers_until"]
    if first is None or last is None:
        return []
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _runs(days: set[date]) -> list[tuple[date, date]]:
    """Return the stretches of days without a hole."""
    runs: list[tuple[date, date]] = []
    for day in sorted(days):
        if runs and runs[-1][1] + timedelta(days=1) == day:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs
