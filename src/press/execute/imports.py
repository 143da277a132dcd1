"""Which of our files a program can depend on: those of the modules that it imports."""

import ast
import hashlib
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeGuard

__all__ = ["Imports", "hash_of", "own_text", "text_hash"]

_ALL = ".*"  # behind a package that is imported whole: any name of it may be used


class Imports:
    """What programs import, one module through another; make a new one after an edit."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """Keep the folders of our modules; nothing is read yet."""
        self.folders = folders
        self._hashes: dict[Path, str] = {}
        self._known: dict[str, tuple[frozenset[str], list[Path]]] = {}

    def hash_of(self, file: Path) -> str:
        """Return the hash of a file's text."""
        if file not in self._hashes:
            self._hashes[file] = text_hash(file)
        return self._hashes[file]

    def of(self, text: str) -> tuple[set[str], set[Path]]:
        """Return the modules that a program imports, one through another, and our files there.

        What lies in a package and is no module is counted as well, for its modules may read it.
        """
        modules, files, waiting = set[str](), set[Path](), set(_modules(text))
        while waiting:
            name = waiting.pop()
            modules.add(name)
            if name not in self._known:
                self._known[name] = self._look_at(name)
            imports, its_files = self._known[name]
            files.update(its_files)
            waiting |= imports - modules
        return {name for name in modules if not name.endswith(_ALL)}, files

    def needed_by(self, text: str) -> set[str]:
        """Return the modules that a program imports at its start, one through another.

        What a function of ours imports when it is called, such as the library of the arrays that
        it is given, is not among them.
        """
        found, waiting = set[str](), set(_modules(text))
        while waiting:
            name = waiting.pop()
            found.add(name)
            waiting |= self._imported_at_once(name) - found
        return {name for name in found if not name.endswith(_ALL)}

    def _imported_at_once(self, name: str) -> frozenset[str]:
        """Return what a module of ours imports when it is imported, or a name when it is used."""
        imports = self._on_first_use(name)
        for _, file, package in self._files_of(name):
            imports |= _modules(file.read_text("utf-8-sig"), package, called=False)
        return imports

    def _on_first_use(self, name: str) -> frozenset[str]:
        """Return the modules that a package of ours imports when a name of it is first used."""
        package, _, used = name.rpartition(".")
        imports = frozenset[str]()
        for _, file, _ in self._files_of(package):
            if file.name == "__init__.py":
                offered = _offered(file.read_text("utf-8-sig"), package)
                used_names = offered if used == _ALL[1:] else offered.keys() & {used}
                imports = imports.union(*(offered[each] for each in used_names))
        return imports

    def _files_of(self, name: str) -> Iterator[tuple[Path, Path, str]]:
        """Yield where a module of ours lies, its file, and the package that it belongs to."""
        for folder in self.folders:
            inner = folder.joinpath(*name.split("."))
            for file in filter(Path.is_file, (inner.with_suffix(".py"), inner / "__init__.py")):
                yield inner, file, name if file.parent == inner else name.rpartition(".")[0]

    def _look_at(self, name: str) -> tuple[frozenset[str], list[Path]]:
        """Return what a module imports, and its files; nothing, if it is not ours."""
        imports, files = self._on_first_use(name), list[Path]()
        for inner, file, package in self._files_of(name):
            imports |= _modules(file.read_text("utf-8-sig"), package)
            files += [file, *(_data(inner) if file.parent == inner else ())]
        return imports, files


def text_hash(file: Path) -> str:
    """Return the hash of a text, the same whether its lines end as Unix or as Windows ends them."""
    return hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def hash_of(text: str) -> str:
    """Return the hash of a text that has been read, the same as that of its file."""
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def own_text(*modules: str) -> str:
    """Return the text of modules of this room and of all of the press that these import.

    What a process does to what it answers, the key of the answer must tell.
    """
    imports = Imports((Path(__file__).resolve().parents[2],))
    files = imports.of("".join(f"import press.execute.{module}\n" for module in modules))[1]
    ours = sorted(file for file in files if file.suffix == ".py" and file.name != "__init__.py")
    return "".join(file.read_text("utf-8") for file in ours)


@lru_cache(maxsize=1024)
def _modules(text: str, package: str = "", called: bool = True) -> frozenset[str]:
    """Return the modules, and those that they lie in, that a file imports; none if unreadable.

    What a name is that comes ``from`` a module, a file has to tell: it is returned as well. What
    stands under ``if TYPE_CHECKING`` is never imported.

    Args:
        text: what the file says.
        package: the package that it belongs to.
        called: whether what functions import when they are called counts.
    """
    names = set[str]()
    for node in _that_run(_tree(text), called=called):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] + _ALL for alias in node.names}
            names |= {alias.name + _ALL for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {name + _ALL for name in _names_from(node, package).values()}
    parts = (name.split(".") for name in names)
    return frozenset(".".join(part[:n]) for part in parts for n in range(1, len(part) + 1))


def _tree(text: str) -> ast.Module:
    """Return what a file says; nothing, while somebody is writing it and it cannot be read."""
    try:
        return ast.parse(text)
    except SyntaxError:
        return ast.Module([], [])


def _names_from(node: ast.ImportFrom, package: str) -> dict[str, str]:
    """Return what each name that comes from a module is there, as one dotted name."""
    above = package.split(".")[: 1 - node.level or None] if node.level else []
    return {
        alias.asname or alias.name: ".".join(filter(None, (*above, node.module, alias.name)))
        for alias in node.names
    }


def _that_run(node: ast.AST, *, called: bool) -> Iterator[ast.AST]:
    """Yield what runs when a module is imported and, if it counts, when its functions are."""
    if not called and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return
    yield node
    for inner in node.orelse if _is_for_types(node) else ast.iter_child_nodes(node):
        yield from _that_run(inner, called=called)


def _is_for_types(node: ast.AST) -> TypeGuard[ast.If]:
    """Return whether a statement is ``if TYPE_CHECKING``, whose body never runs."""
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
    )


@lru_cache(maxsize=64)
def _offered(text: str, package: str) -> dict[str, frozenset[str]]:
    """Return the modules that each name needs which a package imports when it is first used.

    Such a package says under ``if TYPE_CHECKING`` what comes from where. None, if unreadable.
    """
    offered: dict[str, frozenset[str]] = {}
    for outer in filter(_is_for_types, _tree(text).body):
        for node in (inner for inner in outer.body if isinstance(inner, ast.ImportFrom)):
            for name, whole in _names_from(node, package).items():
                parts = whole.split(".")
                offered[name] = frozenset(".".join(parts[:n]) for n in range(1, len(parts) + 1))
    return offered


def _data(package: Path) -> list[Path]:
    """Return the files of a package that are no modules; a package in it has its own."""
    files = list[Path]()
    for path in package.iterdir():
        if path.is_dir() and not (path / "__init__.py").is_file():
            files += _data(path)
        elif path.is_file() and path.suffix not in {".py", ".pyc"}:
            files.append(path)
    return files
