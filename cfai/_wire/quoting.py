"""Words of somebody else's, made fit for a log line, a message and a terminal."""

import re

QUOTED = 200
"""Characters that are quoted of a body which is not the service's JSON."""

_READ = 8192
"""Bytes in which they are looked for."""

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
"""What would end a line, speak to a terminal, or turn its text around; and lone surrogates, which no encoding takes.
The blanks around it are stripped piece by piece: a pattern that takes them in needs the square of the time for a long
run of blanks."""


def one_line(text: str) -> str:
    """Put *text* on one line, without control characters: it goes into logs and terminals."""
    return " ".join(filter(None, map(str.strip, _BREAKS.split(text))))


def quote(body: bytes) -> str:
    """Quote the beginning of *body* in one line."""
    text = " ".join(one_line(body[:_READ].decode("utf-8", "replace")).split())
    return text[:QUOTED] or ("an empty body" if not body else f"a body of {len(body)} blanks")
