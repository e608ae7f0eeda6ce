"""JSON, strictly: one behaviour for everything that can be wrong with it."""

import json
from typing import Any

import msgspec

_decoder = msgspec.json.Decoder()
_BOM = b"\xef\xbb\xbf"


class NotJson(Exception):
    """The bytes are not JSON; the message says why in a few words."""

    cut = False
    """Whether they begin as JSON does, and their end is missing."""


def decode(body: bytes) -> Any:
    """Decode *body*. A byte order mark is let pass, since the answer behind it was paid for.

    Raises:
        NotJson: It is cut, malformed, not UTF-8, nested too deeply, or holds NaN or a number beyond all bounds.
    """
    try:
        return _decoder.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as failure:
        if body.startswith(_BOM):
            return decode(body[len(_BOM) :])
        reason = "it is nested too deeply" if isinstance(failure, RecursionError) else str(failure)
    refusal = NotJson(reason)
    refusal.cut = body != b"" and "truncated" in reason  # msgspec's word for it
    raise refusal


def text_of(value: Any) -> str:
    """Write *value* as compact JSON.

    Raises:
        TypeError: It holds what JSON has no form for.
    """
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:  # a lone surrogate, which only a user's own value can hold
        return json.dumps(value, separators=(",", ":"))
