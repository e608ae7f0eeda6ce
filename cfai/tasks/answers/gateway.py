"""What an AI Gateway reports of a call."""

from attrs import field, frozen

from ..._base import short_repr


@frozen(repr=False)
class GatewayFacts:
    """What the AI Gateway that a call went through reports in its headers; None where it does not."""

    log_id: str | None = field(default=None, kw_only=True)
    """`cf-aig-log-id`: the id of the call's entry in the gateway's log."""
    cache_status: str | None = field(default=None, kw_only=True)
    """`cf-aig-cache-status`: "HIT" where the answer came out of the gateway's cache, "MISS" where it did not."""
    step: str | None = field(default=None, kw_only=True)
    """`cf-aig-step`: which of the gateway's providers answered, counted from 0, as the service writes it."""
    event_id: str | None = field(default=None, kw_only=True)
    """`cf-aig-event-id`: the id of the event in the gateway's log."""
    run_id: str | None = field(default=None, kw_only=True)
    """`cf-aig-run-id`: the id of the run."""
    model: str | None = field(default=None, kw_only=True)
    """`cf-aig-model`: the model that answered."""
    provider: str | None = field(default=None, kw_only=True)
    """`cf-aig-provider`: who runs that model."""
    routed_model: str | None = field(default=None, kw_only=True)
    """`cf-aig-routed-model`: the model that the call was routed to, where the model was `cloudflare/auto`."""
    routing_reason: str | None = field(default=None, kw_only=True)
    """`cf-aig-routing-reason`: why it was routed there."""

    def __repr__(self) -> str:
        return short_repr(self)
