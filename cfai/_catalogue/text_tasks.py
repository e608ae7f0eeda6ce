"""Models that class, rank and translate texts."""

from typing import Final

from .input_form import InputForm
from .row import BATCH, TERMS, Row, tokens
from .task import SUMMARIZATION, TEXT_CLASSIFICATION, TRANSLATION, Task

TASKS: Final = {
    TEXT_CLASSIFICATION: Task(("TextClassification",), "text", requests_a_minute=2000),
    TRANSLATION: Task(("Translation",), "text", requests_a_minute=720),
    SUMMARIZATION: Task(("Summarization",), "input_text", requests_a_minute=1500),
}

_TRANSLATED: Final = tokens(0.342, 31_050, 0.342, 31_050)

ROWS: Final = (
    Row(
        "@cf/baai/bge-reranker-base",
        TEXT_CLASSIFICATION,
        "bge-reranker",
        prices=tokens(0.003, 283),
        text_key="query",
        params=("Reranking",),
    ),
    Row("@cf/huggingface/distilbert-sst-2-int8", TEXT_CLASSIFICATION, "distilbert", prices=tokens(0.026, 2394)),
    Row(
        "@cf/ai4bharat/indictrans2-en-indic-1B",
        TRANSLATION,
        "indictrans",
        prices=_TRANSLATED,
        input=InputForm(
            renames={"target_lang": "target_language"}, lacks={"source_lang": "translates from English alone"}
        ),
    ),
    Row("@cf/meta/m2m100-1.2b", TRANSLATION, "m2m100", BATCH | TERMS, prices=_TRANSLATED),
)
