"""Each sample in tests/samples, both ways: what cfai sends, and what it makes of the answer.

A sample is written by hand from the fact that its about.toml names; neither cfai nor its emulator had a hand in it.
"""

import email
import email.policy
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import attrs
import pytest

import cfai
from cfai._wire.answer.decode import decode
from cfai._wire.answer.text_response import TextAnswerReader
from cfai._wire.http_values import Headers, Request, Response
from cfai._wire.request.encode import encode

SAMPLES = Path(__file__).parents[1] / "samples"
CASES = sorted(path.parent for path in SAMPLES.glob("*/*/about.toml"))
SENT = [case for case in CASES if list(case.glob("request.*"))]
WAYS = [file for case in CASES for file in (*case.glob("answer.*"), *sorted(case.glob("stream*.sse")))]
"""Each answer of the samples, whole and as a stream where it may come as one."""
STREAMS = [file for file in WAYS if file.suffix == ".sse"]
FAMILIES = {"images", "labels", "others", "queue", "speech", "text", "transcripts", "vectors", "words"}


@attrs.frozen
class Weather:
    """A class of a user's own, for the sample that asks for one."""

    city: str
    degrees: float
    wind: float = 0.0


def name_of(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


def way_of(file: Path) -> str:
    return f"{name_of(file.parent)}/{file.stem}"


def about(case: Path) -> Any:
    return tomllib.loads((case / "about.toml").read_text("utf-8"))


def body_of(case: Path, stem: str) -> bytes:
    [file] = case.glob(f"{stem}.*")
    return file.read_bytes()


def real(value: Any) -> Any:
    """Give a value of TOML as it was meant: `{hex = "ff"}` is bytes."""
    if isinstance(value, dict):
        return (
            bytes.fromhex(value["hex"]) if value.keys() == {"hex"} else {key: real(item) for key, item in value.items()}
        )
    return [real(item) for item in value] if isinstance(value, list) else value


def params_of(case: Path) -> Any:
    fields = real(about(case)["params"])
    kind = fields.pop("class")
    if kind == "mapping":
        return fields
    return cfai.Input(fields, returning=Weather) if kind == "Input" else getattr(cfai, kind)(**fields)


def request_of(case: Path, *, stream: bool = False) -> Request:
    return encode(about(case)["model"], params_of(case), stream=stream)


def answer_of(case: Path) -> Any:
    answer = about(case)["answer"]
    headers = Headers({"Content-Type": answer["content_type"]})
    response = Response(status=200, headers=headers, body=body_of(case, "answer"))
    return decode(response, request_of(case), "0" * 32)


def streamed(file: Path) -> Any:
    response = Response(status=200, headers=Headers({"Content-Type": "text/event-stream"}), body=b"")
    reader = TextAnswerReader(request_of(file.parent, stream=True), response, "0" * 32)
    reader.feed(file.read_bytes())
    reader.end()
    return reader.result()


def look_up(thing: Any, path: str) -> Any:
    for name, index, key in re.findall(r"(\w+)|\[(\d+)\]|\['(\w+)'\]", path):
        thing = getattr(thing, name) if name else thing[key or int(index)]
    return thing


def test_there_are_samples_of_every_family() -> None:
    assert {case.parent.name for case in CASES} == FAMILIES
    assert len(CASES) > 60


KEPT = [case for case in CASES if not re.match("list|Weather", about(case)["answer"]["class"])]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_sample_names_the_fact_it_stands_on(case: Path) -> None:
    assert re.match(r"docs/wire\.md \d+(\.\d+)?: \S", about(case)["fact"])


@pytest.mark.parametrize("case", SENT, ids=name_of)
def test_the_request_goes_to_the_path_and_query_of_the_sample(case: Path) -> None:
    expected = about(case)["request"]

    request = request_of(case)

    assert expected["path"] == request.path
    assert [tuple(pair) for pair in expected.get("query", [])] == list(request.query)


@pytest.mark.parametrize("case", SENT, ids=name_of)
def test_the_body_is_the_one_of_the_sample(case: Path) -> None:
    expected = about(case)["request"]

    request = request_of(case)
    body, media_type = request.body.read()

    assert expected.get("media_type", "") == media_type
    if expected["content_type"].startswith("multipart/"):
        assert parts_of(expected["content_type"], body_of(case, "request")) == parts_of(request.content_type, body)
    else:
        assert expected["content_type"] == request.content_type
        assert body_of(case, "request") == body


def parts_of(content_type: str, body: bytes) -> list[tuple[str | None, str | None, str | None, bytes]]:
    message = email.message_from_bytes(
        b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body, policy=email.policy.HTTP
    )
    return [
        (
            part.get_param("name", header="Content-Disposition"),
            part.get_filename(),
            part.get("Content-Type"),
            part.get_payload(decode=True),
        )
        for part in message.iter_parts()
    ]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_answer_is_of_the_class_of_the_sample(case: Path) -> None:
    expected = about(case)["answer"]["class"]

    answer = answer_of(case)

    if isinstance(answer, list):
        items = {type(item).__name__ for item in answer}
        assert expected == (f"list[{items.pop()}]" if items else "list")
        assert about(case)["answer"]["length"] == len(answer)
    else:
        assert expected == type(answer).__name__


@pytest.mark.parametrize("file", WAYS, ids=way_of)
def test_the_answer_holds_the_values_of_the_sample_whichever_way_it_came(file: Path) -> None:
    expected = about(file.parent)["answer"]

    answer = streamed(file) if file in STREAMS else answer_of(file.parent)

    for path, value in expected.get("values", {}).items():
        if file in STREAMS and path == "raw":
            continue  # of its events a stream keeps nothing
        found = look_up(answer, path)
        assert real(value) == found, path
        assert type(real(value)) is type(found), path
    for path in expected.get("none", []):
        assert look_up(answer, path) is None, path
    for path in expected.get("some", []):
        assert look_up(answer, path) is not None, path


@pytest.mark.parametrize("file", STREAMS, ids=way_of)
def test_a_stream_comes_to_the_same_as_the_whole_answer(file: Path) -> None:
    assert answer_of(file.parent) == streamed(file)


def test_there_are_streams_of_every_form() -> None:
    assert len(STREAMS) > 25


@pytest.mark.parametrize("case", KEPT, ids=name_of)
def test_the_answer_keeps_the_result_as_it_was_sent(case: Path) -> None:
    body = body_of(case, "answer")

    answer = answer_of(case)

    if list(case.glob("answer.bin")):
        assert body == answer.raw
    else:
        whole = json.loads(body)
        assert (whole["result"] if "success" in whole else whole) == answer.raw


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_answer_of_a_mapping_is_told_by_its_shape(case: Path) -> None:
    """What the params promise, a mapping finds out by itself, but for what only the request tells."""
    expected = about(case)["answer"]["class"]
    response = Response(
        status=200,
        headers=Headers({"Content-Type": about(case)["answer"]["content_type"]}),
        body=body_of(case, "answer"),
    )

    answer = decode(response, encode("@cf/some/model", {"any": "json"}), "0" * 32)

    if isinstance(answer, list):
        assert expected in ("list", *(f"list[{type(item).__name__}]" for item in answer))
    else:
        assert (expected if expected != "Weather" else "UnknownAnswer") == type(answer).__name__
