"""All that is known of a few clues, as plain dicts ready for JSON: what drafts and handed-over cases are made of.

Nothing is decided here: every value comes from the tables the lists are made of (`engine.export.tables`), so a draft
and the list can never disagree. Keys are English, texts Chinese; a date is text as people read it, NULL is None.
"""

import json
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from typing import Any

import polars as pl

from engine.clues import cited
from engine.errors import EngineError
from engine.export import notes, tables
from engine.export.masking import hide_evidence, hide_numbers, without_numbers
from engine.law.periods import UNIT_LABEL
from engine.records import BY_NAME
from engine.rules import RuleSet
from engine.rules.model import Rule
from engine.sources import Mappings
from engine.sources.headers import header_key
from engine.store import Store, delivered
from engine.text import mask

FORMAT = "xiezhi-clue-1"
"""Says how a clue file is read; raised when a key changes its meaning."""

_MOST = 200
"""Clues asked for at once: they are held in memory as a whole."""

_TRUTH = {True: "存在", False: "不存在", None: "资料不足"}
_Row = dict[str, Any]


def clue_files(
    store: Store, rules: RuleSet, mappings: Mappings, clue_ids: Sequence[str], *, masked: bool = True
) -> list[_Row]:
    """Return one dict a clue, in the order asked for, gone clues included.

    Identity and organisation numbers are masked unless `masked` is false. Raises EngineError where there was no run,
    or for an id that is not in the warehouse.
    """
    run = notes.last_run(store)
    wanted = list(dict.fromkeys(clue_ids))
    if len(wanted) > _MOST:
        raise EngineError("线索", f"一次要 {len(wanted)} 条，超过上限 {_MOST}", "请分批", code="E-CLUE-MANY")
    _demand_known(store, wanted)
    listed = ", ".join("'" + clue_id.replace("'", "''") + "'" for clue_id in wanted)
    tables.prepare(store, rules, mappings, which=f"c.clue_id IN ({listed or 'NULL'})", answers=False)
    heads = _by(store.frame(_HEAD.format(listed=listed or "NULL")).to_dicts(), "clue_id")
    found = {"findings": _findings(store, rules, masked), "records": _records(store, mappings, masked)}
    told = []
    for clue_id in wanted:
        head = heads[clue_id][0]
        parts = json.loads(head.pop("parts") or "[]")
        own = {name: rows.get(clue_id, []) for name, rows in found.items()}
        told.append({"format": FORMAT, **head, "parts": parts, "masked": masked, "run": _run(run), **own})
    return told


def _demand_known(store: Store, wanted: Sequence[str]) -> None:
    known = {clue_id for (clue_id,) in store.rows("SELECT clue_id FROM clue WHERE clue_id IN (SELECT unnest(?))",
                                                 [[clue_id for clue_id in wanted if clue_id.isascii()]])}
    strange = [clue_id for clue_id in wanted if clue_id not in known]
    if strange:
        shown = "、".join(ascii(clue_id[:30])[1:-1] for clue_id in strange[:3])
        raise EngineError("线索", f"没有线索 {shown}", "请从线索清单的“线索编号”列复制",
                          code="E-CLUE-NONE")


def _by(rows: Sequence[_Row], key: str) -> dict[Any, list[_Row]]:
    grouped: dict[Any, list[_Row]] = {}
    for row in rows:
        grouped.setdefault(row.pop(key) if key != "clue_id" else row[key], []).append(row)
    return grouped


_HEAD = """
    SELECT c.clue_id, c.status, c.changed, c.score, c.place, CAST(c.amount_yuan AS VARCHAR) AS amount_yuan, c.parts,
           c.first_run, CAST(a.as_of AS VARCHAR) AS first_as_of, c.last_run, CAST(b.as_of AS VARCHAR) AS last_as_of
    FROM clue c LEFT JOIN run a ON a.run_id = c.first_run LEFT JOIN run b ON b.run_id = c.last_run
    WHERE c.clue_id IN ({listed})"""


def _run(run: Dict[str, Any]) -> _Row:
    versions = run["summary"].get("versions", {})
    return {"run_id": run["run_id"], "as_of": str(run["as_of"]), "engine": run["engine"],
            "ended_at": str(run["ended_at"] or ""),
            **{name: versions.get(name, "") for name in ("rules", "law", "data")},
            "by_rule": versions.get("by_rule", {}), "by_parameter": versions.get("by_parameter", {})}


_FINDING = """
    WITH units AS (
        SELECT f.clue_id, f.turn, 0 AS o, r.* FROM show_finding f
        JOIN show_record r ON r.its_table = f.table_name AND r.its_id = f.record_id
        UNION ALL
        SELECT f.clue_id, f.turn, 1, r.* FROM show_linked l JOIN show_finding f USING (table_name, record_id, rule_id)
        JOIN show_record r USING (its_table, its_id)),
    named AS (
        SELECT clue_id, turn, arg_min(court, o) FILTER (court IS NOT NULL) AS court,
               arg_min(procuratorate, o) FILTER (procuratorate IS NOT NULL) AS procuratorate,
               arg_min(authority, o) FILTER (authority IS NOT NULL) AS authority,
               arg_min(party_name, o) FILTER (party_name IS NOT NULL) AS party,
               arg_min(party_no, o) FILTER (party_no IS NOT NULL) AS party_no
        FROM units GROUP BY clue_id, turn)
    SELECT f.clue_id, f.turn, f.table_name, f.record_id, f.rule_id, f.rule_version, f.title, f.unit_kind,
           f.addressee AS addressee_label, f.field, f.level_label, f.summary, f.say, f.flags, f.to_check, f.innocent,
           f.blind, f.points, f.exclusions, f.law, n.* EXCLUDE (clue_id, turn)
    FROM show_finding f LEFT JOIN named n USING (clue_id, turn) ORDER BY f.clue_id, f.turn"""


def _findings(store: Store, rules: RuleSet, masked: bool) -> dict[str, list[_Row]]:
    """Return the findings of each clue, the leading first, with their evidence and law."""
    reasons = {(rule, name): reason for rule, name, reason in store.rows("SELECT * FROM show_reason")}
    evidence = _evidence(store, masked)
    found: dict[str, list[_Row]] = {}
    for row in store.frame(_FINDING).to_dicts():
        rule = rules.rules.get(row["rule_id"])
        law = json.loads(row.pop("law") or "[]")
        asked = json.loads(row.pop("exclusions") or "[]")
        key = (row["table_name"], row.pop("record_id"), row["rule_id"])
        lists = {name: list(row.pop(name) or []) for name in ("flags", "to_check", "innocent", "blind")}
        if masked:
            row |= {"party_no": mask(row["party_no"] or "", "number") or None, "say": without_numbers(row["say"] or "")}
        found.setdefault(row.pop("clue_id"), []).append(row | lists | {
            "field_id": row["rule_id"].split(".")[0],
            "addressee": rule.addressee if rule else row["unit_kind"],
            "points": [p["say"] for p in json.loads(row["points"] or "[]") if p.get("say")],
            "exclusions": [{"answer": _TRUTH[e["value"]], "reason": reasons.get((row["rule_id"], e["is"]), e["is"]),
                            "say": e.get("say") or ""} for e in asked],
            "basis": _basis(rule), "law": _law(law, rules),
            "counted": list(dict.fromkeys(line["counted"] for line in law if "counted" in line)),
            "evidence": evidence.get(key, []),
        })
    return found


def _basis(rule: Rule | None) -> list[_Row]:
    return [{"article": cited(basis), "note": basis.note} for basis in rule.basis] if rule else []


def _law(lines: Sequence[_Row], rules: RuleSet) -> list[_Row]:
    """Return each parameter applied once: what it is called, how long, its article, its words where they are known."""
    told: dict[str, _Row] = {}
    for line in lines:
        if "title" not in line:
            continue
        parameter = rules.law.parameters.get(line["use"])
        values = [v for v in parameter.values if str(v.from_on) == line["from"]] if parameter else []
        law = line["law"] if {"〔", "《"} & set(line["law"]) else f"《{line['law']}》"
        from_on = notes.day(pl.Series([line["from"]]).str.to_date()[0])
        unit = UNIT_LABEL.get(line["unit"]) or {"yuan": "元", "ratio": "倍"}.get(line["unit"], "")
        article = f"{law}{line['article']}（{from_on}起施行）"
        told[f"{line['use']}|{line['from']}"] = {
            "title": line["title"], "length": f"{line['length']}{unit}", "article": article,
            "sure": line["confidence"] == "高", "quote": values[0].quote if values else "",
            "note": values[0].note if values else "",
        }
    return list(told.values())


_EVIDENCE = """
    SELECT i.table_name, i.record_id, i.rule_id, i.label AS 项目, i.said AS 值, i.source, i.listed, i.kind,
           i.its_table, r.its_label, r.number, coalesce(o.file, r.file) AS file, coalesce(o.sheet, r.sheet) AS sheet,
           coalesce(o.line, r.line) AS line,
           o.raw_text AS 原始值, i.ground, i.value IS NOT NULL AS known, m.mask AS 遮盖
    FROM show_item i LEFT JOIN show_origin o USING (its_table, its_column, its_id)
    LEFT JOIN show_record r ON r.its_table = i.its_table AND r.its_id = i.its_id
    LEFT JOIN show_mask m ON m.its_table = i.its_table AND m.its_column = i.its_column
    ORDER BY i.turn, i.nth, i.label"""


def _evidence(store: Store, masked: bool) -> dict[tuple[str, int, str], list[_Row]]:
    frame = store.frame(_EVIDENCE)
    names = {"项目": "label", "值": "value", "原始值": "raw"}
    rows = (hide_evidence(frame) if masked else frame).drop("遮盖").rename(names).to_dicts()
    found: dict[tuple[str, int, str], list[_Row]] = {}
    for row in rows:
        found.setdefault((row.pop("table_name"), row.pop("record_id"), row.pop("rule_id")), []).append(row)
    return found


_ABOUT = """
    WITH about AS (
        SELECT clue_id, table_name AS its_table, record_id AS its_id, turn, 0 AS o, NULL AS why, NULL AS step,
               NULL::DOUBLE AS confidence, NULL::BIGINT AS candidates FROM show_finding
        UNION ALL
        SELECT f.clue_id, l.its_table, l.its_id, l.turn, 1, l.why, l.step, l.confidence, l.candidates
        FROM show_linked l JOIN show_finding f USING (table_name, record_id, rule_id))
    SELECT a.clue_id, a.its_table AS table_name, a.its_id, a.o = 0 AS is_subject, coalesce(a.why, a.step) AS why,
           a.confidence, a.candidates, r.its_label AS label, r.number, r.authority, r.court, r.procuratorate,
           r.party_name AS party, r.place
    FROM about a JOIN show_record r USING (its_table, its_id)
    QUALIFY row_number() OVER (PARTITION BY clue_id, its_table, its_id ORDER BY o, turn, confidence DESC) = 1
    ORDER BY a.clue_id, a.o, a.turn, a.its_table, a.its_id"""


def _records(store: Store, mappings: Mappings, masked: bool) -> dict[str, list[_Row]]:
    """Return the records of each clue, what the findings are about first, with the rows that told of them."""
    about = store.frame(_ABOUT).to_dicts()
    rows: dict[tuple[str, int], list[_Row]] = {}
    secret = _secret_headers(mappings) if masked else frozenset[tuple[str, str]]()
    for table in dict.fromkeys(row["table_name"] for row in about):
        wanted = sorted({row["its_id"] for row in about if row["table_name"] == table})
        for row in store.frame(_ROW.format(table=delivered(BY_NAME[table])), [wanted]).to_dicts():
            del row["batch_id"]
            row["cells"] = _cells(row.pop("raw"), row["source_id"], secret, masked)
            row["defects"] = [json.loads(text) for text in row.pop("defects") or []]
            rows.setdefault((table, row.pop("record_id")), []).append(row)
    found: dict[str, list[_Row]] = {}
    for row in about:
        row["rows"] = rows.get((row["table_name"], row.pop("its_id")), [])
        found.setdefault(row.pop("clue_id"), []).append(row)
    return found


# E-BLANK and E-NORMALISED count a column of the whole file and stand at its first row: they say nothing of this one.
_ROW = """
    WITH d AS (SELECT * FROM {table} WHERE is_current AND record_id IN (SELECT unnest(?)))
    SELECT d.record_id, d.batch_id, d.source_id, d.file, d.sheet, d.line, v.sha256, 
           CAST(v.loaded_at AS VARCHAR) AS loaded_at,
           d.raw, list(to_json(struct_pack("column" := coalesce(j.column_label, j.column_name), value := j.value,
                                           reason := j.reason, fix := j.fix, code := j.code))
                       ORDER BY j.code, j.column_name) FILTER (j.code IS NOT NULL) AS defects
    FROM d LEFT JOIN (SELECT DISTINCT batch_id, file, sha256, loaded_at FROM delivery) v USING (batch_id, file)
    LEFT JOIN reject j ON j.batch_id = d.batch_id AND j.file = d.file AND j.line = d.line
         AND coalesce(j.sheet, '') = coalesce(d.sheet, '') AND j.code NOT IN ('E-BLANK', 'E-NORMALISED')
    GROUP BY ALL ORDER BY d.record_id, d.batch_id, d.file, d.line"""


def _secret_headers(mappings: Mappings) -> frozenset[tuple[str, str]]:
    """Return (source, comparable header) of the delivered columns that hold numbers of persons or organisations."""
    return frozenset((source_id, key) for source_id, mapping in mappings.items() for feed in mapping.feeds
                     for origin in feed.origins if origin.column.mask == "number" for key in origin.keys)


def _cells(raw: str | None, source_id: str, secret: frozenset[tuple[str, str]], masked: bool) -> dict[str, str]:
    """Return a row as delivered, header → text."""
    cells = {str(k): "" if v is None else str(v) for k, v in json.loads(raw or "{}").items()}
    if not masked:
        return cells
    return {header: mask(text, "number") if (source_id, header_key(header)) in secret else hide_numbers(text)
            for header, text in cells.items()}
