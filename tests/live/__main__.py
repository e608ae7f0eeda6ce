"""Looks whether the facts of docs/wire.md hold: against the real service, for money, or against the emulator.

    python tests/live               asks Cloudflare as CLOUDFLARE_ACCOUNT_ID with CLOUDFLARE_API_TOKEN
    python tests/live --emulator    the same code against the local double, which needs neither

It exits with 0 where no fact is contradicted, 1 where one did not hold, 2 where credentials are missing, and 3 where
nothing was contradicted but most could not be told: then the account or the line was the trouble, and little was
learnt. With `--emulator` all has to hold: what can't be told there is a fault of the emulator or of the check.

A run costs some 60 neurons by the prices of docs/wire.md 9, of the 10,000 that are free each day.
"""

import argparse
import asyncio
import itertools
import os
import re
import sys
import textwrap
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import of_answers
import of_media
import of_refusals
import of_texts
from asking import Asker
from verdicts import Seen, Verdict, settle

import cfai

CHECKS = (*of_answers.CHECKS, *of_refusals.CHECKS, *of_texts.CHECKS, *of_media.CHECKS)

_VARIABLES = ("CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_API_TOKEN")
_LIMIT = 120.0
_WIDTHS = (7, 42, 14, 54)
_SHOWN_AT_MOST = 300


def main() -> int:
    """Print the table and the bill."""
    arguments = _arguments()
    missing = [] if arguments.emulator else [name for name in _VARIABLES if not os.environ.get(name)]
    if missing:
        return _refuse(f"not set: {', '.join(missing)} (with --emulator neither is needed)")
    try:
        return asyncio.run(_run(arguments.emulator, arguments.limit))
    except cfai.ConfigError as error:  # of the credentials, which it does not show
        return _refuse(str(error))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="live", description="Look whether the facts of docs/wire.md hold.")
    parser.add_argument("--emulator", action="store_true", help="ask the local double; needs no account")
    parser.add_argument("--limit", type=float, default=_LIMIT, help="seconds for each check (%(default)g)")
    return parser.parse_args()


def _refuse(why: str) -> int:
    print(f"live: {why}", file=sys.stderr)
    return 2


async def _run(emulated: bool, limit: float) -> int:
    verdicts: Counter[Verdict] = Counter()
    async with _asker(emulated) as (asker, secrets):
        print(f"asking {'the emulator' if emulated else 'the service'}\n")
        print(_row("section", "fact", "verdict", "seen"))
        try:
            for check in CHECKS:  # one after another: a burst would run into limits that are none of the facts
                seen = await settle(check, asker, limit)
                verdicts[seen.verdict] += 1
                print(_row(check.section, check.fact, seen.verdict.value, _shown(seen, secrets)), flush=True)
        finally:  # an interrupted run has cost something too
            print(f"\n{', '.join(f'{verdicts[each]} {each.value}' for each in Verdict)}")
            print(f"cost: {asker.cost}")
    return _exit_code(verdicts, emulated)


@asynccontextmanager
async def _asker(emulated: bool) -> AsyncIterator[tuple[Asker, tuple[str, ...]]]:
    """Give whom to ask, and what must not be printed."""
    if emulated:
        from cfai.emulator import Emulator

        async with Emulator() as emulator, emulator.async_client() as client:
            yield Asker(client, emulator.api_token), (emulator.account_id, emulator.api_token)
        return
    # Both are passed: the client alone would take a legacy key too, which the raw request could not.
    account_id, api_token = (os.environ[name] for name in _VARIABLES)
    async with cfai.AsyncClient(account_id=account_id, api_token=api_token) as client:
        yield Asker(client, api_token), (account_id, api_token)


def _shown(seen: Seen, secrets: tuple[str, ...]) -> str:
    """Give what was seen on one line of bearable length, without secrets.

    They are taken out first: of one that is cut in two, a half would stay.
    """
    text = re.sub("|".join(map(re.escape, secrets)), "***", seen.what, flags=re.IGNORECASE)
    text = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return text if len(text) <= _SHOWN_AT_MOST else f"{text[:_SHOWN_AT_MOST]} ..."


def _row(*cells: str) -> str:
    columns = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, _WIDTHS, strict=True)]
    lines = itertools.zip_longest(*columns, fillvalue="")
    return "\n".join(
        " ".join(part.ljust(width) for part, width in zip(line, _WIDTHS, strict=True)).rstrip() for line in lines
    )


def _exit_code(verdicts: Counter[Verdict], emulated: bool) -> int:
    if verdicts[Verdict.BROKEN] or (emulated and verdicts[Verdict.UNCLEAR]):
        return 1
    return 3 if verdicts[Verdict.UNCLEAR] > verdicts[Verdict.HELD] else 0


if __name__ == "__main__":
    sys.exit(main())
