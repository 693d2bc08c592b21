"""A new rule file from a few choices: commented, as a draft, with cases that come out as soon as it is written.

What is derived from the subject's columns is a start: one condition at a boundary (a statutory period, thirty days or
a sum), the cases on both sides of it, and one with the value missing. The author replaces it by what the law says.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from engine.columns import Column, Table
from engine.errors import RuleError
from engine.law import Calendar, Parameter, Value, period_end
from engine.records import BY_NAME, PARTY
from engine.rules.locking import retired_ids
from engine.rules.model import ADDRESSEES, LEVELS, LinkShape, RuleSet
from engine.rules.names import RESERVED
from engine.rules.reading import NOT_RULES
from engine.strict_yaml import listed, unknown_word

SUBJECTS = tuple(name for name in BY_NAME if name != "coverage")
"""Tables a rule may be about; coverage statements are no matter of anyone's."""

START, DAYS, YUAN = date(2024, 3, 1), 30, 1000
"""What the cases start from, and the bounds of a rule that names no period."""

_USUAL = ("received_on", "applied_on", "accepted_on", "issued_on", "filed_on", "decided_on", "served_on")
"""Dates that periods mostly run from and to, in the order in which they come."""

_ID = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*", re.ASCII)
_NONE = {"gap": "没有关联记录算资料缺口；算未命中写 clear，照常判断写 keep", "clear": "没有关联记录算未命中",
         "keep": "没有关联记录照常判断，它的列都不明"}


@dataclass(frozen=True)
class Draft:
    """What the author chose; `start`, `end`: date columns, '' for those the engine picks; `law`: a statutory period.

    `links` are reached where there is a record, by `none` where there is not; `absent` is a link that must have none.
    """

    rule_id: str
    subject: str
    title: str
    addressee: str = "authority"
    level: str = "medium"
    links: tuple[str, ...] = ()
    none: str = "gap"
    absent: str = ""
    law: str = ""
    start: str = ""
    end: str = ""


def write_draft(draft: Draft, rules: RuleSet, folder: Path) -> Path:
    """Write the draft's file and return it; RuleError where a choice is unknown or the id is in use or retired."""
    _demand_free(draft.rule_id, folder)
    text = draft_text(draft, rules)
    path = folder / f"{draft.rule_id.replace('.', '/')}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    return path


def draft_text(draft: Draft, rules: RuleSet) -> str:
    """Return the text of the draft's file; RuleError where a choice is unknown."""
    for kind, word, known in (("主体表", draft.subject, SUBJECTS), ("被监督者", draft.addressee, ADDRESSEES),
                              ("等级", draft.level, LEVELS), ("取值", draft.none, _NONE)):
        _demand_known(kind, word, list(known))
    if not draft.title.strip():
        raise RuleError("--title", "没有名称", "写一句话说明什么不对", "E-NEW-TITLE")
    return _Writer(draft, rules).text()


def links_of(subject: str, rules: RuleSet) -> dict[str, str]:
    """Return the links a subject can use, each with what it leads to in Chinese."""
    found = {}
    for shape in rules.links.values():
        if subject in (shape.from_table, shape.to_table):
            found[shape.id] = f"{shape.title} → {BY_NAME[_other(shape, subject)].label}"
    return found


def dates_of(subject: str) -> dict[str, str]:
    """Return the date columns of a subject that a period may run between, with their labels, the usual ones first."""
    found = {c.name: c.label for c in BY_NAME[subject].columns if c.type == "date" and c not in PARTY}
    return {name: found[name] for name in dict.fromkeys([*(n for n in _USUAL if n in found), *found])}


def periods_of(rules: RuleSet) -> dict[str, str]:
    """Return the statutory periods with their titles."""
    return {p.id: p.title for p in rules.law.parameters.values() if p.is_period}


def _demand_free(rule_id: str, folder: Path) -> None:
    field = rule_id.partition(".")[0]
    if not _ID.fullmatch(rule_id) or field in NOT_RULES:
        fix = "写成“领域.名称”，例如 non_litigation.late_application；小写英文字母、数字和下划线"
        raise RuleError(rule_id, "规则编号写法不对", fix, "E-NEW-ID")
    if (folder / f"{rule_id.replace('.', '/')}.yaml").exists():
        raise RuleError(rule_id, "已有这条规则", "换一个名称；要改它就直接改文件", "E-NEW-THERE")
    if rule_id in retired_ids(folder):
        raise RuleError(rule_id, "这个编号已停用，不得再用", "换一个名称", "E-NEW-RETIRED")


def _demand_known(kind: str, word: str, known: list[str]) -> None:
    if word not in known:
        raise RuleError(word, unknown_word(kind, word, known), f"可用的{kind}：{listed(known, 60)}", "E-NEW-WORD")


def _other(shape: LinkShape, subject: str) -> str:
    return shape.to_table if shape.from_table == subject else shape.from_table


class _Writer:
    """Writes one file; the boundary is `self.start` … `self.end` (dates) or a sum of money."""

    def __init__(self, draft: Draft, rules: RuleSet) -> None:
        self.draft = draft
        self.table: Table = BY_NAME[draft.subject]
        dates = list(dates_of(draft.subject))
        for column in filter(None, (draft.start, draft.end)):
            _demand_known("日期列", column, [*dates, "as_of"])
        self.start = draft.start or (dates[0] if dates else "")
        later = [name for name in dates if name != self.start]
        self.end = draft.end or (later[0] if later and not draft.absent else "as_of")
        known = links_of(draft.subject, rules)
        for link in filter(None, (*draft.links, draft.absent)):
            _demand_known("关联", link, list(known))
        self.links = {self._alias(rules.links[link], rules): rules.links[link] for link in draft.links}
        self.absent = rules.links[draft.absent] if draft.absent else None
        self.parameter = self._period(rules)
        self.first, self.last = self._days(rules.law.calendar)
        self.rules = rules

    def text(self) -> str:
        """Return the whole file."""
        parts = [self._head(), self._links(), self._law(), self._when(), _HINTS, self._shown(), self._cases()]
        return "\n".join(line for part in parts for line in part) + "\n"

    def _alias(self, shape: LinkShape, rules: RuleSet) -> str:
        """Name the linked record by its table, unless a name of the subject is like that."""
        name = _other(shape, self.draft.subject)
        taken = {*RESERVED, *(c.name for c in (*self.table.columns, *self.table.key_columns)),
                 *rules.facts.get(self.draft.subject, {})}
        same = [x for x in self.draft.links if _other(rules.links[x], self.draft.subject) == name]
        return f"{name}_record" if name in taken else shape.id if len(same) > 1 else name

    def _period(self, rules: RuleSet) -> Parameter | None:
        if not self.draft.law:
            return None
        _demand_known("法定期间", self.draft.law, list(periods_of(rules)))
        if not self.start:
            raise RuleError(self.table.name, "这张表没有日期列，用不上法定期间", "请去掉 --law", "E-NEW-LAW")
        return rules.law.parameters[self.draft.law]

    def _days(self, calendar: Calendar) -> tuple[date, date]:
        """Return the first day of the cases and the last day that is still in time."""
        if self.parameter is None:
            return START, START + timedelta(days=DAYS)
        for first in (START, self.parameter.values[-1].from_on):
            value = self.parameter.value_on(first)
            if value is not None and (last := self._last(first, value, calendar)) is not None:
                return first, last
        what = f"参数 {self.parameter.id} 的日期超出工作日历，排不出用例"
        raise RuleError(self.parameter.id, what, "请换一个参数，或不写 --law", "E-NEW-LAW")

    def _last(self, first: date, value: Value, calendar: Calendar) -> date | None:
        return period_end(first, int(value.length), value.unit, calendar, roll=value.counting == "roll")

    def _head(self) -> Iterator[str]:
        draft = self.draft
        yield "# yaml-language-server: $schema=../schema/rule.json"
        yield "# 草稿：把“待填”改掉，条件和用例换成这条规则自己的，再运行 xiezhi check。写法见 docs/rule-language.md"
        yield f"title: {_quoted(draft.title)}"
        yield "version: 1                  # 转为试用后，逻辑有修改就加一"
        yield "maturity: draft             # draft 草稿（每夜不运行）→ trial 试用 → stable 稳定"
        yield f"level: {draft.level:<20} # {'、'.join(f'{code} {label}' for code, label in LEVELS.items())}"
        yield f"addressee: {draft.addressee:<16} # 被监督的是{ADDRESSEES[draft.addressee]}"
        yield f"summary: {_quoted(f'待填：{draft.title}，一两句话说清谁、什么时候、应当怎样、实际怎样。')}"
        yield "basis:                      # 条文和施行日；没有读过原文的不要写"
        if self.parameter is None:
            yield "  - {law: 待填, article: 待填, note: 写明法律、条、款和施行日 from}"
        else:
            value = self.parameter.values[-1]
            yield f"  - {{law: {_quoted(value.law)}, article: {_quoted(value.article)}, from: {value.from_on}}}"
        yield f"subject: {draft.subject:<18} # 一行{self.table.label}就是一件；列见 docs/data-dictionary.md"

    def _links(self) -> Iterator[str]:
        if not self.links and self.absent is None:
            return
        yield "links:"
        for alias, shape in self.links.items():
            yield f"  {alias}:                  # {shape.title}"
            yield f"    use: {shape.id}"
            yield f"    none: {self.draft.none}               # {_NONE[self.draft.none]}"
            yield "    min_confidence: 0.75    # 把握低于它的不算关联"
        if self.absent is not None:
            since = self.start or f"\"DATE '{START}'\""
            yield f"  missing:                  # {self.absent.title}：要判断的是“没有”"
            yield f"    use: {self.absent.id}"
            yield "    none: keep"
            yield "    # 数据覆盖声明完整的地方和时间，才能说没有；有区划的再写 division"
            yield f"    coverage: {{table: {self._absent_table()}, from: {since}, until: as_of}}"

    def _law(self) -> Iterator[str]:
        if not self.start:
            return
        if self.parameter is not None:
            yield "law:                        # 法定参数：按哪一天取当时有效的数值"
            yield f"  period: {{use: {self.parameter.id}, on: {self.start}}}"
        yield "let:"
        if self.parameter is not None:
            yield f'  last_day: {{expr: "period_end({self.start}, law.period)", title: 最后一日}}'
            yield f'  days_over: {{expr: "days_between(last_day, {self.end})", title: 超期日数}}'
        else:
            yield f'  days: {{expr: "days_between({self.start}, {self.end})", title: 相隔日数}}'

    def _when(self) -> Iterator[str]:
        yield "when:                       # 全部成立才命中；有一个不明的是资料缺口"
        label = dates_of(self.draft.subject) | {"as_of": "截至日"}
        if self.parameter is not None:
            ends = f"最后一日{{last_day}}，{label[self.end]}{{{self.end}}}，超{{days_over}}日"
            say = f"{label[self.start]}{{{self.start}}}，{ends}"
            yield f"  - {{is: late, expr: {self.end} > last_day, say: {_quoted(say)}}}"
        elif self.start:
            say = f"{label[self.start]}{{{self.start}}}，{label[self.end]}{{{self.end}}}，相隔{{days}}日"
            yield f"  - {{is: late, expr: days > {DAYS}, say: {_quoted(say)}}}"
        else:
            money = self._money()
            say = f"{money.label}{{{money.name}}}"
            yield f"  - {{is: large, expr: {money.name} > {YUAN}, say: {_quoted(say)}}}"
        if self.absent is not None:
            say = f"没有{BY_NAME[self._absent_table()].label}"
            yield f"  - {{is: none, expr: links.missing.found = FALSE, say: {_quoted(say)}}}"

    def _shown(self) -> Iterator[str]:
        own = [*self.table.key, *((self.start,) if self.start else ()), *((self.end,) if self.end != "as_of" else ())]
        if self.start:
            own += ["last_day", "days_over"] if self.parameter is not None else ["days"]
        else:
            own += [self._money().name]
        linked = [f"{alias}.{key}" for alias, shape in self.links.items()
                  for key in BY_NAME[_other(shape, self.draft.subject)].key]
        yield f"evidence: [{', '.join(dict.fromkeys([*own, *linked]))}]"
        yield "check: [待填]               # 应当调取、核对什么"
        yield "innocent: [待填]            # 什么情形虽然符合条件却是正当的"
        yield "blind: [待填]               # 来源没有记载什么，这条规则就看不见"

    def _cases(self) -> Iterator[str]:
        hit = "最后一日的次日" if self.parameter else f"第{DAYS + 1}日" if self.start else "超过界限"
        clear = "最后一日当天" if self.parameter else f"第{DAYS}日" if self.start else "正好在界限上"
        as_of = self.start != "" and self.end == "as_of"
        ends = self._ends(linked=True, found=False)
        clears, gaps = self._then("clear", ends), self._then("gap", ends)
        yield "cases:                      # 每个界限两个用例，每个排除一个，每个会缺的列一个"
        yield from self._case(hit, "hit", self._values(1))
        if as_of:
            yield f"  - {{name: {clear}, like: {hit}, as_of: {self.last}, then: {{{clears}}}}}"
        else:
            yield f"  - {{name: {clear}, like: {hit}, change: {{A: {_row(self._values(0))}}}, then: {{{clears}}}}}"
        first = next(iter(self._values(1)))
        yield f"  - {{name: 未记载, like: {hit}, change: {{A: {{{first}: null}}}}, then: {{{gaps}}}}}"
        if self.links:
            answer = "hit" if self.draft.none == "keep" else self.draft.none
            yield from self._case("没有关联记录", answer, self._values(1), linked=False)
        if self.absent is not None:
            yield from self._case("有这样的记录", "clear", self._values(1), found=True)
            yield from self._case("没有数据覆盖声明，不能说没有", "gap", self._values(1), covered=False)

    def _case(
        self, name: str, answer: str, values: dict[str, str], *, linked: bool = True, found: bool = False,
        covered: bool = True,
    ) -> Iterator[str]:
        ends = self._ends(linked=linked, found=found)
        yield f"  - name: {name}"
        if self.start and self.end == "as_of":
            yield f"    as_of: {self.last + timedelta(days=1)}"
        yield "    given:"
        tables = {self.draft.subject: [f"{{id: A, {_row(values)[1:]}"]}
        for shape, ident in ends:
            tables.setdefault(_other(shape, self.draft.subject), []).append(f"{{id: {ident}}}")
        yield from (f"      {table}: [{', '.join(rows)}]" for table, rows in tables.items())
        if self.absent is not None and covered:
            yield (f"      coverage: [{{table_name: {self._absent_table()}, covers_from: 2000-01-01, "
                   "covers_until: 2099-12-31, exhaustive: true}]")
        if ends:
            yield f"      links: [{', '.join(self._joined(shape, ident) for shape, ident in ends)}]"
        yield f"    then: {{{self._then(answer, ends)}}}"

    def _ends(self, *, linked: bool, found: bool) -> list[tuple[LinkShape, str]]:
        """Return the links of a case and what the row at their other end is called."""
        shapes = list(self.links.values()) if linked else []
        shapes += [self.absent] if self.absent is not None and found else []
        return [(shape, f"L{number}") for number, shape in enumerate(shapes, start=1)]

    def _then(self, answer: str, ends: Sequence[tuple[LinkShape, str]]) -> str:
        """Return the answers of A and of the linked rows in its own table, which have no values."""
        beside = [ident for shape, ident in ends if _other(shape, self.draft.subject) == self.draft.subject]
        empty = "clear" if self.links and self.draft.none == "clear" else "gap"
        found = {answer: ["A"]}
        found.setdefault(empty, []).extend(beside)
        return ", ".join(f"{told}: [{', '.join(rows)}]" for told, rows in found.items() if rows)

    def _values(self, over: int) -> dict[str, str]:
        """Return the subject's values, `over` days (or fen) beyond what is still in order."""
        if not self.start:
            return {self._money().name: f"{YUAN}.{over:02}"}
        ends = {} if self.end == "as_of" else {self.end: f"{self.last + timedelta(days=over)}"}
        return {self.start: f"{self.first}", **ends}

    def _joined(self, shape: LinkShape, ident: str) -> str:
        start, end = ("A", ident) if shape.from_table == self.draft.subject else (ident, "A")
        return f"{{use: {shape.id}, from: {start}, to: {end}}}"

    def _absent_table(self) -> str:
        assert self.absent is not None
        return _other(self.absent, self.draft.subject)

    def _money(self) -> Column:
        found = [c for c in self.table.columns if c.type in ("money", "int")]
        money = [c for c in found if c.type == "money"]
        return (money or found)[0]


_HINTS = (
    "# unless:                   # 任一成立即排除：数据能回答的“什么情形不算”",
    "#   - {is: dates_conflict, expr: …, say: 日期先后矛盾}",
    "# points:                   # 加分写更严重，减分写更可能有误",
    "#   - {is: long_over, expr: …, add: 15, say: …}",
)


def _row(values: dict[str, str]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in values.items()) + "}"


def _quoted(text: str) -> str:
    """Return the text as a double-quoted scalar, whatever is in it."""
    return json.dumps(text, ensure_ascii=False)
