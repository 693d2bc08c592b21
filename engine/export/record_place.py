"""Where records belong that somebody asks for by number: what decides who may read of them."""

from engine.export.for_review import court_place
from engine.export.tables import NUMBERS
from engine.records import BY_NAME, Table
from engine.store import Store

_NUMBERS = ("resident_id", "uscc", "org_code")


def place_of(store: Store, table: Table, record_id: int) -> str:
    """Return the six-digit place of a record: its own, else of the court in its number; '' where neither tells."""
    own = next((c for c in ("division", "authority_division") if table.column(c)), None)
    number = next((c for c in NUMBERS if table.column(c)), None)
    rows = store.rows(f"SELECT {own or 'NULL'}, {number or 'NULL'} FROM {BY_NAME[table.name].name} "
                      "WHERE record_id = ?", [record_id])
    division, said = rows[0] if rows else (None, None)
    return str(division or (court_place(said) if said else None) or "")


def full_numbers(store: Store, record: str) -> list[tuple[str, str]]:
    """Return label and value of every number of the party of a record (table|natural key), as it was delivered."""
    name, _, key = record.partition("|")
    columns = [c for c in BY_NAME[name].columns if c.name in _NUMBERS] if name in BY_NAME else []
    if not columns:
        return []
    rows = store.rows(f"SELECT {', '.join(c.name for c in columns)} FROM {name} WHERE natural_key = ?", [key])
    return [(c.label, str(value)) for row in rows[:1] for c, value in zip(columns, row, strict=True) if value]
