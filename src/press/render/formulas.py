"""The formulas of pages, rendered in one call for each page or for many of them."""

from collections.abc import Iterable
from itertools import count
from pathlib import Path

from press.project import Project
from press.render.mathml import MathError, to_mathml
from press.render.page_state import PageState
from press.syntax.pages import read_page
from press.syntax.recognise import Recognised, recognise
from press.syntax.woven import Formula
from press.values.readable import UnreadableError, readable
from press.values.tex import Tex

__all__ = ["formulas_of", "render_formulas", "render_formulas_of"]


def render_formulas(project: Project, pages: Iterable[Path]) -> None:
    """Render the formulas of pages in one call, so that each page finds its own rendered."""
    texts = [read_page(page).body for page in pages]
    formulas = {formula: None for text in texts for formula in formulas_of(recognise(text))}
    if formulas:
        to_mathml(project.root, project.cache, list(formulas))


def render_formulas_of(page: PageState) -> None:
    """Render all formulas of one page in one call."""
    items = enumerate(page.recognised.items)
    formulas = [(index, item) for index, item in items if isinstance(item, Formula)]
    if not formulas:
        return
    project = page.project
    rendered = to_mathml(project.root, project.cache, formulas_of(page.recognised))
    for (index, item), mathml in zip(formulas, rendered, strict=True):
        page.words[index] = item.tex.shown
        if isinstance(mathml, MathError):
            page.formulas[index] = page.problem(item, f"TeX that Temml reads; {mathml}")
            continue
        page.formulas[index] = mathml
        try:
            page.words[index] = readable(item.tex)
        except UnreadableError as error:
            page.problem(item, str(error))


def formulas_of(recognised: Recognised) -> list[tuple[str, bool]]:
    """Return the formulas of a page as Temml reads them, and whether each has its own line."""
    formulas = (item for item in recognised.items if isinstance(item, Formula))
    return [(_with_classes(formula.tex), formula.display) for formula in formulas]


def _with_classes(tex: Tex) -> str:
    r"""Return a formula for Temml, each ``\val`` as its literal with a class of its own."""
    number = count()
    return tex.with_vals(lambda val: rf"\class{{press-value-{next(number)}}}{{{val.literal}}}")
