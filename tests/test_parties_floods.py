"""What suppliers flood the parties with: one name, one number, one company everywhere. All names are invented.

Work is counted in pairs, not in seconds; nothing may grow with the square of the records.
"""

import pytest
from test_parties import firm_no, person_no

from engine import parties
from engine.parties import merging
from engine.store import Store

MANY = 5_000


@pytest.fixture
def store() -> Store:
    return Store()


def flood(store: Store, columns: str, count: int = MANY) -> None:
    """Fill penalties by a SELECT over i; what it does not name is unknown."""
    store.run(f"INSERT INTO penalty BY NAME SELECT i::UBIGINT AS record_id, 'p' || i AS natural_key, {columns} "
              f"FROM range(1, {count} + 1) t(i)")


def parties_of(store: Store) -> list[int]:
    """Resolve and return the sizes of the parties, the largest first."""
    parties.resolve(store)
    return [n for (n,) in store.rows("SELECT mentions FROM party ORDER BY mentions DESC")]


@pytest.fixture
def pairs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that tells, once parties are resolved, how many pairs each step looked at."""
    looked_at: list[int] = []
    whole = merging.merge_pairs

    def counting(store: Store, step: str, *, strict: bool = False) -> tuple[int, int]:
        looked_at.append(store.count("SELECT count(*) FROM party_pair"))
        return whole(store, step, strict=strict)

    for module in ("engine.parties.merging", "engine.parties.steps"):
        monkeypatch.setattr(f"{module}.merge_pairs", counting)
    return looked_at


NAMED = "'张伟' AS party_name, '张伟' AS party_name_key, 'person' AS party_kind"
FIRM = ("'漯河市甲乙商贸有限公司' AS party_name, '漯河市甲乙商贸有限公司' AS party_name_key, "
        "'organisation' AS party_kind")


def test_everyone_called_zhang_wei_stays_alone(store: Store, pairs: list[int]) -> None:
    flood(store, NAMED)

    assert parties_of(store)[0] == 1
    assert sum(pairs) == 0


def test_zhang_wei_born_on_one_day_in_a_whole_city_is_no_giant(store: Store, pairs: list[int]) -> None:
    flood(store, f"{NAMED}, DATE '1990-01-01' + (i % 1000)::INTEGER AS birth_date")

    assert parties_of(store)[0] == MANY // 1000
    assert sum(pairs) <= MANY


def test_one_company_with_twenty_thousand_records_is_one_party_without_pairs(store: Store, pairs: list[int]) -> None:
    flood(store, f"{FIRM}, CASE WHEN i % 2 = 0 THEN '{firm_no()}' END AS uscc", 20_000)

    assert parties_of(store) == [20_000]
    assert sum(pairs) <= 20_000


@pytest.mark.parametrize("number", ["0", "无", "不详", "000000000000000000", "000000000", "/", "未提供"])
def test_a_placeholder_in_the_number_joins_nobody(store: Store, pairs: list[int], number: str) -> None:
    flood(store, "'张' || chr((20000 + i)::INTEGER) AS party_name, party_name AS party_name_key, "
                 f"'person' AS party_kind, '{number}' AS resident_id, '{number}' AS uscc, '{number}' AS org_code", 500)

    assert parties_of(store)[0] == 1
    assert sum(pairs) == 0


def test_all_numbers_masked_alike_join_nobody_of_another_name(store: Store, pairs: list[int]) -> None:
    flood(store, "'张' || chr((20000 + i)::INTEGER) AS party_name, party_name AS party_name_key, "
                 "'person' AS party_kind, '410000********0011' AS resident_id")

    assert parties_of(store)[0] == 1
    assert sum(pairs) <= MANY


def test_one_mask_beside_many_numbers_it_fits_joins_none(store: Store, pairs: list[int]) -> None:
    numbers = [person_no(birth=f"19{year:02d}0101") for year in range(50, 90)]
    ends = {number[-3:] for number in numbers}
    flood(store, f"{NAMED}, CASE WHEN i <= {len(numbers)} THEN {numbers!r}[i] ELSE '410000********' || "
                 f"{numbers[0][-4:]!r} END AS resident_id", 2_000)

    sizes = parties_of(store)

    assert len(ends) > 1
    assert max(sizes) <= 2_000 - len(numbers) + 1
    assert sum(pairs) <= 2_000 * len(numbers)


def test_two_hundred_people_under_one_number_are_not_one(store: Store, pairs: list[int]) -> None:
    flood(store, "'张' || chr((20000 + i % 200)::INTEGER) AS party_name, party_name AS party_name_key, "
                 f"'person' AS party_kind, '{person_no()}' AS resident_id", 400)

    report = parties.resolve(store)

    assert store.rows("SELECT DISTINCT mentions FROM party") == [(2,)]
    assert report.cut()["shared_numbers"] == 1
    assert sum(pairs) == 0


def test_one_company_written_in_many_ways_keeps_its_number(store: Store) -> None:
    flood(store, "'漯河市甲乙' || CASE WHEN i % 2 = 0 THEN '' ELSE chr((20000 + i)::INTEGER) END || '商贸有限公司' "
                 "AS party_name, party_name AS party_name_key, 'organisation' AS party_kind, "
                 f"'{firm_no()}' AS uscc", 200)

    assert parties_of(store) == [200]


def test_names_of_three_hundred_characters_are_taken_as_they_are(store: Store, pairs: list[int]) -> None:
    flood(store, "repeat('漯河市甲乙商贸有限公司', 30) || chr((20000 + i)::INTEGER) AS party_name, "
                 "party_name AS party_name_key, 'organisation' AS party_kind, '张试' AS legal_representative_key, "
                 "'漯河市市场监督管理局' AS authority_key", 300)

    assert parties_of(store)[0] == 1
    assert sum(pairs) <= 300
