"""Text as people write it, in one comparable form; cells as suppliers write them, as values or faults."""

from engine.text.amounts import UNITS, read_amount, read_bool, read_int
from engine.text.dates import read_date
from engine.text.folding import EMOJI, HIDDEN, by_distinct, clean_text, clean_text_expr, fold, fold_expr
from engine.text.keys import keys_of, name_key, organ_key
from engine.text.masking import mask
from engine.text.numerals import chinese_number, is_scientific
from engine.text.parsed import FAULTS, Parsed
from engine.text.showing import NEUTRALISED, escaped_json, first_title, neutralise, one_line, safe_csv, visible

__all__ = [
    "EMOJI",
    "FAULTS",
    "HIDDEN",
    "NEUTRALISED",
    "UNITS",
    "Parsed",
    "by_distinct",
    "chinese_number",
    "clean_text",
    "clean_text_expr",
    "escaped_json",
    "first_title",
    "fold",
    "fold_expr",
    "is_scientific",
    "keys_of",
    "mask",
    "name_key",
    "neutralise",
    "one_line",
    "organ_key",
    "read_amount",
    "read_bool",
    "read_date",
    "read_int",
    "safe_csv",
    "visible",
]
