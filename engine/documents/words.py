"""The words a template may use: fields {{线索编号}} and blocks {{#事实}} … {{/事实}}, with what each holds.

A block is repeated for each of its entries and vanishes where there is none. For every block there are two more that
appear once: {{#有事实}} where it has entries, {{#无事实}} where it has none.
"""

FIELDS: dict[str, str] = {
    "线索编号": "线索的编号；一份文书用几条线索的，以顿号分开",
    "件数": "用了几条线索",
    "受文单位": "文书发给的单位；由承办人填写受文单位的文书里，是被监督单位",
    "当事人": "来源文件中的写法",
    "证件号": "默认遮盖",
    "文号": "命中的记录和关联记录的文号、案号",
    "金额": "涉及的金额",
    "监督领域": "规则所属的领域",
    "规则": "命中的规则的名称",
    "规则编号": "`xiezhi explain` 用的编号",
    "规则版本": "命中时的版本",
    "得分": "线索的得分，满分100",
    "线索状态": "新增、持续、变化、复现、消失",
    "变化内容": "与上次运行相比变了什么",
    "数据截止日": "判断期限用的日期",
    "运行批次": "第几次运行",
    "引擎版本": "引擎的版本",
    "数据版本": "数据的版本",
    "前发文书": "已经发出的检察意见的文号和日期",
}
"""Fields of the whole document."""

BLOCKS: dict[str, dict[str, str]] = {
    "情形": {"序号": "一、二、三", "违法情形": "规则的一句话", "规则": "规则名称",
           "说明": "规则的说明", "单位": "被监督单位"},
    "事实": {"序号": "从1起", "内容": "哪条记录的哪一项是什么", "证据": "来源文件、工作表、行号和原始文字或文书引文",
           "项目": "数值的名称", "值": "数值"},
    "计算": {"序号": "从1起", "内容": "起算日、期限、末日、顺延至哪一日"},
    "推导": {"序号": "从1起", "项目": "数值的名称", "值": "数值", "来由": "算式、条文，或者来源没有记载"},
    "依据": {"序号": "从1起", "内容": "条文、施行时间、期限、引文、把握",
           "条文": "条文和施行时间", "引文": "条文的原文，没有的为空"},
    "事由": {"序号": "从1起", "判断": "不存在、资料不足、须人工核实", "内容": "可能的正当理由"},
    "材料": {"序号": "从1起", "内容": "要调取的材料、要核实的事项"},
    "局限": {"序号": "从1起", "内容": "规则看不到的情形"},
    "关联": {"序号": "从1起", "记录": "记录的种类", "文号": "文号、案号",
           "方式": "怎样关联、置信度", "出处": "文件和行号"},
    "缺陷": {"序号": "从1起", "内容": "来源行中没有用上或者存疑的值"},
    "提示": {"序号": "从1起", "内容": "起草时发现的、承办人必须知道的事"},
    "线索": {"序号": "从1起", "线索编号": "", "当事人": "", "文号": "", "违法情形": "", "金额": "",
           "出处": "文件和行号"},
}
"""Blocks with the fields of one entry."""

CONDITIONS = {f"{word}{block}": block for block in BLOCKS for word in ("有", "无")}
"""Blocks that appear once, depending on another one."""


def known(inside: tuple[str, ...]) -> set[str]:
    """Return the fields that may stand inside the blocks named (outermost first)."""
    return set(FIELDS).union(*(BLOCKS.get(block, {}) for block in inside))
