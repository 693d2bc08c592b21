"""YAML as other programs see it: plain values by the core schema of YAML 1.2, where a date is text."""

import re
from typing import Any

from engine.strict_yaml import Items, Mapping, Node, Scalar


def plain(node: Node | None) -> Any:
    """Return the values below a node."""
    if isinstance(node, Mapping):
        return {key.text: plain(value) for key, value in node.entries}
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    assert isinstance(node, Scalar)
    if node.quoted:
        return node.text
    if node.text in ("", "~", "null", "Null", "NULL"):
        return None
    if node.text.lower() in ("true", "false"):
        return node.text.lower() == "true"
    if re.fullmatch(r"[-+]?[0-9]+", node.text):
        return int(node.text)
    return float(node.text) if re.fullmatch(r"[-+]?[0-9]+\.[0-9]+", node.text) else node.text
