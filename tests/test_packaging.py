"""What is published, and what is installed, is what pyproject.toml says."""

import email
import re
import runpy
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PINNED = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel, built as a publisher builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run([*build, "--directory", str(folder)], cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.iterdir()
    assert path.name == "checked_attention-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(path) as archive:
        yield archive


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return email.message_from_string(wheel.read(name).decode("utf-8"))


def test_the_wheel_holds_the_package_that_is_taught_and_nothing_else(
    wheel: zipfile.ZipFile,
) -> None:
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    sources = (ROOT / "src" / "attention").rglob("*")
    assert packed == {
        path.relative_to(ROOT / "src").as_posix()
        for path in sources
        if path.suffix in (".json", ".npz", ".py", ".txt") or path.name == "py.typed"
    }


def test_the_wheel_needs_no_torch_unless_asked(metadata: Message) -> None:
    needed = [Requirement(line) for line in metadata.get_all("Requires-Dist", [])]
    always = {need.name for need in needed if not need.marker}
    assert always == {"array-api-compat", "jaxtyping", "numpy"}
    extras = {
        extra: {
            need.name: str(need.specifier)
            for need in needed
            if need.marker and need.marker.evaluate({"extra": extra, "sys_platform": "linux"})
        }
        for extra in metadata.get_all("Provides-Extra", [])
    }
    torch = {"torch": ">=2.11"}
    assert extras == {
        "gpu": torch | {"triton": ">=3.6"},
        "torch": torch,
        "transformers": torch | {"transformers": ">=5.0"},
    }


def test_the_wheel_says_what_it_is(metadata: Message) -> None:
    assert metadata["Name"] == "checked-attention"
    assert metadata["Version"] == PROJECT["project"]["version"]
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"
    assert metadata.get_payload() == (ROOT / "README.md").read_text("utf-8")


def test_the_book_is_cited_as_what_is_published() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    published = PROJECT["project"]
    for name in ("version", "authors"):
        assert citation[name] == published[name]
    assert citation["license"][0] == published["license"]
    assert set(citation["keywords"]) <= set(published["keywords"])
    assert {"cff-version", "message", "title"} <= citation.keys()


def _asked(group: str) -> Iterator[Requirement]:
    """What a dependency group asks for, with the groups that it includes."""
    for entry in PROJECT["dependency-groups"][group]:
        if isinstance(entry, str):
            yield Requirement(entry)
        else:
            yield from _asked(entry["include-group"])


def _locked(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    return {canonicalize_name(package): version for package, version in PINNED.findall(text)}


@pytest.mark.parametrize("name", ["build", "docs", "mutate", "node", "test"])
def test_a_lock_holds_what_pyproject_asks_for(name: str) -> None:
    locked = _locked(name)
    of_project = map(Requirement, PROJECT["project"]["dependencies"])
    asked = [*_asked(name), *(of_project if name in ("docs", "test") else ())]
    missing = [str(need) for need in asked if locked.get(canonicalize_name(need.name)) is None]
    wrong = [
        f"{need}: locked at {version}"
        for need in asked
        if (version := locked.get(canonicalize_name(need.name))) and version not in need.specifier
    ]
    assert not missing + wrong, "run `make lock`"


def test_the_locks_agree_on_each_version() -> None:
    assert [lock.stem for lock in LOCKS] == ["build", "docs", "mutate", "node", "oldest", "test"]
    docs, test = _locked("docs"), _locked("test")
    assert docs.items() <= test.items()
    shared = _locked("build").keys() & test.keys()
    assert {name: _locked("build")[name] for name in shared} == {
        name: test[name] for name in shared
    }


def test_the_oldest_versions_are_the_lower_bounds() -> None:
    extras = PROJECT["project"]["optional-dependencies"].values()
    asked = [*PROJECT["project"]["dependencies"], *(each for extra in extras for each in extra)]
    bounds = {need.name: need.specifier for need in map(Requirement, asked) if need.name != "torch"}
    assert bounds.keys() == {"array-api-compat", "jaxtyping", "numpy", "transformers", "triton"}
    oldest = _locked("oldest")
    for name, specifier in bounds.items():
        [bound] = specifier
        assert bound.operator == ">="
        assert Version(oldest[name]) == Version(bound.version), "run `make lock`"


def test_the_oldest_versions_are_tested_with_the_same_tools_as_the_newest() -> None:
    tools = {canonicalize_name(need.name) for need in _asked("package")}
    oldest, test = _locked("oldest"), _locked("test")
    assert {name: oldest[name] for name in tools} == {name: test[name] for name in tools}
    assert tools <= {canonicalize_name(need.name) for need in _asked("test")}


def test_a_dependency_without_one_lower_bound_is_refused() -> None:
    lowest = runpy.run_path(str(ROOT / "tests" / "oldest.py"))["lowest"]
    assert lowest(["b>=2.0", "a>=1 ; sys_platform == 'linux'", "b>=2.0"]) == [
        "a==1 ; sys_platform == 'linux'",
        "b==2.0",
    ]
    with pytest.raises(ValueError, match="name>=version; got a<2"):
        lowest(["a<2"])
    with pytest.raises(ValueError, match="one lower bound; got a==1 and a==2"):
        lowest(["a>=1", "a>=2"])


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_has_a_hash_for_each_package_and_names_no_server(lock: Path) -> None:
    text = lock.read_text("utf-8")
    entries = re.split(r"\n(?=[\w])", text[text.index("\n", text.index("make lock")) + 1 :])
    assert all(PINNED.match(entry) and "--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert not any(canonicalize_name(name) == "torch" for name, _ in PINNED.findall(text))
