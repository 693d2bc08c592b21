"""RC-11, RC-12: driving licences not revoked after a conviction; companies still represented by the disqualified."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from engine.sample.planting import Step
from engine.sample.scenarios.steps import NO_DATE, NO_TEXT, col, on, word
from engine.sample.world import DIVISIONS

REPRESENTS, DRIVES = "referral.disqualified_representative", "referral.licence_not_revoked"


@dataclass(frozen=True)
class Conviction:
    """One planted conviction; its fields mean what those of `planting.Plant` mean."""

    rule: str
    expected: str
    text: str
    subject: str = "judgment"
    link: str = "exact"
    divisions: tuple[int, ...] = tuple(range(len(DIVISIONS)))
    sentence: Sequence[Step] = ()
    holdings: Sequence[Step] = ()
    note: str = ""
    also: tuple[tuple[str, str, str], ...] = ()


TRADER: Step = {"charge": word("非法经营罪"), "facts": NO_TEXT}
JAILED: Step = {"sentence": word("有期徒刑一年"), "sentence_to": on(2024, 5, 20), "probation_to": NO_DATE,
                "effective_on": on(2023, 9, 12)}
SUSPENDED: Step = {"sentence": word("有期徒刑一年，缓刑一年"), "sentence_to": NO_DATE, "probation_to": on(2025, 6, 17),
                   "effective_on": on(2024, 6, 18)}
IN_OFFICE: Step = {"c_count": pl.lit(1, pl.Int64), "c_cancelled_on": NO_DATE, "c_established_on": on(2019, 4, 9)}
DRUNK: Step = {"charge": word("危险驾驶罪"), "facts": word("醉酒驾驶小型轿车，血液酒精含量为163mg/100ml")}
CRASHED: Step = {"charge": word("交通肇事罪"), "facts": word("驾驶小型轿车发生事故致一人死亡，负全部责任")}
CAR: Step = {"l_car": pl.lit(True), "l_tractor": pl.lit(False), "l_car_status": word("正常"), "l_revoked_on": NO_DATE}
REVOKED: Step = {"l_car_status": word("吊销"), "l_tractor_status": word("吊销"),
                 "l_revoked_on": col("effective_on").dt.offset_by("15d")}


def _represents(
    expected: str, text: str, *sentence: Step, held: Sequence[Step] = (), link: str = "exact"
) -> Conviction:
    return Conviction(REPRESENTS, expected, text, link=link, sentence=(TRADER, *sentence), holdings=(IN_OFFICE, *held))


def _drives(expected: str, text: str, offence: Step, *held: Step, link: str = "exact") -> Conviction:
    return Conviction(DRIVES, expected, text, link=link, sentence=(offence,), holdings=(CAR, *held))


CONVICTIONS: tuple[Conviction, ...] = (
    _represents("hit", "刑满二年，仍任一家公司的法定代表人", JAILED),
    _represents("hit", "刑满恰满五年当日，仍任法定代表人",
                {**JAILED, "effective_on": on(2020, 12, 8), "sentence_to": on(2021, 10, 31)}),
    _represents("hit", "缓刑考验期满一年，仍任法定代表人", SUSPENDED),
    _represents("hit", "裁判生效以后新设公司，自任法定代表人", JAILED, held=({"c_established_on": on(2025, 2, 11)},)),
    _represents("hit", "名下三家公司，只算一条", JAILED, held=({"c_count": pl.lit(3, pl.Int64)},)),
    _represents("clear", "刑满逾五年一日",
                {**JAILED, "effective_on": on(2020, 12, 8), "sentence_to": on(2021, 10, 30)}),
    _represents("clear", "缓刑考验期满逾二年", {**SUSPENDED, "effective_on": on(2023, 8, 8),
                                      "probation_to": on(2024, 10, 30)}),
    _represents("clear", "盗窃罪，不在限制之列", JAILED, {"charge": word("盗窃罪")}),
    _represents("clear", "公司已注销", JAILED, held=({"c_cancelled_on": on(2024, 1, 16)},)),
    _represents("excluded", "免予刑事处罚", {**JAILED, "sentence": word("免予刑事处罚")}),
    _represents("excluded", "刑期届满早于裁判生效，日期有误", {**JAILED, "effective_on": on(2024, 6, 4)}),
    _represents("gap", "登记数据没有法定代表人证件号，仅同名", JAILED, held=({"c_number": pl.lit(False)},),
                link="fuzzy"),
    _represents("gap", "刑期届满日未记载", {**JAILED, "sentence_to": NO_DATE}),
    _drives("hit", "醉驾定罪，汽车驾驶证未吊销", DRUNK),
    _drives("hit", "交通肇事定罪，汽车驾驶证未吊销", CRASHED),
    _drives("hit", "汽车驾驶证已吊销，拖拉机驾驶证仍有效", DRUNK,
            {**REVOKED, "l_tractor": pl.lit(True), "l_tractor_status": word("正常")}),
    _drives("hit", "醉驾定罪，汽车、拖拉机驾驶证都未吊销", DRUNK,
            {"l_tractor": pl.lit(True), "l_tractor_status": word("正常")}),
    _drives("hit", "醉驾定罪未吊销，驾驶证登记的证件号有掩码", DRUNK, {"l_number": word("masked")}, link="fuzzy"),
    _drives("clear", "醉驾定罪，汽车驾驶证已吊销", DRUNK, REVOKED),
    _drives("clear", "汽车、拖拉机驾驶证都已吊销", CRASHED, {**REVOKED, "l_tractor": pl.lit(True)}),
    _drives("clear", "追逐竞驶定罪，驾驶证有效", {**DRUNK, "facts": word("在道路上追逐竞驶，情节恶劣")}),
    _drives("excluded", "骑电动自行车肇事", {**CRASHED, "facts": word("骑电动自行车撞倒行人致其死亡，负主要责任")}),
    _drives("gap", "查明事实未记载，不知是否醉驾", {**DRUNK, "facts": NO_TEXT}),
)
"""All cases of the two rules."""
