"""Does one piece of work in a process of its own, so that no other work has left memory for it to use.

    python one.py NAME BASE_URL COUNT

Prints its readings, and what was said that nobody asked for, as JSON.
"""

import json
import sys

from gauge import Complaints, Gauge
from works import WORKS


def main(name: str, base_url: str, count: str) -> None:
    """Do it."""
    complaints, gauge = Complaints(), Gauge()
    WORKS[name][1](gauge, base_url, int(count))
    print(json.dumps({"taken": gauge.taken, "heard": complaints.heard}))


if __name__ == "__main__":
    main(*sys.argv[1:])
