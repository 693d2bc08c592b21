"""Names of parties and of organs in comparable form.

Sources of the renames: 深化党和国家机构改革方案 (2018-03), and the earlier mergers of 工商、质监、食药 into market
supervision (2014 onwards). Statutes and old decisions still print the former names, so both must meet in one key.
"""

import re

_QUOTES = re.compile("[\"'“”‘’「」『』《》〈〉`´·]|(?<=[㐀-鿿])\\.(?=[㐀-鿿])")
_EDGE = ".,;:。、"
_COMPANY = re.compile(r"有限责任公司|责任有限公司|股份公司|股份有限责任公司|\(个体工商户\)$|(?<=.)个体工商户$")
_COMPANY_FORM = {"有限责任公司": "有限公司", "责任有限公司": "有限公司", "股份公司": "股份有限公司",
                 "股份有限责任公司": "股份有限公司"}

RENAMED: tuple[tuple[str, str], ...] = (
    ("市场监督管理",
     "工商行政管理和质量技术监督管理 工商行政管理和质量技术监督 工商行政和质量技术监督管理 工商和质量监督管理 "
     "工商质量技术监督 市场和质量监督管理 食品药品监督管理 工商行政管理 质量技术监督 食品药品监督 "
     "市场监管 工商质监 食药监管 食药监 质监 工商 市监"),
    ("自然资源",
     "自然资源和规划 规划和自然资源 自然资源与规划 自然资源规划 规划与自然资源 国土资源和规划 国土资源 国土"),
    ("生态环境", "环境保护 环保"),
    ("应急管理", "安全生产监督管理 安全监管 安监"),
    ("农业农村", "农业和农村 农业"),
    ("卫生健康", "卫生和计划生育 卫生计划生育 卫生计生 卫计 卫健 卫生"),
    ("文化和旅游", "文化广电新闻出版 文化广电和旅游 文化广电旅游 文广旅 文化旅游 文旅"),
    ("住房和城乡建设", "住房保障和城乡建设 住房城乡建设 城乡建设 住建"),
    ("人力资源和社会保障", "人力资源社会保障 劳动和社会保障 人社"),
    ("城市管理",
     "城市管理综合行政执法 城市管理和综合执法 城市管理综合执法 城市管理行政执法 城市综合执法 城管执法 城管"),
    ("交通运输", "交通"),
    ("发展和改革", "发展改革 发改"),
    ("税务", "国家税务 地方税务"),
)
"""Present name of an administrative field, and the former or short names that stand before 局, 委员会 and the like."""

_BODY = "局|分局|总局|厅|委员会|委"
_PRESENT = {former: present for present, formers in RENAMED for former in (*formers.split(), present)}
_FIELD = re.compile(rf"({'|'.join(sorted(_PRESENT, key=len, reverse=True))})({_BODY})")
_LEADING = re.compile(r"^(?:\(?原\)?)?(?:中华人民共和国(?!最高))?(?:国家税务总局(?=.+税务))?")

_PROVINCE = (
    r"(?:[㐀-鿿]{2,3}省|广西(?:壮族自治区)?|内蒙古(?:自治区)?|宁夏(?:回族自治区)?|新疆(?:维吾尔自治区)?|西藏(?:自治区)?)"
)
_COURT_PROVINCE = re.compile(rf"^{_PROVINCE}(?=(?:(?!法院|检察院|自治区).){{1,10}}?[市县区旗州盟].*(?:法院|检察院))")
_COURT_WORDS = (
    (re.compile("中院$"), "中级人民法院"),
    (re.compile("高院$"), "高级人民法院"),
    (re.compile("(?<!人民)(法院|检察院)"), r"人民\1"),
)


def name_key_of(folded: str) -> str | None:
    """Return the comparable form of a folded party name; None when nothing is left."""
    name = _QUOTES.sub("", folded).strip(_EDGE)
    return _COMPANY.sub(lambda found: _COMPANY_FORM.get(found[0], ""), name) or None


def organ_key_of(folded: str) -> str | None:
    """Return the comparable form of a folded organ name; None when nothing is left."""
    organ = _LEADING.sub("", _QUOTES.sub("", folded).strip(_EDGE))
    if "院" in organ:
        for short, full in _COURT_WORDS:
            organ = short.sub(full, organ)
        return _COURT_PROVINCE.sub("", organ) or None
    return _FIELD.sub(_present, organ) or None


def _present(found: re.Match[str]) -> str:
    return _PRESENT[found[1]] + ("委员会" if found[2] == "委" else found[2])
