"""The house rules, read from the source: imports point down, files stay small, names say something."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "waqai"

LAYERS = (
    {"errors"},
    {"schema"},
    {"text", "evaluation"},
    {"formats", "encoding", "events", "storage", "inspection"},
    {"decoding", "models", "bundle"},
    {"training", "inference", "pretraining"},
    {"commands", "console", "cli", "__init__"},
)
"""From the ground up; a part imports from its own layer or from those before it."""

STRANGERS = ({"training", "inference", "pretraining"},)
"""Parts of one layer that never import each other."""

WITHOUT_TORCH = ("schema", "text", "evaluation", "formats", "encoding", "events", "decoding", "storage", "inspection")
TORCH = {"torch", "transformers", "accelerate", "datasets", "safetensors"}
MAX_LINES = 300
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "shared", "base", "core"}

FILES = sorted(PACKAGE.rglob("*.py"))


def _module(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_module(path): path for path in FILES}


@cache
def _imports(path: Path, *, lazy: bool = True) -> tuple[str, ...]:
    return tuple(_read_imports(path, lazy=lazy))


def _read_imports(path: Path, *, lazy: bool) -> Iterator[str]:
    """The modules a file imports; lazily, inside functions, too, but never for type checking only."""
    pending: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            module = node.module or ""
            for alias in node.names:
                inner = f"{module}.{alias.name}"
                yield inner if inner in MODULES else module
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            pending += node.orelse
        elif lazy or not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            pending += ast.iter_child_nodes(node)


def _part(module: str) -> str:
    """``training`` of ``waqai.training.run``; ``__init__`` of the package itself."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


PARTS = {
    part: {
        _part(name)
        for path in FILES
        if _part(_module(path)) == part
        for name in _imports(path)
        if name.split(".")[0] == "waqai" and _part(name) != part
    }
    for part in sorted({_part(module) for module in MODULES})
}


def test_every_part_of_the_package_has_a_layer():
    assert set(PARTS) <= set().union(*LAYERS), "give a new package its place in LAYERS"


@pytest.mark.parametrize("part", PARTS)
def test_imports_point_downwards(part):
    height = {name: number for number, layer in enumerate(LAYERS) for name in layer}
    # The package's own name and version may be read from anywhere.
    upwards = {other for other in PARTS[part] - {"__init__"} if height[other] > height[part]}
    assert not upwards, f"{part} imports {upwards}, which stand above it"


@pytest.mark.parametrize("part", sorted(set().union(*STRANGERS)))
def test_siblings_do_not_know_each_other(part):
    for siblings in STRANGERS:
        if part in siblings:
            assert not PARTS.get(part, set()) & siblings


def test_no_two_parts_import_each_other():
    graph = {part: others - {"__init__"} for part, others in PARTS.items() if part != "__init__"}
    TopologicalSorter(graph).prepare()  # raises CycleError


def _reachable(roots: list[str], *, lazy: bool) -> dict[str, str]:
    """Every module that importing the roots brings in, with the one that imports it."""
    found: dict[str, str] = {}
    pending = [(root, "") for root in roots]
    while pending:
        module, importer = pending.pop()
        if module in found:
            continue
        found[module] = importer
        if module in MODULES:
            pending += [(name, module) for name in _imports(MODULES[module], lazy=lazy)]
            parents = [module.rsplit(".", depth)[0] for depth in range(1, module.count(".") + 1)]
            pending += [(parent, module) for parent in parents if parent != "waqai"]
    return found


@pytest.mark.parametrize("part", WITHOUT_TORCH)
def test_no_torch_is_reachable_from(part):
    found = _reachable([module for module in MODULES if _part(module) == part], lazy=True)
    heavy = {module: importer for module, importer in found.items() if module.split(".")[0] in TORCH}
    assert not heavy, f"reached through {heavy}"


def test_no_torch_is_reachable_from_the_onnx_engine():
    found = _reachable(["waqai.inference.onnx_engine"], lazy=True)
    assert not {module for module in found if module.split(".")[0] in TORCH}


@pytest.mark.parametrize("module", [m for m in MODULES if _part(m) in ("inference", "commands", "cli", "__init__")])
def test_using_a_model_loads_torch_only_when_asked_for(module):
    found = _reachable([module], lazy=False)
    assert not {name for name in found if name.split(".")[0] in TORCH}


def test_the_way_from_text_to_records_starts_without_torch():
    code = (
        "import sys, waqai.cli, waqai.inference.extractor, waqai.inference.onnx_engine, waqai.events, waqai.evaluation\n"
        "assert not {'torch', 'transformers', 'datasets'} & set(sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_is_a_room_not_a_hall(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_LINES


def test_names_say_what_is_inside():
    named = {path: path.stem for path in FILES} | {path.parent: path.parent.name for path in FILES}
    assert not {str(path) for path, name in named.items() if name in EMPTY_NAMES}


HYDRA = [path for path in sorted((ROOT / "scripts").glob("*.py")) if "hydra" in set(_imports(path))]


@pytest.mark.parametrize("script", HYDRA, ids=lambda path: path.name)
def test_entry_points_hold_no_logic_of_their_own(script):
    lines = len(script.read_text(encoding="utf-8").splitlines())
    assert lines <= 60
