"""People's answers among the parties: "same" joins before any step, "not the same" holds against every step.

Neither ever joins two sure numbers. Where answers contradict each other the newer one holds. Only the few labels that
answers touch pass through Python; everything else stays in SQL.
"""

from collections import defaultdict
from collections.abc import Iterable

import polars as pl

from engine.store import Store

ROUNDS = 100
"""Most splits of one number's records; every round parts at least two, so no more than its refused records."""

_LABELLED = (
    "SELECT DISTINCT a.label AS one, b.label AS other FROM party_refused r "
    "JOIN party_label a ON a.node = r.one JOIN party_label b ON b.node = r.other"
)


class _Forest:
    """Labels joined one after the other; a join that would bring two foes, or two sure numbers, together is refused."""

    def __init__(self, foes: Iterable[tuple[int, int]], anchored: Iterable[int] = ()) -> None:
        self.root: dict[int, int] = {}
        self.members: dict[int, set[int]] = {}
        self.foes: defaultdict[int, set[int]] = defaultdict(set)
        self.anchor = {label: label for label in anchored}
        for one, other in foes:
            self.foes[one].add(other)
            self.foes[other].add(one)

    def find(self, label: int) -> int:
        """Return the root of a label's tree."""
        while (up := self.root.get(label, label)) != label:
            label = up
        return label

    def join(self, one: int, other: int) -> bool:
        """Bring two trees together and return whether that was allowed."""
        one, other = self.find(one), self.find(other)
        if one == other:
            return True
        mine, theirs = self.members.get(one, {one}), self.members.get(other, {other})
        if len(mine) < len(theirs):
            one, other, mine, theirs = other, one, theirs, mine
        if self.foes[one] & theirs or (one in self.anchor and other in self.anchor):
            return False
        self.root[other], self.members[one] = one, mine | theirs
        self.foes[one] |= self.foes[other]
        if other in self.anchor:
            self.anchor[one] = self.anchor[other]
        return True


def settle(store: Store) -> None:
    """Bring the answers about parties into `party_node` and `party_label`, before any step is taken.

    Fills `party_refused` (one, other: nodes that must not meet) and `party_word` (node, words: what to say of it).
    """
    store.run("CREATE OR REPLACE TEMP TABLE party_answer AS SELECT a.one_id AS one, a.other_id AS other, a.is_same, "
              "strftime(a.day, '%Y-%m-%d') AS day FROM pair_answer a JOIN party_node o ON o.node = a.one_id "
              "JOIN party_node t ON t.node = a.other_id WHERE a.question = 'party' AND a.one_id <> a.other_id")
    store.run("CREATE OR REPLACE TEMP TABLE party_refused AS SELECT one, other FROM party_answer WHERE NOT is_same "
              "UNION SELECT other, one FROM party_answer WHERE NOT is_same")
    store.run("CREATE OR REPLACE TEMP TABLE party_word AS SELECT unnest([one, other]) AS node, "
              "'人工认定与另一记录不是同一主体（' || day || '），已分开' AS words FROM party_answer WHERE NOT is_same")
    if not store.count("SELECT count(*) FROM party_answer"):
        return
    for _ in range(ROUNDS):
        if not _split_number(store):
            break
    _join(store)


def _split_number(store: Store) -> int:
    """Give one side of each refused pair under one sure number another anchor; return how many records moved.

    The rarer name leaves and takes its own records along; where both bear one name, only the later record leaves.
    """
    store.run(
        "CREATE OR REPLACE TEMP TABLE party_leaving AS WITH n AS (SELECT n.node, n.anchor, n.name_key, "
        "count(*) OVER (PARTITION BY n.anchor, n.name_key) AS times FROM party_node n "
        "SEMI JOIN (SELECT p.anchor FROM party_node p JOIN party_refused r ON r.one = p.node) USING (anchor)), "
        "p AS (SELECT a.anchor, a.name_key AS kept, b.name_key AS name_key, b.node FROM party_refused r "
        "JOIN n a ON a.node = r.one JOIN n b ON b.node = r.other AND b.anchor = a.anchor "
        "WHERE (-a.times, coalesce(a.name_key, '~'), a.node) < (-b.times, coalesce(b.name_key, '~'), b.node)) "
        "SELECT DISTINCT n.node, n.anchor || '|' || CASE WHEN p.kept IS DISTINCT FROM p.name_key "
        "THEN coalesce(p.name_key, '') ELSE p.node::VARCHAR END AS anchor FROM p JOIN n ON n.anchor = p.anchor "
        "AND CASE WHEN p.kept IS DISTINCT FROM p.name_key THEN n.name_key IS NOT DISTINCT FROM p.name_key "
        "ELSE n.node = p.node END QUALIFY row_number() OVER (PARTITION BY n.node ORDER BY 2) = 1")
    store.run("UPDATE party_node SET anchor = l.anchor FROM party_leaving l WHERE party_node.node = l.node")
    store.run("UPDATE party_label SET label = md5_number_lower('party|' || l.anchor) FROM party_leaving l "
              "WHERE party_label.node = l.node")
    return store.count("SELECT count(*) FROM party_leaving")


def _join(store: Store) -> None:
    """Join what people called the same, the newest answers first; what cannot be joined is said on both records."""
    asked = store.frame(
        "SELECT a.one, a.other, a.day, o.label AS one_label, t.label AS other_label, "
        "o.anchored AS one_anchored, t.anchored AS other_anchored FROM party_answer a JOIN party_label o "
        "ON o.node = a.one JOIN party_label t ON t.node = a.other WHERE a.is_same ORDER BY a.day DESC, a.one, a.other")
    sides = (("one_label", "one_anchored"), ("other_label", "other_anchored"))
    anchored = [label for side, flag in sides for label in asked.filter(flag)[side]]
    forest = _Forest(store.rows(_LABELLED), anchored)
    joined = [forest.join(one, other) for one, other in asked.select("one_label", "other_label").iter_rows()]
    labels = sorted({*asked["one_label"], *asked["other_label"]})
    roots = [forest.find(label) for label in labels]
    moved = pl.DataFrame({"label": labels, "target": [forest.anchor.get(root, root) for root in roots],
                          "anchored": [root in forest.anchor for root in roots]}, schema_overrides={
                              "label": pl.UInt64, "target": pl.UInt64})
    with store.lend("party_told", asked.with_columns(pl.Series("joined", joined, dtype=pl.Boolean))):
        store.run(
            "INSERT INTO party_word SELECT unnest([one, other]), CASE WHEN joined "
            "THEN '人工认定为同一主体（' || day || '）' ELSE '人工认定与另一记录为同一主体（' || day "
            "|| '），但可靠号码不同或与其他认定矛盾，未归并，请核对' END FROM party_told")
        store.run("CREATE OR REPLACE TEMP TABLE party_same AS SELECT unnest([one, other]) AS node FROM party_told "
                  "WHERE joined")
    with store.lend("party_moved", moved):
        store.run(
            "UPDATE party_label SET label = m.target, anchored = m.anchored, step = 'judged' FROM party_moved m "
            "WHERE party_label.label = m.label AND NOT party_label.anchored "
            "AND party_label.node IN (SELECT node FROM party_same)")


def bar(store: Store) -> bool:
    """Fill `party_barred` (one, other: labels that must not meet, both ways); return whether there are any."""
    store.run(f"CREATE OR REPLACE TEMP TABLE party_barred AS {_LABELLED}")
    return bool(store.count("SELECT count(*) FROM party_barred"))


def part_chosen(store: Store) -> None:
    """Take back from `party_choice` what would bring two barred free labels to one anchor; the surer one stays."""
    store.run(
        "DELETE FROM party_choice WHERE targets = 1 AND free IN (SELECT c.free FROM party_choice c "
        "JOIN party_barred b ON b.one = c.free JOIN party_choice d ON d.free = b.other AND d.target = c.target "
        "WHERE d.targets = 1 AND d.confidence >= c.confidence)")


def cut(store: Store) -> None:
    """Part the components of `party_root` that hold two barred labels by leaving out their weakest ties."""
    edges = store.frame(
        "SELECT e.label, e.key FROM party_edge e JOIN party_root r USING (label) WHERE r.root IN (SELECT a.root "
        "FROM party_barred b JOIN party_root a ON a.label = b.one JOIN party_root c ON c.label = b.other "
        "WHERE a.root = c.root) ORDER BY e.confidence DESC, e.key, e.label")
    if edges.height == 0:
        return
    forest = _Forest(store.rows("FROM party_barred"))
    first: dict[int, int] = {}
    for label, key in edges.iter_rows():
        forest.join(first.setdefault(key, label), label)
    labels = edges["label"].unique().sort()
    roots = pl.DataFrame({"label": labels, "root": pl.Series([forest.find(x) for x in labels], dtype=pl.UInt64)})
    smallest = roots.with_columns(pl.col("label").min().over("root").alias("root"))
    with store.lend("party_parted", smallest):
        store.run("UPDATE party_root SET root = p.root FROM party_parted p WHERE p.label = party_root.label")
