"""A lab in one language as a notebook: what readers download, and what the site shows cells of.

It reads well in Jupyter alone: checked numbers are plain literals, formulas plain TeX,
citations links. Links to chapters lead to the published site, if its address is known.
"""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from press.project import Project, file_of
from press.record.lab_outputs import read_outputs
from press.render.highlighting import highlighted, printed
from press.render.labels import LABELS
from press.syntax.definitions import find_definition
from press.syntax.lab import Cell, read_lab
from press.syntax.pages import read_page
from press.syntax.recognise import recognise
from press.syntax.woven import Citation, Figure, Formula, Listing, Number, Source, Woven

__all__ = ["cell_html", "notebook"]

_CALL_OUT = re.compile(
    r'^(?:!!!|\?\?\?\+?) \w+(?: "(?P<title>.*)")?\n(?P<body>(?:[ ]{4}.*\n|[ \t]*\n)*)', re.MULTILINE
)
_LINK = re.compile(r"(?<!!)\[(?P<text>[^\[\]]+)\]\((?P<target>[^()\s]+)\)")
_ATTRIBUTES = re.compile(r"[ ]*\{:?[ ]*[#.][^{}\n]*\}")


def notebook(project: Project, page: Path, site_url: str) -> str:
    """Return the notebook of a lab's page.

    Args:
        project: the book.
        page: the place of the lab among the pages of a language.
        site_url: where that language is published, with a slash at its end; may be empty.
    """
    lab, outputs = read_lab(file_of(page)), read_outputs(file_of(page))
    language = project.language_of(page)
    cells = list[dict[str, Any]]()
    for cell in lab.cells:
        if cell.language == language:
            text = _plain(project, page, cell, site_url)
            identity = f"text-{sum(c['cell_type'] == 'markdown' for c in cells) + 1}"
            cells.append(_cell("markdown", identity, text, {}))
        elif cell.name:
            figure = outputs.figures.get(cell.name)
            shown = _outputs(outputs.texts.get(cell.name, ""), figure)
            count = sum(c["cell_type"] == "code" for c in cells) + 1
            code = {"execution_count": count, "outputs": shown}
            cells.append(_cell("code", cell.name, cell.source, code))
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def cell_html(language: str, cell: dict[str, Any]) -> str:
    """Return a code cell of a notebook as the site shows it.

    Its figure is not here: it stands where the text of the lab puts it, with a caption.
    """
    text = "".join(out["text"] for out in cell["outputs"] if out["output_type"] == "stream")
    output = printed(LABELS[language]["output"], text) if text else ""
    return (
        '<figure class="press-listing" data-press="cell">'
        f'<figcaption data-search-exclude="1"><span class="press-name">{cell["id"]}</span>'
        f"</figcaption>{highlighted(cell['source'] + chr(10))}{output}</figure>"
    )


def _cell(kind: str, identity: str, source: str, more: dict[str, Any]) -> dict[str, Any]:
    lines = source.splitlines(keepends=True)
    return {"cell_type": kind, "id": identity, "metadata": {}, **more, "source": lines}


def _outputs(text: str, figure: Path | None) -> list[dict[str, Any]]:
    """Return what a cell showed, as a notebook holds it."""
    found: list[dict[str, Any]] = []
    if text:
        lines = text.splitlines(keepends=True)
        found.append({"name": "stdout", "output_type": "stream", "text": lines})
    if figure is not None:
        drawing = figure.read_text("utf-8").splitlines(keepends=True)
        data = {"image/svg+xml": drawing, "text/plain": ["<Figure>"]}
        found.append({"data": data, "metadata": {}, "output_type": "display_data"})
    return found


def _plain(project: Project, page: Path, cell: Cell, site_url: str) -> str:
    """Return a text cell as plain Markdown."""
    body = read_page(page).body.splitlines()
    text = "\n".join(body[cell.line : cell.line + len(cell.lines)])
    pieces, position = [], 0
    for item in recognise(text).items:
        if item.start >= position:
            pieces += [_prose(text[position : item.start], site_url), _woven(project, text, item)]
            position = item.end
    whole = "".join(pieces) + _prose(text[position:], site_url)
    return _quoted(whole + "\n").strip("\n")


def _woven(project: Project, text: str, item: Woven) -> str:
    """Return a woven thing as Jupyter reads it."""
    if isinstance(item, Number):
        return item.literal
    if isinstance(item, Formula):
        return f"$$\n{item.tex.shown}\n$$" if item.display else f"${item.tex.shown}$"
    if isinstance(item, Citation):
        work = project.cited["works"][item.key]
        return f"[{work['authors']} {work['year']}]({work['url']})"
    if isinstance(item, Figure):
        start = item.caption_start
        caption = text[start : start + len(item.caption)]
        inner = [i for i in recognise(caption).items if not isinstance(i, Figure)]
        for each in reversed(inner):
            caption = caption[: each.start] + _woven(project, caption, each) + caption[each.end :]
        return f"*{caption}*"
    if isinstance(item, Source):
        code = find_definition(project.source, item.module, item.symbol).text
        return f"```python\n{code}\n```"
    if isinstance(item, Listing):
        return f"```python\n{project.program(item.path).read_text('utf-8-sig')}```"
    return text[item.start : item.end]


def _prose(text: str, site_url: str) -> str:
    """Return prose without what only the site's Markdown reads."""
    return _ATTRIBUTES.sub("", _LINK.sub(lambda found: _link(found, site_url), text))


def _link(found: re.Match[str], site_url: str) -> str:
    """Return a link to the published site, or its words where that is not known."""
    text, target = found["text"], found["target"]
    if "://" in target:
        return found[0]
    if target.startswith("#") or not site_url:
        return text
    path, _, anchor = target.partition("#")
    address = urljoin(f"{site_url}labs/", re.sub(r"(?:index)?\.(?:md|ipynb)$", "/", path))
    return f"[{text}]({address}{'#' + anchor if anchor else ''})"


def _quoted(text: str) -> str:
    """Return a text whose call-outs, which Jupyter would take for code, are quotations."""

    def quote(found: re.Match[str]) -> str:
        lines = [line[4:] for line in found["body"].rstrip("\n").split("\n")]
        inner = _quoted("\n".join(lines) + "\n").rstrip("\n").split("\n")
        head = [f"**{found['title']}**", ""] if found["title"] else []
        return "\n".join(f"> {line}".rstrip() for line in [*head, *inner]) + "\n\n"

    return _CALL_OUT.sub(quote, text)
