"""What a name in an expression means: a column, a fact, a let, a value of law, a link or group, the as-of date.

A name's path is the name of its column in the rule's SQL, and as a rule how authors write it: `applied_on`,
`penalty.served_on`, `law.window`, `links.penalty.found`, `groups.monthly.cases`, `as_of`. Only the inner names of a
fact differ: inside the fact `remedy_end_on` the author's `law.period` is `remedy_end_on/law.period`, so that facts
never meet.
"""

from dataclasses import dataclass, replace

from engine.law import LookupTable, Parameter
from engine.records import BY_NAME, Column, Table
from engine.rules.kinds import BOOL, DATE, ID, INT, NUMBER, TEXT, UNKNOWN, Kind
from engine.strict_yaml import listed, nearest, unknown_word

RESERVED = ("law", "links", "groups", "as_of", "record_id")
"""Words no alias, let or fact may be called."""

LINK_NAMES: tuple[tuple[str, Kind, str], ...] = (
    ("found", BOOL, "是否有关联记录"),
    ("confidence", NUMBER, "关联把握"),
    ("step", TEXT, "关联步骤"),
    ("candidates", INT, "候选个数"),
    ("weak", BOOL, "是否另有把握不足的关联"),
)
"""What can be asked about a link, as `links.<alias>.<name>`."""


@dataclass(frozen=True)
class Name:
    """A known name.

    `source`: column, fact, let, law, link, group or as_of; `alias`: '' for the subject's own; `parameter`: of a name
    of law.
    """

    path: str
    kind: Kind
    label: str
    source: str
    table: str = ""
    alias: str = ""
    parameter: Parameter | None = None

    @property
    def column(self) -> str:
        """The part after the last dot."""
        return self.path.rsplit(".", 1)[-1]

    @property
    def home(self) -> str:
        """The path of the definition it comes from: all that is asked about a group comes from the group."""
        return self.path.rpartition(".")[0] if self.source == "group" and self.path.count(".") > 1 else self.path

    @property
    def item(self) -> str:
        """How a missing value is listed: table.column for columns, so that gaps add up over rules."""
        return f"{self.table}.{self.column}" if self.table else self.path

    def seen_from(self, alias: str, table: Table) -> "Name":
        """Return the name as a rule sees it that reaches the table through a link."""
        if self.source == "as_of":
            return self
        return replace(self, path=f"{alias}.{self.path}", label=f"{table.label}·{self.label}", alias=alias)


AS_OF = Name("as_of", DATE, "截至日", "as_of")


class Scope:
    """The names one expression may use, by how the author writes them, and the tables of law it may ask."""

    def __init__(
        self, subject: Table, names: dict[str, Name] | None = None, tables: dict[str, LookupTable] | None = None
    ) -> None:
        """Start with the subject's columns and the as-of date, unless names are given."""
        self.subject = subject
        self.tables = tables or {}
        self.names = names if names is not None else {n.path: n for n in (*columns_of(subject), AS_OF)}
        self.broken: set[str] = set()
        self.later: set[str] = set()

    def add(self, name: Name, written: str = "") -> None:
        """Make a further name known."""
        self.names[written or name.path] = name

    def find(self, written: str) -> Name | None:
        """Return the name; one under a broken alias is unknown but not to be complained of again."""
        prefix = written.rpartition(".")[0]
        if prefix.removeprefix("links.") in self.broken:
            return Name(written, UNKNOWN, written, "column")
        return self.names.get(written)

    def copy(self) -> "Scope":
        """Return a scope that can grow on its own."""
        return Scope(self.subject, dict(self.names), self.tables)

    def complaint(self, written: str) -> tuple[str, str]:
        """Return what is wrong with an unknown name and how to mend it."""
        prefix, _, last = written.rpartition(".")
        if written in self.later:
            return f"“{written}”写在后面，这里还没有算出", "let 按先后计算，请把它移到前面"
        if prefix == self.subject.name:
            return f"主体表 {prefix} 的列直接写列名", f"请改为 {last}"
        siblings = {w.rpartition(".")[2]: n for w, n in self.names.items() if w.rpartition(".")[0] == prefix}
        if not siblings:
            return self._unknown_prefix(prefix)
        kind = {"law": "法定参数", "links": "关联信息", "groups": "度量"}.get(prefix.split(".")[0], "列")
        return _unknown(kind, last, siblings), f"可用的{kind}：{listed(sorted(siblings))}"

    def _unknown_prefix(self, prefix: str) -> tuple[str, str]:
        known = sorted({w.rpartition(".")[0] for w in self.names if "." in w})
        if prefix.split(".")[0] == "groups":
            known = [p for p in known if p.startswith("groups.")]
            return unknown_word("分组", prefix, known), f"可用的分组：{listed(known)}；先在 groups 里写出"
        what = unknown_word("关联", prefix, known)
        return what, f"可用的关联：{listed(known)}；表名不能直接用，请先在 links 里起别名"


def columns_of(table: Table) -> tuple[Name, ...]:
    """Return the names of a table's columns, their comparable forms, and its party."""
    own = [_column(c, table) for c in (*table.columns, *table.key_columns)]
    if table.has_party:
        own.append(Name("party_id", ID, "主体编号", "column", table.name))
    return tuple(own)


def about_link(alias: str, table: str) -> tuple[Name, ...]:
    """Return the names that tell about a link."""
    label = BY_NAME[table].label
    return tuple(Name(f"links.{alias}.{name}", kind, f"{words}（{label}）", "link", "", alias)
                 for name, kind, words in LINK_NAMES)


def _column(column: Column, table: Table) -> Name:
    return Name(column.name, Kind(column.type, column.values), column.label, "column", table.name)


def _unknown(kind: str, word: str, siblings: dict[str, Name]) -> str:
    """Name the nearest column, by its own name or by its Chinese label."""
    labels = {n.label.rpartition("·")[2]: path for path, n in siblings.items()}
    by_label = None if nearest(word, siblings) else nearest(word, labels)
    if by_label:
        return f"没有{kind}“{word[:60]}”，是否指“{labels[by_label]}”（{by_label}）"
    return unknown_word(kind, word, siblings)
