"""Media of third-party models: one or several, as links, base64 or data URLs, under the key of their kind.

docs/wire.md 1.
"""

from typing import Any

from ...media import Audio, Image, Media, MediaLink
from ..convert.converter import ShapeError, converter, expect_array, expect_object, kind_of, register, structure_at
from .media import is_link, read_binary, read_key, read_text

_KINDS: dict[str, type[Media]] = {"image": Image, "audio": Audio, "video": Media}
_PLURALS = {"images": "image", "videos": "video", "audios": "audio"}


def has_several(result: dict[str, Any]) -> bool:
    """Whether *result* has a list of links under a plural key; without an item the medium was not made."""
    return any(_are_links(result.get(key)) for key in _PLURALS)


def _are_links(items: Any) -> bool:
    return type(items) is list and bool(items) and all(map(is_link, items))


def read_one(result: dict[str, Any]) -> Media | MediaLink:
    """Read the medium of *result*, or the link to it, under the first of the keys that is there."""
    key = next(key for key in _KINDS if result.get(key) is not None)
    value = result[key]
    return MediaLink(value, f"{key}/*") if is_link(value) else read_key(result, _KINDS[key], key)


def read_several(result: dict[str, Any]) -> list[MediaLink]:
    """Read the list of links of a *result* that `has_several`."""
    key = next(key for key in _PLURALS if _are_links(result.get(key)))
    return [MediaLink(link, f"{_PLURALS[key]}/*") for link in result[key]]


def _read_link(result: Any) -> MediaLink:
    """Read a link under the key of its kind; or the link alone, as a field of a user's own class has it."""
    if is_link(result):
        return MediaLink(result)
    for key in _KINDS:
        if type(result) is dict and is_link(result.get(key)):
            return MediaLink(result[key], f"{key}/*")
    raise ShapeError(f"expected an address under 'image' or 'audio' or 'video', got {kind_of(result)}")


def _read_media(result: Any) -> Media:
    """Read a medium of any kind: bytes, or what stands under the key of its kind."""
    if type(result) is bytes:
        return read_binary(result, "")
    for key, kind in _KINDS.items():
        if type(result) is dict and result.get(key) is not None:
            return read_key(result, kind, key)
    raise ShapeError(f"expected bytes, or a medium under 'image' or 'audio' or 'video', got {kind_of(result)}")


def _read_links(result: Any, _: Any) -> list[MediaLink]:
    """Read links under a plural key; or a list of links alone, as a field of a user's own class has it."""
    if type(result) is not dict:
        expect_array(result)
        return [structure_at(link, MediaLink, f"$[{place}]") for place, link in enumerate(result)]
    if not has_several(result):
        raise ShapeError("expected a list of addresses under 'images' or 'videos' or 'audios'")
    return read_several(result)


def _list_hook(kind: type[Media]) -> Any:
    """Return the hook of a list of media, in base64 or as data URLs: no shape tells it, so it has to be promised."""
    names = [name for name, key in _PLURALS.items() if issubclass(_KINDS[key], kind)]

    def hook(result: Any, _: Any) -> list[Media]:
        expect_object(result)
        for name in names:
            items = result.get(name)
            if type(items) is list and items:
                key = _PLURALS[name]
                return [read_text(item, _KINDS[key], key, f"$.{name}[{place}]") for place, item in enumerate(items)]
        raise ShapeError(f"expected a list of media under {' or '.join(map(repr, names))}")

    return hook


register(MediaLink, _read_link)
register(Media, _read_media)
converter.register_structure_hook_func(lambda kind: kind == list[MediaLink], _read_links)
for _kind in (Image, Audio, Media):
    converter.register_structure_hook_func(
        lambda kind, whole=list[_kind]: kind == whole,  # type: ignore[valid-type,misc]
        _list_hook(_kind),
    )
