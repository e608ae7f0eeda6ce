"""The commands that README.md and the pages show do what they are shown for; the emulator answers them."""

import re
import shlex
from pathlib import Path

import pytest

from cfai.cli import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "tasks").glob("*.md"))]
COMMANDS = [
    pytest.param(line, id=f"{page.stem}-{number}")
    for page in PAGES
    for block in re.findall(r"^```bash\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for number, line in enumerate(block.splitlines())
    if line.startswith("cfai ") and not line.startswith("cfai emulator")
]
PNG = b"\x89PNG\r\n\x1a\n"
MP3 = b"ID3\x04"


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_that_is_shown_works(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("cat.jpg", "talk.mp3", "turn.wav"):
        Path(name).write_bytes(PNG if name == "cat.jpg" else MP3)
    tokens = shlex.split(line)[1:]
    emulated = [] if tokens[0] == "models" or "--emulator" in tokens else ["--emulator"]

    assert 0 == main([*tokens, *emulated]), capfdbinary.readouterr().err
    saved = tokens[tokens.index("--save") + 1] if "--save" in tokens else None
    assert saved is None or Path(saved).stat().st_size > 100
    assert saved is not None or capfdbinary.readouterr().out


def test_every_page_of_a_task_that_has_models_shows_a_command() -> None:
    without = {"object-detection"}
    shown = {param.id.rpartition("-")[0] for param in COMMANDS if param.id}

    assert {page.stem for page in (ROOT / "docs" / "tasks").glob("*.md")} - without <= shown
