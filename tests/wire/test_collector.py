"""Reading an answer leaves the process's garbage collector alone."""

import gc
import json
import threading
from collections.abc import Iterator

import pytest

import cfai
from cfai._wire.answer.decode import decode
from cfai._wire.http_values import Response
from cfai._wire.request.encode import encode

WORDS = [{"word": f"word{number}", "start": number * 0.25, "end": number * 0.25 + 0.2} for number in range(5000)]
BODY = json.dumps({"result": {"text": "many words", "words": WORDS}, "success": True}).encode()


def _read() -> cfai.Transcription:
    request = encode("@cf/openai/whisper", cfai.AutomaticSpeechRecognition(b"ID3"))
    answer = decode(Response(status=200, headers={"Content-Type": "application/json"}, body=BODY), request, "0" * 32)
    assert isinstance(answer, cfai.Transcription)
    return answer


@pytest.fixture
def _collector() -> Iterator[None]:
    yield
    gc.enable()


@pytest.mark.usefixtures("_collector")
def test_the_garbage_collector_is_never_seen_switched_off() -> None:
    over, begun, seen = threading.Event(), threading.Event(), [0, 0]

    def watch() -> None:
        while not over.is_set():
            seen[gc.isenabled()] += 1
            begun.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    begun.wait(5)
    try:
        for _ in range(100):
            assert 5000 == len(_read().words)
    finally:
        over.set()
        watcher.join()

    assert 0 == seen[False]
    assert seen[True]


@pytest.mark.usefixtures("_collector")
def test_nor_is_it_ever_switched_on_for_somebody_who_switched_it_off() -> None:
    gc.disable()
    _read()

    assert not gc.isenabled()
