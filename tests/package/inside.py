"""Looks into the sdist and the wheel in a folder: `python tests/package/inside.py FOLDER`."""

import sys
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
OF_THE_PROJECT = {".ci", "LICENSE", "README.md", "cfai", "docs", "noxfile.py", "pyproject.toml", "tests"}
OF_THE_FORMAT = {".gitignore", "PKG-INFO"}
OF_A_RUN = {"__pycache__", "_build", ".coverage", ".hypothesis", ".nox", ".venv"}


def main() -> None:
    """Complain of what is missing and of what should not be there."""
    folder = Path(sys.argv[1])
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    with tarfile.open(sdist) as archive:
        look_at_sdist([PurePosixPath(*PurePosixPath(each.name).parts[1:]) for each in archive if each.isfile()])
    with zipfile.ZipFile(wheel) as archive:
        look_at_wheel([PurePosixPath(name) for name in archive.namelist()])
    print(f"{sdist.name} and {wheel.name} hold what they should")


def look_at_sdist(files: Iterable[PurePosixPath]) -> None:
    """The sdist is the project: what `.ci/run` needs is in it."""
    names = set(map(str, files))
    expect("the sdist", {each.parts[0] for each in map(PurePosixPath, names)}, OF_THE_PROJECT | OF_THE_FORMAT)
    expect("the sdist's package", {name for name in names if name.startswith("cfai/")}, set(sources()))
    refuse_litter(names)


def look_at_wheel(files: Iterable[PurePosixPath]) -> None:
    """The wheel is the package, all of it, with its license and its types, and nothing else."""
    names = set(map(str, files))
    package = {name for name in names if name.startswith("cfai/")}
    expect("the wheel", package, set(sources()))
    rest = {name.partition("/")[2] for name in names - package}
    expect("the wheel's metadata", rest, {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"})
    refuse_litter(names)


def sources() -> Iterable[str]:
    """Give the files of the package in the checkout."""
    for path in (ROOT / "cfai").rglob("*"):
        if path.suffix in {".py", ".pyi", ".typed"}:
            yield path.relative_to(ROOT).as_posix()


def expect(where: str, found: set[str], wanted: set[str]) -> None:
    """End with a word where two sets differ."""
    if found != wanted:
        sys.exit(f"{where} lacks {sorted(wanted - found)} and has {sorted(found - wanted)} besides")


def refuse_litter(names: Iterable[str]) -> None:
    """End with a word where something of a run came along."""
    if litter := [name for name in names if OF_A_RUN & set(PurePosixPath(name).parts)]:
        sys.exit(f"left behind by a run: {litter}")


if __name__ == "__main__":
    main()
