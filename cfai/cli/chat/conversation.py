"""What was said so far, and what a model is sent of it."""

import json
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from ... import _catalogue
from ...media import sniff
from ...tasks.messages import assistant, system, user
from .._ask import medium_of, params_of
from .._console import UsageError
from .._fields import Fields, read

_TYPED: Final = frozenset({"image", "input", "messages", "prompt", "stream"})
_TOOLS: Final = frozenset({"function_call", "functions", "parallel_tool_calls", "tool_choice", "tools"})

_Message = dict[str, Any]


class Conversation:
    """The messages, the model that they are said to, and the fields that go with each call."""

    def __init__(self, model: str | None, told: str | None, files: Sequence[str], fields: Fields) -> None:
        self.model: str = _catalogue.DEFAULTS[_catalogue.TEXT_GENERATION] if model is None else model
        self.messages: list[_Message] = [] if told is None else [system(told)]
        _check(self.model, fields)
        self._fields = read(fields, "")
        self._pictures = [_picture(file) for file in files]
        self._first: str | None = None
        """The picture of all calls, of a model that takes one beside the messages."""
        if files and _catalogue.file_key(self.model) == "image":
            self._first = self._one_picture()

    def message(self, line: str) -> _Message:
        """Write *line* as the next message; with the first one go the pictures."""
        pictures = [{"type": "image_url", "image_url": {"url": url}} for url in self._pictures]
        return user(line, *pictures)

    def params(self, message: _Message) -> Any:
        """Give what the model is asked when *message* is next."""
        asked: dict[str, Any] = {**self._fields, "messages": [*self.messages, message]}
        if self._first is not None:
            asked |= {"image": self._first, "messages": [_in_words(each) for each in asked["messages"]]}
        return params_of(self.model, _catalogue.TEXT_GENERATION, asked)

    def keep(self, message: _Message, answer: _Message) -> None:
        """Keep what was said, and what was answered."""
        self.messages += (message, answer)
        self._pictures = []

    def save(self, path: Path) -> None:
        """Write all messages to *path*."""
        written = json.dumps(self.messages, ensure_ascii=False, indent=2)
        # Half of a character, which a model may write, becomes the escape that JSON has for it.
        path.write_text(f"{written}\n", encoding="utf-8", errors="backslashreplace", newline="")

    def _one_picture(self) -> str:
        if len(self._pictures) > 1:
            raise UsageError(f"{self.model} takes one --file")
        return self._pictures[0]


def answered(text: str, reasoning: str | None = None) -> _Message:
    """Write an answer as a message.

    Calls of tools are no part of it: nobody here runs them, and one without its outcome makes a history invalid.
    """
    message = assistant(text)
    return {**message, "reasoning": reasoning} if reasoning else message


def _check(model: str, fields: Fields) -> None:
    """Refuse what is no conversation, before anything is typed."""
    task = _catalogue.task_of(model)
    if task not in (None, _catalogue.TEXT_GENERATION):
        raise UsageError(f"{model} is for {task}, and holds no conversation: `cfai run` asks any model")
    if _catalogue.text_key(model) not in ("prompt", _catalogue.MESSAGES):
        raise UsageError(f"{model} holds no conversation: `cfai run` asks any model")
    for key, _ in fields:
        if key in _TYPED:
            raise UsageError(f"--{key}: what is said is typed, a line at a time; a picture goes by --file PATH")
        if key in _TOOLS:
            raise UsageError(f"--{key}: nobody runs tools in a conversation here: `cfai run` shows their calls")


def _picture(file: str) -> str:
    if file == "-":
        raise UsageError("--file: stdin is for what is said")
    medium = medium_of(file)
    data = medium.read_bytes() if isinstance(medium, Path) else medium
    kind = sniff(data) or ""
    if not kind.startswith("image/"):
        raise UsageError(f"--file: {file} is no picture")
    return f"data:{kind};base64,{b64encode(data).decode()}"


def _in_words(message: _Message) -> _Message:
    """Give *message* without its pictures."""
    content = message["content"]
    return message if isinstance(content, str) else {**message, "content": content[0]["text"]}
