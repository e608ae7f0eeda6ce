"""The pages leave out no public name, no parameter and no option, and every page can be reached."""

import ast
import inspect
import os
import re
import subprocess
import sys
import typing
from pathlib import Path
from typing import Any

import attrs
import pytest

import cfai
from cfai import emulator

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = {
    path.relative_to(DOCS).with_suffix("").as_posix(): path.read_text(encoding="utf-8")
    for path in (*DOCS.glob("*.md"), *DOCS.glob("tasks/*.md"))
}
"""Every page, by its name in the index."""
DIRECTIVES = re.findall(r"^\.\. auto(\w+):: (\S+)$", PAGES["api"], re.MULTILINE)
PUBLIC = {f"cfai.{name}" for name in cfai.__all__} | {f"cfai.emulator.{name}" for name in emulator.__all__}
LATER = re.compile(r"\b(?:ai|client|cfai)\.(?:stream|map|embed|submit|poll|wait|run_tools|Retry|Tool|Budget|track)\b")
"""What a later release may have. A page that shows it shows what is not there."""


def first_cells(page: str, heading: str) -> set[str]:
    """Give what stands in backticks in the first column of the table below a heading."""
    below = PAGES[page].split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = [line.split(" | ")[0] for line in below.splitlines() if line.startswith("| ")]
    return {name for cell in cells for name in re.findall(r"`(\w+)", cell)}


def names_of(union: Any) -> set[str]:
    return {kind.__name__ for kind in typing.get_args(union)}


# -- the reference


def test_the_reference_has_every_public_name_and_no_other() -> None:
    assert PUBLIC == {name for _, name in DIRECTIVES}


def test_the_reference_has_each_name_once() -> None:
    assert len(PUBLIC) == len(DIRECTIVES)


@pytest.mark.parametrize(("kind", "name"), DIRECTIVES)
def test_the_reference_says_what_a_name_is(kind: str, name: str) -> None:
    module, _, last = name.rpartition(".")
    thing = getattr(emulator if module == "cfai.emulator" else cfai, last)
    if inspect.isclass(thing):
        expected = "exception" if issubclass(thing, BaseException) else "class"
    else:
        expected = "function" if inspect.isfunction(thing) else "data"

    assert expected == kind


# -- the index


def test_every_page_is_in_the_index_and_every_entry_is_a_page() -> None:
    trees = re.findall(r"^```\{toctree\}\n(.*?)^```$", PAGES["index"], re.MULTILINE | re.DOTALL)
    entries = [line for tree in trees for line in tree.splitlines() if line and not line.startswith(":")]

    assert sorted({*PAGES} - {"index"}) == sorted(entries)


@pytest.mark.parametrize("page", [*PAGES, "README"])
def test_a_link_leads_to_a_file_that_is_there(page: str) -> None:
    path = DOCS / f"{page}.md" if page in PAGES else ROOT / f"{page}.md"
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)[^)]*\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("page", sorted(PAGES.keys() - {"wire", "changelog"}))
def test_a_page_shows_nothing_that_is_not_there_yet(page: str) -> None:
    promised = {found for found in LATER.findall(PAGES[page]) if not is_there(found)}

    assert set() == promised


def is_there(name: str) -> bool:
    first, _, last = name.partition(".")
    return hasattr(cfai if first == "cfai" else cfai.AsyncClient, last)


# -- tables that have to be whole


def test_the_table_of_methods_is_whole() -> None:
    methods = {name for name, member in vars(cfai.AsyncClient).items() if inspect.isfunction(member)}

    assert {name for name in methods if name[0] != "_"} == first_cells("clients", "Methods") - {"close"}


def test_the_table_of_what_streams_is_whole() -> None:
    kinds = typing.get_args(cfai.RunParams)
    streaming = {kind.__name__ for kind in kinds if issubclass(kind, (cfai.StreamsText, cfai.StreamsMedia))}

    assert streaming == first_cells("streams", "What streams")


def test_the_table_of_events_is_whole() -> None:
    assert names_of(cfai.StreamEvent) == first_cells("streams", "Events")


@pytest.mark.parametrize(
    "kinds", [(cfai.AsyncTextStream, cfai.AsyncMediaStream), (cfai.TextStream, cfai.MediaStream)], ids=["async", "sync"]
)
def test_the_table_of_what_a_stream_has_is_whole(kinds: tuple[type, type]) -> None:
    has = {name for kind in kinds for name in dir(kind) if name[0] != "_"}

    assert has == first_cells("streams", "What it has") - ({"aclose", "close"} - has)


def test_the_table_of_settings_is_whole() -> None:
    assert set(inspect.signature(cfai.Client).parameters) == first_cells("clients", "Making one")


def test_the_table_of_options_is_whole() -> None:
    assert {field.name for field in attrs.fields(cfai.RequestOptions)} == first_cells("clients", "Options")


def test_the_table_of_the_gateways_options_is_whole() -> None:
    assert {field.name for field in attrs.fields(cfai.Gateway)} == first_cells("clients", "An AI Gateway")


def test_the_table_of_the_emulators_parameters_is_whole() -> None:
    assert set(inspect.signature(emulator.Emulator).parameters) == first_cells("emulator", "Parameters")


def test_the_table_of_params_is_whole() -> None:
    in_table = set(re.findall(r"^\| (`\w+\(.*?)\|", PAGES["params-and-answers"], re.MULTILINE))
    named = {name for cell in in_table for name in re.findall(r"`(\w+)\(", cell)}

    assert names_of(cfai.RunParams) | {"Input"} == named


def test_the_table_of_shapes_has_every_answer() -> None:
    below = PAGES["params-and-answers"].split("## The answer to a mapping\n", 1)[1].split("\n## ", 1)[0]
    named = set(re.findall(r"`(?:list\[)?([A-Z]\w+)\]?`", below))
    lists = {typing.get_args(kind)[0].__name__ for kind in typing.get_args(cfai.RunResponse) if typing.get_args(kind)}

    assert (names_of(cfai.RunResponse) - {"list"}) | lists == named - {"RunResponse"}


# -- examples


def test_the_tests_of_the_tutorial_pass(tmp_path: Path) -> None:
    [example] = re.findall(
        r"^<!-- not run: the tests run it.*?-->\n```python\n(.*?)^```$", PAGES["tutorial"], re.MULTILINE | re.DOTALL
    )
    place = tmp_path / "test_example.py"
    place.write_text(example, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(place)]
    environment = {**os.environ, "PYTHONPATH": str(Path(cfai.__file__).parents[1])}

    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)

    assert "1 passed" in ended.stdout, ended.stdout + ended.stderr


# -- contributing


def sessions() -> dict[str, str]:
    """Give the sessions of noxfile.py, with the first line of what each says."""
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {
        each.name: ast.get_docstring(each) or ""
        for each in functions
        if any("nox.session" in ast.unparse(decorator) for decorator in each.decorator_list)
    }


def test_contributing_tells_of_every_session() -> None:
    assert sessions().keys() == first_cells("contributing", "What to run")


CAPTIONED = re.findall(
    r"^```\{code-block\} \w+\n:caption: (\S+)\n\n(.*?)^```$", PAGES["contributing"], re.MULTILINE | re.DOTALL
)


@pytest.mark.parametrize(("file", "shown"), CAPTIONED)
def test_contributing_shows_lines_that_stand_in_the_file(file: str, shown: str) -> None:
    path = Path(cfai.__file__).parents[1] / file if file.startswith("cfai/") else ROOT / file
    text = path.read_text(encoding="utf-8")

    for piece in shown.split("...\n"):
        assert piece.strip("\n") in text, f"{file} has no:\n{piece}"


def test_contributing_shows_every_place_of_its_three_walks() -> None:
    assert len(CAPTIONED) > 10
