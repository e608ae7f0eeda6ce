"""Fuzzes one target, in a process of its own: libFuzzer ends its process when its time is over.

    python one.py TARGET DIRECTORY SECONDS

It keeps its inputs in DIRECTORY. Should one break something, it prints the input, shortened, and what it broke.
"""

import hashlib
import os
import sys
import traceback
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["cfai"]):
    import targets  # all of cfai that is fuzzed comes with it

from samples import words
from shrink import failure_of, shrink

_LONGEST = 4096
_HANGS_AFTER = 20
"""Seconds for one input; libFuzzer ends with an error of its own."""


def main(name: str, directory: str, seconds: str) -> None:
    """Fuzz until the time is over, or something breaks."""
    target, seeds = targets.TARGETS[name]
    corpus, dictionary = Path(directory, "corpus"), Path(directory, "words")
    corpus.mkdir(exist_ok=True)
    for seed in seeds():
        if len(seed) <= _LONGEST:
            (corpus / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
    dictionary.write_text("".join(f'"{_escaped(word)}"\n' for word in words() if word))

    def test_one(data: bytes) -> None:
        if failure_of(target, data) is not None:
            print(report(name, target, data), flush=True)
            os._exit(1)  # an exception would be told once more, by the fuzzer

    options = {
        "max_total_time": seconds,
        "max_len": _LONGEST,
        "timeout": _HANGS_AFTER,
        "rss_limit_mb": 2048,
        "dict": dictionary,
        "artifact_prefix": f"{directory}/broken-",
    }
    atheris.Setup([name, *(f"-{key}={value}" for key, value in options.items()), str(corpus)], test_one)
    atheris.Fuzz()


def _escaped(word: str) -> str:
    return "".join(chr(byte) if chr(byte).isalnum() and byte < 128 else f"\\x{byte:02x}" for byte in word.encode())


def report(name: str, target: targets.Target, data: bytes) -> str:
    """Say what *data* breaks, and how to see it again."""
    short = shrink(target, data)
    try:
        target(short)
    except Exception:
        broken = traceback.format_exc()
    else:
        broken = "once, and not again\n"
    return f"{name} breaks with {short!r}\nagain: python tests/fuzz --again {name} {short.hex() or '00'}\n{broken}"


if __name__ == "__main__":
    main(*sys.argv[1:])
