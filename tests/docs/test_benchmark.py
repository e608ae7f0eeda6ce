"""README's figures are those of the benchmark's page, and a client that hangs does not hold the benchmark up."""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
BENCH = ROOT / "tests" / "bench"


def _loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"bench_{name}", BENCH / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _measured(path: str) -> list[str]:
    written = (ROOT / path).read_text(encoding="utf-8")
    part = written.partition("<!-- measured: peers -->")[2].partition("<!-- end of peers -->")[0]
    return [line for line in part.splitlines() if line.startswith("|")]


def test_the_table_of_the_readme_is_part_of_the_table_of_the_page():
    head, rule, *rows = _measured("README.md")
    page = _measured("docs/benchmark.md")
    assert page[:2] == [head, rule]
    assert len(rows) == 3
    assert set(rows) <= set(page[2:])


def test_a_client_that_hangs_is_ended(tmp_path: Path):
    workers = _loaded("workers")
    script = tmp_path / "hangs.py"
    script.write_text('import time; print(\'{"works": ["small"]}\', flush=True); time.sleep(60)')
    with workers.started(sys.executable, str(script), dict(os.environ), limit=2.0) as worker:
        assert worker.works == ["small"]
        with pytest.raises(workers.Failed, match="no answer within 2 s"):
            worker.cpu_of("small", 1, 1)
        with pytest.raises(workers.Failed, match="its process ended"):
            worker.cpu_of("small", 1, 1)
