"""Help pages and versions."""

import inspect
import re

import pytest

from cfai.cli import main
from cfai.cli.commands.run import run


def _page(capsys, *args):
    assert 0 == main(args)
    return capsys.readouterr().out


@pytest.mark.parametrize("args", [(), ("--help",), ("-h",)])
def test_the_first_page_names_all_commands(capsys, args):
    page = _page(capsys, *args)

    assert re.findall(r"^  (\w+) +[A-Z]", page.partition("Commands:")[2], re.MULTILINE) == [
        "run",
        "chat",
        "image",
        "speak",
        "transcribe",
        "translate",
        "embed",
        "classify",
        "models",
        "emulator",
    ]


def test_a_page_names_all_that_its_command_takes(capsys):
    page = _page(capsys, "run", "--help")

    names = [name for name in inspect.signature(run).parameters if name != "fields"]
    assert "Usage: cfai run MODEL [INPUT] [--KEY VALUE ...] [OPTIONS]" == page.splitlines()[0]
    for name in names:
        assert re.search(rf"^  (--{name}|\[?{name.upper()}\]?)\b", page, re.MULTILINE), name
    for line in (run.__doc__ or "").splitlines():
        assert line.strip() in page


@pytest.mark.parametrize(
    "args",
    [
        ("run", "@cf/some/model", "hi", "--help"),
        ("run", "--steps", "4", "-h"),
        ("emulator", "--port", "0", "--help"),
        ("image", "a cat", "--steps", "4", "--help"),
        ("models", "--task", "speech", "-h"),
    ],
)
def test_help_is_shown_wherever_it_is_asked_for(capsys, args):
    assert _page(capsys, *args).startswith(f"Usage: cfai {args[0]} ")


def test_defaults_are_shown(capsys):
    assert "[default: 127.0.0.1]" in " ".join(_page(capsys, "emulator", "--help").split())
    assert "default:" not in _page(capsys, "image", "--help")


@pytest.mark.parametrize("name", ["chat", "image", "speak", "transcribe", "translate", "embed", "classify", "models"])
def test_a_page_of_help_loads_neither_the_catalogue_nor_a_client(code, name):
    ended = code(
        f"import sys; from cfai.cli import main; main([{name!r}, '--help']);"
        "heavy = ('cfai._catalogue', 'cfai._wire', 'cfai._core.client', 'aiohttp', 'rich');"
        "print(sorted(m for m in sys.modules if m.startswith(heavy)))"
    )

    assert ended.stdout.decode().splitlines()[-1] == "[]", ended.stderr


@pytest.mark.parametrize("args", [("--version",), ("run", "--version")])
def test_the_version_is_shown(capsys, args):
    assert re.fullmatch(r"cfai(, not installed| \d\S*)\n", _page(capsys, *args))


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (("rnu",), "run"),
        (("run",), "MODEL"),
        (("--frobnicate",), "--frobnicate"),
        (("emulator", "--prot", "1"), "--port"),
        (("emulator", "--port", "x"), "--port"),
        (("emulator", "--port", "65536"), "--port"),
        (("emulator", "--host", ""), "--host"),
        (("emulator", "more"), "more"),
        (("translate", "hi"), "--to"),
        (("transcribe",), "FILE"),
        (("chat", "@cf/a/b", "hi"), "hi"),
        (("chat", "@cf/a/b", "--model", "@cf/a/b"), "--model"),
        (("chat", "@cf/deepgram/aura-1"), "Text-to-Speech"),
        (("chat", "@cf/cloudflare/clef"), "conversation"),
        (("chat", "--prompt", "hi"), "--prompt"),
        (("chat", "--tools", "[]"), "--tools"),
        (("chat", "--file", "-"), "--file"),
        (("chat", "--file", "gone.png"), "gone.png"),
        (("chat", "--file", "/dev/null"), "no picture"),
        (("chat", "--system"), "--system"),
        (("models", "--task", "cooking"), "cooking"),
        (("models", "more"), "more"),
    ],
)
def test_wrong_usage_is_a_line_and_exit_2(capsys, args, word):
    assert 2 == main(args)

    out, err = capsys.readouterr()
    assert ("", 1) == (out, err.count("\n"))
    assert word in err


def test_a_port_that_is_taken_is_wrong_usage(capsys, server):
    assert 2 == main(["emulator", "--port", str(server.port)])

    assert str(server.port) in capsys.readouterr().err
