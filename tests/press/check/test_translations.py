"""Both languages are the same page: whatever one of them lacks, changes or moves is told."""

from typing import Any

import pytest

from press.check.translations import differences, heading_problems

PAGE = """\
# Powers {#powers}

``` listing
powers/squares.py
```

``` listing wrong
powers/cubes.py
```

## Two {#two}

``` source
subject.powers:square
```

The length is [27.7]{= length}, [@vaswani2017] says; $a^2=b$ and $\\text{if }x$.

![alt](../assets/a.png) and [a link](other.md#there) and [more](https://x.org).

### Three {#three}

``` figure
powers/line.svg
y: Up
x: Across
alt: A [3]{= x[0]}.
caption: C.
```

!!! question "Why?"

    ??? answer "Answer"

        [9]{= nine} and [9]{= nine} again.

| a | b |
|---|---|
| c | d |

<press-slider></press-slider>
"""


def compare(small: Any, old: str, new: str) -> list[tuple[int, str]]:
    """Return what a change in the English page makes of two equal pages."""
    assert PAGE.count(old) == 1
    small.page(PAGE, language="zh")
    page = small.page(PAGE.replace(old, new))
    return list(differences(page, page.book.page(small.root / "docs/zh/powers.md")))


def test_equal_pages_do_not_differ(fixed: Any) -> None:
    assert compare(fixed, "Why?", "为什么？") == []


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("{#two}", "{#too}", 11, "'h2 too' here and 'h2 two' in zh, line 11"),
        ("## Two {#two}\n", "", 20, "'h3 three' here and 'h2 two' in zh, line 11"),
        ("### Three", "## Three", 21, "heading 3 is 'h2 three' here"),
        ("### Three {#three}", "### Three {#three}\n\n### A {#four}", 23, "'h3 four' is only"),
        ("``` listing\npowers/squares.py\n```\n", "", 4, "listing powers/squares.py"),
        ("listing wrong", "listing", 7, "'listing powers/cubes.py wrong' in zh, line 7"),
        ("powers/squares.py", "powers/cubes.py", 3, "'listing powers/cubes.py' here"),
        ("subject.powers:square", "subject.powers:cube", 13, "source subject.powers:cube"),
        ("powers/line.svg", "powers/other.svg", 23, "figure powers/other.svg"),
        ("x: Across\n", "", 23, "with words at 0 x and 1 y axes' here"),
        ("y: Up\n", "y: Up\ny: Up\n", 23, "with words at 1 x and 2 y axes' here"),
        ("$a^2=b$", "$a^3=b$", 17, "formula 1 is 'a^3=b' here and 'a^2=b' in zh, line 17"),
        ("$a^2=b$", "$a^2=b${= a == b}", 17, "{= a == b}"),
        ("$a^2=b$ and ", "", 17, "formula"),
        (", [@vaswani2017] says", "", 1, "citation"),
        ("other.md#there", "other.md#where", 19, "link 1 is 'other.md#where' here"),
        ("other.md#there", "another.md#there", 19, "link 1 is 'another.md#there' here"),
        ("https://x.org", "https://y.org", 19, "https://y.org"),
        ("[a link](other.md#there) and [more](https://x.org)",
         "[more](https://x.org) and [a link](other.md#there)", 19, "link 1"),
        ("../assets/a.png", "../assets/b.png", 19, "b.png"),
        ("[27.7]{= length}", "27", 1, "{= length} stands 0 times here and 1 times in zh"),
        ("[27.7]{= length}", "[27.7]{= width}", 17, "{= width} stands 1 times here and 0"),
        (" and [9]{= nine} again", "", 35, "{= nine} stands 1 times here and 2 times in zh"),
        ("!!! question", "!!! wrong", 31, "question"),
        ("??? answer", "!!! answer", 33, "answer"),
        ("| a | b |\n|---|---|\n| c | d |\n", "", 38, "block 5 is 'press-slider' here"),
        ("| c | d |", "| c | d |\n\n| a | b |\n|---|---|\n| c | d |", 41, "block 6 is 'table'"),
        ("<press-slider></press-slider>", "<press-dial></press-dial>", 41, "'press-slider' in zh"),
    ],
)  # fmt: skip
def test_a_difference_is_told_with_what_the_other_page_says(
    fixed: Any, old: str, new: str, line: int, says: str
) -> None:
    found = compare(fixed, old, new)
    assert any(says in message for _, message in found), found
    assert line in [number for number, _ in found], found


def test_the_words_of_a_formula_may_be_those_of_the_language(fixed: Any) -> None:
    assert compare(fixed, r"\text{if }x", r"\text{如果 }x") == []
    assert compare(fixed, r"\text{if }x", r"\text{if }y") != []


def test_what_is_swapped_between_numbers_of_one_page_is_left_to_the_numbers(fixed: Any) -> None:
    """The same multiset: the order of numbers in a sentence is the language's own."""
    assert (
        compare(
            fixed,
            "The length is [27.7]{= length}, [@vaswani2017] says",
            "[@vaswani2017] says [27.7]{= length}",
        )
        == []
    )


def test_front_matter_shifts_the_lines_of_a_difference(fixed: Any) -> None:
    fixed.page(PAGE, language="zh")
    page = fixed.page("---\nlang: en\n---\n" + PAGE.replace("$a^2=b$", "$a^3=b$"))
    [(line, message)] = differences(page, page.book.page(fixed.root / "docs/zh/powers.md"))
    assert line == 20
    assert message.endswith("in zh, line 17")


def test_a_link_to_an_anchor_does_not_hide_the_line_of_its_heading(fixed: Any) -> None:
    markdown = "[see](#there)\n\n## There {#there}\n"
    fixed.page(markdown.replace("{#there}", "{#where}"), language="zh")
    page = fixed.page(markdown)
    found = differences(page, page.book.page(fixed.root / "docs/zh/powers.md"))
    assert next(line for line, message in found if message.startswith("heading")) == 3


@pytest.mark.parametrize(
    "heading",
    ["## Title", "## Title {#Title}", "## 标题 {#标题}", "## A {#two_words}", "## A {.wide}",
     "Title\n-----", "<h2>Title</h2>", '## A\n\n[x](#a-longer-one)'],
)  # fmt: skip
def test_a_heading_without_a_plain_id_is_told(fixed: Any, heading: str) -> None:
    page = fixed.page(f"# Top {{#top}}\n\n{heading}\n")
    assert len(list(heading_problems(page))) == 1


def test_headings_with_their_ids_are_fine(fixed: Any) -> None:
    page = fixed.page("# Top {#top}\n\n## Two words {#two-words}\n\n## 三 { #b2 .wide }\n")
    assert list(heading_problems(page)) == []


def test_a_page_without_its_twin_is_told(small: Any) -> None:
    from press.check.checks import check_page

    small.write("docs/en/alone.md", "# Alone {#alone}\n")
    failures = check_page(small.book().page(small.root / "docs/en/alone.md"))
    assert any("there is no alone.md there" in failure.message for failure in failures)
