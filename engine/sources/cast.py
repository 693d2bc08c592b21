"""A chunk of delivered text becomes typed rows of one table, defects, and counts of what was normalised.

Everything works on whole columns. A row with a fault is rejected as a whole (or, where the mapping says so, loses only
the faulty cell); a doubtful row is loaded and flagged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
import polars.selectors as cs

from engine.columns import Column, Table
from engine.sources.cells import (
    MONEY,
    Cells,
    as_read,
    completed,
    read_bools,
    read_codes,
    read_dates,
    read_ints,
    read_money,
)
from engine.sources.checks import contradictions, of_another_kind
from engine.sources.defects import FAULTS, SCHEMA, Tally, defect_rows, label_of
from engine.sources.detect import Bound, Filter, Plan
from engine.sources.mapping import ANY, PARTY_NO, Feed
from engine.sources.numbers import READERS, plain_numbers, read_mixed
from engine.sources.words import advice_for, codes_of
from engine.text import EMOJI, clean_text_expr, fold, fold_expr, keys_of, read_bool

KINDS: dict[str, pl.DataType] = {
    "text": pl.String(), "date": pl.Date(), "money": MONEY, "int": pl.Int64(), "bool": pl.Boolean(),
}

_PLAIN = r"^[!-~\u4e00-\u9fff（）〔〕《》“”、，。；：]*$"

# 《关于人民法院案件案号的若干规定》（法〔2015〕137号）：2016年起案号含法院代字
_NAMES_ITS_COURT = r"^\((?:201[6-9]|20[2-9][0-9])\)(?:最高法|[\u4e00-\u9fff][0-9]{2,4})[\u4e00-\u9fff]"


@dataclass(frozen=True)
class Setting:
    """What reading a sheet needs beside the plan: its header, the words for nothing, the day of loading."""

    header: tuple[str, ...]
    null_words: frozenset[str]
    today: date

    def nothing(self, column: Column, values: dict[str, str]) -> frozenset[str]:
        """Return the words that mean "not recorded" in a column; where 无 is an answer (是否有…), it is not one."""
        words = self.null_words - set(values) - {fold(label) for _, label in column.values}
        return words if column.type != "bool" else frozenset(w for w in words if read_bool(w).fault)


@dataclass
class Casted:
    """What became of a chunk for one table. `rows` has line, raw, typed columns, keys and natural_key."""

    rows: pl.DataFrame
    defects: pl.DataFrame
    rejected: pl.Series
    elsewhere: int


def cleaned(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the chunk with every cell in display form (`clean_text`), empty cells NULL; plain cells cost one look."""
    columns = [c for c in frame.columns if c != "line"]
    made = [
        pl.when(pl.col(c).str.contains(_PLAIN)).then(pl.col(c)).otherwise(clean_text_expr(_odd(c))).alias(c)
        for c in columns
    ]
    return frame.select(made).select(pl.when(pl.col(c) != "").then(pl.col(c)).alias(c) for c in columns)


def _odd(column: str) -> pl.Expr:
    return pl.when(~pl.col(column).str.contains(_PLAIN)).then(pl.col(column))


def taken(texts: pl.DataFrame, filters: Sequence[Filter]) -> pl.Series:
    """Return which rows meet every condition."""
    met = pl.lit(True)
    for wanted in filters:
        cell = pl.lit("") if wanted.index is None else fold_expr(pl.col(f"c{wanted.index}").fill_null(""))
        met = met & (cell != "" if ANY in wanted.values else cell.is_in(sorted(wanted.values)))
    return texts.select(met.alias("taken")).to_series() if filters else pl.Series([True]).new_from_index(0, len(texts))


def cast(frame: pl.DataFrame, texts: pl.DataFrame, plan: Plan, setting: Setting, tally: Tally) -> Casted:
    """Return the chunk cast for one feed; `texts` is `cleaned(frame)`."""
    mine = taken(texts, plan.rows)
    chunk = _Chunk(frame.filter(mine), texts.filter(mine), plan, setting, tally)
    keyed = with_keys(chunk.read(), plan.feed)
    defects = pl.concat([pl.DataFrame(schema=SCHEMA), *chunk.defects, *chunk.keys_missing(keyed),
                         *chunk.another_kind(keyed)])
    bad = defects.filter(pl.col("kind") == "row").select("line").unique()
    good = keyed.join(bad, on="line", how="anti") if bad.height else keyed
    delivered = good.select("line").join(chunk.frame, on="line", how="left", maintain_order="left")
    good = good.with_columns(raw_of(delivered, setting.header)).drop(cs.starts_with("key_part_"))
    flags = defects.filter(pl.col("kind") != "row").join(bad, on="line", how="anti")
    told = pl.concat([defects.filter(pl.col("kind") == "row"), flags, _in_conflict(good, plan.feed.table)])
    return Casted(good, chunk.with_raw(told), bad["line"], len(frame) - len(chunk.frame))


def raw_of(frame: pl.DataFrame, header: Sequence[str]) -> pl.Series:
    """Return every row as delivered: a JSON object header → text."""
    names = [h.strip() or f"第{i}列" for i, h in enumerate(header, start=1)]
    fields = [pl.col(f"c{i}").alias(name) for i, name in enumerate(names)]
    return frame.select(pl.struct(fields).struct.json_encode().alias("raw")).to_series()


def with_keys(rows: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """Return the rows with comparable forms, the parts of the natural key and the key (NULL: a part is missing)."""
    table = feed.table
    keys = [
        keys_of(c.form, rows[c.name]).alias(f"{c.name}_key") if rows[c.name].null_count() < len(rows)
        else pl.lit(None, dtype=pl.String).alias(f"{c.name}_key")
        for c in table.columns if c.form
    ]
    parts = [key_part(table, name).alias(f"key_part_{i}") for i, name in enumerate(table.key)]
    joined = [
        pl.col(f"key_part_{i}").fill_null("") if name in feed.optional_key else pl.col(f"key_part_{i}")
        for i, name in enumerate(table.key)
    ]
    keyed = rows.with_columns(keys).with_columns(parts)
    return keyed.with_columns(pl.concat_str(joined, separator="|").alias("natural_key"))


def key_part(table: Table, name: str) -> pl.Expr:
    """Return one part of the natural key as text without the separator.

    A case number of 2016 or later carries its court's code and is unique in the country, so the court's name, written
    in many ways or not at all, is left out of the key.
    """
    column = table.column(name)
    if column is None:
        raise KeyError(f"{table.name}.{name}")
    if column.form:
        part = pl.col(f"{name}_key")
    elif column.type == "text":
        part = fold_expr(pl.col(name))
    else:
        part = pl.col(name).cast(pl.String)
    whole = pl.when(part != "").then(part.str.replace_all("|", "/", literal=True))
    if name == "court" and "case_no" in table.key:
        return pl.when(pl.col("case_no_key").str.contains(_NAMES_ITS_COURT)).then(pl.lit("")).otherwise(whole)
    return whole


class _Chunk:
    """The rows of one chunk that a feed takes, while they are read column by column."""

    def __init__(
        self, frame: pl.DataFrame, texts: pl.DataFrame, plan: Plan, setting: Setting, tally: Tally
    ) -> None:
        self.frame, self.texts, self.plan, self.setting, self.tally = frame, texts, plan, setting, tally
        self.defects: list[pl.DataFrame] = []

    def read(self) -> pl.DataFrame:
        """Return line and every declared column, typed; faulty cells are NULL."""
        found: dict[str, list[pl.Series]] = {}
        for bound in self.plan.bounds:
            for column in _targets(bound, self.plan.feed.table):
                found.setdefault(column.name, []).append(self.column(bound, column))
        made = [self.filled(column, found.get(column.name, [])) for column in self.plan.feed.table.columns]
        return self.frame.select("line").with_columns(made)

    def filled(self, column: Column, found: list[pl.Series]) -> pl.Expr:
        """Return the column: the first value found, else the mapping's constant, else NULL."""
        constant = self.plan.feed.constants.get(column.name)
        choices = [pl.lit(series) for series in found]
        if constant is not None:
            choices.append(pl.lit(constant).cast(KINDS[column.type]))
        if not choices:
            return pl.lit(None, dtype=KINDS[column.type]).alias(column.name)
        return pl.coalesce(choices).alias(column.name)

    def column(self, bound: Bound, column: Column) -> pl.Series:
        """Return the values of one column; its defects and counts are noted on the way."""
        if bound.origin.join:
            return self.joined(bound, column)
        values = [self.one(bound, column, place) for place in range(len(bound.indexes))]
        return values[0] if len(values) == 1 else pl.select(pl.coalesce(values)).to_series()

    def joined(self, bound: Bound, column: Column) -> pl.Series:
        """Return several delivered columns as one text."""
        parts = [self.one(bound, column, place) for place in range(len(bound.indexes))]
        whole = pl.select(pl.concat_str(parts, separator="；", ignore_nulls=True)).to_series()
        return pl.select(pl.when(whole != "").then(whole)).to_series()

    def one(self, bound: Bound, column: Column, place: int) -> pl.Series:
        """Return the values one delivered column gives."""
        index, header = bound.indexes[place], bound.headers[place]
        label = label_of(column, header)
        before = self.frame[f"c{index}"].rename("value")
        text = _unwrapped(self.texts[f"c{index}"].rename("text"), bound.origin.parse)
        if bound.when:
            text = pl.select(pl.when(pl.lit(taken(self.texts, bound.when))).then(text)).to_series().rename("text")
        text, said_nothing = self.recorded(text, column, bound)
        cells = _read(text, bound, column, bound.units[place], self.setting.today)
        cells = cells._replace(changed=cells.changed | (text != before).fill_null(False))
        self.count(column, label, before, cells, said_nothing)
        self.report(bound, column, label, before, cells)
        return cells.value

    def recorded(self, text: pl.Series, column: Column, bound: Bound) -> tuple[pl.Series, pl.Series]:
        """Return the cells without the words that mean nothing was recorded, and where those stood."""
        words = self.setting.nothing(column, bound.origin.values)
        short = text.str.len_chars() <= max(map(len, words), default=0)
        # reason: sums and numbers are short too, but have many distinct values and need no folding
        seen = text.filter(short & ~text.str.contains("^[0-9.]+$")).unique().to_list()
        said = [*(word for word in seen if fold(word) in words), *(word for word in words if word.isdecimal())]
        if not said:
            return text, pl.repeat(False, len(text), eager=True)
        nothing = text.is_in(said).fill_null(False)
        return pl.select(pl.when(~nothing).then(text)).to_series().rename("text"), nothing

    def count(
        self, column: Column, label: str, before: pl.Series, cells: Cells, said_nothing: pl.Series
    ) -> None:
        """Tally what was blank, said to be nothing, or normalised."""
        seen = pl.DataFrame([self.frame["line"], before.rename("before")])
        self.tally.add(column, label, "E-BLANK", seen.filter(before.is_null()).select("line"))
        self.tally.add(column, label, "E-NULL-WORD", seen.filter(said_nothing))
        if cells.changed.any():
            after = cells.value.cast(pl.String).fill_null("（空）").alias("after")
            self.tally.add(column, label, "E-NORMALISED", seen.with_columns(after).filter(cells.changed))

    def report(self, bound: Bound, column: Column, label: str, before: pl.Series, cells: Cells) -> None:
        """Keep the defects of a column."""
        kind = "cell" if bound.origin.on_bad == "empty" else "row"
        for codes, how in ((cells.fault, kind), (cells.doubt, "flag")):
            if codes.null_count() == len(codes):
                continue
            found = pl.DataFrame([self.frame["line"], before, codes.rename("code")]).filter(codes.is_not_null())
            advice = advice_for(column, bound.origin)
            self.defects.append(defect_rows(found, column, label=label, kind=how, advice=advice))

    def with_raw(self, told: pl.DataFrame) -> pl.DataFrame:
        """Return defects, rejected rows with the row as delivered (a loaded row keeps it in its table)."""
        lines = told.filter(pl.col("kind") == "row").select("line").unique()
        rows = self.frame.join(lines, on="line", how="semi")
        raws = rows.select("line").with_columns(raw_of(rows, self.setting.header))
        return told.drop("raw").join(raws, on="line", how="left").select(*SCHEMA)

    def keys_missing(self, keyed: pl.DataFrame) -> list[pl.DataFrame]:
        """Return a defect for every missing part of a natural key."""
        table, found = self.plan.feed.table, []
        told = pl.concat([pl.DataFrame(schema=SCHEMA), *self.defects]).filter(pl.col("kind") == "row")
        for i, name in enumerate(table.key):
            column = table.column(name)
            if column is None or name in self.plan.feed.optional_key:
                continue
            faulty = told.filter(pl.col("column_name") == name)
            lacking = keyed.filter(pl.col(f"key_part_{i}").is_null()).join(faulty, on="line", how="anti")
            code = pl.when(pl.col(name).is_null()).then(pl.lit("E-KEY-MISSING")).otherwise(pl.lit("E-KEY-SHORT"))
            cells = lacking.select("line", pl.col(name).cast(pl.String).alias("value"), code.alias("code"))
            header = next((b.headers[0] for b in self.plan.bounds if b.origin.column.name == name), "")
            found.append(defect_rows(cells, column, label=label_of(column, header), kind="row"))
        return found

    def another_kind(self, keyed: pl.DataFrame) -> list[pl.DataFrame]:
        """Return a defect for every row whose case is of another kind than the table's."""
        column = self.plan.feed.table.column("case_no")
        header = next((b.headers[0] for b in self.plan.bounds if b.origin.column.name == "case_no"), "")
        found = of_another_kind(keyed, self.plan.feed.table)
        return [defect_rows(found, column, label=label_of(column, header), kind="row")] if column and len(found) else []


def _targets(bound: Bound, table: Table) -> list[Column]:
    """Return the columns a bound feeds: itself, or the three a number of unknown kind may belong to."""
    if bound.origin.column != PARTY_NO:
        return [bound.origin.column]
    return [c for name in ("resident_id", "uscc", "org_code") if (c := table.column(name)) is not None]


def _unwrapped(text: pl.Series, parse: str) -> pl.Series:
    if parse == "html":
        spaced = text.str.replace_all(r"(?i)<br\s*/?>|</(?:p|div|li|tr)>|&nbsp;", " ").str.replace_all("<[^>]*>", "")
        for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&")):
            spaced = spaced.str.replace_all(entity, sign, literal=True)
        text = spaced.str.replace_all(r"\s+", " ").str.strip_chars()
    elif parse in ("first", "last"):
        items = pl.select(pl.lit(text).str.extract_all(r"""[^\[\]\s"',，;；、|]+""")).to_series()
        text = items.list.first() if parse == "first" else items.list.last()
    return pl.select(pl.when(text != "").then(text)).to_series().rename("text")


def _read(text: pl.Series, bound: Bound, column: Column, unit: str, today: date) -> Cells:
    """Return the cells of one column read by its type."""
    origin = bound.origin
    if column.type == "date":
        return read_dates(text, column, serial=origin.serial, today=today)
    if column.type == "money":
        return read_money(text, unit)
    if column.type == "int":
        return read_ints(text)
    if column.type == "bool":
        return read_bools(text, origin.values)
    if column.values or origin.values:
        return read_codes(text, codes_of(column, origin))
    if origin.column == PARTY_NO:
        return read_mixed(text, column.name, today)
    if column.name in READERS:
        return completed(text, plain_numbers(text, column.name, today), READERS[column.name], pl.String())
    return _read_text(text, column)


def _read_text(text: pl.Series, column: Column) -> Cells:
    if column.form != "name":
        return as_read(text)
    has_emoji = text.str.contains(EMOJI)
    if not has_emoji.any():
        return as_read(text)
    doubt = pl.select(pl.when(has_emoji).then(pl.lit("E-NAME-EMOJI"))).to_series()
    return as_read(text)._replace(doubt=doubt)


def _in_conflict(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return flags for what contradicts itself inside one record."""
    fixes = pl.DataFrame([(code, FAULTS[code][1]) for code in ("E-DATE-ORDER", "E-SUM-TEXT")],
                         schema={"code": pl.String, "fix": pl.String}, orient="row")
    labels = pl.DataFrame({"column": [c.name for c in table.columns], "label": [c.label for c in table.columns]})
    found = contradictions(rows, table).join(labels, on="column", how="left").join(fixes, on="code", how="left")
    return found.select(
        "line", pl.lit("flag").alias("kind"), pl.col("column").alias("column_name"),
        pl.col("label").alias("column_label"), "value", "code", "reason", "fix",
        pl.lit(None, dtype=pl.String).alias("raw"),
    )
