"""Extracted fields (docs/wire.md 3.6, clairic), and the limits of the decisions."""

import base64
import json

import pytest

CLAIRIC = "@cf/cloudflare/clairic"
CLEF = "@cf/cloudflare/clef"
OMNI = "@cf/cloudflare/clef-omni"
PNG = b"\x89PNG\r\n\x1a\n and so on"
MIB = 2**20
STATE = "On 2026-11-05 at 14:30 we pay 12.50 EUR, not later than 2026-11-05T18:00."
TYPES = ["text", "number", "date", "time", "datetime", "duration", "list", "estimate", "forecast"]
NOUL = {"type": "noul", "instructions": "?"}


def data_url(data, kind="image/png"):
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def asked(state=STATE, **changes):
    fields = {kind: {"type": kind} for kind in TYPES}
    return {"model": "clairic", "state": state, "fields": fields, **changes}


def result(answered):
    assert answered.status == 200, answered.body
    return answered.json["result"]


def refused(answered):
    assert not answered.json["success"]
    return answered.status, answered.json["errors"][0]["code"]


def where(answered):
    message = answered.json["errors"][0]["message"]
    return json.loads(message.removeprefix("AiError: AiError: ").rpartition(" (")[0])["detail"][0]["loc"]


def test_each_type_gets_a_value_of_its_kind(ask):
    answer = result(ask(CLAIRIC, asked()))
    answers = answer["answers"]

    assert list(answer) == ["model", "answers", "truncated", "usage"]
    assert (answer["model"], answer["truncated"]) == ("clairic", False)
    assert list(answers) == TYPES == [item["type"] for item in answers.values()]
    assert answers["number"]["value"] == answers["duration"]["value"] == 12.5
    assert answers["date"]["value"] == "2026-11-05"
    assert answers["time"]["value"] == "14:30"
    assert answers["datetime"]["value"] == "2026-11-05T18:00"
    assert answers["list"]["value"] == ["On", "2026", "11"]
    assert 0 <= answers["estimate"]["value"] < 100
    assert 0 <= answers["forecast"]["value"] < 100


def test_a_span_is_the_place_of_the_value_in_the_state(ask):
    answers = result(ask(CLAIRIC, asked()))["answers"]

    for kind in ("text", "date", "time", "datetime"):
        start, end = answers[kind]["span"]
        assert STATE[start:end] == answers[kind]["value"]
    assert STATE[slice(*answers["number"]["span"])] == "12.50"
    assert [STATE[start:end] for start, end in answers["list"]["spans"]] == answers["list"]["value"]
    assert not {"span", "spans"} & answers["estimate"].keys()


def test_the_doubts_are_probabilities(ask):
    for item in result(ask(CLAIRIC, asked()))["answers"].values():
        assert 0 <= item["p_null"] < 0.5
        assert item["confidence"] == pytest.approx(1 - item["p_null"])
        assert ("spell_confidence" in item) == (item["type"] in {"text", "list"})


def test_what_the_state_has_not_is_null_with_a_guess(ask):
    answers = result(ask(CLAIRIC, asked("...", reference_date="2026-12-24")))["answers"]

    for kind in TYPES[:7]:
        assert answers[kind]["value"] is None
        assert answers[kind]["guess"] is not None
        assert answers[kind]["p_null"] >= 0.75
    assert answers["date"]["guess"] == "2026-12-24"
    assert answers["datetime"]["guess"].startswith("2026-12-24T")


def test_the_threshold_decides_what_is_null(ask):
    fields = {"a": {"type": "date", "null_threshold": 1}, "b": {"type": "estimate", "null_threshold": 0}}

    answers = result(ask(CLAIRIC, asked("...", fields=fields)))["answers"]

    assert answers["a"]["value"].startswith("2026-")
    assert answers["b"]["value"] is None


def test_a_field_says_its_unit_its_decimals_and_its_bounds(ask):
    fields = {
        "a": {"type": "number", "unit": "EUR", "decimals": 0},
        "b": {"type": "estimate", "min": 1000, "max": 1001, "decimals": 1},
        "c": {"type": "forecast", "min": -5, "max": -5},
        "d": {"type": "estimate", "min": 1e300, "max": "x", "unit": 5},
    }

    answers = result(ask(CLAIRIC, asked(fields=fields)))["answers"]

    assert (answers["a"]["value"], answers["a"]["unit"]) == (12, "EUR")
    assert 1000 <= answers["b"]["value"] <= 1001
    assert answers["b"]["value"] == round(answers["b"]["value"], 1)
    assert answers["c"]["value"] == -5
    assert 0 <= answers["d"]["value"] < 100
    assert "unit" not in answers["d"]


def test_an_estimate_has_quantiles_where_they_are_asked_for(ask):
    without = result(ask(CLAIRIC, asked()))["answers"]["estimate"]
    item = result(ask(CLAIRIC, asked(options={"include_quantiles": True})))["answers"]["estimate"]

    assert "quantiles" not in without
    assert without["p10"] < without["median"] == without["value"] == without["mean"] < without["p90"]
    assert list(item["quantiles"].values()) == sorted(item["quantiles"].values())
    assert item["quantiles"]["0.1"] == item["p10"]


@pytest.mark.parametrize(("state", "text"), [("a red cat", "a red cat"), ({"cat": "rød"}, '{"cat": "rød"}')])
def test_the_state_is_returned_as_a_text_where_it_is_asked_for(ask, state, text):
    assert result(ask(CLAIRIC, asked(state, options={"return_state_text": True})))["state_text"] == text
    assert "state_text" not in result(ask(CLAIRIC, asked(state, options={"rejectIfBusy": True})))


def test_a_picture_may_be_all_there_is(ask):
    answers = result(ask(CLAIRIC, asked("", images=[data_url(PNG)])))

    assert answers["answers"]["date"]["source"] == "image"
    assert answers["answers"]["date"]["value"] is not None
    assert answers["usage"]["image_tokens"] > 0


def test_what_is_too_long_is_cut_and_costs_the_window(ask):
    answered = ask(CLAIRIC, asked("word " * 65_537))

    assert result(answered)["truncated"] is True
    assert answered.headers["cf-ai-neurons"] == "595.79"


def test_usage_adds_up(ask):
    usage = result(ask(CLAIRIC, asked("one two three", fields={"a": {"type": "text"}})))["usage"]

    assert usage["state_tokens"] == 3
    assert usage["input_tokens"] == usage["state_tokens"] + usage["image_tokens"] + usage["schema_tokens"]
    assert usage["output_tokens"] == 0


@pytest.mark.parametrize(
    ("changes", "loc"),
    [
        ({"model": CLAIRIC}, ["model"]),
        ({"fields": {}}, ["fields"]),
        ({"fields": []}, ["fields"]),
        ({"fields": {"a": 1}}, ["fields", "a", "type"]),
        ({"fields": {"a": {}}}, ["fields", "a", "type"]),
        ({"fields": {"a": {"type": "noul"}}}, ["fields", "a", "type"]),
        ({"fields": {"a": {"type": ["text"]}}}, ["fields", "a", "type"]),
        ({"fields": {f"n{index}": {"type": "text"} for index in range(101)}}, ["fields"]),
        ({"state": ""}, ["state"]),
        ({"options": 1}, ["options"]),
        ({"reference_date": 20261105}, ["reference_date"]),
        ({"images": [data_url(PNG)] * 5}, ["images"]),
        ({"images": ["https://example.com/cat.png"]}, ["images", 0]),
        ({"images": [data_url(PNG), data_url(b"GIF89a")]}, ["images", 1]),
        ({"images": [data_url(PNG + bytes(4 * MIB))]}, ["images", 0]),
        ({"images": [data_url(PNG + bytes(3 * MIB))] * 3}, ["images"]),
        ({"images": [{"content_type": "image/png", "base64": "***"}]}, ["images", 0]),
    ],
)
def test_what_does_not_fit_is_refused(ask, changes, loc):
    answered = ask(CLAIRIC, asked(**changes))

    assert refused(answered) == (422, 5012)
    assert where(answered) == loc


@pytest.mark.parametrize("key", ["model", "state", "fields"])
def test_an_extraction_needs_all_three(ask, key):
    body = {name: value for name, value in asked().items() if name != key}

    assert refused(ask(CLAIRIC, body)) == (422, 5012)
    assert refused(ask(CLAIRIC, [])) == (422, 5012)


def test_a_hundred_fields_and_pictures_of_all_kinds_are_taken(ask):
    fields = {f"n{index}": {"type": "text"} for index in range(100)}
    images = [data_url(PNG), data_url(b"\xff\xd8\xff\xe0"), {"base64": base64.b64encode(b"RIFFxxxxWEBP").decode()}]

    assert len(result(ask(CLAIRIC, asked(fields=fields, images=images)))["answers"]) == 100


def decision(model="clef", **changes):
    return {"model": model, "state": "x", "questions": {"q": NOUL}, **changes}


@pytest.mark.parametrize(
    ("model", "body", "loc"),
    [
        (CLEF, decision(options={}), ["options"]),
        (CLEF, decision(options={"rejectIfBusy": True}), ["options"]),
        (CLEF, decision(questions={f"n{index}": NOUL for index in range(65)}), ["questions"]),
        (OMNI, decision("clef-omni", audio=[data_url(bytes(8 * MIB + 1))]), ["audio", 0]),
        (OMNI, decision("clef-omni", videos=[data_url(bytes(16 * MIB + 1))]), ["videos", 0]),
        (
            OMNI,
            decision("clef-omni", audio=[data_url(bytes(8 * MIB))] * 2, videos=[data_url(b"x")]),
            ["images", "audio", "videos"],
        ),
    ],
)
def test_a_decision_beyond_the_limits_is_refused(ask, model, body, loc):
    answered = ask(model, body)

    assert refused(answered) == (422, 5012)
    assert where(answered) == loc


def test_decisions_within_the_limits_are_made(ask):
    questions = {f"n{index}": NOUL for index in range(64)}

    assert len(result(ask(CLEF, decision(questions=questions)))["answers"]) == 64
    assert ask(OMNI, decision("clef-omni", audio=[data_url(bytes(8 * MIB))] * 2)).status == 200
