"""Labs on the site: mkdocs-jupyter renders their cells, the site's Markdown their texts.

MkDocs gets a notebook for each lab. Its texts are read from the lab, as any page's are, and
rendered with the page's extensions; a cell leaves a place there. mkdocs-jupyter, with a
template of ours in place of its own, renders the notebook's code cells, which are then put
into their places. It loads no style, no script and nothing from another host.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import mkdocs_jupyter.config
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File
from nbconvert.exporters.templateexporter import default_filters

from press.render.notebook import cell_html, notebook

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

    from press.project import Project

__all__ = ["fill_cells", "is_lab_page", "lab_files", "use_template"]

_PLACE = re.compile(r'<div class="press-cell" data-press="cell" id="cell-([a-z0-9-]+)"></div>')
_CELL = re.compile(r"<!--cell ([a-z0-9-]+)-->(.*?)<!--end-->", re.DOTALL)


def use_template(project: Project, language: str) -> None:
    """Let mkdocs-jupyter render cells as the site shows them, in one language."""
    mkdocs_jupyter.config.settings.templates_dir = str(project.docs / "theme" / "notebook")
    default_filters["press_cell"] = partial(cell_html, language)


def lab_files(project: Project, language: str, config: MkDocsConfig) -> list[File]:
    """Write the notebooks of one language and return them as files of its site."""
    files = []
    address = config.site_url or ""
    local = urlsplit(address).hostname in (None, "localhost", "127.0.0.1", "::1")
    for page in project.pages(language):
        if page.suffix != ".ipynb":
            continue
        folder, inner = project.cache / "notebooks" / language, f"labs/{page.name}"
        (folder / "labs").mkdir(parents=True, exist_ok=True)
        (folder / inner).write_text(notebook(project, page, "" if local else address), "utf-8")
        # Its address is that of a page: others link to it before mkdocs-jupyter makes it one.
        to = f"labs/{page.stem}/index.html"
        files.append(File(inner, str(folder), config.site_dir, True, dest_uri=to))
    return files


def is_lab_page(page: Page) -> bool:
    """Return whether a page of the site is a lab."""
    return page.file.src_uri.endswith(".ipynb")


def fill_cells(cells: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Render a lab's texts and put the cells that mkdocs-jupyter rendered into their places."""
    type(page).render(page, config, files)
    rendered = dict(_CELL.findall(cells))
    places = _PLACE.findall(page.content or "")
    if places != list(rendered):
        raise PluginError(f"{page.file.src_uri}: the cells {list(rendered)} come out as {places}")
    return _PLACE.sub(lambda place: rendered[place[1]], page.content or "")
