"""Every refusal that is known of the service: code, status, words and form of the body (docs/wire.md 2.2 to 2.4).

The emulator refuses with these, each where a request can bring it about. The rest waits here for replies that are
asked for by their code. The comment at each row has the grade of the fact (see docs/wire.md), and says where the words
are not the service's but ours: then its code is to be trusted, and its text is not.
"""

from typing import Any, Final, Literal

from attrs import frozen

Form = Literal["model", "router", "gateway", "guardrail", "errors", "anthropic"]
"""How the body looks: a model's envelope with `result: {}`, the router's with `result: null`, the gateway's list under
`error`, the flat object of a guardrail, a list of errors and nothing else, Anthropic's own object."""


@frozen
class Known:
    """One refusal."""

    code: int | str | None
    """None where the service sends a status alone."""

    status: int
    words: str
    form: Form = "model"

    chain: tuple[tuple[int, str], ...] = ()
    """Codes and words of the causes, `error_chain`."""


REFUSALS: Final = (
    # The documented table (D, page of 8 October 2026); its words are not quoted there, so all of them are ours, except
    # those of 5016 (D).
    Known(5007, 400, "No such model or task"),
    Known(5004, 400, "Invalid data: it is not base64"),
    Known(3039, 400, "Finetune is missing required files"),
    Known(3003, 400, "Request is incomplete"),
    Known(5018, 403, "This account is not allowed to access this model"),
    Known(5016, 403, "Model Agreement: Prior to using this model, you must submit the prompt 'agree'."),
    Known(3023, 403, "Account blocked"),
    Known(3041, 403, "Account not allowed for private model"),
    Known(5035, 403, "This model requires a Workers Paid plan"),
    Known(5019, 405, "Deprecated SDK version"),
    Known(5005, 405, "This model does not support LoRA"),
    Known(3042, 404, "Invalid model ID"),
    Known(3006, 413, "Request is too large"),
    Known(3007, 408, "Timeout"),
    Known(3008, 408, "Aborted"),
    Known(3036, 429, "You have used up your daily free allocation of 10,000 neurons"),
    Known(3040, 429, "Out of capacity"),
    # A model's refusals that are on the wire and not in that table.
    Known(4006, 429, "You have used up your daily free allocation of 10,000 neurons"),  # R; words ours
    Known(3046, 408, "Request timeout"),  # R
    Known(3001, 500, "Internal error"),  # no grade; words ours
    Known(3043, 500, "Internal server error"),  # no grade; words ours
    Known(3010, 400, "Invalid or incomplete input"),  # weak: old reports; words ours
    Known(8002, 400, "Invalid input"),  # R; words ours
    Known(5006, 400, "Bad input: Error: required properties at '/' are 'prompt'"),
    # R, August 2026.
    Known(5006, 400, "Bad input: Error: Additional or unevaluated properties '/width, /height' at '/' not allowed"),
    # R, the code at 422 with JSON in its words, and (October 2026) at 529; the rest of the words ours.
    Known(5012, 422, '{"error":{"type":"invalid_request_error","message":"questions: at most 64"}}'),
    Known(5012, 529, '{"error":{"type":"inference_error","message":"inference failed"}}'),
    # The numbers are documented to be there; words ours.
    Known(
        5021,
        413,
        "The estimated number of input and maximum output tokens (130000) exceeded this model context window limit"
        " (128000).",
    ),
    Known(5024, 403, "JSON Model couldn't be met"),  # R, August 2026
    Known(5024, 403, "JSON Mode couldn't be met"),  # D, the same failure in the documentation's spelling
    Known(5025, 403, "This model doesn't support JSON Schema"),  # 3P
    Known(3030, 400, "width must be at most 2048, got 4096"),  # R; words ours
    Known(3030, 400, "Sequence too long"),  # R
    Known(3030, 400, "Max context reached 60001 tokens, only supports 60000"),  # R; "60001 tokens" ours
    Known(3030, 400, "too many input images. max=4"),  # R
    Known(3030, 400, "Output was flagged"),  # R; words ours
    Known(3037, 404, "Finetune not found"),  # R, status unstated: 400, 404 or 500; words ours
    Known(3037, 400, "Finetune not found"),
    Known(3037, 500, "Finetune not found"),
    # R; bodies of errors alone occur, and the code comes with 410 too (September 2026).
    Known(5028, 400, "This model was deprecated on 2026-05-30. Please use an alternative model"),
    Known(5028, 400, "This model was deprecated on 2026-05-30. Please use an alternative model", "errors"),
    Known(5028, 410, "This model was deprecated on 2026-05-30. Please use an alternative model", "errors"),
    Known(8001, 400, "Invalid input: tool_choice is any"),  # the engine's refusals; words ours
    Known(8001, 400, "Invalid input: This model's maximum context length is 24000 tokens"),  # words ours
    Known(8005, 500, "Internal server error"),  # R; words ours
    Known(8006, 400, "Invalid input: the image data is broken"),  # R, five reports; words ours
    Known(8006, 400, "Invalid input: max_tokens is too small for the forced tool call"),  # R; words ours
    # R, October 2026, of all five.
    Known(8007, 400, "This model does not support request queuing"),
    Known(8007, 400, "Input prompt contains NSFW content"),
    Known(
        8007,
        400,
        '{"object":"error","message":"This model\'s maximum context length is 24000 tokens","type":"BadRequestError"}',
    ),
    Known(8007, 400, '{"object":"error","message":"tools must not be empty","type":"BadRequestError"}'),  # words ours
    Known(8007, 400, "language uk is not supported"),  # September 2026; words ours
    Known(5001, 500, "Internal error"),  # D, of a batch that failed; words ours
    Known(None, 529, "Overloaded"),  # R, October 2026; words ours
    Known("not_found_error", 404, "The model does not exist", "anthropic"),  # R, June 2026; words ours
    # The router's.
    Known(7000, 400, "No route for that URI", "router"),  # R
    Known(7003, 404, "The model is not in the catalog", "router"),  # R, October 2026; words ours
    Known(7003, 400, "Could not route to that path, perhaps your object identifier is invalid?", "router"),  # R
    Known(7003, 400, "User Input Error", "router"),  # R, October 2026; what follows these words is not known
    # R; the chain is where the cause is.
    Known(6003, 400, "Invalid request headers", "router", ((6111, "Invalid format for Authorization header"),)),
    Known(6003, 404, "Not found", "router"),  # no grade; words ours
    Known(6002, 404, "Not found", "router"),  # no grade; words ours
    Known(7009, 502, "Upstream service unavailable", "router"),  # R; words ours
    Known(7009, 503, "Upstream service unavailable", "router"),
    Known(7009, 400, "Upstream service unavailable", "router"),
    Known(10000, 401, "Authentication error", "router"),  # R; a wrong account id answers the same
    # The gateway's. That its form is a list under `error` was seen of 2005 (R, 2026).
    Known(2001, 400, "Please configure AI Gateway in the Cloudflare dashboard", "gateway"),  # words ours
    Known(2003, 429, "Rate limited", "gateway"),  # words ours
    Known(2005, 400, "Failed to get response from provider", "gateway"),  # R
    Known(2005, 402, "Failed to get response from provider", "gateway"),  # 3P: the status outweighs the code
    Known(2008, 400, "Invalid provider", "gateway"),  # words ours
    Known(2009, 401, "Unauthorized", "gateway"),  # since 6 October 2026 for all providers; words ours
    Known(2014, 408, "Gateway timeout", "gateway"),  # R; words ours
    Known(2021, 402, "This model is not available through unified billing", "gateway"),  # words ours
    Known(2041, 429, "Spend limit reached", "gateway"),  # R, September 2026; words ours
    Known(2045, 429, "Spend limit reached", "gateway"),  # R, October 2026; words ours
    Known(2029, 424, "Request blocked by data loss prevention", "gateway"),  # a weak source; status and words ours
    Known(7013, 503, "The scanner is unavailable", "gateway"),  # D, 17 September 2026; words ours
    # D, 17 September 2026: 424 at the providers' own paths, 2017 at 422 here; words ours.
    Known(2016, 424, "Prompt blocked due to security configurations", "guardrail"),
    Known(2017, 422, "Response blocked due to security configurations", "guardrail"),
    Known(2016, 424, "Prompt blocked due to security configurations", "gateway"),
    Known(2017, 424, "Response blocked due to security configurations", "gateway"),
)


def known(code: int | str | None, about: str = "", *, status: int | None = None) -> Known:
    """Find the first refusal with a *code* whose words contain *about*; raise KeyError where there is none."""
    for each in REFUSALS:
        if each.code == code and about in each.words and status in {None, each.status}:
            return each
    raise KeyError(code)


def body_of(refusal: Known, request_id: str) -> dict[str, Any]:
    """Make the JSON object of a refusal; a model's words end with the request's id (docs/wire.md 2.2)."""
    code = {} if refusal.code is None else {"code": refusal.code}
    match refusal.form:
        case "model":
            message = f"AiError: AiError: {refusal.words} ({request_id})"
            return {"errors": [{"message": message, **code}], "success": False, "result": {}, "messages": []}
        case "router":
            causes = [{"code": number, "message": words} for number, words in refusal.chain]
            error = {**code, "message": refusal.words, **({"error_chain": causes} if causes else {})}
            return {"result": None, "success": False, "errors": [error], "messages": []}
        case "gateway":
            return {"success": False, "error": [{**code, "message": refusal.words}]}
        case "guardrail":
            return {"name": "AiGatewayError", "internalCode": refusal.code, "error": refusal.words}
        case "errors":
            return {"errors": [{"message": f"AiError: {refusal.words} ({request_id})", **code}]}
        case "anthropic":
            return {"type": "error", "error": {"type": refusal.code, "message": refusal.words}}


def from_model(refusal: Known) -> bool:
    """Return whether a model refused, so that the answer has a request id (docs/wire.md 2.6)."""
    return refusal.form in {"model", "errors"}
