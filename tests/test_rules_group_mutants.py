"""Groups are changed too, and cases that do not notice are completed."""

from pathlib import Path

from rule_world import good
from test_rules_boundaries import pasted

from engine.rules import mutate
from engine.rules.mutants import Program, bare, mutants

RULE = """
    subject: penalty
    groups:
      year:
        by: [authority_key, violation]
        period: {of: decided_on, every: year}
        where: fine_yuan > 0
        measures: {cases: count, most: max(fine_yuan)}
        peers: {of: most, among: [violation], at_least: 4}
    when:
      - {is: far, expr: groups.year.peer_z > 3}
    """
COUNTED = """
    subject: penalty
    groups:
      year: {by: [authority, violation], where: fine_yuan > 100, measures: {cases: count}}
    when:
      - {is: again, expr: groups.year.cases >= 2}
    cases:
      - name: 两件
        given:
          penalty:
            - {id: A, authority: 甲局, violation: 占地, fine_yuan: 200}
            - {id: B, authority: 甲局, violation: 占地, fine_yuan: 300}
        then: {hit: [A, B]}
      - name: 一件
        given: {penalty: [{id: A, authority: 甲局, violation: 占地, fine_yuan: 200}]}
        then: {clear: [A]}
      - name: 罚款未记载
        given: {penalty: [{id: A, authority: 甲局, violation: 占地}]}
        then: {gap: [A]}
    """


def test_every_part_of_a_group_is_changed(tmp_path: Path) -> None:
    rules = good(tmp_path, RULE)

    told = {str(m) for m in mutants(Program(bare(rules.rules["trial.it"]), rules)) if m.where.startswith("分组")}

    assert told == {
        "分组 year：去掉 where", "分组 year：by 去掉 authority_key", "分组 year：by 去掉 violation",
        "分组 year：most 的 max 改为 min", "分组 year：every: year 改为 quarter", "分组 year：at_least 4 改为 3",
        "分组 year：at_least 4 改为 5", "分组 year：among 去掉 violation",
        "分组 year 的 where：fine_yuan > 0 改为 fine_yuan >= 0",
        "分组 year 的 where：fine_yuan > 0 改为 fine_yuan > 0.01",
        "分组 year 的 where：fine_yuan > 0 改为 fine_yuan > -0.01",
    }


def test_the_missing_cases_of_a_group_are_found_and_pasting_them_leaves_no_survivor(tmp_path: Path) -> None:
    before = good(tmp_path / "before", COUNTED)
    found = mutate(before, before.rules["trial.it"])
    after = good(tmp_path / "after", pasted(COUNTED, tuple(case.yaml for case in found.missing)))
    again = mutate(after, after.rules["trial.it"])

    assert "分组 year 的 where：fine_yuan > 100 改为 fine_yuan >= 100" in found.survivors
    assert "分组 year：by 去掉 violation" in found.survivors
    assert (again.fault, again.survivors, again.doubtful) == ("", (), ())
