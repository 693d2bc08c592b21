"""Invented documents for the tests of extraction, and small writers for the formats they come in."""

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

from engine import extract
from engine.extract import Kinds, Record
from engine.extract.document import Document, numbered

KINDS: Kinds = extract.read_kinds(Path(__file__).parents[1] / "pipelines" / "documents")

RULING = """河南省虚构市虚构区人民法院
行 政 裁 定 书
（2025）豫9902行审15号
申请执行人：虚构市市场监督管理局，住所地虚构市虚构区甲路1号。
法定代表人：赵某甲，局长。
被执行人：虚构市乙食品有限公司，统一社会信用代码91990000MA00000008，住所地虚构市虚构区乙路2号。
法定代表人：钱某乙，经理。
申请执行人虚构市市场监督管理局于2025年3月10日向本院申请强制执行虚市监处罚〔2024〕88号《行政处罚决定书》。本院于同日受理后，依法组成合议庭进行了审查，现已审查终结。
经审查查明，申请执行人于2024年8月1日对被执行人作出虚市监处罚〔2024〕88号《行政处罚决定书》，决定没收违法所得3000元，罚款人民币贰万元。次日，申请执行人将该决定书直接送达被执行人。被执行人在法定期限内未申请行政复议，也未提起行政诉讼。申请执行人于2025年2月20日向被执行人送达了履行行政处罚决定催告书，被执行人仍未履行。
本院认为，上述处罚决定认定事实清楚。依照《中华人民共和国行政强制法》第五十七条的规定，裁定如下：
准予强制执行虚构市市场监督管理局作出的虚市监处罚〔2024〕88号《行政处罚决定书》中没收违法所得3000元、罚款20000元及加处罚款20000元，合计43000元。
本裁定送达后即发生法律效力。
审判长　孙某丙
二〇二五年三月十七日
书记员　李某丁
"""

PENALTY = """虚构市市场监督管理局
行政处罚决定书
虚市监处罚〔2024〕88号
当事人：虚构市乙食品有限公司
统一社会信用代码：91990000MA00000008
住所：虚构市虚构区乙路2号
法定代表人：钱某乙
2024年5月6日，本局予以立案调查。
经查，当事人于2024年4月销售不合格食品。
2024年7月15日，本局向当事人送达《行政处罚事先告知书》。
本局认为，当事人的行为违反了《中华人民共和国食品安全法》第三十四条的规定，依据该法第一百二十四条处五千元以上五万元以下罚款的规定，决定处罚如下：
1.没收违法所得3000元；
2.罚款20000元（大写：贰万元整）。
以上罚没款合计23000元。
如不服本处罚决定，可以在六十日内向虚构市人民政府申请行政复议，或者在六个月内向人民法院提起行政诉讼。
虚构市市场监督管理局
2024年8月1日
"""

NONPROSECUTION = """虚构市虚构区人民检察院
不起诉决定书
虚虚检刑不诉〔2024〕7号
被不起诉人周某戊，男，1990年**月**日出生，公民身份号码4100001990********，汉族，住虚构市虚构区丙路3号。
因涉嫌故意伤害罪，于2024年1月5日被虚构市公安局虚构分局刑事拘留，同月12日被取保候审。
本案由虚构市公安局虚构分局侦查终结，以被不起诉人周某戊涉嫌故意伤害罪，于2024年3月1日向本院移送审查起诉。
经本院依法审查查明：略。
本院认为，被不起诉人周某戊实施了《中华人民共和国刑法》第二百三十四条规定的行为，但犯罪情节轻微，根据《中华人民共和国刑法》第三十七条的规定，不需要判处刑罚。依据《中华人民共和国刑事诉讼法》第一百七十七条第二款的规定，决定对周某戊不起诉。
被不起诉人如果不服本决定，可以自收到本决定书后七日内向本院申诉。
虚构市虚构区人民检察院
2024年4月2日
"""

OPINION = """虚构市虚构区人民检察院
检察意见书
虚虚检意〔2024〕3号
虚构市公安局虚构分局：
周某戊涉嫌故意伤害罪一案，本院于2024年4月2日作出虚虚检刑不诉〔2024〕7号不起诉决定书。
根据《中华人民共和国刑事诉讼法》第一百七十七条第三款的规定，现提出如下检察意见：建议对周某戊给予行政处罚。
请在收到本意见书之日起二个月内将处理结果书面回复本院。
虚构市虚构区人民检察院
2024年4月15日
"""

ENFORCEMENT = """河南省虚构市虚构区人民法院
执 行 裁 定 书
（2025）豫9902执509号
申请执行人：虚构市市场监督管理局。
被执行人：虚构市乙食品有限公司，住所地虚构市虚构区乙路2号。
申请执行人虚构市市场监督管理局与被执行人虚构市乙食品有限公司非诉执行一案，本院依据（2025）豫9902行审15号行政裁定书，于2025年5月8日立案执行，案款12500元、执行费88元。
裁定如下：
冻结、划拨被执行人虚构市乙食品有限公司银行存款12588元。
本裁定立即执行。
执行员　吴某己
二〇二五年五月二十日
"""

OLD_RULING = """虚构县人民法院
行政裁定书
（2015）虚行非执字第00008号
申请执行人虚构县国土资源局。
法定代表人赵某，局长。
委托代理人钱某，该局干部。
被执行人张某甲，男，1970年3月5日出生，汉族，农民，住虚构县甲镇乙村。
申请执行人虚构县国土资源局于2015年1月20日向本院申请强制执行虚国土资罚字〔2012〕第30号行政处罚决定。本院依法进行了审查。
经审查查明，2012年12月10日，虚构县国土资源局作出虚国土资罚字〔2012〕第30号《土地行政处罚决定书》，并于当日送达被执行人。
本院认为，申请执行人的申请超过法律规定的申请期限。依照《最高人民法院关于执行〈中华人民共和国行政诉讼法〉若干问题的解释》第八十八条的规定，裁定如下：
对申请执行人虚构县国土资源局的强制执行申请，本院不予受理。
本裁定送达后即发生法律效力。
审判长 孙某
审判员 李某
人民陪审员 周某
二O一五年一月二十三日
书记员 吴某
"""

SPLIT_RULING = """虚构市虚构区人民法院
行政裁定书
（2024）豫9902行审20号
申请执行人：虚构市自然资源和规划局，住所地虚构市甲路9号。统一社会信用代码：11990000MA0000000A。
法定代表人：郑某，局长。
被执行人：王某乙，男，1975年8月9日生，汉族，公民身份号码：410000197508090015，住虚构市虚构区丁村。
申请执行人虚构市自然资源和规划局申请强制执行虚自然资罚决字（2023）56号行政处罚决定一案，本院于2024年5月6日立案后，依法组成合议庭进行了审查。现已审查终结。
申请执行人称，2023年9月4日，申请执行人作出虚自然资罚决字（2023）56号行政处罚决定：1.责令退还非法占用的土地；2.限期15日内自行拆除在非法占用的土地上新建的建筑物；3.并处罚款人民币壹万贰仟叁佰肆拾伍元陆角（￥12345.60）。该决定书于2023年9月6日邮寄送达被执行人，被执行人在法定期限内既未申请行政复议，亦未提起行政诉讼，也未履行。2024年4月1日，申请执行人向被执行人留置送达了虚自然资催字（2024）8号《履行行政处罚决定催告书》。
本院经审查认为，该行政处罚决定事实清楚，程序合法。依照《中华人民共和国行政强制法》第五十七条之规定，裁定如下：
一、准予强制执行虚自然资罚决字（2023）56号行政处罚决定第一、二项，由虚构市虚构区甲镇人民政府组织实施；
二、不准予强制执行第三项罚款12345.60元。
如不服本裁定第二项，可以自裁定送达之日起十五日内向虚构市中级人民法院申请复议。
审 判 长　　冯某
二〇二四年五月十一日
"""

POLICE_PENALTY = """虚构市公安局
行政处罚决定书
虚公（治）行罚决字〔2024〕123号
违法行为人张某丙，男，1990年1月1日出生，身份证号码41000019900101009X，现住虚构市丙路3号。
现查明2024年3月2日22时许，张某丙在丙路殴打他人。
以上事实有询问笔录等证据证实。
根据《中华人民共和国治安管理处罚法》第四十三条第一款之规定，现决定给予张某丙行政拘留五日并处罚款二百元的处罚。
如不服本决定，可以在收到本决定书之日起六十日内向虚构市人民政府申请行政复议或者在六个月内依法向虚构区人民法院提起行政诉讼。
虚构市公安局
二〇二四年三月五日
"""

TERMINATED = """虚构市虚构区人民法院
执行裁定书
（2024）豫9902执恢77号
申请执行人：虚构市市场监督管理局，住所地虚构市甲路。
被执行人：李某丁，男，1980年2月3日出生，汉族，住虚构市。
本院在执行虚构市市场监督管理局与李某丁行政处罚非诉执行一案中，申请执行人依据已经发生法律效力的（2023）豫9902行审99号行政裁定，向本院申请强制执行罚款50000元。本院于2024年1月8日立案恢复执行。执行中，已执行到位人民币2000元，尚有48000元未执行到位。2024年3月1日，本院对被执行人采取限制消费措施。经查询，未发现被执行人有其他可供执行的财产。
依照《最高人民法院关于适用〈中华人民共和国民事诉讼法〉的解释》第五百一十七条规定，裁定如下：
终结（2023）豫9902行审99号行政裁定的本次执行程序。
申请执行人发现被执行人有可供执行财产的，可以再次申请执行。
本裁定送达后立即生效。
审判长 陈某
二〇二四年六月七日
书记员 褚某
"""

UNIT_NONPROSECUTION = """虚构市虚构区人民检察院
不起诉决定书
（2023）虚检刑不诉第15号
被不起诉单位虚构市戊商贸有限公司，统一社会信用代码91990000MA00000008，住所地虚构市戊路8号，法定代表人卫某。
诉讼代表人蒋某，男，1970年1月1日出生。
本案由虚构市公安局侦查终结，以被不起诉单位虚构市戊商贸有限公司涉嫌虚开增值税专用发票罪，于2023年3月1日向本院移送起诉。因部分事实不清，本院于2023年4月1日退回补充侦查，同年5月1日重新移送审查起诉。
经审查查明：略。
本院认为，虚构市公安局认定的犯罪事实不清、证据不足，不符合起诉条件。依照《中华人民共和国刑事诉讼法》第一百七十五条第四款的规定，决定对虚构市戊商贸有限公司不起诉。
查封、扣押、冻结的账册三本依法处理。
虚构市虚构区人民检察院
二〇二三年七月三日
"""

CONDITIONAL = """虚构县人民检察院
附条件不起诉决定书
虚县检刑附不诉〔2022〕3号
被附条件不起诉人沈某，男，2005年6月1日出生，公民身份号码******20050601****，汉族，学生，户籍所在地虚构县。
本案由虚构县公安局侦查终结，以沈某涉嫌盗窃罪，于2022年8月1日移送审查起诉。
本院认为，沈某的行为触犯了《中华人民共和国刑法》第二百六十四条的规定，涉嫌盗窃罪。依照《中华人民共和国刑事诉讼法》第二百八十二条第一款的规定，决定对沈某附条件不起诉，考验期为六个月，从2022年9月1日至2023年2月28日。
虚构县人民检察院
2022年8月31日
"""


def read(text: str, name: str = "甲.txt") -> Record:
    """Return the record of an invented document."""
    lines = [(line, "body") for line in text.split("\n")]
    return extract.extract_document(Document(name, "0" * 64, "txt", numbered(lines, name)), KINDS)[0]


def taken(record: Record, *names: str) -> tuple[str, ...]:
    """Return the texts of some fields, "" where one was not taken."""
    return tuple(record.text(name) for name in names)


def docx(paragraphs: list[str], table: list[list[str]] | None = None, header: str = "") -> dict[str, str]:
    """Return the parts of a Word document."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = "".join(f"<w:p><w:r><w:t>{escape(p)}</w:t></w:r></w:p>" for p in paragraphs)
    rows = "".join("<w:tr>" + "".join(f"<w:tc><w:p><w:r><w:t>{escape(cell)}</w:t></w:r></w:p></w:tc>" for cell in row)
                   + "</w:tr>" for row in table or [])
    made = {"[Content_Types].xml": "<Types/>",
            "word/document.xml": f"<w:document {space}><w:body>{body}<w:tbl>{rows}</w:tbl></w:body></w:document>"}
    if header:
        made["word/header1.xml"] = f"<w:hdr {space}><w:p><w:r><w:t>{escape(header)}</w:t></w:r></w:p></w:hdr>"
    return made


def zipped(path: Path, parts: dict[str, str]) -> Path:
    """Write the parts as one zip file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def pdf(lines: list[str]) -> bytes:
    """Return a PDF of one page whose text layer holds the lines, with the character map Chinese text needs."""
    codes = {character: number for number, character in enumerate(sorted(set("".join(lines))), start=1)}
    shown = "".join(f"<{''.join(f'{codes[c]:04x}' for c in line)}> Tj 0 -16 Td\n" for line in lines)
    content = f"BT /F1 12 Tf 40 800 Td\n{shown}ET"
    chars = "".join(f"<{code:04x}> <{ord(c):04x}>\n" for c, code in codes.items())
    cmap = (f"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n1 begincodespacerange\n<0000> <ffff>\n"
            f"endcodespacerange\n{len(codes)} beginbfchar\n{chars}endbfchar\nendcmap end end")
    return _pdf_objects([
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H "
        "/DescendantFonts [6 0 R] /ToUnicode 7 0 R >>",
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /DW 1000 /CIDSystemInfo "
        "<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        f"<< /Length {len(cmap)} >>\nstream\n{cmap}\nendstream",
    ])


def _pdf_objects(objects: list[str]) -> bytes:
    made, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n{content}\nendobj\n".encode("ascii")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    start = len(made)
    return made + (f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
                   f"<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").encode("ascii")
