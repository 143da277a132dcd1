"""`mkdocs serve`: both languages, and an edit shows soon, wherever it is made."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIMIT_S = 3.0  # from saving a page of a book of fourteen chapters to reading it
PATIENCE_S = 180.0


@dataclass(frozen=True)
class Server:
    """A running server and the copy of the book that it serves."""

    root: Path
    url: str

    def read(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            text: str = answer.read().decode("utf-8")
            return text

    def wait_s(self, path: str, holds: Callable[[str], bool]) -> float:
        """Return how long it takes until a page holds what it should."""
        start = time.monotonic()
        while time.monotonic() - start < PATIENCE_S:
            try:
                if holds(self.read(path)):
                    return time.monotonic() - start
            except OSError:
                pass
            time.sleep(0.03)
        pytest.fail(f"{path} does not show the edit within {PATIENCE_S:g} s")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("served")
    for name in ("docs", "src"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "mkdocs.yml"):
        shutil.copy2(ROOT / name, root / name)
    (ROOT / ".cache").mkdir(exist_ok=True)
    for name in ("node_modules", ".cache"):
        (root / name).symlink_to(ROOT / name)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (root / "log.txt").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"],
            cwd=root,
            env=os.environ | {"PYTHONPATH": str(root / "src")},
            stdout=log,
            stderr=log,
        )
    try:
        running = Server(root, f"http://127.0.0.1:{port}")
        running.wait_s("/en/", lambda text: "<article" in text)
        yield running
    finally:
        process.terminate()
        process.wait(20)


def test_both_languages_and_the_root_are_served(server: Server) -> None:
    assert "逐条核验的注意力" in server.read("/zh/")
    assert "Attention, checked" in server.read("/en/")
    assert "/zh/" in server.read("/") or "zh/" in server.read("/")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_edit_of_a_page_shows_within_three_seconds(
    server: Server, language: str, slowness: float
) -> None:
    limit_s = LIMIT_S * slowness
    page = server.root / "docs" / language / "transpose.md"
    times_s = []
    for word in ("Alpha", "Beta", "Gamma"):  # one of three: the machine has other work too
        page.write_text(page.read_text("utf-8") + f"\n{word}.\n", "utf-8")
        times_s.append(
            server.wait_s(f"/{language}/transpose/", lambda text, w=word: f"{w}." in text)
        )
        if times_s[-1] < limit_s:
            break
        time.sleep(1)
    assert min(times_s) < limit_s, times_s


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_edit_of_a_lab_shows_and_runs_nothing(
    server: Server, language: str, slowness: float
) -> None:
    limit_s = 2 * LIMIT_S * slowness
    lab = server.root / "docs" / "labs" / "scaling.py"
    tag = f'# %% [markdown] lang="{language}"\n'
    text = lab.read_text("utf-8")
    for word in ("Alpha", "Beta"):
        lab.write_text(text.replace(tag, f"{tag}# {word}.\n#\n", 1), "utf-8")
        time_s = server.wait_s(f"/{language}/labs/scaling/", lambda page, w=word: f"{w}." in page)
        time.sleep(0.5)
        if time_s < limit_s:
            break
    assert time_s < limit_s
    code = text.replace("default_rng(0)", "default_rng(1)")
    assert code != text
    lab.write_text(code, "utf-8")
    told = "edited since its output was recorded"
    assert server.wait_s(f"/{language}/labs/scaling/", lambda page: told in page) < limit_s
    lab.write_text(text, "utf-8")
    server.wait_s(f"/{language}/labs/scaling/", lambda page: "press-failures" not in page)


def test_the_other_pages_keep_their_titles_and_the_search_its_entries(server: Server) -> None:
    assert "Dot product and similarity" in server.read("/en/transpose/")
    index = server.read("/en/search/search_index.json")
    assert "dot-product/" in index
    assert "transpose/" in index


def test_a_wrong_number_is_named_on_the_page_itself(server: Server) -> None:
    page = server.root / "docs" / "en" / "index.md"
    text = page.read_text("utf-8")
    page.write_text(text.replace("[24.4]", "[24.5]"), "utf-8")
    server.wait_s("/en/", lambda html: "the page says 24.5" in html)
    page.write_text(text, "utf-8")
    server.wait_s("/en/", lambda html: "the page says" not in html)


def test_an_edit_in_src_shows_no_stale_value(server: Server) -> None:
    module = server.root / "src" / "attention" / "similarity.py"  # few listings reach it
    text = module.read_text("utf-8")
    assert text.count("180 / math.pi") == 1
    assert text.count("Angles in degrees") == 1
    changed = text.replace("180 / math.pi", "200 / math.pi")
    module.write_text(changed.replace("Angles in degrees", "Degrees of angles"), "utf-8")
    page = "/zh/dot-product/"  # of the language that is built first
    server.wait_s(page, lambda html: "press-failures" in html and "the listing prints" in html)
    for language in ("zh", "en"):  # the reference reads docstrings anew
        server.wait_s(f"/{language}/api/", lambda html: "Degrees of angles" in html)
    module.write_text(text, "utf-8")
    server.wait_s(page, lambda html: "the listing prints" not in html)
    server.wait_s("/zh/api/", lambda html: "Degrees of angles" not in html)
