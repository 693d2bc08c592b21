"""Random expressions: well-formed, of a wanted kind, over given names, with days and sums near the limits."""

import random
from datetime import date, timedelta
from typing import Any

RULINGS = ("granted", "refused", "partly", "not_accepted", "withdrawn")


class Author:
    """Writes random expressions of a wanted kind over the names given by kind."""

    def __init__(self, seed: int, kinds: dict[str, list[str]]) -> None:
        """Bind names by kind: date, money, int, number, text, code (a ruling), bool, period."""
        self.random = random.Random(seed)
        self.lets: dict[str, str] = {}
        self.kinds = {kind: list(names) for kind, names in kinds.items()}

    def write(self, kind: str, depth: int) -> str:
        """Return an expression of the kind."""
        if depth <= 0:
            return self._leaf(kind)
        return self.random.choice(getattr(self, f"_{kind}")(depth - 1))()

    def let(self, name: str, kind: str, depth: int) -> None:
        """Write a let and make it known."""
        self.lets[name] = self.write(kind, depth)
        self.kinds[kind].append(name)

    def _leaf(self, kind: str) -> str:
        name = self.random.choice(self.kinds[kind])
        literal = {
            "date": f"DATE '{some_day(self.random).isoformat()}'", "money": f"{self.random.randint(0, 400)}.5",
            "int": str(self.random.randint(0, 40)), "number": f"0.{self.random.randint(1, 99)}",
            "text": self.random.choice(("'超期'", "'占地'", "''")), "code": f"'{self.random.choice(RULINGS)}'",
            "bool": self.random.choice(("TRUE", "FALSE")),
        }[kind]
        return name if self.random.random() < 0.75 else literal

    def _choices(self, kind: str, depth: int) -> list[Any]:
        def branch() -> str:
            return f"WHEN {self.write('bool', depth)} THEN {self.write(kind, depth)}"

        return [
            lambda: self._leaf(kind), lambda: f"CASE {branch()} {branch()} ELSE {self.write(kind, depth)} END",
            lambda: f"CASE {branch()} END",
            lambda: f"coalesce({self.write(kind, depth)}, {self.write(kind, depth)})",
        ]

    def _date(self, depth: int) -> list[Any]:
        def two(name: str) -> Any:
            return lambda: f"{name}({self.write('date', depth)}, {self.write('date', depth)})"

        return [
            *self._choices("date", depth), two("latest"), two("earliest"), two("latest_known"), two("earliest_known"),
            lambda: f"period_end({self.write('date', depth)}, {self.random.choice(self.kinds['period'])})",
            lambda: f"period_end_unrolled({self.write('date', depth)}, {self.kinds['period'][0]})",
            lambda: f"workdays_end({self.write('date', depth)}, {self.random.randint(1, 20)})",
            lambda: f"{self.random.choice(('month_end', 'quarter_end'))}({self.write('date', 0)})",
            lambda: f"date_add_days({self.write('date', depth)}, {self.write('int', 0)})",
        ]

    def _money(self, depth: int) -> list[Any]:
        return [
            *self._choices("money", depth),
            lambda: f"({self.write('money', depth)} + {self.write('money', depth)})",
            lambda: f"({self.write('money', depth)} - {self.write('int', depth)})",
            lambda: f"({self.write('money', depth)} * {self.write('number', 0)})",
            lambda: f"(-{self.write('money', 0)})", lambda: f"abs({self.write('money', depth)})",
            lambda: f"round({self.write('money', depth)}, {self.random.randint(0, 3)})",
            lambda: f"({self.write('money', depth)} % {self.write('int', 0)})",
        ]

    def _int(self, depth: int) -> list[Any]:
        return [
            *self._choices("int", depth), lambda: f"length({self.write('text', depth)})",
            lambda: f"days_between({self.write('date', depth)}, {self.write('date', depth)})",
            lambda: f"workdays_between({self.write('date', depth)}, {self.write('date', depth)})",
            lambda: f"age_on({self.write('date', 0)}, {self.write('date', depth)})",
            lambda: f"({self.write('int', depth)} {self.random.choice('+-*%')} {self.write('int', depth)})",
        ]

    def _number(self, depth: int) -> list[Any]:
        return [*self._choices("number", depth), lambda: f"({self.write('money', depth)} / {self.write('int', depth)})",
                lambda: f"({self.write('int', depth)} / {self.write('int', depth)})"]

    def _text(self, depth: int) -> list[Any]:
        def joined() -> str:
            return f"concat({self.write('text', depth)}, {self.write('text', depth)})"

        def part() -> str:
            return f"part({self.write('text', depth)}, {self.random.randint(1, 3)}, {self.random.randint(1, 2)})"

        return [*self._choices("text", depth), joined, part]

    def _code(self, depth: int) -> list[Any]:
        return self._choices("code", depth)

    def _bool(self, depth: int) -> list[Any]:
        def compared(kind: str, signs: tuple[str, ...]) -> Any:
            return lambda: f"{self.write(kind, depth)} {self.random.choice(signs)} {self.write(kind, depth)}"

        every = ("=", "<>", "<", "<=", ">", ">=")
        numeric = self.random.choice(("money", "int", "number"))
        return [
            lambda: f"({self.write('bool', depth)} AND {self.write('bool', depth)})",
            lambda: f"({self.write('bool', depth)} OR {self.write('bool', depth)})",
            lambda: f"(NOT {self.write('bool', depth)})", compared("date", every), compared("date", every),
            compared("money", every), compared("int", every), compared("text", ("=", "<>")),
            lambda: f"{self.write('money', depth)} {self.random.choice(every)} {self.write(numeric, depth)}",
            lambda: f"({self.write(self.random.choice(('date', 'money', 'text', 'bool')), depth)} IS NULL)",
            lambda: f"({self.write(self.random.choice(('date', 'int', 'code')), depth)} IS NOT NULL)",
            lambda: f"({self.write('bool', depth)} IS {self.random.choice(('TRUE', 'FALSE'))})",
            lambda: f"{self._leaf('date')} BETWEEN {self.write('date', 0)} AND {self.write('date', depth)}",
            lambda: f"{self.random.choice(self.kinds['code'])} {self.random.choice(('', 'NOT '))}IN ('granted', "
                    f"'{self.random.choice(RULINGS)}')",
            lambda: f"{self._leaf('text')} LIKE '{self.random.choice(('%期%', '占_', '%', '_%期'))}'",
            lambda: f"{self.random.choice(('contains', 'ends_with'))}({self.write('text', depth)}, '期')",
            lambda: f"starts_with({self.write('text', depth)}, {self.write('text', 0)})",
            lambda: f"is_workday({self.write('date', depth)})",
        ]


def some_day(source: random.Random) -> date:
    """Return a day near one at which something changes."""
    return date(2010, 1, 1) + timedelta(days=source.choice((0, 720, 729, 730, 731, 4212, 4213, 5400, 5401)) +
                                        source.randint(0, 40))
