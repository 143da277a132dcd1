"""The scripts of interactive figures, bundled while the site is built, by esbuild.

Each figure is one file, and what figures share is another; a page's have the words of its language
alone. Their names hold a hash of what they say, and two builds of the same sources are the same to
the byte.
"""

import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from press.execute.cache import Store
from press.execute.imports import hash_of, text_hash
from press.execute.node import ask_node
from press.project import Project
from press.syntax.states import StateError, read_schema

__all__ = ["BundleError", "Bundles", "bundles_of"]

_PROGRAM = Path(__file__).with_name("bundles.mjs")
_PARTS = ("core", "controls", "draw", "maths")
# A figure imports all parts, so that what it has no use for does not become a second shared file.
_ENTRY = (
    "".join(f'import "#interactive/{part}.js";\n' for part in _PARTS)
    + """\
import {{ mount }} from "#interactive/core.js";
import {{ model }} from "./model.js";
import {{ status, table, view }} from "./view.js";
const figure = {{ name: {name}, schema: {schema}, words: {words}, model, view, status, table }};
export default (host, announce) => mount(host, figure, announce);
"""
)
# What every figure shares is one file from the first figure on: as if another one used all of it.
ALL = "all"
_SHARED = "".join(f'export * from "#interactive/{part}.js";\n' for part in _PARTS)
_LICENSES = {"lit-html": "LICENSE"}  # of what comes along, and is not ours: published beside it


class BundleError(ValueError):
    """Scripts that cannot be bundled."""


@dataclass(frozen=True)
class Bundles:
    """Files to publish with the pages of one language.

    Attributes:
        entries: for each figure the name of its file.
        files: what each file says.
    """

    entries: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def bundles_of(project: Project, language: str) -> Bundles:
    """Return the bundled scripts of all figures of a book in one language, or recall them.

    Raises:
        BundleError: if a script, a state or the words of one cannot be read.
        RuntimeError: if Node is missing.
    """
    names = project.interactives
    if not names:
        return Bundles()
    scripts = project.source / "interactive"
    folders = {name: project.interactive / name for name in names}
    words = _words(scripts, language)
    texts = {name: _entry(folder, words, language) for name, folder in folders.items()}
    texts[ALL] = _SHARED
    entries = {
        name: {"text": text, "folder": str(folders.get(name, scripts).relative_to(project.root))}
        for name, text in texts.items()
    }
    sources = sorted([*scripts.glob("*.js"), *project.interactive.glob("*/*/*.js*")])
    hashes = [f"{path.relative_to(project.root)} {text_hash(path)}" for path in sources]
    packages = [project.root / name for name in ("package.json", "package-lock.json")]
    hashes += [text_hash(path) for path in (_PROGRAM, Path(__file__), *packages) if path.is_file()]
    key = hash_of(json.dumps([entries, hashes]))[:32]
    store = Store(project.cache / "bundles")
    if (kept := store.get(key)) is None:
        kept = _bundle({"root": str(project.root), "entries": entries})
        del kept["files"][kept["entries"].pop(ALL)]  # nothing loads it
        for package, file in _LICENSES.items():
            text = (project.root / "node_modules" / package / file).read_text("utf-8")
            kept["files"][f"{package}.LICENSE.txt"] = text
        store.put(key, kept)
    return Bundles(kept["entries"], kept["files"])


def _words(folder: Path, language: str) -> dict[str, str]:
    """Return what a figure says in one language, or what all of them say."""
    try:
        words: dict[str, str] = tomllib.loads((folder / "words.toml").read_text("utf-8"))[language]
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BundleError(f"{folder.name}: {error}") from None
    except KeyError:
        raise BundleError(f"{folder.name}: words.toml must have [{language}]") from None
    return words


def _entry(folder: Path, shared_words: dict[str, str], language: str) -> str:
    """Return the script that puts a figure together."""
    try:
        schema = read_schema(folder / "state.toml").kinds
    except StateError as error:
        raise BundleError(f"{folder.name}: {error}") from None
    words = shared_words | _words(folder, language)
    parts = {"name": folder.name, "schema": schema, "words": words}
    return _ENTRY.format(**{k: json.dumps(v, ensure_ascii=False) for k, v in parts.items()})


def _bundle(question: dict[str, object]) -> dict[str, dict[str, str]]:
    kept: dict[str, dict[str, str]] = ask_node(_PROGRAM, question)
    if "errors" in kept:
        raise BundleError(f"esbuild must read each script; {'; '.join(kept['errors'])}")
    return kept
