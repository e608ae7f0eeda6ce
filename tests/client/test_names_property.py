"""Whatever the model's name, a request stays below the account's `/ai/run`."""

import contextlib

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from kit.secrets import ACCOUNT
from kit.server import Server

import cfai

PREFIX = f"/client/v4/accounts/{ACCOUNT}/ai/run".encode()
PIECES = [
    "@cf",
    "@hf",
    "meta",
    "llama-3.2",
    "..",
    ".",
    "%2e",
    "%2F",
    "/",
    "//",
    "\\",
    "?",
    "#",
    ":",
    "@",
    "\n",
    " ",
    "é",
    "a",
]
names = st.one_of(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), st.text(max_size=24))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=names)
@example(name="@cf/meta/llama-3.2-3b-instruct")
@example(name="@cf/../x")
@example(name="model_name")
@example(name="run")
@example(name="openai/gpt-5")
def test_a_name_is_refused_or_stays_below_the_accounts_run(shared_client: cfai.Client, server: Server, name: str):
    server.seen.clear()
    with contextlib.suppress(cfai.InvalidParams):
        shared_client.run(name, {"prompt": "hi"})

    for seen in server.seen:
        method, target, version = seen.line.split(b" ")
        assert (b"POST", b"HTTP/1.1") == (method, version)
        path, _, rest = target.partition(PREFIX)
        assert b"" == path
        # Only a name with a slash and without "@" travels in the body, and all others are in the path as they are.
        assert rest == (b"" if "/" in name and "@" not in name else b"/" + name.encode())
        assert not {b"", b".", b".."} & set(rest[1:].split(b"/")) or rest == b""
        assert not set(rest) & set(b"%?#\\")
