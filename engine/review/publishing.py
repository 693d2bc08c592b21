"""A run's clues and findings copied in, whole or not at all, while nothing people decided is touched.

The caller hands batches of frames (CLUE and FINDING below), so memory stays bounded. Texts that are the same are left
alone. Afterwards what this run did not name is `held` (people dismissed it and its evidence is the same) or `gone`, and
the states of clues follow from their findings.
A clue's version moves only where its evidence did: who looks at it meanwhile loses nothing else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
import sqlalchemy as sa
from sqlalchemy import Connection

from engine.review import audit, guarding, schema
from engine.review.audit import Anchor, Who
from engine.review.database import Review

PRESENCE = {"standing": "在列", "held": "已排除不再列入", "gone": "已消失"}
"""Whether the last run named a clue or finding."""

NIGHT = Who("夜间运行")
"""How the audit names a publication's author."""

CLUE = {
    "clue_id": pl.String, "status": pl.String, "place": pl.Int64, "score": pl.Float64,
    "titles": pl.String, "field": pl.String, "unit": pl.String, "party": pl.String, "numbers": pl.String,
    "says": pl.String, "amount_cents": pl.Int64, "division": pl.String, "search": pl.String, "first_run": pl.Int64,
    "first_on": pl.Date, "enterprise": pl.String, "livelihood": pl.String, "department": pl.String, "texts": pl.String,
}
"""Columns of a batch's clues; `department` counts only when the clue is new; of `enterprise` and `livelihood`
yes, no or unknown."""

FINDING = {
    "finding_id": pl.String, "clue_id": pl.String, "turn": pl.Int64, "rule_id": pl.String, "rule_version": pl.Int64,
    "title": pl.String, "level": pl.String, "record": pl.String, "evidence_hash": pl.String,
    "say": pl.String, "texts": pl.String,
}
"""Columns of a batch's findings."""

MEASURE = {"finding_id": pl.String} | dict.fromkeys(schema.MEASURES, pl.Float64)
"""Columns of a batch's measures, by which a model judges its findings."""


GAPS = {"unit": pl.String, "what": pl.String, "fields": pl.String, "from_on": pl.Date, "to_on": pl.Date,
        "waiting": pl.Int64, "settled": pl.Int64, "rules": pl.String}
"""Columns of what must be fetched, in order; no record is named."""

DEFECTS = {"source": pl.String, "kind": pl.String, "item": pl.String, "code": pl.String, "reason": pl.String,
           "fix": pl.String, "defects": pl.Int64, "files": pl.Int64}
"""Columns of the counts of data defects; no value and no file is named."""

RULE_TEXTS = {"rule_id": pl.String, "version": pl.Int64, "texts": pl.String}
"""Columns of the rules the run used, in words."""


@dataclass(frozen=True)
class Boards:
    """What a run tells beside its clues: GAPS, DEFECTS and RULE_TEXTS."""

    gaps: pl.DataFrame
    defects: pl.DataFrame
    rules: pl.DataFrame


@dataclass(frozen=True)
class Run:
    """The run that is published; without `boards` those of the run before stay.

    `warehouse` tells one from another, '' is not known.
    """

    run_id: int
    as_of: date
    ended_at: datetime | None
    engine: str
    rules: str
    data: str
    boards: Boards | None = None
    warehouse: str = ""


@dataclass(frozen=True)
class Batch:
    """Some of a run's clues, with all their findings, and what a model judges these by."""

    clues: pl.DataFrame
    findings: pl.DataFrame
    measures: pl.DataFrame | None = None


@dataclass(frozen=True)
class Published:
    """What became of a publication: how many clues and findings stand, and the audit's last entry."""

    clues: int
    findings: int
    anchor: Anchor


def publish(
    review: Review, run: Run, batches: Iterable[Batch], held: Sequence[str] = (), gone: pl.DataFrame | None = None
) -> Published:
    """Copy a run in, in one transaction, and return what stands now.

    `held` are ids of findings that stayed away because people dismissed them; `gone` gives clue_id and reason of clues
    that no longer stand. Publishing the same run again changes nothing but its time. Raises EngineError where the run
    is older than the one published, or from another warehouse, and not forced (`Review.is_forced`).
    """
    with review.writing(alone=True) as connection:
        wrong = guarding.stale(connection, run.run_id, run.as_of, run.data, run.warehouse)
        if wrong is not None and not review.is_forced:
            raise wrong
        number = int(connection.execute(
            sa.select(sa.func.coalesce(sa.func.max(schema.run.c.publication), 0) + 1)).scalar_one())
        for name in ("named_clue", "named_finding"):
            _fresh(connection, name, "id VARCHAR PRIMARY KEY")
        for batch in batches:
            _merge(connection, batch, number)
        _leave(connection, number, held, gone)
        settle(connection)
        if run.boards is not None:
            _write_boards(connection, run.boards)
        stands = sa.select(sa.func.count()).where(schema.clue.c.presence == "standing")
        clues = int(connection.execute(stands).scalar_one())
        findings = int(connection.execute(
            sa.select(sa.func.count()).where(schema.finding.c.presence == "standing")).scalar_one())
        _write_run(connection, run, number, review.clock(), (clues, findings))
        audit.write(review, connection, NIGHT, "publish", f"run:{run.run_id}", clues=clues, findings=findings,
                    **({} if wrong is None else {"forced": wrong.code}))
        return Published(clues, findings, audit.anchor(connection))


def _merge(connection: Connection, batch: Batch, number: int) -> None:
    """Write one batch over what is there."""
    now = (pl.lit(number).alias("publication"), pl.lit("standing").alias("presence"))
    stage(connection, "seen", batch.findings.select("finding_id", "clue_id", "evidence_hash"))
    connection.exec_driver_sql(_MOVED)
    connection.exec_driver_sql("INSERT INTO named_finding SELECT finding_id FROM seen")
    stage(connection, "seen_clue", batch.clues.select("clue_id"))
    connection.exec_driver_sql("INSERT INTO named_clue SELECT clue_id FROM seen_clue")
    started = (pl.lit("open").alias("state"), pl.lit(1).alias("version"), pl.lit("").alias("gone_reason"))
    _renew(connection, schema.clue, batch.clues.drop("texts").with_columns(*now, *started),
           keep=("department", "state", "version"))
    _renew(connection, schema.clue_text, batch.clues.select("clue_id", "texts"))
    _renew(connection, schema.finding, batch.findings.drop("say", "texts").with_columns(*now))
    _renew(connection, schema.finding_text, batch.findings.select("finding_id", "say", "texts"))
    if batch.measures is not None:
        _renew(connection, schema.finding_measure, batch.measures.select(list(MEASURE)))


def _renew(connection: Connection, table: sa.Table, frame: pl.DataFrame, keep: Sequence[str] = ()) -> None:
    """Insert rows, or overwrite those by key that are not the same already, except the columns in `keep`."""
    key = table.primary_key.columns[0].name
    names = ", ".join(frame.columns)
    renewed = [name for name in frame.columns if name not in (key, *keep)]
    then = f"ON CONFLICT ({key}) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in renewed)
    told = [name for name in renewed if name != "publication"]
    then += " WHERE " + " OR ".join(f"{table.name}.{name} IS DISTINCT FROM excluded.{name}" for name in told)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" for _ in frame.columns)
        _many(connection, f"INSERT INTO {table.name} ({names}) VALUES ({marks}) {then}", frame)
        return
    stage(connection, f"new_{table.name}", frame)
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM new_{table.name} {then}")
    connection.exec_driver_sql(f"DROP TABLE new_{table.name}")


_KINDS: dict[object, str] = {pl.String: "VARCHAR", pl.Int64: "BIGINT", pl.Int32: "BIGINT",
                             pl.Float64: "DOUBLE PRECISION", pl.Date: "DATE"}


def stage(connection: Connection, name: str, frame: pl.DataFrame) -> None:
    """Hand a frame over as a temporary table, the way each database takes most at once."""
    columns = ", ".join(f"{column} {_KINDS[kind]}" for column, kind in frame.schema.items())
    _fresh(connection, name, columns)
    if connection.dialect.name == "sqlite":
        _many(connection, f"INSERT INTO {name} VALUES ({', '.join('?' for _ in frame.columns)})", frame)
        return
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {name} FROM STDIN WITH (FORMAT csv, NULL '\\N')") as copy:
        for part in frame.iter_slices(5000):
            copy.write(part.write_csv(include_header=False, null_value="\\N", quote_style="non_numeric").encode())


def _fresh(connection: Connection, name: str, columns: str) -> None:
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {name} ({columns})")


def _many(connection: Connection, sql: str, frame: pl.DataFrame) -> None:
    """Run a statement once a row, as SQLite takes it: a date is its text there."""
    if frame.height:
        connection.exec_driver_sql(sql, frame.with_columns(pl.col(pl.Date).dt.to_string()).rows())


_MOVED = """
    UPDATE clue SET version = version + 1 WHERE clue_id IN (
        SELECT s.clue_id FROM seen s LEFT JOIN finding f ON f.finding_id = s.finding_id
        WHERE f.evidence_hash IS DISTINCT FROM s.evidence_hash OR f.presence = 'gone' OR f.clue_id <> s.clue_id)"""
"""Clues whose evidence is not what it was: another value, a finding new or back, or moved here from another clue."""


def _leave(connection: Connection, number: int, held: Sequence[str], gone: pl.DataFrame | None) -> None:
    """Mark what this run did not name."""
    stage(connection, "kept", pl.DataFrame({"finding_id": list(held)}, schema={"finding_id": pl.String}))
    left = pl.DataFrame(schema={"clue_id": pl.String, "reason": pl.String}) if gone is None else gone
    stage(connection, "lost", left.select("clue_id", "reason"))
    for statement in _LEFT:
        connection.execute(sa.text(statement), {"publication": number})


_UNNAMED_FINDING = "NOT EXISTS (SELECT 1 FROM named_finding n WHERE n.id = finding.finding_id)"
_UNNAMED_CLUE = "NOT EXISTS (SELECT 1 FROM named_clue n WHERE n.id = clue.clue_id)"
_FINDING_LEFT = "CASE WHEN finding_id IN (SELECT finding_id FROM kept) THEN 'held' ELSE 'gone' END"
_CLUE_LEFT = """CASE WHEN EXISTS (SELECT 1 FROM finding f WHERE f.clue_id = clue.clue_id AND f.presence = 'held')
    THEN 'held' ELSE 'gone' END"""
_WHY = "coalesce((SELECT s.reason FROM lost s WHERE s.clue_id = clue.clue_id), '本次运行不再列入')"

_LEFT = (
    f"""UPDATE clue SET version = version + 1 WHERE clue_id IN (
        SELECT clue_id FROM finding WHERE {_UNNAMED_FINDING} AND presence = 'standing'
        AND finding_id NOT IN (SELECT finding_id FROM kept))""",
    f"""UPDATE finding SET presence = {_FINDING_LEFT} WHERE {_UNNAMED_FINDING} AND presence <> {_FINDING_LEFT}""",
    f"""UPDATE clue SET place = NULL, presence = {_CLUE_LEFT},
        publication = CASE WHEN presence = 'standing' THEN :publication - 1 ELSE publication END
        WHERE {_UNNAMED_CLUE} AND (place IS NOT NULL OR presence <> {_CLUE_LEFT})""",
    f"""UPDATE clue SET gone_reason = {_WHY} WHERE {_UNNAMED_CLUE} AND presence = 'gone' AND gone_reason <> {_WHY}""",
)
"""A finding that left moves its clue's version, one that people dismissed does not. A clue that left keeps in
`publication` the last one that named it; of one that stands it is only when its row was written."""


_STATE = """
    CASE WHEN EXISTS (SELECT 1 FROM finding f WHERE {mine} AND {valid} AND f.decision = 'confirm') THEN 'confirmed'
         WHEN EXISTS (SELECT 1 FROM finding f WHERE {mine} AND {valid} AND f.decision = 'transfer') THEN 'transferred'
         WHEN EXISTS (SELECT 1 FROM finding f WHERE {mine} AND {valid} AND f.decision = 'need_material')
             THEN 'need_material'
         WHEN EXISTS (SELECT 1 FROM finding f WHERE {mine} AND {valid} AND f.decision = 'dismiss')
             AND NOT EXISTS (SELECT 1 FROM finding f WHERE {mine} AND NOT coalesce({valid}, false)) THEN 'dismissed'
         ELSE 'open' END""".format(
    mine="f.clue_id = clue.clue_id AND (f.presence <> 'gone' OR clue.presence = 'gone')",
    valid="f.decided_hash = f.evidence_hash",
)
"""A decision holds as long as the evidence is the one it was made on; the furthest decision leads."""


WRONG_STATE = f"SELECT clue_id FROM clue WHERE state <> {_STATE} ORDER BY clue_id"
"""Clues whose state is not what their decisions say."""


def settle(connection: Connection, clue_id: str | None = None) -> None:
    """Give one clue, or all, the state that follows from the decisions on their findings."""
    where = "" if clue_id is None else " AND clue_id = :clue_id"
    values = {} if clue_id is None else {"clue_id": clue_id}
    connection.execute(sa.text(f"UPDATE clue SET state = {_STATE} WHERE state <> {_STATE}{where}"), values)


def _write_boards(connection: Connection, boards: Boards) -> None:
    """Replace what the run before told."""
    told = ((schema.gap_board, boards.gaps.with_row_index("turn")), (schema.rule_text, boards.rules),
            (schema.defect_board, boards.defects.with_row_index("turn")))
    for table, frame in told:
        connection.execute(sa.delete(table))
        if frame.height:
            connection.execute(sa.insert(table), frame.to_dicts())


def _write_run(connection: Connection, run: Run, number: int, at: datetime, counts: tuple[int, int]) -> None:
    connection.execute(sa.insert(schema.run).values(
        publication=number, run_id=run.run_id, as_of=run.as_of, ended_at=run.ended_at, engine=run.engine,
        rules=run.rules, data=run.data, warehouse=run.warehouse, published_at=at, clues=counts[0], findings=counts[1]))
