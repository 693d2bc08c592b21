"""The last run as the review database takes it: its clues and findings in batches, with everything a screen shows.

Numbers of persons and organisations are masked here as in the lists: the review database never holds them in full.
"""

import hashlib
from collections.abc import Iterator

import polars as pl

from engine.clues import conditions, evidence_hashes, kept_away
from engine.export import lists, notes, requests, side_by_side, tables
from engine.export.clue_kinds import clue_kinds
from engine.export.masking import hide_clues, hide_evidence, hide_in_texts
from engine.export.measures import measures
from engine.identifiers import case_no
from engine.records import BY_NAME
from engine.review import CLUE, FINDING, Batch, Published, Review, Run, publish, publish_law
from engine.review.publishing import DEFECTS, GAPS, RULE_TEXTS, Boards
from engine.rules import RuleSet
from engine.sources import Mappings
from engine.sources.defects import FAULTS
from engine.store import Store
from engine.text import by_distinct

DEPARTMENT = "行政检察部门"
"""Where a new clue goes first; heads pass it on."""

AT_ONCE = 10_000
"""Clues a batch."""

_OWN = {"线索编号": "clue_id", "状态": "status", "序号": "place", "得分": "score", "规则": "titles", "当事人": "party",
        "文号、案号": "numbers", "违法情形": "says"}
"""Columns of the clue list that the review database has columns for."""

_TOLD = ("可能的排除事由及机器判断", "需调取核实材料", "计算过程", "法律依据", "规则编号与版本", "监督对象类别",
         "关键日期")
"""Columns its findings tell one by one; all others are texts of the clue."""


def publish_run(
    store: Store, review: Review, rules: RuleSet, mappings: Mappings | None = None,
    rule_texts: pl.DataFrame | None = None,
) -> Published:
    """Copy the last run of a warehouse into the review database and return what stands there now.

    `rule_texts` are the rules in words (`engine.catalogue.rule_texts`).
    Raises EngineError where there was no run, or it is older than the one published or from another warehouse and
    the database does not let it pass (`Review.is_forced`).
    """
    run = notes.last_run(store)
    versions = run["summary"].get("versions", {})
    boards = _boards(store, rules, mappings or Mappings(), rule_texts)
    told = Run(run["run_id"], run["as_of"], run["ended_at"], run["engine"], str(run["rules"]),
               str(versions.get("data", "")), boards, _warehouse(store))
    publish_law(review, rules.law)
    tables.prepare(store, rules, mappings, answers=False)
    gone = store.frame("SELECT clue_id, coalesce(changed, '') AS reason FROM clue WHERE status = '消失'")
    return publish(review, told, _batches(store, rules), kept_away(store), hide_in_texts(gone))


def _boards(store: Store, rules: RuleSet, mappings: Mappings, rule_texts: pl.DataFrame | None) -> Boards:
    """Return what the run lacked and what was wrong with its data, in counts: no record, value or file is named."""
    tables.prepare(store, rules, which="false")
    columns = dict(zip(("向谁调取", "调取什么", "需要的项目", "期间起", "期间止", "待判断件数", "只缺这一项",
                        "补齐后可判断的规则"), GAPS, strict=True))
    gaps = requests.requests(store, rules, mappings).select(*columns).rename(columns).with_columns(
        pl.col(pl.String).fill_null(""))
    titles = {source_id: mapping.title for source_id, mapping in mappings.items()}
    words = pl.DataFrame([(code, *said) for code, said in FAULTS.items()], orient="row",
                         schema=dict.fromkeys(("code", "reason", "fix"), pl.String))
    kinds = " ".join(f"WHEN '{kind}' THEN '{label}'" for kind, label in lists.KINDS.items())
    defects = store.frame(f"""
        SELECT coalesce(source_id, '') AS source, CASE kind {kinds} ELSE kind END AS kind,
               coalesce(column_label, column_name, '') AS item, coalesce(code, '') AS code, count(*) AS defects,
               count(DISTINCT file) AS files
        FROM reject GROUP BY ALL
        ORDER BY min(list_position({list(lists.KINDS)}, reject.kind)), defects DESC, source, item, code""")
    # reason: the words of a single defect may quote what was delivered, those of its code never do
    told = defects.join(words, on="code", how="left", maintain_order="left").with_columns(
        pl.col("source").replace(titles), pl.col("reason").fill_null("见清单的“数据缺陷”页"),
        pl.col("fix").fill_null(""))
    return Boards(gaps.cast(pl.Schema(GAPS)), told.select(list(DEFECTS)).cast(pl.Schema(DEFECTS)),
                  pl.DataFrame(schema=RULE_TEXTS) if rule_texts is None else rule_texts)


def _warehouse(store: Store) -> str:
    """Return what tells this warehouse from another: when its first run was."""
    (begun,) = store.rows("SELECT run_id || '|' || started_at FROM run ORDER BY run_id LIMIT 1")[0]
    return hashlib.sha256(str(begun).encode()).hexdigest()[:16]


def _batches(store: Store, rules: RuleSet) -> Iterator[Batch]:
    clues = _clues(store)
    hashes = evidence_hashes(store, rules, "SELECT * FROM finding SEMI JOIN (FROM clue WHERE status <> '消失') "
                                           "USING (clue_id)")
    store.run(f"CREATE OR REPLACE TEMP TABLE review_row AS {_rows(store)}")
    with store.lend("review_hash", hashes), store.lend("review_asks", conditions(rules)):
        for part in clues.sort("place").iter_slices(AT_ONCE):
            first, last = part["place"].min(), part["place"].max()
            yield Batch(part, _findings(store, f"place BETWEEN {first!r} AND {last!r}"), measures(store))


def _clues(store: Store) -> pl.DataFrame:
    """Return all clues that stand, in the columns of `review.CLUE`."""
    listed = hide_clues(lists.clue_list(store))
    others = [name for name in listed.columns if name not in (*_OWN, *_TOLD, "金额（元）")]
    first_line = {"监督领域": "field", "被监督单位": "unit"}
    found = listed.with_columns(
        *(pl.col(name).str.split("\n").list.first().str.replace(r"^\d+\. ", "").alias(to)
          for name, to in first_line.items()),
        (pl.col("金额（元）") * 100).round(0).cast(pl.Int64).alias("amount_cents"),
        pl.struct(others).struct.json_encode().alias("texts"),
        pl.lit(DEPARTMENT).alias("department"),
        pl.concat_str("线索编号", "当事人", "被监督单位", "文号、案号", "规则", separator=" ", ignore_nulls=True)
        .str.to_lowercase().alias("search"),
    ).rename(_OWN)
    runs = store.frame("SELECT clue_id, CAST(first_run AS BIGINT) AS first_run, as_of AS first_on "
                       "FROM clue LEFT JOIN run ON run_id = first_run")
    known = (found.join(runs, on="clue_id").join(clue_kinds(store), on="clue_id")
             .join(_divisions(store), on="clue_id", how="left"))
    texts = [name for name, kind in CLUE.items() if kind == pl.String]
    return known.with_columns(pl.col(texts).fill_null("")).select(list(CLUE)).cast(pl.Schema(CLUE))


def _divisions(store: Store) -> pl.DataFrame:
    """Return each clue's six-digit place: of its record, of records linked to it, else of the court in its number."""
    parts = [f"SELECT '{name}' AS its_table, record_id AS its_id, {column} AS division FROM {name}"
             for name, column in ((t.name, next((c for c in ("division", "authority_division") if t.column(c)), None))
                                  for t in BY_NAME.values()) if column]
    behind = store.frame(f"""
    WITH behind AS (
        SELECT clue_id, table_name AS its_table, record_id AS its_id, turn * 2 AS o FROM show_finding
        UNION ALL SELECT f.clue_id, l.its_table, l.its_id, l.turn * 2 + 1 FROM show_linked l
        JOIN show_finding f USING (table_name, record_id, rule_id))
    SELECT clue_id, o, division, number FROM behind JOIN show_record USING (its_table, its_id)
    LEFT JOIN ({' UNION ALL '.join(parts)}) USING (its_table, its_id) ORDER BY o, its_id""")
    courts = by_distinct(behind["number"].fill_null(""), lambda s: pl.Series(
        [court_place(number) for number in s.to_list()], dtype=pl.String))
    known = behind.with_columns(courts.alias("court"))
    return known.group_by("clue_id", maintain_order=True).agg(
        pl.coalesce(pl.col("division").drop_nulls().first(), pl.col("court").drop_nulls().first()).alias("division"))


def court_place(number: str) -> str | None:
    """Return the place of the court in a case number; None where it is no case number, or the court is not known."""
    parts = case_no.parse(number)
    return case_no.court_division(parts.court) if parts else None


def _rows(store: Store) -> str:
    """SQL: the delivered row of every record behind a clue."""
    names = [name for (name,) in store.rows("SELECT DISTINCT its_table FROM show_record ORDER BY 1")]
    none = "SELECT '' AS its_table, 0::UBIGINT AS its_id, '' AS raw, '' AS natural_key WHERE false"
    parts = [f"SELECT '{name}', record_id, raw, natural_key FROM {name} "
             f"SEMI JOIN (SELECT its_id AS record_id FROM show_record WHERE its_table = '{name}') USING (record_id)"
             for name in names]
    return " UNION ALL ".join([none, *parts])


def _findings(store: Store, where: str) -> pl.DataFrame:
    """Return the findings of some clues in the columns of `review.FINDING`, texts masked."""
    store.run(f"CREATE OR REPLACE TEMP TABLE review_part AS SELECT * FROM show_finding WHERE {where}")
    side_by_side.compare(store)
    evidence = hide_evidence(store.frame(_EVIDENCE)).drop("遮盖")
    rows = hide_in_texts(_masked_rows(store.frame(_DELIVERED)))
    with store.lend("review_evidence", evidence), store.lend("review_delivered", rows):
        found = store.frame(_FINDING)
    return hide_in_texts(found).select(list(FINDING)).cast(pl.Schema(FINDING))


_KEY = "table_name, record_id, rule_id"

_EVIDENCE = f"""
    SELECT {_KEY}, i.label AS 项目, i.said AS 值, i.source AS 类别, its_table || its_id AS record,
           CASE WHEN (o.file, o.sheet, o.line) IS DISTINCT FROM (r.file, r.sheet, r.line)
                THEN {tables.PLACE.replace("file", "o.file").replace("sheet", "o.sheet").replace("line", "o.line")}
                END AS 另见, o.raw_text AS 原始值, i.ground AS 依据或算式,
           CASE WHEN i.kind = 'date' THEN i.value END AS 日期, i.listed, i.nth, i.name, m.mask AS 遮盖
    FROM show_item i SEMI JOIN review_part USING ({_KEY})
    LEFT JOIN show_origin o USING (its_table, its_column, its_id)
    LEFT JOIN show_record r USING (its_table, its_id) LEFT JOIN show_mask m USING (its_table, its_column)
    WHERE i.its_id IS NOT NULL AND (i.listed OR i.value IS NOT NULL)"""
"""What a finding was judged by; values not in the file only where the rule shows them."""

_DELIVERED = f"""
    WITH behind AS (
        SELECT {_KEY}, '' AS alias, table_name AS its_table, record_id AS its_id, NULL::VARCHAR AS why,
               NULL::DOUBLE AS confidence, NULL::BIGINT AS candidates, NULL::VARCHAR AS compared FROM review_part
        UNION ALL SELECT {_KEY}, alias, its_table, its_id, coalesce(why, step), confidence, candidates, compared
        FROM show_linked SEMI JOIN review_part USING ({_KEY})
        LEFT JOIN review_compared USING ({_KEY}, alias))
    SELECT {_KEY}, alias, its_label AS label, number, file, sheet, line, why, confidence, candidates,
           b.its_table || '|' || natural_key AS key, b.its_table || b.its_id AS record, raw, compared
    FROM behind b JOIN show_record USING (its_table, its_id) JOIN review_row USING (its_table, its_id)"""

_ANSWERS = f"""
    SELECT {_KEY}, CAST(v.key AS BIGINT) AS o, v.value ->> 'is' AS name, v.value ->> 'say' AS said,
           v.value ->> 'value' AS truth FROM review_part, json_each({{}}) v"""

_FINDING = f"""
    WITH said AS (
        SELECT {_KEY}, to_json(list(
                   [项目, 值, 类别, record, 另见, 原始值, 依据或算式, 日期, CASE WHEN listed THEN '1' END, name]
               ORDER BY nth, 项目)) AS evidence
        FROM review_evidence GROUP BY {_KEY}),
    delivered AS (
        SELECT {_KEY}, to_json(list(struct_pack(
                   alias := alias, label := label, number := number, file := file, sheet := sheet, line := line,
                   why := why, confidence := confidence, candidates := candidates, key := key, record := record,
                   raw := raw, compared := compared) ORDER BY alias)) AS rows, min(key) FILTER (alias = '') AS "natural"
        FROM review_delivered GROUP BY {_KEY}),
    asked AS (
        SELECT {_KEY}, to_json(list(struct_pack(say := said, asks := asks, value := truth, uses := uses,
                   reaches := reaches) ORDER BY o))
                   AS conditions
        FROM ({_ANSWERS.format("conditions")}) LEFT JOIN review_asks USING (rule_id, name) GROUP BY {_KEY}),
    excluded AS (
        SELECT {_KEY}, to_json(list(struct_pack(reason := coalesce(reason, name), value := truth) ORDER BY o))
                   AS exclusions
        FROM ({_ANSWERS.format("exclusions")}) LEFT JOIN show_reason USING (rule_id, name) GROUP BY {_KEY})
    SELECT finding_id, clue_id, turn, rule_id, rule_version, title, coalesce(level, '') AS level,
           coalesce("natural", '') AS record, evidence_hash, coalesce(say, '') AS say,
           CAST(json_object('evidence', evidence, 'rows', rows, 'conditions', asked.conditions,
               'exclusions', excluded.exclusions, 'law', law, 'points', points, 'basis', basis, 'to_check', to_check,
               'innocent', innocent, 'blind', blind, 'summary', summary, 'addressee', addressee, 'flags', flags)
               AS VARCHAR) AS texts
    FROM review_part JOIN review_hash USING ({_KEY}) LEFT JOIN said USING ({_KEY}) LEFT JOIN delivered USING ({_KEY})
    LEFT JOIN asked USING ({_KEY}) LEFT JOIN excluded USING ({_KEY})"""


def _masked_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the delivered rows with every number of a person or organisation, and every mobile number, shortened."""
    return frame.with_columns(pl.col("raw", "compared").str.replace_all(_LONG_NUMBER, "${1}*************${2}")
                              .str.replace_all(_MOBILE, "${1}******${2}"))


_EDGE = r"(?-u:\b)"
_LONG_NUMBER = f"{_EDGE}([1-9A-Z][0-9A-Z][0-9])[0-9]{{5}}[0-9A-Z]{{5,8}}([0-9A-Z]{{2}}){_EDGE}"
"""15 or 18 signs that begin with a code of kind and division: identity, credit and old register numbers."""
_MOBILE = f"{_EDGE}(1[3-9][0-9])[0-9]{{6}}([0-9]{{2}}){_EDGE}"
