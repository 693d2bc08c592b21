"""Comparable forms of whole columns, and of single values."""

from collections.abc import Callable

import polars as pl

from engine.text.citations import charge_key, citation_key
from engine.text.folding import by_distinct, fold, fold_expr
from engine.text.names import name_key_of, organ_key_of
from engine.text.numbers import case_no_key, document_no_key

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

    Equal, value by value, to the scalar functions; a million distinct values take a few seconds.
    """
    key_of = KEY_OF[form]
    return by_distinct(series.cast(pl.String), lambda distinct: _keys(distinct, key_of))


def _keys(distinct: pl.Series, key_of: Callable[[str], str | None]) -> pl.Series:
    folded = distinct.to_frame("value").select(fold_expr(pl.col("value")))["value"]
    return pl.Series([key_of(value) for value in folded.to_list()], dtype=pl.String)
