"""Conversations through a pipe: what they send, what they print, and what they keep."""

import io
import json
import sys

import pytest
from kit.server import answer, hello

GEMMA = "@cf/google/gemma-4-26b-a4b-it"
SEES_ONE = "@cf/meta/llama-3.2-11b-vision-instruct"
PNG = b"\x89PNG\r\n\x1a\n a picture"
URL = "data:image/png;base64,iVBORw0KGgogYSBwaWN0dXJl"
ECHO = "I am the cfai emulator, not a model. You asked: "


def _pieces(*events, end=b"data: [DONE]\n\n"):
    body = b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)
    return answer(body + end, headers={"Content-Type": "text/event-stream"})


def _refusal(status, code):
    return answer({"result": None, "success": False, "errors": [{"code": code, "message": "no"}]}, status=status)


class _Screen(io.StringIO):
    """A terminal, to be read or written."""

    def isatty(self):
        return True


@pytest.fixture
def talk(cfai, monkeypatch):
    """Say lines to the server of the test."""

    def run(said, *args):
        pipe = said if isinstance(said, io.BytesIO) else io.BytesIO(said.encode())
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(pipe))
        return cfai("chat", *args)

    return run


@pytest.fixture
def emulate(talk, emulated, emulator, monkeypatch):
    """Say lines to the emulator, and give what it was sent too."""
    for name, value in emulated.items():
        monkeypatch.setenv(name, value)

    def run(said, *args):
        before = len(emulator.requests)
        done = talk(said, *args)
        return done, [json.loads(request.body) for request in emulator.requests[before:]]

    return run


def test_each_line_of_a_pipe_is_answered_with_all_that_was_said_before(emulate):
    done, sent = emulate("one\n\ntwo", "--system", "Be short.", "--max-tokens", "50")

    assert (0, f"{ECHO}one\n{ECHO}two\n") == (done.code, done.out)
    system, one, two = (
        {"role": role, "content": text}
        for role, text in zip(("system", "user", "user"), ("Be short.", "one", "two"), strict=True)
    )
    said = {"role": "assistant", "content": f"{ECHO}one"}
    assert [[system, one], [system, one, said, two]] == [body["messages"] for body in sent]
    assert {(True, 50)} == {(body["stream"], body["max_tokens"]) for body in sent}


def test_the_sum_of_all_is_told_at_the_end(emulate):
    done, _ = emulate("one\ntwo\n")

    [line] = done.said
    assert line.startswith("cfai: answers: 2; tokens: ")
    assert line.endswith(" neurons")


def test_without_a_line_nothing_is_asked_or_told(talk, server):
    assert (0, "", "") == ((done := talk("")).code, done.out, done.err)
    assert [] == server.seen


def test_the_default_is_a_model_that_anyone_may_ask(talk, server):
    server.script(hello())

    talk("hi")

    assert server.seen[0].target.decode().endswith(GEMMA)


@pytest.mark.parametrize("args", [("@cf/some/new-model",), ("--model", "@cf/some/new-model")])
def test_any_model_can_be_named(talk, server, args):
    server.script(hello())

    assert "Hello\n" == talk("hi", *args).out
    assert server.seen[0].target.decode().endswith("@cf/some/new-model")


def test_pictures_go_with_the_first_line(emulate, tmp_path):
    (tmp_path / "in.png").write_bytes(PNG)

    done, (first, second) = emulate("what?\nand?\n", "--file", "in.png", "--file", "in.png")

    picture = {"type": "image_url", "image_url": {"url": URL}}
    assert 0 == done.code
    assert [{"type": "text", "text": "what?"}, picture, picture] == first["messages"][0]["content"]
    assert first["messages"][0] == second["messages"][0]
    assert {"role": "user", "content": "and?"} == second["messages"][2]


def test_a_picture_that_has_its_own_field_goes_with_every_line(emulate, tmp_path):
    (tmp_path / "in.png").write_bytes(PNG)

    done, sent = emulate("what?\nand?\n", SEES_ONE, "--file", "in.png")

    assert 0 == done.code, done.err
    assert sent[0]["image"] == sent[1]["image"]
    assert ["what?", "and?"] == [m["content"] for m in sent[1]["messages"] if m["role"] == "user"]


def test_several_pictures_are_wrong_usage_of_a_model_that_takes_one(talk, server, tmp_path):
    (tmp_path / "in.png").write_bytes(PNG)

    assert 2 == talk("hi\n", SEES_ONE, "--file", "in.png", "--file", "in.png").code
    assert [] == server.seen


def test_what_is_saved_can_be_said_again(emulate, tmp_path):
    (tmp_path / "in.png").write_bytes(PNG)

    done, sent = emulate("what, Ü?\n/save it.json\nand?\n", "--file", "in.png")

    saved = json.loads((tmp_path / "it.json").read_text(encoding="utf-8"))
    assert saved == sent[1]["messages"][:2]
    assert "cfai: wrote it.json" in done.said


@pytest.mark.parametrize("line", ["/save", "/save no/where.json", "/save .", "/save a\0b", "/exit", "/Help me"])
def test_a_command_that_fails_is_told_and_the_rest_goes_on(emulate, line):
    done, sent = emulate(f"{line}\nhi\n")

    assert (1, f"{ECHO}hi\n") == (done.code, done.out)
    assert "/" in done.said[0]
    assert 1 == len(sent)


@pytest.mark.parametrize("line", [" /quit", "/etc/hosts?", "/ is what?"])
def test_what_is_no_command_is_said(emulate, line):
    done, (sent,) = emulate(f"{line}\n/quit\nnever\n")

    assert 0 == done.code
    assert line.strip() == sent["messages"][0]["content"]


def test_thoughts_are_kept_and_not_printed(emulate, tmp_path):
    done, _ = emulate("hi\n/save it.json\n", "--chat-template-kwargs", '{"enable_thinking": true}')

    saved = json.loads((tmp_path / "it.json").read_text())
    assert f"{ECHO}hi\n" == done.out
    assert "think" in saved[1]["reasoning"]
    assert "think" not in done.err


def test_an_answer_that_was_refused_was_never_asked_for(talk, server):
    server.script(_refusal(400, 5006), hello())

    done = talk("one\ntwo\n")

    assert (1, "Hello\n") == (done.code, done.out)
    assert "5006" in done.said[0]
    assert [{"role": "user", "content": "two"}] == server.seen[1].json["messages"]


def test_an_answer_that_breaks_off_stays_as_far_as_it_came(talk, server):
    server.script(_pieces({"response": "Once up"}, end=b""), hello())

    done = talk("one\ntwo\n")

    assert (1, "Once up\nHello\n") == (done.code, done.out)
    assert {"role": "assistant", "content": "Once up"} == server.seen[1].json["messages"][1]
    assert "cfai: answers whose tokens are not known: 1" == done.said[-1]


@pytest.mark.parametrize(("status", "code"), [(401, 10000), (403, 5035), (404, 5007), (400, 5028)])
def test_a_refused_account_or_model_ends_it(talk, server, status, code):
    server.script(_refusal(status, code))

    done = talk("one\ntwo\n")

    assert (1, "", 1, 1) == (done.code, done.out, len(done.said), len(server.seen))


def test_a_field_that_can_not_be_sent_is_wrong_usage(talk, server):
    done = talk("one\ntwo\n", "@cf/moonshotai/kimi-k2.6", "--reasoning-effort", "5")

    assert (2, "", []) == (done.code, done.out, server.seen), done


@pytest.mark.parametrize(
    ("event", "word"),
    [
        ({"response": ""}, "nothing"),
        ({"response": "", "tool_calls": [{"name": "look", "arguments": {"at": "it"}}]}, "tool"),
    ],
)
def test_an_answer_without_words_is_told_and_dropped(talk, server, event, word):
    server.script(_pieces(event), hello())

    done = talk("one\ntwo\n")

    assert (1, "Hello\n") == (done.code, done.out)
    assert word in done.said[0]
    assert 1 == len(server.seen[1].json["messages"])


def test_an_answer_that_was_cut_is_said_to_be(talk, server):
    cut = {"choices": [{"index": 0, "delta": {"content": "Once"}, "finish_reason": "length"}]}
    server.script(_pieces(cut))

    done = talk("one\n")

    assert (0, "Once\n") == (done.code, done.out)
    assert "--max-tokens" in done.said[0]


def test_the_first_line_may_begin_with_a_mark_and_no_line_may_be_latin(emulate):
    done, (sent,) = emulate(io.BytesIO("\ufeffhi\r\n".encode() + "Grüße\n".encode("latin-1")))

    assert (2, "hi") == (done.code, sent["messages"][0]["content"])
    assert "cfai: line 2 of stdin is not UTF-8 text" in done.said


def test_a_closed_stdin_is_wrong_usage(cfai, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)

    assert (2, 1) == ((done := cfai("chat")).code, len(done.said))


def test_ctrl_c_at_the_end_of_a_pipe_ends_with_130(talk, server, monkeypatch):
    server.always(hello())
    lines = iter([b"hi\n"])

    class Pipe(io.BytesIO):
        def readline(self, size=-1):
            if line := next(lines, None):
                return line
            raise KeyboardInterrupt

    done = talk(Pipe())

    assert (130, "Hello\n") == (done.code, done.out)
    assert "answers: 1" in done.err


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_a_stream_that_is_closed_is_done_without(cfai, server, monkeypatch, closed):
    server.always(hello())
    monkeypatch.setattr(sys, "stdin", _Screen("hi\n"))
    monkeypatch.setattr(sys, closed, None)

    done = cfai("chat")

    assert (0, 1) == (done.code, len(server.seen))
    assert ("Hello\n" if closed == "stderr" else "") == done.out


def test_control_characters_reach_a_pipe_and_no_terminal(talk, server, monkeypatch):
    server.always(_pieces({"response": "a\x1b[31mb"}))
    screen = _Screen()

    assert "a\x1b[31mb\n" == talk("hi\n").out
    monkeypatch.setattr(sys, "stdout", screen)
    talk("hi\n")

    assert "a[31mb\n" == screen.getvalue()
