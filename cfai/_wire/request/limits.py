"""How much the models take whose limits are known: numbers of entries, and sizes of media (docs/wire.md 3.6)."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..._catalogue import Row
from ..._catalogue.limits import Limits
from ...errors import InvalidParams
from ..media.body import MediaPart
from ..media.sources import BytesSource
from .values import pieces_in

_MIB = 2**20
_UNKNOWN = "application/octet-stream"


def check_limits(fields: dict[str, Any], row: Row) -> None:
    """Refuse what is more than the model of *row* takes; media that have to be read from files are left for later.

    Their check is put on one of them, since its length is worked out in a worker thread before anything is sent.

    Raises:
        InvalidParams: There is too much of something.
    """
    limits, model = row.limits, row.name
    if limits is None:
        return
    count = len(fields[limits.entries])
    if count > limits.most:
        raise InvalidParams(f"{limits.entries}: {count} of them, and {model} takes up to {limits.most}")
    names = [name for name in (*limits.each, *limits.as_base64) if name in fields]

    def check() -> None:
        _check_media({name: fields[name] for name in names}, limits, model)

    files = [piece for name in names for piece in pieces_in(fields[name]) if not isinstance(piece.source, BytesSource)]
    if files:
        files[0].check = check
    else:
        check()


def _check_media(media: Mapping[str, list[Any]], limits: Limits, model: str) -> None:
    total = 0
    for name, path, item in _each(media):
        size, most = _size_of(item), limits.each.get(name)  # a file is measured before its first bytes are looked at
        kind = _kind_of(item)
        if limits.media_types and kind not in (*limits.media_types, _UNKNOWN):
            known = ", ".join(limits.media_types)
            raise InvalidParams(f"{path}: {kind}, and {model} takes {known}")
        if most is not None and size > most:
            raise InvalidParams(f"{path}: {size:,} bytes, and {model} takes up to {most // _MIB} MiB in one of them")
        total += (size + 2) // 3 * 4 if name in limits.as_base64 else size
    if limits.together is not None and total > limits.together:
        note = f", where {', '.join(limits.as_base64)} count as base64" if limits.as_base64 else ""
        raise InvalidParams(
            f"{', '.join(media)}: {total:,} bytes together, and {model} takes up to"
            f" {limits.together // _MIB} MiB in one call{note}"
        )


def _each(media: Mapping[str, list[Any]]) -> Iterator[tuple[str, str, Any]]:
    for name, items in media.items():
        for index, item in enumerate(items):
            yield name, f"{name}[{index}]", item


def _size_of(item: Any) -> int:
    """Return how many bytes a medium has; 0 where a mapping does not say."""
    data = item if isinstance(item, MediaPart) else item.get("base64")
    if isinstance(data, MediaPart):
        return data.source.size()
    return (len(data) - sum(map(data.count, "=\r\n"))) * 3 // 4 if isinstance(data, str) else 0


def _kind_of(item: Any) -> str:
    """Return the media type of a medium, without parameters and by its registered name."""
    kind = item.source.media_type() if isinstance(item, MediaPart) else item.get("content_type")
    named = kind.partition(";")[0].strip().lower() if isinstance(kind, str) else _UNKNOWN
    return "image/jpeg" if named == "image/jpg" else named
