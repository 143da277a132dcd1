"""mkdocs.yml is read as MkDocs reads it, without MkDocs."""

from typing import Any

from press.render.site_settings import book_order

NAV = """\
nav:
  - index.md
  - Titled: first.md
  - formula:
      - second.md
      - Titled: third.md
      - inner: [labs/fourth.ipynb]
"""


def test_pages_stand_in_their_order_with_their_part_whether_titled_or_not(small: Any) -> None:
    small.write("mkdocs.yml", NAV)
    assert list(book_order(small.project).items()) == [
        ("index.md", ""),
        ("first.md", ""),
        ("second.md", "formula"),
        ("third.md", "formula"),
        ("labs/fourth.ipynb", "inner"),
    ]
