"""The built site, served on localhost as a web server would, and a browser to read it with."""

import hashlib
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from press.execute.chromium import find_chromium

ROOT = Path(__file__).resolve().parents[2]
PORT = 47_613
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Site:
    """A served site: its folder, and its address, which ends with a slash."""

    folder: Path
    url: str


class _Handler(SimpleHTTPRequestHandler):
    """Serve a folder below a path, and 404.html for what it does not hold."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args: Any, prefix: str, **kwargs: Any) -> None:
        self.prefix = prefix
        super().__init__(*args, **kwargs)

    def translate_path(self, path: str) -> str:
        if not path.startswith(self.prefix):
            return str(Path(self.directory) / "outside the site")
        return super().translate_path("/" + path.removeprefix(self.prefix))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        if code != 404:
            super().send_error(code, message, explain)
            return
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        # A browser asks anew for pages and their text, so that it is known which test needs them.
        keeps = "/assets/" in self.path
        self.send_header("Cache-Control", "max-age=3600" if keeps else "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it overrides
        pass


Build = Callable[[Path], Path]


@pytest.fixture(scope="session")
def build() -> Build:
    """Build the site into a folder, always with the same address and date."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))  # pages name it: another one would change them all
        except OSError:
            probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # A path as on GitHub Pages, so that a link which forgets it is found.
    address = f"http://127.0.0.1:{port}/checked-attention/"

    def build_(folder: Path) -> Path:
        done = subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(folder)],
            cwd=ROOT,
            env=os.environ | {"SITE_URL": address, "SOURCE_DATE_EPOCH": "1500000000"},
            capture_output=True,
            encoding="utf-8",
            timeout=1200,  # with the book in it, by night
            check=False,
        )
        assert done.returncode == 0, f"the site does not build:\n{done.stdout}\n{done.stderr}"
        return folder

    return build_


@pytest.fixture(scope="session")
def built_site(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as one `mkdocs build --strict` leaves it, or the folder that PRESS_SITE names."""
    if ready := os.environ.get("PRESS_SITE"):
        return Path(ready).resolve()
    return build(tmp_path_factory.mktemp("built") / "site")


@pytest.fixture(scope="session")
def site(built_site: Path) -> Iterator[Site]:
    """Serve the site at the address that it was built for."""
    page = (built_site / "index.html").read_text("utf-8")
    address = urlsplit(re.search(r'rel="canonical" href="([^"]+)"', page)[1])
    handler = partial(_Handler, directory=str(built_site), prefix=address.path)
    server = ThreadingHTTPServer(("127.0.0.1", address.port or 0), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(built_site, f"http://127.0.0.1:{server.server_port}{address.path}")
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.hookimpl(tryfirst=True)  # before a server is started for the test
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out a test of serving that passed, if only pages have changed that it does not edit."""
    kept = item.config.pluginmanager.get_plugin("kept")
    if not kept or item.path.name != "test_serve.py" or "built_site" in item.fixturenames:
        return
    book = [path for folder in ("docs", "src") for path in sorted((ROOT / folder).rglob("*"))]
    book = [path for path in book if path.is_file() and path.suffix != ".pyc"]
    pages = {path for path in book if path.suffix == ".md"}
    pages -= {path for path in pages if path.stem in item.module.EDITED}
    copied = [ROOT / name for name in ("mkdocs.yml", "package.json", "pyproject.toml")]
    others = [*copied, *(set(book) - pages)]
    names = [path.relative_to(ROOT).as_posix() for path in book]
    kept.skip_if_passed(item, *names, *(kept.imports.hash_of(path) for path in sorted(others)))


@pytest.fixture(scope="session")
def shared_bytes(built_site: Path) -> str:
    """The hash of what every page loads."""
    digest = hashlib.sha256()
    for path in sorted(built_site.rglob("assets/**/*")):
        if path.is_file():
            digest.update(f"{path.relative_to(built_site)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


@pytest.fixture(autouse=True)
def unlike_before(request: pytest.FixtureRequest) -> None:
    """Skip a test that passed when it was served the very same files, if what passed is left out.

    What every page loads, a browser may have kept from an earlier test: that counts in any case.
    """
    kept = request.config.pluginmanager.get_plugin("kept")
    if kept and "built_site" in request.fixturenames:
        site = request.getfixturevalue("built_site")
        kept.skip_if_passed(request.node, request.getfixturevalue("shared_bytes"), reads=site)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; in CI its absence is a failure."""
    path = find_chromium()
    if path is None:
        message = "no chromium or google-chrome on the PATH, and none of Playwright's own"
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def desk(browser: Browser) -> Iterator[BrowserContext]:
    """A laptop."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture(scope="session")
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """The narrowest phone that we care for."""
    context = browser.new_context(
        viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True
    )
    yield context
    context.close()


@pytest.fixture(scope="session")
def plain(browser: Browser) -> Iterator[BrowserContext]:
    """A reader without JavaScript."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    yield context
    context.close()


@pytest.fixture
def fresh(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages of readers who have not been here: each has a browser of its own."""
    contexts: list[BrowserContext] = []

    def fresh_(**options: Any) -> Page:
        contexts.append(browser.new_context(**options))
        return contexts[-1].new_page()

    yield fresh_
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(site) -> Iterator[Callable[..., Page]]:
    """Open pages that are closed behind the test; no test may ask another host or log an error."""
    pages: list[Page] = []
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(f"console: {message.text} ({message.location.get('url')})")

    def open_(context: BrowserContext, path: str, *, missing: bool = False) -> Page:
        page = context.new_page()
        page.set_default_timeout(30_000)
        pages.append(page)
        host = urlsplit(site.url).netloc
        page.on(
            "request",
            lambda request: (
                urlsplit(request.url).scheme in ("http", "https")
                and urlsplit(request.url).netloc != host
                and problems.append(f"another host is asked: {request.url}")
            ),
        )
        page.on("pageerror", lambda error: problems.append(f"script: {error}"))
        if not missing:
            page.on("console", note)
            page.on(
                "response",
                lambda response: (
                    response.status >= 400 and problems.append(f"{response.status} {response.url}")
                ),
            )
        page.goto(site.url + path)
        return page

    yield open_
    for page in pages:
        page.close()
    assert not problems, "\n".join(problems)
