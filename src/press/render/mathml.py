"""TeX to MathML while the site is built, by Temml, a page's formulas at a time."""

import json
import re
from pathlib import Path

from press.execute.cache import Store
from press.execute.imports import hash_of, text_hash
from press.execute.node import ask_node, node
from press.render.line_breaks import grouped

__all__ = ["MathError", "ready", "to_mathml"]

_ROOT = re.compile(r"\\sqrt\s*(?:(\[[^\]]*\])\s*)?(?:\{|(\\[A-Za-z]+|[^\s\\{]))")
_STRUT = r"\rule{0em}{0.71em}"  # as high as a letter b, and without its text
_UNDRAWN = re.compile(r"<(menclose|mfenced|mglyph|mlabeledtr|mlongdiv|mstack)\b")
# A prime is a sign beside its letter: as an exponent it would be a speck, and far from it.
_PRIMED = re.compile(
    r"<(msup|msubsup)>(<mi[^>]*>[^<]*</mi>)((?:(?!<msu).)*?)"
    r'<mo [^>]*class="tml-prime[^>]*>(′)</mo></\1>'
)
_AT_END = re.compile(r'<mspace width="0.1667em"></mspace>(?=(?:</mrow>)*</math>)')
_SUM = re.compile(  # at the start, or after a relation, which has its own space
    r"(<math[^>]*>(?:<mrow>)*|<mo>[=≈≤≥]</mo>)"
    r"((?:<m(?:sub|under|subsup|underover)>)?<mo )(?=[^>]*>[∑∏])"
)
_PROGRAM = Path(__file__).with_name("mathml.mjs")


class MathError(ValueError):
    """TeX that Temml does not understand."""


def to_mathml(
    root: Path, cache_folder: Path, formulas: list[tuple[str, bool]]
) -> list[str | MathError]:
    """Render formulas.

    Args:
        root: the folder of node_modules.
        cache_folder: where rendered formulas are kept.
        formulas: TeX, and whether it stands on a line of its own.

    Returns:
        For each formula its MathML, or why there is none.

    Raises:
        RuntimeError: if Node or Temml is missing.
    """
    formulas = [(_ROOT.sub(_roomy, tex), display) for tex, display in formulas]
    store = Store(cache_folder / "mathml")
    parts = (_temml_version(root), text_hash(_PROGRAM))
    keys = [hash_of(repr((*parts, tex, display)))[:32] for tex, display in formulas]
    answers = [store.get(key) for key in keys]
    missing = [i for i, answer in enumerate(answers) if answer is None]
    if missing:
        asked = {"root": str(root), "formulas": [formulas[i] for i in missing]}
        for i, answer in zip(missing, ask_node(_PROGRAM, asked), strict=True):
            answers[i] = answer
            store.put(keys[i], answer)
    return [
        _drawn(answer["is"], display) if "is" in answer else MathError(answer["error"])
        for answer, (_, display) in zip(answers, formulas, strict=True)
    ]


def _roomy(root: re.Match[str]) -> str:
    """Return the start of a root whose bar has room: browsers lay it close upon what it covers."""
    index, bare = root[1] or "", root[2]
    return rf"\sqrt{index}{{{_STRUT}" + (f" {bare}}}" if bare else "")


def _drawn(markup: str, display: bool) -> str | MathError:
    r"""Return MathML, or the error that browsers would draw less than it says.

    What is not in MathML Core, such as the bar of \overline, they leave out without a word.
    """
    undrawn = _UNDRAWN.search(markup)
    if undrawn is None:
        markup = _SUM.sub(r'\1\2lspace="0em" ', _AT_END.sub("", _PRIMED.sub(_beside, markup)))
        return markup if display else grouped(markup)
    return MathError(f"a formula must be one that browsers draw whole; none draws <{undrawn[1]}>")


def _beside(primed: re.Match[str]) -> str:
    """Return a letter with its prime, and the index after both."""
    _, letter, index, prime = primed.groups()
    marked = f'<mrow>{letter}<mo form="postfix" lspace="0em" rspace="0em">{prime}</mo></mrow>'
    return f"<msub>{marked}{index}</msub>" if index else marked


def ready(root: Path) -> None:
    """Say early that formulas cannot be rendered.

    Raises:
        RuntimeError: if Node or Temml is missing.
    """
    node()
    _temml_version(root)


def _temml_version(root: Path) -> str:
    package = root / "node_modules" / "temml" / "package.json"
    if not package.is_file():
        raise RuntimeError(f"Temml renders the formulas: run `npm ci` in {root}; found no Temml")
    return str(json.loads(package.read_text("utf-8"))["version"])
