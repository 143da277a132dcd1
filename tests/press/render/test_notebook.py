"""A notebook reads well in Jupyter alone, and shows what is recorded."""

import re
from typing import Any

import nbformat
import pytest

from press.render.highlighting import highlighted
from press.render.notebook import cell_html, notebook

TEXT = """\
# %% [markdown] lang="zh"
# 文。

# %% [markdown] lang="en"
# # Lab {#lab}
#
# !!! question "How long?"
#     See [powers](../powers.md#powers), [here](#lab) and [there](https://x.org/).
#
#     ??? answer "Answer"
#         It is [9]{= nine}.
#
# It is [9]{= nine}, $\\sqrt{\\val{9}{nine}}=3$ and
#
# $$
# x^2=x^2
# $${= c**2 == c**2}
#
# says [@vaswani2017]. [The index](../index.md) `code`.{: .x }
#
# ``` source
# subject.powers:square
# ```
"""


@pytest.fixture
def plotted(small: Any, lab_text: str, plot_text: str) -> Any:
    small.lab(lab_text + plot_text)
    return small


def written(small: Any, language: str = "en", site_url: str = "") -> Any:
    page = small.lab_page(language).path
    return nbformat.reads(notebook(small.project, page, site_url), 4)


def test_a_notebook_is_valid_and_the_same_each_time(plotted: Any) -> None:
    english, chinese = written(plotted), written(plotted, "zh")
    for made in (english, chinese):
        nbformat.validate(made)
        assert (made.nbformat, made.nbformat_minor) == (4, 5)
        ids = [cell.id for cell in made.cells]
        assert ids == ["text-1", "count", "clock", "text-2", "line", "text-3"]
    assert "长度" in chinese.cells[3].source
    assert "The length" in english.cells[3].source
    page = plotted.lab_page().path
    assert notebook(plotted.project, page, "") == notebook(plotted.project, page, "")


def test_a_notebook_holds_the_code_and_what_is_recorded(plotted: Any) -> None:
    cells = {cell.id: cell for cell in written(plotted).cells}
    assert cells["count"].source.startswith("from subject.powers import square\n\nnine")
    assert cells["count"].outputs[0].text == "nine is 9\n"
    [shown] = cells["line"].outputs
    recorded = plotted.root / "docs/labs/squares/line.svg"
    assert shown.data["image/svg+xml"] == recorded.read_text("utf-8")
    assert [cells[name].execution_count for name in ("count", "clock", "line")] == [1, 2, 3]


def test_a_figure_is_shown_with_its_words_and_drawn_within_a_tolerance(plotted: Any) -> None:
    assert plotted.lab_failures("en") == plotted.lab_failures("zh") == []
    html = plotted.lab_page().html
    assert 'aria-label="A line up to 9."' in html
    assert "currentColor" in html
    svg = plotted.root / "docs/labs/squares/line.svg"
    svg.write_text(
        svg.read_text("utf-8").replace("<use ", "<g ", 1).replace("/>", "></g>"), "utf-8"
    )
    assert any(failure.startswith("line.svg:1: ") for failure in plotted.lab_failures())


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("# alt: A line up to [9]{= nine}.\n", "", "['alt'] missing"),
        ("A line up to [9]{= nine}.", "A line up to 9.", "an unchecked numeral"),
        ("[9]{= nine}.\n# caption: A", "[8]{= nine}.\n# caption: A", "the page says 8"),
        ("line.svg\n# y: length", "no.svg\n# y: length", "no figure fence"),
        ("# x: steps\n", "", "in words what is at its axes; x: missing"),
        (
            "# y: length $y$\n# y: share\n# x: steps\n",
            "",
            "in words what is at its axes; x: and y: missing",
        ),
        ("# x: steps\n", "# x: 9 steps\n", "an unchecked numeral"),
    ],
)
def test_a_figure_without_words_or_a_place_is_told(
    plotted: Any, old: str, new: str, says: str
) -> None:
    path = plotted.root / "docs/labs/squares.py"
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    assert any(says in failure for failure in plotted.lab_failures()), plotted.lab_failures()


def test_the_words_at_the_axes_stand_around_the_drawing_and_in_the_notebook(plotted: Any) -> None:
    figure = plotted.lab_page("zh").html.partition('<figure class="press-figure"')[2]
    bare = re.sub(r"(?s)<svg.*?</svg>|</figure>.*", "", figure)
    shown = [part.strip() for part in re.split(r"<[^<>]*>", bare) if part.strip()]
    assert shown[1:] == [
        "纵轴：",
        "长度",
        "y",
        "；",
        "份额",
        "横轴：",
        "步数",
        "一条线，",
        "x",
        "。",
    ]
    text = written(plotted).cells[-1].source
    assert text == "- ↑ length $y$ | share\n- → steps\n\n*A line, $x$.*"


def test_the_text_needs_nothing_of_the_press(small: Any) -> None:
    small.lab(TEXT, update=False)
    [cell] = written(small, site_url="https://y.org/en/").cells
    assert cell.source == (
        "# Lab\n\n"
        "> **How long?**\n>\n"
        "> See [powers](https://y.org/en/powers/#powers), here and [there](https://x.org/).\n>\n"
        "> > **Answer**\n> >\n> > It is 9.\n\n"
        "It is 9, $\\sqrt{9}=3$ and\n\n"
        "$$\nx^2=x^2\n$$\n\n"
        "says [Vaswani et al. 2017](https://arxiv.org/abs/1706.03762)."
        " [The index](https://y.org/en/) `code`.\n\n"
        '```python\ndef square(n: int) -> int:\n    """Return ``n * n``."""\n'
        '    return n * n  # <not> & "markup"\n```'
    )
    [alone] = written(small).cells
    assert "See powers, here and [there](https://x.org/)." in alone.source


def test_a_cell_on_the_site_is_the_cell_of_the_notebook(plotted: Any) -> None:
    code = {cell.id: cell for cell in written(plotted).cells if cell.cell_type == "code"}
    shown = {name: cell_html("en", cell) for name, cell in code.items()}
    assert highlighted(code["count"].source + "\n") in shown["count"]
    assert "<samp>nine is 9\n</samp>" in shown["count"]
    assert '<span class="press-label">Output</span>' in shown["count"]
    assert "<svg" not in shown["line"]
