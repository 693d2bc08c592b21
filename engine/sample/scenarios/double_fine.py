"""RC-08: an administrative fine and a criminal fine for one act, the one not set off against the other."""

import polars as pl

from engine.sample.planting import Step
from engine.sample.scenarios.conviction import Conviction
from engine.sample.scenarios.steps import NO_DATE, NO_TEXT, on, word
from engine.sample.violations import number

RULE = "referral.fine_not_offset"
FINED_ON, FINED_LATER, CONVICTED_ON = on(2024, 3, 12), on(2024, 9, 24), on(2024, 6, 18)
SENTENCED: Step = {"sentence": word("有期徒刑六个月，并处罚金三千元"), "sentence_to": on(2024, 11, 20),
                   "probation_to": NO_DATE, "effective_on": CONVICTED_ON, "facts": word("多次盗窃商铺财物")}


def _one(
    expected: str, text: str, charge: str, violation: str, *steps: Step, fined: Step | None = None, link: str = "exact"
) -> Conviction:
    """A conviction whose penalty was served three months before; `fined` changes the penalty."""
    given: Step = {"a_violation": pl.lit(number(violation), pl.Int64), "a_served_on": FINED_ON}
    return Conviction(RULE, expected, text, link=link, sentence=({**SENTENCED, "charge": word(charge)}, *steps),
                      holdings=({**given, **(fined or {})},))


CONVICTIONS: tuple[Conviction, ...] = (
    _one("hit", "盗窃罚款已缴，三个月后判处罚金，没有折抵", "盗窃罪", "盗窃"),
    _one("hit", "非法行医罚款已缴，又判处罚金，没有折抵", "非法行医罪", "非医师行医",
         {"facts": word("未取得医师资格开展诊疗活动致人轻伤")}),
    _one("hit", "判处罚金以后，公安机关就以前的赌博又罚款", "赌博罪", "参与赌博",
         {"facts": word("聚众赌博"), "effective_on": on(2024, 9, 3)}, fined={"a_served_on": FINED_LATER}),
    _one("hit", "盗窃罚款已缴又判罚金，处罚台账证件号有掩码", "盗窃罪", "盗窃", fined={"a_number": word("masked")},
         link="fuzzy"),
    _one("clear", "裁判写明罚款已折抵罚金", "盗窃罪", "盗窃",
         {"sentence": word("有期徒刑六个月，并处罚金三千元（已缴罚款折抵）")}),
    _one("clear", "只判有期徒刑，没有罚金", "盗窃罪", "盗窃", {"sentence": word("有期徒刑七个月")}),
    _one("clear", "盗窃定罪，三个月前因殴打他人罚款，是另一行为", "盗窃罪", "殴打他人"),
    _one("clear", "刑满以后又盗窃而罚款，是新的行为", "盗窃罪", "盗窃", fined={"a_served_on": on(2025, 3, 18)}),
    _one("excluded", "处罚决定已撤销", "盗窃罪", "盗窃", fined={"a_revoked_on": on(2024, 7, 2)}),
    _one("excluded", "台账写明罚款已退还", "盗窃罪", "盗窃", fined={"a_remark": word("移送追究刑事责任，罚款已退还")}),
    _one("excluded", "裁判写明曾因盗窃被行政处罚，罚的是以前的行为", "盗窃罪", "盗窃",
         {"facts": word("曾因盗窃被行政处罚，二年内又多次盗窃")}),
    _one("gap", "非法捕捞，几部法律的主管机关不一", "非法捕捞水产品罪", "在禁渔期捕捞", {"facts": NO_TEXT}),
    _one("gap", "处罚台账没有证件号，仅同名", "盗窃罪", "盗窃", fined={"a_number": word("missing")}, link="fuzzy"),
)
"""All cases of the rule."""
