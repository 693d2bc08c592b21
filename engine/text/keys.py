"""Comparable forms of whole columns, and of single values."""

from collections.abc import Callable

import polars as pl

from engine.text.citations import charge_key, citation_key
from engine.text.folding import by_distinct, fold, fold_expr
from engine.text.names import name_key_of, organ_key_of
from engine.text.numbers import PROVINCES, case_no_key, document_no_key

KEY_OF: dict[str, Callable[[str], str | None]] = {
    "name": name_key_of,
    "organ": organ_key_of,
    "case_no": case_no_key,
    "document_no": document_no_key,
    "citation": citation_key,
    "charge": charge_key,
}
"""Form of `records.FORMS` → what turns a folded value into its key."""


def name_key(text: str) -> str | None:
    """Return a person's or company's name for comparison; None when empty.

    >>> name_key("漯河市“某某”商贸有限责任公司") == name_key("漯河市某某商贸 有限公司")
    True
    """
    return name_key_of(fold(text))


def organ_key(text: str) -> str | None:
    """Return a court's, procuratorate's or administrative organ's name for comparison; None when empty.

    >>> organ_key("河南省漯河市中级人民法院"), organ_key("漯河市工商行政管理局源汇分局")
    ('漯河市中级人民法院', '漯河市市场监督管理局源汇分局')
    """
    return organ_key_of(fold(text))


def keys_of(form: str, series: pl.Series) -> pl.Series:
    """Return the keys of a text column for a form of `records.FORMS`; NULL where there is no key.

    Equal, value by value, to the scalar functions; a million distinct values take a second or two.
    """
    return by_distinct(series.cast(pl.String), lambda distinct: _keys(distinct, form))


def _keys(distinct: pl.Series, form: str) -> pl.Series:
    """Return the keys of distinct values: plainly written ones by expressions, the others one by one."""
    values = distinct.to_frame("value").select(fold_expr(pl.col("value")).alias("folded"))
    if form in _PLAIN:
        values = values.with_columns(_PLAIN[form](pl.col("folded")).alias("key"))
    else:
        values = values.with_columns(pl.lit(None, pl.String).alias("key"))
    others = values.filter(pl.col("key").is_null())["folded"].unique()
    key_of = KEY_OF[form]
    told = pl.DataFrame({"folded": others, "told": pl.Series([key_of(text) for text in others], dtype=pl.String)})
    whole = values.join(told, on="folded", how="left", maintain_order="left")
    return whole.select(pl.coalesce("key", "told")).to_series()


def _plain_name(folded: pl.Expr) -> pl.Expr:
    """The key of a name without quotes or dots; only the commonest form of company is left to change."""
    plain = folded.str.contains("^[㐀-鿿A-Z0-9()]+$") & ~folded.str.contains("责任有限公司|股份公司|个体工商户")
    return pl.when(plain).then(folded.str.replace_all("有限责任公司", "有限公司", literal=True))


def _plain_case_no(folded: pl.Expr) -> pl.Expr:
    """The key of one case number with its court's code and without leading zeros: itself."""
    plain = folded.str.contains(
        rf"^\((?:19|20)[0-9]{{2}}\)[{PROVINCES}][0-9]{{2,4}}[一-鿿&&[^字第号某]]{{1,6}}[1-9][0-9]{{0,7}}号$")
    return pl.when(plain).then(folded)


def _plain_document_no(folded: pl.Expr) -> pl.Expr:
    """The key of a document number in the official form, which only leaves out 号."""
    plain = folded.str.contains(
        r"^[一-鿿&&[^某]]{1,38}[一-鿿&&[^某字]]\((?:19|20)[0-9]{2}\)[1-9][0-9]{0,19}号$")
    return pl.when(plain).then(folded.str.strip_suffix("号"))


_PLAIN: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "name": _plain_name, "case_no": _plain_case_no, "document_no": _plain_document_no,
}
"""Form → its key where the writing is plain, as an expression; NULL where only `KEY_OF` can tell."""
