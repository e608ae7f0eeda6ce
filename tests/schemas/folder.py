"""The schemas of a folder, whichever of the two layouts each of its files has."""

import json
from pathlib import Path
from typing import Any, NamedTuple

_INPUT, _OUTPUT = ".input.json", ".output.json"


class Schemas(NamedTuple):
    """What a model takes and answers."""

    input: Any
    output: Any


def read(folder: Path) -> dict[str, Schemas]:
    """Give the schemas by the models' names."""
    found: dict[str, Schemas] = {}
    for path in sorted(folder.glob("*.json")):
        if path.name.endswith(_INPUT):
            answer = path.with_name(path.name.removesuffix(_INPUT) + _OUTPUT)
            found[_model_of(path.name.removesuffix(_INPUT))] = Schemas(_load(path), _load(answer))
        elif not path.name.endswith(_OUTPUT):
            whole = _load(path)
            both = whole.get("result", whole)
            found[_model_of(path.stem)] = Schemas(both["input"], both["output"])
    return found


def _model_of(name: str) -> str:
    return "@" + name.removeprefix("@").replace("__", "/")


def _load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
