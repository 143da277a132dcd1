"""The pictures of pages where a link to them is shared: PNGs of the figures that they begin with.

Few of the programs that show a shared link draw SVG. The record beside the PNGs names the hash
of the SVG that each was drawn from; when that changes, `update` draws it anew. The pixels are
compared with nothing: they depend on the browser and its fonts.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from press.execute.chromium import find_chromium
from press.palette import LIGHT
from press.project import Project
from press.syntax.pages import read_page
from press.syntax.recognise import Recognised, recognise
from press.syntax.woven import Figure

__all__ = ["SIZE", "draw_shares", "list_of_shares", "share_of", "stale_shares"]

Reader = Callable[[Path], Recognised]
SIZE = (1200, 630)  # what the programs that show shared links ask for
_MARGIN = 60
_PAGE = """\
<!doctype html>
<style>
  body {{ margin: 0; height: 100vh; display: grid; place-items: center; background: {paper}; }}
  img {{ width: {width}px; height: {height}px; object-fit: contain; }}
</style>
<img src="data:image/svg+xml;base64,{data}">
"""


def _read(page: Path) -> Recognised:
    return recognise(read_page(page).body)


def share_of(project: Project, page: Path, read: Reader = _read) -> str:
    """Return the path below docs/share of a page's picture; nothing if the book has none.

    It shows the page's first figure, or that of the home page.

    Args:
        project: the book.
        page: one of its pages.
        read: what stands on a page, for whoever has read it already.
    """
    home = project.docs / project.language_of(page) / "index.md"
    for place in (page, home) if project.share.is_dir() else ():
        items = read(place).items
        if figure := next((item for item in items if isinstance(item, Figure)), None):
            return Path(figure.path).with_suffix(".png").as_posix()
    return ""


def stale_shares(project: Project, read: Reader = _read) -> Iterator[tuple[Path, str]]:
    """Yield each picture that is missing, left over, or not of the SVG as it is now."""
    wanted, recorded = _wanted(project, read), _recorded(project)
    for picture, figure in wanted.items():
        if not picture.is_file() or recorded.get(picture) != _hash(figure):
            shown = figure.relative_to(project.docs).as_posix()
            yield picture, f"a page is shared with it, and it must show {shown} as it is now"
    for picture in sorted(set(project.share.rglob("*.png")) - wanted.keys()):
        yield picture, "no page is shared with it"


def draw_shares(project: Project) -> list[Path]:
    """Draw the pictures that are stale, remove those left over, and record the others.

    Returns:
        The files that changed.

    Raises:
        RuntimeError: if there is something to draw and no browser to draw it.
    """
    stale, wanted = [picture for picture, _ in stale_shares(project)], _wanted(project, _read)
    for picture in stale:
        if picture not in wanted:
            picture.unlink()
    _draw({picture: wanted[picture] for picture in stale if picture in wanted})
    record = "".join(
        f"{_hash(figure)}  {picture.relative_to(project.share).as_posix()}\n"
        for picture, figure in sorted(wanted.items())
    )
    if stale:
        list_of_shares(project).write_text(record, "utf-8", newline="\n")
    return [*stale, list_of_shares(project)] if stale else []


def _wanted(project: Project, read: Reader) -> dict[Path, Path]:
    """Return the pictures of all pages, and the figures that they show."""
    pages = project.pages(project.languages[0])  # the others show the same figures
    paths = filter(None, (share_of(project, page, read) for page in pages))
    return {project.share / p: project.figure(str(Path(p).with_suffix(".svg"))) for p in paths}


def _recorded(project: Project) -> dict[Path, str]:
    """Return the hash of the SVG that each picture was drawn from."""
    path = list_of_shares(project)
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return {project.share / name: digest for digest, name in map(str.split, lines)}


def list_of_shares(project: Project) -> Path:
    """Return the file that says of which drawing each picture is."""
    return project.share / "recorded.sha256"


def _hash(figure: Path) -> str:
    return hashlib.sha256(figure.read_bytes() if figure.is_file() else b"").hexdigest()


def _draw(figures: Mapping[Path, Path]) -> None:
    if not figures:
        return
    if (chromium := find_chromium()) is None or find_spec("playwright") is None:
        raise RuntimeError("a browser draws the shared pictures: run `make setup-test`")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - for updates alone

    width, height = SIZE
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": height})
        for picture, figure in figures.items():
            data = base64.b64encode(figure.read_bytes()).decode()
            inner = {"width": width - 2 * _MARGIN, "height": height - 2 * _MARGIN}
            page.set_content(_PAGE.format(data=data, paper=LIGHT["paper"], **inner))
            picture.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=picture)
        browser.close()
