"""A conversation as it goes: lines, commands, answers, and what interrupts them."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ...errors import CfaiError, ConfigError, Forbidden, InvalidParams, ModelDeprecated, ModelNotFound, Unauthorized
from .._console import hint, say
from .._live import show
from .._output import say_if_cut
from .conversation import Conversation, answered
from .input_lines import InputLines

if TYPE_CHECKING:
    from ..._sync.client import Client
    from ...tasks.answers import Usage

_FINAL: Final = (ConfigError, Forbidden, InvalidParams, ModelDeprecated, ModelNotFound, Unauthorized)
"""What every next line would meet as well."""
_COMMAND: Final = re.compile(r"/([a-z]+)(?:\s+(.*))?", re.IGNORECASE)
"""A path, such as /etc/hosts, is none."""


class ChatSession:
    """A conversation between stdin and a model."""

    def __init__(self, client: "Client", conversation: Conversation, lines: InputLines) -> None:
        self._client = client
        self._conversation = conversation
        self._lines = lines
        self._failed = False
        self._used = _Used()

    def run(self) -> int:
        """ChatSession to the end, and return the exit code."""
        if self._lines.by_hand:
            say(f"{self._conversation.model} listens; /save PATH keeps the conversation, /quit ends it")
        try:
            return self._run()
        finally:
            self._used.tell()

    def _run(self) -> int:
        cleared = False
        while True:
            try:
                line = self._lines.next()
            except KeyboardInterrupt:
                if not self._lines.by_hand:
                    raise
                hint("\n")
                if cleared:
                    raise
                cleared = True
                say("Ctrl-C once more ends the conversation, as Ctrl-D does")
                continue
            cleared = False
            if line is None or not self._obey(line.rstrip("\r\n")):
                return 1 if self._failed and not self._lines.by_hand else 0

    def _obey(self, line: str) -> bool:
        """Do as *line* says, and say whether to go on."""
        command = _COMMAND.fullmatch(line.rstrip())
        if command is None:
            if line.strip():
                self._answer(line.strip())
            return True
        name, rest = command[1].lower(), command[2] or ""
        if name == "quit":
            return False
        if name == "save":
            self._save(rest)
        else:
            self._fail(f"there is no /{name}, only /save PATH and /quit; with a blank before it, it is said as it is")
        return True

    def _save(self, path: str) -> None:
        if not path:
            return self._fail("/save needs a PATH")
        try:
            self._conversation.save(Path(path))
        except (OSError, ValueError) as failure:  # ValueError: a name with a NUL in it
            return self._fail(f"/save: {getattr(failure, 'strerror', None) or failure}: {path}")
        return say(f"wrote {path}")

    def _answer(self, line: str) -> None:
        """Say *line* to the model and show what it answers.

        What came stays, whole or not, for the user has read it; a line that nothing came of was not said.
        """
        message = self._conversation.message(line)
        stream = self._client.stream(self._conversation.model, self._conversation.params(message))
        try:
            with stream:
                spoke = show(stream)
            answer = stream.result
        except KeyboardInterrupt:
            if not self._lines.by_hand:
                raise
            if not self._keep_part(message, stream.partial.response):
                hint("\n")
            self._used.add(None)
        except CfaiError as failure:
            if isinstance(failure, _FINAL):
                raise
            if failure.partial is not None:
                self._used.add(None)
            self._fail(str(failure))
            self._keep_part(message, stream.partial.response)
        else:
            self._used.add(answer.usage)
            self._keep(message, answer, spoke=spoke)

    def _keep_part(self, message: dict[str, Any], text: str) -> bool:
        if text:
            self._conversation.keep(message, answered(text))
        return bool(text)

    def _keep(self, message: dict[str, Any], answer: Any, *, spoke: bool) -> None:
        if spoke:
            self._conversation.keep(message, answered(answer.response, answer.reasoning))
        else:
            self._fail("the model asks for a tool" if answer.tool_calls else "the model said nothing")
        say_if_cut(answer)

    def _fail(self, line: str) -> None:
        self._failed = True
        say(line)


class _Used:
    """What all answers together consumed."""

    def __init__(self) -> None:
        self._known = self._unknown = self._read = self._written = 0
        self._neurons: float | None = None

    def add(self, usage: "Usage | None") -> None:
        """Count an answer; None where it was not said what it consumed."""
        if usage is None:
            self._unknown += 1
            return
        self._known += 1
        self._read += usage.prompt_tokens
        self._written += usage.completion_tokens
        if usage.neurons is not None:
            self._neurons = (self._neurons or 0.0) + usage.neurons

    def tell(self) -> None:
        """Say it, if anything was answered."""
        if self._known:
            neurons = "" if self._neurons is None else f", {self._neurons:,.2f} neurons"
            say(f"answers: {self._known}; tokens: {self._read:,} read, {self._written:,} written{neurons}")
        if self._unknown:
            say(f"answers whose tokens are not known: {self._unknown}")
