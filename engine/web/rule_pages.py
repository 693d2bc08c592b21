"""规则: the rules the last run used, each with its text, its clues, and what people thought of it."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from engine.export.tables import FIELDS
from engine.review import REASONS, rulebook
from engine.review.precision import precision, words
from engine.review.statistics import FEW, Filter
from engine.web.access import Asks
from engine.web.charts import interval
from engine.web.pages import page

router = APIRouter()


@router.get("/rules")
def rules(asks: Asks) -> Response:
    """规则目录."""
    rated = precision(asks.base, asks.actor, Filter()).rules.to_dicts()
    by_version = {(row["rule_id"], row["rule_version"]): row for row in rated}
    fields: dict[str, list[Mapping[str, Any]]] = {}
    for rule in rulebook.listed(asks.base, asks.actor):
        shown = rule | {"rated": by_version.get((rule["rule_id"], rule["version"]))}
        fields.setdefault(_field(rule["rule_id"]), []).append(shown)
    return page("rules.html", visitor=asks, fields=fields, few=FEW, interval=interval)


@router.get("/rules/{rule_id}")
def one_rule(asks: Asks, rule_id: str) -> Response:
    """一条规则."""
    rule = rulebook.rule(asks.base, asks.actor, rule_id)
    found = precision(asks.base, asks.actor, Filter(rule=rule_id))
    reasons: dict[int, list[tuple[str, int]]] = {}
    for version, reason, count in found.reasons.select("rule_version", "reason", "n").iter_rows():
        reasons.setdefault(version, []).append((REASONS.get(reason, reason), count))
    return page("rule.html", visitor=asks, rule=rule, field=_field(rule_id), rated_rows=found.rules.to_dicts(),
                reasons=reasons, said=words(asks.base, asks.actor, rule_id), few=FEW, interval=interval)


def _field(rule_id: str) -> str:
    folder = rule_id.split(".")[0]
    return FIELDS.get(folder, folder)
