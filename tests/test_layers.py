"""The house: who may import whom, and which package may be used where."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors", "clock", "text", "columns"),
    ("identifiers", "records", "law", "strict_yaml", "limited", "zips"),
    ("store",),
    ("sources", "extract", "parties", "links", "rules"),
    ("clues", "ranking", "review"),
    ("export", "documents", "evaluate", "learning", "sample", "catalogue", "schemas"),
    ("run", "rule_diff", "review_book"),
    ("bench", "web", "cli"),
)
"""Rooms of `engine` from the bottom to the top."""

NEIGHBOURS = {("law", "strict_yaml"), ("links", "parties"), ("cli", "bench"), ("cli", "web")}
"""Pairs on one layer of which the first may import the second, each with its reason in the first's docstring."""

FENCES = {
    "duckdb": {"store"},
    "rapidfuzz": {"parties", "links"},
    "yaml": {"strict_yaml"},
    "sqlglot": {"rules"},
    "xlsxwriter": {"export", "sample", "review_book"},
    "python_calamine": {"sources"},
    "opencc": {"text"},
    "prefect": set(),
    "fastapi": {"web"},
    "starlette": {"web"},
    "uvicorn": {"web"},
    "jinja2": {"web"},
    "sqlalchemy": {"review"},
    "alembic": {"review"},
    "argon2": {"review"},
    "pyotp": {"review"},
    "cryptography": {"review"},
    "psycopg": {"review"},
    "pypdf": {"extract"},
    "sklearn": {"learning"},
    "scipy": {"learning"},
    "numpy": {"learning"},
}

LEVEL = {room: height for height, rooms in enumerate(LAYERS) for room in rooms}


def _files() -> list[Path]:
    return sorted(p for p in (ROOT / "engine").rglob("*.py") if p != ROOT / "engine" / "__init__.py")


def _room(path: Path) -> str:
    return path.relative_to(ROOT / "engine").parts[0].removesuffix(".py")


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = node.module == "engine"
            found |= {f"engine.{alias.name}" for alias in node.names} if whole else {node.module}
    return found


def _public(tree: ast.Module) -> list[ast.FunctionDef]:
    """Return the functions of a module and of its classes whose name has no underscore in front."""
    owners = [tree, *(n for n in tree.body if isinstance(n, ast.ClassDef) and not n.name.startswith("_"))]
    return [n for o in owners for n in o.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", _files(), ids=_name)
def test_a_module_imports_only_from_lower_layers(path: Path) -> None:
    room = _room(path)
    used = {name.split(".")[1] for name in _imports(path) if name.startswith("engine.")} - {room, "__version__"}

    wrong = {u for u in used if LEVEL[u] >= LEVEL[room] and (room, u) not in NEIGHBOURS}

    assert wrong == set()


@pytest.mark.parametrize("path", _files(), ids=_name)
def test_a_fenced_package_is_used_only_in_its_room(path: Path) -> None:
    used = {name.split(".")[0] for name in _imports(path)}

    assert {p for p, rooms in FENCES.items() if p in used and _room(path) not in rooms} == set()


@pytest.mark.parametrize("path", _files(), ids=_name)
def test_a_file_stays_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", _files(), ids=_name)
def test_functions_stay_short_and_documented(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]

    long = [f.name for f in functions if (f.end_lineno or f.lineno) - f.lineno >= 50]
    mute = [f.name for f in _public(tree) if not ast.get_docstring(f)]

    assert (long, mute) == ([], [])


def test_every_module_is_named_in_a_layer() -> None:
    assert {_room(p) for p in _files()} - set(LEVEL) == set()
