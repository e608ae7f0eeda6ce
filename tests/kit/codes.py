"""The codes of the service, written by hand from the evidence: what each one is by its status and its words.

The classes, `retryable` and `may_be_charged` here are those that docs/wire.md and docs/errors.md promise; nothing is
taken from the table of the code.
"""

from typing import Any, NamedTuple

FINAL, AGAIN, CHARGED = (False, False), (True, False), (True, True)
"""`retryable` and `may_be_charged`."""


class Row(NamedTuple):
    code: Any
    status: int
    words: str
    name: str
    """The error's class."""
    outcome: tuple[bool, bool]

    def __str__(self) -> str:
        return f"{self.code}-{self.status}-{self.name}"

    def body(self, uuid: str = "") -> dict[str, Any]:
        return enveloped(self.code, f"AiError: AiError: {self.words} ({uuid})" if uuid else f"AiError: {self.words}")


def enveloped(code: Any, message: str = "no", **more: Any) -> dict[str, Any]:
    return {"errors": [{"message": message, "code": code, **more}], "success": False, "result": {}, "messages": []}


ROWS = [
    # code, status, the service's words, class, (retryable, may_be_charged); docs/wire.md 2.3
    Row(5007, 400, "No such model", "ModelNotFound", FINAL),
    Row(5004, 400, "Invalid base64", "InvalidInput", FINAL),
    Row(3039, 400, "finetune lacks files", "InvalidInput", FINAL),
    Row(3003, 400, "incomplete request", "InvalidInput", FINAL),
    Row(5018, 403, "private model", "Forbidden", FINAL),
    Row(5016, 403, "licence", "TermsNotAccepted", FINAL),
    Row(3023, 403, "account blocked", "Forbidden", FINAL),
    Row(3041, 403, "private model", "Forbidden", FINAL),
    Row(5035, 403, "Workers Paid", "PaidPlanRequired", FINAL),
    Row(5019, 405, "SDK too old", "ApiError", FINAL),
    Row(5005, 405, "no LoRA", "InvalidInput", FINAL),
    Row(3042, 404, "Invalid model id", "ModelNotFound", FINAL),
    Row(3006, 413, "too large", "RequestTooLarge", FINAL),
    Row(3007, 408, "Timeout", "ServerTimeout", AGAIN),
    Row(3008, 408, "Aborted", "ServerTimeout", AGAIN),
    Row(3036, 429, "daily free allocation", "DailyQuotaExceeded", FINAL),
    Row(3040, 429, "Capacity temporarily exceeded", "OutOfCapacity", AGAIN),
    # docs/wire.md 2.4
    Row(5024, 403, "JSON Model couldn't be met", "InvalidInput", FINAL),
    Row(5025, 403, "This model doesn't support JSON Schema", "InvalidInput", FINAL),
    Row(2005, 400, "Failed to get response from provider", "ServerError", AGAIN),
    Row(2005, 402, "Failed to get response from provider", "PaymentRequired", FINAL),
    Row(2014, 408, "Gateway timeout", "ServerTimeout", CHARGED),
    Row(2016, 424, "Prompt blocked", "ContentFlagged", FINAL),
    Row(2017, 424, "Response blocked", "ContentFlagged", FINAL),
    Row(2017, 422, "Response blocked", "ContentFlagged", FINAL),
    Row(2029, 400, "DLP", "ContentFlagged", FINAL),
    Row(2021, 402, "scanner", "PaymentRequired", FINAL),
    Row(7013, 503, "scanner unavailable", "ServerError", AGAIN),
    Row(3037, 400, "finetune not found", "ModelNotFound", FINAL),
    Row(3037, 404, "finetune not found", "ModelNotFound", FINAL),
    Row(3037, 500, "finetune not found", "ModelNotFound", FINAL),
    Row(3043, 500, "Internal server error", "ServerError", AGAIN),
    Row(3001, 500, "Internal server error", "ServerError", AGAIN),
    Row(6002, 404, "not found", "ModelNotFound", FINAL),
    Row(6003, 404, "not found", "ModelNotFound", FINAL),
    Row(6003, 400, "Invalid request headers", "BadRequest", FINAL),
    Row(7009, 502, "Upstream service unavailable", "ServerError", AGAIN),
    Row(7009, 503, "Upstream service unavailable", "ServerError", AGAIN),
    Row(7009, 400, "Upstream service unavailable", "ServerError", AGAIN),
    Row(8002, 400, "bad input", "InvalidInput", FINAL),
    Row(3010, 400, "Invalid or incomplete input", "InvalidInput", FINAL),
    Row("not_found_error", 404, "model: x", "ModelNotFound", FINAL),
    Row(4006, 429, "you have used up your daily free allocation", "DailyQuotaExceeded", FINAL),
    Row(3046, 408, "Request timeout", "ServerTimeout", CHARGED),
    Row(5006, 400, "Bad input: Error: required properties at '/' are 'prompt'", "InvalidInput", FINAL),
    Row(5012, 422, '{"error":{"type":"invalid_request_error","message":"questions"}}', "InvalidInput", FINAL),
    Row(5012, 400, '{"error":{"type":"inference_error","message":"x"}}', "InvalidInput", FINAL),
    Row(5012, 529, '{"error":{"type":"inference_error","message":"x"}}', "ServerError", AGAIN),
    Row(5012, 500, "failed", "ServerError", AGAIN),
    Row(5012, 501, "failed", "ServerError", FINAL),
    Row(5021, 413, "The estimated number of tokens exceeded this model context window limit", "ContextTooLong", FINAL),
    Row(3030, 400, "width > 2048", "InvalidInput", FINAL),
    Row(3030, 400, "Sequence too long", "ContextTooLong", FINAL),
    Row(3030, 400, "Max context reached for model: only supports 60000", "ContextTooLong", FINAL),
    Row(3030, 400, "too many input images. max=4", "InvalidInput", FINAL),
    Row(3030, 400, "Your output has been flagged. Choose another prompt", "ContentFlagged", FINAL),
    Row(3030, 400, "safety_tolerance must be at most 6", "InvalidInput", FINAL),
    Row(3030, 400, "Additional or unevaluated properties '/moderation' at '/' not allowed", "InvalidInput", FINAL),
    Row(5028, 400, "deprecated on 2026-05-30", "ModelDeprecated", FINAL),
    Row(5028, 410, "deprecated on 2026-05-30", "ModelDeprecated", FINAL),
    Row(8001, 400, "tools.0.function.description: Input should be a valid string", "InvalidInput", FINAL),
    Row(8001, 400, "This model's maximum context length is 24000 tokens.", "ContextTooLong", FINAL),
    Row(8005, 500, "Internal error", "ServerError", AGAIN),
    Row(8006, 400, "Failed to decode image", "InvalidInput", FINAL),
    Row(8007, 400, "Model does not support request queuing", "InvalidInput", FINAL),
    Row(8007, 400, "Input prompt contains NSFW content", "ContentFlagged", FINAL),
    Row(8007, 400, "tools: list should have at least 1 item", "InvalidInput", FINAL),
    Row(
        8007,
        400,
        '{"object":"error","message":"This model\'s maximum context length is 32768 tokens.","type":"BadRequestError"}',
        "ContextTooLong",
        FINAL,
    ),
    Row(5001, 500, "batch failed", "ServerError", AGAIN),
    Row(7000, 400, "No route for that URI", "ModelNotFound", FINAL),
    Row(7003, 404, "Could not route to /accounts/x/ai/run", "ModelNotFound", FINAL),
    Row(7003, 400, "Could not route to /accounts/x/ai/run", "ModelNotFound", FINAL),
    Row(7003, 400, "User Input Error: prompt is required", "InvalidInput", FINAL),
    Row(2045, 429, "spend limit", "SpendLimitExceeded", FINAL),
    Row(2041, 429, "spend limit", "SpendLimitExceeded", FINAL),
    Row(2003, 429, "Rate limited", "RateLimited", AGAIN),
    Row(10000, 401, "Authentication error", "Unauthorized", FINAL),
    Row(2001, 400, "Please configure AI Gateway", "BadRequest", FINAL),
    Row(2008, 400, "Invalid provider", "BadRequest", FINAL),
    Row(2009, 401, "Unauthorized", "Unauthorized", FINAL),
]
AT_ANY_STATUS = [
    row for row in ROWS if row.name not in ("BadRequest", "ApiError") and row.code not in (5012, 6002, 6003)
]
AT_ANY_STATUS = [row for row in AT_ANY_STATUS if row.status != 402]
