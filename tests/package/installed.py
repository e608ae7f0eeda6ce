"""Uses cfai as it is installed in this environment, which has nothing else; `--cli`: with the command."""

import asyncio
import importlib.metadata
import subprocess
import sys
import sysconfig
from pathlib import Path

import cfai
from cfai.emulator import Emulator

MODEL = "@cf/huggingface/distilbert-sst-2-int8"


async def ask(emulator: Emulator) -> str:
    """Ask once."""
    async with emulator.async_client() as ai:
        labels = await ai.run(MODEL, cfai.TextClassification("I like it"))
        return max(labels, key=lambda label: label.score).label


def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command that was installed."""
    script = Path(sysconfig.get_path("scripts"), "cfai")
    return subprocess.run([script, *arguments], capture_output=True, text=True, timeout=60, check=False)


def main() -> None:
    """Assert; say what was there."""
    home = Path(cfai.__file__)
    assert home.is_relative_to(sys.prefix), f"{home} is not what was installed"
    assert cfai.__version__ == importlib.metadata.version("cfai-sdk")
    assert (home.parent / "py.typed").exists()
    with Emulator() as emulator:
        assert asyncio.run(ask(emulator)) == "POSITIVE"
        with emulator.client() as ai:
            assert ai.run(MODEL, {"text": "I like it"})
    done = command("run", MODEL, "I like it", "--emulator")
    if "--cli" in sys.argv:
        assert (done.returncode, done.stdout.splitlines()[1:]) == (0, ["POSITIVE\t0.95873778"]), done
    else:
        assert (done.returncode, "cfai-sdk[cli]" in done.stderr) == (2, True), done
    print(f"cfai-sdk {cfai.__version__} works{' with its command' if '--cli' in sys.argv else ''}")


if __name__ == "__main__":
    main()
