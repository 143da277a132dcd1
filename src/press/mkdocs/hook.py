"""The MkDocs hook: one build per language from one mkdocs.yml, and a root that joins them.

`mkdocs build` and `mkdocs serve` read mkdocs.yml once, as the root of the site. The root
has no pages of its own; when it is built, each language is built below it, from the same
configuration with the language's own folders and words.
"""

from __future__ import annotations

import logging
import shutil
from contextlib import suppress
from functools import partial
from html import escape
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Section

from press.execute.runner import Runner
from press.mkdocs.address import published_at, tell_local
from press.mkdocs.blanks import without_blanks
from press.mkdocs.book import BookPages, book_name
from press.mkdocs.frame import SiteFrame
from press.mkdocs.lab_pages import is_lab, lab_files, render_as_page, with_cells
from press.mkdocs.scripts import shorten_site
from press.mkdocs.search import SearchText
from press.mkdocs.server import end_on_signals, refuse_taken_port, serve_from
from press.mkdocs.styles import join_styles, parts_of, trim_sheets
from press.palette import DARK, LIGHT
from press.paper.chromium import require_chromium
from press.project import CacheError, Project, file_of
from press.record.share import SIZE, share_of
from press.render.bundles import BundleError, bundles_of
from press.render.description import description_of
from press.render.formulas import render_formulas
from press.render.mathml import ready
from press.serve.incremental import IncrementalSite
from press.syntax.pages import read_page, title_of

if TYPE_CHECKING:
    import jinja2
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page

log = logging.getLogger("mkdocs.press")


# MkDocs loads its hooks anew with every configuration, so what a server remembers is kept by the
# command that serves, and handed on from one configuration to the next under this name.
_SERVED = "press.served"
# What a language's configuration carries from one step of its build to a later one; a book alone
# if the build prints one.
_SEARCH, _NAV, _BOOK = "press.search", "press.nav", "press.book"
# What the theme's folder holds that is no file of the site.
_NOT_FILES = ("api/", "book/", "root/")


def on_startup(command: str, dirty: bool) -> None:
    """Start a memory if we serve; without live reload MkDocs serves what it has built whole."""
    end_on_signals()
    context = click.get_current_context(silent=True)
    reloads = context is not None and context.params.get("livereload", True)
    if context is not None and command == "serve" and reloads and _SERVED not in context.meta:
        context.meta[_SERVED] = IncrementalSite()
        context.call_on_close(context.meta[_SERVED].close)


def on_serve(server: LiveReloadServer, config: MkDocsConfig, builder: object) -> LiveReloadServer:
    """Let pages be rendered when they are requested."""
    if served := _served(config):
        serve_from(server, served)
    return server


def _served(config: MkDocsConfig) -> IncrementalSite | None:
    """Return what the server that this configuration belongs to remembers, if there is one."""
    site: IncrementalSite | None = config.get(_SERVED)
    return site


def _book(config: MkDocsConfig) -> BookPages | None:
    """Return what keeps the pages of a language for its book, if one is printed."""
    book: BookPages | None = config.get(_BOOK)
    return book


@event_priority(100)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Turn the one configuration into the root's or a language's."""
    language = _language(config)
    if language is None:
        context = click.get_current_context(silent=True)
        config[_SERVED] = context.meta.get(_SERVED) if context else None
        _prepare(config)
        if _served(config) is None and (address := published_at(Project.load(_root(config)))):
            config.site_url = address
        config.nav = []
        config.theme.dirs, config.theme.static_templates = [], set()
        config.extra_css, config.extra_javascript = [], []
        return config
    printed = config.extra.get("book") and not _served(config)
    config.extra["book"] = book_name(language) if printed else ""
    words = config.extra["languages"][language]
    config.site_name = words["site_name"]
    config.site_description = words["site_description"]
    config.theme["language"] = language
    # Instant navigation reads each language's own sitemap; search engines read the root's.
    config.theme.static_templates -= {"404.html"}
    config.mdx_configs.setdefault("press.render", {}).update(
        root=str(_root(config)), language=language, on_error="show"
    )
    config.mdx_configs.setdefault("toc", {})["permalink_title"] = words["permalink"]
    if _SEARCH not in config:  # a served language is built again, and its pages are kept
        config[_SEARCH] = SearchText()
    return config


def _prepare(config: MkDocsConfig) -> None:
    """Stop with one line if something lacks that serving or building needs."""
    project = Project.load(_root(config))
    try:
        project.writable_cache()
    except CacheError as error:
        raise Abort(str(error)) from None
    try:
        ready(project.root)
        if config.extra.get("book"):
            require_chromium()
    except RuntimeError as error:
        raise Abort(str(error)) from None
    served = _served(config)
    if served is None:
        _refuse_locked(Path(config.site_dir))
    elif served.project is None:
        refuse_taken_port(*config.dev_addr)


def _refuse_locked(site: Path) -> None:
    """Say before anything is built that the site cannot be written."""
    try:
        site.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=site):
            pass
    except OSError as error:
        raise Abort(
            f"The site's folder {site} must be one that can be written ({error.strerror})."
            " Name another one: make build SITE=FOLDER, or mkdocs build --site-dir FOLDER"
        ) from None


@event_priority(100)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Give a language its labs and what all share: assets, listings, sources."""
    language = _language(config)
    if language is None:
        return Files([])
    project = Project.load(_root(config))
    for file in [file for file in files if file.src_uri.startswith(_NOT_FILES)]:
        files.remove(file)
    for file in lab_files(project, language, config):
        files.append(file)
    folder = project.docs / "assets"
    styles = {name: project.docs / name for name in map(str, config.extra_css)}
    joined = {part for entry in styles.values() for part in (entry, *parts_of(entry))}
    assets = [p for p in folder.rglob("*") if p.is_file() and p.suffix != ".py"]
    assets = [path for path in assets if path not in joined]
    shown = [*assets, *project.listings.rglob("*.py")]
    shared = {path.relative_to(project.docs).as_posix(): path for path in shown}
    for package in project.packages:
        for path in (project.source / package).rglob("*.py"):
            shared[f"source/{path.relative_to(project.source).as_posix()}"] = path
    for inner, path in sorted(shared.items()):
        files.append(File.generated(config, inner, abs_src_path=str(path)))
    with suppress(BundleError):  # the pages say so
        for name, text in bundles_of(project, language).files.items():
            files.append(File.generated(config, f"assets/interactive/{name}", content=text))
    themes = [file for file in files if file.src_uri.startswith("assets/stylesheets/")]
    for file in themes:
        files.remove(file)
    sheets = sorted(str(file.abs_src_path) for file in themes if file.src_uri.endswith(".css"))
    for inner, entry in styles.items():
        joined_text = join_styles(entry, map(Path, sheets))
        files.append(File.generated(config, inner, content=joined_text))
    return files


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    """While serving, skip all pages: each is rendered when it is requested, but has its title."""
    language, served = _language(config), _served(config)
    if language is not None:
        _name_parts(nav, config.extra["languages"][language])
    if served is not None and language is not None:
        for file in files.documentation_pages():
            setattr(file, "is_modified", bool)  # noqa: B010 - a method that returns False
        for page in nav.pages:
            if page is not nav.homepage:
                page.title = title_of(_place(page, config))
        frame = served.languages[language].frame
        if isinstance(frame, SiteFrame):
            frame.nav = nav
    config[_NAV] = nav
    return nav


def _name_parts(nav: Navigation, words: dict[str, Any]) -> None:
    """Give the parts of the book their names in a language, and the first page a short one.

    The site's own title stands above both, and the first page says it again as its heading.
    """
    for section in (item for item in nav.items if isinstance(item, Section)):
        if section.title not in words["parts"]:
            raise PluginError(
                f"each part of nav must have a name in each language's parts; got {section.title!r}"
            )
        section.title = words["parts"][section.title]
    if nav.homepage is not None:
        nav.homepage.title = words["home"]


@event_priority(-100)
def on_env(env: jinja2.Environment, config: MkDocsConfig, files: Files) -> None:
    """Keep compiled templates; while serving, keep what MkDocs has made for the pages."""
    language, served = _language(config), _served(config)
    templates = Project.load(_root(config)).cache / "templates"
    templates.mkdir(exist_ok=True)
    env.bytecode_cache = FileSystemBytecodeCache(str(templates))
    if served is not None and language is not None:
        frame = served.languages[language].frame
        if isinstance(frame, SiteFrame):
            frame.keep(files, env)


def on_page_read_source(page: Page, config: MkDocsConfig) -> str | None:
    """Read the text of a lab, which is not that of its notebook."""
    place = _place(page, config)
    if not is_lab(place):
        return None
    render_as_page(page)
    return read_page(place).body


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Complete a lab; while serving, say on a page what does not hold."""
    project = Project.load(_root(config))
    place, served = _place(page, config), _served(config)
    if is_lab(place):
        html = with_cells(html, page, Path(config.docs_dir).name)
        extras = ",".join(sorted(Runner(project).extras(file_of(place))))
        page.meta["install"] = f"'.[{extras}]'" if extras else "."
    failures = served.failures(place) if served is not None else []
    if not failures:
        return html
    rows = "".join(f"<li>{escape(str(failure))}</li>" for failure in failures)
    return f'<div class="press-failures" role="alert"><ul>{rows}</ul></div>{html}'


def on_page_context(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    """Let the search know what a page says, and the head what it is shared with."""
    project = Project.load(_root(config))
    entry = config[_SEARCH].add(page)
    context["shared"] = {
        "title": entry.title,
        "description": description_of(entry.sections[0].text),
        "picture": share_of(project, _place(page, config)),
        "size": SIZE,
    }
    context["repository"] = project.addresses.get("Repository", "").rstrip("/")
    if book := _book(config):
        book.keep(page, page.content or "")
    return context


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Leave out what the templates indent."""
    return without_blanks(output)


def on_post_build(config: MkDocsConfig) -> None:
    """Write a language's search; build the languages below the root, and prove what was built."""
    if _language(config) is not None:
        _write_search(config)
        return
    project = Project.load(_root(config))
    if served := _served(config):
        served.update(project, partial(_frame, config, project))
        _write_root(config, project, served.folder)
        return
    site = Path(config.site_dir)
    pages = [page for language in project.languages for page in project.pages(language)]
    render_formulas(project, pages)
    _build_languages(config, project, site)
    _write_root(config, project, site)
    _prove(project, site, urlsplit(config.site_url or "/").path)
    if not published_at(project):
        tell_local(config.site_url or "")


def _build_languages(config: MkDocsConfig, project: Project, site: Path) -> None:
    """Build every language, then shorten the styles and scripts of all."""
    sheets = list[Path]()
    for language in project.languages:
        loaded = _load_language(config, project, language, site / language)
        loaded[_BOOK] = BookPages() if config.extra.get("book") else None
        build(loaded)
        if book := _book(loaded):
            book.print(loaded, project, loaded[_NAV].pages)
        sheets += [site / language / name for name in map(str, loaded.extra_css)]
    trim_sheets(site, sheets)
    shorten_site(project, site)


def _frame(config: MkDocsConfig, project: Project, language: str, folder: Path) -> SiteFrame:
    return SiteFrame(_load_language(config, project, language, folder), _write_search)


def _write_search(config: MkDocsConfig) -> None:
    chapters = Project.load(_root(config)).chapters
    config[_SEARCH].write(Path(config.site_dir), config[_NAV].pages, chapters)


def _load_language(
    config: MkDocsConfig, project: Project, language: str, folder: Path
) -> MkDocsConfig:
    """Return the configuration of one language, built into ``folder``."""
    served = _served(config)
    loaded = load_config(
        config_file=str(config.config_file_path),
        docs_dir=str(project.docs / language),
        site_dir=str(folder),
        site_url=f"{(config.site_url or '/').rstrip('/')}/{language}/",
        strict=config.strict and served is None,
    )
    loaded[_SERVED] = served
    loaded.plugins.on_startup(command="build" if served is None else "serve", dirty=False)
    return loaded


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
            site_url=config.site_url, languages=languages, pages=pages, config=config,
            light=LIGHT, dark=DARK,
        )  # fmt: skip
        (site / template).write_text(text, "utf-8")
    for picture in project.share.rglob("*.png"):
        copy = site / "share" / picture.relative_to(project.share)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(picture, copy)


def _prove(project: Project, site: Path, base: str) -> None:
    """Stop the build if a page or a link does not hold."""
    from press.check.book import Book  # noqa: PLC0415 - a server proves in another process
    from press.check.checks import check_book  # noqa: PLC0415
    from press.check.links import broken_site_links  # noqa: PLC0415

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
