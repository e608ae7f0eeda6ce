"""docs/architecture.md says what is true: its listing, its picture, its layers, and where changes go."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import cfai

ROOT = Path(__file__).parents[2]
HOUSE = Path(cfai.__file__).parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OUTSIDE = {"aiohttp"}
"""What of the picture is no module of cfai."""


def section(title: str) -> str:
    return PAGE.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def block(text: str) -> list[str]:
    [found] = re.findall(r"^```text\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return found.splitlines()


# -- what the page says


def listed() -> Iterator[tuple[str, str]]:
    """Give each module that the listing names, as `_wire.shapes`, with what stands behind it."""
    inside: list[str] = []
    for line in block(PAGE.split("\n## ", 1)[0])[1:]:
        found = re.fullmatch(r"((?:  )+)(\w+)(/?) {2,}(\S.*)", line)
        assert found, f"no line of a listing: {line!r}"
        indent, name, slash, words = found.groups()
        del inside[len(indent) // 2 - 1 :]
        yield ".".join([*inside, name]), words
        if slash:
            inside.append(name)


def arrows() -> Iterator[tuple[str, str]]:
    """Give each arrow of the picture, as the module that it starts at and the one that it points to."""
    callers: list[str] = []
    for line in block(section("One call, down and back"))[1:]:
        if not line.strip("│ "):
            continue
        found = re.match(r"((?:│   |    )*)(├─▶ |└─▶ |)([\w.]+) +\S", line)
        assert found, f"no line of the picture: {line!r}"
        indent, arrow, name = found.groups()
        depth = len(indent) // 4 + bool(arrow)
        del callers[depth:]
        assert depth == len(callers), f"an arrow that starts nowhere: {line!r}"
        if callers:
            yield callers[-1], name
        callers.append(name)


def answers() -> list[tuple[str, str]]:
    """Give the rows of the table that says where a change goes."""
    rows = [line.strip("| ").split(" | ") for line in section("Where a change goes").splitlines() if line[:1] == "|"]
    return [(change, answer) for change, answer in rows[2:]]


LISTED = dict(listed())
ARROWS = list(arrows())
ANSWERS = answers()


# -- what is true


def file_of(name: str) -> Path:
    place = HOUSE.joinpath(*name.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def modules() -> Iterator[str]:
    """Give every module and package below cfai; a package goes by its own name, and not as its `__init__`."""
    for path in HOUSE.rglob("*.py"):
        parts = path.relative_to(HOUSE).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


@cache
def imported_by(name: str) -> set[str]:
    """Give what a module imports, in functions too; of cfai as `_wire.shapes`, else by the first name."""
    path = file_of(name)
    package = path.relative_to(HOUSE).parent.parts
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.removeprefix("cfai.").split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            base += node.module.removeprefix("cfai.").split(".") if node.module else []
            found.add(".".join(base))
            found |= {".".join([*base, alias.name]) for alias in node.names}
    return found


def layers() -> list[str]:
    contracts = PYPROJECT["tool"]["importlinter"]["contracts"]
    [contract] = [each for each in contracts if each.get("containers") == ["cfai"]]
    return [str(layer) for layer in contract["layers"]]


def top(name: str) -> str:
    return name.partition(".")[0]


def height(name: str) -> int:
    """Say how high a module stands: 0 is what is no module of cfai."""
    if name in OUTSIDE:
        return 0
    first = top(name)
    [place] = [index for index, layer in enumerate(layers()) if first in re.findall(r"\w+", layer)]
    return len(layers()) - place


def names_in(path: Path) -> set[str]:
    """Give the names that a file defines at its top."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def place_of(path: str) -> Path:
    """Find a file: of cfai where it is installed, others in the checkout."""
    return HOUSE.parent / path if path.startswith("cfai/") else ROOT / path


# -- the listing


@pytest.mark.parametrize("name", sorted(LISTED))
def test_what_is_listed_is_there(name: str) -> None:
    assert file_of(name).is_file()


@pytest.mark.parametrize("name", sorted(modules()))
def test_every_module_is_listed_or_one_of_a_family(name: str) -> None:
    package = name.rpartition(".")[0]

    assert name in LISTED or "a file a " in LISTED[package], f"name {name} in docs/architecture.md"


# -- the picture


def test_the_picture_goes_from_the_outermost_client_to_the_line_and_to_the_answer() -> None:
    assert {("_sync.client", "_core.client"), ("_core.client", "_core.calls")} <= set(ARROWS)
    path = [target for source, target in ARROWS if source == "_core.calls"]

    assert ["_wire.request.encode", "_http.transport", "_wire.answer.decode", "_core.call"] == path[-4:]
    assert ("_http.transport", "aiohttp") in ARROWS


@pytest.mark.parametrize(("source", "target"), ARROWS)
def test_an_arrow_is_an_import(source: str, target: str) -> None:
    assert target in OUTSIDE or file_of(target).is_file()
    assert any(name == target or name.startswith(f"{target}.") for name in imported_by(source))


@pytest.mark.parametrize(("source", "target"), ARROWS)
def test_an_arrow_points_down(source: str, target: str) -> None:
    if top(source) == top(target):
        assert not imported_by(target) & {source}, "inside of a layer, nobody calls back"
    else:
        assert height(source) > height(target)


# -- who may import whom


def test_the_layers_of_the_page_are_those_of_the_contract() -> None:
    assert layers() == block(section("Who may import whom"))


def test_the_layers_hold_every_module_and_none_that_is_not_there() -> None:
    there = set(map(top, modules())) - {"__init__", "__main__"}
    named = {name for layer in layers() for name in re.findall(r"\w+", layer)}
    optional = {name for layer in layers() for name in re.findall(r"\((\w+)\)", layer)}

    assert there <= named
    assert named - optional <= there


# -- where a change goes


def test_there_are_ten_changes_and_more() -> None:
    assert len(ANSWERS) >= 10
    assert len({change for change, _ in ANSWERS}) == len(ANSWERS)


@pytest.mark.parametrize(("change", "answer"), ANSWERS)
def test_an_answer_names_files_that_are_there(change: str, answer: str) -> None:
    files = re.findall(r"`((?:cfai|docs|tests)/[^` ]*)`", answer)

    assert files, change
    for file in files:
        assert place_of(file).exists(), file


@pytest.mark.parametrize(("change", "answer"), ANSWERS)
def test_what_an_answer_finds_in_a_file_is_there(change: str, answer: str) -> None:
    for name, file in re.findall(r"`(\w+)` in `(cfai/[^` ]*\.py)`", answer):
        assert name in names_in(place_of(file)), f"{name} in {file}"
