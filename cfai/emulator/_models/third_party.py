"""Other companies' models, which are named in the body and not in the path (docs/wire.md 1).

Their list changes by the week: the emulator knows the authors, and takes every name of theirs that it does not know
for a text model's.
"""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from attrs import frozen

from cfai.emulator._event import Event
from cfai.emulator._models.completions import INPUT, Completions
from cfai.emulator._models.google import ask_google
from cfai.emulator._models.messages import messages_of, words
from cfai.emulator._models.model import Answer, Media, Streamed, count_tokens, maybe_streamed, noise
from cfai.emulator._models.streams.anthropic import message_events
from cfai.emulator._models.streams.completions import ChunkForm
from cfai.emulator._models.text_common import THOUGHT, cut, echo, forced_call
from cfai.emulator._models.third_party_media import ask_for_media, has_media
from cfai.emulator._schema import BOOLEAN, INTEGER, OBJECT, Kind, Shape, check

_OPENAI: Final = frozenset({"alibaba", "deepseek", "google", "minimax", "openai", "xai"})
"""The authors whose models answer as OpenAI's do."""

_MESSAGES: Final = messages_of(("role", "content"), Kind(("string", "array"), items=OBJECT), ("user", "assistant"))
_ANTHROPIC: Final = (
    Shape(
        ("max_tokens", "messages"),
        {
            "max_tokens": INTEGER,
            "messages": _MESSAGES,
            "system": Kind(("string", "array")),
            "tools": Kind(("array",), items=OBJECT),
            "tool_choice": OBJECT,
            "thinking": OBJECT,
            "stream": BOOLEAN,
        },
    ),
)

_LONGEST_NAME: Final = 100
"""Characters of a model's name, which every event of a stream repeats; a longer name is in no catalogue."""


@frozen
class ThirdParty:
    """One of these models."""

    author: str
    name: str

    def ask(self, given: object, seed: int, origin: str) -> Answer | Media | Streamed:
        """Answer, or raise the model's Refusal; what it costs in neurons is not told: it is billed in dollars.

        Links lead to *origin*, which is where the emulator was reached.
        """
        slug = f"{self.author}/{self.name}"
        if has_media(slug):
            return ask_for_media(slug, given, seed, origin)
        if self.author == "google" and isinstance(given, dict) and "contents" in given:
            return ask_google(self.name, given, seed)
        if self.author == "anthropic":
            return maybe_streamed(check(given, _ANTHROPIC), self._message, _message_events, seed)
        # That usage comes without being asked for in `stream_options` is our guess.
        model = Completions(self.name, 0, 0, engine={}, chunks=ChunkForm(usage="end"))
        return maybe_streamed(check(given, INPUT), partial(_unpriced, model), model.streamed, seed)

    def _message(self, body: dict[str, Any], seed: int) -> Answer:
        """Give Anthropic's own form."""
        asked = [words(message["content"]) for message in body["messages"]]
        key = noise(12, "message", seed, json.dumps(body, sort_keys=True)).hex()
        content, reason = _content(body, asked[-1] if asked else "", key)
        written = count_tokens(json.dumps(content))
        result = {
            "id": f"msg_{key}",
            "type": "message",
            "role": "assistant",
            "model": self.name,
            "content": content,
            "stop_reason": reason,
            "stop_sequence": None,
            "usage": {"input_tokens": sum(map(count_tokens, asked)), "output_tokens": written},
        }
        return Answer(result, None)


def _message_events(_body: dict[str, Any], answer: Answer, _seed: int) -> Iterator[Event]:
    return message_events(answer.result)


def _unpriced(model: Completions, body: dict[str, Any], seed: int) -> Answer:
    return Answer(model(body, seed).result, None)


def found(slug: str) -> ThirdParty | None:
    """Find a model in the catalogue; None where it is not there."""
    author, _, name = slug.partition("/")
    known = author == "anthropic" or author in _OPENAI
    return ThirdParty(author, name) if known and "/" not in name and 0 < len(name) <= _LONGEST_NAME else None


def _content(body: dict[str, Any], question: str, key: str) -> tuple[list[dict[str, Any]], str]:
    """Give the blocks, and why they end."""
    thinks = body.get("thinking", {}).get("type") == "enabled"
    blocks = [{"type": "thinking", "thinking": THOUGHT, "signature": "emulator"}] if thinks else []
    call = forced_call({"tools": body.get("tools", []), "tool_choice": _choice(body)})
    if call is not None:
        block = {"type": "tool_use", "id": f"toolu_{key}", "name": call.name, "input": call.arguments}
        return [*blocks, block], "tool_use"
    text = cut(echo(question), body["max_tokens"])
    return [*blocks, {"type": "text", "text": text}], "end_turn" if text == echo(question) else "max_tokens"


def _choice(body: dict[str, Any]) -> object:
    """Say Anthropic's `tool_choice` in OpenAI's words."""
    choice = body.get("tool_choice", {})
    kind = choice.get("type")
    return {"name": choice.get("name")} if kind == "tool" else {"any": "required"}.get(str(kind), "auto")
