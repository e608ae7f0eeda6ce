"""Asks the emulator, and gives body and answer as the values that the service's schemas speak of."""

import json
from email import message_from_bytes
from email.policy import HTTP
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import cfai
from cfai.emulator import Emulator, Received

RAW = "the bytes themselves"
"""Stands for a raw body and for an answer in bytes: schemas call both a string of format binary."""


class Asked(NamedTuple):
    """One call."""

    body: Any
    answer: Any
    media_type: str
    """Of an answer in bytes; else empty."""


def ask(client: cfai.Client, emulator: Emulator, model: str, params: cfai.Params[Any]) -> Asked:
    """Make the call; a refusal is raised."""
    reply = client.request(model, params)
    body = _value(emulator.requests[-1])
    if isinstance(reply.raw, bytes):
        return Asked(body, RAW, reply.headers["content-type"].partition(";")[0])
    return Asked(body, reply.raw["result"], "")


def _value(received: Received) -> Any:
    kind = received.headers["content-type"]
    if kind == "application/json":
        return json.loads(received.body)
    if kind.startswith("multipart/form-data"):
        return {"multipart": {"body": dict.fromkeys(_names(kind, received.body), RAW), "contentType": kind}}
    query = received.raw_path.partition("?")[2]
    if not query:
        return RAW
    # The schema of the one model with a query is that of the Workers binding, where the sound is a stream in an object.
    options = {name: _typed(text) for name, text in parse_qsl(query)}
    return {"audio": {"body": {}, "contentType": kind}, **options}


def _names(kind: str, body: bytes) -> list[str]:
    """List the fields of a form."""
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    form = message_from_bytes(head + body, policy=HTTP)
    return [str(part.get_param("name", header="content-disposition")) for part in form.iter_parts()]


def _typed(text: str) -> Any:
    """Read a value of the query as the JSON that it was."""
    try:
        return json.loads(text)
    except ValueError:
        return text
