"""A clone holds the same texts, and proves the same, whatever git does to the ends of lines."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from press.project import Project
from press.record.fingerprints import is_recorded

ROOT = Path(__file__).parents[1]
PAGES = ["docs/en/index.md", "docs/zh/index.md"]


def git(*arguments: str, folder: Path) -> str:
    """Return what git prints, with no settings of the user's or the machine's."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-c", f"safe.directory={folder}", "-C", str(folder), *arguments]
    done = subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the files of the working tree as they are now."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("needs git, and a checkout made with it")
    folder = tmp_path_factory.mktemp("committed")
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", folder=ROOT)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    git("init", "--quiet", folder=folder)
    _commit(folder)
    return folder


def _commit(folder: Path) -> None:
    git("add", "--all", "--force", folder=folder)
    identity = ["-c", "user.name=Test", "-c", "user.email=test@localhost"]
    git(*identity, "commit", "--quiet", "--no-gpg-sign", "--message", "all", folder=folder)


def clone(committed: Path, folder: Path) -> Path:
    """Return a clone as git makes it on a machine that wants CRLF."""
    settings = ["--config", "core.autocrlf=true", "--config", "core.eol=crlf"]
    git("clone", "--quiet", *settings, str(committed), str(folder), folder=committed)
    return folder


def endings(folder: Path) -> dict[str, str]:
    """Return how the lines of each file of a clone end: lf, crlf, mixed, none or -text."""
    lines = git("ls-files", "--eol", folder=folder).splitlines()
    return {line.split("\t")[1]: line.split()[1].removeprefix("w/") for line in lines}


def recorded(folder: Path) -> list[bool]:
    """Return of each listing of a clone whether its output counts as recorded."""
    project = Project.load(folder)
    return [is_recorded(project, listing) for listing in project.listings.glob("*/*.py")]


def test_a_clone_on_a_machine_that_wants_crlf_has_the_same_bytes(
    committed: Path, tmp_path: Path
) -> None:
    folder = clone(committed, tmp_path / "clone")
    found = endings(folder)
    assert len(found) > 500
    others = {name: end for name, end in found.items() if end not in ("lf", "none")}
    assert {Path(name).suffix for name in others} == {".npz", ".png", ".woff2"}
    assert set(others.values()) == {"-text"}, "they are no text"
    assert all((folder / name).read_bytes() == (ROOT / name).read_bytes() for name in found)


@pytest.mark.nightly
def test_pages_are_proved_where_an_editor_has_made_every_line_crlf(
    committed: Path, tmp_path: Path
) -> None:
    shutil.copytree(committed, tmp_path / "plain", symlinks=True)
    (tmp_path / "plain" / ".gitattributes").unlink()
    _commit(tmp_path / "plain")
    folder = clone(tmp_path / "plain", tmp_path / "clone")
    found = endings(folder)
    listing = "docs/listings/index/formula.py"
    assert {found[name] for name in (*PAGES, listing)} == {"crlf"}
    assert len(recorded(folder)) > 100
    assert all(recorded(folder))
    if not (ROOT / "node_modules").is_dir():
        pytest.skip("formulas need node_modules; `make test` installs it")
    (folder / "node_modules").symlink_to((ROOT / "node_modules").resolve())
    done = subprocess.run(
        [sys.executable, "-m", "press", "check", *PAGES],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "src")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    with (folder / listing).open("a", encoding="utf-8") as program:
        program.write("# edited\n")
    assert recorded(folder).count(False) == 1
