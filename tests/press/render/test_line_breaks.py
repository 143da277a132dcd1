"""Where inline formulas may break, and that no mark is parted from one."""

import html
import re
from pathlib import Path

import pytest

from press.render.line_breaks import grouped, with_end
from press.render.mathml import to_mathml

ROOT = Path(__file__).resolve().parents[3]


def rendered(tex: str, cache: Path, display: bool = False) -> str:
    [markup] = to_mathml(ROOT, cache, [(tex, display)])
    assert isinstance(markup, str)
    return markup


def groups(markup: str) -> list[str]:
    """Return the text of each child of a formula."""
    depth, found, text = 0, [], ""
    for tag, words in re.findall(r"(<[^>]*>)([^<]*)", markup):
        depth += -1 if tag[1] == "/" else 1
        text += words.replace("\u2061", "")
        if tag[1] == "/" and depth == 1:
            found.append(text)
            text = ""
    return [html.unescape(text) for text in found]


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"12\times64=768", ["12×64=768"]),
        (r"5\times5\times\cos 60^\circ\approx12.5", ["5×5×cos60∘≈12.5"]),
        (r"2.718/4.0861111\approx0.665", ["2.718/4.0861111", "≈0.665"]),
        (r"4\times768\times768=2{,}359{,}296", ["4×768×768=", "2,359,296"]),
        (r"0.1+0.22222\times3=x=0.76666", ["0.1+0.22222×3", "=x", "=0.76666"]),
        (r"q=12345,\;k=23456,\;v=34567", ["q=12345,", "k=23456,", "v=34567"]),
        (
            r"21.35\times\exp(-3)+30\times\exp(0)+40\times\exp(-4)\approx31.80",
            ["21.35×exp(−3)+", "30×exp(0)+", "40×exp(−4)", "≈31.80"],
        ),
        (
            r"1{,}000\times2{,}000\times3{,}000\times4{,}000\times5",
            ["1,000×", "2,000×", "3,000×", "4,000×", "5"],
        ),
        (r"f(-x)=-\,g(-x)-g(-x)\le a<bbbbbbbbb", ["f(−x)=", "−g(−x)−g(−x)", "≤a<", "bbbbbbbbb"]),
    ],
)
def test_a_formula_breaks_where_it_is_calm(tmp_path: Path, tex: str, expected: list[str]) -> None:
    assert groups(rendered(tex, tmp_path)) == expected


def test_a_sign_at_the_end_of_a_group_keeps_its_space(tmp_path: Path) -> None:
    markup = rendered(r"4\times768\times768=2{,}359{,}296", tmp_path)
    assert '<mo form="infix">=</mo></mrow><mrow>' in markup
    assert markup.count("form=") == 1, "inside, a sign has it anyway"


def test_no_group_begins_with_a_space(tmp_path: Path) -> None:
    markup = rendered(r"q=12345,\;k=23456,\;v=34567", tmp_path)
    assert markup.count("<mspace") == 2
    assert "<mrow><mspace" not in markup


def test_a_displayed_formula_does_not_break(tmp_path: Path) -> None:
    assert len(groups(rendered("aaaaaaaaaa=bbbbbbbbbb=cccccccccc", tmp_path, display=True))) == 1


@pytest.mark.parametrize("markup", ["<math></math>", "<math><mi>x</mi></math>", "no formula"])
def test_what_has_no_parts_stays_as_it_is(markup: str) -> None:
    assert grouped(markup) == markup


def test_the_last_group_alone_is_bound_to_what_follows() -> None:
    first, last = "<mrow><mi>x</mi></mrow>", "<mrow><mo>=</mo><mn>3</mn></mrow>"
    assert with_end(f'<span class="f"><math>{first}{last}</math></span>') == (
        f'<span class="f"><math>{first}<mrow class="press-end">{last}</mrow></math></span>'
    )
