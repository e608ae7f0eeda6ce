"""What the command makes of answers: the answers are written by hand."""

import base64
import json

import pytest
from kit.server import answer

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
NEW = "@cf/some/new-model"
PNG = b"\x89PNG\r\n\x1a\n a picture"
MP3 = b"ID3 a sound"


def _answer(result):
    return answer({"result": result, "success": True, "errors": [], "messages": []})


@pytest.mark.parametrize(
    ("result", "out"),
    [
        ({"response": "Hello"}, "Hello\n"),
        ({"response": ""}, "\n"),
        ({"translated_text": "Bonjour"}, "Bonjour\n"),
        ({"summary": "Short."}, "Short.\n"),
        ({"description": "A cat."}, "A cat.\n"),
        ({"text": "I said", "word_count": 2}, "I said\n"),
        ([], ""),
        ([{"label": "GOOD", "score": 0.75}, {"label": "BAD", "score": 0.25}], "GOOD\t0.75\nBAD\t0.25\n"),
        (
            [{"label": "cat", "score": 0.5, "box": {"xmin": 1, "ymin": 2.5, "xmax": 3, "ymax": 4}}],
            "cat\t0.5\t1,2.5,3,4\n",
        ),
        ({"response": [{"id": 1, "score": 0.5}, {"id": 0, "score": 0.25}]}, "1\t0.5\n0\t0.25\n"),
        ({"data": [[0.5, 1.0], [1.5, -2.0]], "shape": [2, 2]}, "[0.5, 1.0]\n[1.5, -2.0]\n"),
        ({"image": "https://example.com/cat.png"}, "https://example.com/cat.png\n"),
        ({"is_complete": True, "probability": 0.5}, '{"is_complete": true, "probability": 0.5}\n'),
        ({"nobody": ["knows", "thís"]}, '{"nobody": ["knows", "thís"]}\n'),
        (
            {"response": None, "tool_calls": [{"name": "look", "arguments": {"at": "it"}}]},
            '{"name": "look", "arguments": {"at": "it"}}\n',
        ),
    ],
)
def test_an_answer_is_printed_as(cfai, server, result, out):
    server.script(_answer(result))

    done = cfai("run", NEW, "hi")

    assert (0, out, "") == (done.code, done.out, done.err)


def test_json_prints_the_body_as_the_service_sent_it(cfai, server):
    body = {"result": {"response": "Hello", "new": [1, None]}, "success": True, "errors": [], "messages": ["ü"]}
    server.script(answer(body))

    done = cfai("run", LLAMA, "hi", "--json")

    assert (0, "") == (done.code, done.err)
    assert body == json.loads(done.out)
    assert "ü" in done.out


def test_a_text_that_was_cut_is_printed_and_said_to_be(cfai, server):
    message = {"choices": [{"finish_reason": "length", "message": {"role": "assistant", "content": "Once upon"}}]}
    server.script(_answer(message))

    done = cfai("run", LLAMA, "hi")

    assert (0, "Once upon\n") == (done.code, done.out)
    assert "--max-tokens" in done.err


def test_what_the_encoding_lacks_is_escaped(command, server, served):
    server.always(_answer({"response": "Grüß Gott"}))
    env = {**served, "PYTHONIOENCODING": "ascii"}

    assert b"Gr\\xfc\\xdf Gott" == command("run", LLAMA, "hi", env=env).stdout.rstrip()
    assert "Grüß Gott" == json.loads(command("run", LLAMA, "hi", "--json", env=env).stdout)["result"]["response"]


@pytest.mark.parametrize("body", [b'{"result": {"response": "cut', b'{"result": {"response": "half \\ud83d a pair"}}'])
def test_json_that_is_broken_is_shown_as_it_came(cfai, server, body):
    server.script(answer(body))

    done = cfai("run", LLAMA, "hi")

    assert (1, 1) == (done.code, len(done.said))
    assert body.decode() == done.out.rstrip()


@pytest.mark.parametrize(
    ("name", "written"), [("cat", "cat.png"), ("cat.jpeg", "cat.jpeg"), ("a.b/cat", "a.b/cat.png")]
)
def test_a_picture_is_saved_with_its_true_suffix_where_it_has_none(cfai, server, tmp_path, name, written):
    (tmp_path / "a.b").mkdir()
    server.script(_answer({"image": base64.b64encode(PNG).decode()}))

    done = cfai("run", NEW, "hi", "--save", name)

    assert (0, "") == (done.code, done.out)
    assert [f"cfai: wrote {written} (image/png, {len(PNG)} bytes)"] == done.said
    assert PNG == (tmp_path / written).read_bytes()


def test_a_raw_body_is_saved_too(cfai, server, tmp_path):
    server.script(answer(MP3, headers={"Content-Type": "audio/mpeg"}))

    done = cfai("run", "@cf/deepgram/aura-1", "hi", "--save", "hi")

    assert (0, "") == (done.code, done.out)
    assert MP3 == (tmp_path / "hi.mp3").read_bytes()


def test_text_may_be_saved(cfai, server, tmp_path):
    server.script(_answer({"response": "Grüß Gott"}))

    done = cfai("run", LLAMA, "hi", "--save", "answer.txt")

    assert (0, "", ["cfai: wrote answer.txt"]) == (done.code, done.out, done.said)
    assert "Grüß Gott\n".encode() == (tmp_path / "answer.txt").read_bytes()


def test_an_address_is_no_file(cfai, server, tmp_path):
    server.script(_answer({"image": "https://example.com/cat.png"}))

    done = cfai("run", NEW, "hi", "--save", "cat")

    assert (1, "https://example.com/cat.png\n", 1) == (done.code, done.out, len(done.said))
    assert [] == list(tmp_path.iterdir())


def test_bytes_are_no_json_and_are_kept_all_the_same(cfai, server, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    server.script(answer(PNG, headers={"Content-Type": "image/png"}))

    done = cfai("run", NEW, "hi", "--json")

    (kept,) = tmp_path.iterdir()
    assert (2, "", 1) == (done.code, done.out, len(done.said))
    assert "--save PATH" in done.err
    assert str(kept) in done.err
    assert (PNG, ".png") == (kept.read_bytes(), kept.suffix)


def test_an_answer_that_is_not_what_was_promised_is_shown_as_it_came(cfai, server):
    body = {"result": {"embeddings": "of another kind"}, "success": True}
    server.script(answer(body))

    done = cfai("run", "@cf/baai/bge-m3", "hi")

    assert (1, 1) == (done.code, len(done.said))
    assert "of another kind" in done.out


def test_a_page_of_html_is_a_line(cfai, server):
    server.script(answer(b"<html>\nBad\x1b[31m gateway\n</html>", status=501))

    done = cfai("run", LLAMA, "hi")

    assert (1, "", 1) == (done.code, done.out, len(done.said))
    assert "\x1b" not in done.err


def test_a_terminal_is_not_steered_by_a_model(cfai, server, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    server.script(_answer({"response": "a\x1b]52;c;bm8=\x07b\tc\nd\x9b"}))

    assert "a]52;c;bm8=b\tc\nd\n" == cfai("run", LLAMA, "hi").out


def test_a_terminal_gets_the_beginning_of_a_vector(cfai, server, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    server.script(_answer({"data": [[0.12345678] * 1024], "shape": [1, 1024]}))

    done = cfai("run", "@cf/baai/bge-m3", "hi")

    assert len(done.out) < 100
    assert "0.1235" in done.out
    assert "1,024 numbers" in done.out
