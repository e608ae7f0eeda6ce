"""What calls consume."""

from attrs import define

from ._base import Part


@define(repr=False)
class Usage(Part):
    """What a call consumed."""

    prompt_tokens: int = 0
    """Tokens of the input; the cached ones are part of them."""
    completion_tokens: int = 0
    """Tokens of the answer."""
    total_tokens: int = 0
    """Both together."""
    cached_tokens: int = 0
    """Tokens of the input that the service had in its cache."""
    neurons: float | None = None
    """The service's unit of price, unrounded; None where the body does not say."""
