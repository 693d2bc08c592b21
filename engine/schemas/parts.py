"""Pieces all schemas are made of, in JSON Schema draft-07: the draft YAML editors understand fully.

What a scalar is follows YAML 1.2: a date is text there, and so is 12:30.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.columns import Column, Table
from engine.records import TABLES
from engine.rules.clauses import NAME
from engine.schemas.words import Words

Schema = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"
FREE: Schema = {}
TEXT: Schema = {"type": "string", "minLength": 1}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
TRUTH: Schema = {"type": "boolean"}
DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
EXPRESSION: Schema = {"type": ["string", "number", "boolean"]}
TEXTS: Schema = {"type": "array", "items": TEXT}
CELL: dict[str, Schema] = {
    "text": {"type": ["string", "number", "null"]}, "date": {**DAY, "type": ["string", "null"]},
    "money": {"type": ["number", "null"]}, "int": {"type": ["integer", "null"]}, "bool": {"type": ["boolean", "null"]},
}


@dataclass(frozen=True)
class Known:
    """What the files of a rules folder may refer to, and the words that explain the keys."""

    links: Sequence[str]
    parameters: Sequence[str]
    words: Words


def keyed(known: Known, place: str, keys: Iterable[str], parts: Mapping[str, Schema], **more: Any) -> Schema:
    """Return an object of exactly these keys, each with its part and its words.

    ValueError where a key has no part, or a part no key: the reader knows a key the schema does not, or the reverse.
    """
    wanted = list(keys)
    if set(wanted) != set(parts):
        odd = sorted(set(wanted) ^ set(parts))
        raise ValueError(f"keys of {place} that only the reader or only the schema knows: {odd}")
    properties = {key: {"description": known.words.of(place, key), **parts[key]} for key in wanted}
    required = {"required": list(more.pop("required", ()))}
    return {"type": "object", "properties": properties, "additionalProperties": False,
            **{k: v for k, v in required.items() if v}, **more}


def named(value: Schema) -> Schema:
    """Return an object whose keys are names the author chooses."""
    return {"type": "object", "propertyNames": {"pattern": f"^{NAME}$"}, "additionalProperties": value}


def listed(value: Schema, least: int = 0) -> Schema:
    """Return a list of one kind of item."""
    return {"type": "array", "items": value, **({"minItems": least} if least else {})}


def one_of(words: Iterable[str] | Mapping[str, str]) -> Schema:
    """Return a choice among words; their Chinese meanings are shown next to them."""
    shown = {"enumDescriptions": list(words.values())} if isinstance(words, Mapping) else {}
    return {"enum": list(words), **shown}


def tables() -> Schema:
    """Return a choice among the record tables."""
    return one_of({table.name: table.label for table in TABLES})


def columns_of(table: Table) -> dict[str, Column]:
    """Return the columns a row of a case may give."""
    party = (Column("party_id", "int", "主体编号"),) if table.has_party else ()
    return {column.name: column for column in (*table.columns, *table.key_columns, *party)}


def cell(column: Column) -> Schema:
    """Return what a row may hold in a column."""
    label = "。".join(part for part in (column.label, column.note) if part)
    if not column.values:
        return {"description": label, **CELL[column.type]}
    codes = dict(column.values)
    return {"description": label, "enum": [*codes, None], "enumDescriptions": [*codes.values(), "未记载"]}
