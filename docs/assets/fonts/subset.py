"""Cut STIX Two Math down to the characters that the formulas and figures of the pages show.

``make update`` runs it; after a new letter in a formula this alone is enough:

    python docs/assets/fonts/subset.py

It reads the font of the npm package @fontsource/stix-two-math and writes
stix-two-math.woff2 beside this file. The MATH table, its stretched brackets and
its root signs stay; hinting, which no current screen needs, goes, and so do the
alternative shapes of letters that only a style sheet would ask for. The output is
the same for the same input, so a second run changes nothing.

One thing is changed: the taller root signs become narrower. Chromium reserves the
width of the widest of them behind every root, which left a hole after a small one.
"""

import html
import re
import unicodedata
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from press.project import Project
from press.render.formulas import render_formulas
from press.render.pages import render
from press.syntax.pages import read_page

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SOURCE = ROOT / "node_modules/@fontsource/stix-two-math/files/stix-two-math-latin-400-normal.woff2"
TARGET = HERE / "stix-two-math.woff2"

EXPONENTS = set("⁻⁰¹²³⁴⁵⁶⁷⁸⁹")  # in text, too
# What a style sheet sets in this font: formulas, words of figures, the map of the book.
SET_IN_IT = re.compile(
    r'<math\b.*?</math>|<text class="fig-math".*?</text>|<p class="press-map".*?</p>', re.DOTALL
)
LETTER = re.compile(r"<mi(?P<attributes>[^>]*)>(?P<letter>[^<&]|&\w+;)</mi>")
ROOT_WIDTH = 880  # of every root sign but the smallest, which has 794 of 1000


def characters(page: str) -> set[str]:
    """Return the characters that a rendered page shows in this font."""
    shown = EXPONENTS & set(page)
    for part in SET_IN_IT.findall(page):
        upright = LETTER.sub(lambda match: slanted(match["letter"], match["attributes"]), part)
        shown |= set(html.unescape(re.sub(r"<[^>]*>", "", upright)))
    if "<msqrt" in page or "<mroot" in page:
        shown.add("√")
    return {one for one in shown if one.isprintable() and not "\u2e80" <= one <= "\uffef"}


def slanted(letter: str, attributes: str) -> str:
    """Return what a browser shows of an identifier of one letter: its italic, if it has one."""
    letter = html.unescape(letter)
    if 'mathvariant="normal"' in attributes:
        return letter
    name = unicodedata.name(letter, "").replace(" LETTER", "").replace(" LUNATE", "")
    name = re.sub(r"^(?:LATIN |GREEK |)", "MATHEMATICAL ITALIC ", name)
    try:
        return unicodedata.lookup({"h": "PLANCK CONSTANT"}.get(letter, name))
    except KeyError:
        return letter


def narrow_roots(font: TTFont) -> None:
    """Squeeze the taller variants and the parts of the root sign to one width."""
    variants = font["MATH"].table.MathVariants
    place = variants.VertGlyphCoverage.glyphs.index(font.getBestCmap()[ord("√")])
    construction = variants.VertGlyphConstruction[place]
    names = {record.VariantGlyph for record in construction.MathGlyphVariantRecord}
    names |= {part.glyph for part in construction.GlyphAssembly.PartRecords}
    for name in names:
        width, _ = font["hmtx"][name]
        if width > ROOT_WIDTH:
            glyph = font["glyf"][name]
            glyph.coordinates.scale((ROOT_WIDTH / width, 1))
            glyph.coordinates.toInt()
            glyph.recalcBounds(font["glyf"])
            font["hmtx"][name] = (ROOT_WIDTH, glyph.xMin)


def shown_on_pages() -> set[str]:
    """Return the characters that all pages of the book show in this font."""
    project = Project.load(ROOT)
    pages = [(la, path) for la in project.languages for path in project.pages(la)]
    render_formulas(project, [path for _, path in pages])
    found = set[str]()
    for language, path in pages:
        found |= characters(render(project, language, read_page(path), stamp=False).html)
    return found


def main() -> None:
    options = subset.Options()
    options.flavor = "woff2"
    options.hinting = False
    options.bidi_closure = False  # no formula is read from right to left
    options.layout_features = ["ssty", "dtls", "flac"]  # of the features, formulas use these
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    options.recalc_timestamp = False
    options.drop_tables += ["GPOS"]
    font = subset.load_font(str(SOURCE), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(shown_on_pages())))
    cutter.subset(font)
    narrow_roots(font)
    subset.save_font(font, str(TARGET), options)
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
