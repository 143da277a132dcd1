"""The MkDocs hook: one build per language from one mkdocs.yml, and a root that joins them.

`mkdocs build` and `mkdocs serve` read mkdocs.yml once, as the root of the site. The root
has no pages of its own; when it is built, each language is built below it, from the same
configuration with the language's own folders and words.
"""

from __future__ import annotations

import logging
import shutil
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files

from press.book import Book
from press.check import check_book
from press.lab_pages import fill_cells, is_lab_page, lab_files, use_template
from press.links import broken_site_links
from press.live import Live, title_of
from press.project import Project, read_page
from press.run import Runner

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page

log = logging.getLogger("mkdocs.press")


def on_startup(command: str, dirty: bool) -> None:
    """Start a memory if we serve."""
    if command == "serve" and Live.current is None:
        Live.current = Live()


@event_priority(100)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Turn the one configuration into the root's or a language's."""
    language = _language(config)
    if language is None:
        config.nav = []
        config.theme.static_templates = set()
        config.extra_css, config.extra_javascript = [], []
        return config
    words = config.extra["languages"][language]
    config.site_name = words["site_name"]
    config.site_description = words["site_description"]
    config.theme["language"] = language
    # Instant navigation reads each language's own sitemap; search engines read the root's.
    config.theme.static_templates -= {"404.html"}
    config.mdx_configs.setdefault("press.weave", {}).update(
        root=str(_root(config)), language=language, on_error="show"
    )
    use_template(Project.load(_root(config)), language)
    config.mdx_configs.setdefault("toc", {})["permalink_title"] = words["permalink"]
    search: Any = next(p for name, p in config.plugins.items() if name.endswith("search"))
    search.config.update(words["search"])
    return config


@event_priority(100)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Give a language its labs and what all share: assets, listings, sources."""
    language = _language(config)
    if language is None:
        return Files([])
    project = Project.load(_root(config))
    for file in [file for file in files if file.src_uri.startswith(("api/", "notebook/", "root/"))]:
        files.remove(file)
    for file in lab_files(project, language, config):
        files.append(file)
    assets = [p for p in (project.docs / "assets").rglob("*") if p.is_file() and p.suffix != ".py"]
    shown = [*assets, *project.listings.rglob("*.py")]
    shared = {path.relative_to(project.docs).as_posix(): path for path in shown}
    for package in project.packages:
        for path in (project.source / package).rglob("*.py"):
            shared[f"source/{path.relative_to(project.source).as_posix()}"] = path
    for inner, path in sorted(shared.items()):
        files.append(File.generated(config, inner, abs_src_path=str(path)))
    return files


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    """Skip the pages that an edit did not touch; the others still list their titles."""
    if Live.current is not None and _language(config) is not None:
        for page in nav.pages:
            path = _place(page, config)
            changed = path in Live.current.changed
            setattr(page.file, "is_modified", partial(bool, changed))  # noqa: B010 - a method
            if not changed:
                page.title = title_of(path)
    return nav


def on_page_read_source(page: Page, config: MkDocsConfig) -> str | None:
    """Read the text of a lab, which is not that of its notebook."""
    return read_page(_place(page, config)).body if is_lab_page(page) else None


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Complete a lab; while serving, say on a page what does not hold."""
    project = Project.load(_root(config))
    if is_lab_page(page):
        html = fill_cells(html, page, config, files)
        lab = project.labs / Path(page.file.src_uri).with_suffix(".py").name
        extras = ",".join(sorted(Runner(project).extras(lab)))
        page.meta["install"] = f"'.[{extras}]'" if extras else "."
    if Live.current is None:
        return html
    failures = Live.current.failures(project, _place(page, config))
    for failure in failures:
        log.warning("%s", failure)
    if not failures:
        return html
    rows = "".join(f"<li>{escape(str(failure))}</li>" for failure in failures)
    return f'<div class="press-failures" role="alert"><ul>{rows}</ul></div>{html}'


def on_post_build(config: MkDocsConfig) -> None:
    """Build the languages below the root, then prove what was built."""
    if _language(config) is not None:
        return
    site = Path(config.site_dir)
    shutil.rmtree(site / "search", ignore_errors=True)  # the index of a root without pages
    project = Project.load(_root(config))
    for language in project.languages:

        def load(folder: Path, language: str = language) -> MkDocsConfig:
            return _load_language(config, project, language, folder)

        if Live.current is None:
            build(load(site / language))
        else:
            Live.current.build(project, language, load, _rebuild, site / language)
    _write_root(config, project, site)
    if Live.current is None:
        _prove(project, site, urlsplit(config.site_url or "/").path)


def _load_language(
    config: MkDocsConfig, project: Project, language: str, folder: Path
) -> MkDocsConfig:
    """Return the configuration of one language, built into ``folder``."""
    own = load_config(
        config_file=str(config.config_file_path),
        docs_dir=str(project.docs / language),
        site_dir=str(folder),
        site_url=f"{(config.site_url or '/').rstrip('/')}/{language}/",
        strict=config.strict and Live.current is None,
    )
    command = "build" if Live.current is None else "serve"
    own.plugins.on_startup(command=cast("Any", command), dirty=Live.current is not None)
    return own


def _rebuild(config: MkDocsConfig, dirty: bool) -> None:
    """Build a language for a server, without MkDocs' warning that some pages are skipped."""
    builder = logging.getLogger("mkdocs.commands.build")
    builder.addFilter(_quiet)
    build(config, serve_url=config.site_url, dirty=dirty)
    builder.removeFilter(_quiet)


def _quiet(record: logging.LogRecord) -> bool:
    return "'dirty' build" not in record.getMessage()


def _write_root(config: MkDocsConfig, project: Project, site: Path) -> None:
    """Write the pages that belong to no language."""
    folder = project.docs / "theme" / "root"
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True)
    first = project.docs / project.languages[0]
    stems = [path.relative_to(first).with_suffix("") for path in project.pages(first.name)]
    pages = sorted("" if str(stem) == "index" else f"{stem.as_posix()}/" for stem in stems)
    languages = {key: config.extra["languages"][key]["name"] for key in project.languages}
    for template in sorted(path.name for path in folder.iterdir()):
        text = environment.get_template(template).render(
            site_url=config.site_url, languages=languages, pages=pages, config=config
        )
        (site / template).write_text(text, "utf-8")


def _prove(project: Project, site: Path, base: str) -> None:
    """Stop the build if a page or a link does not hold."""
    failures = [str(failure) for failure in check_book(Book(project, for_readers=True))]
    failures += [f"{file}: {message}" for file, message in broken_site_links(site, base)]
    if failures:
        raise PluginError("the book does not hold:\n" + "\n".join(failures))


def _place(page: Page, config: MkDocsConfig) -> Path:
    """Return where a page stands among the pages of its language."""
    return Path(config.docs_dir).resolve() / page.file.src_uri


def _language(config: MkDocsConfig) -> str | None:
    """Return the language that is being built, or None for the root."""
    folder = Path(config.docs_dir)
    return folder.name if folder.name in config.extra["languages"] else None


def _root(config: MkDocsConfig) -> Path:
    return Path(config.config_file_path).resolve().parent
