"""The documentation's build: Sphinx with MyST; every example runs, and every reference must be found."""

import re
import sys
from pathlib import Path
from typing import Any

from docutils.nodes import Element, Text
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.ext.napoleon import Config, GoogleDocstring

import cfai

sys.path.insert(0, str(Path(__file__).parent))

import codes_table
import models_table

project = "cfai"
author = "The cfai maintainers"
copyright = "2026, the cfai maintainers"
release = cfai.__version__
version = release

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.doctest"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"cfai {release}"
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autoclass_content = "both"
autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True

# The standard library and attrs have documentation of their own, which a build without a network can't look up.
# What else is not found here is private: type variables, and bases and helpers that annotations name.
nitpick_ignore_regex = [
    (r"py:class", r"np\..*"),  # numpy, which is optional
    ("py:.*", r"(abc|asyncio|attrs?|builtins|cattrs|collections|datetime|enum|numpy|os|pathlib|ssl|types|typing)\..*"),
    ("py:.*", r"cfai\.(\w+\.)*(R|T|Answer|Part|OwnInput|Generation|Secret|SecretHeaders|SecretText|Address|Changes)"),
    ("py:.*", r"PIL\..*|PilImage|NDArray|datetime|ellipsis"),
]

# A client of an emulator for every example; nothing of this ever leaves the machine.
doctest_global_setup = """
import cfai
from cfai.emulator import Emulator

emulator = Emulator()
emulator.start()
ai = emulator.client()
"""
doctest_global_cleanup = """
ai.close()
emulator.close()
"""


def find_public_name(app: Sphinx, env: BuildEnvironment, node: pending_xref, contnode: Element) -> Any:
    """Find `cfai._core.client.Reply`, as an annotation names it, where its users find it: at `cfai.Reply`."""
    module, _, name = node.get("reftarget", "").rpartition(".")
    if not module.startswith("cfai.") or name not in cfai.__all__:
        return None
    domain = env.domains.python_domain
    return domain.resolve_xref(env, node["refdoc"], app.builder, "obj", f"cfai.{name}", node, contnode)


_LITERAL = re.compile(r"(`[^`]+`)")
_LONE_STAR = re.compile(r"\*(?!\w[\w ]*\*)(?<!\w\*)")


def read_docstring(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Turn a docstring, whose backticks mean code and whose sections are Google's, into what Sphinx reads.

    This is Napoleon, but for fields: it would take what stands before a colon in their docstrings for their type.
    """
    text = "".join(
        part.replace("`", "``") if part.startswith("`") and "``" not in part else _LONE_STAR.sub(r"\\*", part)
        for part in _LITERAL.split("\n".join(lines))
    )
    if what in ("class", "exception", "function", "method"):
        text = str(GoogleDocstring(text, Config(), app, what, name, obj))
    lines[:] = text.split("\n")


def hide_constructor(
    app: Sphinx, what: str, name: str, obj: object, options: object, signature: str, returned: str
) -> tuple[str, None] | None:
    """Leave out how a stream is made, which is the clients' business."""
    return ("", None) if what == "class" and name.endswith("Stream") else None


def unlink_builtin_type(app: Sphinx, doctree: Element) -> None:
    """Take the links off `type[T]` in annotations: Sphinx would look for it among the attributes called `type`."""
    for node in list(doctree.findall(pending_xref)):
        if node.get("reftype") == "class" and node.get("reftarget") == "type":
            node.replace_self(Text("type"))


TABLES = {"models": models_table, "errors": codes_table}


def put_tables(app: Sphinx, page: str, text: list[str]) -> None:
    """Put the tables that are made from cfai's own where their mark stands in a page."""
    if page in TABLES:
        made = TABLES[page]
        above, mark, below = text[0].partition(f"<!-- tables of docs/{made.__name__}.py -->\n")
        assert mark, page
        text[0] = f"{above}\n{made.tables()}\n{below}"


def setup(app: Sphinx) -> None:
    """Add what is above to the build."""
    app.connect("source-read", put_tables)
    app.connect("autodoc-process-signature", hide_constructor)
    app.connect("autodoc-process-docstring", read_docstring)
    app.connect("doctree-read", unlink_builtin_type)
    app.connect("missing-reference", find_public_name)
