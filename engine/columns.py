"""What a declared table is made of: columns with type, Chinese label, note and mask class.

Types: text, date, money (DECIMAL(18,2), yuan), int, bool. NULL means *not in the file*, never *did not happen*.

A text column with a `form` gets a companion `<name>_key` column holding its comparable form (`engine.text.keys_of`);
links and parties compare keys, people read the column itself.
"""

from dataclasses import dataclass

SQL_TYPE = {"text": "VARCHAR", "date": "DATE", "money": "DECIMAL(18,2)", "int": "BIGINT", "bool": "BOOLEAN"}

FORMS = ("document_no", "case_no", "name", "organ", "citation", "charge")
"""Kinds of comparable form a text column may have."""

MASKS = ("", "name", "number", "address", "text")
"""Mask classes: how a value is shortened in messages and masked exports. Empty: shown as it is."""


@dataclass(frozen=True)
class Column:
    """One declared column; `values` lists the allowed codes of an enumerated text column with their Chinese."""

    name: str
    type: str
    label: str
    note: str = ""
    mask: str = ""
    form: str = ""
    values: tuple[tuple[str, str], ...] = ()

    @property
    def sql_type(self) -> str:
        """The DuckDB type."""
        return SQL_TYPE[self.type]


@dataclass(frozen=True)
class Table:
    """One declared table; `key` names the columns of its natural key, in order."""

    name: str
    label: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    note: str = ""

    def column(self, name: str) -> Column | None:
        """Return the declared column of that name, or None."""
        return next((c for c in self.columns if c.name == name), None)

    @property
    def has_party(self) -> bool:
        """Whether rows name a counterpart (party columns and `party_id`)."""
        return self.column("party_name") is not None

    @property
    def key_columns(self) -> tuple[Column, ...]:
        """The companion `<name>_key` columns of the columns that have a comparable form."""
        return tuple(Column(f"{c.name}_key", "text", f"{c.label}（比对形式）") for c in self.columns if c.form)

    @property
    def stored(self) -> tuple[tuple[str, str], ...]:
        """Every stored column with its SQL type: base, declared, companion keys, then party_id."""
        own = tuple((c.name, c.sql_type) for c in (*self.columns, *self.key_columns))
        return (*BASE, *own, *((("party_id", "UBIGINT"),) if self.has_party else ()))


BASE: tuple[tuple[str, str], ...] = (
    ("record_id", "UBIGINT"),
    ("natural_key", "VARCHAR"),
    ("source_id", "VARCHAR"),
    ("batch_id", "BIGINT"),
    ("file", "VARCHAR"),
    ("sheet", "VARCHAR"),
    ("line", "BIGINT"),
    ("loaded_at", "TIMESTAMP"),
    ("raw", "VARCHAR"),
)
"""Columns of every record table, with their SQL types.

record_id = md5_number_lower(table name | natural_key); natural_key = comparable forms of the key columns joined by |.
batch_id points to `delivery`; line is the physical line (CSV, JSONL) or sheet row the record starts on; raw is the row
as delivered, a JSON object header → text.
"""


def text(name: str, label: str, note: str = "", mask: str = "", form: str = "") -> Column:
    """Declare a text column."""
    return Column(name, "text", label, note, mask, form)


def code(name: str, label: str, values: str, note: str = "") -> Column:
    """Declare an enumerated text column from `code=中文` pairs separated by spaces."""
    pairs = tuple((v.split("=")[0], v.split("=")[1]) for v in values.split())
    return Column(name, "text", label, note, values=pairs)


def date(name: str, label: str, note: str = "") -> Column:
    """Declare a date column."""
    return Column(name, "date", label, note)


def money(name: str, label: str, note: str = "") -> Column:
    """Declare a money column, in yuan."""
    return Column(name, "money", label, note)


def flag(name: str, label: str, note: str = "") -> Column:
    """Declare a boolean column; NULL is unknown."""
    return Column(name, "bool", label, note)


def number(name: str, label: str, note: str = "") -> Column:
    """Declare a whole-number column."""
    return Column(name, "int", label, note)
