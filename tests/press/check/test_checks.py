"""Every failure says which file and line, what stands there, and what is true."""

from pathlib import Path
from typing import Any

import pytest

from press.check.checks import check_book, check_page, page_checks
from press.failure import Failure, PressError


def test_a_book_in_which_all_holds_has_no_failure(small: Any) -> None:
    assert [
        failure for failure in check_book(small.book()) if "exemption" not in failure.message
    ] == []


FALSE: list[tuple[str, str | None]] = [
        ("[27.8]{= length}", "the page says 27.8; length is 27.7128129"),
        ("[28]{= length}", "the page says 28; length is 27.7128129"),
        ("[10]{= squares: nine}", "the page says 10; squares: nine is 9"),
        ("[1,179,649]{= parameters}", "the page says 1,179,649; parameters is 1,179,648"),
        ("[130 万]{= parameters}", "the page says 130 万; parameters is 1,179,648"),
        ("[1.3 million]{= parameters}", "the page says 1.3 million; parameters is 1,179,648"),
        ("[32 %]{= share}", "the page says 32 %; share is 0.31"),
        ("[31]{= share}", "the page says 31; share is 0.31"),
        ("[[3, 5]]{= squares: x}", "the page says [3, 5]; squares: x is [3, 4]"),
        ("[[[1, 0], [0, 2]]]{= m}", "the page says [[1, 0], [0, 2]]; m is [[1, 0], [0, 1]]"),
        ("[(2, 3)]{= m.shape}", "the page says (2, 3); m.shape is [2, 2]"),
        ("[7,5]{= length}", "'7,5' is not a number in a form that the press reads"),
        ("[65]{= facts.base.d_k}", "the page says 65; facts.base.d_k is 64"),
        ("[2.6]{= measured.full_tank.time.median_s}", ("the page says 2.6;"
         " measured.full_tank.time.median_s is 2.5")),
        ("[2.4.5]{= measured.full_tank.versions.numpy}", "the page says 2.4.5; it is 2.4.6"),
        ("[2]{= measured.full_tank.weight}", ("{= measured.full_tank.weight} cannot be evaluated:"
         " AttributeError: measured.full_tank holds no 'weight'")),
        ("[27.7]{= nobody}", ("{= nobody} cannot be evaluated: NameError: a name must be"
         " one that a listing of this page binds (powers/cubes.py,"
         " powers/squares.py); got nobody")),
        ("[3]{= 1 + 2}", ("{= 1 + 2} cannot be evaluated: NameError: an expression must use"
         " a name that a listing binds; this proves nothing")),
        ("[3]{= x[0]}", ("{= x[0]} cannot be evaluated: NameError: x has different values in"
         " powers/cubes.py and powers/squares.py; qualify it: {= listing: x}")),
        (r"$\sqrt{768}\approx27.8$",
         r"the formula says \sqrt{768} ≈ 27.8; the left side is 27.7128129, the right side 27.8"),
        (r"$1\times4=5$", r"the formula says 1\times4 = 5; the left side is 4, the right side 5"),
        (r"$d=\val{65}{facts.base.d_k}$", "the page says 65; facts.base.d_k is 64"),
        (r"$M=\val{\begin{bmatrix}1&0\\0&2\end{bmatrix}}{m}$",
         r"the page says \begin{bmatrix}1&0\\0&2\end{bmatrix}; m is [[1, 0], [0, 1]]"),
        ("$d=64$", (r"'64' stands alone: a number in a formula is one side of a numeric relation,"
         r" or \val{number}{expression}, or covered by an identity")),
        (r"$\|a\|^2$", (r"'\\|a\\|^2' holds digits that the press cannot check: write"
         r" \val{number}{expression}, or attach an identity {= left == right}")),
        (r"$\frac{1}{0}=1$", None),
        ("$c^3$${= c == c}".replace("$$", "$"), ("the numerals of the formula are 3; those of its"
         " identity are none")),
        ("$2c$ and $2c=c+c${= 3*c == c+c}", None),
        ("`squares == 3`", None),
        ("`nine == 10`", ("inline code with a numeral must be a comparison that holds, or exempt:"
         " `nine == 10`; it is False")),
        ("`fp16`", ("inline code with a numeral must be a comparison that holds, or exempt: `fp16`;"
         " NameError: a name must be one that a listing of this page binds (powers/cubes.py,"
         " powers/squares.py); got fp16")),
        ("`x = 3`", ("inline code with a numeral must be a comparison that holds, or exempt:"
         " `x = 3`; it is no Python expression")),
        ("`nine + 1`", None),
        ("There are 12 heads.", "an unchecked numeral: … There are 12 heads. …"),
]  # fmt: skip
TRUE = [
    "[27.7]{= length} [27.71]{= length} [≈28]{= length} [9]{= nine} [3]{= squares: x[0]}",
    "[1,179,648]{= parameters} [120 万]{= parameters} [1.2 million]{= parameters}",
    "[31 %]{= share} [0.31]{= share} [1.2e6]{= parameters} [1.2×10⁶]{= parameters}",
    "[[3, 4]]{= squares: x} [[[1, 0], [0, 1]]]{= m} [(2, 2)]{= m.shape} [−9]{= -nine}",
    "[64]{= facts.base.d_k} [8]{= facts.base.d_k ** 0.5} [27]{= only_here}",
    "[vaswani2017]{= facts.base.source}",
    "[2.5]{= measured.full_tank.time.median_s} on [2.4.6]{= measured.full_tank.versions.numpy}",
    r"$\sqrt{768}\approx27.7$ and $\sqrt{\val{64}{facts.base.d_k}}=8$",
    r"$M=\val{\begin{bmatrix}1&0\\0&1\end{bmatrix}}{m}$",
    r"$x=\val{\begin{bmatrix}3\\4\end{bmatrix}}{squares: x}$",
    r"$x=\val{\begin{bmatrix}3&4\end{bmatrix}}{squares: x}$",
    (
        r"$\|a-b\|^2=\|a\|^2+\|b\|^2-2\,a\cdot b$"
        "{= norm(a-b)**2 == norm(a)**2 + norm(b)**2 - 2*dot(a, b)}"
    ),
    "$2c>c$ or not".replace("$2c>c$", "$2c>c${= 2*c > c}"),
    "`nine == 9` and `m.shape == (2, 2)` and `3 < len(str(parameters))` and `np.eye`",
    "The L2 norm.",
]
IDENTITIES = [
    ("$2c=c+c${= 2*c == c + c + c}", "does not hold: draw 0"),
    ("$2c=c+c${= 2*c == c + 1e-6*c + c}", "does not hold"),
    (
        "$3c=c+c${= 2*c == c+c}",
        "the numerals of the formula are 3; those of its identity are 2",
    ),
    ("$c=c^2${= c == c**2}", "does not hold"),
    ("$c<c${= c < c}", "does not hold"),
    ("$2=2${= 2 == 2}", "this proves nothing"),
    ("$c${= c}", "SyntaxError"),
    ("$c${= c in c}", "cannot be evaluated"),
    ("$c${= c == }", "cannot be evaluated"),
    ("$c${= c == nobody}", "NameError"),
    ("$c${= norm(a) == a}", "does not hold"),
]
Told = dict[str, list[str]]


@pytest.fixture(scope="module")
def told(fixed: Any) -> Told:
    """What is said of each of these sentences, on one page behind both listings."""
    sentences = [*(s for s, _ in FALSE), *TRUE, *(s for s, _ in IDENTITIES)]
    found: Told = {sentence: [] for sentence in sentences}
    for failure in fixed.failures("\n\n".join(sentences), listed=True):
        assert failure.path.name == "powers.md"
        index, between = divmod(failure.line - 9, 2)  # the listings take the lines before
        assert between == 0, failure
        found[sentences[index]].append(failure.message)
    return found


@pytest.mark.parametrize(("sentence", "message"), FALSE)
def test_a_failure_says_what_the_page_says_and_what_is_true(
    told: Told, sentence: str, message: str | None
) -> None:
    assert told[sentence] != []
    if message is not None:
        assert told[sentence] == [message]


@pytest.mark.parametrize("sentence", TRUE)
def test_what_holds_is_left_in_peace(told: Told, sentence: str) -> None:
    assert told[sentence] == []


@pytest.mark.parametrize(("identity", "says"), IDENTITIES)
def test_an_identity_must_hold_on_random_draws(told: Told, identity: str, says: str) -> None:
    assert any(says in message for message in told[identity]), told[identity]


def test_an_edited_listing_a_stale_output_and_a_broken_program_are_told_in_their_file(
    small: Any,
) -> None:
    small.replace("docs/listings/powers/squares.out", "9", "8")
    small.write("docs/listings/powers/cubes.py", "x = 1\nraise ValueError('no')\n")
    found = {(f.path.name, f.line, f.message) for f in small.failures()}
    assert ("squares.out", 1, "recorded: '8 [3. 4.]'; the listing prints: '9 [3. 4.]'") in found
    assert ("cubes.py", 1, "a listing must end well; this one says: ValueError: no") in found


def test_an_edit_that_prints_the_same_is_told_until_it_is_recorded(small: Any) -> None:
    small.replace("docs/listings/powers/cubes.py", "only_here = 27", "only_here = 28")
    [found] = small.failures()
    assert (found.path.name, found.line) == ("cubes.py", 1)
    assert "edited since its output was recorded" in found.message
    small.record()
    assert small.failures() == []


@pytest.mark.parametrize(
    ("recorded", "line", "says"),
    [
        ("one\ntwo\nthree", 3, "recorded: 'three'; the listing prints: 'three\\n'"),
        ("one\n2\nthree\n", 2, "recorded: '2'; the listing prints: 'two'"),
        ("one\nthree\n", 2, "recorded: ''; the listing prints: 'two'"),
        ("one\ntwo\nthree\nfour\n", 4, "recorded: 'four'; the listing prints: ''"),
        ("", 1, "the listing prints: 'one\\ntwo\\nthree'"),
    ],
)
def test_the_first_line_that_differs_is_told(
    small: Any, recorded: str, line: int, says: str
) -> None:
    small.listing("prints", "print('one')\nprint('two')\nprint('three')\n", recorded)
    [found] = small.failures("# A {#a}\n\n``` listing\npowers/prints.py\n```\n")
    assert (found.path.name, found.line) == ("prints.out", line)
    assert says in found.message


def test_a_listing_without_a_record_is_told(small: Any) -> None:
    (small.root / "docs/listings/powers/cubes.out").unlink()
    assert any("no recorded output" in failure.message for failure in small.failures())


def test_a_numeral_in_a_comment_of_a_listing_is_told_with_its_line(small: Any) -> None:
    small.listing("says", 'x = "# 3"  # L2 is exempt\ny = 4\n# there are 12 of them\n')
    [found] = small.failures("# A {#a}\n\n``` listing\npowers/says.py\n```\n")
    assert (found.path.name, found.line) == ("says.py", 3)
    assert "# there are 12 of them" in found.message


def test_a_figure_that_its_program_draws_in_another_way_is_told(small: Any) -> None:
    small.replace("docs/figures/powers/line.svg", 'd="M0 0L4 3"', 'd="M0 0L4 4"')
    [found] = small.failures()
    assert (found.path.name, found.line) == ("line.svg", 2)
    assert "its program draws" in found.message
    (small.root / "docs/figures/powers/line.py").unlink()
    assert "there is no line.py beside it" in small.failures()[0].message


def test_a_numeral_in_a_plain_fence_is_told_with_its_line(fixed: Any) -> None:
    [found] = fixed.failures("# A {#a}\n\n> ``` text\n> one\n> 2\n> GPT-2\n> ```\n")
    assert (found.line, found.message) == (5, "an unchecked numeral in a plain fence")


def test_front_matter_shifts_the_line_of_every_failure(fixed: Any) -> None:
    page = "# A {#a}\n\nThere are 12.\n\n[3]{= nobody}\n\n$1=2$\n"
    plain = fixed.failures(page)
    shifted = fixed.failures("---\ntitle: A\n---\n" + page)
    assert [f.line for f in plain] == [3, 5, 7]
    assert [f.line for f in shifted] == [6, 8, 10]


def test_each_thing_of_a_page_is_a_check_of_its_own(small: Any) -> None:
    checks = page_checks(small.page())
    assert [(check.line, check.name) for check in checks] == [
        (3, "listing powers/squares.py"),
        (7, "listing powers/cubes.py"),
        (15, "figure powers/line.svg"),
        (17, "number 3 = squares: x[0]"),
        (18, r"formula \sqrt{768}\approx27.7"),
        (21, "number 27.7 = length"),
        (1, "everything is woven"),
        (1, "every numeral is accounted for"),
        (1, "every heading has its id"),
        (1, "no link is broken"),
        (1, "every public name is shown"),
        (1, "the same as zh"),
    ]
    assert all(check.run() == [] for check in checks)


def test_one_broken_number_fails_one_check(small: Any) -> None:
    small.replace("docs/en/powers.md", "[27.7]", "[27.8]")
    failing = [check.name for check in page_checks(small.page()) if check.run()]
    assert failing == ["number 27.8 = length"]


def test_a_number_changed_in_one_language_fails_there_and_nowhere_else(small: Any) -> None:
    small.replace("docs/zh/powers.md", "[27.7]", "[27.9]")
    book = small.book()
    assert check_page(book.page(small.root / "docs/en/powers.md")) == []
    assert len(check_page(book.page(small.root / "docs/zh/powers.md"))) == 1


def test_a_page_that_cannot_be_woven_is_a_failure_and_no_crash(fixed: Any) -> None:
    broken = "``` listng\n```\n\n[27.7]{= a\n\n$\\frac{1}$\n\n[@nobody]\n\n$x\n"
    lines = {failure.line for failure in fixed.failures("# A {#a}\n\n" + broken)}
    assert {3, 6, 8, 10, 12} <= lines


def test_a_failure_is_written_as_file_line_and_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failure = Failure(tmp_path / "docs" / "page.md", 3, "it is so")
    assert str(failure) == f"{tmp_path}/docs/page.md:3: it is so"
    monkeypatch.chdir(tmp_path)
    assert str(failure) == "docs/page.md:3: it is so"
    assert str(PressError([failure, failure])).splitlines() == ["docs/page.md:3: it is so"] * 2


def test_a_malformed_val_is_a_failure_with_its_line_and_no_crash(small: Any) -> None:
    found = small.failures("# T {#t}\n\nText.\n\nThe value $\\val{3}$ is half-written.\n")
    assert any(f.line == 5 and r"\val is written" in f.message for f in found)


def test_only_checks_that_say_so_read_other_pages(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = small.page()
    monkeypatch.setattr(page.book, "page", lambda path: pytest.fail(f"{path} is read"))
    checks = page_checks(page)
    for check in checks:
        if not check.reads_others:
            assert check.run() == []
    beyond = [check for check in checks if check.reads_others]
    assert [check.name for check in beyond] == ["no link is broken", "the same as zh"]
    with pytest.raises(pytest.fail.Exception, match="is read"):
        beyond[-1].run()


def test_a_page_that_was_forgotten_can_be_had_again(small: Any) -> None:
    page = small.page()
    page.book.forget(page.path)
    assert page.book.page(page.path) is not page
    page.book.put_back(page)
    assert page.book.page(page.path) is page
