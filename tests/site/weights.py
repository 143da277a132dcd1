"""What a first visit to a built page loads, told from its files alone: no browser runs.

`test_budget.py` asks a browser on some pages whether that is the truth.
"""

import gzip
import re
from functools import cache
from pathlib import Path
from posixpath import normpath

__all__ = ["elements_of", "files_of", "weight_of"]

_LINK = re.compile(r"<link\b[^>]*>")
_LOADED = re.compile(r'\brel="(?:stylesheet|preload|modulepreload|icon)"')
_SCRIPT = re.compile(r'<script\b[^>]*\ssrc="([^"]+)"')
_IMPORT = re.compile(r'(?:^|;)import *(?:[^"();]*from *)?"(\.[^"]+)"', re.MULTILINE)
_IMPORT_FOR = re.compile(r'querySelector\("([\w-]+)"\)(?:\) |&&)import\("(\.[^"]+)"\)')
_FIGURE = re.compile(r'<figure [^>]*data-module="([^"]+)"')  # as if it were near the first screen
_URL = re.compile(r'url\("?([^")]+)"?\)')
_ADDRESS = re.compile(r'\bhref="([^"?#]+)')
_COMPRESSED = {".css", ".html", ".js", ".json", ".svg", ".xml"}  # a font is, by itself


def files_of(site: Path, page: str) -> set[str]:
    """Return the files that a first visit to a page loads, as paths below the site.

    Of our modules it knows what they import at once, and what they import for an element of a page.

    Args:
        site: the folder that was built.
        page: the address of a page below it, such as ``en/softmax/``.
    """
    text = (site / page / "index.html").read_text("utf-8")
    links = [link for link in _LINK.findall(text) if _LOADED.search(link)]
    addresses = [_ADDRESS.search(link)[1] for link in links] + _SCRIPT.findall(text)
    found = {normpath(f"{page}{address.partition('?')[0]}") for address in addresses}
    language = page.partition("/")[0]
    found.add(f"{language}/sitemap.xml")  # Material asks it where it may navigate instantly
    found |= {f"{language}/assets/interactive/{name}" for name in _FIGURE.findall(text)}
    waiting = [name for name in found if name.endswith(".js") and "/javascripts/" not in name]
    while waiting:
        name = waiting.pop()
        script, folder = (site / name).read_text("utf-8"), Path(name).parent.as_posix()
        imports = _IMPORT.findall(script)
        imports += [file for tag, file in _IMPORT_FOR.findall(script) if f"<{tag}" in text]
        more = {normpath(f"{folder}/{file}") for file in imports} - found
        found |= more
        waiting += more
    if "<math" in text or 'class="fig-math"' in text or "press-map" in text:
        for sheet in [name for name in found if name.endswith(".css")]:
            inner = Path(sheet).parent.as_posix()
            fonts = _URL.findall((site / sheet).read_text("utf-8"))
            found |= {normpath(f"{inner}/{font}") for font in fonts if font.endswith(".woff2")}
    return {f"{page}index.html", *found}


def weight_of(site: Path, page: str) -> int:
    """Return the bytes of a first visit, compressed as web servers do."""
    return sum(_weight(site / name) for name in files_of(site, page))


def elements_of(site: Path, page: str) -> int:
    """Return the number of elements of a page as it arrives."""
    return len(re.findall(r"<[a-z]", (site / page / "index.html").read_text("utf-8")))


@cache
def _weight(file: Path) -> int:
    content = file.read_bytes()
    return len(gzip.compress(content, 6)) if file.suffix in _COMPRESSED else len(content)
