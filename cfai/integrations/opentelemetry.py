"""Spans and metrics of calls by OpenTelemetry's conventions for generative AI. It needs the extra `otel`.

The names come from the semantic conventions for generative AI, revision 1.41.0, all of which are in development; the
packages of constants say that theirs are deprecated, so they are written here. `cfai.neurons` and `cfai.attempts` are
cfai's own.
"""

import json
import weakref
from collections.abc import Mapping
from typing import Any, Final

from opentelemetry import context, metrics, trace

from .._base import Params
from .._version import __version__
from ..observers import Attempt, CallInfo, CallOutcome, Observer
from ..tasks.answers import Embeddings, GeneratedText

CONVENTIONS: Final = "1.41.0"
"""The revision of the semantic conventions that the names come from."""

OPERATION: Final = "gen_ai.operation.name"
PROVIDER: Final = "gen_ai.provider.name"
REQUEST_MODEL: Final = "gen_ai.request.model"
REQUEST_STREAM: Final = "gen_ai.request.stream"
RESPONSE_ID: Final = "gen_ai.response.id"
RESPONSE_MODEL: Final = "gen_ai.response.model"
FINISH_REASONS: Final = "gen_ai.response.finish_reasons"
TIME_TO_FIRST_CHUNK: Final = "gen_ai.response.time_to_first_chunk"
INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
CACHED_TOKENS: Final = "gen_ai.usage.cache_read.input_tokens"
DIMENSIONS: Final = "gen_ai.embeddings.dimension.count"
INPUT_MESSAGES: Final = "gen_ai.input.messages"
OUTPUT_MESSAGES: Final = "gen_ai.output.messages"
TOKEN_TYPE: Final = "gen_ai.token.type"
ERROR_TYPE: Final = "error.type"
STATUS: Final = "http.response.status_code"
NEURONS: Final = "cfai.neurons"
ATTEMPTS: Final = "cfai.attempts"

DURATION_METRIC: Final = "gen_ai.client.operation.duration"
TOKENS_METRIC: Final = "gen_ai.client.token.usage"
FIRST_CHUNK_METRIC: Final = "gen_ai.client.operation.time_to_first_chunk"

_SECONDS: Final = [0.01 * 2**power for power in range(14)]
"""The buckets that the conventions advise for seconds: 0.01 to 81.92."""
_TOKENS: Final = [4**power for power in range(14)]
"""Those for tokens: 1 to 67,108,864."""

_NAMES: Final = {
    "temperature": "gen_ai.request.temperature",
    "top_p": "gen_ai.request.top_p",
    "top_k": "gen_ai.request.top_k",
    "seed": "gen_ai.request.seed",
    "frequency_penalty": "gen_ai.request.frequency_penalty",
    "presence_penalty": "gen_ai.request.presence_penalty",
    "max_tokens": "gen_ai.request.max_tokens",
    "max_completion_tokens": "gen_ai.request.max_tokens",
    "max_output_tokens": "gen_ai.request.max_tokens",
}
"""Fields of requests that are numbers, and their names in the conventions."""

_OPERATIONS: Final = {"Text Generation": "chat", "Text Embeddings": "embeddings"}
_OTHERWISE: Final = "generate_content"
_CONTENT: Final = ("system", "prompt", "messages", "input")


class OpenTelemetryObserver(Observer):
    """Makes a span of each call, with its retries as events, and records its duration, tokens and first chunk.

    `cfai.Client(observers=[OpenTelemetryObserver()])` is all that is needed where the program has set OpenTelemetry up.
    A span stands below the one that is current where the call is made.
    """

    def __init__(
        self,
        tracer_provider: trace.TracerProvider | None = None,
        meter_provider: metrics.MeterProvider | None = None,
        content: bool = False,
    ) -> None:
        """Begin.

        Args:
            tracer_provider: Where spans go; else the program's own provider.
            meter_provider: Where metrics go; else the program's own provider.
            content: Whether spans hold what was asked and what was answered. Prompts may be anybody's words, so they
                are left out unless this is asked for.
        """
        schema = f"https://opentelemetry.io/schemas/{CONVENTIONS}"
        self._content = content
        self._tracer = trace.get_tracer("cfai", __version__, tracer_provider, schema)
        meter = metrics.get_meter("cfai", __version__, meter_provider, schema)
        advised: Any = {"explicit_bucket_boundaries_advisory": _SECONDS}
        self._duration = meter.create_histogram(DURATION_METRIC, "s", "Duration of calls, with all retries.", **advised)
        self._first_chunk = meter.create_histogram(
            FIRST_CHUNK_METRIC, "s", "Time to the first event of a stream.", **advised
        )
        advised = {"explicit_bucket_boundaries_advisory": _TOKENS}
        self._tokens = meter.create_histogram(TOKENS_METRIC, "{token}", "Tokens of calls.", **advised)
        self._spans: weakref.WeakKeyDictionary[CallInfo, trace.Span] = weakref.WeakKeyDictionary()
        """The spans of the calls that run; a stream that is dropped has no end, and takes its span with it."""

    def __getstate__(self) -> dict[str, Any]:
        return {"content": self._content}  # a client that is pickled begins anew with the program's own providers

    def __setstate__(self, state: dict[str, Any]) -> None:
        OpenTelemetryObserver.__init__(self, content=state["content"])

    def call_started(self, call: CallInfo) -> None:
        """Start the span."""
        span = self._tracer.start_span(
            f"{_operation(call)} {call.model}",
            context.get_current(),
            trace.SpanKind.CLIENT,
            {**_common(call), **_asked(call.params), REQUEST_STREAM: call.stream},
        )
        if self._content:
            span.set_attribute(INPUT_MESSAGES, _input_of(call.params))
        self._spans[call] = span

    def attempt_ended(self, call: CallInfo, attempt: Attempt) -> None:
        """Add an event for an attempt that failed."""
        span = self._spans.get(call)
        if span is None or attempt.error is None:
            return
        event: dict[str, Any] = {ERROR_TYPE: attempt.error, "cfai.attempt": attempt.number}
        if attempt.status is not None:
            event[STATUS] = attempt.status
        span.add_event("cfai.attempt_failed", event)

    def call_ended(self, call: CallInfo, outcome: CallOutcome) -> None:
        """End the span, and record what the call took."""
        span = self._spans.pop(call, None)
        common = dict(_common(call))
        if outcome.error is not None:
            common[ERROR_TYPE] = type(outcome.error).__name__
        if span is not None:
            span.set_attributes({**_answered(outcome), **common})
            if self._content and isinstance(outcome.result, GeneratedText):
                span.set_attribute(OUTPUT_MESSAGES, _messages("assistant", outcome.result.text))
            if outcome.error is not None:
                span.set_status(trace.StatusCode.ERROR)
            span.end()
        self._duration.record(outcome.elapsed, common)
        if outcome.first_event_after is not None:
            self._first_chunk.record(outcome.first_event_after, common)
        if outcome.usage is not None:
            self._tokens.record(outcome.usage.prompt_tokens, {**common, TOKEN_TYPE: "input"})
            self._tokens.record(outcome.usage.completion_tokens, {**common, TOKEN_TYPE: "output"})


def _operation(call: CallInfo) -> str:
    return _OPERATIONS.get(call.task or "", _OTHERWISE)


def _common(call: CallInfo) -> dict[str, Any]:
    return {OPERATION: _operation(call), PROVIDER: "cloudflare.workers_ai", REQUEST_MODEL: call.model}


def _asked(params: Any) -> dict[str, Any]:
    """Return the numbers of a request that the conventions have names for."""
    found = ((name, _field(params, field)) for field, name in _NAMES.items())
    return {name: value for name, value in found if type(value) in (int, float)}


def _field(params: Any, name: str) -> Any:
    if isinstance(params, Mapping):
        return params.get(name)
    return getattr(params, name, None) if isinstance(params, Params) else None


def _answered(outcome: CallOutcome) -> dict[str, Any]:
    result, usage = outcome.result, outcome.usage
    found: dict[str, Any] = {
        ATTEMPTS: outcome.attempts,
        NEURONS: outcome.neurons,
        RESPONSE_ID: outcome.request_id,
        STATUS: outcome.status,
        TIME_TO_FIRST_CHUNK: outcome.first_event_after,
    }
    if usage is not None:
        found |= {INPUT_TOKENS: usage.prompt_tokens, OUTPUT_TOKENS: usage.completion_tokens}
        found[CACHED_TOKENS] = usage.cached_tokens or None
    if isinstance(result, GeneratedText):
        found[RESPONSE_MODEL] = result.model
        found[FINISH_REASONS] = None if result.finish_reason is None else [result.finish_reason]
    if isinstance(result, Embeddings):
        found[DIMENSIONS] = result.shape[-1] if result.shape else None
    return {name: value for name, value in found.items() if value is not None}


def _input_of(params: Any) -> str:
    """Write what was asked, as far as it is text: pictures and sounds are left out."""
    asked = {name: value for name in _CONTENT if (value := _field(params, name)) is not None}
    if isinstance(asked.get("messages"), list):
        return json.dumps(asked["messages"], default=_left_out)
    return _messages("user", asked.get("prompt") or json.dumps(asked, default=_left_out))


def _messages(role: str, text: Any) -> str:
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]}], default=_left_out)


def _left_out(value: Any) -> str:
    return f"<{type(value).__name__}>"
