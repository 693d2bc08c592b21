"""What a cell parser answers, and what its fault codes mean in words."""

from typing import NamedTuple


class Parsed(NamedTuple):
    """One read cell: the value, the fault code (empty: none), and whether the text was not already in plain form.

    An empty cell is `Parsed(None, "", False)`: nothing there, nothing wrong.
    """

    value: object | None
    fault: str = ""
    changed: bool = False


FAULTS: dict[str, tuple[str, str]] = {
    "E-DATE": ("不是日期", "请改为年-月-日，例如2024-03-01"),
    "E-DATE-NONE": ("不存在的日期", "请核对年、月、日后重新导出"),
    "E-DATE-SHORT-YEAR": ("年份只有两位", "请补全四位年份"),
    "E-DATE-PART": ("只有年或年月，缺少日", "请补全年、月、日"),
    "E-DATE-SERIAL": ("像表格软件的日期序列号", "请按日期格式重新导出，或在映射里声明serial: true"),
    "E-DATE-RANGE": ("是占位日期，不是真实日期", "没有日期时请留空"),
    "E-DATE-ENDLESS": ("9999年只在有效期类的列里表示长期", "请填真实日期；没有日期时请留空"),
    "E-DATE-YEAR": ("年份不在1900年至2199年之间", "请核对年份"),
    "E-AMOUNT": ("不是金额", "请改为以元为单位的数字，例如5000.00"),
    "E-AMOUNT-NEGATIVE": ("金额为负", "请核对金额；退款、冲正请另列说明"),
    "E-AMOUNT-INFINITE": ("不是有限数", "请改为具体金额，没有金额时请留空"),
    "E-AMOUNT-DIGITS": ("金额超过18位", "请核对金额是否多写了位数"),
    "E-AMOUNT-FRACTION": ("小数超过2位，不做四舍五入", "请改为精确到分的金额"),
    "E-AMOUNT-SCIENTIFIC": ("被表格软件改成科学计数法，原数已不完整", "请把该列设为数值或文本格式后重新导出"),
    "E-INT": ("不是整数", "请改为整数"),
    "E-INT-DIGITS": ("整数超过18位", "请核对是否多写了位数"),
    "E-BOOL": ("不是“是”或“否”", "请改为是或否，没有记载时请留空"),
    "E-NUMBER-SCIENTIFIC": ("被表格软件改成科学计数法，原号已丢失", "请把该列设为文本格式后从原系统重新导出"),
    "E-ID-SHAPE": ("不是18位或15位居民身份证号码", "请核对位数；其他证件请填入相应列"),
    "E-ID-AREA": ("身份证号码前两位不是省级代码", "请核对号码"),
    "E-ID-BIRTH": ("身份证号码中的出生日期不存在或晚于当日", "请核对号码"),
    "E-ID-CHECK": ("身份证号码校验码不符", "请与原件核对；核对前不作强匹配"),
    "E-ID-MASKED": ("身份证号码已作掩码", "如有完整号码请重新导出；掩码号不作强匹配"),
    "E-USCC-SHAPE": ("不是18位统一社会信用代码", "请核对位数和字符（不含I、O、S、V、Z）"),
    "E-USCC-CHECK": ("统一社会信用代码校验码不符", "请与登记信息核对；核对前不作强匹配"),
    "E-ORG-SHAPE": ("不是9位组织机构代码", "请核对位数和字符"),
    "E-ORG-CHECK": ("组织机构代码校验码不符", "请与登记信息核对；核对前不作强匹配"),
}
"""Fault code → (reason, what to do next), in words for the load report."""
