"""Names from an identity provider: a reverse proxy in front says who somebody is; what they may stays here.

The name is believed only from the proxy's own address and with the secret only it and we know; anything else that
carries the header is refused. The account must be here already, with its roles and scopes; the second factor is the
provider's matter.
"""

import secrets
from dataclasses import dataclass, field

from fastapi import Request

from engine.errors import EngineError

SECRET_HEADER = "X-Xiezhi-Proxy-Secret"

LEAST = 32
"""Characters of the secret."""


@dataclass(frozen=True)
class Identity:
    """Which header holds the login name, the address of the proxy that may send it, and the secret it sends along."""

    header: str
    proxy: str
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < LEAST:
            fix = f"请把 XIEZHI_PROXY_SECRET 设为至少 {LEAST} 个字符的随机文字，代理里写同一个"
            raise EngineError("代理密钥", "没有设置或太短", fix, "E-SERVE-IDENTITY")
        if not self.header.replace("-", "").isalnum() or self.header.lower() == SECRET_HEADER.lower():
            raise EngineError(self.header, "不是可用的请求头名称", "例如 X-Forwarded-User", "E-SERVE-IDENTITY")

    def login(self, request: Request) -> str | None:
        """Return the login name the proxy vouches for, None where the request is not the proxy's or has no one name."""
        names, given = request.headers.getlist(self.header), request.headers.getlist(SECRET_HEADER)
        known = request.client is not None and request.client.host == self.proxy
        if not known or len(names) != 1 or len(given) != 1:
            return None
        if not secrets.compare_digest(given[0].encode(), self.secret.encode()):
            return None
        return names[0].strip().lower()[:200] or None
