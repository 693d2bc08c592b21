"""The tables: every column declared once, with its type, Chinese label, note and mask class.

Screens, exports, the data dictionary and the source mappings are all built from these declarations.
Types: text, date, money (DECIMAL(18,2), yuan), int, bool. NULL means *not in the file*, never *did not happen*.

A text column with a `form` gets a companion `<name>_key` column holding its comparable form (`engine.text.keys_of`);
links and parties compare keys, people read the column itself.
"""

from dataclasses import dataclass

SQL_TYPE = {"text": "VARCHAR", "date": "DATE", "money": "DECIMAL(18,2)", "int": "BIGINT", "bool": "BOOLEAN"}

FORMS = ("document_no", "case_no", "name", "organ")
"""Kinds of comparable form a text column may have."""

MASKS = ("", "name", "number", "address", "text")
"""Mask classes: how a value is shortened in messages and masked exports. Empty: shown as it is."""


@dataclass(frozen=True)
class Column:
    """One declared column; `values` lists the allowed codes of an enumerated text column with their Chinese."""

    name: str
    type: str
    label: str
    note: str = ""
    mask: str = ""
    form: str = ""
    values: tuple[tuple[str, str], ...] = ()

    @property
    def sql_type(self) -> str:
        """The DuckDB type."""
        return SQL_TYPE[self.type]


@dataclass(frozen=True)
class Table:
    """One declared table; `key` names the columns of its natural key, in order."""

    name: str
    label: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    note: str = ""

    def column(self, name: str) -> Column | None:
        """Return the declared column of that name, or None."""
        return next((c for c in self.columns if c.name == name), None)

    @property
    def has_party(self) -> bool:
        """Whether rows name a counterpart (party columns and `party_id`)."""
        return self.column("party_name") is not None

    @property
    def key_columns(self) -> tuple[Column, ...]:
        """The companion `<name>_key` columns of the columns that have a comparable form."""
        return tuple(Column(f"{c.name}_key", "text", f"{c.label}（比对形式）") for c in self.columns if c.form)

    @property
    def stored(self) -> tuple[tuple[str, str], ...]:
        """Every stored column with its SQL type: base, declared, companion keys, then party_id."""
        own = tuple((c.name, c.sql_type) for c in (*self.columns, *self.key_columns))
        return (*BASE, *own, *((("party_id", "UBIGINT"),) if self.has_party else ()))


BASE: tuple[tuple[str, str], ...] = (
    ("record_id", "UBIGINT"),
    ("natural_key", "VARCHAR"),
    ("source_id", "VARCHAR"),
    ("batch_id", "BIGINT"),
    ("file", "VARCHAR"),
    ("sheet", "VARCHAR"),
    ("line", "BIGINT"),
    ("loaded_at", "TIMESTAMP"),
    ("raw", "VARCHAR"),
)
"""Columns of every record table, with their SQL types.

record_id = md5_number_lower(table name | natural_key); natural_key = the comparable forms of the key columns joined by |.
batch_id points to `delivery`; line is the physical line (CSV, JSONL) or sheet row the record starts on; raw is the row as
delivered, a JSON object header → text.
"""


def text(name: str, label: str, note: str = "", mask: str = "", form: str = "") -> Column:
    """Declare a text column."""
    return Column(name, "text", label, note, mask, form)


def code(name: str, label: str, values: str, note: str = "") -> Column:
    """Declare an enumerated text column from `code=中文` pairs separated by spaces."""
    pairs = tuple((v.split("=")[0], v.split("=")[1]) for v in values.split())
    return Column(name, "text", label, note, values=pairs)


def date(name: str, label: str, note: str = "") -> Column:
    """Declare a date column."""
    return Column(name, "date", label, note)


def money(name: str, label: str, note: str = "") -> Column:
    """Declare a money column, in yuan."""
    return Column(name, "money", label, note)


def flag(name: str, label: str, note: str = "") -> Column:
    """Declare a boolean column; NULL is unknown."""
    return Column(name, "bool", label, note)


def number(name: str, label: str, note: str = "") -> Column:
    """Declare a whole-number column."""
    return Column(name, "int", label, note)


PARTY = (
    text("party_name", "当事人名称", "姓名或单位名称，按来源原样", "name", "name"),
    code("party_kind", "当事人类型", "person=自然人 organisation=单位 individual_business=个体工商户"),
    text("resident_id", "居民身份证号码", "可为掩码；校验不符的不作强匹配", "number"),
    text("uscc", "统一社会信用代码", "", "number"),
    text("org_code", "组织机构代码", "九位；统一社会信用代码第9至17位", "number"),
    text("legal_representative", "法定代表人", "或负责人、经营者", "name", "name"),
    text("address", "住址", "", "address"),
    date("birth_date", "出生日期"),
    code("sex", "性别", "male=男 female=女"),
)
"""The columns of the counterpart, in every table that has one."""

RELIEF = code(
    "relief", "救济情况", "none=未复议未诉讼 reconsideration=申请复议 litigation=提起诉讼 both=复议并诉讼",
    "来源明确写明才填；空为未记载，不等于未申请",
)

TABLES: tuple[Table, ...] = (
    Table("penalty", "行政处罚决定", ("authority", "document_no"), (
        text("document_no", "处罚决定书文号", "", "", "document_no"),
        text("authority", "处罚机关", "", "", "organ"),
        text("authority_uscc", "处罚机关统一社会信用代码"),
        text("authority_division", "处罚机关行政区划", "六位代码；空为未知"),
        text("field", "行政管理领域", "如市场监管、自然资源、生态环境、公安"),
        *PARTY,
        text("violation", "违法行为类型"),
        text("facts_text", "违法事实", "", "text"),
        text("basis_text", "处罚依据"),
        text("kind_text", "处罚类别"),
        text("content_text", "处罚内容", "", "text"),
        code("procedure", "程序", "summary=简易程序 ordinary=普通程序"),
        date("committed_on", "违法行为发生日"),
        date("violation_ended_on", "违法行为终了日"),
        date("filed_on", "立案日"),
        date("notice_on", "事先告知日"),
        date("hearing_notice_on", "听证告知日"),
        flag("hearing_requested", "是否申请听证"),
        date("decided_on", "处罚决定日"),
        date("served_on", "送达日", "直接送达日；公告送达的为公告期满日"),
        code("service_mode", "送达方式",
             "direct=直接送达 mail=邮寄送达 announcement=公告送达 lien=留置送达 electronic=电子送达 entrusted=委托送达"),
        money("fine_yuan", "罚款金额"),
        money("confiscated_yuan", "没收金额"),
        money("additional_fine_yuan", "加处罚款金额"),
        text("revocation_text", "暂扣或吊销证照"),
        number("detention_days", "行政拘留日数"),
        date("pay_due_on", "缴款期限届满日"),
        date("deferral_end_on", "延期或分期最后届满日", "最后一期届满日"),
        date("paid_on", "缴清日"),
        money("paid_yuan", "已缴金额"),
        flag("remedies_told", "是否告知救济途径和期限"),
        number("remedy_days_special", "特别法起诉期限（日）", "如土地管理法八十三条十五日；空为无特别规定"),
        code("enforcement_power", "强制执行权", "self=机关自行强制执行 court=申请法院强制执行 choice=两者均可"),
        RELIEF,
        date("reconsidered_on", "申请复议日"),
        date("reconsideration_decided_on", "复议决定日"),
        date("reconsideration_served_on", "复议决定送达日"),
        date("sued_on", "起诉日"),
        date("judgment_effective_on", "裁判生效日"),
        date("demand_served_on", "催告书送达日"),
        date("publicity_from", "公示起始日"),
        date("publicity_to", "公示截止日"),
        date("revoked_on", "处罚决定撤销日"),
        flag("legal_review", "是否法制审核"),
        flag("group_discussion", "是否集体讨论"),
        text("status_text", "当前状态"),
        text("remark", "备注", "", "text"),
    )),
    Table("penalty_item", "处罚项", ("authority", "document_no", "item"), (
        text("authority", "处罚机关", "", "", "organ"),
        text("document_no", "处罚决定书文号", "", "", "document_no"),
        number("item", "项次"),
        code("kind", "种类", "fine=罚款 confiscation=没收 demolition=限期拆除 revocation=吊销 suspension=停产停业 "
                          "detention=拘留 other=其他"),
        money("amount_yuan", "金额"),
        number("remedy_days_special", "特别法起诉期限（日）"),
        code("enforcement_power", "强制执行权", "self=机关自行强制执行 court=申请法院强制执行 choice=两者均可"),
    )),
    Table("payment", "缴款", ("receipt_no",), (
        text("receipt_no", "票据号"),
        text("penalty_document_no", "处罚决定书文号", "", "", "document_no"),
        text("authority", "执收单位", "", "", "organ"),
        *PARTY,
        date("paid_on", "缴款日"),
        money("amount_yuan", "缴款金额"),
        code("kind", "款项", "fine=罚款 additional_fine=加处罚款 confiscation=没收款 other=其他"),
        date("treasury_on", "缴入国库日"),
    )),
    Table("court_review", "非诉执行审查（行审）", ("court", "case_no"), (
        text("case_no", "行审案号", "", "", "case_no"),
        text("court", "审查法院", "", "", "organ"),
        text("applicant", "申请执行的行政机关", "", "", "organ"),
        *PARTY,
        text("penalty_document_no", "处罚决定书文号", "", "", "document_no"),
        date("penalty_decided_on", "处罚决定日"),
        date("applied_on", "申请执行日"),
        date("accepted_on", "受理日"),
        date("not_accepted_on", "不予受理日"),
        date("ruled_on", "裁定日"),
        code("ruling", "裁定结果", "granted=准予执行 refused=不准予执行 partly=部分准予 not_accepted=不予受理 withdrawn=撤回申请"),
        text("ruling_reason", "裁定理由"),
        text("implementer", "组织实施机关", "裁执分离时主文指定的实施主体", "", "organ"),
        money("sought_yuan", "申请执行金额"),
        money("penalty_fine_yuan", "处罚罚款金额"),
        money("additional_fine_yuan", "申请加处罚款金额"),
        date("served_on", "裁定送达日"),
        flag("hearing_held", "是否听证"),
        flag("evident_illegality", "是否适用三十日审查", "行政强制法五十八条明显违法情形"),
        RELIEF,
    )),
    Table("enforcement", "法院执行案件（执、执恢）", ("court", "case_no"), (
        text("case_no", "执行案号", "", "", "case_no"),
        text("court", "执行法院", "", "", "organ"),
        text("applicant", "申请执行人", "", "", "organ"),
        *PARTY,
        text("basis_no", "执行依据文号", "行审案号、判决案号或处罚决定书文号", "", "case_no"),
        text("cause", "执行案由"),
        date("filed_on", "执行立案日"),
        money("sought_yuan", "申请执行标的"),
        money("recovered_yuan", "到位金额"),
        money("fee_yuan", "执行费"),
        date("closed_on", "结案日"),
        code("close_mode", "结案方式",
             "completed=执行完毕 terminated_current=终结本次执行程序 terminated=终结执行 settlement=执行和解 "
             "rejected=驳回申请 revoked=撤销案件 not_enforced=不予执行"),
        text("status_text", "案件状态"),
        date("suspended_on", "中止日"),
        date("resumed_on", "恢复日"),
        date("last_property_check_on", "最近财产查询日"),
        date("consumption_restricted_on", "限制消费日"),
        text("property_found", "查明财产"),
        money("settlement_yuan", "和解金额"),
        money("unrecovered_yuan", "未履行金额"),
        date("extension_to", "延长至"),
    )),
    Table("dishonest_listing", "失信、限消名单", ("court", "case_no", "party_name"), (
        text("case_no", "执行案号", "", "", "case_no"),
        text("court", "执行法院", "", "", "organ"),
        *PARTY,
        text("basis_no", "执行依据文号", "", "", "case_no"),
        text("basis_unit", "作出执行依据单位", "", "", "organ"),
        date("filed_on", "立案日"),
        date("listed_on", "发布日"),
        date("removed_on", "撤下日"),
        date("published_until", "公布期限届满日"),
        text("duty_text", "生效文书确定的义务", "", "text"),
        text("performance", "履行情况"),
        text("conduct", "失信行为情形"),
        text("province", "省份"),
    )),
    Table("nonprosecution", "不起诉决定", ("procuratorate", "document_no", "party_name"), (
        text("document_no", "不起诉决定书文号", "", "", "document_no"),
        text("procuratorate", "作出检察院", "", "", "organ"),
        *PARTY,
        text("charge", "罪名"),
        text("articles_text", "适用条款"),
        code("kind", "不起诉类型", "statutory=法定不起诉 discretionary=相对不起诉 insufficient_evidence=存疑不起诉 "
                          "conditional=附条件不起诉 special=特殊不起诉"),
        date("decided_on", "不起诉决定日"),
        date("handed_over_on", "移送行政检察部门日"),
        date("review_registered_on", "行政检察受理日"),
        date("review_closed_on", "行政检察审查终结日"),
        code("review_outcome", "审查结论", "opinion=提出检察意见 closed=终结审查 none=未审结"),
        date("suspended_from", "中止审查起"),
        date("suspended_to", "中止审查止"),
        date("police_filed_on", "公安立案日"),
        text("competent_authority", "行政主管机关", "", "", "organ"),
        text("division", "办案地行政区划"),
        flag("already_punished", "是否已受行政处罚", "案卡记载"),
        text("seized_property_text", "涉案财物"),
        text("facts_text", "查明事实", "", "text"),
    )),
    Table("opinion", "检察意见、检察建议及回复", ("procuratorate", "document_no"), (
        text("document_no", "检察意见书文号", "", "", "document_no"),
        text("procuratorate", "发出检察院", "", "", "organ"),
        code("kind", "文书种类", "opinion=检察意见 recommendation=检察建议 follow_up=跟进监督"),
        text("nonprosecution_document_no", "不起诉决定书文号", "", "", "document_no"),
        *PARTY,
        text("addressee", "被监督单位", "", "", "organ"),
        date("issued_on", "制发日"),
        date("served_on", "送达日"),
        date("reply_due_on", "文书载明的回复期限"),
        date("replied_on", "回复日"),
        code("reply_kind", "回复内容", "penalized=已作处罚 refused=不予处罚 transferred=移送其他机关 pending=正在办理"),
        text("reply_text", "回复摘要", "", "text"),
        text("division", "行政区划"),
    )),
    Table("judgment", "刑事裁判", ("court", "case_no", "party_name"), (
        text("case_no", "案号", "", "", "case_no"),
        text("court", "法院", "", "", "organ"),
        *PARTY,
        text("charge", "罪名"),
        date("effective_on", "生效日"),
        text("sentence_text", "刑罚"),
        money("fine_yuan", "罚金"),
        text("ban_text", "从业禁止"),
        date("ban_until", "从业禁止截止日"),
        date("probation_to", "缓刑考验期满日"),
    )),
    Table("seizure", "涉案财物", ("document_no", "item"), (
        text("document_no", "扣押文号", "", "", "document_no"),
        number("item", "项次"),
        text("case_no", "案号", "", "", "case_no"),
        text("property_text", "财物"),
        money("amount_yuan", "价值"),
        date("seized_on", "扣押日"),
        date("disposed_on", "处置日"),
        text("disposal", "处置方式"),
    )),
    Table("criminal_transfer", "移送涉嫌犯罪", ("authority", "document_no"), (
        text("document_no", "移送文号", "", "", "document_no"),
        text("authority", "移送机关", "", "", "organ"),
        *PARTY,
        text("penalty_document_no", "处罚决定书文号", "", "", "document_no"),
        date("reported_on", "书面报告日"),
        date("approved_on", "批准日"),
        date("transferred_on", "移送日"),
        date("police_decided_on", "公安决定日"),
        text("police_result", "公安决定"),
    )),
    Table("litigation", "行政诉讼案件", ("court", "case_no"), (
        text("case_no", "案号", "", "", "case_no"),
        text("court", "法院", "", "", "organ"),
        *PARTY,
        text("defendant", "被告行政机关", "", "", "organ"),
        text("procedure", "审理程序"),
        text("cause", "案由"),
        date("received_on", "收到起诉状日"),
        date("filed_on", "立案日"),
        date("closed_on", "结案日"),
        text("outcome", "裁判结果"),
        text("judge", "承办法官"),
        text("clerk", "书记员"),
        flag("head_appeared", "负责人是否出庭"),
        date("extended_to", "审限延长至"),
        text("prior_case_no", "前案案号", "", "", "case_no"),
    )),
    Table("reconsideration", "行政复议", ("organ", "case_no"), (
        text("case_no", "复议案号", "", "", "document_no"),
        text("organ", "复议机关", "", "", "organ"),
        *PARTY,
        text("respondent", "被申请人", "", "", "organ"),
        date("applied_on", "申请日"),
        date("accepted_on", "受理日"),
        date("decided_on", "决定日"),
        text("outcome", "复议结果"),
    )),
    Table("petition", "信访", ("petition_no",), (
        text("petition_no", "信访编号"),
        *PARTY,
        date("received_on", "收到日"),
        date("told_on", "告知日"),
        date("accepted_on", "受理日"),
        date("closed_on", "办结日"),
        text("matter", "事项", "", "text"),
        text("level", "办理层级"),
    )),
    Table("detox", "强制隔离戒毒", ("authority", "document_no"), (
        text("document_no", "决定书文号", "", "", "document_no"),
        text("authority", "决定机关", "", "", "organ"),
        *PARTY,
        date("decided_on", "决定日"),
        date("admitted_on", "入所日"),
        text("kind", "类型"),
        date("term_to", "期限届满日"),
        date("assessed_on", "诊断评估日"),
        date("early_release_on", "提前解除日"),
        date("extended_on", "延长决定日"),
        date("extension_to", "延长至"),
        date("escaped_on", "脱逃日"),
        date("returned_on", "追回日"),
        date("released_on", "解除日"),
        date("community_report_on", "社区康复报到日"),
    )),
    Table("company", "市场主体登记", ("uscc",), (
        *PARTY,
        text("register_no", "注册号"),
        text("former_names", "曾用名", "多个用分号隔开"),
        text("status", "登记状态"),
        date("established_on", "成立日"),
        date("cancelled_on", "注销日"),
        date("revoked_on", "吊销日"),
        text("shareholders_text", "股东", "", "text"),
        money("capital_yuan", "注册资本"),
        text("division", "登记地行政区划"),
    )),
    Table("licence", "证照", ("licence_no",), (
        text("licence_no", "证照编号"),
        *PARTY,
        text("kind", "证照种类"),
        text("class", "等级类别"),
        text("issuer", "发证机关", "", "", "organ"),
        date("issued_on", "发证日"),
        date("valid_to", "有效期至"),
        text("status", "状态"),
        date("revoked_on", "吊销日"),
    )),
    Table("death", "死亡", ("party_name", "resident_id"), (
        *PARTY,
        date("died_on", "死亡日"),
    )),
    Table("benchmark", "裁量基准", ("field", "violation", "tier", "valid_from"), (
        text("field", "领域"),
        text("violation", "违法行为"),
        text("tier", "裁量档次"),
        date("valid_from", "施行日"),
        date("valid_to", "失效日"),
        money("min_yuan", "下限"),
        money("max_yuan", "上限"),
        text("basis_text", "依据"),
    )),
    Table("coverage", "数据覆盖声明", ("table_name", "supplier", "division", "covers_from"), (
        text("table_name", "数据表", "表的英文名或中文名"),
        text("supplier", "供数单位"),
        text("division", "行政区划", "代码前缀；空为不限"),
        date("covers_from", "覆盖起始日"),
        date("covers_until", "覆盖截止日"),
        flag("exhaustive", "是否完整"),
    ), note="只有声明完整的，才能说某记录不存在"),
)

BY_NAME: dict[str, Table] = {t.name: t for t in TABLES}
"""Declared tables by name."""
