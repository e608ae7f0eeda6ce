"""Names that PyInstaller and the like have to find: they look for import statements, and run nothing."""

import ast
import dis
import types
from pathlib import Path

import cfai

FUNCTION = "_name_modules_for_freezers"
BY_NAME = {"concurrent.futures.thread", "encodings.idna"}


def imported(code: types.CodeType) -> set[str]:
    """List the modules that the bytecode names, as PyInstaller reads it."""
    found: set[str] = set()
    module = ""
    for instruction in dis.get_instructions(code):
        if instruction.opname == "IMPORT_NAME":
            module = str(instruction.argval)
            found.add(module)
        elif instruction.opname == "IMPORT_FROM":
            found.add(f"{module}.{instruction.argval}".removeprefix("."))
    return found


def test_what_is_imported_by_name_is_named_by_statements_too():
    found = imported(getattr(cfai, FUNCTION).__code__)

    assert {*cfai._HOMES, *cfai._PACKAGES, *BY_NAME} <= found


def test_anyios_backend_is_named_where_the_clients_import_it():
    path = Path(cfai.__file__).parent / "_sync" / "anyio_internals.py"

    assert "anyio._backends._asyncio" in imported(compile(path.read_text(encoding="utf-8"), str(path), "exec"))


def test_no_module_is_imported_by_another_name():
    names = set()
    for path in Path(cfai.__file__).parent.rglob("*.py"):
        calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
        names |= {
            call.args[0].value
            for call in calls
            if ast.unparse(call.func) in {"import_module", "importlib.import_module", "__import__"}
            and isinstance(call.args[0], ast.Constant)
        }

    assert names - {"cfai", "readline"} <= BY_NAME  # readline is in Python, and missed where it is not
