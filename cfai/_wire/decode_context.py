"""What of a request the reading of its answer depends on."""

from collections.abc import Mapping
from typing import Any

_DEFAULT_LIMIT = 256
"""Tokens that many models stop at where no limit was sent (docs/wire.md 3.1)."""
_JSON_MODE = frozenset({"guided_json", "response_format", "text"})
"""Fields by which JSON is asked for."""


class DecodeContext:
    """The input that was sent. There is none where no request is known, as in `cfai.converter`."""

    __slots__ = ("input", "thinks_aloud")

    def __init__(self, input: Mapping[str, Any], *, thinks_aloud: bool = False) -> None:
        self.input = input
        self.thinks_aloud = thinks_aloud
        """Whether the model is one of those whose native text begins with what it thinks (docs/wire.md 3.1)."""

    @property
    def limit(self) -> int:
        """The limit of tokens in force."""
        for name in ("max_completion_tokens", "max_tokens", "max_output_tokens"):
            limit = self.input.get(name)
            if type(limit) is int:
                return limit
        return _DEFAULT_LIMIT

    @property
    def json(self) -> bool:
        """Whether the answer was asked for as JSON, in any of the three ways (docs/wire.md 5)."""
        if not _JSON_MODE.isdisjoint(self.input):
            return self._json()
        return False

    def _json(self) -> bool:
        if self.input.get("guided_json") is not None:
            return True
        text = self.input.get("text")
        forms = (self.input.get("response_format"), text.get("format") if isinstance(text, Mapping) else None)
        return any(isinstance(form, Mapping) and str(form.get("type")).startswith("json") for form in forms)
