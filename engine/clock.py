"""The wall clock of Beijing. It labels runs, deliveries and entries; rules are judged by `Plan.as_of` alone."""

from datetime import datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return the time in Beijing to the second, without a zone."""
    return datetime.now(CHINA).replace(microsecond=0, tzinfo=None)
