"""The import rule of docs/architecture.md, read from the sources: who may know whom.

An import inside a function or under ``if TYPE_CHECKING:`` binds too.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "hqemu_core"
PLUGINS = sorted(path.parent for path in (ROOT / "plugins").glob("*/pyproject.toml"))

LEVELS = (
    ("errors", "version"),
    ("ir",),
    ("isa", "passes"),
    ("entry", "config"),
    ("frontend", "backend", "trace", "runtime"),
    ("sched", "linux", "observe", "system"),
    ("builtin", "hookspecs", "plugins"),
    ("identity",),
    ("machine", "target", "options"),
    ("commands", "demo", "cli"),
    ("__main__",),
)
"""A part imports parts of its own level and of lower ones."""

LEVEL = {part: level for level, parts in enumerate(LEVELS) for part in parts}
OUTSIDE = ("testing", "__init__")
"""testing may import everything and nobody imports it; __init__ only forwards."""

PLUGIN_MAY_IMPORT = ("hqemu_core", "hqemu_core.isa", "hqemu_core.ir", "hqemu_core.errors")
PLUGIN_FAMILY = {"hqemu_x86_64": ("hqemu_x86",), "hqemu_aarch64": ("hqemu_arm",)}

HEAVY = {
    "llvmlite": ("backend/llvm/", "backend/stencil/"),
    "elftools": ("testing/",),
    "keystone": ("testing/",),
    "unicorn": ("testing/",),
    "capstone": ("backend/", "observe/", "testing/"),
    "pluggy": ("hookspecs.py",),
}
"""Where in the core each may be imported, and never by what an ordinary run imports."""

RUN = ("cli", "machine", "sched.engine", "frontend.translator", "linux.process", "linux.loader")
"""Modules of an ordinary run; what must be imported only when needed is imported inside functions."""


def sources(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*.py") if not {"build", "__pycache__"} & set(path.parts))


def imports(path: Path, package: str) -> Iterator[tuple[str, bool]]:
    """(absolute dotted name, done when the module is imported) of every import of a file in ``package``."""
    tree = ast.parse(path.read_text())
    later = {
        id(node)
        for top in ast.walk(tree)
        if isinstance(top, ast.FunctionDef)
        or (isinstance(top, ast.If) and isinstance(top.test, ast.Name) and top.test.id == "TYPE_CHECKING")
        for node in ast.walk(top)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, id(node) not in later
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            name = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield f"{name}.{alias.name}", id(node) not in later


def package_of(path: Path, root: Path) -> str:
    """The package relative imports of ``path`` start from."""
    return ".".join(path.relative_to(root.parent).parent.parts)


def part_of(name: str) -> str:
    """The top-level part of the core that a dotted name belongs to."""
    words = name.split(".")
    if len(words) < 2 or not ((CORE / words[1]).is_dir() or (CORE / f"{words[1]}.py").exists()):
        return "__init__"
    return words[1]


def core_edges() -> list[tuple[str, str, str]]:
    """(importing part, imported part, file) inside the core."""
    edges = []
    for path in sources(CORE):
        part = path.relative_to(CORE).parts[0].removesuffix(".py")
        for name, _ in imports(path, package_of(path, CORE)):
            if name.split(".")[0] == "hqemu_core":
                edges.append((part, part_of(name), str(path.relative_to(ROOT))))
    return edges


def test_every_part_has_a_level() -> None:
    parts = {path.relative_to(CORE).parts[0].removesuffix(".py") for path in sources(CORE)}
    assert parts - set(LEVEL) - set(OUTSIDE) == set()


def test_core_imports_go_down() -> None:
    wrong = [
        f"{file}: {source} imports {target}"
        for source, target, file in core_edges()
        if source not in OUTSIDE
        and source != target
        and (target == "testing" or (target in LEVEL and LEVEL[target] > LEVEL[source]))
    ]
    assert wrong == []


def module_of(name: str) -> str:
    """The module of the core that holds the dotted name ``name``."""
    words = name.split(".")
    while words and not (ROOT.joinpath(*words).with_suffix(".py").exists() or ROOT.joinpath(*words).is_dir()):
        words.pop()
    return ".".join(words)


def module_graph() -> dict[str, set[str]]:
    """Core module: modules of the core, and heavy libraries, that importing it imports."""
    graph: dict[str, set[str]] = {}
    for path in sources(CORE):
        words = path.relative_to(ROOT).with_suffix("").parts
        edges = graph.setdefault(".".join(words[:-1] if words[-1] == "__init__" else words), set())
        for name, at_once in imports(path, package_of(path, CORE)):
            if at_once and name.split(".")[0] in ("hqemu_core", *HEAVY):
                edges.add(module_of(name) if name.startswith("hqemu_core") else name.split(".")[0])
    return graph


def test_modules_make_no_cycle() -> None:
    graph = module_graph()
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join((*trail, module))
        if module not in done:
            for target in sorted(graph.get(module, set()) - {module}):
                visit(target, (*trail, module))
            done.add(module)

    for module in sorted(graph):
        visit(module, ())


@pytest.mark.parametrize("library", HEAVY)
def test_heavy_libraries_stay_where_they_belong(library: str) -> None:
    wrong = []
    for path in sources(CORE):
        where = str(path.relative_to(CORE))
        if not where.startswith(HEAVY[library]):
            wrong += [where for name, _ in imports(path, package_of(path, CORE)) if name.split(".")[0] == library]
    assert wrong == []


@pytest.mark.parametrize("start", [f"hqemu_core.{name}" for name in RUN])
def test_a_run_imports_nothing_heavy(start: str) -> None:
    graph = module_graph()
    if start not in graph:
        pytest.skip("not in the tree")
    trails: dict[str, tuple[str, ...]] = {start: (start,)}
    todo = [start]
    while todo:
        module = todo.pop()
        for target in graph.get(module, ()):
            if target not in trails:
                trails[target] = (*trails[module], target)
                todo.append(target)
    assert [" -> ".join(trails[library]) for library in HEAVY if library in trails] == []


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_plugins_import_the_contract_only(plugin: Path) -> None:
    package = plugin / plugin.name
    family = PLUGIN_FAMILY.get(plugin.name, ())
    wrong = []
    for path in sources(package):
        for name, _ in imports(path, package_of(path, package)):
            top = name.split(".")[0]
            if top == "hqemu_core":
                part = part_of(name)
                allowed = part == "__init__" or f"hqemu_core.{part}" in PLUGIN_MAY_IMPORT
            else:
                allowed = not top.startswith("hqemu_") or top == plugin.name or top in family
            if not allowed or top in HEAVY:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


ISA_NAME = re.compile(r"(?<![a-z0-9])(aarch64|arm64|armv?\d*|i[3-6]86|x86(_64)?|amd64)(?![a-z0-9])", re.IGNORECASE)
HOST = re.compile(r"x86(_64)?|amd64", re.IGNORECASE)
MAY_NAME_THE_HOST = ("backend/", "runtime/", "observe/", "testing/")
STRUCT_FAMILIES = ("linux/", "isa/abi.py", "testing/")
"""Linux has one struct layout per ISA, and they are called by their ISA's name."""


def words(path: Path) -> Iterator[tuple[int, str]]:
    """Names and strings of a source file, but neither docstrings nor comments."""
    text = path.read_text()
    doc: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            doc.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.NAME, tokenize.STRING) and token.start[0] not in doc:
            yield token.start[0], token.string


def test_core_names_no_guest_isa() -> None:
    wrong = []
    for path in sources(CORE):
        where = str(path.relative_to(CORE))
        if where.startswith(STRUCT_FAMILIES):
            continue
        for line, word in words(path):
            for match in ISA_NAME.finditer(word):
                if not (where.startswith(MAY_NAME_THE_HOST) and HOST.fullmatch(match[0])):
                    wrong.append(f"{where}:{line}: {match[0]}")
    assert wrong == []
