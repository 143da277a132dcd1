"""Tests are left out only while nothing has changed that they can depend on."""

import shutil
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from press.execute.cache import Store

TEST = "tests/attention/test_one.py"
FILES = {
    TEST: "import attention.one\n",
    "tests/conftest.py": "",
    "tests/attention/helper.py": "",
    "src/attention/__init__.py": "",
    "src/attention/one.py": "from attention import two\n",
    "src/attention/two.py": "",
    "src/attention/three.py": "",
    "docs/page.md": "",
    "package-lock.json": "{}",
    "pyproject.toml": "",
    "requirements/test.txt": "",
    "Makefile": "TORCH := 2\n",
}


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The plugin, as if a small project in a folder were its own."""
    path = Path(__file__).with_name("kept.py")
    spec = spec_from_file_location("kept_here", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    for name, value in {
        "ROOT": tmp_path,
        "SOURCE": tmp_path / "src",
        "RECORD": tmp_path / "tests" / "gates.sha256",
        "GATES": (TEST,),
    }.items():
        monkeypatch.setattr(module, name, value)
    return module


def plugin(kept: ModuleType) -> Any:
    return kept.Kept(Store(kept.ROOT / ".cache"), kept.CHOSEN_BY_DAY)


@pytest.mark.parametrize(
    ("edited", "counts"),
    [
        (TEST, True),
        ("tests/conftest.py", True),
        ("tests/attention/helper.py", True),
        ("src/attention/one.py", True),
        ("src/attention/two.py", True),  # imported by way of one
        ("package-lock.json", True),
        ("src/attention/three.py", False),
        ("docs/page.md", False),
    ],
)
def test_what_passed_runs_again_after_an_edit_of_what_it_depends_on(
    kept: ModuleType, edited: str, counts: bool
) -> None:
    file = kept.ROOT / TEST
    first = plugin(kept)
    first.there[file] = {"one"}
    first.known(file).add("one")
    first.save()
    kept.RECORD.write_text(first.gate(file) + "\n", "utf-8")
    assert plugin(kept).recall(file) == ({"one"}, True)
    assert plugin(kept).is_gate_closed(file)
    (kept.ROOT / edited).write_text(FILES[edited] + "\n# edited\n", "utf-8")
    assert plugin(kept).recall(file) == ((set(), False) if counts else ({"one"}, True))
    assert plugin(kept).is_gate_closed(file) is not counts


def test_a_file_that_opens_more_than_it_says_is_not_kept(kept: ModuleType) -> None:
    file = kept.ROOT / TEST
    first = plugin(kept)
    first.there[file] = {"one"}
    first.known(file).add("one")
    first.now = file
    (kept.ROOT / "docs/page.md").read_text("utf-8")
    first.now = None
    first.save()
    assert plugin(kept).recall(file) == (set(), False)


def test_a_file_that_opens_more_than_it_says_is_named(
    kept: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = plugin(kept)
    whole.known(kept.ROOT / TEST).add("one")
    whole.opened[kept.ROOT / TEST] = {
        kept.ROOT / "docs/page.md",
        kept.ROOT / "src/attention/one.py",
    }
    whole.save()
    whole.pytest_terminal_summary(SimpleNamespace(write_line=print))
    assert capsys.readouterr().out == (
        f"{TEST} runs each time: READS of tests/kept.py does not say that it opens docs/page.md.\n"
    )


@pytest.mark.parametrize("name", [".pdbrc", "<unknown>"])
def test_what_debuggers_look_for_and_do_not_find_is_nothing_that_a_test_depends_on(
    kept: ModuleType, name: str
) -> None:
    first = plugin(kept)
    first.now = kept.ROOT / TEST
    with pytest.raises(FileNotFoundError):
        (kept.ROOT / name).read_bytes()
    assert not first.opened


def test_a_folder_elsewhere_that_is_removed_is_nothing_that_a_test_depends_on(
    kept: ModuleType, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "docs" / "inner").mkdir(parents=True)
    monkeypatch.chdir(kept.ROOT)
    first = plugin(kept)
    first.now = kept.ROOT / TEST
    shutil.rmtree(folder)
    assert not first.opened
    Path("docs/page.md").read_bytes()
    assert first.opened == {first.now: {kept.ROOT / "docs/page.md"}}


def test_a_file_of_which_a_test_failed_is_not_complete(kept: ModuleType) -> None:
    file = kept.ROOT / TEST
    first = plugin(kept)
    first.there[file] = {"one", "two"}
    first.known(file).add("one")
    first.save()
    assert plugin(kept).recall(file) == ({"one"}, False)


class Item:
    """A test, as far as it is remembered by itself."""

    def __init__(self, kept: ModuleType, nodeid: str) -> None:
        self.path, self.nodeid = kept.ROOT / TEST, nodeid


def run_alone(kept: ModuleType, site: Path, reads: str, *depends_on: str) -> bool:
    """Run a test that reads a file of a folder, and return whether it had to."""
    first = plugin(kept)
    item = Item(kept, "one")
    try:
        first.skip_if_passed(item, *depends_on, reads=site)
    except pytest.skip.Exception:
        return False
    (site / reads).read_bytes()
    first.now = item.path
    (site / reads).read_bytes()
    (kept.ROOT / "docs/page.md").read_bytes()
    first.now = None
    alone = first.open_item
    first.store.put(alone.key, {name: alone.hash_of(name) for name in alone.read})
    return True


@pytest.mark.parametrize(
    ("edited", "counts"),
    [
        ("site/read", True),
        ("docs/page.md", True),
        ("site/not_read", False),
        ("src/attention/three.py", False),
        ("src/attention/two.py", True),
        ("tests/conftest.py", True),
        (TEST, True),
    ],
)
def test_a_test_that_is_remembered_by_itself_depends_on_what_it_opened(
    kept: ModuleType, edited: str, counts: bool
) -> None:
    site = kept.ROOT / "site"  # no folder of the project's own files
    site.mkdir()
    for name in ("read", "not_read"):
        (site / name).write_text("before", "utf-8")
    assert run_alone(kept, site, "read")
    assert not run_alone(kept, site, "read")
    assert run_alone(kept, site, "read", "another hash")
    (kept.ROOT / edited).write_text("# edited\n" + (kept.ROOT / edited).read_text("utf-8"), "utf-8")
    assert run_alone(kept, site, "read") is counts


@pytest.mark.parametrize(
    ("edited", "counts"), [("tests/site/queries.toml", True), ("docs/page.md", False)]
)
def test_a_test_that_is_remembered_by_itself_depends_on_the_data_of_its_file(
    kept: ModuleType, edited: str, counts: bool
) -> None:
    def has_to_run() -> bool:
        run = plugin(kept)
        item = Item(kept, "one")
        importing = run.pytest_make_collect_report(item)
        next(importing)
        for name in ("tests/site/queries.toml", "docs/page.md"):
            (kept.ROOT / name).read_bytes()
        importing.close()
        try:
            run.skip_if_passed(item)
        except pytest.skip.Exception:
            return False
        run.store.put(run.open_item.key, {})
        return True

    for folder in ("tests/site", "docs"):
        (kept.ROOT / folder).mkdir(exist_ok=True)
    (kept.ROOT / "tests/site/queries.toml").write_text("", "utf-8")
    assert has_to_run()
    assert not has_to_run()
    (kept.ROOT / edited).write_text("# edited\n", "utf-8")
    assert has_to_run() is counts


@pytest.mark.parametrize(("recalled", "status"), [(0, 5), (3, 0)])
def test_a_run_that_leaves_out_every_test_has_passed(
    kept: ModuleType, recalled: int, status: int
) -> None:
    session = SimpleNamespace(
        exitstatus=pytest.ExitCode.NO_TESTS_COLLECTED,
        config=SimpleNamespace(option=SimpleNamespace(collectonly=False)),
    )
    whole = plugin(kept)
    whole.recalled = recalled
    whole.pytest_sessionfinish(session)
    assert session.exitstatus == status
