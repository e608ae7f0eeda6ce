"""A side field never costs the answer: what a client gives, tells and logs of it, on both clients."""

import json
import logging
import math
import pickle

import pytest
from kit.server import Server, answer
from kit.streams import DONE, sse, stream

import cfai

MODEL = "@cf/some/model"
HEARD = {"text": "hi", "words": [{"word": "hi", "start": "a secret", "end": 1}, 5], "vtt": None}
LABELS = [{"label": "A", "score": "a secret"}, {"label": "B"}, {"label": "C", "score": 1}]
PARAMS = {
    "typed": (cfai.AutomaticSpeechRecognition(b"ID3"), cfai.TextClassification("hi")),
    "a mapping": ({"audio": "x"}, {"text": "hi"}),
    "an input": (cfai.Input({}, returning=cfai.Transcription), cfai.Input({}, returning=list[cfai.Classification])),
}


def good(result):
    body = json.dumps({"result": result, "success": True, "errors": [], "messages": []}).encode()
    return answer(body, headers={"Content-Type": "application/json"})


@pytest.mark.parametrize("way", list(PARAMS))
async def test_an_answer_is_given_without_what_is_not_usable(client, server: Server, way: str):
    server.script(good(HEARD))

    heard = await client.run(MODEL, PARAMS[way][0])

    assert cfai.Transcription("hi", words=[cfai.Word("hi", None, 1.0)]) == heard
    assert ["$.words[0].start", "$.words[1]"] == heard.skipped
    assert HEARD == heard.raw


@pytest.mark.parametrize("way", list(PARAMS))
async def test_a_list_is_given_without_what_is_not_usable_and_the_reply_tells_so(client, server: Server, way: str):
    server.script(good(LABELS))

    reply = await client.request(MODEL, PARAMS[way][1])

    assert ["A", "B", "C"] == [item.label for item in reply.result]
    assert [True, True, False] == [math.isnan(item.score) for item in reply.result]
    assert ["$[0].score", "$[1].score"] == reply.skipped
    assert LABELS == reply.raw["result"]


@pytest.mark.parametrize("way", list(PARAMS))
async def test_the_reply_has_what_its_answer_has(client, server: Server, way: str):
    server.script(good(HEARD))

    reply = await client.request(MODEL, PARAMS[way][0])

    assert ["$.words[0].start", "$.words[1]"] == reply.skipped == reply.result.skipped
    assert reply.skipped == pickle.loads(pickle.dumps(reply)).skipped
    assert "skipped" not in repr(reply)


async def test_a_reply_to_what_was_all_usable_lists_nothing(client, server: Server):
    server.script(good({"text": "hi"}), good([{"label": "A", "score": 1}]))

    assert [] == (await client.request(MODEL, PARAMS["typed"][0])).skipped
    assert [] == (await client.request(MODEL, PARAMS["typed"][1])).skipped


@pytest.mark.parametrize(("place", "path"), [(0, "$.words[0].start"), (1, "$[0].score")])
async def test_the_path_is_logged_and_never_the_value(client, server: Server, caplog, place: int, path: str):
    caplog.set_level(logging.DEBUG, "cfai")
    server.script(good((HEARD, LABELS)[place]))

    await client.run(MODEL, PARAMS["typed"][place])

    [record] = [record for record in caplog.records if path in record.getMessage()]
    assert ("cfai", logging.DEBUG) == (record.name, record.levelno)
    assert MODEL in record.getMessage()
    assert "secret" not in caplog.text


async def test_of_a_thousand_paths_twenty_are_logged(client, server: Server, caplog):
    caplog.set_level(logging.DEBUG, "cfai")
    server.script(good([{"label": "A"}] * 1000))

    reply = await client.request(MODEL, {"text": "hi"})

    assert 1000 == len(reply.skipped)
    assert "$[19].score and 980 more" in caplog.text
    assert "$[20].score" not in caplog.text


async def test_nothing_of_it_is_logged_where_nobody_listens(client, server: Server, caplog):
    caplog.set_level(logging.INFO, "cfai")
    server.script(good(LABELS))

    await client.run(MODEL, {"text": "hi"})

    assert "$[0].score" not in caplog.text


async def test_an_answer_without_its_essence_is_kept_in_the_error_or_as_unknown(client, server: Server):
    server.script(good([{"score": 0.5}]), good([{"score": 0.5}]))

    with pytest.raises(cfai.DecodeError) as caught:
        await client.run(MODEL, cfai.TextClassification("hi"))
    unknown = await client.run(MODEL, {"text": "hi"})

    assert ("$[0].label", [{"score": 0.5}]) == (caught.value.path, caught.value.raw)
    assert isinstance(unknown, cfai.UnknownAnswer)
    assert [{"score": 0.5}] == unknown.raw


async def test_what_came_whole_in_answer_to_a_stream_lists_it_too(client, server: Server, caplog):
    caplog.set_level(logging.DEBUG, "cfai")
    server.script(good({"metrics": {}, "answer": "a cat", "caption": 5}))

    async with client.stream(MODEL, cfai.VisionQuery("data:image/png;base64,iVBORw0KGgo=", question="?")) as stream:
        assert ["a cat"] == [text async for text in stream.texts()]

    assert ["$.caption"] == stream.result.skipped
    assert f"{MODEL}: not usable in the answer, and skipped: $.caption" in caplog.text


@pytest.mark.parametrize("params", [cfai.Prompt("hi"), {"prompt": "hi"}], ids=["typed", "a mapping"])
async def test_a_stream_of_text_lists_it_and_logs_the_paths_once(client, server: Server, caplog, params):
    caplog.set_level(logging.DEBUG, "cfai")
    server.script(stream(sse({"response": "a", "model": ["a secret"], "usage": "a secret"}) + DONE))

    async with client.stream(MODEL, params) as opened:
        assert ["a"] == [text async for text in opened.texts()]

    assert ["$.usage", "$.model"] == opened.result.skipped
    [line] = [record.getMessage() for record in caplog.records if "$.usage" in record.getMessage()]
    assert f"{MODEL}: not usable in the answer, and skipped: $.usage, $.model" == line
    assert "a secret" not in caplog.text
