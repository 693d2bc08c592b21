"""Which documents can be drafted, of which findings, and to whom.

A kind takes only the findings it fits; a clue without one is refused with the kinds that do fit. What the articles say
about when a document is due is told in docs/documents.md; whether it is due is for a person to decide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.errors import EngineError

ORGANS = frozenset({"authority", "police", "registrar", "detox_centre"})
"""Codes of addressees (`rules.model.ADDRESSEES`) that are administrative organs."""

OPINION_ARTICLE = "第一百七十七条第三款"
"""刑事诉讼法: 需要给予行政处罚、处分或者没收违法所得的，提出检察意见; rules about that duty rest on it."""

File = Mapping[str, Any]
"""One clue as told by `engine.export.clue_files`."""


@dataclass(frozen=True)
class Kind:
    """One kind of document.

    `to`: whose name stands as addressee (authority, court; '' where a person fills it in). `addressees`: codes of the
    findings it takes, none: any. `field`: folder of their rules, '': any. `article`: words their basis must contain.
    `record`: table of a record the clue must have. `least`, `most`: how many clues one document takes.
    `when` and `otherwise` are told to people.
    """

    id: str
    title: str
    when: str
    to: str = ""
    addressees: frozenset[str] = frozenset()
    field: str = ""
    article: str = ""
    record: str = ""
    least: int = 1
    most: int = 1

    def takes(self, finding: Mapping[str, Any]) -> bool:
        """Return whether the document can be about a finding."""
        return ((not self.addressees or finding["addressee"] in self.addressees)
                and (not self.field or finding["field_id"] == self.field)
                and (not self.article or any(self.article in basis["article"] for basis in finding["basis"])))

    def fits(self, file: File) -> bool:
        """Return whether a clue has a finding the document takes, and the record it needs."""
        has_record = not self.record or any(r["table_name"] == self.record for r in file["records"])
        return has_record and any(self.takes(finding) for finding in file["findings"])


KINDS: tuple[Kind, ...] = (
    Kind("opinion", "检察意见书", "行刑反向衔接，依据刑事诉讼法第一百七十七条第三款的规则，不起诉后需要行政处罚的",
         to="authority", field="referral", article=OPINION_ARTICLE, record="nonprosecution"),
    Kind("suggestion-organ", "检察建议书（行政机关）", "监督对象是行政机关（含公安、登记机关、戒毒所）的",
         to="authority", addressees=ORGANS),
    Kind("suggestion-court", "检察建议书（法院）", "监督对象是人民法院的", to="court", addressees=frozenset({"court"})),
    Kind("governance", "社会治理检察建议书", "同一单位两条以上线索，命中同样的规则，反映制度和管理问题的",
         addressees=ORGANS | {"court"}, least=2, most=100),
    Kind("transfer", "线索移送函", "任何线索，移送其他部门或者单位办理的"),
    Kind("outline", "调查核实提纲", "任何线索，调查核实以前"),
    Kind("follow-up", "跟进监督函", "监督对象是行政机关，并且有已经发出的检察意见的",
         to="authority", addressees=ORGANS, record="opinion"),
    Kind("closing", "终结审查决定书", "行刑反向衔接，经审查不需要提出检察意见的",
         field="referral", record="nonprosecution"),
)
"""The kinds, in the order people are shown them."""


def find_kind(word: str, files: Sequence[File]) -> Kind:
    """Return the kind meant by an id, a title or its beginning; of several the one that fits the clues.

    Raises EngineError where none or several are meant.
    """
    named = [kind for kind in KINDS if word in (kind.id, kind.title)]
    meant = named or [kind for kind in KINDS if word and kind.title.startswith(word)]
    if len(meant) > 1:
        meant = [kind for kind in meant if all(kind.fits(file) for file in files)] or meant
    if len(meant) == 1:
        return meant[0]
    titles = "、".join(kind.title for kind in meant or KINDS)
    shown = word[:30] if word.isprintable() else ascii(word[:30])[1:-1]
    what = f"“{shown}”可以是 {titles}" if meant else f"没有文书“{shown}”"
    fix = "请写明是哪一种" if meant else f"可以写：{titles}"
    raise EngineError("--kind", what, fix, code="E-DRAFT-KIND")


def demand_fit(kind: Kind, files: Sequence[File]) -> None:
    """Return if the document can be drafted of the clues; raise EngineError that says why not, and what can be."""
    where = "、".join(file["clue_id"] for file in files[:3]) + (f" 等{len(files)}条" if len(files) > 3 else "")
    if not kind.least <= len(files) <= kind.most:
        asked = f"{kind.least}至{kind.most}条线索" if kind.most > 1 else "一条线索"
        what = f"{kind.title}一份用{asked}，给了{len(files)}条"
        raise EngineError(where, what, "请增减线索编号", code="E-DRAFT-MANY")
    for file in files:
        if not kind.fits(file):
            others = "、".join(k.title for k in KINDS if k.least == 1 and k.fits(file))
            about = "；".join(dict.fromkeys(f"{f['title']}，监督对象{f['addressee_label']}" for f in file["findings"]))
            what = f"不能起草{kind.title}：它用于{kind.when}；这条线索是“{about}”"
            raise EngineError(file["clue_id"], what, f"可以起草：{others}", code="E-DRAFT-FIT")
    if kind.least > 1:
        _demand_same(kind, files, where)


def _demand_same(kind: Kind, files: Sequence[File], where: str) -> None:
    units = {unit_of(kind, file) for file in files}
    if len(units) > 1:
        named = "、".join(sorted(unit or "（未记载）" for unit in units)[:5])
        what = f"{kind.title}只能发给一个单位，这些线索涉及 {named}"
        raise EngineError(where, what, "请按单位分开", code="E-DRAFT-UNITS")
    if not _common(kind, files):
        what = f"{kind.title}针对同类问题，这些线索没有共同的规则"
        raise EngineError(where, what, "请按规则分开", code="E-DRAFT-RULES")


def _common(kind: Kind, files: Sequence[File]) -> set[str]:
    """Return the rules every clue has a finding of."""
    return set.intersection(*({f["rule_id"] for f in file["findings"] if kind.takes(f)} for file in files))


def chosen(kind: Kind, files: Sequence[File]) -> list[Mapping[str, Any]]:
    """Return the findings a document is about, the leading first; of several clues those of their common rules."""
    rules = _common(kind, files)
    return [finding for file in files for finding in file["findings"]
            if kind.takes(finding) and finding["rule_id"] in rules]


def unit_of(kind: Kind, file: File) -> str | None:
    """Return the unit a document goes to, or the supervised one where a person fills in the addressee."""
    if kind.record == "opinion":
        return next((r["authority"] for r in file["records"] if r["table_name"] == "opinion" and r["authority"]), None)
    for finding in file["findings"]:
        if kind.takes(finding):
            name: str | None = finding.get(kind.to or finding["unit_kind"])
            return name
    return None
