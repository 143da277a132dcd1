"""Cut STIX Two Math down to what the formulas of this site need.

Run it after ``npm ci``, with fonttools and brotli installed:

    python docs/assets/fonts/subset.py

It reads the font of the npm package @fontsource/stix-two-math and writes
stix-two-math.woff2 beside this file. The MATH table, its stretched brackets and
its root signs stay; hinting, which no current screen needs, goes. The output is
the same for the same input, so a second run changes nothing.

One thing is changed: the taller root signs become narrower. Chromium reserves the
width of the widest of them behind every root, which left a hole after a small one.
"""

from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SOURCE = ROOT / "node_modules/@fontsource/stix-two-math/files/stix-two-math-latin-400-normal.woff2"
TARGET = HERE / "stix-two-math.woff2"

RANGES = [
    (0x20, 0x7E),  # ASCII
    (0x391, 0x3A9),  # Greek capitals
    (0x3B1, 0x3C9),  # Greek small letters
    (0x1D400, 0x1D433),  # bold: matrices and vectors in some papers
    (0x1D434, 0x1D467),  # italic: every letter of an ordinary formula
    (0x1D6FC, 0x1D71B),  # Greek italic, small
]
SINGLES = (
    "\u00a0±·×÷¬°½¼¾′″‴†‡…‖"
    "ℎℓℒℝℕℤℂ𝒩𝒪𝟎𝟏"  # italic h stands apart from its alphabet
    "ϵϑϕ𝛤𝛥𝛩𝛬𝛴𝛷𝛹𝛺"
    "←→↑↓↔↦⇒⇐⇔⟶⟵⟹⟺"
    "∀∂∃∅∇∈∉∋∏∐∑−∓∗∘∙√∝∞∠∣∤∥∧∨∩∪∫∴∼≃≅≈≉≠≡≢≤≥≪≫⊂⊃⊆⊇⊕⊖⊗⊙⊤⊥⋅⋆⋮⋯⋰⋱"
    "⌈⌉⌊⌋⟨⟩⟦⟧⏞⏟‾_^~ˆ˜¯˙→⃗̂̃̄"
    "\u2061\u2062\u2063\u2064"  # invisible operators
)

ROOT_WIDTH = 880  # of every root sign but the smallest, which has 794 of 1000


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


def main() -> None:
    characters = {chr(code) for first, last in RANGES for code in range(first, last + 1)}
    options = subset.Options()
    options.flavor = "woff2"
    options.hinting = False
    options.layout_features = ["*"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    options.recalc_timestamp = False
    options.drop_tables += ["GPOS"]
    font = subset.load_font(str(SOURCE), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(characters | set(SINGLES))))
    cutter.subset(font)
    narrow_roots(font)
    subset.save_font(font, str(TARGET), options)
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
