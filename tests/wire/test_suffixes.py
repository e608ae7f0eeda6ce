"""The media type of a file comes from its bytes, else from its name; no file of the system is read for it."""

import subprocess
import sys
from pathlib import Path

import pytest

from cfai._wire.media.suffixes import type_of_name

NAMES = {
    "a.mp3": "audio/mpeg",
    "A.MP3": "audio/mpeg",
    "a.b.flac": "audio/flac",
    "a.m4a": "audio/mp4",
    "a.webp": "image/webp",
    "a.pdf": "application/pdf",
    "mp3": None,
    ".mp3": None,
    "a.unknown": None,
    "a": None,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_suffix_names_a_type(name: str) -> None:
    assert NAMES[name] == type_of_name(Path("/somewhere") / name)


def test_no_file_is_opened_to_find_a_type(tmp_path: Path) -> None:
    sound = tmp_path / "a.mp3"
    sound.write_bytes(b"no sound that is known")
    source = f"""
import sys
from pathlib import Path
import cfai
from cfai._wire.request.encode import encode
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
body = encode("@cf/openai/whisper", cfai.AutomaticSpeechRecognition(Path({str(sound)!r}))).body
size, media_type = body.measure()
assert media_type == "audio/mpeg", media_type
others = [name for name in opened if "mime" in name or name.endswith(".types")]
assert not others, others
"""
    subprocess.run([sys.executable, "-c", source], check=True, timeout=30)
