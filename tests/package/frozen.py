"""A program to be frozen by PyInstaller: it uses clients, params, a stream and the command, against the emulator.

`nox -s frozen` builds and runs it; see `freeze.py`.
"""

import asyncio
import contextlib
import io
import sys

import cfai
from cfai.cli import main as command
from cfai.emulator import Emulator

FEELING = "@cf/huggingface/distilbert-sst-2-int8"
TEXT = "@cf/meta/llama-3.2-3b-instruct"
SAID = "I am the cfai emulator, not a model. You asked: hi"


def ask(client: cfai.Client) -> None:
    """Ask by params, by a mapping, for a stream, and for a refusal."""
    labels = client.run(FEELING, cfai.TextClassification("I like it"))
    assert [type(each) for each in labels] == [cfai.Classification] * 2
    assert client.run(TEXT, {"prompt": "hi"}).text == SAID
    with client.stream(TEXT, cfai.Messages([cfai.user("hi")])) as stream:
        assert "".join(event.text for event in stream if isinstance(event, cfai.TextDelta)) == SAID
    reply = ""
    with contextlib.suppress(cfai.ModelNotFound):
        client.run("@cf/nobody/nothing", cfai.Prompt("hi"))
        reply = "an unknown model answered"
    assert not reply, reply


async def ask_async(client: cfai.AsyncClient) -> None:
    """Ask once, in a loop of the program's own."""
    async with client as ai:
        assert (await ai.run(TEXT, cfai.Prompt("hi"))).text == SAID


def obey(*tokens: str) -> str:
    """Run the command, and return what it wrote."""
    written = io.StringIO()
    with contextlib.redirect_stdout(written):
        code = command(tokens)
    assert code == 0, (tokens, code)
    return written.getvalue()


def main() -> None:
    """Assert that all works, and that this program is frozen."""
    assert getattr(sys, "frozen", False), "this is not a frozen program"
    for name in cfai.__all__:
        getattr(cfai, name)
    with Emulator() as emulator:
        with emulator.client() as client:
            ask(client)
        asyncio.run(ask_async(emulator.async_client()))
    assert SAID in obey("run", TEXT, "hi", "--emulator")
    assert TEXT in obey("models")
    assert "transcribe" in obey("--help")
    print(f"cfai {cfai.__version__} works in a frozen program")


if __name__ == "__main__":
    main()
