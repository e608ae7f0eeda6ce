"""What is run before a change is good: `nox` for all of it, `nox -s tests` for the tests.

Each session installs cfai as its users get it, built and not editable. No Python but the one that runs nox is needed;
uv is used where there is one.
"""

import itertools
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import nox

nox.needs_version = ">=2025.10"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_missing_interpreters = False
nox.options.sessions = ["tests", "lint", "types", "docs"]

PROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PROJECT)
EXTRAS = "cli,images,numpy,otel"
_AROUND = "*/cfai/cli/*,*/cfai/emulator/*,tests/kit/*"
_THIS = ".".join(map(str, sys.version_info[:2]))
_WHICH = """
import sys, sysconfig, venv, ensurepip
usual = sys.implementation.name == "cpython" and not sysconfig.get_config_var("Py_GIL_DISABLED")
print(*sys.version_info[:3] if usual and sys.version_info.releaselevel == "final" else "", sep=".")
"""
"""Prints the release of a Python that can make environments; nothing of one that can't, or is unlike what is tested."""
_IS_INSTALLED = "import cfai, sys; assert cfai.__file__.startswith(sys.prefix), f'{cfai.__file__} is the checkout'"
COVERED = {100: ("--include=*/cfai/*", f"--omit={_AROUND}"), 90: (f"--include={_AROUND}",)}
"""Percent of lines and branches: all of the core; nine tenths of the command, the emulator and the tests' own kit."""


def _install(session: nox.Session, group: str, *more: str) -> None:
    session.install(f".[{EXTRAS}]", *nox.project.dependency_groups(PROJECT, group), *more)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests on the Python that runs nox, but those marked slow; arguments go to pytest, and then mean all."""
    _install(session, "test")
    session.run("pytest", *(session.posargs or ["-m", "not slow"]))


@nox.session
def tests_slow(session: nox.Session) -> None:
    """Run the tests marked slow: of time limits, of forks, signals and exits, of the command in processes."""
    _install(session, "test")
    session.run("pytest", "-m", "slow", *session.posargs)


@nox.session(venv_backend="none")
def tests_all(session: nox.Session) -> None:
    """Run the tests on each other supported Python that PATH or pyenv has here; none is downloaded."""
    others = _other_pythons()
    if not others:
        session.skip(f"this machine has no supported Python besides {_THIS}: {', '.join(PYTHONS)} are")
    needed = [f".[{EXTRAS}]", *nox.project.dependency_groups(PROJECT, "test")]
    for version, executable in others.items():
        session.log(f"Python {version}: {executable}")
        home = Path(session.create_tmp(), version)
        session.run(executable, "-m", "venv", "--clear", str(home), external=True)
        python = str(home / ("Scripts" if os.name == "nt" else "bin") / "python")
        session.run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *needed, external=True)
        # -P: not the checkout, but what is installed.
        session.run(python, "-P", "-m", "pytest", *session.posargs, external=True)


def _other_pythons() -> dict[str, str]:
    """Find the newest release of each supported Python but the one that runs nox, on PATH or below pyenv's root."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions")
    of_pyenv = [str(path) for path in root.glob("*/bin/python")]
    on_path = [path for path in (shutil.which(f"python{version}") for version in PYTHONS) if path]
    newest: dict[str, tuple[list[int], str]] = {}
    for executable in [*on_path, *of_pyenv]:
        asked = subprocess.run([executable, "-c", _WHICH], capture_output=True, text=True, check=False)
        numbers = asked.stdout.strip()
        version = numbers.rpartition(".")[0]
        if version in PYTHONS and version != _THIS:
            release = [int(number) for number in numbers.split(".")]
            newest[version] = max(newest.get(version, ([], "")), (release, executable))
    return {version: newest[version][1] for version in PYTHONS if version in newest}


@nox.session
def tests_lowest(session: nox.Session) -> None:
    """Run the tests on the lowest versions of all dependencies, extras too, that pyproject.toml allows."""
    _install(session, "test", *(each.replace(">=", "==") for each in _lower_bounds()))
    session.run("pytest", *session.posargs)


@nox.session
def newest(session: nox.Session) -> None:
    """Run the tests on the newest versions of all dependencies, extras too, even those that pyproject.toml excludes."""
    session.install("--upgrade", *_lower_bounds(), *nox.project.dependency_groups(PROJECT, "test"))
    session.install("--no-deps", ".")  # else its upper bounds would hold
    session.run("pytest", *session.posargs)


def _lower_bounds() -> list[str]:
    """Give all that pyproject.toml requires at run time, extras too, without upper bounds."""
    project = PROJECT["project"]
    required = {*project["dependencies"], *itertools.chain(*project["optional-dependencies"].values())}
    return [each.partition(",")[0] for each in sorted(required)]


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, form, and who imports whom."""
    session.install(*nox.project.dependency_groups(PROJECT, "lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports", "--no-cache")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of the package, and what its users see of them, with two checkers."""
    _install(session, "types")
    session.run("mypy", "--strict", "cfai")
    session.run("mypy", "--strict", "tests/typing/api.py")
    session.run("pyright")
    session.run("pyright", "--verifytypes", "cfai", "--ignoreexternal")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation into docs/_build/html, and run every example in it and in README.md."""
    _install(session, "docs")
    session.run("sphinx-build", "-W", "-n", "-q", "-b", "html", "docs", "docs/_build/html")
    session.run("sphinx-build", "-W", "-q", "-b", "doctest", "docs", "docs/_build/doctest")
    session.run("python", "docs/run_examples.py")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure cfai against raw aiohttp; `-- peers`: other clients too; `-- --against REVISION`: beside a revision."""
    _install(session, "bench")
    session.run("python", "tests/bench", *session.posargs)


@nox.session
def live(session: nox.Session) -> None:
    """Ask the real service, for some 60 neurons, which facts of docs/wire.md hold; `-- --emulator`: the double."""
    _install(session, "live")
    session.run("python", "tests/live", *session.posargs)


@nox.session
def build(session: nox.Session) -> None:
    """Build sdist and wheel, check both, and use each in an empty environment: first alone, then with its command."""
    session.install(*nox.project.dependency_groups(PROJECT, "build"))
    made = Path(session.create_tmp(), "dist")
    shutil.rmtree(made, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(made))
    archives = sorted(map(str, made.iterdir()))
    session.run("twine", "check", "--strict", *archives)
    session.run("python", "tests/package/inside.py", str(made))
    for archive in archives:
        home = made / "environment"
        session.run("python", "-m", "venv", "--clear", str(home))
        python = str(home / ("Scripts" if os.name == "nt" else "bin") / "python")
        session.run(python, "-m", "pip", "install", "--quiet", archive, external=True)
        session.run(python, "-I", "tests/package/installed.py", external=True)
        session.run(python, "-m", "pip", "install", "--quiet", f"{archive}[cli]", external=True)
        session.run(python, "-I", "tests/package/installed.py", "--cli", external=True)


@nox.session
def frozen(session: nox.Session) -> None:
    """Freeze a program by PyInstaller, and run it; skipped where this machine's Python can't be frozen."""
    reason = _unfit_to_freeze()
    if reason is not None:
        session.skip(reason)
    _install(session, "frozen")
    made = Path(session.create_tmp(), "frozen")
    shutil.rmtree(made, ignore_errors=True)
    folders = [f"--{name}path={made / name}" for name in ("dist", "work", "spec")]
    session.run("pyinstaller", "--noconfirm", "--log-level=WARN", *folders, "tests/package/frozen.py")
    session.run(str(made / "dist" / "frozen" / "frozen"), external=True)


def _unfit_to_freeze() -> str | None:
    """Return why PyInstaller can't work here, or None where it can."""
    if sys.platform != "linux":
        return None
    if not sysconfig.get_config_var("Py_ENABLE_SHARED"):
        return f"{sys.executable} has no shared library (configure --enable-shared), and PyInstaller needs one"
    return None if shutil.which("objdump") else "PyInstaller needs objdump (the package binutils)"


@nox.session
def soak(session: nox.Session) -> None:
    """Do the same for a long time, and look whether memory, descriptors, tasks and threads stay flat; `-- --short`."""
    _install(session, "soak")
    session.run("python", "tests/soak", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Look for bytes that break cfai, led by coverage, for a minute; `-- --seconds 5`, `-- --only media`."""
    _install(session, "fuzz")
    session.run("python", "tests/fuzz", *session.posargs)


@nox.session
def schemas(session: nox.Session) -> None:
    """Hold bodies and the emulator's answers to a folder of the service's JSON Schemas: `nox -s schemas -- FOLDER`."""
    _install(session, "schemas")
    session.run("python", "tests/schemas", *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Break lines of cfai on purpose, and look whether the tests of docs/promises.md notice; `-- --short`: three."""
    _install(session, "test")
    session.run("python", "tests/mutants", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Run the tests with branch coverage; every part has to reach its share."""
    _install(session, "test", *nox.project.dependency_groups(PROJECT, "coverage"))
    # Without PYTHONSAFEPATH the current directory would come first, in the programs that tests start too, and the
    # checkout would be measured in the place of what is installed.
    env = {"COVERAGE_FILE": str(Path(session.create_tmp()) / "coverage"), "PYTHONSAFEPATH": "1"}
    session.run("python", "-c", _IS_INSTALLED, env=env)
    session.run("coverage", "erase", env=env)
    session.run("coverage", "run", "-m", "pytest", *session.posargs, env=env)
    session.run("coverage", "combine", "--quiet", env=env)
    for share, files in COVERED.items():
        session.run("coverage", "report", f"--fail-under={share}", *files, env=env)
