"""No numeral that a reader sees or hears stays unaccounted for, wherever it stands."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from press.check.numerals import bare_numerals, stray_numerals

EXEMPT = ("Python 3.11", "GPT-2", "CC BY 4.0", "L2", "H200")


def strays(small: Any, markdown: str) -> list[int]:
    """Return the lines of what nothing accounts for."""
    return [line for line, _ in stray_numerals(small.page(markdown))]


@pytest.mark.parametrize(
    "markdown",
    [
        "It is 42.",
        "12 heads",
        "共 12 个头",
        "**bold 4** and *thin*",
        "**4**",
        "two~~3~~",
        "# Title 3 {#title}",
        "Title 3\n=======",
        "| a | b |\n|---|---|\n| 1 | b |",
        "| a 1 | b |\n|---|---|\n| a | b |",
        "- item 7",
        "1. item 7",
        "1) one",
        "> quoted 7",
        "![length 3](a.png)",
        '![length](a.png "title 3")',
        '[text](https://x.org "title 3")',
        "[text 3](https://x.org)",
        '<img src="a.png" alt="3">',
        '<span title="3">a</span>',
        '<span aria-label="3">a</span>',
        "<span>3</span>",
        "<div>3</div>",
        "<b>a</b>3",
        "<details><summary>3</summary>a</details>",
        '<input placeholder="3">',
        "<svg><text>3</text></svg>",
        "<code>3</code>",
        "<samp>3</samp>",
        "<pre>3</pre>",
        "<pre><code>x = 3</code></pre>",
        "<math><mn>3</mn></math>",
        "a\n\n    x = 3",
        "Term 3\n:   Definition",
        "Term\n:   Definition 3",
        "Text.[^note]\n\n[^note]: Note 3.",
        '!!! note "Title 3"\n\n    Body.',
        '!!! note "Title"\n\n    Body 3.',
        '??? answer "Title"\n\n    Body 3.',
        "HTML\n\n*[HTML]: language 3",
        "full-width ２７",
        "x² and more",
        "x₂ and more",
        "a ½ b",
        "① first",
        "⑴ first",
        "⒈ first",
        "❶ first",
        "Ⅳ fourth",
        "٣ bananas",
        "&#51; apples",
        "&frac12; an apple",
        "&sup2;",
        "H2O",
        "fp16",
        "L25",
        "L2x",
        "XL2",
        "GPT-23",
        "GPT-2.5",
        "H2005",
        "Python 3.12",
        "Python 3.111",
        "Python  3.12",
        "[3](https://x.org)",
        "<https://x.org/3>",
        "v1.2",
        "3",
    ],
)
def test_a_numeral_is_found(fixed: Any, markdown: str) -> None:
    assert strays(fixed, markdown) != []


@pytest.mark.parametrize(
    "markdown",
    [
        "No numeral at all.",
        "两个、三次、first",
        "The [27.7]{= length} is checked.",
        "![a [27.7]{= length}](a.png '[9]{= nine}')",
        '<span title="[9]{= nine}">a</span>',
        "# Title [9]{= nine} {#title-2}",
        "| [1,179,648]{= parameters} | [[3, 4]]{= x} |\n|---|---|\n| [½]{= y} | b |",
        "As [@vaswani2017] says.",
        r"$a_1^2 + 3 = 4$",
        "``` listing\npowers/squares.py\n```",
        "``` source\nsubject.powers:square\n```",
        "``` figure\npowers/line.svg\nalt: A [3]{= x[0]}.\ncaption: A [3]{= x[0]} and $a^2$.\n```",
        "`x[0] == 3`",
        "1. one\n2. two\n3. three",
        "> 1. one\n> 2. two",
        "[text](https://x.org/3 'title')",
        "[text](a.md#id-3)",
        "![alt](a3.png){ width='3' .c3 #id3 }",
        "[text][3]\n\n[3]: https://x.org/3",
        "Text.[^1]\n\n[^1]: Note.",
        "&#x3B1; &alpha;",
        '<span id="a3" class="b4" data-x="5" style="width: 6px">a</span>',
        "<style>a { width: 3px }</style>",
        "<!-- 3 -->",
        "GPT-2, L2范数, (L2) L2-norm, Python 3.11.",
        "第L2范数",
        "*GPT-2*",
        "`fp16`",
    ],
)
def test_what_is_checked_exempt_or_no_text_is_no_stray_numeral(fixed: Any, markdown: str) -> None:
    assert strays(fixed, markdown) == []


def test_each_numeral_is_told_with_its_own_line(fixed: Any) -> None:
    markdown = """\
---
title: Front
description: On line 3
---

# Same [9]{= nine} 6

same 8

same

same 12 and
13

| same | same |
|------|------|
| a | 17 |

!!! note "same"

    - same 21

![same 23](a.png)

``` figure
powers/line.svg
alt: same 27
caption: same 28
```
"""
    assert strays(fixed, markdown) == [3, 6, 8, 12, 13, 17, 21, 23, 27, 28]


def test_the_message_shows_the_numeral_and_what_stands_around_it(fixed: Any) -> None:
    [(_, message)] = stray_numerals(fixed.page("There are 12 heads, each of its own width."))
    assert "There are 12 heads" in message


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("GPT-2", []),
        ("GPT-2 and 2", [10]),
        ("2GPT-2", [0, 5]),
        ("GPT-2a", [4]),
        ("GPT-2_", []),
        ("GPT-2²", [5]),
        ("GPT-２", [4]),
        ("L2L2", [1, 3]),
        ("Python 3.11", []),
        ("Python 3", [7]),
        ("CC BY 4.0 3", [10]),
        ("", []),
    ],
)
def test_an_exemption_covers_its_exact_string_and_no_more(text: str, bare: list[int]) -> None:
    assert list(bare_numerals(text, EXEMPT)) == bare


@given(st.text("GPT-2L 3H0点.", max_size=20))
def test_without_exemptions_every_run_of_digits_is_bare(text: str) -> None:
    starts = [
        i for i, char in enumerate(text) if char.isdigit() and (i == 0 or not text[i - 1].isdigit())
    ]
    assert list(bare_numerals(text, ())) == starts
    assert set(bare_numerals(text, EXEMPT)) <= set(starts)
