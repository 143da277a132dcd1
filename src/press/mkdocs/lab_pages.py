"""Labs on the site: mkdocs-jupyter makes their pages, the site's Markdown their texts.

MkDocs gets a notebook for each lab. Its texts are read from the lab, as any page's are, and
rendered with the page's extensions; a code cell leaves a place there. mkdocs-jupyter, with a
template of ours in place of its own, hands over the notebook's code cells, which are then put
into their places. It loads no style, no script and nothing from another host.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File
from mkdocs_jupyter.config import settings

from press.render.notebook import cell_html, notebook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

    from press.project import Project

__all__ = ["fill_cells", "is_lab", "lab_files", "use_template"]

_PLACE = re.compile(r'<div class="press-cell" data-press="cell" id="cell-([a-z0-9-]+)"></div>')
_CELL = re.compile(r"<!--cell ([a-z0-9-]+)-->(.*?)<!--end-->", re.DOTALL)


def lab_files(project: Project, language: str, config: MkDocsConfig) -> Iterator[File]:
    """Write the notebooks of one language and yield them as files of its site."""
    address = config.site_url or ""
    local = urlsplit(address).hostname in (None, "localhost", "127.0.0.1", "::1")
    folder = project.cache / "notebooks" / language
    (folder / "labs").mkdir(parents=True, exist_ok=True)
    for page in filter(is_lab, project.pages(language)):
        inner = f"labs/{page.name}"
        (folder / inner).write_text(notebook(project, page, "" if local else address), "utf-8")
        # Its address is that of a page: others link to it before mkdocs-jupyter makes it one.
        to = f"labs/{page.stem}/index.html"
        yield File(inner, str(folder), config.site_dir, True, dest_uri=to)


def is_lab(page: Path) -> bool:
    """Return whether a page of the site is a lab."""
    return page.suffix == ".ipynb"


def use_template(page: Page, project: Project) -> None:
    """Let mkdocs-jupyter hand over the cells of a lab by a template of ours."""
    render = page.render

    def with_template(config: MkDocsConfig, files: Files) -> None:
        with _templates(str(project.docs / "theme" / "notebook")):
            render(config, files)

    setattr(page, "render", with_template)  # noqa: B010 - as mkdocs-jupyter has done before


@contextmanager
def _templates(folder: str) -> Iterator[None]:
    """Let mkdocs-jupyter look for its templates in a folder: it takes no other setting for it."""
    before, settings.templates_dir = settings.templates_dir, folder
    try:
        yield
    finally:
        settings.templates_dir = before


def fill_cells(cells: str, page: Page, config: MkDocsConfig, files: Files, language: str) -> str:
    """Render a lab's texts and put the cells that mkdocs-jupyter handed over into their places.

    Raises:
        PluginError: if the places are not those of the cells, in their order.
    """
    type(page).render(page, config, files)
    shown = {name: cell_html(language, json.loads(cell)) for name, cell in _CELL.findall(cells)}
    places = _PLACE.findall(page.content or "")
    if not shown or places != list(shown):
        raise PluginError(f"{page.file.src_uri}: the cells {list(shown)} come out as {places}")
    return _PLACE.sub(lambda place: shown[place[1]], page.content or "")
