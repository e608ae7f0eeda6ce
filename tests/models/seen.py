"""What a call wrote, in a form that can be compared with a row of the table."""

import json
from typing import Any, get_args, get_origin
from urllib.parse import parse_qsl

from models.case import JSON, Case

from cfai.emulator import Received


def exactly(received: Received) -> tuple[str, str, bytes]:
    """Give the content type, the query and the body, with a word in the place of a random boundary."""
    content_type, body = received.headers["content-type"], received.body
    head, _, boundary = content_type.partition("boundary=")
    if boundary:
        content_type, body = f"{head}boundary=BOUNDARY", body.replace(boundary.encode(), b"BOUNDARY")
    return content_type, received.raw_path.partition("?")[2], body


def in_any_order(content_type: str, query: str, body: bytes) -> tuple[str, list[tuple[str, str]], Any]:
    """Give the same as values, in which the order of names does not count: that of fields is nobody's promise."""
    return content_type, sorted(parse_qsl(query)), _sorted(body) if content_type == JSON else _parts(body)


def path(received: Received) -> tuple[str, str]:
    """Give the method, and the target without its query."""
    return received.method, received.raw_path.partition("?")[0]


def expected(case: Case) -> tuple[str, str, bytes]:
    return case.content_type, case.query, case.body


def is_a(answer: Any, kind: Any) -> bool:
    """Tell an answer of just this class, or a list of such ones that is not empty."""
    if get_origin(kind) is not list:
        return type(answer) is kind
    (item,) = get_args(kind)
    return type(answer) is list and bool(answer) and all(type(each) is item for each in answer)


def _sorted(body: bytes) -> str:
    """Write JSON anew with its keys in order; 1, 1.0 and true stay three things, and so do two equal keys."""

    def ordered(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(pairs) == len(dict(pairs)), f"a key stands twice: {pairs}"
        return dict(pairs)

    return json.dumps(json.loads(body, object_pairs_hook=ordered), sort_keys=True)


def _parts(body: bytes) -> list[bytes]:
    return sorted(body.split(b"--BOUNDARY"))
