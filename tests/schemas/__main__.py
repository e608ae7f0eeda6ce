"""Checks what cfai writes, and what the emulator answers, against the service's own JSON Schemas.

    python tests/schemas FOLDER

FOLDER holds the schemas, a model's in either of two layouts; a file is named as its model, with `@` left out and `/`
written `__`:

    cf__meta__llama-3.2-3b-instruct.input.json, cf__meta__llama-3.2-3b-instruct.output.json
        the two schemas, each in a file of its own
    cf__meta__llama-3.2-3b-instruct.json
        what `GET /accounts/<account id>/ai/models/schema?model=<model>` answers: `{"result": {"input": ..., "output":
        ...}}`, or the inside of it

Each model is asked by every params class that fits it, with every field set that it takes (`questions.py`), and the
answers are those of `cfai.emulator`. A key at the top that a schema does not name is a failure too, although no schema
forbids one. Where they and the facts of docs/wire.md disagree, the facts decide, and `known.py` says why.

It exits with 0 where all agree, 1 where something does not, and 2 where the folder holds no schema. The schemas are
Cloudflare's, so none is here.
"""

import argparse
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from asked import Asked, ask
from folder import Schemas, read
from judge import Disagreement, disagreements
from known import KNOWN, Known
from questions import FORM_FIELDS, QUESTIONS, unset_fields

import cfai
from cfai.emulator import Emulator

_WIDTHS = (48, 7, 8, 40)


class Verdict(NamedTuple):
    """What came out for a model."""

    bodies: int
    answers: int
    failures: list[str]
    excused: Counter[Known]

    def __str__(self) -> str:
        if self.failures:
            return "FAILED"
        if not self.bodies:
            return "no schema"
        return f"good, with {len(self.excused)} known differences" if self.excused else "good"


def main() -> int:
    """Print the table, what failed, and what is known."""
    parser = argparse.ArgumentParser(prog="schemas", description="Check bodies and answers against JSON Schemas.")
    parser.add_argument("folder", type=Path, help="where the schemas are, one or two files a model")
    found = read(parser.parse_args().folder)
    if not found:
        print("schemas: no schema there", file=sys.stderr)
        return 2
    print(_row("model", "bodies", "answers", "verdict"))
    verdicts: dict[str, Verdict] = {}
    with Emulator(retired=True) as emulator, emulator.client() as client:
        for model, questions in QUESTIONS.items():
            verdicts[model] = _check(client, emulator, model, questions, found.get(model))
            verdict = verdicts[model]
            print(_row(model, str(verdict.bodies), str(verdict.answers), str(verdict)), flush=True)
    return _sum_up(found, verdicts)


def _check(
    client: cfai.Client, emulator: Emulator, model: str, questions: Sequence[cfai.Params[Any]], schemas: Schemas | None
) -> Verdict:
    verdict = Verdict(0, 0, [], Counter())
    for params in questions if schemas else ():
        name = f"{model}, {type(params).__name__}"
        try:
            asked = ask(client, emulator, model, params)
        except cfai.CfaiError as error:
            verdict.failures.append(f"{name}: {error}")
            continue
        verdict = verdict._replace(bodies=verdict.bodies + 1, answers=verdict.answers + 1)
        for what, wrong in _wrong(asked, schemas):
            known = next((each for each in KNOWN if each.covers(model, what, wrong.path)), None)
            if known is None:
                verdict.failures.append(f"{name}: the {what} at {wrong.path}: {wrong.why}")
            else:
                verdict.excused[known] += 1
    return verdict


def _wrong(asked: Asked, schemas: Schemas) -> Iterator[tuple[str, Disagreement]]:
    for wrong in disagreements(asked.body, schemas.input):
        yield "body", wrong
    for wrong in disagreements(asked.answer, schemas.output, asked.media_type):
        yield "answer", wrong
    form = asked.body.get("multipart") if isinstance(asked.body, dict) else None
    for name in form["body"] if form else ():
        if name not in FORM_FIELDS:
            yield "body", Disagreement(f"$.{name}", "the form has no such field")


def _sum_up(found: dict[str, Schemas], verdicts: dict[str, Verdict]) -> int:
    failures = [each for verdict in verdicts.values() for each in verdict.failures]
    failures += [f"{name}: no question sets it" for name in unset_fields()]
    excused = sum((verdict.excused for verdict in verdicts.values()), Counter[Known]())
    print(f"\n{sum(verdict.bodies for verdict in verdicts.values())} bodies and as many answers")
    _print("failed", failures)
    _print("known to differ, by docs/wire.md", [f"{known} ({count} times)" for known, count in excused.items()])
    _print("in the list of what differs, and not met", [str(known) for known in KNOWN if known not in excused])
    _list("no schema in the folder", [model for model in verdicts if model not in found])
    _list("in the folder, and not asked", [model for model in found if model not in verdicts])
    return 1 if failures else 0


def _print(title: str, lines: list[str]) -> None:
    if lines:
        print(f"\n{title}:", *lines, sep="\n  ")


def _list(title: str, models: list[str]) -> None:
    if models:
        text = textwrap.fill(
            ", ".join(models), 118, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
        )
        print(f"\n{title}:\n{text}")


def _row(*cells: str) -> str:
    return " ".join(cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True)).rstrip()


if __name__ == "__main__":
    sys.exit(main())
