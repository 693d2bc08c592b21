"""The command that serves the workbench; its packages are an extra that other commands do without."""

import os
from pathlib import Path
from typing import Any

import click

from engine import run
from engine.cli import screen
from engine.cli.chinese import ChineseCommand
from engine.cli.options import planned
from engine.errors import EngineError
from engine.law.statutes import Statutes, read_statutes
from engine.run import Plan

_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("serve", cls=ChineseCommand)
@click.option("--host", default="127.0.0.1", show_default=True, metavar="地址", help="在哪个地址监听")
@click.option("--port", default=8443, show_default=True, type=click.IntRange(1, 65535), metavar="端口", help="端口")
@click.option("--certificate", type=_FILE, metavar="文件", help="TLS 证书（PEM）；对外监听必须有")
@click.option("--key", type=_FILE, metavar="文件", help="证书的私钥（PEM）")
@click.option("--behind-proxy", is_flag=True, help="由本机上带证书的反向代理转发")
@click.option("--statutes", type=_FOLDER, metavar="文件夹", help="放法律原文的文件夹，线索详情里显示条文")
@click.option("--identity-header", metavar="请求头", help="由统一认证的反向代理在这个请求头里告知登录名，不再用口令；"
              "共享密钥在环境变量 XIEZHI_PROXY_SECRET")
@click.option("--identity-proxy", default="127.0.0.1", show_default=True, metavar="地址", help="那个代理的地址")
@planned
def serve(plan: Plan, host: str, port: int, **rest: Any) -> int:
    """启动研判网页。"""
    certificate, key = rest["certificate"], rest["key"]
    try:
        # reason: the pages' packages are the extra [web]; without them every other command works
        from engine import web
    except ModuleNotFoundError as fault:
        fix = "请运行 pip install 'xiezhi[web]'"
        raise EngineError("xiezhi serve", f"没有安装网页所需的包（{fault.name}）", fix, "E-SERVE-EXTRA") from None
    if (certificate is None) != (key is None):
        raise EngineError("xiezhi serve", "证书和私钥要一起给", "请同时写 --certificate 和 --key", "E-SERVE-TLS")
    with run.opened_review(plan) as base:
        scheme = "https" if certificate else "http"
        screen.say(f"研判网页在 {scheme}://{host}:{port}/ ，按 Ctrl+C 停止")
        tls = (certificate, key) if certificate and key else None
        header = rest["identity_header"]
        secret = os.environ.get("XIEZHI_PROXY_SECRET", "")
        identity = web.Identity(header, rest["identity_proxy"], secret) if header else None
        app = web.make_app(base, plan, _read(rest["statutes"]), identity)
        web.serve(app, host, port, tls, behind_proxy=rest["behind_proxy"])
    return 0


def _read(folder: Path | None) -> Statutes | None:
    """Read the laws, and say what of the folder could not be."""
    if folder is None:
        return None
    found = read_statutes(folder)
    screen.say(f"法律原文 {len(found.laws)} 部")
    for problem in found.problems:
        screen.complain(f"没有读入：{problem}")
    return found
