"""What anything that comes out of cfai is held to."""

import pickle
import re
from typing import Any

import cfai
from cfai._base import Answer
from cfai._wire import strict_json
from cfai._wire.answer.decode import is_refused, result_of
from cfai._wire.answer.typed_decoders import decode_typed
from cfai._wire.answer.union import read_promised
from cfai._wire.decode_context import DecodeContext

_LONGEST_REPR = 210
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What ends a line, or speaks to a terminal: errors end up in logs."""


class Broken(Exception):
    """Nothing was raised that should not be, and yet what came is wrong."""


def expect(good: object, what: str) -> None:
    """Refuse what is wrong; no `assert`, which some runs leave out."""
    if not good:
        raise Broken(what)


def is_one_line(error: cfai.CfaiError) -> None:
    """Look at what an error says: it ends up in logs."""
    expect(str(error) and not _BREAKS.search(str(error)), f"an error that is not one line: {str(error)!r:.300}")


def look_at_error(error: cfai.CfaiError) -> None:
    """Look at what a response failed with."""
    expect(isinstance(error, (cfai.ApiError, cfai.DecodeError)), f"{type(error).__name__} of an answer")
    _look_at_error(error)


def look_at_stream_error(error: cfai.CfaiError) -> None:
    """Look at what a stream failed with."""
    expect(isinstance(error, (cfai.ApiError, cfai.StreamError)), f"{type(error).__name__} of a stream")
    expect(isinstance(error.partial, cfai.GeneratedText), "an error that lost what came before it")
    expect(all(call.error and not call.arguments for call in error.partial.tool_calls), "a call that may be run")
    look_at(error.partial)
    _look_at_error(error)


def _look_at_error(error: cfai.CfaiError) -> None:
    is_one_line(error)
    try:
        state = pickle.dumps(error)
    except RecursionError:  # of a body that is deeper than pickle goes
        return
    expect(str(pickle.loads(state)) == str(error), "a pickled error says something else")


def look_at(answer: Any) -> None:
    """Look at an answer: it can be shown, and knows what it was made of."""
    for part in answer if isinstance(answer, list) else [answer]:
        if isinstance(part, Answer):
            expect(len(repr(part)) <= _LONGEST_REPR, "a long repr")
            expect(isinstance(getattr(part, "text", ""), str), "a text that is none")
            _ = part.raw


def same_both_ways(promise: Any, body: bytes) -> None:
    """Hold the decoder of bytes to the ordinary way."""
    asked = DecodeContext({})
    answer = decode_typed(promise, body, asked)
    if answer is not None:
        try:
            decoded = strict_json.decode(body)
        except strict_json.NotJson:  # in keys that it does not know: there it may be lenient
            return
        expect(not is_refused(decoded), "decode_typed takes an error for an answer")
        ordinary = _rounded(read_promised(promise, result_of(decoded), asked))
        expect(answer == ordinary, f"decode_typed: {answer!r}, ordinarily: {ordinary!r}")


def _rounded(answer: Any) -> Any:
    """Make floats of a vector's numbers: the ordinary way leaves integers as they are, even such as no float holds."""
    if isinstance(answer, cfai.Embeddings):
        return cfai.Embeddings([list(map(float, row)) for row in answer.data], answer.shape, answer.pooling)
    return answer
