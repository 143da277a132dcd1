"""Labs on the site: each is a page of its language, and a notebook to download beside it.

A page's text is read from the lab, as any page's is, and rendered with the same extensions; a
code cell leaves a place there. What the cell shows is then put into its place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

from press.render.notebook import cells_html, notebook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mkdocs.config.defaults import MkDocsConfig

    from press.project import Project

__all__ = ["fill_cells", "is_lab", "lab_files"]

_PLACE = re.compile(r'<div class="press-cell" data-press="cell" id="cell-([a-z0-9-]+)"></div>')


class LabFile(File):
    """A notebook that is a page: MkDocs itself makes pages of Markdown files alone."""

    def is_documentation_page(self) -> bool:
        """Return that it is one."""
        return True


def lab_files(project: Project, language: str, config: MkDocsConfig) -> Iterator[File]:
    """Write the notebooks of one language; yield each as a page, and as a file to download."""
    address = config.site_url or ""
    local = urlsplit(address).hostname in (None, "localhost", "127.0.0.1", "::1")
    folder = project.cache / "notebooks" / language
    (folder / "labs").mkdir(parents=True, exist_ok=True)
    for page in filter(is_lab, project.pages(language)):
        path, inner = folder / "labs" / page.name, f"labs/{page.stem}"
        path.write_text(notebook(project, page, "" if local else address), "utf-8")
        to = f"{inner}/index.html"
        yield LabFile(f"{inner}.ipynb", str(folder), config.site_dir, True, dest_uri=to)
        yield File.generated(config, f"{inner}/{page.name}", abs_src_path=str(path))


def is_lab(page: Path) -> bool:
    """Return whether a page of the site is a lab."""
    return page.suffix == ".ipynb"


def fill_cells(html: str, page: Path, language: str) -> str:
    """Put what the cells of a lab show into their places.

    Raises:
        PluginError: if the places are not those of the cells, in their order.
    """
    shown = cells_html(page, language)
    places = _PLACE.findall(html)
    if places != list(shown):
        raise PluginError(f"{page}: the cells {list(shown)} come out as {places}")
    return _PLACE.sub(lambda place: shown[place[1]], html)
