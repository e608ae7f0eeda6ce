"""Checks of what all answers have, and of the small models: a few hundredths of a neuron each."""

import math
import re

from asking import Asker, refusal_in_short
from verdicts import Check, Seen, dig, held_if, keys_of

import cfai

_CLASSIFIER = "@cf/huggingface/distilbert-sst-2-int8"
_EMBEDDER = "@cf/baai/bge-base-en-v1.5"
_TEXTS = ("a cat on a mat", "stocks fell on Monday")
_WIDTH = 768


async def _classify(asker: Asker) -> cfai.Reply[list[cfai.Classification]]:
    return await asker.ask(_CLASSIFIER, cfai.TextClassification("a fine day"))


async def _literal_slashes(asker: Asker) -> Seen:
    try:
        reply = await _classify(asker)
    except cfai.ModelNotFound as error:
        return held_if(False, refusal_in_short(error))
    return held_if(True, f"{reply.status} for {_CLASSIFIER}")


async def _envelope(asker: Asker) -> Seen:
    raw = (await _classify(asker)).raw
    rest = {name: value for name, value in raw.items() if name != "result"} if isinstance(raw, dict) else None
    good = rest == {"success": True, "errors": [], "messages": []} and "result" in raw
    return held_if(good, f"{keys_of(raw)}; but for result {rest}")


async def _own_headers(asker: Asker) -> Seen:
    reply = await _classify(asker)
    neurons = reply.headers.get("cf-ai-neurons")
    good = reply.request_id is not None and re.fullmatch(r"\d+\.\d\d", neurons or "") is not None
    return held_if(good, f"cf-ai-req-id {reply.request_id}; cf-ai-neurons {neurons}")


async def _common_headers(asker: Asker) -> Seen:
    headers = (await _classify(asker)).headers
    found = {name: headers.get(name) for name in ("cf-ray", "cf-auditlog-id", "api-version")}
    return held_if(None not in found.values(), "; ".join(f"{name} {value}" for name, value in found.items()))


async def _bare_array(asker: Asker) -> Seen:
    result = dig((await _classify(asker)).raw, "result")
    good = isinstance(result, list) and len(result) > 0 and all({"label", "score"} == set(each) for each in result)
    return held_if(good, f"{result!r}")


async def _embeddings(asker: Asker) -> Seen:
    result = dig((await asker.ask(_EMBEDDER, cfai.TextEmbeddings(_TEXTS))).raw, "result")
    shape, pooling, data = (dig(result, name) for name in ("shape", "pooling", "data"))
    widths = [len(vector) for vector in data] if isinstance(data, list) else None
    good = shape == [len(_TEXTS), _WIDTH] and pooling == "mean" and widths == [_WIDTH] * len(_TEXTS)
    return held_if(good, f"{keys_of(result)}; shape {shape}, pooling {pooling}, vectors of {widths}")


async def _unit_vectors(asker: Asker) -> Seen:
    vectors = (await asker.ask(_EMBEDDER, cfai.TextEmbeddings(_TEXTS))).result.data
    lengths = [math.hypot(*vector) for vector in vectors]
    good = len(lengths) > 0 and all(math.isclose(length, 1, abs_tol=1e-3) for length in lengths)
    return held_if(good, f"lengths {', '.join(f'{length:.5f}' for length in lengths)}")


CHECKS = (
    Check("1", "A model's name stands in the path with its slashes as they are.", _literal_slashes),
    Check("2.1", "A good answer has result, success true, and empty errors and messages.", _envelope),
    Check("2.6", "A good answer has cf-ai-req-id, and cf-ai-neurons with two decimals.", _own_headers),
    Check("2.6", "Every answer has cf-ray, cf-auditlog-id and api-version.", _common_headers),
    Check("3.6", "distilbert's result is a bare array of {label, score}.", _bare_array),
    Check("3.6", "bge-base gives shape [n, 768], data, and pooling (mean where not asked).", _embeddings),
    Check("3.6", "bge-base's vectors have the length 1, as the emulator's have.", _unit_vectors),
)
