"""The Chinese characters of a printed document, as text.

A font draws a radical and the character that looks like it with one glyph, and Chromium takes the
glyph for the radical: whoever copies or searches 文 in the document would meet ⽂. Here each font
of the document says the character.
"""

import re
from pathlib import Path
from unicodedata import normalize

from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, StreamObject

__all__ = ["mend_characters", "mended"]

# Those that Unicode's own table of like characters leaves out, each under its character: as Noto
# Sans CJK SC draws them.
_LIKE = str.maketrans(
    "⺂⺃⺅⺇⺉⺋⺏⺐⺒⺓⺔⺕⺖⺘⺙⺛⺞⺠⺡⺣⺤⺦⺨⺩⺭⺮⺯⺰⺱⺹⺺⺽⺾⻂⻅⻆⻇⻈⻉⻊⻋⻌⻐⻑⻒⻓⻔⻕⻖⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻮⻯⻰⻱⻲⼾",
    "乛乚亻𠘨刂㔾尣尢巳幺彑彐忄扌攵旡歺民氵灬爫丬犭𤣩礻𥫗糹纟罓耂肀𦥑艹衤见角𧢲讠贝𧾷车辶钅長镸长门𨸏阝青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐齿竜龙龜亀户",
)
_CHARACTER = re.compile(rb"^(<[0-9A-F]+>) <([0-9A-F]{4})>$", re.MULTILINE)
_RANGE = re.compile(rb"^<([0-9A-F]+)> <([0-9A-F]+)> <([0-9A-F]{4})>$", re.MULTILINE)


def mend_characters(pdf: Path) -> None:
    """Let each font of a document name characters where it names their radicals."""
    writer = PdfWriter(clone_from=pdf)
    for thing in writer._objects:
        if isinstance(thing, DictionaryObject) and "/ToUnicode" in thing:
            names = thing["/ToUnicode"].get_object()
            if isinstance(names, StreamObject):
                names.set_data(mended(names.get_data()))
    writer.write(pdf)


def mended(names: bytes) -> bytes:
    """Return the table by which a font names its glyphs, without radicals."""

    def one(match: re.Match[bytes]) -> bytes:
        return match[1] + b" <" + _character(int(match[2], 16)) + b">"

    def several(match: re.Match[bytes]) -> bytes:
        first, count = int(match[3], 16), int(match[2], 16) - int(match[1], 16) + 1
        codes = range(first, first + count)
        found = [_character(code) for code in codes]
        if found == [b"%04X" % code for code in codes]:
            return match[0]
        listed = b" ".join(b"<" + code + b">" for code in found)
        return b"<" + match[1] + b"> <" + match[2] + b"> [" + listed + b"]"

    return _RANGE.sub(several, _CHARACTER.sub(one, names))


def _character(code: int) -> bytes:
    """Return the code of a character, in place of its radical, as such a table writes it."""
    if not 0x2E80 <= code < 0x2FE0:
        return b"%04X" % code
    like = normalize("NFKC", chr(code).translate(_LIKE))
    return like.encode("utf-16-be").hex().upper().encode()
