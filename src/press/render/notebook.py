"""A lab in one language as a notebook: what readers download, and what the site shows cells of.

It reads well in Jupyter alone: checked numbers are plain literals, formulas plain TeX,
citations links. Links to chapters lead to the published site, if its address is known.
"""

import re
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import nbformat
from nbformat import v4

from press.project import Project, file_of
from press.record.lab_outputs import read_outputs
from press.render.highlighting import highlighted, printed
from press.render.labels import labels_of
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
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    whole = v4.new_notebook(metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
    texts, codes = count(1), count(1)
    for cell in lab.cells:
        if cell.language == language:
            text = _plain(project, page, cell, site_url)
            whole.cells.append(v4.new_markdown_cell(text, id=f"text-{next(texts)}"))
        elif cell.name:
            shown = _outputs(outputs.texts.get(cell.name, ""), outputs.figures.get(cell.name))
            code = v4.new_code_cell(
                cell.source, id=cell.name, execution_count=next(codes), outputs=shown
            )
            whole.cells.append(code)
    nbformat.validate(whole)
    return str(nbformat.writes(whole)) + "\n"


def cell_html(language: str, cell: dict[str, Any]) -> str:
    """Return a code cell of a notebook, and what it printed, as the site shows them.

    Its figure is not here: it stands where the text of the lab puts it, with a caption.
    """
    text = "".join(out["text"] for out in cell["outputs"] if out["output_type"] == "stream")
    output = printed(labels_of(language)["output"], text) if text else ""
    return (
        '<figure class="press-listing" data-press="cell">'
        f'<figcaption><span class="press-name">{cell["id"]}</span>'
        f"</figcaption>{highlighted(cell['source'] + chr(10))}{output}</figure>"
    )


def _outputs(text: str, figure: Path | None) -> list[Any]:
    """Return what a cell showed, as a notebook holds it."""
    outputs = [v4.new_output("stream", name="stdout", text=text)] if text else []
    if figure is not None:
        data = {"image/svg+xml": figure.read_text("utf-8"), "text/plain": "<Figure>"}
        outputs.append(v4.new_output("display_data", data=data))
    return outputs


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
        axes = "".join(
            f"- {arrow} {' | '.join(_inline(project, words) for words, _ in axis)}\n"
            for arrow, axis in (("↑", item.y), ("→", item.x))
            if axis
        )
        return f"{axes}\n*{_inline(project, item.caption)}*".lstrip()
    if isinstance(item, Source):
        code = find_definition(project.source, item.module, item.symbol).text
        return f"```python\n{code}\n```"
    if isinstance(item, Listing):
        return f"```python\n{project.program(item.path).read_text('utf-8-sig')}```"
    return text[item.start : item.end]


def _inline(project: Project, text: str) -> str:
    """Return a text in a line, with what is woven into it, as Jupyter reads it."""
    for item in reversed(recognise(text).items):
        text = text[: item.start] + _woven(project, text, item) + text[item.end :]
    return text


def _prose(text: str, site_url: str) -> str:
    """Return prose without what only the site's Markdown reads."""
    return _ATTRIBUTES.sub("", _LINK.sub(lambda match: _link(match, site_url), text))


def _link(match: re.Match[str], site_url: str) -> str:
    """Return a link to the published site, or its words where that is not known."""
    text, target = match["text"], match["target"]
    if "://" in target:
        return match[0]
    if target.startswith("#") or not site_url:
        return text
    path, _, anchor = target.partition("#")
    address = urljoin(f"{site_url}labs/", re.sub(r"(?:index)?\.(?:md|ipynb)$", "/", path))
    return f"[{text}]({address}{'#' + anchor if anchor else ''})"


def _quoted(text: str) -> str:
    """Return a text whose call-outs, which Jupyter would take for code, are quotations."""

    def quote(match: re.Match[str]) -> str:
        lines = [line[4:] for line in match["body"].rstrip("\n").split("\n")]
        inner = _quoted("\n".join(lines) + "\n").rstrip("\n").split("\n")
        head = [f"**{match['title']}**", ""] if match["title"] else []
        return "\n".join(f"> {line}".rstrip() for line in [*head, *inner]) + "\n\n"

    return _CALL_OUT.sub(quote, text)
