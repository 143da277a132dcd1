"""The proof runs behind a server, begins with what was edited, and leaves nothing behind."""

import logging
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from press.serve.proof import Proof

SLOW = "import time\n\nprint(1, flush=True)\ntime.sleep(300)\n"


class Proven:
    """The proof of a small book, and the pages whose failures have changed, in order."""

    def __init__(self, small: Any) -> None:
        self.small, self.shown = small, list[str]()
        self.proof = Proof(lambda page: self.shown.append(self.name(page)))

    def name(self, page: Path) -> str:
        return page.relative_to(self.small.root).as_posix()

    def page(self, name: str) -> Path:
        return Path(self.small.root / "docs" / name).resolve()

    def start(self, mark: str = "", edited: tuple[str, ...] = ()) -> None:
        project = self.small.project
        pages = [p.resolve() for lang in project.languages for p in project.pages(lang)]
        marks = {page: (page.read_text("utf-8"), mark) for page in pages}
        self.proof.start(project, marks, [self.page(name) for name in edited])

    @property
    def idle(self) -> bool:
        return self.proof._process is None

    def says(self, name: str) -> list[str]:
        return [failure.message for failure in self.proof.failures.get(self.page(name), [])]


@pytest.fixture
def proven(lone: Any) -> Iterator[Proven]:
    for language in ("zh", "en"):
        lone.write(f"docs/{language}/other.md", "# Other {#other}\n\nNo code.\n")
    proven = Proven(lone)
    yield proven
    proven.proof.stop()


def test_failures_are_kept_by_page_and_told_with_file_and_line(
    proven: Proven, eventually: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    proven.small.replace("docs/en/powers.md", "[27.7]", "[27.8]")
    proven.start()
    eventually(lambda: proven.idle)
    assert proven.says("en/powers.md") == ["the page says 27.8; length is 27.7128129"]
    assert proven.says("en/other.md") == []
    assert proven.shown[0] == "docs/en/powers.md"
    assert "docs/en/powers.md:21: the page says 27.8" in caplog.text
    root = proven.proof.failures[proven.small.root]
    assert any("no page uses the exemption" in failure.message for failure in root)
    assert "The proof is done: 4 pages" in caplog.text


def test_an_edit_proves_what_it_touches_and_that_first(proven: Proven, eventually: Any) -> None:
    proven.start()
    eventually(lambda: proven.idle)
    assert set(proven.proof.proven) == {
        proven.page(f"{language}/{name}.md")
        for language in ("zh", "en")
        for name in ("powers", "other")
    }
    proven.shown.clear()
    proven.small.replace("docs/en/other.md", "No code.", "No code, 7.")
    proven.start(edited=("en/other.md",))
    eventually(lambda: proven.idle)
    assert proven.shown == ["docs/en/other.md"]
    proven.proof.proven.clear()
    proven.start("again", edited=("en/other.md", "en/powers.md"))
    eventually(lambda: proven.idle)
    assert [proven.name(page) for page in proven.proof.proven][:2] == [
        "docs/en/other.md",
        "docs/en/powers.md",
    ]


def test_an_edit_does_not_wait_for_what_runs(proven: Proven, eventually: Any) -> None:
    proven.small.listing("slow", SLOW)
    text = "# A {#a}\n\n``` listing\npowers/slow.py\n```\n"
    proven.small.write("docs/zh/powers.md", text)
    proven.start(edited=("zh/powers.md",))
    running = proven.proof._process
    assert running is not None
    eventually(lambda: len(list((proven.small.project.cache / "scratch").glob("tmp*/*"))) > 0)
    proven.small.replace("docs/en/other.md", "No code.", "No code, 7.")
    proven.start(edited=("en/other.md",))
    eventually(lambda: proven.says("en/other.md") != [])
    assert running.wait(20) is not None
    assert not proven.idle  # it runs the slow listing again
    proven.proof.stop()
    assert list((proven.small.project.cache / "scratch").glob("tmp*")) == []


def test_it_ends_with_the_server_however_that_ends(proven: Proven, eventually: Any) -> None:
    proven.small.listing("slow", SLOW)
    text = "# A {#a}\n\n``` listing\npowers/slow.py\n```\n"
    proven.small.write("docs/zh/powers.md", text)
    proven.start(edited=("zh/powers.md",))
    process = proven.proof._process
    assert process is not None
    eventually(lambda: any("press.execute.worker" in line for line in group(process.pid)))
    assert process.stdin is not None
    process.stdin.close()  # as the system does when the server is gone
    assert process.wait(20) is not None
    eventually(lambda: group(process.pid) == [])


def group(number: int) -> list[str]:
    """The processes of a group that have not ended, with what they run."""
    listed = subprocess.run(
        ["ps", "-eo", "pgid=,stat=,args="], capture_output=True, encoding="utf-8", check=True
    )
    rows = (line.split(None, 2) for line in listed.stdout.splitlines())
    return [row[-1] for row in rows if int(row[0]) == number and not row[1].startswith("Z")]


def test_only_what_nobody_waits_for_has_a_low_priority(proven: Proven, eventually: Any) -> None:
    for name, page in (("first", "powers"), ("later", "other")):
        program = f"import os\n\n{name} = os.nice(0)\nprint({name})\n"
        proven.small.listing(name, program, f"{os.nice(0)}\n")
        text = f"# A {{#a}}\n\n``` listing\npowers/{name}.py\n```\n"
        proven.small.write(f"docs/zh/{page}.md", text)
    proven.start(edited=("zh/powers.md",))
    eventually(lambda: proven.idle)
    assert not any("the listing prints" in message for message in proven.says("zh/powers.md"))
    assert any("the listing prints" in message for message in proven.says("zh/other.md"))


def test_what_has_stopped_is_said(
    proven: Proven, eventually: Any, caplog: pytest.LogCaptureFixture
) -> None:
    proven.small.write("docs/sources.toml", "no toml")
    proven.start()
    eventually(lambda: proven.idle)
    assert "The proof has stopped" in caplog.text
