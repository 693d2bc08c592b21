"""Schemas of the files below `rules/law` and `rules/links`."""

from engine.law.parameters import CONFIDENCES, COUNTINGS, KEYS, UNITS, VALUE_KEYS, VALUE_REQUIRED
from engine.links.reading import FUZZY_KEYS, LINK_KEYS, STEP_KEYS
from engine.schemas.parts import (
    DAY,
    DRAFT,
    FREE,
    NUMBER,
    TEXT,
    TEXTS,
    TRUTH,
    WHOLE,
    Known,
    Schema,
    keyed,
    listed,
    one_of,
    tables,
)

UNIT_WORDS = {"day": "日", "workday": "工作日", "month": "月", "year": "年", "yuan": "元", "ratio": "比例"}


def parameter_schema(known: Known) -> Schema:
    """Return the schema of a statutory parameter."""
    share = {**NUMBER, "exclusiveMinimum": 0}
    value = keyed(known, "value", VALUE_KEYS, {
        "from": DAY, "to": DAY, "length": share, "unit": one_of({unit: UNIT_WORDS[unit] for unit in UNITS}),
        "counting": one_of(COUNTINGS), "law": TEXT, "article": TEXT, "quote": TEXT, "confidence": one_of(CONFIDENCES),
        "note": TEXT,
    }, required=VALUE_REQUIRED)
    value["if"] = {"properties": {"unit": {"enum": ["day", "month", "year"]}}, "required": ["unit"]}
    value["then"] = {"required": ["counting"]}
    parts = {
        "title": TEXT, "version": {**WHOLE, "minimum": 1}, "values": listed(value, 1),
        "carry": one_of(("unexpired",)), "exceptions": TEXTS, "recheck_by": DAY, "x": FREE,
    }
    whole = keyed(known, "parameter", KEYS, parts, required=("title", "version", "values", "recheck_by"))
    return {"$schema": DRAFT, "title": "法定参数", **whole}


def link_schema(known: Known) -> Schema:
    """Return the schema of a link between two tables."""
    share = {**NUMBER, "exclusiveMinimum": 0, "maximum": 1}
    fuzzy = keyed(known, "fuzzy", FUZZY_KEYS, {"left": TEXT, "right": TEXT, "least": share}, required=FUZZY_KEYS)
    step = keyed(known, "step", STEP_KEYS, {
        "step": TEXT, "confidence": share, "say": TEXT, "where": {**TEXTS, "minItems": 1}, "bounds": TEXTS,
        "fuzzy": fuzzy, "unique": TRUTH, "at_least": share, "names": one_of(("open", "hidden")),
        "numbers": one_of(("any", "masked")), "through": one_of(known.links), "x": FREE,
    }, required=("step", "confidence", "say", "where"))
    parts = {
        "title": TEXT, "note": TEXT, "from": tables(), "to": tables(), "one": one_of(("from",)),
        "head": one_of(("from", "to")),
        "closest": {**TEXTS, "minItems": 2, "maxItems": 2}, "several": one_of(("normal", "doubtful")),
        "steps": listed(step, 1), "x": FREE,
    }
    whole = keyed(known, "link", LINK_KEYS, parts, required=("title", "from", "to", "steps"))
    return {"$schema": DRAFT, "title": "关联", **whole}
