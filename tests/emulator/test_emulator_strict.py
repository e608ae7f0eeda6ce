"""Inputs that no model's types have: wrappers of schemas, roles, empty lists, pictures as sounds.

That the service refuses them with 400/5006 is a guess (docs/wire.md 3.5, 3.6 and 5).
"""

import base64

import pytest

NATIVE = "@cf/meta/llama-3.2-3b-instruct"
SCOUT = "@cf/meta/llama-4-scout-17b-16e-instruct"
VISION = "@cf/meta/llama-3.2-11b-vision-instruct"
HYBRID = "@cf/meta/llama-3.3-70b-instruct-fp8-fast"
GUIDED = "@cf/mistralai/mistral-small-3.1-24b-instruct"
GEMMA = "@cf/google/gemma-4-26b-a4b-it"
KIMI = "@cf/moonshotai/kimi-k2.6"
GLM = "@cf/zai-org/glm-4.7-flash"
QWEN_3 = "@cf/qwen/qwen3-30b-a3b-fp8"
GPT_OSS = "@cf/openai/gpt-oss-20b"
GUARD = "@cf/meta/llama-guard-3-8b"
BGE = "@cf/baai/bge-base-en-v1.5"
M3 = "@cf/baai/bge-m3"
RERANKER = "@cf/baai/bge-reranker-base"
QWEN_EMBEDDING = "@cf/qwen/qwen3-embedding-0.6b"
INDIC = "@cf/ai4bharat/indictrans2-en-indic-1B"
WHISPER = "@cf/openai/whisper"
TURBO = "@cf/openai/whisper-large-v3-turbo"
NOVA = "@cf/deepgram/nova-3"
NEMOTRON = "@cf/nvidia/nemotron-speech-streaming-en-0.6b"
TURN = "@cf/pipecat-ai/smart-turn-v2"

HI = [{"role": "user", "content": "Hi"}]
BARE = {"type": "object", "properties": {"days": {"type": "integer"}}, "required": ["days"]}
NAMED = {"name": "n", "strict": True, "schema": BARE}
UNTYPED = {"properties": {"schema": {"type": "string"}}, "required": ["schema"]}


def outcome(answered):
    return (answered.status, None if answered.status == 200 else answered.json["errors"][0]["code"])


TAKEN, REFUSED = (200, None), (400, 5006)


# -- what stands around a schema ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "bare", "named"),
    [
        (NATIVE, TAKEN, REFUSED),
        (SCOUT, TAKEN, REFUSED),
        (HYBRID, TAKEN, TAKEN),
        (GEMMA, TAKEN, TAKEN),
        (QWEN_3, TAKEN, TAKEN),
        (KIMI, REFUSED, TAKEN),
        (GLM, REFUSED, TAKEN),
        (GPT_OSS, REFUSED, TAKEN),
    ],
)
def test_each_family_takes_its_own_wrapper(ask, model, bare, named):
    answered = [
        ask(model, {"messages": HI, "response_format": {"type": "json_schema", "json_schema": schema}})
        for schema in (BARE, NAMED)
    ]

    assert [bare, named] == [outcome(each) for each in answered]


@pytest.mark.parametrize("model", [NATIVE, KIMI, GEMMA])
def test_a_schema_has_to_stand_where_it_belongs(ask, model):
    answered = ask(model, {"messages": HI, "response_format": {"type": "json_schema", "name": "n", "schema": BARE}})

    assert outcome(answered) == REFUSED
    assert "required properties at '/response_format' are 'json_schema'" in answered.json["errors"][0]["message"]


def test_the_words_name_what_is_too_much_and_what_is_missing(ask):
    too_much, missing = (
        ask(model, {"messages": HI, "response_format": {"type": "json_schema", "json_schema": schema}})
        for model, schema in ((NATIVE, NAMED), (KIMI, BARE))
    )

    where = "at '/response_format/json_schema'"
    assert f"properties '/name, /schema, /strict' {where} not allowed" in too_much.json["errors"][0]["message"]
    assert f"required properties {where} are 'name'" in missing.json["errors"][0]["message"]


@pytest.mark.parametrize("model", [NATIVE, GEMMA])
def test_a_schema_with_a_property_called_schema_is_none_in_a_wrapper(ask, model):
    answered = ask(model, {"messages": HI, "response_format": {"type": "json_schema", "json_schema": UNTYPED}})

    assert answered.status == 200
    assert b"emulator" in answered.body


@pytest.mark.parametrize(
    ("schema", "expected"),
    [(BARE, TAKEN), (NAMED, REFUSED), ({"type": "json_schema", "json_schema": BARE}, REFUSED)],
)
def test_guided_json_is_bare(ask, schema, expected):
    assert outcome(ask(GUIDED, {"messages": HI, "guided_json": schema})) == expected


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"name": "n", "schema": BARE}, TAKEN),
        ({"schema": BARE}, REFUSED),
        ({"json_schema": NAMED}, REFUSED),
        ({"json_schema": BARE}, REFUSED),
    ],
)
def test_responses_have_theirs_beside_a_name(ask, form, expected):
    body = {"input": "Hi", "text": {"format": {"type": "json_schema", **form}}}

    assert outcome(ask(GPT_OSS, body)) == expected


# -- roles --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [NATIVE, SCOUT, VISION, HYBRID, GUIDED, GEMMA, KIMI, GPT_OSS, GUARD])
@pytest.mark.parametrize("role", ["wizard", "User", "", "human"])
def test_an_unknown_role_is_refused(ask, model, role):
    answered = ask(model, {"messages": [*HI, {"role": role, "content": "x"}]})

    assert outcome(answered) == REFUSED
    assert f"enum {role} not in user,assistant" in answered.json["errors"][0]["message"]


@pytest.mark.parametrize(
    ("model", "roles"),
    [
        (NATIVE, ["system", "user", "assistant", "tool"]),
        (SCOUT, ["system", "user", "assistant", "tool"]),
        (GEMMA, ["system", "developer", "user", "assistant", "tool", "function"]),
        (GUARD, ["user", "assistant"]),
    ],
)
def test_the_known_ones_are_taken(ask, model, roles):
    assert ask(model, {"messages": [{"role": role, "content": "x"} for role in roles]}).status == 200


@pytest.mark.parametrize(("role", "expected"), [("developer", TAKEN), ("tool", REFUSED), ("wizard", REFUSED)])
def test_responses_know_other_ones(ask, role, expected):
    assert outcome(ask(GPT_OSS, {"input": [{"role": role, "content": "x"}]})) == expected


@pytest.mark.parametrize("model", ["openai/gpt-5-mini", "anthropic/claude-sonnet-4-5"])
@pytest.mark.parametrize("messages", [[], [{"role": "wizard", "content": "x"}]])
def test_other_companies_models_refuse_both_in_their_own_way(ask, emulator, model, messages):
    path = f"/client/v4/accounts/{emulator.account_id}/ai/run"

    answered = ask("", {"model": model, "input": {"messages": messages, "max_tokens": 5}}, path=path)

    assert outcome(answered) == (400, 7003)


# -- empty lists --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "body", "place"),
    [
        *((model, {"messages": []}, "messages") for model in (NATIVE, SCOUT, HYBRID, GUIDED, GEMMA, KIMI, GUARD)),
        (GPT_OSS, {"input": []}, "input"),
        (BGE, {"text": []}, "text"),
        (M3, {"text": []}, "text"),
        (M3, {"contexts": []}, "contexts"),
        (M3, {"query": "a", "contexts": []}, "contexts"),
        (RERANKER, {"query": "a", "contexts": []}, "contexts"),
        (RERANKER, {"query": "", "contexts": [{"text": "a"}]}, "query"),
        (QWEN_EMBEDDING, {"queries": []}, "queries"),
        (QWEN_EMBEDDING, {"documents": []}, "documents"),
        (INDIC, {"text": [], "target_language": "hin_Deva"}, "text"),
    ],
)
def test_a_list_without_an_element_is_refused(ask, model, body, place):
    answered = ask(model, body)

    assert outcome(answered) == REFUSED
    assert f"Length of '/{place}' must be >= 1" in answered.json["errors"][0]["message"]


# -- pictures as sounds -------------------------------------------------------------------------------------------

PICTURES = {
    "PNG": b"\x89PNG\r\n\x1a\n and so on",
    "JPEG": b"\xff\xd8\xff\xe0 and so on",
    "GIF": b"GIF89a and so on",
    "WebP": b"RIFF\x10\x00\x00\x00WEBPVP8 and so on",
    "AVIF": b"\x00\x00\x00\x20ftypavif and so on",
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
}
SOUNDS = {
    "WAV": b"RIFF\x10\x00\x00\x00WAVEfmt " + bytes(40),
    "MP3": b"\xff\xfb\x90\x00" + bytes(40),
    "M4A": b"\x00\x00\x00\x20ftypM4A " + bytes(40),
    "Ogg": b"OggS" + bytes(40),
}


def forms(data):
    encoded = base64.b64encode(data).decode()
    return {
        WHISPER: (data, None),
        "as numbers": ({"audio": list(data)}, None),
        TURBO: ({"audio": encoded}, None),
        NEMOTRON: ({"audio": encoded}, None),
        TURN: ({"audio": encoded}, None),
        NOVA: (data, "audio/mpeg"),
    }


@pytest.mark.parametrize("model", forms(b""))
@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_is_no_sound(ask, model, kind):
    body, content_type = forms(PICTURES[kind])[model]

    answered = ask(WHISPER if model == "as numbers" else model, body, kind=content_type)

    assert outcome(answered) == REFUSED


@pytest.mark.parametrize("model", forms(b""))
@pytest.mark.parametrize("kind", SOUNDS)
def test_a_sound_is_one(ask, model, kind):
    body, content_type = forms(SOUNDS[kind])[model]

    assert ask(WHISPER if model == "as numbers" else model, body, kind=content_type).status == 200
