"""Who may use which model: what is retired, what is for those who pay, and what has terms (docs/wire.md 2.3, 2.4)."""

from collections.abc import Mapping
from typing import Any

from cfai.emulator._models import CLOSED, EXAMPLE, MODELS, REMOVED, Model
from cfai.emulator._models.inputs import decoded
from cfai.emulator._received import Received
from cfai.emulator._replies import KnownRefusal, Refusal, Retired


class Access:
    """What one account may do; it remembers which terms were accepted."""

    def __init__(self, *, paid: bool, licences: bool, retired: bool) -> None:
        self._paid = paid
        self._licences = licences
        self._retired = retired
        self._models: Mapping[str, Model] = {**MODELS, **EXAMPLE, **(REMOVED if retired else {})}
        self._agreed: set[str] = set()

    def knows(self, name: str) -> bool:
        """Tell whether there is a route to a model."""
        return name in self._models or name in CLOSED

    def model(self, name: str, received: Received) -> Model:
        """Give a model that *knows* knew, or say why this account may not use it."""
        if name in CLOSED:
            raise KnownRefusal(5018)
        model = self._models[name]
        if model.retired is not None and not self._retired:
            raise Retired(model.retired)
        if model.paid and not self._paid:
            raise KnownRefusal(5035)
        if model.terms and not self._licences:
            self._want_terms(name, received)
        return model

    def _want_terms(self, name: str, received: Received) -> None:
        """Let through those who agreed, and those who do so now: their "agree" is a prompt like any other then."""
        if _prompt(received) == "agree":
            self._agreed.add(name)
        if name not in self._agreed:
            raise KnownRefusal(5016)


def _prompt(received: Received) -> object:
    try:
        body: Any = decoded(received.body)
    except (Refusal, RecursionError):
        return None
    return body.get("prompt") if isinstance(body, dict) else None
