"""How well parties are found where the truth is known: invented persons and firms, mentioned with ordinary faults."""

import random
from datetime import date, timedelta
from typing import Any

import polars as pl

from engine import parties
from engine.bench import linkage
from engine.identifiers import org_code, resident_id, uscc
from engine.store import Store
from engine.text import keys_of

CITIES = ("漯河市", "许昌市", "周口市")
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
MARKS, TRADES = "华盛达鑫源宏泰恒通瑞祥金辉天诚永兴德润", ("商贸", "建材", "食品", "物流", "机械")


def person(rng: random.Random) -> dict[str, Any]:
    born = date(1950, 1, 1) + timedelta(rng.randrange(18000))
    head = f"41{rng.randint(1, 17):02d}{rng.randint(1, 20):02d}{born:%Y%m%d}{rng.randint(1, 999):03d}"
    return {"party_kind": "person", "party_name": rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, 2)),
            "resident_id": head + resident_id.check_digit(head), "birth_date": born, "city": rng.choice(CITIES)}


def firm(rng: random.Random, serial: int) -> dict[str, Any]:
    city, body = rng.choice(CITIES), f"MA{serial:06d}"
    head = f"91410000{body}{org_code.check_character(body)}"
    name = f"{city}{''.join(rng.sample(MARKS, 3))}{rng.choice(TRADES)}有限公司"
    return {"party_kind": "organisation", "party_name": name, "uscc": head + uscc.check_character(head), "city": city,
            "legal_representative": rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, 2))}


def mentioned(rng: random.Random, who: dict[str, Any]) -> dict[str, Any]:
    """Return the row a supplier might write: numbers missing, masked or mistyped, names shortened."""
    row = {"authority": f"{who['city']}市场监督管理局", **who}
    fate = rng.random()
    if number := row.get("resident_id"):
        masked = number[:6] + "********" + number[14:]
        place = rng.randrange(17)
        typed = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1:]
        row["resident_id"] = number if fate < 0.6 else masked if fate < 0.8 else typed if fate < 0.83 else None
        row["birth_date"] = row["birth_date"] if rng.random() < 0.5 else None
        row["party_name"] = row["party_name"] if rng.random() < 0.95 else row["party_name"][0] + "某某"
    else:
        row["uscc"] = row["uscc"] if fate < 0.66 else None
        row["legal_representative"] = row["legal_representative"] if rng.random() < 0.5 else None
        row["party_name"] = row["party_name"].removeprefix(row["city"]) if rng.random() < 0.1 else row["party_name"]
    return row


def test_planted_parties_are_found_and_kept_apart() -> None:
    rng = random.Random(41)
    world = [person(rng) for _ in range(700)] + [firm(rng, n) for n in range(700)]
    rows = [{**mentioned(rng, who), "truth": i} for i, who in enumerate(world) for _ in range(rng.choice((1, 2, 3)))]
    frame = pl.DataFrame(rows, infer_schema_length=None).with_row_index("line").with_columns(
        *(keys_of(form, pl.Series([r.get(c) for r in rows], dtype=pl.String)).alias(f"{c}_key")
          for c, form in (("party_name", "name"), ("legal_representative", "name"), ("authority", "organ"))))
    store = Store()
    with store.lend("new", frame.drop("city", "truth")):
        store.run("INSERT INTO penalty BY NAME SELECT *, line::UBIGINT AS record_id FROM new")

    parties.resolve(store)

    found = store.frame("SELECT line, party_id FROM penalty").join(frame.select("line", "truth"), on="line")
    pairs = found.join(found, on="truth", suffix="_other").filter(pl.col("line") < pl.col("line_other"))
    joined = found.join(found, on="party_id", suffix="_other").filter(pl.col("line") < pl.col("line_other"))
    right = pairs.filter(pl.col("party_id") == pl.col("party_id_other")).height
    assert right / joined.height >= 0.995
    assert right / pairs.height >= 0.88


def test_careless_mentions_are_found_without_joining_strangers() -> None:
    found = linkage.find(linkage.HELD_OUT[0], 2_000)

    assert found.precision >= 0.994
    assert found.recall >= 0.8
