"""JSON Schemas of the four kinds of rule files, for editors: completion, hover text, red underlines while typing.

Generated from the keys and words the strict reader uses, so that the two cannot disagree: a key without a schema part
is an error here, and a test compares `rules/schema` with what is generated. `python -m engine.schemas` (or `make docs`)
rewrites the folder. An editor's check is only the first: names inside expressions, dates and links between rows are
checked by `xiezhi check`.
"""

import json
from pathlib import Path
from typing import Any

from engine.schemas.files import link_schema, parameter_schema
from engine.schemas.parts import Known
from engine.schemas.rule import facts_schema, rule_schema
from engine.schemas.words import read_words

FOLDERS = {"rule": "", "facts": "facts", "law": "law", "link": "links"}
"""The kinds of files with the folder of `rules` each lives in; rules live in all other folders."""


def schemas(rules: Path, docs: Path) -> dict[str, dict[str, Any]]:
    """Return the schemas by kind for one rules folder: its links and parameters become the known ones."""
    known = Known(_stems(rules / "links"), _stems(rules / "law"), read_words(docs))
    return {
        "rule": rule_schema(known), "facts": facts_schema(known), "law": parameter_schema(known),
        "link": link_schema(known),
    }


def write(rules: Path, docs: Path) -> None:
    """Write the schemas into `rules/schema`."""
    folder = rules / "schema"
    folder.mkdir(exist_ok=True)
    for kind, schema in schemas(rules, docs).items():
        (folder / f"{kind}.json").write_text(as_text(schema), encoding="utf-8")


def as_text(schema: dict[str, Any]) -> str:
    """Return a schema as it stands in its file."""
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def _stems(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.yaml"))
