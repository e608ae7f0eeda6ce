"""A web app over Workers AI: `uvicorn fastapi_app:app`, with CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN set."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import format_datetime
from math import ceil
from typing import Annotated, Any, TypedDict

from fastapi import Body, Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel

import cfai

TIME_LIMIT = 20.0
"""Seconds; nobody waits longer for a page, or for the next word."""

ANSWERS: dict[type[cfai.CfaiError], tuple[int, str]] = {
    cfai.InvalidParams: (422, "This can't be sent to the model."),
    cfai.BadRequest: (400, "The model refused this."),
    cfai.ModelDeprecated: (502, "The model is not available."),  # a BadRequest too, but not the visitor's
    cfai.RequestTooLarge: (413, "This is too long for the model."),
    cfai.RateLimited: (503, "Too much to do. Please try again later."),
    cfai.RequestTimeout: (504, "The model took too long."),
    cfai.ServerTimeout: (504, "The model took too long."),
    cfai.StreamIdle: (504, "The model took too long."),
    cfai.CfaiError: (502, "The model gave no answer."),
}
"""What visitors are told; the closest class counts."""

log = logging.getLogger(__name__)


class State(TypedDict):
    """What lives as long as the app."""

    ai: cfai.AsyncClient


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[State]:
    """Make the one client that all requests share, and close it behind the last."""
    options = cfai.RequestOptions(timeout=TIME_LIMIT, idle_timeout=TIME_LIMIT)
    async with cfai.AsyncClient(options=options) as ai:
        yield {"ai": ai}


def shared_client(request: Request) -> cfai.AsyncClient:
    """Give a route the app's client."""
    ai: cfai.AsyncClient = request.state.ai
    return ai


AI = Annotated[cfai.AsyncClient, Depends(shared_client)]
Text = Annotated[str, Body(embed=True, min_length=1, max_length=2000)]


class Feeling(BaseModel):
    """How a text sounds."""

    label: str
    score: float


app = FastAPI(lifespan=lifespan)


@app.post("/classify")
async def classify(text: Text, ai: AI) -> Feeling:
    """Say how a text sounds."""
    labels = await ai.run("@cf/huggingface/distilbert-sst-2-int8", cfai.TextClassification(text))
    best = max(labels, key=lambda label: label.score)
    return Feeling(label=best.label, score=best.score)


@app.post("/draw", response_class=Response)
async def draw(prompt: Text, ai: AI) -> Response:
    """Draw a picture."""
    picture = await ai.run("@cf/black-forest-labs/flux-1-schnell", cfai.TextToImage(prompt))
    return Response(picture.data, media_type=picture.media_type)


async def begun_story(prompt: Text, ai: AI) -> AsyncIterator[cfai.AsyncTextStream[cfai.GeneratedText]]:
    """Begin a story before the response begins, and hang up when that is over, or its visitor has gone."""
    async with ai.stream("@cf/meta/llama-3.2-3b-instruct", cfai.Prompt(prompt, max_tokens=1000)) as story:
        yield story


Story = Annotated[cfai.AsyncTextStream[cfai.GeneratedText], Depends(begun_story)]


@app.post("/tell", response_class=StreamingResponse)
async def tell(story: Story, request: Request) -> StreamingResponse:
    """Tell a story while it is written."""
    return StreamingResponse(server_sent(story, request.url.path), media_type="text/event-stream")


async def server_sent(story: cfai.AsyncTextStream[cfai.GeneratedText], path: str) -> AsyncIterator[str]:
    """Give the pieces of a text as server-sent events; the last one says that it is whole, or that it is not."""
    try:
        async for text in story.texts():
            yield event("text", text)
    except cfai.CfaiError as error:
        _, words = what_to_say(error)
        log.warning("%s broke off after %d characters: %r", path, len(story.partial.text), error)
        yield event("broken", words)
    else:
        yield event("end", {"truncated": story.result.truncated})


def event(kind: str, data: Any) -> str:
    """Write one server-sent event; JSON has no line break that would end it."""
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n"


@app.exception_handler(cfai.CfaiError)
async def refuse(request: Request, error: cfai.CfaiError) -> JSONResponse:
    """Log what happened, and tell the visitor no more than is theirs to know."""
    status, words = what_to_say(error)
    log.warning("%s is answered with %d: %r", request.url.path, status, error)
    return JSONResponse({"detail": words}, status, headers=when_to_come_back(error))


def what_to_say(error: cfai.CfaiError) -> tuple[int, str]:
    """Give the status and the words for an error."""
    return next(ANSWERS[kind] for kind in type(error).__mro__ if kind in ANSWERS)


def when_to_come_back(error: cfai.CfaiError) -> dict[str, str]:
    """Say `Retry-After` where the service said it, or where the day's quota says it."""
    match error:
        case cfai.DailyQuotaExceeded(resets_at=moment) if moment is not None:
            return {"Retry-After": format_datetime(moment, usegmt=True)}
        case cfai.RateLimited(retry_after=seconds) if seconds is not None:
            return {"Retry-After": str(ceil(seconds))}
    return {}
