"""Decoding alone, without a call: what is between the last byte of an answer and the answer, beside msgspec alone."""

import functools
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import answers
import msgspec
from calls import ACCOUNT, Call, Way
from floors import Envelope, Speech, Vectors
from multidict import CIMultiDict

import cfai


def _found(name: str, *modules: str) -> Any:
    """Find a name of cfai's in the first of these modules that is there: `--against` measures older revisions too."""
    found = next(module for module in modules if _has(f"cfai._wire.{module}"))
    return getattr(importlib.import_module(f"cfai._wire.{found}"), name)


def _has(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # nor is the package that it would be in
        return False


encode = _found("encode", "request.encode", "request")
decode = _found("decode", "answer.decode", "decode")
Response = _found("Response", "http_values", "messages")


class Reading:
    """An answer to be read."""

    def __init__(self, model: str, params: cfai.Params[Any], body: bytes, envelope: Any) -> None:
        self.request = encode(model, params)
        self.body = body
        self.decoder = msgspec.json.Decoder(envelope)


@asynccontextmanager
async def with_cfai(reading: Reading, _: str) -> AsyncIterator[Call]:
    """Read as the client does."""
    headers = CIMultiDict({"Content-Type": "application/json"})

    async def call() -> object:
        return decode(Response(status=200, headers=headers, body=reading.body), reading.request, ACCOUNT)

    yield call


@asynccontextmanager
async def with_msgspec(reading: Reading, _: str) -> AsyncIterator[Call]:
    """Read into msgspec's own classes."""

    async def call() -> object:
        return reading.decoder.decode(reading.body).result

    yield call


def ways(reading: Reading) -> dict[str, Way]:
    """Give the two ways to read *reading*."""
    return {"cfai": functools.partial(with_cfai, reading), "floor": functools.partial(with_msgspec, reading)}


def vectors() -> Reading:
    """Give 100 embeddings to be read."""
    return Reading("@cf/baai/bge-m3", cfai.TextEmbeddings(["text"]), answers.vectors(), Envelope[Vectors])


def speech() -> Reading:
    """Give 5,000 words to be read."""
    return Reading("@cf/openai/whisper", cfai.AutomaticSpeechRecognition(b"ID3"), answers.speech(), Envelope[Speech])
