"""A pytest plugin that fails the test in which a made-up secret shows, wherever it does.

It watches what was captured, every log record, warning and pickle, the error that ended a test, and every `CfaiError`
of the process: its text, repr, arguments, attributes, pickle, and the local variables of cfai's frames in its
traceback. What it prints calls a secret by the name that it has in `kit.secrets`.
"""

import contextlib
import copy
import gc
import logging
import os
import pickle
import threading
import traceback
import warnings
import weakref
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from kit import secrets
from kit.secrets import chain_of, found_in

import cfai

_NAMES = {value: name for name, value in vars(secrets).items() if isinstance(value, str) and value in secrets.SECRETS}
_HOME = f"{Path(cfai.__file__).parent}{os.sep}"
_dumps = pickle.dumps  # while the plugin is there, `pickle.dumps` is watched

_FORMS: dict[str, Callable[[BaseException], str]] = {
    "str": str,
    "repr": repr,
    "args": lambda error: repr(error.args),
    "attributes": lambda error: repr(vars(error)),
    "pickle": lambda error: _dumps(error).decode("latin-1"),
}
_DEEPEST = 50
_HANDED_OVER = frozenset(
    {
        "address",
        "api_key",
        "api_token",
        "base_url",
        "changes",
        "email",
        "headers",
        "proxy",
        "url",
        "value",
    }
)
"""Where what its caller handed over is refused, a frame has it as an argument, as the caller's own frame has."""


def masked(text: str) -> str:
    """Give *text* with the names of the secrets in their places."""
    for secret in found_in(text):
        text = text.replace(secret, f"<{_NAMES[secret]}>")
    return text


def shown_by(error: BaseException) -> Iterator[tuple[str, str]]:
    """Give what an error and all that hangs on it can show, each with a word for where it stood."""
    for link in chain_of(error):
        kind, deep = type(link).__name__, _is_deep(vars(link))
        for form, show in _FORMS.items():
            yield f"the {form} of {kind}", _words_of(vars(link)) if deep else _text(show, link)
        for function, name, value in locals_of(link):
            shown = _words_of(value) if _is_deep(value) else _text(repr, value)
            yield f"the traceback of {kind}, as {name!r} in {function}()", shown


def locals_of(error: BaseException) -> Iterator[tuple[str, str, Any]]:
    """Give the local variables in a traceback: function, name, value.

    Only those of cfai's own frames: a test may well have a secret in a variable.
    """
    passed_over = _HANDED_OVER if isinstance(error, cfai.ConfigError) else ()
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename.startswith(_HOME):
            yield from ((frame.f_code.co_name, *each) for each in frame.f_locals.items() if each[0] not in passed_over)


def _text(show: Callable[[Any], str], thing: Any) -> str:
    try:
        return show(thing)
    except Exception:  # what can't be shown is for other tests to say
        return ""


def _is_deep(value: Any) -> bool:
    """Tell what a repr or a pickle must not be asked of: in the middle of a collection, Python 3.11 dies of it."""
    return isinstance(value, (dict, list, tuple)) and any(depth > _DEEPEST for depth, _ in _leaves(value))


def _words_of(value: Any) -> str:
    return "\n".join(leaf for _, leaf in _leaves(value) if isinstance(leaf, str))


def _leaves(value: Any) -> Iterator[tuple[int, Any]]:
    """Give all that JSON holds, keys too, each with its depth."""
    waiting, known = [(0, value)], set[int]()
    while waiting:
        depth, item = waiting.pop()
        if id(item) in known:
            continue
        if isinstance(item, (dict, list, tuple)):
            known.add(id(item))  # it may contain itself
        if isinstance(item, dict):
            waiting += [(depth + 1, each) for pair in item.items() for each in pair]
        elif isinstance(item, (list, tuple)) and item:
            waiting += [(depth + 1, each) for each in item]
        else:
            yield depth, item


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Hold garbage collection back: from within a repr that is as deep as Python goes, it would start another one."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Canary:
    """Collects where secrets were seen, and fails the phase of the test in which they were."""

    def __init__(self) -> None:
        self._seen: dict[str, None] = {}
        self._lock = threading.RLock()  # a finalizer may run on top of anything

    def look(self, where: str, text: str) -> None:
        """Remember the secrets in *text*."""
        for secret in found_in(text):
            with self._lock:
                self._seen[f"{_NAMES[secret]} stands in {masked(where)}"] = None

    def look_at(self, error: BaseException) -> None:
        """Remember the secrets that an error shows."""
        with _no_collection():
            for where, text in shown_by(error):
                self.look(where, text)

    def take(self) -> list[str]:
        """Give what was seen since the last time."""
        with self._lock:
            seen, self._seen = list(self._seen), {}
        return seen

    def judge(self, report: pytest.TestReport | pytest.CollectReport, phase: str) -> None:
        """Fail a report if there was a secret in it or since the last one, and take all secrets out of it."""
        for name, text in report.sections:
            if name.endswith(phase):  # a report repeats the sections of the phases before it
                self.look(name.lower(), text)
        report.sections = [(name, masked(text)) for name, text in report.sections]
        shown = str(report.longrepr or "")
        self.look("what the test failed with", shown)
        if seen := self.take():
            report.outcome = "failed"
            report.longrepr = "\n".join([masked(shown), "a secret shows:", *seen]).lstrip()
            vars(report).pop("wasxfail", None)


class LogWatch(logging.Handler):
    """Looks at each log record: as its line, with its traceback, and as a structured log would ship it."""

    def __init__(self, canary: Canary) -> None:
        super().__init__()
        self._canary = canary

    def emit(self, record: logging.LogRecord) -> None:
        try:
            # Of a copy, for formatting leaves its traces in the record.
            self._canary.look(f"a log line of {record.name}", self.format(copy.copy(record)))
            self._canary.look(f"a log record of {record.name}", repr(vars(record)))
        except Exception:  # what can't be formatted is logging's to report
            self.handleError(record)


class ErrorWatch:
    """Looks at each `CfaiError` once: at the end of the phase in which it was made, or as it dies before that."""

    def __init__(self, canary: Canary) -> None:
        self._canary = canary
        # References are weak: tests about the life of clients must not find them held by an error that is held here.
        self._unseen: dict[int, weakref.ref[cfai.CfaiError]] = {}

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Have all errors reported here."""
        made, unseen = cfai.CfaiError.__init__, self._unseen

        @wraps(made)
        def init(error: cfai.CfaiError, *args: Any, **kwargs: Any) -> None:
            made(error, *args, **kwargs)
            unseen[id(error)] = weakref.ref(error)

        def die(error: cfai.CfaiError) -> None:
            self._look_at(error)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cfai.CfaiError, "__init__", init)
            patch.setattr(cfai.CfaiError, "__del__", die, raising=False)
            yield

    def look(self) -> None:
        """Look at those that live."""
        for reference in list(self._unseen.values()):
            if (error := reference()) is not None:
                self._look_at(error)

    def _look_at(self, error: cfai.CfaiError) -> None:
        if self._unseen.pop(id(error), None) is not None:
            self._canary.look_at(error)


class Plugin:
    """The hooks."""

    def __init__(self) -> None:
        self._canary = Canary()
        self._late = Canary()
        """For what no report of a test can say any more."""
        self._errors = ErrorWatch(self._canary)
        self._stack = contextlib.ExitStack()
        self._shown: list[str] = []

    def pytest_sessionstart(self) -> None:
        root = logging.getLogger()
        handler, level = LogWatch(self._canary), root.level
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        self._stack.callback(root.setLevel, level)
        self._stack.callback(root.removeHandler, handler)
        patch = self._stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(pickle, "dumps", self._pickle)
        self._stack.enter_context(self._errors.watching())

    def _pickle(self, thing: Any, *args: Any, **kwargs: Any) -> bytes:
        data = _dumps(thing, *args, **kwargs)
        self._canary.look(f"a pickle of {type(thing).__name__}", data.decode("latin-1"))
        return data

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        report = yield
        if call.excinfo is not None:
            self._canary.look_at(call.excinfo.value)
        self._errors.look()
        self._canary.judge(report, call.when)
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Any:
        report = yield
        self._errors.look()
        self._canary.judge(report, "")
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage, nodeid: str) -> None:
        text = str(warning_message.message)
        self._late.look(f"a warning of {nodeid or 'the run'}", text)  # told when the test has its reports
        if found_in(text):
            warning_message.message = masked(text)  # pytest prints it at the end of the run

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        gc.collect()  # errors in reference cycles die late
        self._errors.look()
        self._stack.close()
        self._shown = [*self._late.take(), *(f"{each}, after the last test" for each in self._canary.take())]
        if self._shown and session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for seen in self._shown:
            terminalreporter.line(f"ERROR a secret shows: {seen}", red=True)


def pytest_configure(config: pytest.Config) -> None:
    """Start the watch."""
    config.pluginmanager.register(Plugin(), "cfai-canary")
