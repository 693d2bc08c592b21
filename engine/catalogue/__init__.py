"""Reference pages written from the declarations and the rule files, so that words and code cannot disagree.

`python -m engine.catalogue` (or `make docs`) rewrites them; tests demand that they are up to date.
"""

from pathlib import Path

from engine.catalogue.dictionary import data_dictionary
from engine.catalogue.rule_index import rule_pages
from engine.catalogue.rule_texts import rule_texts
from engine.law import read_law
from engine.rules import read_rules

__all__ = ["data_dictionary", "rule_pages", "rule_texts", "write"]


def write(root: Path) -> list[Path]:
    """Write every generated page below `root`/docs, remove those of rules that are gone, and return the files."""
    rules = read_rules(root / "rules", read_law(root / "rules" / "law"), locked=False)
    folder = root / "docs" / "rules"
    folder.mkdir(parents=True, exist_ok=True)
    pages = {root / "docs" / "data-dictionary.md": data_dictionary()}
    pages |= {folder / name: text for name, text in rule_pages(rules).items()}
    for path in set(folder.glob("*.md")) - set(pages):
        path.unlink()
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
    return sorted(pages)
