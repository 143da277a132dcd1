"""Create the files of a new chapter."""

import re
from pathlib import Path

from press.new_files import NAME, write_new
from press.project import Project

__all__ = ["new_chapter"]


def new_chapter(project: Project, chapter: str) -> list[Path]:
    """Create a chapter's page in every language, module, test and first listing.

    The files hold what a chapter needs, marked TODO; the checks are red until it is written.

    Raises:
        ValueError: if the stem is not lower-case ASCII words joined by ``-``, or if no chapter
            says which package the module belongs to.
        FileExistsError: if one of the files is there already; nothing is written then.
    """
    if not re.fullmatch(NAME, chapter):
        raise ValueError(
            f"a chapter's stem must be lower-case words joined by '-'; got {chapter!r}"
        )
    stem = chapter.replace("-", "_")
    if not project.packages:
        raise ValueError("[tool.press.chapters] names the package of the chapters; it is empty")
    subject = project.packages[0]
    files = {
        project.source / subject / f"{stem}.py": _MODULE.format(stem=stem),
        project.root / "tests" / subject / f"test_{stem}.py": _TEST.format(stem=stem, s=subject),
        project.listings / chapter / "first.py": _LISTING.format(stem=stem, s=subject),
        project.listings / chapter / "first.out": "",
    }
    for language in project.languages:
        page = _PAGES.get(language, _PAGES["en"])
        text = page.format(chapter=chapter, stem=stem, s=subject)
        files[project.docs / language / f"{chapter}.md"] = text
    return write_new(files)


_MODULE = '''"""TODO: what this module teaches, in one line."""

__all__: list[str] = []
'''

_TEST = '''"""TODO: a law, an oracle, an edge and an error for each function of {s}.{stem}."""
'''

_LISTING = """import numpy as np

x = np.array([3.0, 4.0])
print(np.linalg.norm(x))
"""

_PAGES = {
    "en": """# TODO title {{#{chapter}}}

!!! question "TODO: the question this chapter answers, in the reader's words"

## TODO by hand {{#by-hand}}

``` listing
{chapter}/first.py
```

## What goes wrong {{#what-goes-wrong}}

## Try it yourself {{#exercises}}

## Sources {{#sources}}
""",
    "zh": """# TODO 标题 {{#{chapter}}}

!!! question "TODO：本章要回答的问题，用读者的话说"

## TODO 手算 {{#by-hand}}

``` listing
{chapter}/first.py
```

## 会出什么错 {{#what-goes-wrong}}

## 动手试试 {{#exercises}}

## 来源 {{#sources}}
""",
}
