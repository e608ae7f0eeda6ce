"""The public surface stands written in public.txt: a change of it has to touch that file, where a reviewer sees it."""

import difflib
import importlib.util
import sys
from pathlib import Path

import pytest
from kit import script

import cfai

HERE = Path(__file__).parent


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="other Pythons write some types otherwise")
def test_the_public_surface_is_the_one_that_is_written_down() -> None:
    spec = importlib.util.spec_from_file_location("describe_public_surface", HERE / "describe.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    written = (HERE / "public.txt").read_text(encoding="utf-8").splitlines()
    found = list(module.describe())

    assert written == found, "\n" + "\n".join(difflib.unified_diff(written, found, "public.txt", "now", lineterm=""))


def test_what_is_not_public_is_not_there() -> None:
    with pytest.raises(AttributeError, match="module 'cfai' has no attribute 'stream'"):
        _ = cfai.stream  # type: ignore[attr-defined]


def test_the_emulator_is_there_without_an_import_of_its_own() -> None:
    ended = script.run("import cfai; print(cfai.emulator.Emulator.__name__)")

    ended.assert_quiet()
    assert "Emulator\n" == ended.out
