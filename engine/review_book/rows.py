"""What a workbook shows: a row a finding, a row a piece of evidence, in Chinese and with numbers masked."""

import polars as pl

from engine.export import hide_numbers
from engine.review import DECISIONS, REASONS, Taken
from engine.review_book.layout import GIVEN, LOCKED
from engine.text import by_distinct, visible

_ITEM = ("项目", "值", "类别", "record", "另见", "原始值", "依据或算式", "日期", "listed")
"""What an item of evidence is made of, in order (see `engine.export.for_review`)."""

_TRUTH = {"true": "是", "false": "否"}

_AGAINST = {"true": "存在", "": "资料不足", "false": "不存在"}
"""What the machine found of a reason against, the ones that matter most first."""

_TEXTS = pl.Struct({
    "evidence": pl.List(pl.List(pl.String)),
    "rows": pl.List(pl.Struct({"label": pl.String, "number": pl.String, "file": pl.String, "sheet": pl.String,
                               "line": pl.Int64, "record": pl.String, "why": pl.String, "confidence": pl.Float64})),
    "conditions": pl.List(pl.Struct({"say": pl.String, "asks": pl.String, "value": pl.String})),
    "exclusions": pl.List(pl.Struct({"reason": pl.String, "value": pl.String})),
    "innocent": pl.List(pl.String), "to_check": pl.List(pl.String), "flags": pl.List(pl.String),
})
"""What is shown of a finding's texts."""

_EVIDENCE = ("线索编号", "规则", "项目", "值", "来源", "原始文字，或算式、条文", "用处")


def shown(taken: Taken) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows of the sheet 研判 and those of the sheet 证据.

    The first has `layout.LOCKED` and `layout.GIVEN` and the columns a token needs (clue_id, version, finding_id,
    evidence_hash); 金额（元） is a number, everything else text.
    """
    read = pl.col("texts").str.json_decode(_TEXTS).struct.unnest()
    rows = taken.rows.with_row_index("nth").with_columns(
        read, pl.col("clue_texts").str.json_path_match("$.证件号").alias("id_number"))
    judged = rows.select(
        "clue_id", "version", "finding_id", "evidence_hash",
        pl.col("clue_id").alias("线索编号"), pl.col("place").cast(pl.String).alias("位次"),
        pl.col("title").alias("规则"), pl.col("say").alias("违法情形"),
        pl.concat_str("party", "id_number", separator="\n", ignore_nulls=True).alias("当事人"),
        pl.col("unit").alias("被监督单位"), pl.col("numbers").alias("文号、案号"),
        (pl.col("amount_cents") / 100).alias("金额（元）"),
        pl.col("flags").list.join("\n").alias("提示"), _reasons().alias("条件和排除事由"),
        pl.col("to_check").list.join("\n").alias("须核实"),
        pl.col("rows").list.eval(_place(pl.element())).list.unique(maintain_order=True).list.join("\n")
        .alias("来源文件和行"),
        pl.col("decision").replace(DECISIONS).alias("结论"), pl.col("reason").replace(REASONS).alias("理由"),
        pl.col("words").alias("说明"), pl.col("transfer_to").alias("移送至"), "nth")
    items = _items(rows)
    table = judged.join(_days(items), on="nth", how="left", maintain_order="left").with_columns(
        pl.col(pl.String).fill_null("")).drop("nth")
    return _clean(table, (*LOCKED, *GIVEN)), _clean(_evidence(items), _EVIDENCE)


def _days(items: pl.DataFrame) -> pl.DataFrame:
    """Return by `nth` the days that the evidence tells, each with what happened."""
    told = items.filter(pl.col("日期").is_not_null() & (pl.col("listed").is_not_null() | (pl.col("类别") == "column")))
    days = told.group_by("nth", "日期").agg(pl.col("项目").str.split("·").list.last().unique(maintain_order=True))
    line = pl.concat_str("日期", pl.col("项目").list.join("、"), separator=" ")
    return days.sort("nth", "日期").group_by("nth", maintain_order=True).agg(line.str.join("\n").alias("关键日期"))


def _reasons() -> pl.Expr:
    """One line a condition that has a sentence and a reason against, each with what the machine found."""
    say = pl.element().struct.field
    met = pl.when(say("say") != "").then(pl.concat_str(
        say("value").replace_strict(_TRUTH, default="资料不足").fill_null("资料不足"), pl.lit("："), say("say")))
    parts = [pl.col("conditions").list.eval(met).list.drop_nulls().list.join("\n"),
             *(_against(value, label) for value, label in _AGAINST.items()),
             _line(pl.col("innocent"), "须人工核实的无辜解释")]
    return pl.concat_str([part.replace("", None) for part in parts], separator="\n", ignore_nulls=True)


def _against(value: str, label: str) -> pl.Expr:
    """One line of the reasons against of which the machine found this."""
    it = pl.element().struct.field
    known = it("value").fill_null("").replace_strict({"true": "true", "false": "false"}, default="")
    return _line(pl.col("exclusions").list.eval(it("reason").filter(known == value)), f"排除事由（机器判断{label}）")


def _line(texts: pl.Expr, name: str) -> pl.Expr:
    said = texts.list.join("；")
    return pl.when(said != "").then(pl.concat_str(pl.lit(f"{name}："), said))


def _place(row: pl.Expr) -> pl.Expr:
    """File, sheet and line of a delivered record."""
    sheet = row.struct.field("sheet").fill_null("")
    return pl.concat_str(
        row.struct.field("file").fill_null(""), pl.when(sheet != "").then("（" + sheet + "）").otherwise(pl.lit("")),
        pl.lit("第"), row.struct.field("line").cast(pl.String).fill_null("？"), pl.lit("行"))


def _items(rows: pl.DataFrame) -> pl.DataFrame:
    """Return every piece of evidence of every finding, in order, with the place it was read from."""
    one = rows.select("nth", "clue_id", "title", "evidence").explode("evidence").filter(
        pl.col("evidence").is_not_null())
    items = one.with_columns(*(pl.col("evidence").list.get(i, null_on_oob=True).alias(name)
                               for i, name in enumerate(_ITEM))).drop("evidence")
    records = rows.select("nth", pl.col("rows")).explode("rows").filter(pl.col("rows").is_not_null())
    places = records.select("nth", pl.col("rows").struct.field("record"), _place(pl.col("rows")).alias("place")).unique(
        ["nth", "record"], keep="first", maintain_order=True)
    return items.join(places, on=["nth", "record"], how="left", maintain_order="left")


def _evidence(items: pl.DataFrame) -> pl.DataFrame:
    kind = pl.col("类别").replace_strict({"column": "原始记录", "fact": "推导事实", "let": "计算"}, default="计算")
    where = pl.when(pl.col("类别") == "column").then(pl.coalesce("另见", "place", kind)).otherwise(kind)
    use = pl.when(pl.col("listed").is_not_null()).then(pl.lit("证据")).otherwise(pl.lit("判断时还看了"))
    return items.select(
        pl.col("clue_id").alias("线索编号"), pl.col("title").alias("规则"), "项目", "值", where.alias("来源"),
        pl.coalesce("原始值", "依据或算式").alias("原始文字，或算式、条文"), use.alias("用处")).with_columns(
        pl.col(pl.String).fill_null(""))


def _clean(frame: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
    """Return the frame with numbers masked and unseen signs written out in the columns people read."""
    texts = [name for name in names if frame.schema[name] == pl.String]
    return frame.with_columns(
        by_distinct(frame[name], lambda s: pl.Series([visible(hide_numbers(v)) for v in s.to_list()], dtype=pl.String))
        for name in texts)
