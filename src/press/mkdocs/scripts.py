"""The scripts of a built site without what only their authors read."""

import json
from collections.abc import Iterable
from pathlib import Path

from press.execute.cache import Store
from press.execute.imports import hash_of, text_hash
from press.execute.node import ask_node
from press.project import Project

__all__ = ["shorten_scripts", "shorten_site"]

_PROGRAM = Path(__file__).with_name("scripts.mjs")


def shorten_site(project: Project, site: Path) -> None:
    """Shorten our own scripts in a built site; the theme's and the bundles are short already."""
    ours = {path.name for path in (project.docs / "assets").rglob("*.js")}
    assets = [site / language / "assets" for language in project.languages]
    found = [path for folder in assets for path in sorted(folder.rglob("*.js"))]
    shorten_scripts(project, [path for path in found if path.name in ours])


def shorten_scripts(project: Project, scripts: Iterable[Path]) -> None:
    """Let esbuild write modules again, shorter, or recall how: those of the repository stay.

    Args:
        project: whose node_modules hold esbuild, and whose cache what it has written.
        scripts: the files to write again.

    Raises:
        RuntimeError: if one is no JavaScript.
    """
    files = list(scripts)
    texts = list(dict.fromkeys(file.read_text("utf-8") for file in files))
    lock = project.root / "package-lock.json"  # says which esbuild
    parts = [text_hash(_PROGRAM), text_hash(lock) if lock.is_file() else "", *texts]
    key = hash_of(json.dumps(parts))[:32]
    store = Store(project.cache / "scripts")
    if (shorter := store.get(key)) is None:
        shorter = ask_node(_PROGRAM, {"root": str(project.root), "texts": texts})
        store.put(key, shorter)
    by_text = dict(zip(texts, shorter, strict=True))
    for file in files:
        file.write_text(by_text[file.read_text("utf-8")], "utf-8")
    store.sweep()
