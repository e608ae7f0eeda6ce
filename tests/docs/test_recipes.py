"""The recipes of docs/clients.md that need packages of others."""

import re
from pathlib import Path
from typing import Any

from kit.server import Server, hello
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import cfai

PAGE = (Path(__file__).parents[2] / "docs" / "clients.md").read_text(encoding="utf-8")
LLAMA = "@cf/meta/llama-3.2-3b-instruct"


async def test_two_lines_make_spans_of_calls(server: Server, monkeypatch: Any) -> None:
    provider, exporter = TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    [source] = [block for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "opentelemetry" in block]
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", "0" * 32)
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "a-token")
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", server.base_url)
    recipe: dict[str, Any] = {}
    exec(compile(source, "clients.md", "exec"), recipe)
    server.script(hello())

    async with recipe["ai"] as ai:
        await ai.run(LLAMA, cfai.Prompt("hi"))

    [span] = exporter.get_finished_spans()
    assert f"chat {LLAMA}" == span.name
