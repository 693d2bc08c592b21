"""The server process: one, because SQLite has one writer and sessions are in the database anyway."""

from pathlib import Path

import uvicorn
from fastapi import FastAPI

from engine.errors import EngineError

OPEN = ("0.0.0.0", "::", "", "*")

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve(app: FastAPI, host: str, port: int, tls: tuple[Path, Path] | None, *, behind_proxy: bool = False) -> None:
    """Serve the workbench (see `make_app`) until interrupted.

    `tls` are certificate and key. Raises EngineError where passwords would cross the network in clear: without `tls`
    only this machine is served, or a proxy that speaks TLS and runs here (`behind_proxy`). An application that takes
    names from a proxy is never served to all addresses.
    """
    identity = app.state.identity
    if identity is not None and (host in OPEN or (host not in LOOPBACK and tls is None)):
        fix = "请只在本机（--host 127.0.0.1）监听，或写明一个内网地址并给出证书，防火墙只放行代理"
        raise EngineError(host, "由代理告知登录名时不能对所有地址监听", fix, "E-SERVE-IDENTITY")
    if host not in LOOPBACK and tls is None and not behind_proxy:
        fix = "请给出 --certificate 和 --key，或只在本机监听并由带证书的反向代理转发（--behind-proxy）"
        raise EngineError(host, "对外监听而没有证书，口令会明文传输", fix, "E-SERVE-TLS")
    uvicorn.run(
        app, host=host, port=port, log_level="warning", access_log=False, server_header=False,
        # reason: with an identity proxy the peer's own address is what is checked, so no header may change it
        proxy_headers=behind_proxy and identity is None, forwarded_allow_ips="127.0.0.1" if behind_proxy else "",
        ssl_certfile=tls[0] if tls else None, ssl_keyfile=tls[1] if tls else None,
        limit_concurrency=200, timeout_keep_alive=30)
