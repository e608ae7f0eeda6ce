"""Labels of texts, translations, extracted fields and decisions (docs/wire.md 3.6)."""

from datetime import date

from models.case import MP3, MP3_URL, PNG, PNG_URL, Case

import cfai

DISTILBERT = "@cf/huggingface/distilbert-sst-2-int8"
M2M = "@cf/meta/m2m100-1.2b"
INDIC = "@cf/ai4bharat/indictrans2-en-indic-1B"
CLEFS = ("@cf/cloudflare/clef", "@cf/cloudflare/clef-flash", "@cf/cloudflare/clef-omni")

QUESTIONS = {
    "spam": {"type": "noul", "instructions": "Is it spam?"},
    "tone": {"type": "choice", "instructions": "Which tone?", "criteria": {"warm": "kind", "cold": "rude"}},
    "rank": {"type": "score", "instructions": "How good?", "criteria": ["bad", "good"]},
}
_QUESTIONS = (
    b'{"spam":{"type":"noul","instructions":"Is it spam?"},'
    b'"tone":{"type":"choice","instructions":"Which tone?","criteria":{"warm":"kind","cold":"rude"}},'
    b'"rank":{"type":"score","instructions":"How good?","criteria":["bad","good"]}}'
)


def _clef(model: str) -> tuple[Case, ...]:
    name = model.rpartition("/")[2]
    head = b'{"model":"' + name.encode() + b'","state":'
    return (
        Case(
            model,
            cfai.DecisionQuery("Buy now!", QUESTIONS),
            head + b'"Buy now!","questions":' + _QUESTIONS + b"}",
            cfai.Decisions,
            lambda answer: {name: decision.type for name, decision in answer.answers.items()},
            {"spam": "noul", "tone": "choice", "rank": "score"},
        ),
        Case(
            model,
            cfai.DecisionQuery({"mail": ["Hi"]}, {"tone": QUESTIONS["tone"]}, images=[PNG]),
            head + b'{"mail":["Hi"]},"questions":{"tone":{"type":"choice","instructions":"Which tone?",'
            b'"criteria":{"warm":"kind","cold":"rude"}}},"images":[' + PNG_URL + b"]}",
            cfai.Decisions,
            lambda answer: (answer.answers["tone"].choice in {"warm", "cold"}, answer.model),
            (True, name),
            mapping={
                "model": name,
                "state": {"mail": ["Hi"]},
                "questions": {"tone": QUESTIONS["tone"]},
                "images": [PNG],
            },
        ),
    )


CASES = (
    Case(
        DISTILBERT,
        cfai.TextClassification("I like it"),
        b'{"text":"I like it"}',
        list[cfai.Classification],
        lambda answer: max(answer, key=lambda label: label.score).label,
        "POSITIVE",
    ),
    Case(
        M2M,
        cfai.Translation("Hello", "fr", source_lang="en"),
        b'{"text":"Hello","target_lang":"fr","source_lang":"en"}',
        cfai.TranslatedText,
        lambda answer: "Hello" in answer.text and "fr" in answer.text,
        True,
    ),
    Case(
        INDIC,
        cfai.Translation("Hello", "hin_Deva"),
        b'{"text":"Hello","target_language":"hin_Deva"}',
        cfai.TranslatedText,
        lambda answer: (len(answer.translations), "Hello" in answer.text),
        (1, True),
    ),
    Case(
        INDIC,
        cfai.Translation(["Hello", "Bye"], "tam_Taml"),
        b'{"text":["Hello","Bye"],"target_language":"tam_Taml"}',
        cfai.TranslatedText,
        lambda answer: (len(answer.translations), answer.text == "\n".join(answer.translations)),
        (2, True),
    ),
    Case(
        "@cf/cloudflare/clairic",
        cfai.Extraction(
            "Due on 2026-11-05",
            {"due": {"type": "date"}},
            images=[PNG],
            reference_date=date(2026, 11, 1),
            options={"return_state_text": True},
        ),
        b'{"model":"clairic","state":"Due on 2026-11-05","fields":{"due":{"type":"date"}},"images":[' + PNG_URL + b"],"
        b'"reference_date":"2026-11-01","options":{"return_state_text":true}}',
        cfai.Extracted,
        lambda answer: (answer.answers["due"].value, answer.answers["due"].spans, answer.state_text, answer.model),
        ("2026-11-05", [(7, 17)], "Due on 2026-11-05", "clairic"),
        mapping={
            "model": "clairic",
            "state": "Due on 2026-11-05",
            "fields": {"due": {"type": "date"}},
            "images": [PNG],
            "reference_date": "2026-11-01",
            "options": {"return_state_text": True},
        },
    ),
    *(case for model in CLEFS for case in _clef(model)),
    Case(
        "@cf/cloudflare/clef-omni",
        cfai.DecisionQuery("Hi", {"spam": QUESTIONS["spam"]}, audio=[MP3], videos=[MP3]),
        b'{"model":"clef-omni","state":"Hi","questions":{"spam":{"type":"noul","instructions":"Is it spam?"}},'
        b'"audio":[' + MP3_URL + b'],"videos":[' + MP3_URL + b"]}",
        cfai.Decisions,
        lambda answer: list(answer.answers),
        ["spam"],
        mapping={
            "model": "clef-omni",
            "state": "Hi",
            "questions": {"spam": QUESTIONS["spam"]},
            "audio": [MP3],
            "videos": [MP3],
        },
    ),
)
