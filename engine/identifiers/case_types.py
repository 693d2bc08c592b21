"""Type codes of court case numbers: which kind of proceeding a case is.

Source: 最高人民法院《关于人民法院案件案号的若干规定》（法〔2015〕137号，2016-01-01施行）and its later additions,
such as the codes of bankruptcy and of 人身安全保护令. The last group is seen in archives only.
"""

from typing import NamedTuple


class CaseType(NamedTuple):
    """What a type code stands for; `meaning` is empty where only the class is known."""

    category: str
    meaning: str


_CODES = {
    "刑事":
        "刑他 刑再 刑初=刑事一审 刑医 刑医复 刑医监 刑医解 刑抗 刑教 刑教复 刑教监 刑教解 刑更 刑更备 刑更监 "
        "刑核 刑止 刑止核 刑止调 刑没 刑申 刑监 刑终=刑事二审 刑辖",
    "区际司法协助":
        "助移管 助移赃 台请调 台请送 港请调 港请送 澳请调 澳请送 认他 认台 认复 认港 认澳 请台调 请台送 请港调 "
        "请港送 请澳调 请澳送 请移管 请移赃",
    "司法制裁": "司惩=司法拘留/罚款 司惩复=司法制裁复议",
    "国家赔偿": "委赔 委赔再 委赔提 委赔监 法赔 赔他 赔确监 赔辖 赔辖终",
    "国家赔偿与司法救助": "司救他 司救刑 司救执=执行司法救助 司救民 司救行=行政司法救助 司救访 司救赔",
    "国际司法协助": "协他 协外引 协外移 协外认 协外调 协外送 请外引 请外移 请外调 请外送",
    "强制清算与破产": "强清 清申 清监 清终 破 破申 破监 破终",
    "执行":
        "执=首次执行 执他=其他执行 执保=财产保全执行 执协=执行协调 执复=执行复议 执异=执行异议 执恢=恢复执行 "
        "执监=执行监督",
    "民事":
        "民他 民保令 民保更 民催 民再 民初=民事一审 民抗 民撤 民特 民特监 民申 民监 民督 民督监 民破 民算 "
        "民终=民事二审 民辖 民辖监 民辖终",
    "行政":
        "行他=其他行政 行再=行政再审 行初=行政一审 行审=非诉行政行为申请执行审查 "
        "行审复=非诉行政行为申请执行审查复议 行抗=行政抗诉再审审查 行申=行政申请再审审查 行监=行政依职权再审审查 "
        "行终=行政二审 行辖=行政提级/指定管辖 行辖终=行政管辖上诉",
    "行政赔偿":
        "行赔他=其他行政赔偿 行赔再=行政赔偿再审 行赔初=行政赔偿一审 行赔抗=行政赔偿抗诉再审审查 "
        "行赔申=行政赔偿申请再审审查 行赔监=行政赔偿依职权再审审查 行赔终=行政赔偿二审",
    "非诉保全": "行保=非诉行为保全审查 行保复 证保=非诉证据保全审查 财保=非诉财产保全审查",
    "非标准": "行指 行提 执督 执审 执字",
}

TYPES: dict[str, CaseType] = {
    code: CaseType(category, meaning)
    for category, codes in _CODES.items()
    for code, _, meaning in (word.partition("=") for word in codes.split())
}
"""Type code → what it stands for."""

LONGEST_FIRST: tuple[str, ...] = tuple(sorted(TYPES, key=lambda code: (-len(code), code)))
"""Every type code, longer ones first: 行审复 must be found before 行审."""
