"""The service's words: cleaned for people, and the fields that they name (docs/wire.md 2.2)."""

import re
from typing import Any

from .. import strict_json

_LONGEST = 20_000
"""Characters of a message in which names are looked for."""

_LONGEST_ID = 60
"""Characters at the end of a message in which its id stands: a pattern that looks for it everywhere would take the
square of the time on a message of blanks."""

_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_PREFIX = re.compile(r"\s*(?:(?:AiError|Ai)\s*:\s*)+")
_ID = re.compile(rf"\(\s*({_UUID})\s*\)\Z")

_NAMES = r"['\"][^'\"]{0,500}['\"](?:\s*(?:,|and)\s*['\"][^'\"]{0,500}['\"])*"
_FIELDS = re.compile(
    rf"required propert(?:y|ies)\s+at\s+['\"](?P<where>[^'\"]{{0,500}})['\"]\s+(?:is|are)\s+(?P<missing>{_NAMES})"
    rf"|(?:additional|unevaluated)\s+propert(?:y|ies)\s+(?P<extra>{_NAMES})(?:\s+at\s+['\"](?P<at>[^'\"]{{0,500}})['\"])?"
    r"|(?:type mismatch|length|value) of\s+['\"](?P<value>[^'\"]{0,500})['\"]"
    r"|(?:not in|doesn't match)\s[^'\"]{0,500}\sat\s+['\"](?P<choice>/[^'\"\s]{1,500})['\"]"
    r"|(?:min|max)Properties at\s+['\"](?P<size>/[^'\"\s]{1,500})['\"]"
    r"|['\"](?P<pointer>/[^'\"\s]{1,500})['\"]\s+(?:must|should|is|are|does|failed)\b"
    r"|['\"]loc['\"]\s*:\s*[(\[](?P<loc>[^)\]]{0,500})[)\]]"
    r"|['\"]param['\"]\s*:\s*['\"](?P<param>[^'\"]{1,500})['\"]"
    r"|\b(?:field|property|parameter|argument|key)\s+['\"](?P<named>/?[a-z_][\w./-]*)['\"]"
    r"|['\"](?P<required>[a-z_][\w./-]*)['\"]\s+(?:is|was|are)\s+(?:a\s+)?(?:required|missing|not\s+(?:allowed|supported|taken))",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"['\"]([^'\"]*)['\"]")
_OF_A_PATH = re.compile(r"[^\s,'\"]+")


def id_in(text: str) -> str | None:
    """Return the request id that a message ends with."""
    found = _ID.search(text.rstrip()[-_LONGEST_ID:])
    return found[1] if found else None


def cleaned(text: str, request_id: str | None = None) -> str:
    """Return a message without the service's prefixes and without the request id at its end.

    A message that is nothing but a JSON error object of the engine is that object's own message.
    """
    prefix = _PREFIX.match(text)
    bare = _without_id(text[prefix.end() :] if prefix else text)
    if request_id:
        bare = bare.replace(f"({request_id})", "").rstrip()
    if not bare.strip():  # nothing but a prefix and an id
        return _without_id(text).strip(" :") or "no reason given"
    return _message_inside(bare) or bare


def _without_id(text: str) -> str:
    bare = text.rstrip()
    found = _ID.search(bare[-_LONGEST_ID:])
    return bare[: len(bare) - len(found[0])].rstrip() if found else text


def _message_inside(text: str) -> str | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        inside: Any = strict_json.decode(text.encode("utf-8", "surrogatepass"))
    except strict_json.NotJson:
        return None
    message = inside.get("message") if inside.get("object") == "error" else None
    return message if type(message) is str else None


def fields_in(text: str) -> list[str]:
    """Return the names of the fields that a refusal is about, in the order of the text, without a leading slash."""
    names: list[str] = []
    for found in _FIELDS.finditer(text[:_LONGEST]):
        names += _names_of(found.groupdict(""))
    return [name for name in dict.fromkeys(names) if name]


def _names_of(groups: dict[str, str]) -> list[str]:
    if groups["missing"] or groups["extra"]:
        base = (groups["where"] or groups["at"]).strip("/")
        return [_joined(base, name) for name in _split(groups["missing"] or groups["extra"])]
    if groups["loc"]:
        parts = _OF_A_PATH.findall(groups["loc"])
        return ["/".join(parts[1:] if parts[:1] == ["body"] else parts)]
    one = ("value", "choice", "size", "pointer", "param", "named", "required")
    return ["".join(groups[name] for name in one).strip("/")]


def _split(names: str) -> list[str]:
    """Split `'a', 'b'`, and the service's own form `'a,b'`."""
    return [name.strip().strip("/") for quoted in _QUOTED.findall(names) for name in quoted.split(",")]


def _joined(base: str, name: str) -> str:
    if not base or not name or name == base or name.startswith(f"{base}/"):
        return name
    return f"{base}/{name}"
