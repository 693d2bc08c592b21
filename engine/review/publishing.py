"""A run's clues and findings copied in, whole or not at all, while nothing people decided is touched.

The caller hands batches of frames (CLUE and FINDING below), so memory stays bounded. Each batch is staged and merged by
SQL; texts that are the same are left alone. Afterwards what this run did not name is `held` (people dismissed
it and its evidence is the same) or `gone`, and the states of clues follow from their findings.
A clue's version moves only where its evidence did: who looks at it meanwhile loses nothing else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
import sqlalchemy as sa
from sqlalchemy import Connection

from engine.review import audit, schema
from engine.review.audit import Anchor, Who
from engine.review.database import Review

PRESENCE = {"standing": "在列", "held": "已排除不再列入", "gone": "已消失"}
"""Whether the last run named a clue or finding."""

CLUE = {
    "clue_id": pl.String, "status": pl.String, "place": pl.Int64, "score": pl.Float64,
    "titles": pl.String, "field": pl.String, "unit": pl.String, "party": pl.String, "numbers": pl.String,
    "says": pl.String, "amount_cents": pl.Int64, "division": pl.String, "search": pl.String, "first_run": pl.Int64,
    "department": pl.String, "texts": pl.String,
}
"""Columns of a batch's clues; `department` counts only when the clue is new."""

FINDING = {
    "finding_id": pl.String, "clue_id": pl.String, "turn": pl.Int64, "rule_id": pl.String, "rule_version": pl.Int64,
    "title": pl.String, "level": pl.String, "record": pl.String, "evidence_hash": pl.String,
    "say": pl.String, "texts": pl.String,
}
"""Columns of a batch's findings."""


@dataclass(frozen=True)
class Run:
    """The run that is published."""

    run_id: int
    as_of: date
    ended_at: datetime | None
    engine: str
    rules: str
    data: str


@dataclass(frozen=True)
class Batch:
    """Some of a run's clues, with all their findings."""

    clues: pl.DataFrame
    findings: pl.DataFrame


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
    that no longer stand. Publishing the same run again changes nothing but its time.
    """
    with review.writing(alone=True) as connection:
        _make_stages(connection)
        number = int(connection.execute(
            sa.select(sa.func.coalesce(sa.func.max(schema.run.c.publication), 0) + 1)).scalar_one())
        for batch in batches:
            _merge(connection, batch, number)
        _leave(connection, number, held, gone)
        settle(connection)
        stands = sa.select(sa.func.count()).where(schema.clue.c.presence == "standing")
        clues = int(connection.execute(stands).scalar_one())
        findings = int(connection.execute(
            sa.select(sa.func.count()).where(schema.finding.c.presence == "standing")).scalar_one())
        _write_run(connection, run, number, review.clock(), (clues, findings))
        for name in _STAGES:
            connection.exec_driver_sql(f"DROP TABLE {name}")
        audit.write(review, connection, Who("夜间运行"), "publish", f"run:{run.run_id}", clues=clues, findings=findings)
        return Published(clues, findings, audit.anchor(connection))


_KINDS: dict[object, str] = {pl.String: "VARCHAR", pl.Int64: "BIGINT", pl.Float64: "DOUBLE PRECISION"}
_STAGES = {"stage_clue": CLUE, "stage_finding": FINDING}


def _make_stages(connection: Connection) -> None:
    for name, columns in _STAGES.items():
        declared = ", ".join(f"{column} {_KINDS[kind]}" for column, kind in columns.items())
        connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {name} ({declared})")
    connection.exec_driver_sql("CREATE INDEX stage_finding_by_id ON stage_finding (finding_id)")


def _merge(connection: Connection, batch: Batch, number: int) -> None:
    for name, frame in (("stage_clue", batch.clues), ("stage_finding", batch.findings)):
        connection.exec_driver_sql(f"DELETE FROM {name}")
        _stage(connection, name, frame.select(list(_STAGES[name])))
    values = {"publication": number}
    connection.execute(sa.text(_MOVED))
    for statement in (_CLUES, _CLUE_TEXTS, _FINDINGS, _FINDING_TEXTS):
        connection.execute(sa.text(statement), values)


def _stage(connection: Connection, name: str, frame: pl.DataFrame) -> None:
    """Hand a frame over the way each database takes most at once."""
    if frame.height == 0:
        return
    names = ", ".join(frame.columns)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" for _ in frame.columns)
        connection.exec_driver_sql(f"INSERT INTO {name} ({names}) VALUES ({marks})", frame.rows())
        return
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {name} ({names}) FROM STDIN WITH (FORMAT csv, NULL '\\N')") as copy:
        for part in frame.iter_slices(5000):
            copy.write(part.write_csv(include_header=False, null_value="\\N", quote_style="non_numeric").encode())


_MOVED = """
    UPDATE clue SET version = version + 1 WHERE clue_id IN (
        SELECT s.clue_id FROM stage_finding s LEFT JOIN finding f ON f.finding_id = s.finding_id
        WHERE f.evidence_hash IS DISTINCT FROM s.evidence_hash OR f.presence = 'gone' OR f.clue_id <> s.clue_id)"""
"""Clues whose evidence is not what it was: another value, a finding new or back, or moved here from another clue."""


_SLIM_CLUE = [c for c in CLUE if c != "texts"]
_SLIM_FINDING = [c for c in FINDING if c not in ("say", "texts")]

_CLUES = (
    f"INSERT INTO clue ({', '.join(_SLIM_CLUE)}, state, version, gone_reason, publication, presence) "
    f"SELECT {', '.join(_SLIM_CLUE)}, 'open', 1, '', :publication, 'standing' FROM stage_clue WHERE true "
    "ON CONFLICT (clue_id) DO UPDATE SET "
    + ", ".join(f"{c} = excluded.{c}" for c in _SLIM_CLUE if c not in ("clue_id", "department"))
    + ", publication = excluded.publication, presence = 'standing', gone_reason = ''")

_FINDINGS = (
    f"INSERT INTO finding ({', '.join(_SLIM_FINDING)}, publication, presence) "
    f"SELECT {', '.join(_SLIM_FINDING)}, :publication, 'standing' FROM stage_finding WHERE true "
    "ON CONFLICT (finding_id) DO UPDATE SET "
    + ", ".join(f"{c} = excluded.{c}" for c in _SLIM_FINDING if c != "finding_id")
    + ", publication = excluded.publication, presence = 'standing'")

_CLUE_TEXTS = """
    INSERT INTO clue_text (clue_id, texts) SELECT clue_id, texts FROM stage_clue WHERE true
    ON CONFLICT (clue_id) DO UPDATE SET texts = excluded.texts WHERE clue_text.texts <> excluded.texts"""

_FINDING_TEXTS = """
    INSERT INTO finding_text (finding_id, say, texts) SELECT finding_id, say, texts FROM stage_finding WHERE true
    ON CONFLICT (finding_id) DO UPDATE SET say = excluded.say, texts = excluded.texts
    WHERE finding_text.texts <> excluded.texts OR finding_text.say <> excluded.say"""


def _leave(connection: Connection, number: int, held: Sequence[str], gone: pl.DataFrame | None) -> None:
    """Mark what this run did not name."""
    connection.exec_driver_sql("DELETE FROM stage_finding")
    connection.exec_driver_sql("DELETE FROM stage_clue")
    _stage(connection, "stage_finding", pl.DataFrame({"finding_id": list(held)}, schema={"finding_id": pl.String}))
    if gone is not None:
        _stage(connection, "stage_clue", gone.select("clue_id", pl.col("reason").alias("texts")))
    for statement in _LEFT:
        connection.execute(sa.text(statement), {"publication": number})


_LEFT = (
    """UPDATE clue SET version = version + 1 WHERE clue_id IN (
        SELECT clue_id FROM finding WHERE publication < :publication AND presence = 'standing'
        AND finding_id NOT IN (SELECT finding_id FROM stage_finding))""",
    """UPDATE finding SET presence = CASE WHEN finding_id IN (SELECT finding_id FROM stage_finding)
        THEN 'held' ELSE 'gone' END WHERE publication < :publication""",
    """UPDATE clue SET place = NULL, presence = CASE WHEN EXISTS (
        SELECT 1 FROM finding f WHERE f.clue_id = clue.clue_id AND f.presence = 'held') THEN 'held' ELSE 'gone' END
        WHERE publication < :publication""",
    """UPDATE clue SET gone_reason = coalesce((SELECT s.texts FROM stage_clue s WHERE s.clue_id = clue.clue_id),
        '本次运行不再列入') WHERE publication < :publication AND presence = 'gone'""",
)
"""A finding that left moves its clue's version, one that people dismissed does not."""


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


def _write_run(connection: Connection, run: Run, number: int, at: datetime, counts: tuple[int, int]) -> None:
    connection.execute(sa.insert(schema.run).values(
        publication=number, run_id=run.run_id, as_of=run.as_of, ended_at=run.ended_at, engine=run.engine,
        rules=run.rules, data=run.data, published_at=at, clues=counts[0], findings=counts[1]))
