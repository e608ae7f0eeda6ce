"""How hard to think: from one scale to what each family has for it (docs/wire.md 3.1)."""

from typing import Any

from ..._catalogue.chat_form import ALWAYS, Effort
from ..._logs import warning
from ...errors import InvalidParams

_SCALE = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""The levels that are known, by what they cost."""
_KEY, _SWITCHES, _SWITCH = "reasoning_effort", "chat_template_kwargs", "enable_thinking"


def level_of(effort: Effort, given: str) -> str:
    """Give the level to send: *given*, else the next higher one, else the highest; a newer one as it is."""
    if given in effort.levels or given in effort.mapped or given not in _SCALE:
        return given
    higher = _SCALE[_SCALE.index(given) :]
    return next((level for level in effort.levels if level in higher), effort.levels[-1])


def set_effort(fields: dict[str, Any], model: str, effort: Effort | None) -> dict[str, Any]:
    """Write `reasoning_effort` as *model* has it, which may be a switch, or nothing; as it is without a row."""
    given = fields.get(_KEY)
    if given is None or effort is None:
        return fields
    _check(given)
    if effort.switch and (given == "none" or not effort.levels):
        return _switched(fields, given)
    if effort is ALWAYS:
        _log_dropped(model)
        return {name: value for name, value in fields.items() if name != _KEY}
    return {**fields, _KEY: level_of(effort, given)}


def set_effort_of_responses(fields: dict[str, Any], model: str, effort: Effort | None) -> dict[str, Any]:
    """Write `reasoning_effort` as the Responses API has it: `effort` in `reasoning`."""
    if _KEY not in fields:
        return fields
    given = fields.pop(_KEY)
    _check(given)
    reasoning = _mapping(fields, "reasoning")
    if reasoning.get("effort") not in (None, given):
        raise InvalidParams(
            f"{_KEY}: {given!r}, and `reasoning` has the effort {reasoning['effort']!r}: set one of them"
        )
    if effort is ALWAYS:
        _log_dropped(model)
        return fields
    level = level_of(effort, given) if effort is not None and effort.levels else given
    return {**fields, "reasoning": {**reasoning, "effort": level}}


def _switched(fields: dict[str, Any], given: str) -> dict[str, Any]:
    switches, thinks = _mapping(fields, _SWITCHES), given != "none"
    if switches.get(_SWITCH) not in (None, thinks):
        stated = f"{_SWITCHES}[{_SWITCH!r}] is {switches[_SWITCH]!r}"
        raise InvalidParams(f"{_KEY}: {given!r} would set {_SWITCH} to {thinks}, and {stated}: set one of them")
    kept = {name: value for name, value in fields.items() if name != _KEY}
    return {**kept, _SWITCHES: {**switches, _SWITCH: thinks}}


def _check(given: Any) -> None:
    if not isinstance(given, str):
        raise InvalidParams(f"{_KEY}: must be a str such as 'low', not {type(given).__name__}")


def _mapping(fields: dict[str, Any], name: str) -> dict[str, Any]:
    value = fields.get(name, {})
    if not isinstance(value, dict):
        raise InvalidParams(f"{name}: must be a mapping, not {type(value).__name__}")
    return value


def _log_dropped(model: str) -> None:
    warning("%s always thinks: %s is not sent", model, _KEY)
