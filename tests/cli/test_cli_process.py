"""The command as its users meet it: a process with an exit code, streams, files and signals."""

import io
import json
import os
import signal
import socket
import threading

import pytest
from kit.secrets import ACCOUNT, TOKEN
from kit.server import Step
from PIL import Image

pytestmark = pytest.mark.slow

FLUX = "@cf/black-forest-labs/flux-1-schnell"
KLEIN = "@cf/black-forest-labs/flux-2-klein-4b"
LLAMA = "@cf/meta/llama-3.2-3b-instruct"
DISTILBERT = "@cf/huggingface/distilbert-sst-2-int8"
posix = pytest.mark.skipif(os.name != "posix", reason="signals, pipes and terminals are others there")


def test_a_picture_is_saved_and_opens(command, tmp_path):
    done = command("run", FLUX, "a red cat", "--emulator", "--save", "cat.jpg")

    assert (0, b"") == (done.returncode, done.stdout), done.stderr
    assert b"emulator" in done.stderr
    assert b"wrote cat.jpg (image/jpeg, " in done.stderr
    with Image.open(tmp_path / "cat.jpg") as picture:
        picture.load()
        assert "JPEG" == picture.format


def test_a_picture_on_a_pipe_is_its_bytes(command, emulated):
    done = command("run", KLEIN, "a red cat", "--height", "256", "--width=320", env=emulated)

    assert (0, b"") == (done.returncode, done.stderr)
    with Image.open(io.BytesIO(done.stdout)) as picture:
        assert (320, 256) == picture.size


def test_text_goes_to_stdout_and_all_else_to_stderr(command):
    done = command("run", LLAMA, "-", "--emulator", input="Grüß Gott\n".encode())

    assert 0 == done.returncode, done.stderr
    assert done.stdout.decode().endswith("You asked: Grüß Gott\n")
    assert 1 == done.stdout.count(b"\n") == done.stderr.count(b"\n")


@pytest.mark.parametrize("env", [{}, {"CLOUDFLARE_ACCOUNT_ID": ACCOUNT}, {"CLOUDFLARE_API_TOKEN": TOKEN}])
def test_without_credentials_it_names_both_variables_and_the_emulator(command, env):
    done = command("run", LLAMA, "hi", env=env)

    assert (2, b"", 1) == (done.returncode, done.stdout, done.stderr.count(b"\n"))
    for word in (b"CLOUDFLARE_ACCOUNT_ID", b"CLOUDFLARE_API_TOKEN", b"--emulator"):
        assert word in done.stderr
    assert TOKEN.encode() not in done.stderr


def test_a_refusal_exits_with_1_and_says_the_request_id(command, emulated):
    done = command("run", LLAMA, "--max-tokens", "5", env=emulated)

    assert (1, b"", 1) == (done.returncode, done.stdout, done.stderr.count(b"\n"))
    assert b"5006" in done.stderr
    assert b"request id" in done.stderr


def test_a_refused_token_is_not_shown(command, emulated):
    done = command("run", LLAMA, "hi", env={**emulated, "CLOUDFLARE_API_TOKEN": TOKEN})

    assert (1, b"") == (done.returncode, done.stdout)
    assert b"10000" in done.stderr
    assert TOKEN.encode() not in done.stderr


def test_a_server_that_is_not_there_is_a_line_and_no_traceback(command, served):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    done = command("run", LLAMA, "hi", env={**served, "CLOUDFLARE_BASE_URL": f"http://127.0.0.1:{port}"})

    assert (1, b"", 1) == (done.returncode, done.stdout, done.stderr.count(b"\n"))


@posix
def test_ctrl_c_ends_a_call_that_hangs(start, server, served):
    asked = threading.Event()

    async def silence(exchange):
        asked.set()
        await exchange.gone()

    server.script(Step(silence))
    process = start("run", LLAMA, "hi", env=served)
    assert asked.wait(20)

    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=4)

    assert (130, b"", b"") == (process.returncode, out, err)


@posix
def test_a_reader_that_has_gone_is_no_reason_to_complain(command, emulated):
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "wb") as gone:
        done = command("run", LLAMA, "hi", env=emulated, stdout=gone)

    assert (0, b"") == (done.returncode, done.stderr)


@posix
def test_a_full_disk_is_a_line_and_no_traceback(command, emulated):
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no disk that is always full")
    with open("/dev/full", "wb") as full:
        done = command("run", LLAMA, "hi", env=emulated, stdout=full)

    assert (1, 1) == (done.returncode, done.stderr.count(b"\n")), done.stderr


@posix
def test_a_picture_is_refused_on_a_terminal_before_it_is_paid_for(command, server, served):
    with _terminal() as (terminal, _):
        done = command("run", FLUX, "a red cat", env=served, stdout=terminal)

    assert (2, 1) == (done.returncode, done.stderr.count(b"\n"))
    assert b"--save PATH" in done.stderr
    assert [] == server.seen


@posix
def test_a_terminal_gets_a_table_and_a_pipe_gets_tabs(command, emulated):
    with _terminal() as (terminal, ours):
        assert 0 == command("run", DISTILBERT, "I like it", env=emulated, stdout=terminal).returncode
        table = os.read(ours, 4096).decode()
    lines = command("run", DISTILBERT, "I like it", env=emulated).stdout.decode()

    scores = dict(line.split("\t") for line in lines.splitlines())
    assert {"NEGATIVE", "POSITIVE"} == set(scores)
    assert "\t" not in table
    for label, score in scores.items():
        assert f"{label}  {float(score):.4f}" in table


def test_json_is_the_whole_answer(command, emulated):
    done = command("run", DISTILBERT, "I like it", "--json", env=emulated)

    answer = json.loads(done.stdout)
    assert True is answer["success"]
    assert ["NEGATIVE", "POSITIVE"] == sorted(entry["label"] for entry in answer["result"])
    assert b"" == done.stderr


def test_help_loads_nothing_heavy(code):
    done = code(
        "import sys; from cfai.cli import main\n"
        "assert main(['--help']) == 0 == main(['run', '--help'])\n"
        "heavy = {'aiohttp', 'anyio', 'asyncio', 'cattrs', 'msgspec', 'rich', 'cfai._core.client', 'cfai.emulator'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )

    assert (0, b"") == (done.returncode, done.stderr)
    assert done.stdout.startswith(b"Usage: cfai COMMAND\n")


def test_without_its_extra_it_says_what_to_install(code):
    done = code("import sys; sys.modules['cyclopts'] = None; from cfai.cli import main; sys.exit(main(['--help']))")

    assert (2, b"", 1) == (done.returncode, done.stdout, done.stderr.count(b"\n"))
    assert b"pip install 'cfai-sdk[cli]'" in done.stderr


@posix
@pytest.mark.parametrize(("sent", "ends_with"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_the_emulator_runs_until_it_is_stopped(command, start, sent, ends_with):
    process = start("emulator")
    lines = [process.stdout.readline().decode() for _ in range(3)]
    env = dict(line.removeprefix("export ").rstrip().split("=", 1) for line in lines)

    asked = command("run", LLAMA, "hi", env=env)
    process.send_signal(sent)
    _, err = process.communicate(timeout=4)

    assert (0, b"") == (asked.returncode, asked.stderr)
    assert asked.stdout.endswith(b"You asked: hi\n")
    assert (ends_with, 1) == (process.returncode, err.count(b"\n"))


class _terminal:  # noqa: N801  # reads as a word in its `with`
    """A terminal: the command's end of it, and ours."""

    def __enter__(self):
        self._ours, self._theirs = os.openpty()
        return self._theirs, self._ours

    def __exit__(self, *_):
        os.close(self._ours)
        os.close(self._theirs)
