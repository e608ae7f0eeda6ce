"""Models' names: checked before anything is sent, for a name becomes a part of the path."""

import functools
import re

from ..._catalogue import Trait, is_third_party, model_row
from ...errors import InvalidModelName, InvalidParams

_NAME = re.compile(r"[A-Za-z0-9@][\w.:\-]*(?:/[A-Za-z0-9][\w.:\-]*)*", re.ASCII)
_DOTS = {".", "..", "@.", "@.."}


def path_of(model: str) -> str:
    """Return the path of *model* below the account, with literal slashes: the service refuses encoded ones.

    Raises:
        InvalidModelName: The name could leave the path, or holds what no model's name holds.
        InvalidParams: The model answers WebSocket connections alone.
    """
    if not isinstance(model, str):  # asked before the cache, which can't look up every type
        raise InvalidModelName(_complaint(model))
    return _path_of(model)


@functools.lru_cache(maxsize=1024)
def _path_of(model: str) -> str:
    if not _NAME.fullmatch(model) or not _DOTS.isdisjoint(model.split("/")):
        raise InvalidModelName(_complaint(model))
    if model.startswith("run/"):
        raise InvalidModelName(_complaint(model))
    if Trait.WEBSOCKET_ONLY in model_row(model).traits:
        raise InvalidParams(f"{model} answers WebSocket connections only, which cfai does not make")
    return "/ai/run" if is_third_party(model) else f"/ai/run/{model}"


def _complaint(model: object) -> str:
    if not isinstance(model, str):
        return f"a model's name is a str such as '@cf/meta/llama-3.2-3b-instruct', not {type(model).__name__}"
    if model.startswith("run/"):
        return f"{model[:200]!r}: leave out 'run/', which the path has already"
    if "%" in model:
        return f"{model[:200]!r}: write the name as it is, without percent-encoding"
    return f"{model[:200]!r} is no model's name: expected one such as '@cf/author/model' or 'author/model'"
