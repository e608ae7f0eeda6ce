"""The command on a real terminal: prompts, thoughts, and Ctrl-C."""

import json
import os
import signal
import subprocess
import threading

import pytest
from kit.server import Step, hello

from cfai.emulator import Emulator

pytestmark = pytest.mark.slow

if os.name != "posix":
    pytest.skip("terminals are others there", allow_module_level=True)

GEMMA = "@cf/google/gemma-4-26b-a4b-it"
THINKING = ("--chat-template-kwargs", '{"enable_thinking": true}')
THOUGHT = "The cfai emulator does not think. It was asked to, and says so here."
CTRL_C, CTRL_D = "\x03", "\x04"
LONG = " ".join(["again"] * 300)


@pytest.fixture(scope="module")
def slow():
    """An emulator whose answer to a long question takes a quarter of a minute."""
    with Emulator(latency=0.5) as running:
        yield running


def _to(emulator):
    return {
        "CLOUDFLARE_BASE_URL": emulator.base_url,
        "CLOUDFLARE_ACCOUNT_ID": emulator.account_id,
        "CLOUDFLARE_API_TOKEN": emulator.api_token,
    }


def test_a_conversation_on_a_terminal(terminal, emulated):
    shell = terminal("chat", *THINKING, env=emulated)

    assert GEMMA in shell.until("> ")
    shell.type("hi\n")
    shown = shell.until("You asked: hi\r\n")
    shell.until("> ")
    shell.type("never said")
    shell.until("never said")
    shell.interrupt("Ctrl-C once more ends")
    shell.until("> ")
    shell.type(CTRL_D)
    code, told = shell.end()

    thoughts, _, _ = shown.partition("I am the cfai emulator")
    bare = "".join(thoughts.replace("\x1b[2m", "").replace("\x1b[0m", "").split("\r\n")[-2:])
    assert "\x1b[2m" in thoughts
    assert bare == THOUGHT
    assert 0 == code
    assert "answers: 1; tokens: " in told


def test_ctrl_c_ends_an_answer_and_not_the_conversation(terminal, slow):
    shell = terminal("chat", env=_to(slow))
    shell.until("> ")
    shell.type(LONG + "\n")
    shell.until("You asked: again")
    shell.type(CTRL_C)
    shell.until("> ")
    shell.type("hi\n")
    shell.until("You asked: hi")
    shell.until("> ")
    shell.type("/quit\n")
    code, told = shell.end()

    _, part, question = json.loads(slow.requests[-1].body)["messages"]
    assert part["content"].startswith("I am the cfai emulator, not a model. You asked: again")
    assert part["content"].count("again") < 300
    assert {"role": "user", "content": "hi"} == question
    assert 0 == code
    assert "answers whose tokens are not known: 1" in told


def test_a_line_that_nothing_came_of_was_not_said(terminal, server, served):
    asked = threading.Event()

    async def silence(exchange):
        asked.set()
        await exchange.gone()

    server.script(Step(silence), hello())
    shell = terminal("chat", env=served)
    shell.until("> ")
    shell.type("one\n")
    assert asked.wait(20)
    shell.type(CTRL_C)
    shell.until("> ")
    shell.type("two\n")
    shell.until("Hello")

    assert [{"role": "user", "content": "two"}] == server.seen[1].json["messages"]


def test_ctrl_c_twice_at_the_prompt_ends_with_130(terminal, emulated):
    shell = terminal("chat", env=emulated)
    shell.until("> ")
    shell.interrupt("once more")
    shell.until("> ")
    shell.interrupt("\n")

    assert 130 == shell.end()[0]


def test_the_prompt_is_not_among_the_answers(terminal, emulated):
    shell = terminal("chat", env=emulated, stdout=subprocess.PIPE)
    shell.until("> ")
    shell.type("hi\n")
    shell.until("> ")
    shell.type(CTRL_D)
    shell.until("answers: 1")

    assert (0, b"I am the cfai emulator, not a model. You asked: hi\n") == (
        shell.end()[0],
        shell.process.stdout.read(),
    )


def test_ctrl_c_ends_a_text_that_is_shown_while_it_comes(terminal, slow):
    shell = terminal("run", GEMMA, LONG, env=_to(slow))
    shell.until("You asked: again")
    shell.type(CTRL_C)

    code, rest = shell.end()
    assert 130 == code
    assert rest.endswith("\r\n")


def test_ctrl_c_ends_a_conversation_through_a_pipe(start, slow):
    process = start("chat", env=_to(slow), stdin=subprocess.PIPE)
    process.stdin.write(f"{LONG}\nmore\n".encode())
    process.stdin.flush()
    assert process.stdout.read(1)

    process.send_signal(signal.SIGINT)

    assert 130 == process.wait(10)
