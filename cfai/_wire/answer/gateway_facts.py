"""What an AI Gateway reports in the headers of an answer (docs/wire.md 2.6)."""

from attrs import fields

from ...tasks.answers import GatewayFacts
from ..http_values import Response

_HEADERS = {field.name: f"cf-aig-{field.name.replace('_', '-')}" for field in fields(GatewayFacts)}


def gateway_facts(response: Response) -> GatewayFacts | None:
    """Return the gateway's report; None where no gateway was asked for and no header of one came."""
    found = {name: value for name, header in _HEADERS.items() if (value := response.headers.get(header)) is not None}
    return GatewayFacts(**found) if found or response.through_gateway else None
