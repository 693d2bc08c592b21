"""Hard planted pairs: invented persons and firms, mentioned as carelessly as suppliers do, and how well they are found.

Everything follows from the seed. Names, numbers and places are invented. Steps and weights are tuned on seeds 1 to 3
and reported on 11 to 13.
"""

import random
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from engine import parties
from engine.identifiers import org_code, resident_id, uscc
from engine.store import Store
from engine.text import keys_of

CITIES = ("霁川市", "梧原县", "桐泽县", "槐陵县", "东澄区", "望霁区")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志文辉力健峰"
MARKS = "华盛达鑫源宏泰恒通瑞祥金辉天诚永兴德润嘉和丰远茂腾安顺康裕隆"
TRADES = ("商贸", "建材", "食品", "物流", "机械制造", "建筑工程", "餐饮管理", "环保科技", "运输", "农业发展")
SHOPS = ("小吃店", "超市", "汽修厂", "便利店", "理发店", "五金店")
TRADITIONAL = dict(zip("华达兴张刘陈杨赵丽强军国业机贸东远",
                       "華達興張劉陳楊趙麗強軍國業機貿東遠", strict=True))
SOUNDALIKE = dict(zip("伟芳静丽磊军洋艳娟涛明超霞平华源宏泰恒祥辉诚康裕隆茂",
                      "玮方婧莉雷君阳燕鹃韬铭朝遐萍骅缘鸿太衡翔晖成慷玉龙懋", strict=True))

HELD_OUT = (11, 12, 13)
"""Seeds that nothing was tuned on."""


@dataclass(frozen=True)
class Found:
    """How well planted pairs were found: pairs of mentions of one party, joined pairs, joined rightly."""

    seed: int
    mentions: int
    true: int
    joined: int
    right: int

    @property
    def precision(self) -> float:
        """Share of the joined pairs that are right."""
        return self.right / self.joined if self.joined else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that were joined."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return 2 * self.right / (self.joined + self.true)

    def as_dict(self) -> dict[str, Any]:
        """Return counts and shares."""
        return asdict(self) | {"precision": self.precision, "recall": self.recall, "f1": self.f1}


def plant(seed: int, parties_count: int) -> pl.DataFrame:
    """Return mentions of invented parties, one row each: `truth` is the party, the rest are columns of `penalty`."""
    rng = random.Random(seed)
    world = [_person(rng) if n % 2 else _firm(rng, n) for n in range(parties_count)]
    rows = [{**_mentioned(rng, who), "truth": truth} for truth, who in enumerate(world)
            for _ in range(rng.choice((1, 2, 2, 3, 4)))]
    rng.shuffle(rows)
    names = (("party_name", "name"), ("legal_representative", "name"), ("authority", "organ"))
    frame = pl.DataFrame(rows, infer_schema_length=None).drop("former")
    return frame.with_columns(*(keys_of(form, frame[column]).alias(f"{column}_key") for column, form in names)
                              ).with_row_index("record_id").with_columns(pl.col("record_id").cast(pl.UInt64))


def find(seed: int, parties_count: int) -> Found:
    """Plant, resolve in a fresh store, and return how well the parties were found."""
    planted = plant(seed, parties_count)
    store = Store()
    store.put("penalty", planted.drop("truth"))
    parties.resolve(store)
    told = planted.select("record_id", "truth").join(
        store.frame("SELECT record_id, party_id FROM penalty"), on="record_id")
    store.close()
    counts = {key: sum(n * (n - 1) // 2 for n in told.group_by(columns).len()["len"].to_list())
              for key, columns in (("true", ["truth"]), ("joined", ["party_id"]), ("right", ["truth", "party_id"]))}
    return Found(seed, planted.height, counts["true"], counts["joined"], counts["right"])


def _person(rng: random.Random) -> dict[str, Any]:
    born = date(1950, 1, 1) + timedelta(rng.randrange(18000))
    order = rng.randint(1, 999)
    number = f"41{rng.randint(1, 17):02d}{rng.randint(1, 20):02d}{born:%Y%m%d}{order:03d}"
    given = rng.choice(GIVEN) if rng.random() < 0.25 else "".join(rng.sample(GIVEN, 2))
    return {"party_kind": "person", "party_name": rng.choice(SURNAMES) + given, "birth_date": born,
            "resident_id": number + resident_id.check_digit(number), "sex": "male" if order % 2 else "female",
            "city": rng.choice(CITIES)}


def _firm(rng: random.Random, serial: int) -> dict[str, Any]:
    city, body, is_shop = rng.choice(CITIES), f"MA{serial:06d}", rng.random() < 0.3
    head = f"{'92' if is_shop else '91'}410000{body}{org_code.check_character(body)}"
    mark = "".join(rng.sample(MARKS, rng.choice((2, 3, 3))))
    name = f"{city}{mark}{rng.choice(SHOPS) if is_shop else rng.choice(TRADES) + '有限公司'}"
    return {"party_kind": "individual_business" if is_shop else "organisation", "party_name": name, "city": city,
            "uscc": head + uscc.check_character(head),
            "legal_representative": rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, 2))}


def _mentioned(rng: random.Random, who: dict[str, Any]) -> dict[str, Any]:
    """Return one mention, its number and its name each with a fault of their own, other facts left out at random."""
    row = {"resident_id": None, "uscc": None, "birth_date": None, "sex": None, "legal_representative": None,
           "former": None, **who, "authority": f"{who['city']}市场监督管理局"}
    for column, kept in (("birth_date", 0.4), ("sex", 0.6), ("legal_representative", 0.5)):
        row[column] = row[column] if rng.random() < kept else None
    column = "resident_id" if row["resident_id"] else "uscc"
    row[column] = _number(rng, row[column])
    row["party_name"] = _name(rng, who)
    del row["city"]
    return row


def _number(rng: random.Random, number: str) -> str | None:
    fate = rng.random()
    if fate < 0.5:
        return number
    if fate < 0.72:
        return f"{number[:6]}********{number[14:]}" if number[:2] == "41" else None
    if fate < 0.8:
        place = rng.randrange(6, 17)
        digit = str((int(number[place]) + rng.randint(1, 9)) % 10) if number[place].isdigit() else "0"
        return number[:place] + digit + number[place + 1:]
    return None


def _name(rng: random.Random, who: dict[str, Any]) -> str:
    name, city, fate = str(who["party_name"]), str(who["city"]), rng.random()
    if fate < 0.6:
        return name
    if fate < 0.68:
        return "".join(TRADITIONAL.get(letter, letter) for letter in name)
    if who["party_kind"] == "person":
        if fate < 0.75:
            return f"{name[0]}某"
        return name[0] + _swapped(rng, name[1:], GIVEN) if fate < 0.85 else name
    short = name.removeprefix(city)
    if fate < 0.82:
        return short
    if fate < 0.9:
        return name.removesuffix("有限公司") if fate < 0.86 else short.removesuffix("有限公司")
    return city + _swapped(rng, short[:2], MARKS) + short[2:]


def _swapped(rng: random.Random, letters: str, others: str) -> str:
    """Return the letters with one written as another that sounds alike, where there is one, or by chance."""
    place = rng.randrange(len(letters))
    wrong = SOUNDALIKE.get(letters[place]) or rng.choice(others)
    return letters[:place] + wrong + letters[place + 1:]
