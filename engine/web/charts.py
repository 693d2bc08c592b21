"""Charts as SVG made here: bars of a funnel, a share with its interval, lines over months. No script, no style sheet.

Everything a chart writes is escaped; numbers stand as text beside what is drawn, so nothing is told by colour alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

INK, SOFT, LINE, TRACK = "#1b1f26", "#545c6a", "#d5d9e0", "#e9edf3"
COLOURS = ("#1d4f91", "#c2410c", "#1c6b3a", "#7c3aed")
DASHES = ("", "6 3", "2 3", "8 3 2 3")
FONT = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, sans-serif"


@dataclass(frozen=True)
class Chart:
    """A drawing: its size, what it shows in words, and its parts."""

    width: int
    height: int
    title: str
    parts: Markup

    def __html__(self) -> Markup:
        """As part of a page."""
        return Markup('<svg viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}" font-family="{}">'
                      "{}</svg>").format(self.width, self.height, self.width, self.height, self.title, FONT, self.parts)

    def file(self) -> bytes:
        """As a file that opens by itself, with its title."""
        head = Markup('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -34 {} {}" width="{}" height="{}" '
                      'font-family="{}"><title>{}</title><rect y="-34" width="{}" height="{}" fill="#fff"/>')
        tall = self.height + 34
        return str(head.format(self.width, tall, self.width, tall, FONT, self.title, self.width, tall)
                   + _text(8, -12, self.title, 15, bold=True) + self.parts + Markup("</svg>\n")).encode()


def _text(x: float, y: float, said: object, size: int = 12, *, anchor: str = "start", fill: str = INK,
          bold: bool = False) -> Markup:
    weight = Markup(' font-weight="700"') if bold else ""
    return Markup('<text x="{:.1f}" y="{:.1f}" font-size="{}" text-anchor="{}" fill="{}"{}>{}</text>').format(
        x, y, size, anchor, fill, weight, said)


def _bar(x: float, y: float, width: float, height: float, fill: str) -> Markup:
    return Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}" rx="2"/>').format(
        x, y, width, height, fill)


def _joined(parts: Iterator[Markup]) -> Markup:
    return Markup("").join(parts)


def funnel(title: str, rows: Sequence[tuple[str, int, str]]) -> Chart:
    """Return bars of counts, each with its label before it and count and words behind it."""
    return Chart(600, 30 * len(rows) + 8, title, _joined(_funnel(rows)))


def _funnel(rows: Sequence[tuple[str, int, str]]) -> Iterator[Markup]:
    most = max((count for _, count, _ in rows), default=0) or 1
    for number, (label, count, said) in enumerate(rows):
        top = 30 * number + 6
        wide = max(2.0 if count else 0.0, 300 * count / most)
        yield _text(64, top + 15, label, 13, anchor="end")
        yield _bar(72, top, 300, 20, TRACK)
        yield _bar(72, top, wide, 20, COLOURS[0])
        yield _text(380, top + 15, f"{count:,}", 13, bold=True)
        yield _text(444, top + 15, said, 12, fill=SOFT)


def interval(share: float | None, low: float | None, high: float | None) -> Chart | None:
    """Return a share between 0 and 1 as a point on a line with its interval; None where there is none."""
    if share is None or low is None or high is None:
        return None
    said = f"查准率 {share:.1%}，95% 区间 {low:.1%} 至 {high:.1%}"
    ends = 4 + 112 * low, 4 + 112 * high
    dot = Markup('<circle cx="{:.1f}" cy="9" r="4.5" fill="{}"/>').format(4 + 112 * share, COLOURS[0])
    return Chart(120, 18, said, _bar(4, 8, 112, 2, LINE) + _bar(ends[0], 5.5, max(1, ends[1] - ends[0]), 7, "#9dbbe3")
                 + dot)


Lines = Mapping[str, Sequence[int]]
"""Label → a count for each month."""


def months(title: str, names: Sequence[str], panels: Sequence[Lines]) -> Chart:
    """Return lines over months in panels one below the other, each with a scale of its own."""
    return Chart(600, 150 * len(panels) + 20, title, _joined(_months(names, panels)))


def _months(names: Sequence[str], panels: Sequence[Lines]) -> Iterator[Markup]:
    places = [44 + 420 * (n + .5) / max(1, len(names)) for n in range(len(names))]
    for number, lines in enumerate(panels):
        yield from _panel(places, lines, 150 * number + 14)
    step = max(1, -(-len(names) // 8))
    for place, name in list(zip(places, names, strict=True))[::step]:
        yield _text(place, 150 * len(panels) + 12, name, 11, anchor="middle", fill=SOFT)


def _panel(places: Sequence[float], lines: Lines, top: int) -> Iterator[Markup]:
    most = _round(max((count for counts in lines.values() for count in counts), default=0))
    for part in range(3):
        y = top + 110 - 55 * part
        yield Markup('<line x1="44" x2="464" y1="{0}" y2="{0}" stroke="{1}"/>').format(y, LINE)
        yield _text(38, y + 4, f"{most * part // 2:,}", 11, anchor="end", fill=SOFT)
    for number, (label, counts) in enumerate(lines.items()):
        colour, dash = COLOURS[number % 4], DASHES[number % 4]
        points = [(x, top + 110 - 110 * count / most) for x, count in zip(places, counts, strict=True)]
        yield Markup('<polyline points="{}" fill="none" stroke="{}" stroke-width="2" stroke-dasharray="{}"/>').format(
            " ".join(f"{x:.1f},{y:.1f}" for x, y in points), colour, dash)
        yield from (Markup('<circle cx="{:.1f}" cy="{:.1f}" r="2.5" fill="{}"/>').format(x, y, colour)
                    for x, y in points)
        key = top + 14 + 20 * number
        yield Markup('<line x1="478" x2="502" y1="{0}" y2="{0}" stroke="{1}" stroke-width="2" stroke-dasharray="{2}"/>'
                     ).format(key, colour, dash)
        yield _text(508, key + 4, f"{label} {sum(counts):,}", 12)


def _round(most: int) -> int:
    """Return the end of a scale: an even number of one or two leading digits that is not less.

    >>> [_round(n) for n in (0, 3, 17, 101, 4312)]
    [2, 4, 18, 120, 4400]
    """
    unit = int(max(1, 10 ** (len(str(most)) - 2)))
    whole = -(-most // unit) * unit
    return max(2, whole + (whole // unit % 2) * unit)
