"""A browser for tests of the workbench: asks the application itself, keeps cookies, follows nothing by itself."""

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Any

import anyio
import httpx
import uvicorn
from fastapi import FastAPI

from engine.review import Actor, Review, sessions
from engine.web import Identity, make_app
from engine.web.access import COOKIE


class Browser:
    """A client of one workbench, perhaps logged in."""

    def __init__(
        self, base: Review, actor: Actor | None = None, stage: str = "full", identity: Identity | None = None
    ) -> None:
        self.base = base
        self.app = make_app(base, identity=identity)
        self.cookies = httpx.Cookies()
        if actor is not None:
            self.be(sessions.begin(base, actor.account_id, stage))

    def be(self, token: str) -> None:
        """Take over a session's token."""
        self.cookies.set(COOKIE, token, domain="testserver.local")

    @property
    def token(self) -> str:
        """The session's token."""
        return self.cookies.get(COOKIE) or ""

    def form(self, **values: object) -> dict[str, Any]:
        """Return a form's values with the token against forgery."""
        found = sessions.find(self.base, self.token)
        return {"csrf": found.csrf if found else ""} | values

    def get(self, path: str, **rest: Any) -> httpx.Response:
        """Ask for a page."""
        return self.ask("GET", path, **rest)

    def post(self, path: str, **rest: Any) -> httpx.Response:
        """Send a form."""
        return self.ask("POST", path, **rest)

    def ask(self, method: str, path: str, **rest: Any) -> httpx.Response:
        """Send one request and return its answer."""
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="https://testserver.local",
                                         cookies=self.cookies) as client:
                answer = await client.request(method, path, **rest)
                self.cookies = client.cookies
                return answer

        return anyio.run(once)


@contextlib.contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Yield the address of a workbench served for real on this machine."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=20)
