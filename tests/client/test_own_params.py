"""Params classes of a user's own, whose fields may have any name: what goes out, on both clients."""

import json
from typing import Any

import attrs
import pytest
from kit.server import Server, answer

import cfai

MODEL = "@cf/some/model"


@attrs.frozen
class Routed(cfai.Prompt):
    """A prompt with two fields that the model has under these names."""

    mapping: Any = None
    returning: Any = None


@attrs.frozen
class Own(cfai.Params[cfai.Summary]):
    """All a user's own."""

    mapping: dict[str, str]
    returning: bool = True


@attrs.frozen
class Open(cfai.Params):
    """One that promises nothing."""

    returning: str
    mapping: str | None = None


@attrs.frozen
class Toned(cfai.Input[cfai.Summary]):
    """An input that has more to say."""

    tone: str | None = None


@attrs.frozen
class Weather:
    """An answer of a user's own, whose field only has the name of one of ours."""

    response: str
    skipped: int = 0


@attrs.frozen
class Forecast(cfai.StreamsText[Weather]):
    """One that streams, and promises a user's own class."""

    prompt: str = "hi"


@attrs.frozen
class Labels(cfai.StreamsText[list[cfai.Classification]]):
    """One that streams, and promises a list."""

    prompt: str = "hi"


@attrs.frozen
class Link(cfai.StreamsMedia[cfai.MediaLink]):
    """One that streams bytes, and promises an address."""

    prompt: str = "hi"


ROWS: list[tuple[Any, bytes]] = [
    (Routed("hi", mapping="a", returning=["b"]), b'{"prompt":"hi","mapping":"a","returning":["b"]}'),
    (Routed("hi"), b'{"prompt":"hi"}'),
    (Routed("hi", extra_input={"newer": 1}, mapping={"a": 1}), b'{"prompt":"hi","mapping":{"a":1},"newer":1}'),
    (Own({"a": "b"}), b'{"mapping":{"a":"b"},"returning":true}'),
    (Own({}, returning=False, extra_input={"more": 1}), b'{"mapping":{},"returning":false,"more":1}'),
    (Open("x"), b'{"returning":"x"}'),
    (Open("x", "y"), b'{"returning":"x","mapping":"y"}'),
    (cfai.Input({"mapping": 1, "returning": 2}, returning=dict), b'{"mapping":1,"returning":2}'),
    (cfai.Input({"a": 1}, returning=dict, extra_input={"mapping": 2}), b'{"a":1,"mapping":2}'),
    (Toned({"a": 1}, "dry", returning=cfai.Summary), b'{"a":1,"tone":"dry"}'),
    (Toned({"a": 1}, returning=cfai.Summary, extra_input={"b": 2}), b'{"a":1,"b":2}'),
]


def good(result: Any) -> bytes:
    return answer(json.dumps({"result": result, "success": True, "errors": [], "messages": []}).encode())


@pytest.mark.parametrize(("params", "body"), ROWS, ids=[repr(params) for params, _ in ROWS])
async def test_every_field_of_a_users_own_class_goes_out(client, server: Server, params: Any, body: bytes):
    server.script(good({"response": "hi"}) if not isinstance(params, (Own, Toned)) else good({"summary": "hi"}))

    await client.run(MODEL, params)

    assert sorted(json.loads(body).items(), key=str) == sorted(json.loads(server.last.body).items(), key=str)
    assert len(body) == len(server.last.body)


async def test_what_is_called_returning_promises_nothing(client, server: Server):
    server.script(*[good({"summary": "hi"})] * 3)

    assert cfai.Summary("hi") == await client.run(MODEL, Own({"a": "b"}))
    assert cfai.Summary("hi") == await client.run(MODEL, Open("x"))
    assert cfai.Summary("hi") == await client.run(MODEL, Toned({}, returning=cfai.Summary))


async def test_a_prompt_of_a_users_own_streams_with_all_its_fields(client, server: Server):
    server.script(answer(b'data: {"response":"hi"}\n\ndata: [DONE]\n\n', headers={"Content-Type": "text/event-stream"}))

    async with client.stream(MODEL, Routed("hi", mapping="a", returning=1)) as stream:
        assert ["hi"] == [text async for text in stream.texts()]

    assert {"prompt": "hi", "mapping": "a", "returning": 1, "stream": True} == json.loads(server.last.body)


async def test_extra_input_may_not_set_a_field_of_that_name(client, server: Server):
    for params in (Own({}, extra_input={"mapping": 1}), Toned({}, returning=dict, extra_input={"tone": "x"})):
        with pytest.raises(cfai.InvalidParams, match="is a field of"):
            await client.run(MODEL, params)


async def test_the_mapping_of_an_input_is_still_a_mapping(client, server: Server):
    with pytest.raises(cfai.InvalidParams, match="mapping: must be a mapping, not list"):
        await client.run(MODEL, cfai.Input(["a"], returning=dict))


@pytest.mark.parametrize(
    ("params", "result", "expected"),
    [
        (Forecast(), {"response": "rain", "skipped": 7}, Weather("rain", 7)),
        (Labels(), [{"label": "A", "score": 0.5}], [cfai.Classification("A", 0.5)]),
        (Link(), {"image": "https://example.com/a.png"}, cfai.MediaLink("https://example.com/a.png", "image/*")),
    ],
    ids=["a class", "a list", "an address"],
)
async def test_a_stream_of_a_users_own_is_what_was_promised_where_it_comes_whole(
    client, server: Server, params: Any, result: Any, expected: Any
):
    server.script(good(result))

    async with client.stream(MODEL, params) as stream:
        events = [event async for event in stream]

    assert expected == stream.result
    assert ([] if isinstance(params, cfai.StreamsMedia) else [cfai.Finish(None, None)]) == events
