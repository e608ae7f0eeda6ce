"""Words of somebody else's, made fit for a log line, a message and a terminal."""

import re

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
"""What would end a line, speak to a terminal, or turn its text around; and lone surrogates, which no encoding takes.
The blanks around it are stripped piece by piece: a pattern that takes them in needs the square of the time for a long
run of blanks."""


def one_line(text: str) -> str:
    """Put *text* on one line, without control characters: it goes into logs and terminals."""
    return " ".join(filter(None, map(str.strip, _BREAKS.split(text))))
