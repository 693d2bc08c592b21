"""Schemas of rule files and of facts."""

from engine.columns import Table
from engine.records import TABLES
from engine.rules import clauses
from engine.rules.case_clauses import CASE_KEYS, LINK_KEYS
from engine.rules.fact_cases import FACT_CASE_KEYS
from engine.rules.group_clauses import GROUP_KEYS, MEASURE_KEYS, PEER_KEYS, PERIOD_KEYS
from engine.rules.groups import AGAINST, EVERY, FEWEST_PEERS
from engine.rules.model import ADDRESSEES, ANSWERS, LEVELS, MATURITIES, WHEN_UNLINKED
from engine.rules.reading import FACT_FILE_KEYS, FACT_KEYS, FACT_TYPES
from engine.rules.rule_file import EXPECTED_KEYS, REQUIRED, RULE_KEYS
from engine.schemas.parts import (
    DAY,
    DRAFT,
    EXPRESSION,
    FREE,
    NUMBER,
    TEXT,
    TEXTS,
    WHOLE,
    Known,
    Schema,
    cell,
    columns_of,
    keyed,
    listed,
    named,
    one_of,
    tables,
)

KEY: Schema = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]{0,29}$"}
"""How a case calls its rows."""


def rule_schema(known: Known) -> Schema:
    """Return the schema of a rule."""
    ident = {"type": "string", "pattern": f"^{clauses.NAME}$"}
    condition = {"is": ident, "title": TEXT, "expr": EXPRESSION, "say": TEXT}
    point = {"is": ident, "title": TEXT, "expr": EXPRESSION, "say": TEXT,
             "add": {**WHOLE, "minimum": -100, "maximum": 100}}
    parts = {
        "title": TEXT, "version": WHOLE, "maturity": one_of(MATURITIES), "level": one_of(LEVELS),
        "addressee": one_of(ADDRESSEES), "summary": TEXT, "basis": {**_basis(known), "minItems": 1},
        "subject": tables(), "links": named(_link_use(known)), "groups": named(_group(known)), "law": _law(known),
        "let": _let(known),
        "when": listed(keyed(known, "condition", clauses.CONDITION_KEYS, condition, required=("is", "expr")), 1),
        "unless": listed(keyed(known, "condition", clauses.EXCLUSION_KEYS, {**condition, "unknown": EXPRESSION},
                               required=("is", "expr"))),
        "points": listed(keyed(known, "point", clauses.POINT_KEYS, point, required=("is", "expr", "add"))),
        "evidence": listed(_name()), "say": TEXT, "check": TEXTS, "innocent": TEXTS, "blind": TEXTS,
        "expected": _expected(known), "cases": listed(_case(known)), "x": FREE,
    }
    whole = keyed(known, "rule", RULE_KEYS, parts, required=REQUIRED)
    return {"$schema": DRAFT, "title": "规则", **whole, "definitions": _definitions()}


def facts_schema(known: Known) -> Schema:
    """Return the schema of the facts of one table."""
    fact = keyed(known, "fact", FACT_KEYS, {
        "type": one_of(FACT_TYPES), "title": TEXT, "basis": _basis(known), "law": _law(known), "let": _let(known),
        "expr": EXPRESSION, "x": FREE,
    }, required=("type", "title", "expr"))
    parts = {"table": tables(), "facts": named(fact), "cases": listed(_fact_case(known)), "x": FREE}
    whole = keyed(known, "facts", FACT_FILE_KEYS, parts, required=("table", "facts"))
    return {"$schema": DRAFT, "title": "推导事实", **whole, "definitions": _definitions()}


def _fact_case(known: Known) -> Schema:
    given = {"type": "object", "properties": _rows(), "additionalProperties": False}
    then = {"type": "object", "propertyNames": KEY, "additionalProperties": {"type": "object"}}
    parts = {"name": TEXT, "given": given, "as_of": DAY, "then": then, "note": TEXT}
    return keyed(known, "fact_case", FACT_CASE_KEYS, parts, required=("name", "given", "then"))


def _basis(known: Known) -> Schema:
    parts = {"law": TEXT, "article": TEXT, "from": DAY, "to": DAY, "note": TEXT}
    return listed(keyed(known, "basis", clauses.BASIS_KEYS, parts, required=("law", "article")))


def _law(known: Known) -> Schema:
    parts = {"use": one_of(known.parameters), "on": EXPRESSION}
    return named(keyed(known, "law", clauses.LAW_KEYS, parts, required=clauses.LAW_KEYS))


def _let(known: Known) -> Schema:
    whole = keyed(known, "let", clauses.LET_KEYS, {"expr": EXPRESSION, "title": TEXT}, required=("expr",))
    return named({"anyOf": [EXPRESSION, whole]})


def _link_use(known: Known) -> Schema:
    coverage = keyed(known, "coverage", clauses.COVERAGE_KEYS, {
        "table": tables(), "division": EXPRESSION, "from": EXPRESSION, "until": EXPRESSION,
    }, required=("table", "from", "until"))
    return keyed(known, "use", clauses.LINK_USE_KEYS, {
        "use": one_of(known.links), "none": one_of(WHEN_UNLINKED),
        "pick": {"type": "string", "pattern": r"^\w+ (asc|desc)$"}, "from": TEXT,
        "min_confidence": {**NUMBER, "minimum": 0, "maximum": 1}, "coverage": coverage,
    }, required=("use", "none"))


def _group(known: Known) -> Schema:
    period = {"of": TEXT, "every": one_of(EVERY), "at": EXPRESSION}
    measure = keyed(known, "measure", MEASURE_KEYS, {"expr": TEXT, "title": TEXT}, required=("expr",))
    peers = {"of": TEXT, "among": TEXTS, "against": one_of(AGAINST), "at_least": {**WHOLE, "minimum": FEWEST_PEERS}}
    by = {"anyOf": [{**TEXTS, "minItems": 1}, {"type": "object", "additionalProperties": EXPRESSION}]}
    return keyed(known, "group", GROUP_KEYS, {
        "title": TEXT, "table": tables(), "by": by, "where": EXPRESSION,
        "period": keyed(known, "period", PERIOD_KEYS, period, required=("of", "every")),
        "measures": {**named({"anyOf": [TEXT, measure]}), "minProperties": 1},
        "peers": keyed(known, "peers", PEER_KEYS, peers, required=("of",)),
    }, required=("by", "measures"))


def _expected(known: Known) -> Schema:
    least: Schema = {**WHOLE, "minimum": 0}
    parts = {"min": least, "max": least, "max_share": {**NUMBER, "exclusiveMinimum": 0, "maximum": 1}}
    return keyed(known, "expected", EXPECTED_KEYS, parts, minProperties=1)


def _case(known: Known) -> Schema:
    tie = keyed(known, "tie", LINK_KEYS, {
        "use": one_of(known.links), "from": KEY, "to": KEY, "confidence": {**NUMBER, "minimum": 0, "maximum": 1},
        "step": TEXT, "candidates": WHOLE,
    }, required=("use", "from", "to"))
    given = {"type": "object", "properties": {**_rows(), "links": listed(tie)}, "additionalProperties": False}
    then = {"type": "object", "additionalProperties": False,
            "properties": {answer: {"description": label, **listed(KEY)} for answer, label in ANSWERS.items()}}
    change = {"type": "object", "propertyNames": KEY, "additionalProperties": {"$ref": "#/definitions/change"}}
    parts = {"name": TEXT, "like": TEXT, "given": given, "change": change, "as_of": DAY, "then": then, "todo": TEXT,
             "note": TEXT}
    whole = keyed(known, "case", CASE_KEYS, parts, required=("name", "then"))
    return {**whole, "anyOf": [{"required": ["given"]}, {"required": ["like"]}]}


def _rows() -> Schema:
    """Return the rows a case may give, by table."""
    return {table.name: {"description": table.label, **listed({"$ref": f"#/definitions/{table.name}"})}
            for table in TABLES}


def _definitions() -> Schema:
    """Return the rows of each table, and the values of any row that a case changes."""
    every = {name: FREE for table in TABLES for name in columns_of(table)}
    change = {"type": "object", "properties": every, "additionalProperties": False}
    return {**{table.name: _row(table) for table in TABLES}, "change": change}


def _row(table: Table) -> Schema:
    columns = {name: cell(column) for name, column in columns_of(table).items()}
    return {"type": "object", "properties": {"id": KEY, **columns}, "additionalProperties": False}


def _name() -> Schema:
    """Return a name an expression may use: columns are offered, and whatever else is spelt like a name is taken."""
    columns = sorted({name for table in TABLES for name in columns_of(table)})
    spelt = {"type": "string", "pattern": r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,2}$"}
    return {"anyOf": [{"enum": [*columns, "as_of"]}, spelt]}
