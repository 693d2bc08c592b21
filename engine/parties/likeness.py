"""Names of organisations that are alike but not the same: former names, core names, similar names.

A single different character usually is a different company, so likeness never merges alone: the representative and the
place must agree, and blocks with many members are left out as too common to say anything.
"""

import re
from functools import lru_cache

import polars as pl
from rapidfuzz.distance import Levenshtein

from engine.store import Store
from engine.text import keys_of

BLOCK_LIMIT = 50
"""Most labels one representative and place may have in common before they prove nothing."""

SLIPS = 1
"""Most characters by which two core names may differ (one added, lost or replaced)."""

_FORM = "(?:(?:股份)?有限公司|公司)$"

_CORE = (
    "regexp_replace(regexp_replace(regexp_replace(name_key, '^.{2,3}省', ''), '^(.{1,5}?)(?:([^超])市|(.)[县区])', "
    "'\\1\\2\\3'), "
    f"'{_FORM}', '')"
)
_PREFIX = re.compile("((?:.{2,3}省|.{2,7}自治区)?(?:.{2,7}?(?:自治州|(?<!超)市|[盟县区旗])){0,2})(.{2,})")
_ENDING = re.compile("(.{2,}?)(?:(?:股份)?有限(?:责任)?公司|公司|专业合作社|合作社|个体工商户|[()])+")
_TRADE = re.compile(
    "(.{2,}?)(?:商贸|贸易|实业|工贸|投资|控股|集团|科技|技术|信息|网络|电子|电器|机械|设备|制造|加工|生产|建筑|建设|工程|安装|装饰|装修"
    "|混凝土|建材|材料|置业|房地产|开发|物业|管理|服务|咨询|运输|货运|客运|物流|快递|仓储|纺织|服装|服饰|鞋业|包装|印刷|印务|家具|家居"
    "|木业|化工|塑料|塑业|橡胶|五金|金属|钢材|食品|粮油|餐饮|饮品|酒店|宾馆|酒业|农业|农资|养殖|种植|畜牧|饲料|林业|园林|绿化|环保|能源"
    "|矿业|石业|医药|药业|药房|大药房|医疗|器械|汽车|汽修|汽配|修理|维修|文化|传媒|广告|教育|培训|旅游|劳务|人力资源|保洁|百货|日用品"
    "|水产|蔬菜|水果|生鲜|便利|超市|商店|商行|门市部|经营部|服务部|批发部|饭店|餐馆|餐厅|快餐店|药店|诊所|门诊部|理发店|美发店|蛋糕店"
    "|养殖场|加工厂|汽修厂|修理厂|[店厂部行馆坊场铺屋社])+")
"""What many names share: region in front; trade and form of company behind. At least two characters are left."""
_PLAIN = 4
"""Longest name that is compared whole: a person's, or too short to have a core."""
_STEM = "regexp_replace(place, '(?:市|自治州|地区|盟|县|区|旗)$', '')"


def name_likeness(one: str, other: str) -> float:
    """Return how alike two name keys are, 0 to 1: the lower of the whole names' and the distinctive cores' likeness.

    Two companies of one county and trade share most characters, so the core decides; a region one of them leaves half
    unsaid does not count.

    >>> round(name_likeness("测样县盛茂源运输有限公司", "测样县嘉和丰运输有限公司"), 2)
    0.0
    >>> round(name_likeness("测样县盛茂源运输有限公司", "测样县盛茂缘运输有限公司"), 2), name_likeness("张试", "张验")
    (0.67, 0.5)
    """
    whole: float = Levenshtein.normalized_similarity(one, other)
    if min(len(one), len(other)) <= _PLAIN:
        return whole
    (region, core), (other_region, other_core) = _split(one), _split(other)
    core = core.removeprefix(other_region) or core
    other_core = other_core.removeprefix(region) or other_core
    return min(whole, Levenshtein.normalized_similarity(core, other_core))


def core_of(name: str) -> str:
    """Return what distinguishes a name key from others of its place and trade.

    >>> core_of("测样县嘉和丰机械制造有限公司"), core_of("测样嘉和丰")
    ('嘉和丰', '测样嘉和丰')
    """
    return _split(name)[1]


def same_without_region(one: str, other: str) -> bool:
    """Return whether two name keys are one name, trade included, where the region and the form of company are left out.

    >>> same_without_region("测样县嘉和丰机械有限公司", "测样嘉和丰机械")
    True
    >>> same_without_region("测样县嘉和丰机械有限公司", "嘉和丰服装")
    False
    """
    bare = [(found[2] if (found := _PREFIX.fullmatch(name)) else name) for name in (one, other)]
    plain = [found[1] if (found := _ENDING.fullmatch(name)) else name for name in bare]
    regions = [_split(name)[0] for name in (one, other)]
    left, right = (name.removeprefix(region) or name for name, region in zip(plain, reversed(regions), strict=True))
    return left == right


@lru_cache(maxsize=100_000)
def _split(name: str) -> tuple[str, str]:
    """Return a name's region without its last character (市, 县 …), and its core.

    >>> _split("测样县嘉和丰机械制造有限公司"), _split("万里汽修厂")
    (('测样', '嘉和丰'), ('', '万里'))
    """
    region, core = "", name
    if found := _PREFIX.fullmatch(name):
        region, core = found[1], found[2]
    for tail in (_ENDING, _TRADE):
        if found := tail.fullmatch(core):
            core = found[1]
    return region[:-1], core


def former_names(store: Store) -> None:
    """Fill `party_former` (node, name_key) with the earlier names that company registers list."""
    listed = store.frame(
        "SELECT DISTINCT node, trim(unnest(regexp_split_to_array(former_names, '[;；、,，]'))) AS name FROM party_node "
        "WHERE former_names IS NOT NULL")
    keyed = listed.with_columns(keys_of("name", listed["name"]).alias("name_key")).drop_nulls("name_key")
    with store.lend("party_listed", keyed):
        store.run("CREATE OR REPLACE TEMP TABLE party_former AS SELECT node, name_key FROM party_listed")


def core_names(store: Store) -> None:
    """Fill `party_core` (node, core, representative, place): name without form of company, always with its place."""
    store.run(
        f"CREATE OR REPLACE TEMP TABLE party_core AS WITH n AS (SELECT node, place, representative, {_CORE} AS bare, "
        f"{_STEM} AS stem FROM party_node WHERE is_org AND NOT is_hidden AND NOT is_nameless AND place IS NOT NULL) "
        f"SELECT node, place, representative, CASE WHEN contains(bare[:10], stem) THEN bare ELSE stem || bare END "
        f"AS core FROM n WHERE length(bare) >= 4")


def similar_names(store: Store) -> None:
    """Fill `party_similar` (node, key, confidence): one key for each pair of alike names under one representative."""
    pairs = store.frame(
        f"WITH c AS (SELECT DISTINCT l.label, l.anchored, c.core, c.representative, c.place FROM party_core c "
        f"JOIN party_label l USING (node) WHERE c.representative IS NOT NULL), "
        f"block AS (SELECT representative, place FROM c GROUP BY ALL HAVING count(DISTINCT label) BETWEEN 2 "
        f"AND {BLOCK_LIMIT} AND NOT bool_and(anchored)) "
        f"SELECT DISTINCT a.label AS one, b.label AS other, a.core AS one_core, b.core AS other_core "
        f"FROM c a JOIN block USING (representative, place) JOIN c b USING (representative, place) "
        f"WHERE a.label < b.label AND NOT (a.anchored AND b.anchored)")
    cores = pairs.select("one_core", "other_core").iter_rows()
    slips = [Levenshtein.distance(one, other, score_cutoff=SLIPS) for one, other in cores]
    alike = pairs.filter(pl.Series(slips, dtype=pl.Int64) <= SLIPS)
    with store.lend("party_alike", alike):
        store.run(
            "CREATE OR REPLACE TEMP TABLE party_similar AS WITH p AS (SELECT hash('like', one, other) AS key, "
            "unnest([one, other]) AS label FROM party_alike) "
            "SELECT any_value(l.node) AS node, p.key, 0.85 AS confidence FROM p JOIN party_label l USING (label) "
            "GROUP BY p.key, p.label")
