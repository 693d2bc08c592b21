"""How quick the workbench answers: invented clues published for real, a real server, many people at once.

Every page is asked in two ways: by people who read for one to three seconds between pages, and by people who never
stop (a closed loop, which is harder than any office). The login page, which asks the database next to nothing, is the
measure of the others.
"""

import http.client
import itertools
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from engine import review
from engine.bench import invented
from engine.errors import EngineError
from engine.review import Review, Run, Who, accounts, sessions

PEOPLE = 12
"""Who ask at the same time."""

SECONDS = 12.0
"""How long each page is asked for, in each of the two ways."""


@dataclass(frozen=True)
class Answered:
    """One page under load: how often it was asked, milliseconds at the quantiles, answers that were not the page."""

    page: str
    is_closed: bool
    asked: int
    p50: float
    p95: float
    p99: float
    failed: int


@dataclass(frozen=True)
class Pages:
    """The figures of one size; publications are seconds for a new base, for nothing new, and with people at work."""

    clues: int
    publish_new: float
    publish_same: float
    publish_at_work: float
    answered: tuple[Answered, ...]


def measure(clues: int, folder: Path) -> Pages:
    """Return how quick `clues` invented clues are published and read; the database is made anew in `folder`.

    Raises EngineError where the server does not start, as without the packages of the pages.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("review.db*"):
        left.unlink()
    with review.opened(review.review_url(folder, None), folder) as base:
        new, same = (_published(base, clues, turn) for turn in (0, 0))
        tokens = _log_in(base)
        port = _free_port()
        server = subprocess.Popen([sys.executable, "-m", "engine.cli", "serve", "--home", str(folder),
                                   "--port", str(port)], stdout=subprocess.DEVNULL)
        try:
            _wait(port)
            load = _Load(port, tokens, clues)
            answered = [load.ask(page, is_closed=closed) for closed in (False, True) for page in load.addresses]
            at_work = _published_at_work(base, load, clues)
        finally:
            server.terminate()
            server.wait(timeout=20)
    return Pages(clues, new, same, at_work, tuple(answered))


def page(measured: Pages) -> str:
    """Return the figures as Markdown tables; ratios are to the login page in the same way of asking."""
    lines = [f"{measured.clues:,} clues, {PEOPLE} people at once", "",
             "| Page | Asked | p50 | p95 | p99 | p50 to login | Failed |", "|---|--:|--:|--:|--:|--:|--:|"]
    for closed, group in itertools.groupby(measured.answered, lambda a: a.is_closed):
        found = list(group)
        base = found[0].p50
        way = "without pause" if closed else "1–3 s to read"
        lines += [f"| {a.page}, {way} | {a.asked:,} | {a.p50:.0f} ms | {a.p95:.0f} ms | {a.p99:.0f} ms "
                  f"| {a.p50 / base:.1f} × | {a.failed} |" for a in found]
    lines += ["", f"Publication: new {measured.publish_new:.1f} s, nothing changed {measured.publish_same:.1f} s, one "
                  f"clue in a hundred changed and {PEOPLE} people at work {measured.publish_at_work:.1f} s."]
    return "\n".join(lines)


def _published(base: Review, clues: int, turn: int) -> float:
    begun = time.perf_counter()
    told = Run(2, invented.AS_OF, datetime.combine(invented.AS_OF, datetime.min.time()), "bench", "bench", "bench")
    review.publish(base, told, invented.batches(clues, turn))
    return time.perf_counter() - begun


def _published_at_work(base: Review, load: "_Load", clues: int) -> float:
    reader = threading.Thread(target=load.ask, args=("list",), kwargs={"is_closed": False})
    reader.start()
    seconds = _published(base, clues, 1)
    reader.join()
    return seconds


def _log_in(base: Review) -> list[str]:
    login = "bench"
    account = accounts.add(base, Who("bench"), login, "测试", accounts.first_password(), roles=("head",),
                           scopes=[("4111", "")])
    return [sessions.begin(base, account, "full") for _ in range(PEOPLE)]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise EngineError("研判网页", "一分钟内没有启动", "请先试 xiezhi serve", "E-BENCH-SERVE")


class _Load:
    """People who ask the server on a port."""

    def __init__(self, port: int, tokens: list[str], clues: int) -> None:
        self.port, self.tokens = port, tokens
        asked = [*(f"amount_from={n * 1000}" for n in range(1, 400, 7)), "enterprise=yes", "sort=amount", "due=none",
                 *(f"unit={quote(f'测试市第{n}局')}" for n in range(50)), f"status={quote('新增')}"]
        self.addresses: dict[str, Callable[[random.Random], str]] = {
            "login": lambda r: "/login",
            "list": lambda r: f"/clues?page={r.randint(1, 40)}",
            "filtered list": lambda r: f"/clues?{r.choice(asked)}",
            "word search": lambda r: f"/clues?words={quote(f'测试{r.randint(1, 99990)}')}",
            "clue": lambda r: f"/clues/C{r.randrange(clues)}",
        }

    def ask(self, page: str, *, is_closed: bool) -> Answered:
        """Return how one page was answered while everybody asked for it."""
        found: list[tuple[float, bool]] = []
        until = time.monotonic() + SECONDS
        people = [threading.Thread(target=self._one, args=(n, page, is_closed, until, found)) for n in range(PEOPLE)]
        for someone in people:
            someone.start()
        for someone in people:
            someone.join()
        taken = sorted(seconds * 1000 for seconds, _ in found)

        def at(share: float) -> float:
            return taken[min(len(taken) - 1, int(len(taken) * share))]

        return Answered(page, is_closed, len(taken), at(.5), at(.95), at(.99), sum(not good for _, good in found))

    def _one(self, number: int, page: str, is_closed: bool, until: float, found: list[tuple[float, bool]]) -> None:
        chance = random.Random(number)
        server = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        if not is_closed:
            time.sleep(chance.uniform(0, 3))
        while time.monotonic() < until:
            begun = time.perf_counter()
            server.request("GET", self.addresses[page](chance),
                           headers={"Cookie": f"__Host-xiezhi={self.tokens[number]}"})
            answer = server.getresponse()
            answer.read()
            found.append((time.perf_counter() - begun, answer.status == 200))
            if not is_closed:
                time.sleep(chance.uniform(1, 3))
        server.close()
