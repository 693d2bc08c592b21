"""The review workbench: pages a prosecutor, a head or an administrator works on, without a line of script.

`make_app` gives the application over an open review database, `serve` runs it. Every action is a plain form; the policy
sent with every page forbids scripts, inline styles and requests to anywhere else, so a hostile name stays a name.
"""

from engine.web.app import make_app
from engine.web.identity import Identity
from engine.web.serving import serve

__all__ = ["Identity", "make_app", "serve"]
