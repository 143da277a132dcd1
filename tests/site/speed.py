"""Compare two builds of the site: what a first visit to their pages weighs, and how long it takes.

    make speed OLD=folder NEW=folder [PAGES="en/softmax/ zh/gpu/"] [ROUNDS=5]

Both are served compressed and opened in turn, each page by a browser that remembers nothing, on a
phone's screen. Times are what the page's thread computed, the median of the rounds, as if its
processor were a fourth as fast: other programs of this machine hardly change them. A page cannot
answer while a task goes beyond 50 ms; of the rest, styles and layout are told. Without PAGES, these
are the five pages with which the old build has most to do.
"""

import argparse
import gzip
from collections import Counter
from contextlib import suppress
from functools import cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from press.execute.chromium import find_chromium

SLOWER = 4
HEAVIEST = 5
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TRACED = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"]
LAYOUT = ("UpdateLayoutTree", "Layout")
COLUMNS = ("KiB", "requests", "elements", "blocking ms", "styles and layout ms")
sent: list[int] = []  # the bytes of each answer since a visit began


class Handler(BaseHTTPRequestHandler):
    """Serve a folder, compressed, as a code host serves pages."""

    protocol_version = "HTTP/1.1"

    def __init__(self, folder: Path, *args: object) -> None:
        self.folder = folder
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Send a file."""
        file = self.folder / self.path.partition("?")[0].lstrip("/")
        file = file / "index.html" if file.is_dir() else file
        body = compressed(file) if file.is_file() else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", guess_type(file.name)[0] or "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        if body:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(body)
        sent.append(len(body))

    def handle(self) -> None:
        """Answer until the browser hangs up."""
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it overrides
        """Say nothing."""


@cache
def compressed(file: Path) -> bytes:
    """Return a file as it is sent."""
    return gzip.compress(file.read_bytes(), 6)


def served(folder: Path) -> str:
    """Serve a build, and return its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, folder))
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


def visit(browser: Browser, address: str) -> list[float]:
    """Open a page and return what the columns say of it."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, device_scale_factor=2, is_mobile=True
    )
    page = context.new_page()
    session = context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    ended: list[object] = []
    session.on("Tracing.dataCollected", lambda part: events.extend(part["value"]))
    session.on("Tracing.tracingComplete", lambda end: ended.append(end))  # noqa: PLW0108 - no builtin
    config = {"includedCategories": TRACED}
    session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": config})
    sent.clear()
    page.goto(address, wait_until="networkidle")
    page.wait_for_timeout(500)
    session.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(20)
    elements = page.evaluate("document.getElementsByTagName('*').length")
    context.close()
    return [sum(sent) / 1024, len(sent), elements, *times_of(events)]


def times_of(events: list[dict[str, Any]]) -> tuple[float, float]:
    """Return for how long a page could not answer, and what styles and layout took."""
    spans = [event for event in events if event.get("tdur")]
    laid_out = [event for event in spans if event["name"] in LAYOUT]
    threads = Counter((event["pid"], event["tid"]) for event in laid_out)
    [(thread, _)] = threads.most_common(1)
    own = [event for event in spans if (event["pid"], event["tid"]) == thread]
    tasks = [SLOWER * e["tdur"] / 1000 for e in own if e["name"] == "RunTask"]
    styles = [SLOWER * e["tdur"] / 1000 for e in own if e["name"] in LAYOUT]
    return sum(max(0, task - 50) for task in tasks), sum(styles)


def measured(browser: Browser, addresses: list[str], page: str, rounds: int) -> list[list[float]]:
    """Return the medians of each build; the builds take turns."""
    times: list[list[list[float]]] = [[] for _ in addresses]
    for _ in range(rounds):
        for found, address in zip(times, addresses, strict=True):
            found.append(visit(browser, address + page))
    return [[median(column) for column in zip(*found, strict=True)] for found in times]


def pages_of(site: Path) -> list[str]:
    """Return the addresses of the pages of a build."""
    pages = [path.parent for path in site.glob("*/**/index.html")]
    return sorted(f"{path.relative_to(site).as_posix()}/" for path in pages)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("pages", nargs="*")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        addresses = [served(given.old.resolve()), served(given.new.resolve())]
        pages = given.pages
        if not pages:
            all_ = pages_of(given.old.resolve())
            first = {page: visit(browser, addresses[0] + page)[-1] for page in all_}
            pages = sorted(all_, key=first.__getitem__)[: -HEAVIEST - 1 : -1]
        print("| page |", " | ".join(COLUMNS), "|")
        print("| --- " * (len(COLUMNS) + 1) + "|")
        for page in pages:
            old, new = measured(browser, addresses, page, given.rounds)
            cells = [f"{a:.0f} → {b:.0f}" for a, b in zip(old, new, strict=True)]
            print(f"| {page} |", " | ".join(cells), "|", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
