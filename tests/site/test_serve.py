"""`mkdocs serve`: the first page comes soon, and so does an edit, wherever it is made."""

import json
import math
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COLD_S, WARM_S = 15.0, 5.0  # from the command to the first page, without and with a cache
LIMIT_S = 3.0  # from saving a page of a book of fourteen chapters to reading it
PATIENCE_S = 180.0
EDITED = ("index", "qkv", "softmax", "transpose")  # pages that a test edits, or looks closely at
DEAD_PROXY = "http://127.0.0.1:9"  # nobody listens there


@dataclass(frozen=True)
class Server:
    """A running server and the copy of the book that it serves."""

    root: Path
    url: str
    process: "subprocess.Popen[bytes]"

    def read(self, path: str) -> str:
        opener = urllib.request.build_opener()  # it looks for a proxy anew
        with opener.open(self.url + path, timeout=90) as answer:
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
                assert self.process.poll() is None, self.log
            time.sleep(0.03)
        pytest.fail(f"{path} does not show the edit within {PATIENCE_S:g} s\n{self.log}")

    @property
    def worked_s(self) -> float:
        """The CPU time of the server and of what it has waited for, where Linux tells it."""
        stat = Path(f"/proc/{self.process.pid}/stat")
        if not stat.is_file():
            return math.inf
        ticks = stat.read_text("utf-8").rpartition(")")[2].split()[11:15]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    @property
    def log(self) -> str:
        """What it has written to the terminal."""
        return (self.root / "log.txt").read_text("utf-8")


def copy_of_the_book(root: Path) -> Path:
    """Copy what serving needs, but for the cache."""
    for name in ("docs", "src"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "mkdocs.yml", "package.json"):
        shutil.copy2(ROOT / name, root / name)
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    return root


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def command(root: Path, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """Return a command of MkDocs and an environment: a proxy that is dead, a /tmp of its own."""
    temporary = root.parent / f"{root.name}-tmp"
    temporary.mkdir(exist_ok=True)
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"), DEAD_PROXY)
    environment = os.environ | {"PYTHONPATH": str(root / "src"), "TMPDIR": str(temporary)}
    environment["NO_MKDOCS_2_WARNING"] = "1"  # as the Makefile has it
    for name in ("no_proxy", "NO_PROXY"):
        environment.pop(name, None)
    return [sys.executable, "-m", "mkdocs", *arguments], environment | proxies


@contextmanager
def serving(root: Path, end: signal.Signals = signal.SIGTERM, **settings: str) -> Iterator[Server]:
    """Serve a copy of the book; when the server has ended, nothing must be left in /tmp."""
    port = free_port()
    words, environment = command(root, "serve", "--dev-addr", f"127.0.0.1:{port}")
    with (root / "log.txt").open("w") as log:
        process = subprocess.Popen(
            words,
            cwd=root,
            env=environment | settings,
            stdout=log,
            stderr=log,
            # A shell that runs the tests in the background lets them ignore Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
        )
    try:
        yield Server(root, f"http://127.0.0.1:{port}", process)
    finally:
        process.send_signal(end)
        process.wait(20)
    assert list(Path(environment["TMPDIR"]).iterdir()) == []


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = copy_of_the_book(tmp_path_factory.mktemp("served"))
    (ROOT / ".cache").mkdir(exist_ok=True)
    (root / ".cache").symlink_to(ROOT / ".cache")
    with serving(root) as running:
        running.wait_s("/en/", lambda text: "<article" in text)
        yield running


def test_the_first_page_comes_soon_on_a_cold_cache_and_sooner_on_a_warm_one(
    tmp_path: Path, slowness: float
) -> None:
    root = copy_of_the_book(tmp_path / "book")
    before = {path for path in root.rglob("*") if "__pycache__" not in path.parts}
    settings = {"PRESS_CACHE": str(tmp_path / "cache")}
    for limit_s, end in ((COLD_S, signal.SIGINT), (WARM_S, signal.SIGTERM)):
        with serving(root, end, **settings) as running:
            time_s = running.wait_s("/zh/softmax/", lambda text: "<article" in text)
            # The machine has other work, too: what the server did not run, it did not take.
            assert min(time_s, running.worked_s) < limit_s * slowness
            assert "<math" in running.read("/zh/softmax/")
    # The cache alone has been written: so the book can be served from where it cannot be written.
    after = {path for path in root.rglob("*") if "__pycache__" not in path.parts}
    assert after - before == {root / "log.txt"}
    assert (tmp_path / "cache" / "mathml").is_dir()


def ended(root: Path, *arguments: str, **settings: str) -> tuple[int, str]:
    """Return the status of a command that does not serve, and what it says."""
    words, environment = command(root, *arguments)
    done = subprocess.run(
        words,
        cwd=root,
        env=environment | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=PATIENCE_S,
        check=False,
    )
    assert list(Path(environment["TMPDIR"]).iterdir()) == []
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the book without a cache."""
    return copy_of_the_book(tmp_path_factory.mktemp("copied"))


def told(output: str) -> str:
    """Return the one line that a command says besides what MkDocs always does."""
    lines = [line for line in output.splitlines() if line and not line.startswith("INFO")]
    assert len(lines) == 1, output
    return lines[0]


def test_a_port_that_is_in_use_is_said_in_one_line_and_at_once(book: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        settings = {"DEV_ADDR": f"127.0.0.1:{port}"}
        status, output = ended(book, "serve", **settings)
    assert status == 1
    assert f"port {port}: Address already in use" in told(output)
    assert f"make serve PORT={port + 1}" in told(output)


def test_a_cache_that_cannot_be_written_is_said_in_one_line(book: Path) -> None:
    settings = {"PRESS_CACHE": str(book / "mkdocs.yml")}  # a file: root may write any folder
    status, output = ended(book, "build", "--strict", **settings)
    assert status == 1
    assert "PRESS_CACHE" in told(output)


def test_a_site_that_cannot_be_written_is_said_in_one_line(book: Path, tmp_path: Path) -> None:
    settings = {"PRESS_CACHE": str(tmp_path / "cache")}
    status, output = ended(book, "build", "--site-dir", str(book / "mkdocs.yml/site"), **settings)
    assert status == 1
    assert "--site-dir" in told(output)


def test_both_languages_and_the_root_are_served_whatever_the_proxy(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", DEAD_PROXY)
    assert "逐条核验的注意力" in server.read("/zh/")
    assert "Checked Attention" in server.read("/en/")
    assert "/zh/" in server.read("/") or "zh/" in server.read("/")


@pytest.mark.nightly
def test_what_is_served_is_what_is_built(server: Server, built_site: Path) -> None:
    def bare(html: str) -> str:
        html = re.sub(r"http://[\w.]+(:\d+)?(/checked-attention)?/", "http://site/", html)
        return re.sub(r"<script>\s*var livereload.*?</script>", "", html, flags=re.DOTALL)

    for page in ("en/softmax", "zh/softmax", "zh", "en/labs/scaling", "zh/labs/scaling", "en/api"):
        served = bare(server.read(f"/{page}/"))
        assert served == bare((built_site / page / "index.html").read_text("utf-8")), page
    for language in ("zh", "en"):
        index = f"{language}/search/index.json"
        assert server.read(f"/{index}") == (built_site / index).read_text("utf-8")


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


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.nightly)])
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


@pytest.mark.nightly
def test_what_fails_is_said_in_the_terminal_with_file_and_line(server: Server) -> None:
    page = server.root / "docs" / "zh" / "softmax.md"
    text = page.read_text("utf-8")
    page.write_text(text + "\n7.\n", "utf-8")
    line = text.count("\n") + 2
    server.wait_s("/zh/softmax/", lambda html: f"softmax.md:{line}: " in html)
    assert re.search(rf"^WARNING.*docs/zh/softmax\.md:{line}: ", server.log, re.MULTILINE)
    page.write_text(text, "utf-8")
    server.wait_s("/zh/softmax/", lambda html: "press-failures" not in html)


@pytest.mark.nightly
def test_a_browser_loads_a_page_again_when_the_proof_has_found_something(server: Server) -> None:
    page = server.root / "docs" / "en" / "qkv.md"
    text = page.read_text("utf-8")
    page.write_text(text + "\n7.\n", "utf-8")
    server.wait_s("/en/qkv/", lambda html: "<p>7.</p>" in html)
    end = time.monotonic() + PATIENCE_S
    while "press-failures" not in (html := server.read("/en/qkv/")):
        epoch = re.findall(r"livereload\((\d+), \d+\);", html)[-1]
        while int(server.read(f"/livereload/{epoch}/1")) <= int(epoch):  # as the page's script does
            assert time.monotonic() < end
    page.write_text(text, "utf-8")
    server.wait_s("/en/qkv/", lambda html: "press-failures" not in html)


def test_the_other_pages_keep_their_titles_and_the_search_its_entries(server: Server) -> None:
    assert "Dot product and similarity" in server.read("/en/transpose/")
    pages = json.loads(server.read("/en/search/index.json"))["pages"]
    lengths = {page["url"]: sum(len(text) for _, _, text, _ in page["sections"]) for page in pages}
    for page in (server.root / "docs" / "en").glob("*.md"):
        assert lengths["" if page.stem == "index" else f"{page.stem}/"] > 500, page


def test_a_wrong_number_is_named_on_the_page_itself(server: Server) -> None:
    page = server.root / "docs" / "en" / "index.md"
    text = page.read_text("utf-8")
    page.write_text(text.replace("[24.4]", "[24.5]"), "utf-8")
    server.wait_s("/en/", lambda html: "the page says 24.5" in html)
    page.write_text(text, "utf-8")
    server.wait_s("/en/", lambda html: "the page says" not in html)


def test_an_edit_of_a_part_of_the_style_sheet_shows(server: Server) -> None:
    part = server.root / "docs" / "assets" / "styles" / "tables.css"
    text = part.read_text("utf-8")
    part.write_text(text + "\n.alpha {}\n", "utf-8")
    for language in ("zh", "en"):
        server.wait_s(f"/{language}/assets/press.css", lambda styles: ".alpha {}" in styles)
    part.write_text(text, "utf-8")
    server.wait_s("/en/assets/press.css", lambda styles: ".alpha {}" not in styles)


@pytest.mark.nightly
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
