"""Whether a clue is about an enterprise (涉企) and about people's livelihood (民生): yes, no, or unknown.

An enterprise is what a registration as one (credit code with 9), a recorded kind or a company's name shows: companies,
other enterprises, farmers' cooperatives, individual businesses (which the Private Economy Promotion Law art. 77 counts
among private businesses). What no record says stays unknown; the party table's own guess from a bare name is not used.
"""

from collections.abc import Mapping

import polars as pl

from engine.columns import Table
from engine.export.lists import ABOUT
from engine.records import BY_NAME
from engine.store import Store

LIVELIHOOD: Mapping[str, tuple[str, ...]] = {
    "食品药品": ("食品", "餐饮", "药品", "疫苗", "医疗器械", "化妆品", "保健品", "检疫"),
    "医疗卫生": ("医疗", "诊疗", "行医", "医师", "护士", "卫生健康", "医疗保障", "医保"),
    "就业社保": ("劳动", "工资", "欠薪", "社会保险", "养老", "职业病", "工伤"),
    "教育未成年人": ("教育", "校园", "学校", "培训机构", "托育", "未成年人"),
    "住房物业": ("住房", "物业", "商品房", "房屋租赁", "供水", "供热", "供气", "燃气"),
    "生态环境": ("生态环境", "大气", "水污染", "饮用水", "噪声", "扬尘", "固体废物", "危险废物"),
    "安全": ("安全生产", "应急管理", "特种设备", "消防", "危险物品", "道路客运", "饮酒后驾驶", "醉酒驾驶"),
    "消费价格": ("明码标价", "价格", "消费者", "不合格产品", "假冒", "电信网络诈骗"),
    "农业农资": ("农药", "种子", "肥料", "兽药", "饲料", "耕地", "征地", "宅基地"),
}
"""Words in a record's field, violation or cause that make its clue one of livelihood. The table is ours, not a
statute's; docs/review.md prints it."""


def clue_kinds(store: Store) -> pl.DataFrame:
    """Return clue_id, enterprise, livelihood of all clues that stand; needs `tables.prepare`."""
    words = "|".join(word for group in LIVELIHOOD.values() for word in group)
    return store.frame(f"""
    WITH about AS ({ABOUT}),
    who AS (
        SELECT clue_id, party_id, party_name FROM about WHERE party_name IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY clue_id ORDER BY o, its_id) = 1),
    recorded AS (
        SELECT w.clue_id, arg_min(k.kind, a.o) AS kind FROM who w JOIN about a USING (clue_id, party_id)
        JOIN ({_rows("kind", ("party_kind",))}) k USING (its_table, its_id) GROUP BY w.clue_id),
    said AS (
        SELECT clue_id, string_agg(said, ' ') AS said FROM about
        JOIN ({_rows("said", ("field", "violation", "cause"))}) USING (its_table, its_id) GROUP BY clue_id)
    SELECT clue_id, CASE WHEN p.uscc LIKE '9%' THEN 'yes' WHEN p.uscc IS NOT NULL THEN 'no'
               WHEN r.kind = 'individual_business' THEN 'yes'
               WHEN r.kind = 'person' OR p.resident_id IS NOT NULL THEN 'no'
               WHEN regexp_matches(w.party_name, '{_COMPANY}') THEN 'yes' ELSE 'unknown' END AS enterprise,
           CASE WHEN s.said IS NULL THEN 'unknown' WHEN regexp_matches(s.said, '{words}') THEN 'yes' ELSE 'no' END
               AS livelihood
    FROM (SELECT DISTINCT clue_id FROM show_finding) LEFT JOIN who w USING (clue_id)
    LEFT JOIN party p USING (party_id) LEFT JOIN recorded r USING (clue_id) LEFT JOIN said s USING (clue_id)""")


_COMPANY = "(公司|合作社|个体工商户[)）]?)$"
"""How names end that show an enterprise by themselves (companies: Company Law art. 7)."""


def _rows(alias: str, columns: tuple[str, ...]) -> str:
    """SQL: its_table, its_id and, under `alias`, what these columns say of every record that a list mentions."""
    none = f"SELECT '' AS its_table, 0::UBIGINT AS its_id, '' AS {alias} WHERE false"
    return " UNION ALL ".join([none, *(_part(table, own) for table in BY_NAME.values()
                                       if (own := [name for name in columns if table.column(name)]))])


def _part(table: Table, names: list[str]) -> str:
    return (f"SELECT '{table.name}', record_id, nullif(trim(concat_ws(' ', {', '.join(names)})), '') FROM {table.name} "
            f"SEMI JOIN (SELECT its_id AS record_id FROM show_record WHERE its_table = '{table.name}') "
            f"USING (record_id)")
