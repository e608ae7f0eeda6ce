"""Credentials that a server or a library repeats, taken out of what errors and log lines say."""

import base64
import contextlib
import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import unquote, urlsplit

from .._wire import strict_json
from .._wire.quoting import one_line
from ..errors import ApiError, CfaiError, DecodeError, InvalidInput
from ..tasks.answers import BatchResult

MASK = "[masked]"
_SHORTEST = 4
"""Characters of a value from which on it is masked: shorter ones stand in many words by chance."""
_TELLING = 8
"""Characters from which on a value is masked inside of a longer word too, and so is the beginning of a credential."""
_PLAIN = re.compile(r"[!#-&(-\[\]-~]+", re.ASCII)
"""What is quoted as it is: no blank, no quotation mark, no backslash."""
_SCHEME = re.compile(
    r"(?:(?:api-?key|basic|bearer|digest|dpop|gnap|hawk|hoba|key|mutual|negotiate|ntlm|oauth|privatetoken|sharedkey"
    r"|ssws|token|vapid)[ \t]+)+(?=[^ \t])",
    re.ASCII | re.IGNORECASE,
)
"""Words before a credential, which a server may quote without them."""

Values = Callable[[], Iterable[str]]


class Mask:
    """Replaces secrets in texts. The secrets are fetched when they are needed, and kept in no attribute."""

    __slots__ = ("_credentials", "_values")

    def __init__(self, credentials: Values, values: Values = tuple) -> None:
        """Hide *credentials*, and *values* of headers, which need not be telling."""
        self._credentials = credentials
        self._values = values

    def __call__(self, text: str) -> str:
        """Return *text* without the secrets in it."""
        credentials = _forms_of(self._credentials())
        for value in _longest_first(credentials | _forms_of(self._values())):
            text = _without(text, value)
        for value in _longest_first(credentials):
            text = _without_beginnings(text, value)
        return text

    def is_in(self, data: bytes) -> bool:
        """Return whether one of the secrets stands in *data*."""
        return any(
            value.encode("utf-8", "surrogatepass") in data
            for value in _forms_of((*self._credentials(), *self._values()))
            if len(value) >= _SHORTEST
        )

    def hide_in(self, failure: CfaiError, body: bytes = b"") -> None:
        """Take the secrets out of what an error says, but not out of `raw` and `errors`, which are as they were sent.

        Where the *body* of the answer holds one, the error's traceback goes: its frames have that body in variables.
        """
        before = failure.args, getattr(failure, "message", "")
        failure.args = tuple(self(each) if isinstance(each, str) else each for each in failure.args)
        if isinstance(failure, ApiError):
            failure.message = self(failure.message)
            failure.code = self(failure.code) if isinstance(failure.code, str) else failure.code
            failure.request_id = self(failure.request_id) if failure.request_id else failure.request_id
            failure.ray_id = self(failure.ray_id) if failure.ray_id else failure.ray_id
        if isinstance(failure, InvalidInput):
            failure.fields = [self(name) for name in failure.fields]
        if isinstance(failure, DecodeError):
            failure.path = self(failure.path)
            failure.request_id = self(failure.request_id) if failure.request_id else failure.request_id
            self.hide_in_items(failure.answer)
        if before != (failure.args, getattr(failure, "message", "")) or self.is_in(body):
            failure.__cause__ = failure.__context__ = None
            failure.__traceback__ = None

    def hide_in_items(self, answer: object) -> None:
        """Take the secrets out of the errors of a batch's items; an answer of another kind has none."""
        for outcome in answer.outcomes if isinstance(answer, BatchResult) else ():
            if outcome.error is not None:
                self.hide_in(outcome.error)


def _longest_first(values: Iterable[str]) -> list[str]:
    return sorted(values, key=len, reverse=True)


def _forms_of(values: Iterable[str]) -> set[str]:
    """Return the forms in which *values* can be quoted."""
    return {form for value in values for form in _forms(value.strip())}  # the wire has no blanks around a value


def _forms(value: str) -> Iterator[str]:
    """Yield *value*, and what is quoted of it: without its scheme, its blanks changed, as JSON or Python write it."""
    yield value
    if _PLAIN.fullmatch(value):
        return
    scheme = _SCHEME.match(value)
    for each in (value, value[scheme.end() :]) if scheme else (value,):
        for form in (each, one_line(each), " ".join(each.split())):
            for written in (form, strict_json.text_of(form)[1:-1], repr(form)[1:-1]):
                yield written
                yield " ".join(written.split())


def _without(text: str, value: str) -> str:
    if len(value) >= _TELLING:
        return text.replace(value, MASK)
    if len(value) < _SHORTEST or value not in text:
        return text
    return re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", MASK, text)


def _without_beginnings(text: str, value: str) -> str:
    """Mask what a quotation that was cut has of a credential."""
    if len(value) < _TELLING:
        return text
    beginning = value[:_TELLING]
    while (start := text.find(beginning)) >= 0:
        end = start + _TELLING
        while text[start : end + 1] == value[: end + 1 - start] and end < len(text):
            end += 1
        text = text[:start] + MASK + text[end:]
    return text


def bare(credential: str) -> str:
    """Return a credential without the scheme before it."""
    return credential.removeprefix("Bearer ").strip()


def passwords_of(proxy: str | None) -> Iterator[str]:
    """Yield the password in the address of a proxy, in the forms in which it can show."""
    with contextlib.suppress(ValueError):
        parts = urlsplit(proxy or "")
        if parts.password:
            user, password = unquote(parts.username or ""), unquote(parts.password)
            yield from {password, parts.password}
            yield base64.b64encode(f"{user}:{password}".encode()).decode()
