"""The text of a page without the blank lines and indents that the theme's templates leave."""

import re

__all__ = ["without_blanks"]

# Where a browser shows blanks as they stand, or a script may read them.
_KEPT = re.compile(r"(<(pre|textarea|script|style)\b.*?</\2>)", re.DOTALL)
_BLANKS = re.compile(r"[ \t]*\n[ \t\n\r\f]*")  # what HTML calls white space


def without_blanks(html: str) -> str:
    r"""Return HTML with one line end for each run of blanks that holds one: browsers read the same.

    Examples:
        >>> without_blanks("<ul>\n\n  <li>\n    a\n  </li></ul><pre>\n\n  b</pre>")
        '<ul>\n<li>\na\n</li></ul><pre>\n\n  b</pre>'
        >>> without_blanks("a\n \u3000b\n\xa0c")  # these two are no blanks of HTML
        'a\n\u3000b\n\xa0c'
    """
    pieces = _KEPT.split(html)
    del pieces[2::3]  # the names of what is kept
    pieces[::2] = [_BLANKS.sub("\n", piece) for piece in pieces[::2]]
    return "".join(pieces)
