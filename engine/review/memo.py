"""Answers kept as long as what they were computed from stands: counts and choices that many ask for alike.

What an answer depends on is part of its key (`stamp` names the state of the database), so nothing is ever cleared by
hand; what is no longer asked for falls out.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection

from engine.review import schema

Answer = TypeVar("Answer")

MOST = 500
"""Answers kept; the one asked for longest ago goes first."""


class Memo:
    """At most MOST answers by key; several threads may ask at once."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """Return the answer of this key, made now if it is not there; two threads may both make it."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                known: Answer = self._answers[key]
                return known
        # reason: outside the lock, so that one slow question holds up nobody else's
        made = make()
        with self._lock:
            self._answers[key] = made
            while len(self._answers) > MOST:
                self._answers.popitem(last=False)
        return made


_KEYS = [sa.func.max(table.primary_key.columns[0])
         for table in (schema.run, *schema.APPENDED, schema.chance_model)]


def stamp(connection: Connection) -> tuple[int | None, ...]:
    """Return what changes with every publication and with everything that people do to clues."""
    return tuple(connection.execute(sa.select(*(sa.select(key).scalar_subquery() for key in _KEYS))).one())
