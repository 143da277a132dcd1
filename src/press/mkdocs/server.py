"""How MkDocs' server serves a site whose pages are rendered when they are requested."""

from __future__ import annotations

import logging
import signal
import socket
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from mkdocs.exceptions import Abort

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mkdocs.livereload import LiveReloadServer

    from press.serve.incremental import IncrementalSite

__all__ = ["end_on_signals", "refuse_taken_port", "serve_from"]

log = logging.getLogger("mkdocs.press")


def serve_from(server: LiveReloadServer, site: IncrementalSite) -> None:
    """Let a server serve what ``site`` renders."""
    server.root = str(site.folder)
    server.error_handler = partial(_error_page, site)
    server.set_app(partial(_answer, site, server.mount_path, server.serve_request))
    site.reload = partial(_reload, server)
    site.start()


def _answer(
    site: IncrementalSite,
    mount: str,
    serve: Callable[..., Iterable[bytes]],
    environ: dict[str, Any],
    start_response: Callable[..., Any],
) -> Iterable[bytes]:
    """Answer a request once what it asks for is up to date."""
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "ignore")
    if not path.startswith(mount) or path.startswith("/livereload/"):
        return serve(environ, start_response)
    address = path.removeprefix(mount)
    while True:
        try:
            site.make(address)
        except Exception as error:
            log.exception("%s cannot be rendered", path)
            start_response(
                "500 Internal Server Error", [("Content-Type", "text/plain; charset=utf-8")]
            )
            return [f"{path} cannot be rendered: {error}\n".encode()]
        started: list[tuple[Any, ...]] = []
        body = serve(environ, lambda *arguments: started.append(arguments))  # noqa: B023
        if not site.is_stale(address):
            start_response(*started[0])
            return body
        if hasattr(body, "close"):  # an edit came between: this is what the page said before
            body.close()


def _error_page(site: IncrementalSite, code: int) -> bytes | None:
    """Return the site's own page for an error."""
    page = site.folder / f"{code}.html"
    return page.read_bytes() if page.is_file() else None


def _reload(server: LiveReloadServer) -> None:
    """Let browsers load their page again, as after a build: MkDocs has no other way than one."""
    with server._epoch_cond:
        now = round(time.monotonic() * 1000)
        if server._visible_epoch == server._wanted_epoch:  # else a build is under way
            server._visible_epoch = server._wanted_epoch = now
            server._epoch_cond.notify_all()


def refuse_taken_port(host: str, port: int) -> None:
    """Say at once that a port is in use, before anything is built."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Abort(
                f"Cannot serve on {host}, port {port}: {error.strerror}. Name another port:"
                f" make serve PORT={port + 1}, or mkdocs serve --dev-addr {host}:{port + 1}"
            ) from None


def end_on_signals() -> None:
    """End as with Ctrl-C when asked to end otherwise, so that nothing is left behind."""
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            # What is ignored already shall be: `nohup make serve` outlives its terminal.
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, signal.default_int_handler)
