"""Changes of one group: the expressions in it, and its keys, period and peers."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from engine.rules.groups import FEWEST_PEERS, GroupUse, Measure
from engine.rules.tree import Expr

_NEAR = {"day": ("month",), "month": ("quarter",), "quarter": ("month", "year"), "year": ("quarter",)}
_OTHER = {"min": "max", "max": "min"}

Put = Callable[[Expr], GroupUse]


def expressions(use: GroupUse) -> Iterator[tuple[str, Expr, Put]]:
    """Yield each expression over the group's table: its place, itself, and how to put another in its stead."""
    if use.counts is not None:
        yield "where", use.counts, lambda expr: replace(use, counts=expr)
    for measure in use.measures:
        if measure.expr is not None:
            yield measure.name.column, measure.expr, _measure_putter(use, measure)


def altered(use: GroupUse) -> Iterator[tuple[str, GroupUse]]:
    """Yield the group with one part of its make-up changed, and what was done in Chinese."""
    if use.counts is not None:
        yield "去掉 where", replace(use, counts=None)
    for key in use.by if len(use.by) > 1 else ():
        yield f"by 去掉 {key.name.column}", _without_key(use, key.name.column)
    for measure in use.measures:
        if measure.aggregate in _OTHER:
            other = replace(measure, aggregate=_OTHER[measure.aggregate])
            told = f"{measure.name.column} 的 {measure.aggregate} 改为 {other.aggregate}"
            yield told, _with_measure(use, measure, other)
    if use.period is not None:
        for every in _NEAR[use.period.every]:
            told = f"every: {use.period.every} 改为 {every}"
            yield told, replace(use, period=replace(use.period, every=every))
    yield from _peers(use)


def _peers(use: GroupUse) -> Iterator[tuple[str, GroupUse]]:
    peers = use.peers
    if peers is None:
        return
    for least in (peers.at_least - 1, peers.at_least + 1):
        if least >= FEWEST_PEERS:
            yield f"at_least {peers.at_least} 改为 {least}", replace(use, peers=replace(peers, at_least=least))
    for column in peers.among:
        among = tuple(name for name in peers.among if name != column)
        yield f"among 去掉 {column}", replace(use, peers=replace(peers, among=among))


def _without_key(use: GroupUse, column: str) -> GroupUse:
    kept = tuple(key for key in use.by if key.name.column != column)
    peers = use.peers and replace(use.peers, among=tuple(name for name in use.peers.among if name != column))
    return replace(use, by=kept, peers=peers)


def _measure_putter(use: GroupUse, measure: Measure) -> Put:
    return lambda expr: _with_measure(use, measure, replace(measure, expr=expr))


def _with_measure(use: GroupUse, measure: Measure, new: Measure) -> GroupUse:
    measures = tuple(new if item is measure else item for item in use.measures)
    peers = use.peers and replace(use.peers, of=new if use.peers.of is measure else use.peers.of)
    return replace(use, measures=measures, peers=peers)
