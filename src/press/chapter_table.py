"""The table of chapters in README.md: it follows the navigation, and leads to what is published."""

import re
from pathlib import Path

from press.project import Project
from press.render.site_settings import book_order
from press.syntax.pages import title_of

__all__ = ["chapter_table", "write_chapter_table"]

_TABLE = re.compile(r"(?<=\n\| --- \| --- \| --- \|\n)(?:\| .*\n)+")


def chapter_table(project: Project, published: str = "") -> str:
    """Return the rows of the table.

    Args:
        project: the book.
        published: the address of the published site; without one, links lead to the files.
    """
    rows = []
    for page in book_order(project):
        stem = page.removesuffix(".md")
        if stem == page:
            continue  # labs belong to their chapters
        cells = []
        for language in project.languages:
            file = project.docs / language / page
            link = file.relative_to(project.root).as_posix()
            if published:
                inner = "" if stem == "index" else f"{stem}/"
                link = f"{published.rstrip('/')}/{language}/{inner}"
            cells.append(f"[{title_of(file)}]({link})")
        rows.append(f"| {' | '.join(cells)} | `{stem}` |\n")
    return "".join(rows)


def write_chapter_table(project: Project) -> list[Path]:
    """Write the table into README.md, if it has one; return the file if that changed it."""
    readme = project.root / "README.md"
    before = readme.read_text("utf-8") if readme.is_file() else ""
    if not _TABLE.search(before):
        return []
    table = chapter_table(project, project.addresses.get("Documentation", ""))
    after = _TABLE.sub(lambda _: table, before)
    if after == before:
        return []
    readme.write_text(after, "utf-8", newline="\n")
    return [readme]
