"""The process of one revision of cfai: measures a row when it is told to.

A line of JSON on standard input names the row by its place; a line on standard output answers with what one turn of
it costs.
"""

import json
import sys
from pathlib import Path

import rows
from setting import Setting


def main() -> None:
    """Do what standard input says until it ends."""
    base_url, sound, short = sys.argv[1:]
    setting = Setting(base_url, 1, bool(int(short)))
    measured = rows.rows(Path(sound))
    _say(works=[row.work for row in measured])
    for line in sys.stdin:
        try:
            _say(cost=measured[json.loads(line)["row"]].ours(setting))
        except Exception as failure:
            _say(failed=type(failure).__name__, why=str(failure)[:300])


def _say(**words: object) -> None:
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    main()
