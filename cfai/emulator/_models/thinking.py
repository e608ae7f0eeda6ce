"""When a chat model thinks: each has knobs of its own (docs/wire.md 3.1)."""

from collections.abc import Callable
from typing import Any

Thinks = Callable[[dict[str, Any]], bool]


def never(_body: dict[str, Any]) -> bool:
    """Not a thinker."""
    return False


def always(_body: dict[str, Any]) -> bool:
    """It cannot be stopped, whatever is asked."""
    return True


def when_asked(body: dict[str, Any]) -> bool:
    """Only with `enable_thinking`."""
    return _switch(body) is True


def unless_told_not_to(body: dict[str, Any]) -> bool:
    """Until `enable_thinking` or the effort forbids it."""
    return _switch(body) is not False and body.get("reasoning_effort") not in {"none", "minimal"}


def unless_none(body: dict[str, Any]) -> bool:
    """As above, for those to whom "minimal" means a low effort and not none."""
    return _switch(body) is not False and body.get("reasoning_effort") != "none"


def _switch(body: dict[str, Any]) -> object:
    kwargs = body.get("chat_template_kwargs") or {}
    # One model's is called `thinking`.
    return kwargs.get("enable_thinking", kwargs.get("thinking"))
