"""Labs on the site: a notebook for each, published by mkdocs-jupyter, and the page it is read as.

MkDocs gets a notebook for each lab, and mkdocs-jupyter makes a page of it, to be read and to be
downloaded. What the page shows is ours: its texts are read from the lab, as any page's are, and
rendered with the page's extensions; a code cell leaves a place there, and the notebook's cells
are put into these places. So a page loads no style, no script and nothing from another host.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import nbformat
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

from press.mkdocs.address import address_of_language
from press.render.notebook import cell_html, notebook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

    from press.project import Project

__all__ = ["is_lab", "lab_files", "render_as_page", "with_cells"]

_PLACE = re.compile(r'<div class="press-cell" data-press="cell" id="cell-([a-z0-9-]+)"></div>')


def lab_files(project: Project, language: str, config: MkDocsConfig) -> Iterator[File]:
    """Write the notebooks of one language and yield them as files of its site."""
    address = address_of_language(project, config)
    folder = project.cache / "notebooks" / language
    (folder / "labs").mkdir(parents=True, exist_ok=True)
    for page in filter(is_lab, project.pages(language)):
        inner = f"labs/{page.name}"
        (folder / inner).write_text(notebook(project, page, address), "utf-8")
        # Its address is that of a page: others link to it before mkdocs-jupyter makes it one.
        to = f"labs/{page.stem}/index.html"
        yield File(inner, str(folder), config.site_dir, True, dest_uri=to)


def is_lab(page: Path) -> bool:
    """Return whether a page of the site is a lab."""
    return page.suffix == ".ipynb"


def render_as_page(page: Page) -> None:
    """Let a lab be rendered as every page is: mkdocs-jupyter has let it be so as a notebook."""
    del page.render  # of this page alone; that of all pages stands behind it


def with_cells(html: str, page: Page, language: str) -> str:
    """Put the code cells of a lab's notebook into their places.

    Raises:
        PluginError: if the places are not those of the cells, in their order.
    """
    cells = nbformat.read(str(page.file.abs_src_path), as_version=4).cells
    shown = {cell.id: cell_html(language, cell) for cell in cells if cell.cell_type == "code"}
    places = _PLACE.findall(html)
    if not shown or places != list(shown):
        raise PluginError(f"{page.file.src_uri}: the cells {list(shown)} come out as {places}")
    return _PLACE.sub(lambda place: shown[place[1]], html)
