"""Runs every Python example of README.md and of the pages, against an emulator.

Examples with `>>>` are Sphinx's to run; this is for those that are written as programs. One that can't run here has a
comment `<!-- not run: why -->` above it and is only compiled. A block of text that follows one at once is what it has
to print.
"""

import ast
import asyncio
import inspect
import io
import os
import re
import sys
import tempfile
from contextlib import chdir, redirect_stdout
from pathlib import Path

from cfai.emulator import Emulator

ROOT = Path(__file__).parent.parent
EXAMPLE = re.compile(
    r"(?P<not_run><!-- not run: [^>]+ -->\n)?"
    r"^```python\n(?P<code>.*?)^```\n"
    r"(?:\n?^```text\n(?P<printed>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)


def main() -> None:
    """Run all, and stop at the first that fails."""
    with Emulator() as emulator, tempfile.TemporaryDirectory() as place, chdir(place):
        os.environ |= {
            "CLOUDFLARE_ACCOUNT_ID": emulator.account_id,
            "CLOUDFLARE_API_TOKEN": emulator.api_token,
            "CLOUDFLARE_BASE_URL": emulator.base_url,
            "NO_PROXY": "127.0.0.1",
        }
        docs = ROOT / "docs"
        for page in (ROOT / "README.md", *sorted((*docs.glob("*.md"), *docs.glob("tasks/*.md")))):
            ran, compiled = run_page(page)
            print(f"{page.relative_to(ROOT)}: {ran} examples ran, {compiled} compiled only", file=sys.stderr)


def run_page(page: Path) -> tuple[int, int]:
    """Run the examples of one page, each by itself."""
    text = page.read_text(encoding="utf-8")
    ran = compiled = 0
    for example in EXAMPLE.finditer(text):
        above = text[: example.start("code")].count("\n")
        code = compile("\n" * above + example["code"], page, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        if example["not_run"]:
            compiled += 1
            continue
        printed = io.StringIO()
        with redirect_stdout(printed):
            result = eval(code, {"__name__": "example"})
            if inspect.iscoroutine(result):
                asyncio.run(result)
        if example["printed"] not in (None, printed.getvalue()):
            sys.exit(f"{page}, line {above + 1}: this was printed, and not what stands there:\n{printed.getvalue()}")
        ran += 1
    return ran, compiled


if __name__ == "__main__":
    main()
