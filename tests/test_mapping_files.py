"""The shipped mappings recognise the forms suppliers use by their headers alone."""

from pathlib import Path

import pytest

from engine.sources import Mappings, read_mappings
from engine.sources.declaring import ORIGIN_KEYS, TOP_KEYS
from engine.sources.defects import FAULTS
from engine.sources.detect import recognise

FOLDER = Path(__file__).parents[1] / "pipelines" / "sources"
GUIDE = (FOLDER.parents[1] / "docs" / "sources.md").read_text(encoding="utf-8")

FORMS: dict[str, list[str]] = {
    "publicity_2019": [
        "行政相对人名称,行政相对人类别,行政相对人代码_1(统一社会信用代码),行政相对人代码_2(工商注册号),"
        "行政相对人代码_3(组织机构代码),行政相对人代码_4(税务登记号),行政相对人代码_5(事业单位证书号),"
        "行政相对人代码_6(社会组织登记证号),法定代表人,法定代表人证件类型,法定代表人证件号码,证件类型,证件号码,"
        "行政处罚决定书文号,违法行为类型,违法事实,处罚依据,处罚类别,处罚内容,罚款金额（万元）,"
        "没收违法所得、没收非法财物的金额（万元）,暂扣或吊销证照名称及编号,处罚决定日期,处罚有效期,公示截止期,处罚机关,"
        "处罚机关统一社会信用代码,数据来源单位,数据来源单位统一社会信用代码,备注",
        "cf_xdr_mc,cf_xdr_lb,cf_xdr_shxym,cf_xdr_gszc,cf_xdr_zzjg,cf_xdr_swdj,cf_xdr_sydw,cf_xdr_shzz,cf_frdb,"
        "cf_fr_zjlx,cf_fr_sfzh,cf_xdr_zjlx,cf_xdr_zjhm,cf_wsh,cf_wfxw,cf_sy,cf_yj,cf_cflb,cf_nr,cf_nr_fk,cf_nr_wfff,"
        "cf_nr_zkdx,cf_jdrq,cf_yxq,cf_gsjzq,cf_cfjg,cf_cfjgdm,cf_sjly,cf_sjlydm,bz",
    ],
    "publicity_old": [
        "CF_WSH,CF_CFMC,CF_CFLB1,CF_CFLB2,CF_SY,CF_YJ,CF_XDR_MC,CF_XDR_SHXYM,CF_XDR_ZDM,CF_XDR_GSDJ,CF_XDR_SWDJ,"
        "CF_XDR_SFZ,CF_FR,CF_JG,CF_JDRQ,CF_XZJG,CF_ZT,DFBM,SJC,BZ",
        "行政处罚决定书文号,处罚名称,处罚类别1,处罚类别2,处罚事由,处罚依据,行政相对人名称,"
        "行政相对人代码（统一社会信用代码）,行政相对人代码（组织机构代码）,行政相对人代码（工商登记码）,"
        "行政相对人代码（税务登记号）,行政相对人代码（居民身份证号）,法定代表人姓名,处罚结果,处罚决定日期,处罚机关,"
        "当前状态,地方编码,数据更新时间戳,备注",
    ],
    "zhejiang_publication": [
        "unid,xzcfws_code,bxzcf_name,xzcfws_name,bxzcf_type,bxzcf_legalman,xzcf_date,orgnode,fine_yuan",
        "unid,guid,xzcfws_code,xzcfws_name,bxzcf_name,bxzcf_type,bxzcf_legalman,xzcf_date,orgnode,xzcf_zy",
    ],
    "environment_penalties": [
        "companyName,title,penaltyDate,noticeDate,documentNumber,competentDepartment,penaltyResult,penaltyAmount_wan,"
        "reason,approvalSummary",
    ],
    "dishonest_list": [
        "cardNum,sexy,age,courtName,areaName,gistId,regDate,caseCode,gistUnit,duty,performance,performedPart,"
        "unperformPart,disruptTypeName,publishDate,partyTypeName,iname",
        "被执行人姓名/名称,身份证号码/组织机构代码,法定代表人或负责人姓名,性别,年龄,执行法院,省份,执行依据文号,立案时间,"
        "案号,做出执行依据单位,生效法律文书确定的义务,被执行人的履行情况,已履行部分,未履行部分,"
        "失信被执行人行为具体情形,发布时间",
    ],
    "terminated_list": [
        "official_id,executed_person_name,gender,case_no,executed_person_type,id_no,exec_court,filing_date,"
        "termination_date,address,exec_target_amount,unfulfilled_amount",
        "被执行人姓名/名称,性别,案号,证件号码,执行法院,立案日期,终本日期,地址,执行标的金额,未履行标的金额",
    ],
    "restriction_list": ["案号,执行法院,被限制消费人,证件号码,法定代表人,立案日期,限制消费令日期"],
    "enforcee_list": [
        "exec_person_id,exec_person_type,exec_person_name,gender,id_no,exec_court,case_no,exec_basis_no,exec_status,"
        "exec_target,filing_date",
        "被执行人名称,性别,证件号码,执行法院,案号,执行依据文号,执行状态,执行标的,立案时间",
    ],
    "court_enforcement": [
        "案号,执行法院,申请执行人,被执行人,证件号码,执行依据文号,执行案由,立案日期,申请执行标的(金额),"
        "已执行标的(金额),案件状态,结案方式,结案时间",
    ],
    "court_review": [
        "案号,审查法院,申请执行人,被执行人,证件号码,处罚决定书文号,处罚决定日期,申请日期,受理日期,裁定日期,裁定结果,"
        "申请执行标的（元）",
    ],
    "organ_ledger": [
        "序号,行政管理领域,处罚机关,处罚决定书文号,当事人,证件号码,违法行为类型,决定日期,送达日期,送达方式,"
        "罚款金额（元）,缴款期限,延期分期届满日,已缴金额（元）,缴清日期,加处罚款（元）,催告书送达日期,救济情况,"
        "申请复议日期,起诉日期,备注",
    ],
    "nonprosecution_cards": [
        "承办检察院,不起诉决定书文号,被不起诉人,身份证号码,性别,罪名,不起诉类型,不起诉决定日期,移送行政检察部门日期,"
        "行检受理日期,审查终结日期,审查结论,公安立案日期,行政主管机关,涉案财物",
    ],
    "opinion_ledger": [
        "检察意见书文号,制发检察院,文书种类,不起诉决定书文号,被不起诉人,身份证号码,被监督单位,制发日期,送达日期,"
        "回复期限,回复日期,处理结果,回复摘要",
    ],
    "company_register": [
        "统一社会信用代码,企业名称,企业类型,法定代表人,住所,登记状态,成立日期,注销日期,吊销日期,注册资本（万元）,股东",
    ],
    "deaths": ["姓名,公民身份号码,性别,出生日期,死亡日期,户籍地址"],
    "criminal_judgments": [
        "案号,审理法院,被告人,公民身份号码,罪名,裁判生效日期,判处刑罚,罚金（元）,刑期止日,缓刑考验期满日,从业禁止,从业禁止截止日",
    ],
    "seizure_ledger": [
        "扣押清单编号,财物序号,统一受案号,不起诉决定书文号,被不起诉人,财物名称,估价,扣押日期,处理日期,处理情况"],
    "benchmarks": ["序号,行政管理领域,违法行为,裁量档次,适用条件,施行日期,失效日期,罚款下限（元）,罚款上限（元）,依据"],
    "driving_licences": ["姓名,公民身份号码,证照种类,证号,准驾车型,发证机关,初次领证日期,有效期止,驾驶证状态,吊销日期"],
    "payments": ["票据号码,处罚决定书文号,执收单位,缴款人,缴款日期,缴款金额（元）,款项,入库日期"],
    "admin_cases": ["case_no,agency,party,kind"],
    "ruling_elements": [
        "case_no,court,ruling_date,applicant,respondent,respondent_kind,penalty_doc_no,penalty_date,service_date,"
        "service_mode,fine_yuan,confiscation_yuan,surcharge_yuan,paid_yuan,demand_dates,relief,relief_start,relief_end,"
        "relief_doc_no,deferral_until,application_date,acceptance_date,outcome,exec_amount_yuan,text,notes,computed",
    ],
    "coverage": ["数据表,供数单位,行政区划,覆盖起始日,覆盖截止日,是否完整"],
}


@pytest.fixture(scope="module")
def shipped() -> Mappings:
    return read_mappings(FOLDER)


def test_the_shipped_mappings_have_no_faults(shipped: Mappings) -> None:
    assert [str(problem) for problem in shipped.problems] == []


def test_every_shipped_mapping_has_a_form_here(shipped: Mappings) -> None:
    from_suppliers = {name for name in shipped if not name.startswith("extracted_")}  # ours: test_extract_output

    assert set(FORMS) == from_suppliers


@pytest.mark.parametrize(("source", "form"), [(s, f) for s, forms in FORMS.items() for f in forms])
def test_a_form_is_recognised_by_its_headers(shipped: Mappings, source: str, form: str) -> None:
    header = form.split(",")

    found = recognise(header, shipped, "a.csv")

    assert (found.mapping.source_id, found.unknown) == (source, ())


def test_sums_of_public_penalties_are_in_ten_thousands_unless_the_header_says_otherwise(shipped: Mappings) -> None:
    header = FORMS["publicity_2019"][0].replace("罚款金额（万元）", "罚款金额（元）").split(",")

    units = dict(recognise(header, shipped, "a.csv").units)

    assert (units["fine_yuan"], units["confiscated_yuan"]) == ("元", "万元")


@pytest.mark.parametrize("word", [*sorted(FORMS), *(k for k in (*TOP_KEYS, *ORIGIN_KEYS) if k != "x")])
def test_the_guide_names_every_shipped_mapping_and_every_key(word: str) -> None:
    assert f"`{word}`" in GUIDE


@pytest.mark.parametrize("code", sorted(FAULTS))
def test_the_guide_explains_every_fault_code(code: str) -> None:
    kinds = ("E-DATE-", "E-AMOUNT-", "E-ID-", "E-USCC-", "E-ORG-")

    assert code in GUIDE or any(code.startswith(kind) and f"{kind}…" in GUIDE for kind in kinds)
