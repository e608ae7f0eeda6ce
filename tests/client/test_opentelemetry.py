"""The observer of OpenTelemetry, with its SDK: spans and metrics by the conventions for generative AI."""

import gc
import json
import pickle
import weakref
from typing import Any

import pytest
from kit.server import Server, answer, hang, hello, reset, until
from kit.streams import ended, said, sse, stream
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import cfai
from cfai.integrations.opentelemetry import OpenTelemetryObserver

LLAMA = "@cf/meta/llama-3.2-3b-instruct"
HI = cfai.Prompt("Say hello", max_tokens=50, temperature=0.5)
WHOLE = stream(said("Hel", "lo"), ended(prompt_tokens=3, completion_tokens=4, total_tokens=7))
AGAIN = cfai.RequestOptions(retry=cfai.Retry(backoff=0))
COMMON = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "cloudflare.workers_ai",
    "gen_ai.request.model": LLAMA,
}


class Telemetry:
    """Where spans and metrics of one test go."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.reader = InMemoryMetricReader()
        self.meters = MeterProvider([self.reader])

    def observer(self, **settings: Any) -> OpenTelemetryObserver:
        return OpenTelemetryObserver(self.tracers, self.meters, **settings)

    @property
    def span(self) -> Any:
        [span] = self.exporter.get_finished_spans()
        return span

    @property
    def points(self) -> dict[str, list[Any]]:
        data: Any = self.reader.get_metrics_data()
        [scope] = data.resource_metrics[0].scope_metrics
        return {metric.name: list(metric.data.data_points) for metric in scope.metrics}


@pytest.fixture
def telemetry() -> Any:
    made = Telemetry()
    yield made
    made.tracers.shutdown()
    made.meters.shutdown()


async def test_a_call_is_a_span_with_its_retries_as_events(make: Any, server: Server, telemetry: Telemetry) -> None:
    server.script(answer(b"", 503), hello(cf_ai_neurons="0.25", cf_ai_req_id="id-1"))
    client = make(observers=[telemetry.observer()], options=AGAIN)

    with telemetry.tracers.get_tracer("test").start_as_current_span("work") as work:
        await client.run(LLAMA, HI)
    span, _ = telemetry.exporter.get_finished_spans()

    assert (f"chat {LLAMA}", trace.SpanKind.CLIENT) == (span.name, span.kind)
    assert work.get_span_context().span_id == span.parent.span_id
    expected = {
        **COMMON,
        "gen_ai.request.max_tokens": 50,
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.stream": False,
        "gen_ai.response.id": "id-1",
        "http.response.status_code": 200,
        "cfai.attempts": 2,
        "cfai.neurons": 0.25,
    }
    assert expected == {name: span.attributes.get(name) for name in expected}
    [event] = span.events
    assert {"error.type": "ServerError", "http.response.status_code": 503, "cfai.attempt": 1} == dict(event.attributes)
    assert trace.StatusCode.UNSET is span.status.status_code
    assert "hello" not in str(dict(span.attributes)).lower()  # neither the prompt nor the answer


async def test_its_duration_and_its_tokens_are_recorded(make: Any, server: Server, telemetry: Telemetry) -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
    server.script(answer({"result": {"response": "Hello", "usage": usage}, "success": True}))

    await make(observers=[telemetry.observer()]).run(LLAMA, HI)

    [duration] = telemetry.points["gen_ai.client.operation.duration"]
    assert (COMMON, 1) == (dict(duration.attributes), duration.count)
    tokens = {
        point.attributes["gen_ai.token.type"]: point.sum for point in telemetry.points["gen_ai.client.token.usage"]
    }
    assert {"input": 3, "output": 4} == tokens
    assert (3, 4) == tuple(telemetry.span.attributes[f"gen_ai.usage.{kind}_tokens"] for kind in ("input", "output"))
    assert "gen_ai.client.operation.time_to_first_chunk" not in telemetry.points


async def test_a_stream_has_the_time_to_its_first_chunk(make: Any, server: Server, telemetry: Telemetry) -> None:
    server.script(WHOLE)

    async with make(observers=[telemetry.observer()]).stream(LLAMA, HI) as stream_:
        async for _ in stream_:
            pass

    [first] = telemetry.points["gen_ai.client.operation.time_to_first_chunk"]
    assert first.sum == telemetry.span.attributes["gen_ai.response.time_to_first_chunk"] > 0
    assert telemetry.span.attributes["gen_ai.request.stream"]
    assert 4 == telemetry.span.attributes["gen_ai.usage.output_tokens"]


async def test_an_error_is_the_spans_status(make: Any, server: Server, telemetry: Telemetry) -> None:
    server.script(answer({"errors": [{"code": 5007, "message": "no"}], "success": False}, 400))

    with pytest.raises(cfai.ModelNotFound):
        await make(observers=[telemetry.observer()]).run("@cf/none/none", {"prompt": "a"})

    assert trace.StatusCode.ERROR is telemetry.span.status.status_code
    assert "ModelNotFound" == telemetry.span.attributes["error.type"]
    assert "generate_content @cf/none/none" == telemetry.span.name
    [duration] = telemetry.points["gen_ai.client.operation.duration"]
    assert "ModelNotFound" == duration.attributes["error.type"]


@pytest.mark.parametrize(
    ("params", "asked"),
    [
        (HI, [{"role": "user", "parts": [{"type": "text", "content": "Say hello"}]}]),
        (cfai.Messages([cfai.user("Say hello")]), [{"role": "user", "content": "Say hello"}]),
        ({"messages": [{"role": "user", "content": b"ID3"}]}, [{"role": "user", "content": "<bytes>"}]),
        ({"input": "a"}, [{"role": "user", "parts": [{"type": "text", "content": '{"input": "a"}'}]}]),
    ],
)
async def test_content_is_there_where_it_is_asked_for(
    make: Any, server: Server, telemetry: Telemetry, params: Any, asked: Any
) -> None:
    try:
        await make(observers=[telemetry.observer(content=True)]).run(LLAMA, params)
    except cfai.InvalidParams:
        server.script(hello())

    assert asked == json.loads(telemetry.span.attributes["gen_ai.input.messages"])
    if server.seen:
        [said_] = json.loads(telemetry.span.attributes["gen_ai.output.messages"])
        assert {"role": "assistant", "parts": [{"type": "text", "content": "Hello"}]} == said_


async def test_embeddings_have_their_own_operation(make: Any, server: Server, telemetry: Telemetry) -> None:
    server.script(answer({"result": {"shape": [1, 2], "data": [[0.5, 1]]}, "success": True}))

    await make(observers=[telemetry.observer()]).run("@cf/baai/bge-m3", cfai.TextEmbeddings(["a"]))

    assert ("embeddings @cf/baai/bge-m3", 2) == (
        telemetry.span.name,
        telemetry.span.attributes["gen_ai.embeddings.dimension.count"],
    )


@pytest.mark.filterwarnings("ignore::ResourceWarning")
async def test_a_stream_that_is_dropped_keeps_no_span(make: Any, server: Server, telemetry: Telemetry) -> None:
    server.script(stream(sse({"response": "Hel"}), then=hang()))
    observer = telemetry.observer()

    async def drop() -> "weakref.ref[Any]":
        opened = make(observers=[observer]).stream(LLAMA, HI)
        await opened.__aenter__()
        return weakref.ref(opened)

    def is_gone() -> bool:
        gc.collect()
        return dropped() is None and not observer._spans

    dropped = await drop()
    assert await until(is_gone)


def test_a_client_with_it_can_be_pickled(telemetry: Telemetry) -> None:
    client = cfai.AsyncClient(account_id="0" * 32, api_token="a", observers=[telemetry.observer(content=True)])

    [observer] = pickle.loads(pickle.dumps(client))._settings.observers

    assert isinstance(observer, OpenTelemetryObserver)
    assert observer._content


async def test_an_attempt_without_an_answer_is_an_event_without_a_status(
    make: Any, server: Server, telemetry: Telemetry
) -> None:
    server.script(reset(), hello())
    again = cfai.RequestOptions(retry=cfai.Retry(backoff=0, lost_answers=True))

    await make(observers=[telemetry.observer()], options=again).run(LLAMA, HI)

    [event] = telemetry.span.events
    assert {"error.type": "TransportError", "cfai.attempt": 1} == dict(event.attributes)


def test_a_call_that_it_has_not_seen_begin_is_measured_all_the_same(telemetry: Telemetry) -> None:
    info = cfai.CallInfo(LLAMA, None, HI, stream=False, started=0.0)

    telemetry.observer().call_ended(info, cfai.CallOutcome(elapsed=2.0))

    [duration] = telemetry.points["gen_ai.client.operation.duration"]
    assert 2.0 == duration.sum
    assert () == telemetry.exporter.get_finished_spans()
