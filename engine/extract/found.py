"""One mention in a folded text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """A date, sum, number or article where it stands; `value` is None and `fault` says why where it is not sure.

    `text` is the folded text of it; `masked` when places are hidden; `base` is the stretch another date stands in from
    which this one was counted (同日); `note` is what a checker should know.
    """

    start: int
    end: int
    sign: str
    value: object
    text: str
    fault: str = ""
    masked: bool = False
    base: tuple[int, int] | None = None
    note: str = ""
