"""Checks of pictures and sounds: the dear ones, with the fewest steps and words that will do."""

import base64
import binascii
from typing import Any

from asking import Asker
from verdicts import Check, Seen, dig, held_if, keys_of

import cfai

_JPEG = b"\xff\xd8\xff"


async def _picture_in_base64(asker: Asker) -> Seen:
    reply = await asker.ask("@cf/black-forest-labs/flux-1-schnell", cfai.TextToImage("a red cat", num_steps=1))
    result = dig(reply.raw, "result")
    picture = _decoded(dig(result, "image"))
    kind = "a JPEG" if picture.startswith(_JPEG) else f"bytes that begin {picture[:8]!r}"
    return held_if(picture.startswith(_JPEG), f"{keys_of(result)}; {kind} of {len(picture)} bytes")


async def _picture_as_bytes(asker: Asker) -> Seen:
    params = cfai.TextToImage("a red cat", width=512, height=512, num_steps=4)
    reply = await asker.ask("@cf/stabilityai/stable-diffusion-xl-base-1.0", params)
    return _as_bytes(reply, ("image/png", "image/jpeg"))


async def _sound_as_bytes(asker: Asker) -> Seen:
    reply = await asker.speech()
    seen = _as_bytes(reply, ("audio/mpeg",))
    return held_if(reply.headers.get("content-type") == "audio/mpeg", seen.what) if reply.raw else seen


async def _raw_body(asker: Asker) -> Seen:
    # cfai sends a sound to this model as the body itself; its content type is the sound's own.
    sound = (await asker.speech()).result
    params = cfai.AutomaticSpeechRecognition(sound)
    result = dig((await asker.ask("@cf/openai/whisper", params)).raw, "result")
    text = dig(result, "text")
    return held_if(isinstance(text, str) and text != "", f"{keys_of(result)}; {len(sound)} bytes heard as {text!r}")


def _as_bytes(reply: cfai.Reply[Any], kinds: tuple[str, ...]) -> Seen:
    """Judge an answer that is to be a medium and nothing around it; the header's word for it is shown, not judged."""
    said = reply.headers.get("content-type")
    if not isinstance(reply.raw, bytes):
        return held_if(False, f"content type {said}; {keys_of(reply.raw)}")
    found = cfai.Media(reply.raw).media_type  # by its first bytes
    return held_if(found in kinds, f"content type {said}; its bytes say {found}; {len(reply.raw)} of them")


def _decoded(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (TypeError, binascii.Error, ValueError):
        return b""


CHECKS = (
    Check("3.3", "flux-1-schnell's result is {image}, a JPEG in base64.", _picture_in_base64),
    Check("3.3", "stable-diffusion-xl-base-1.0 answers with the bytes of a PNG or JPEG.", _picture_as_bytes),
    Check("3.4", "aura-1 answers with the bytes of an MP3, as audio/mpeg.", _sound_as_bytes),
    Check("3.5", "whisper takes the sound's bytes as the body.", _raw_body),
)
