"""Compare two builds of the site: what a first visit to their pages weighs, and how long it takes.

    make speed OLD=folder NEW=folder [PAGES="en/softmax/ zh/gpu/"] [ROUNDS=5]

Both are served compressed and opened in turn, each page by a browser that remembers nothing, on a
phone's screen, with a processor a fourth as fast. Times are milliseconds, the median of the rounds:
how long the page could not answer (what tasks take beyond 50 ms), and how long the browser took
for styles and layout. Without PAGES, these are the five pages on which the old build takes longest.
"""

import argparse
import gzip
import runpy
from functools import cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from statistics import median
from threading import Thread

from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
CHROMIUM = runpy.run_path(str(HERE / "get_chromium.py"))
SLOWER = 4
HEAVIEST = 5
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WATCH = """
    window.tasks = [];
    new PerformanceObserver((list) => list.getEntries().forEach((e) => tasks.push(e.duration)))
        .observe({ type: "longtask", buffered: true });
"""
COLUMNS = ("KiB", "requests", "elements", "blocking ms", "styles and layout ms")
sent: list[int] = []  # the bytes of each answer since a visit began


class Handler(BaseHTTPRequestHandler):
    """Serve a folder, compressed, to be kept by nobody."""

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
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)
        sent.append(len(body))

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
    page.add_init_script(WATCH)
    session = context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    sent.clear()
    page.goto(address, wait_until="networkidle")
    page.wait_for_timeout(500)
    found = session.send("Performance.getMetrics")["metrics"]
    metrics = {metric["name"]: metric["value"] for metric in found}
    blocking = sum(max(0, task - 50) for task in page.evaluate("window.tasks"))
    elements = page.evaluate("document.getElementsByTagName('*').length")
    context.close()
    styles = 1000 * (metrics["LayoutDuration"] + metrics["RecalcStyleDuration"])
    return [sum(sent) / 1024, len(sent), elements, blocking, styles]


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
    path = CHROMIUM["find_chromium"]()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        addresses = [served(given.old.resolve()), served(given.new.resolve())]
        pages = given.pages
        if not pages:
            all_ = pages_of(given.old.resolve())
            first = {page: sum(visit(browser, addresses[0] + page)[-2:]) for page in all_}
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
