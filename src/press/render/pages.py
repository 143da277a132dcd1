"""Render a whole page as the site does, for whoever checks it."""

from dataclasses import dataclass

from markdown import Markdown

from press.project import Project
from press.render.extension import PressExtension
from press.render.site_settings import EXTENSION, markdown_extensions
from press.syntax.pages import PageText
from press.syntax.recognise import Recognised

__all__ = ["Rendered", "render"]


@dataclass(frozen=True)
class Rendered:
    """A rendered page.

    Attributes:
        html: the page's content.
        recognised: what was found in its Markdown.
        problems: line and message of what could not be woven.
    """

    html: str
    recognised: Recognised
    problems: tuple[tuple[int, str], ...]


def render(project: Project, language: str, text: PageText, stamp: bool) -> Rendered:
    """Render a page as the site does, and keep what a checker asks for.

    Raises:
        ValueError: if the site's configuration does not name the press's own extension.
    """
    settings = markdown_extensions(project)
    if EXTENSION not in settings:
        raise ValueError(f"mkdocs.yml must name the Markdown extension {EXTENSION}")
    of_page = {
        "language": language,
        "on_error": "show",
        "first_line": text.first_line,
        "stamp": stamp,
    }
    press = PressExtension(project, **(settings[EXTENSION] | of_page))
    extensions = [press if name == EXTENSION else name for name in settings]
    content = Markdown(extensions=extensions, extension_configs=settings).convert(text.body)
    problems = sorted({*press.page.recognised.problems, *press.page.problems})
    return Rendered(content, press.page.recognised, tuple(problems))
