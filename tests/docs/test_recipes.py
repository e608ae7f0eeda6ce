"""The recipes of docs/clients.md that need packages of others."""

import re
from pathlib import Path
from typing import Any

import pytest
from kit.server import Server, answer, hello
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import cfai

PAGE = (Path(__file__).parents[2] / "docs" / "clients.md").read_text(encoding="utf-8")
LLAMA = "@cf/meta/llama-3.2-3b-instruct"


@pytest.fixture(scope="module")
def exporter() -> InMemorySpanExporter:
    provider, made = TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(made))
    trace.set_tracer_provider(provider)
    return made


async def test_each_attempt_is_a_span(make: Any, server: Server, exporter: InMemorySpanExporter) -> None:
    [source] = [block for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "opentelemetry" in block]
    recipe: dict[str, Any] = {}
    exec(compile(source, "clients.md", "exec"), recipe)
    server.script(answer(b"", 503), hello(cf_ai_neurons="0.25"))
    client = make(on_attempt=recipe["span"], options=cfai.RequestOptions(retry=cfai.Retry(backoff=0)))
    with recipe["tracer"].start_as_current_span("work"):
        await client.run(LLAMA, cfai.Prompt("hi"))
    first, second, work = exporter.get_finished_spans()
    exporter.clear()

    assert [f"chat {LLAMA}"] * 2 == [first.name, second.name]
    assert ({"error.type": "ServerError", "http.response.status_code": 503}) == {
        name: value for name, value in first.attributes.items() if name in {"error.type", "http.response.status_code"}
    }
    assert (0, 1) == tuple(each.attributes["http.request.resend_count"] for each in (first, second))
    assert 0.25 == second.attributes["cloudflare.neurons"]
    assert first.status.status_code is trace.StatusCode.ERROR
    assert first.start_time < first.end_time <= second.end_time
    assert [work.context.span_id] * 2 == [each.parent.span_id for each in (first, second)]
