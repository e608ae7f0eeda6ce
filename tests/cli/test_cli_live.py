"""`cfai run` on a terminal: a text is shown while it comes."""

import io
import json
import sys

import pytest
from kit.server import answer, hello

GEMMA = "@cf/google/gemma-4-26b-a4b-it"


def _pieces(*events, end=b"data: [DONE]\n\n"):
    body = b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)
    return answer(body + end, headers={"Content-Type": "text/event-stream"})


class _Screen(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def screen(cfai, monkeypatch):
    """Call `main()` with a terminal as its stdout; give what is told, and what is to be seen."""

    def run(*args):
        shown = _Screen()
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdout", shown)
            done = cfai(*args)
        return done, shown.getvalue()

    return run


def test_a_terminal_gets_a_text_while_it_comes(screen, server):
    server.script(_pieces({"response": "He"}, {"response": "llo"}))

    done, shown = screen("run", GEMMA, "hi")

    assert (0, "Hello\n", "") == (done.code, shown, done.err)
    assert True is server.seen[0].json["stream"]


@pytest.mark.parametrize(
    "args",
    [
        (GEMMA, "--json"),
        (GEMMA, "--save", "it.txt"),
        (GEMMA, "--stream", "false"),
        (GEMMA, "--response-format", '{"type": "json_object"}'),
        ("@cf/some/new-model",),
    ],
)
def test_what_is_no_text_to_be_read_is_waited_for(screen, server, args):
    server.script(hello())

    done, _ = screen("run", args[0], "hi", *args[1:])

    assert 0 == done.code
    assert not server.seen[0].json.get("stream")


def test_a_pipe_gets_a_text_when_it_is_whole(cfai, server):
    server.script(hello())

    assert "Hello\n" == cfai("run", GEMMA, "hi").out
    assert "stream" not in server.seen[0].json


def test_what_came_stays_where_a_text_breaks_off(screen, server):
    server.script(_pieces({"response": "Once up"}, end=b""))

    done, shown = screen("run", GEMMA, "hi")

    assert (1, "Once up\n", 1) == (done.code, shown, len(done.said))


def test_calls_of_tools_are_printed_when_they_are_whole(screen, server):
    server.script(_pieces({"response": "", "tool_calls": [{"name": "look", "arguments": {"at": "it"}}]}))

    done, shown = screen("run", GEMMA, "hi")

    assert (0, '{"name": "look", "arguments": {"at": "it"}}\n') == (done.code, shown)
