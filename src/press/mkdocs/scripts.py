"""The scripts of a built site without what only their authors read."""

import json
import subprocess
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from press.execute.cache import Store
from press.execute.node import node
from press.project import Project

__all__ = ["shorten_scripts", "shorten_site"]

_SCRIPT = """
const { transformSync } = require("esbuild");
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
const options = { minify: true, format: "esm", target: "es2022", charset: "utf8" };
process.stdout.write(JSON.stringify(texts.map((text) => transformSync(text, options).code)));
"""


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
    parts = [_SCRIPT, lock.read_text("utf-8") if lock.is_file() else "", *texts]
    key = sha256(json.dumps(parts).encode()).hexdigest()[:32]
    store = Store(project.cache / "scripts")
    if (shorter := store.get(key)) is None:
        shorter = _shorter(project.root, texts)
        store.put(key, shorter)
    by_text = dict(zip(texts, shorter, strict=True))
    for file in files:
        file.write_text(by_text[file.read_text("utf-8")], "utf-8")


def _shorter(root: Path, texts: list[str]) -> list[str]:
    done = subprocess.run(  # noqa: S603 - our own script
        [node(), "-e", _SCRIPT],
        input=json.dumps(texts),
        capture_output=True,
        encoding="utf-8",
        cwd=root,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"esbuild failed:\n{done.stderr}")
    shorter: list[str] = json.loads(done.stdout)
    return shorter
