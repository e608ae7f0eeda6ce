"""Extraction and decisions on the line: what goes out, what comes back, and what is refused before anything is sent."""

import base64
import datetime as dt
import io
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from kit.server import Server, answer

import cfai

CLAIRIC = "@cf/cloudflare/clairic"
CLEF = "@cf/cloudflare/clef"
OMNI = "@cf/cloudflare/clef-omni"
MIB = 2**20
LARGE = 4 * MIB + 1
"""Bytes of a picture that is one byte too large."""
PNG = b"\x89PNG\r\n\x1a\n"
PNG_URL = b'"data:image/png;base64,iVBORw0KGgo="'
FIELDS = {"due": {"type": "date", "instructions": "When?"}}
QUESTIONS = {"spam": {"type": "noul", "instructions": "Is it spam?"}}
BUSY = cfai.RequestOptions(reject_if_busy=True)


def enveloped(result: Any) -> Any:
    return answer({"result": result, "success": True, "errors": [], "messages": []})


EXTRACTED = enveloped(
    {
        "model": "clairic",
        "answers": {"due": {"type": "date", "value": "2026-11-06", "p_null": 0.02, "confidence": 0.9, "span": [4, 10]}},
        "truncated": True,
        "usage": {"input_tokens": 40, "output_tokens": 0},
    }
)
DECIDED = enveloped({"model": "clef", "answers": {"spam": {"type": "noul", "noul": 0.5}}})


def picture(size: int) -> bytes:
    return PNG + bytes(size - len(PNG))


# -- what goes out and comes back


async def test_all_of_an_extraction_is_in_the_body(client: Any, server: Server) -> None:
    server.script(EXTRACTED)
    asked = cfai.Extraction(
        "Pay tomorrow",
        FIELDS,
        images=[PNG, {"content_type": "image/png", "base64": "iVBORw0KGgo="}],
        reference_date=dt.date(2026, 11, 5),
        options={"include_quantiles": True},
    )

    extracted = await client.run(CLAIRIC, asked)

    assert server.last.line.endswith(b"/ai/run/@cf/cloudflare/clairic HTTP/1.1")
    assert server.last.header("content-type") == "application/json"
    assert (
        b'{"model":"clairic","state":"Pay tomorrow","fields":{"due":{"type":"date","instructions":"When?"}},"images":['
        + PNG_URL
        + b',{"content_type":"image/png","base64":"iVBORw0KGgo="}],"reference_date":"2026-11-05",'
        b'"options":{"include_quantiles":true}}'
    ) == server.last.body
    assert (
        cfai.Extracted(
            answers={
                "due": cfai.ExtractedValue(
                    type="date", value="2026-11-06", p_null=0.02, confidence=0.9, spans=[(4, 10)]
                )
            },
            truncated=True,
            usage=cfai.Usage(prompt_tokens=40, total_tokens=40),
            model="clairic",
        )
        == extracted
    )
    assert [] == extracted.skipped


async def test_a_mapping_goes_out_as_it_is_and_is_told_by_its_shape(client: Any, server: Server) -> None:
    server.script(EXTRACTED)

    extracted = await client.run(CLAIRIC, {"model": "clairic", "state": "x", "fields": {}, "images": [PNG]})

    assert b'{"model":"clairic","state":"x","fields":{},"images":[' + PNG_URL + b"]}" == server.last.body
    assert type(extracted) is cfai.Extracted
    assert extracted.answers["due"].spans == [(4, 10)]


async def test_options_and_reject_if_busy_are_one_object(client: Any, server: Server) -> None:
    server.always(EXTRACTED)

    await client.run(CLAIRIC, cfai.Extraction("x", FIELDS, options={"return_state_text": True}), BUSY)
    await client.run(CLAIRIC, cfai.Extraction("x", FIELDS), BUSY)
    await client.run(CLAIRIC, cfai.Extraction("x", FIELDS))

    assert {"return_state_text": True, "rejectIfBusy": True} == server.seen[0].json["options"]
    assert {"rejectIfBusy": True} == server.seen[1].json["options"]
    assert {"model": "clairic", "state": "x", "fields": FIELDS} == server.last.json


async def test_options_that_reject_if_busy_can_not_go_into_are_refused(client: Any, server: Server) -> None:
    with pytest.raises(cfai.InvalidParams, match="^options: must be a mapping"):
        await client.run(CLAIRIC, {"model": "clairic", "state": "x", "fields": FIELDS, "options": "fast"}, BUSY)
    assert [] == server.seen

    server.script(EXTRACTED)
    await client.run(CLAIRIC, {"model": "clairic", "state": "x", "fields": FIELDS, "options": None}, BUSY)
    assert {"rejectIfBusy": True} == server.last.json["options"]


async def test_a_side_field_never_costs_the_answer(client: Any, server: Server) -> None:
    answers = {
        "due": {"type": "date", "value": "2026-11-06", "confidence": "high", "span": [4], "unit": 7},
        "who": {"type": "list", "value": ["a"], "spans": [[0, 1], [2, "x"], [4, 5]], "p_null": 0},
    }
    usage = {"input_tokens": "many"}
    server.script(enveloped({"answers": answers, "truncated": "no", "state_text": 1, "usage": usage, "model": 5}))

    extracted = await client.run(CLAIRIC, cfai.Extraction("x", FIELDS))

    assert cfai.ExtractedValue(type="date", value="2026-11-06") == extracted.answers["due"]
    assert cfai.ExtractedValue(type="list", value=["a"], spans=[(0, 1), (4, 5)], p_null=0.0) == extracted.answers["who"]
    assert (False, None, None) == (extracted.truncated, extracted.state_text, extracted.model)
    assert {
        "$.answers.due.confidence",
        "$.answers.due.span",
        "$.answers.due.unit",
        "$.answers.who.spans[1][1]",
        "$.truncated",
        "$.state_text",
        "$.usage.input_tokens",
        "$.model",
    } == set(extracted.skipped)
    assert "high" == extracted.raw["answers"]["due"]["confidence"]


@pytest.mark.parametrize("item", [{"value": "x"}, {"type": None}, {"type": 5}, "x", None])
async def test_an_answer_without_a_type_breaks_the_promise_and_is_kept(client: Any, server: Server, item: Any) -> None:
    server.always(enveloped({"answers": {"a": {"type": "text"}, "b": item}}))

    with pytest.raises(cfai.DecodeError) as caught:
        await client.run(CLAIRIC, cfai.Extraction("x", FIELDS))
    unknown = await client.run(CLAIRIC, {"model": "clairic", "state": "x", "fields": FIELDS})

    assert caught.value.path.startswith("$.answers.b")
    assert {"answers": {"a": {"type": "text"}, "b": item}} == caught.value.raw == unknown.raw
    assert type(unknown) is cfai.UnknownAnswer


# -- what is refused before anything is sent


def many(count: int) -> dict[str, Any]:
    return {f"n{index}": {"type": "text", "instructions": "?"} for index in range(count)}


TOO_MUCH: list[tuple[str, Any, str]] = [
    (CLAIRIC, cfai.Extraction("x"), "^fields: Extraction needs at least one"),
    (CLAIRIC, cfai.Extraction("x", {}), "^fields: Extraction needs at least one"),
    ("@cf/some/new-model", cfai.Extraction("x"), "^fields: "),
    (CLAIRIC, cfai.Extraction("x", ["total"]), "^fields: must be a mapping"),  # type: ignore[arg-type]
    (CLAIRIC, cfai.Extraction(None, FIELDS), "^state: "),
    (CLAIRIC, cfai.Extraction("x", {"a": {"type": {1}}}), r"^fields\.a\.type: a set"),
    (CLAIRIC, cfai.Extraction("x", many(101)), "^fields: 101 .*up to 100$"),
    (CLAIRIC, cfai.Extraction("x", FIELDS, options=[1]), "^options: must be a mapping"),  # type: ignore[arg-type]
    (CLAIRIC, cfai.Extraction("x", FIELDS, reference_date=20261105), "^reference_date: "),  # type: ignore[arg-type]
    (CLAIRIC, cfai.Extraction("x", FIELDS, images=[PNG] * 5), "^images: 5 pictures.*up to 4"),
    (CLAIRIC, cfai.Extraction("x", FIELDS, images=["https://a.example/cat.png"]), r"^images\[0\]: "),
    (CLAIRIC, cfai.Extraction("x", FIELDS, images=["cat.png"]), r"^images\[0\]: .*Path\(\)"),
    (CLAIRIC, cfai.Extraction("x", FIELDS, images=[PNG, picture(LARGE)]), r"^images\[1\]: 4,194,305 .*4 MiB"),
    (CLAIRIC, cfai.Extraction("x", FIELDS, images=[picture(3 * MIB)] * 3), "^images: 9,437,184 bytes together.*8 MiB"),
    (CLAIRIC, cfai.Extraction("x", FIELDS, images=[b"GIF89a"]), r"^images\[0\]: image/gif.*image/webp"),
    (
        CLAIRIC,
        cfai.Extraction("x", FIELDS, images=[{"content_type": "image/gif", "base64": "R0lGODlh"}]),
        r"^images\[0\]: image/gif",
    ),
    (
        CLAIRIC,
        cfai.Extraction("x", FIELDS, images=[{"base64": base64.b64encode(picture(LARGE)).decode()}]),
        r"^images\[0\]: 4,194,305 .*4 MiB",
    ),
    (CLAIRIC, cfai.Extraction("x", FIELDS, images=[{"base64": picture(LARGE)}]), r"^images\[0\]: 4,194,305"),
    (CLAIRIC, cfai.DecisionQuery("x", QUESTIONS), "^DecisionQuery: .*clef"),
    (CLEF, cfai.Extraction("x", FIELDS), "^Extraction: .*clairic"),
    (OMNI, cfai.Extraction("x", FIELDS), "^Extraction: .*clairic"),
    (CLEF, cfai.DecisionQuery("x"), "^questions: DecisionQuery needs at least one"),
    (CLEF, cfai.DecisionQuery("x", {}), "^questions: DecisionQuery needs at least one"),
    ("@cf/some/new-model", cfai.DecisionQuery("x"), "^questions: "),
    (CLEF, cfai.DecisionQuery("x", many(65)), "^questions: 65 .*up to 64$"),
    ("@cf/cloudflare/clef-flash", cfai.DecisionQuery("x", many(65)), "^questions: 65 .*up to 64$"),
    (OMNI, cfai.DecisionQuery("x", many(65)), "^questions: 65 .*up to 64$"),
    (CLEF, cfai.DecisionQuery("x", QUESTIONS, images=[PNG] * 5), "^images: 5 pictures"),
    (OMNI, cfai.DecisionQuery("x", QUESTIONS, audio=[b"ID3\x04"] * 5), "^audio: 5 sounds"),
    (OMNI, cfai.DecisionQuery("x", QUESTIONS, videos=[b"\0"] * 3), "^videos: 3 videos"),
    (OMNI, cfai.DecisionQuery("x", QUESTIONS, audio=[bytes(8 * MIB + 1)]), r"^audio\[0\]: 8,388,609 .*8 MiB"),
    (OMNI, cfai.DecisionQuery("x", QUESTIONS, videos=[bytes(16 * MIB + 1)]), r"^videos\[0\]: 16,777,217 .*16 MiB"),
    (
        OMNI,
        cfai.DecisionQuery("x", QUESTIONS, audio=[bytes(8 * MIB)], videos=[bytes(8 * MIB + 1)]),
        "^audio, videos: 16,777,217 bytes together.*16 MiB",
    ),
    # 12 MiB and 3 bytes of pictures are 16 MiB and 4 bytes of base64
    (
        OMNI,
        cfai.DecisionQuery("x", QUESTIONS, images=[picture(12 * MIB + 3)]),
        "^images: 16,777,220 bytes together.*16 MiB.*images count as base64",
    ),
]


@pytest.mark.parametrize(("model", "params", "words"), TOO_MUCH)
async def test_what_the_model_does_not_take_is_refused_and_nothing_is_sent(
    client: Any, server: Server, model: str, params: Any, words: str
) -> None:
    with pytest.raises(cfai.InvalidParams, match=words):
        await client.run(model, params)

    assert [] == server.seen


WITHIN: list[tuple[str, Any]] = [
    (CLAIRIC, cfai.Extraction("x", many(100))),
    (CLAIRIC, cfai.Extraction("", FIELDS, images=[picture(4 * MIB)] * 2)),
    (CLAIRIC, cfai.Extraction("x", FIELDS, images=[b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0WEBPVP8 ", {"base64": "AAAA"}])),
    (CLAIRIC, cfai.Extraction("x", FIELDS, images=[{"base64": PNG}, {}])),
    (CLAIRIC, cfai.Extraction("x", FIELDS, images=[{"content_type": "image/jpg", "base64": "/9j/"}])),
    (CLAIRIC, cfai.Extraction("x", FIELDS, images=[{"content_type": "Image/PNG; name=a", "base64": PNG}])),
    (CLAIRIC, cfai.Extraction("x", FIELDS, images=["data:image/jpg;base64,AAAA"])),
    (CLAIRIC, cfai.Extraction("x", FIELDS, images=[{"base64": base64.encodebytes(picture(4 * MIB)).decode()}])),
    (CLEF, cfai.DecisionQuery("x", many(64), images=[picture(9 * MIB)])),
    (OMNI, cfai.DecisionQuery("x", many(64), audio=[bytes(8 * MIB)] * 2)),
    (OMNI, cfai.DecisionQuery("x", QUESTIONS, images=[picture(12 * MIB)])),
    (OMNI, cfai.DecisionQuery("x", QUESTIONS, videos=[bytes(16 * MIB)])),
]


@pytest.mark.parametrize(("model", "params"), WITHIN)
async def test_what_is_just_within_the_limits_is_sent(client: Any, server: Server, model: str, params: Any) -> None:
    server.script(EXTRACTED if model == CLAIRIC else DECIDED)

    await client.run(model, params)

    assert model.rpartition("/")[2] == server.last.json["model"]


async def test_a_mapping_has_no_limits_of_ours(client: Any, server: Server) -> None:
    server.always(DECIDED)

    await client.run(CLEF, {"questions": many(65), "images": [PNG] * 5})
    await client.run(CLAIRIC, {"fields": many(101), "images": [picture(LARGE)]})

    assert [65, 101] == [len(seen.json.get("questions") or seen.json["fields"]) for seen in server.seen]


async def test_a_file_is_measured_before_it_is_sent(client: Any, server: Server, tmp_path: Path) -> None:
    small, large, gif = tmp_path / "small.png", tmp_path / "large.png", tmp_path / "small.gif"
    small.write_bytes(PNG)
    large.write_bytes(picture(LARGE))
    gif.write_bytes(b"GIF89a")
    server.script(EXTRACTED)

    for images, words in [
        ([small, large], r"^images\[1\]: 4,194,305 .*4 MiB"),
        ([small, gif], r"^images\[1\]: image/gif"),
        ([small, picture(LARGE)], r"^images\[1\]: 4,194,305"),
        ([io.BytesIO(picture(LARGE))], r"^images\[0\]: 4,194,305"),
        ([small, tmp_path / "none.png"], r"^images\[1\]: No such file"),
    ]:
        with pytest.raises(cfai.InvalidParams, match=words):
            await client.run(CLAIRIC, cfai.Extraction("x", FIELDS, images=images))
    assert [] == server.seen

    await client.run(CLAIRIC, cfai.Extraction("x", FIELDS, images=[small]))
    assert b'"images":[' + PNG_URL + b"]}" in server.last.body


async def test_a_pipe_is_measured_too(client: Any, server: Server) -> None:
    reading, writing = os.pipe()

    def write() -> None:
        with open(writing, "wb") as file:
            file.write(picture(LARGE))

    writer = threading.Thread(target=write)
    writer.start()
    with open(reading, "rb") as file, pytest.raises(cfai.InvalidParams, match=r"^images\[0\]: 4,194,305"):
        await client.run(CLAIRIC, cfai.Extraction("x", FIELDS, images=[file]))
    writer.join()

    assert [] == server.seen


@pytest.mark.parametrize("model", [CLEF, "@cf/cloudflare/clef-flash", OMNI])
async def test_clef_takes_no_options_so_that_reject_if_busy_is_refused(client: Any, server: Server, model: str) -> None:
    mapping = {"model": model.rpartition("/")[2], "state": "x", "questions": QUESTIONS}
    for params in (cfai.DecisionQuery("x", QUESTIONS), mapping):
        with pytest.raises(cfai.ConfigError, match=f"reject_if_busy.*`options`.*{model}"):
            await client.run(model, params, BUSY)

    assert [] == server.seen


async def test_a_client_that_rejects_if_busy_asks_clef_without(make: Any, server: Server) -> None:
    server.script(DECIDED)

    await make(options=BUSY).run(CLEF, cfai.DecisionQuery("x", QUESTIONS), cfai.RequestOptions(reject_if_busy=None))

    assert {"model", "state", "questions"} == server.last.json.keys()


@pytest.mark.parametrize("params", [cfai.Extraction("x", FIELDS), cfai.DecisionQuery("x", QUESTIONS)])
async def test_neither_streams(client: Any, server: Server, params: Any) -> None:
    with pytest.raises(cfai.InvalidParams):
        async with client.stream(CLAIRIC if isinstance(params, cfai.Extraction) else CLEF, params):
            pass

    assert [] == server.seen


# -- finished batches


def item(index: int, **keys: Any) -> dict[str, Any]:
    return {"id": index, **keys}


TEXT = {"response": "hi"}
GOOD = [
    item(0, result=TEXT, success=True),
    item(0, result=TEXT),
    item(0, result={"result": TEXT, "success": True, "errors": [], "messages": []}),
    item(0, result={"result": TEXT, "success": True}, success=True),
    item(0, result={"result": TEXT}),
    item(0, result={"state": "Completed", "result": TEXT}),
    item(0, **TEXT),
    item(0, **TEXT, success=True, errors=[], messages=[], result=None),
]
BAD = [
    item(0, success=False, errors=[{"code": 3040, "message": "busy"}], result=None),
    item(0, error={"code": 3040, "message": "busy"}),
    item(0, errors=[{"code": 3040, "message": "busy"}]),
    item(0, errors=[{"code": 3040, "message": "busy"}], result={}),
    item(0, result={"success": False, "errors": [{"code": 3040, "message": "busy"}], "result": None}),
    item(0, result={"errors": [{"code": 3040, "message": "busy"}], "result": {}}, success=True),
    item(0, result={"error": {"code": 3040, "message": "busy"}}),
    item(0, result={"result": {"error": {"code": 3040, "message": "busy"}}, "success": True}),
    item(0, result={"state": "Failed", "error": {"code": 3040, "message": "busy"}}),
]


@pytest.mark.parametrize("key", ["responses", "results"])
@pytest.mark.parametrize("of", GOOD)
async def test_an_item_of_a_batch_is_read_at_each_depth(client: Any, server: Server, key: str, of: Any) -> None:
    server.script(enveloped({key: [of], "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}}))

    batch = await client.run("@cf/baai/bge-m3", {"request_id": "r"})

    assert type(batch) is cfai.BatchResult
    [outcome] = batch.outcomes
    assert (0, True, "hi") == (outcome.index, outcome.ok, outcome.result.text)
    assert 3 == batch.usage.total_tokens


@pytest.mark.parametrize("key", ["responses", "results"])
@pytest.mark.parametrize("of", BAD)
async def test_a_failed_item_of_a_batch_has_its_error_at_each_depth(
    client: Any, server: Server, key: str, of: Any
) -> None:
    server.script(enveloped({key: [item(1, result=TEXT, success=True), of]}))

    batch = await client.run("@cf/baai/bge-m3", {"request_id": "r"})

    first, second = batch.outcomes
    assert (False, None, 3040, "busy") == (first.ok, first.result, first.error.code, first.error.message)
    assert isinstance(first.error, cfai.OutOfCapacity)
    assert of == first.error.raw
    assert "hi" == second.result.text


@pytest.mark.parametrize("key", ["responses", "results"])
@pytest.mark.parametrize(
    ("flat", "text"),
    [
        ({"translated_text": "Hallo"}, "Hallo"),
        ({"choices": [{"index": 0, "message": {"content": "hi"}, "finish_reason": "stop"}]}, "hi"),
        (
            {
                "object": "response",
                "status": "completed",
                "output": [{"type": "message", "content": [{"type": "output_text", "text": "hi"}]}],
            },
            "hi",
        ),
    ],
)
async def test_a_flat_item_has_the_keys_of_any_family(
    client: Any, server: Server, key: str, flat: dict[str, Any], text: str
) -> None:
    server.script(enveloped({key: [item(1, **flat, external_reference="b"), item(0, **flat)]}))

    batch = await client.run("@cf/meta/m2m100-1.2b", {"request_id": "r"})

    assert type(batch) is cfai.BatchResult
    assert [(0, text, None), (1, text, "b")] == [
        (outcome.index, outcome.result.text, outcome.external_reference) for outcome in batch.outcomes
    ]


async def test_a_responses_object_that_failed_is_a_failed_item(client: Any, server: Server) -> None:
    failed = {"object": "response", "status": "failed", "output": []}
    server.script(enveloped({"responses": [item(0, result={"result": failed, "success": True})]}))

    batch = await client.run("@cf/openai/gpt-oss-20b", {"request_id": "r"})

    assert not batch.outcomes[0].ok
