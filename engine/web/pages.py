"""Templates and the words they share; everything a template prints is escaped."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from engine.review import ANSWERS, DECISIONS, FOUND, PRESENCE, REASONS, REPLIES, ROLES, STATES, STEPS
from engine.text import first_title, visible
from engine.web.access import Visitor

FOLDER = Path(__file__).parent


def day(value: date | str | None) -> str:
    """Return a date in Chinese; none at all is empty.

    >>> day(date(2026, 3, 1)), day("2026-03-01"), day(None)
    ('2026年3月1日', '2026年3月1日', '')
    """
    if isinstance(value, str):
        value = date.fromisoformat(value[:10])
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def weekday(value: date | None) -> str:
    """Return a date with its day of the week.

    >>> weekday(date(2026, 3, 1))
    '2026年3月1日（星期日）'
    """
    return f"{day(value)}（星期{'一二三四五六日'[value.weekday()]}）" if value else ""


def moment(value: datetime | None) -> str:
    """Return a time to the minute; none at all is empty."""
    return f"{value:%Y-%m-%d %H:%M}" if value else ""


def yuan(cents: int | None) -> str:
    """Return whole cents as yuan; none at all is empty.

    >>> yuan(1234567), yuan(100000), yuan(None)
    ('12,345.67', '1,000', '')
    """
    if cents is None:
        return ""
    return f"{cents // 100:,}" if cents % 100 == 0 else f"{cents / 100:,.2f}"


_JINJA = Environment(
    loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True, finalize=lambda value: visible(value) if type(value) is str else value)
ACTIONS = {
    "read": "查看线索", "login": "登录", "logout": "退出", "login:refused": "登录未成功", "publish": "发布",
    "confirm": "确认", "dismiss": "排除", "need_material": "需补材料", "transfer": "移送", "undo": "撤销结论",
    "assign": "分派", "comment": "备注", "handover": "制作移送包",
    "export": "导出待研判表", "import": "导入待研判表", "release:ask": "申请导出", "release:approve": "同意导出",
    "release:refuse": "不同意导出",
    "pass_on": "转部门", "urge": "督办", "urge:answer": "答复督办", "inventory": "下载任务清单",
    "view:keep": "保存视图", "view:rename": "视图改名", "view:drop": "删除视图", "view:first": "设进入时的视图",
    "pair:same": "答：同一件事", "pair:different": "答：不是同一件事",
    "pair:withdrawn": "撤回回答", "account:add": "新建账号", "account:grant": "变更授权", "account:lock": "锁定账号",
    "account:unlock": "解除锁定", "account:password": "改口令", "account:second": "绑定动态码",
    "account:rehash": "更新口令算法", "model": "换用模型", "account:sealed": "加密动态码",
    "account:second-lost": "取消解不开的动态码", "session:end": "结束登录", "audit:download": "下载审计",
    "refused:identity": "统一认证被拒绝", "why": "查各规则的判断", "unmask": "查看全号",
    "check:absent": "核实无此情形", "check:present": "核实有此情形", "check:unchecked": "改为未核实",
} | {step: f"跟进：{label}" for step, label in STEPS.items()}
"""What the audit's actions are called."""


def action(code: str) -> str:
    """Return what an action of the audit is called; of a refused one, that it was.

    >>> action("confirm"), action("refused:judge")
    ('确认', '被拒绝：judge')
    """
    if code.startswith("refused:") and code not in ACTIONS:
        return f"被拒绝：{code.removeprefix('refused:')}"
    return ACTIONS.get(code, code)


_FILTERS: Mapping[str, Callable[..., str]] = {
    "day": day, "weekday": weekday, "moment": moment, "yuan": yuan, "first_title": first_title, "action": action}
_JINJA.filters.update(_FILTERS)
_JINJA.globals.update(ANSWERS=ANSWERS, DECISIONS=DECISIONS, FOUND=FOUND, REPLIES=REPLIES, PRESENCE=PRESENCE,
                      REASONS=REASONS, ROLES=ROLES, STATES=STATES, STEPS=STEPS, visitor=None)


def page(template: str, status: int = 200, visitor: Visitor | None = None, **values: Any) -> HTMLResponse:
    """Return a page; `visitor` fills the navigation and the forms' tokens."""
    return HTMLResponse(_JINJA.get_template(template).render(visitor=visitor, **values), status)
