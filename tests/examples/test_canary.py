"""The canary itself: it says where a secret shows, does not say the secret, and is quiet otherwise."""

from pathlib import Path

import pytest
from kit.secrets import SECRETS

import cfai

pytestmark = pytest.mark.slow

pytest_plugins = ["pytester"]

TESTS = Path(__file__).parents[1]
HOME = Path(cfai.__file__).parent

START = f"""
import logging
import pickle
import sys
import warnings

import cfai
import pytest
from kit.secrets import TOKEN

def keep(token):
    raise cfai.TransportError("no secret")

class Sly:
    def __init__(self):
        self.token = TOKEN
    def __repr__(self):
        return "Sly()"

ours = {{"cfai": cfai}}
exec(compile("def call(token): raise cfai.TransportError('no secret')", {str(HOME / "made_up.py")!r}, "exec"), ours)
exec(compile("def refuse(api_token): raise cfai.ConfigError('bad')", {str(HOME / "made_up.py")!r}, "exec"), ours)
"""

LEAKS = {
    "print": ("print(TOKEN)", "captured stdout call"),
    "stderr": ("sys.stderr.write('x' + TOKEN)", "captured stderr call"),
    "log": ("logging.getLogger('cfai').debug('sent %s', TOKEN)", "a log line of cfai"),
    "log_traceback": (
        "try: raise OSError(TOKEN)\n    except OSError: logging.getLogger('x').exception('no')",
        "a log line of x",
    ),
    "log_extra": ("logging.getLogger('x').info('no', extra={'sent': TOKEN})", "a log record of x"),
    "error": ("with pytest.raises(cfai.CfaiError): raise cfai.ApiError(TOKEN)", "the args of ApiError"),
    "attribute": ("cfai.ApiError('no', raw={'sent': TOKEN})", "the attributes of ApiError"),
    "cause": (
        "with pytest.raises(cfai.CfaiError): raise cfai.TransportError('no') from OSError(TOKEN)",
        "the args of OSError",
    ),
    "error_pickle": ("cfai.ApiError('no', raw=Sly())", "the pickle of ApiError"),
    "traceback": ("with pytest.raises(cfai.CfaiError): ours['call'](TOKEN)", "the traceback of TransportError"),
    "kept": ("global kept; kept = cfai.ApiError(TOKEN)", "the args of ApiError"),
    "pickle": ("pickle.dumps(Sly())", "a pickle of Sly"),
    "failure": ("assert TOKEN == 'x'", "what the test failed with"),
    "skip": ("pytest.skip(TOKEN)", "what the test failed with"),
}
QUIET = {
    "print": "print('no secret')",
    "log": "logging.getLogger('cfai').debug('no secret')",
    "error": "with pytest.raises(cfai.CfaiError): raise cfai.ApiError('no secret')",
    "variable": "with pytest.raises(cfai.CfaiError): keep(TOKEN)",
    "refused": "with pytest.raises(cfai.ConfigError): ours['refuse'](TOKEN)",
    "pickle": "pickle.dumps(cfai.ApiError('no secret'))",
    "warning": "warnings.warn('no secret')",
    "secret": "assert TOKEN",
    "too_deep": "deep = []\n    for _ in range(9999): deep = [deep]\n    cfai.ApiError('no secret', raw=deep)",
}


def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, text: str) -> pytest.RunResult:
    monkeypatch.setenv("PYTHONPATH", f"{HOME.parent}:{TESTS}")
    pytester.makepyfile(START + text)
    return pytester.runpytest_subprocess("-p", "kit.canary", "-p", "no:cacheprovider", "-rA", "-vv", "-Wdefault")


def written(lines: dict[str, str]) -> str:
    return "".join(f"\ndef test_{name}():\n    {line}\n" for name, line in lines.items())


def test_it_catches_whatever_shows_a_secret(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(pytester, monkeypatch, written({name: line for name, (line, _) in LEAKS.items()}))
    shown = result.stdout.str() + result.stderr.str()

    result.assert_outcomes(failed=len(LEAKS))
    assert [] == [name for name, (_, where) in LEAKS.items() if f"TOKEN stands in {where}" not in shown]
    assert [] == [secret for secret in SECRETS if secret in shown]


def test_it_is_quiet_where_none_shows(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(pytester, monkeypatch, written(QUIET))

    result.assert_outcomes(passed=len(QUIET), warnings=1)
    assert "a secret shows" not in result.stdout.str()


AROUND = """
@pytest.fixture
def leaky():
    print("before " + TOKEN)
    yield
    print("after " + TOKEN)

def test_one(leaky):
    pass
"""


def test_it_looks_at_fixtures_too(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(pytester, monkeypatch, AROUND)

    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*TOKEN stands in captured stdout setup", "*TOKEN stands in captured stdout teardown"])


def test_it_looks_at_modules_too(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(pytester, monkeypatch, "print(TOKEN)")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*TOKEN stands in captured stdout"])


def test_it_looks_at_warnings_and_fails_the_run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(pytester, monkeypatch, written({"one": "warnings.warn(TOKEN)"}))

    result.assert_outcomes(passed=1, warnings=1)
    assert pytest.ExitCode.TESTS_FAILED == result.ret
    result.stdout.fnmatch_lines(
        ["*UserWarning: <TOKEN>", "ERROR a secret shows: TOKEN stands in a warning of *::test_one"]
    )


def test_it_looks_once_more_when_all_tests_are_over(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    pytester.makeconftest("""
        import logging
        from kit.secrets import TOKEN
        def pytest_runtest_logfinish(): logging.getLogger("x").info(TOKEN)
    """)
    result = run(pytester, monkeypatch, written({"one": "pass"}))

    result.assert_outcomes(passed=1)
    assert pytest.ExitCode.TESTS_FAILED == result.ret
    result.stdout.fnmatch_lines(["ERROR a secret shows: TOKEN stands in a log line of x, after the last test"])
