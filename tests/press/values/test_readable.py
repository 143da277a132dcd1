"""Plain text says what a formula says: no command, brace or argument is lost on the way."""

import re

import pytest

from press.values.readable import UnreadableError, readable
from press.values.tex import read_tex


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"Q=XW_q\qquad K=XW_k", "Q=XW_q; K=XW_k"),
        (r"S=XMX^\top,\qquad M=W_qW_k^\top", "S=XMXᵀ, M=W_q W_kᵀ"),
        (r"\frac{A_{ij}}{1-\eta_i}\quad(j\le i)", "A_ij/(1-η_i) (j≤i)"),
        (r"\frac{\partial L}{\partial W_q}", "∂L/∂W_q"),
        (r"\frac{QK^\top}{\sqrt{d_k}}", "QKᵀ/√d_k"),
        (r"\frac{a+b}{2a}", "(a+b)/(2a)"),
        (r"x\frac12", "x 1/2"),
        (r"\frac{1}{1+e^{-(s_i-s_j)}}", "1/(1+e^(-(s_i-s_j)))"),
        (r"\sqrt{q\cdot k}+\sqrt 8", "√(q·k)+√8"),
        (r"\sum_{j=1}^{n_k}A_{ij}\,v_j", "∑_(j=1)^(n_k) A_ij v_j"),
        (r"n_{\mathrm{heads}}d_v", "n_heads d_v"),
        (r"W_q^{(h)}", "W_q^(h)"),
        (r"\exp\Bigl(-\sum_j p_j\ln p_j\Bigr)", "exp(-∑_j p_j ln p_j)"),
        (r"\sin\alpha\cos\beta", "sin α cos β"),
        (r"\bar G_A-\hat q", "Ḡ_A-q̂"),
        (r"-\infty-(-\infty)", "-∞-(-∞)"),
        (r"16.26^\circ", "16.26°"),
        (r"1{,}024\times2", "1,024×2"),
        (r"\text{if }x", "if x"),
        (r"\begin{bmatrix}1&0\\0&1\end{bmatrix}", "[1 0; 0 1]"),
        (r"\begin{cases}s&j\le i\\-\infty&j>i\end{cases}", "{s j≤i; -∞ j>i}"),
        (r"\begin{aligned}a&=b\\c&=d\end{aligned}", "a=b; c=d"),
        (r"\begin{aligned}&a\\={}&b\end{aligned}", "a=b"),
        (r"\begin{aligned}&a\\&\approx b\\&\le c\end{aligned}", "a≈b≤c"),
        (r"s=\val{27.7}{length}", "s=27.7"),
    ],
)
def test_a_formula_is_read_as_it_is_built(tex: str, text: str) -> None:
    assert readable(read_tex(tex)) == text


@pytest.mark.parametrize(
    ("tex", "says"),
    [
        (r"a\smile b", r"\smile"),
        (r"\frac{\smile}{2}", r"\smile"),
        (r"\begin{V}1\end{V}", "V"),
        (r"\sqrt[3]{x}", r"\sqrt["),
        (r"\text{a {b} c}", "}"),
        (r"\text x", "' ' where a group must begin"),
    ],
)
def test_what_has_no_text_is_an_error(tex: str, says: str) -> None:
    with pytest.raises(UnreadableError, match=f"none for {re.escape(says)}$"):
        readable(read_tex(tex))


@pytest.mark.parametrize(
    "tex", [r"\text{if", r"\begin{bmatrix}1", r"\mathrm{max", r"\frac{1}", "x^", r"\bar", "{x"]
)
def test_what_ends_too_soon_is_an_error(tex: str) -> None:
    with pytest.raises(UnreadableError, match="this one ends before"):
        readable(read_tex(tex))
