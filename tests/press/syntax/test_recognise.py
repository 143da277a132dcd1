"""What is woven is found, with its line; what only looks woven is a problem, never text."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from press.syntax.recognise import Recognised, recognise
from press.syntax.woven import (
    Api,
    Citation,
    CodeSpan,
    Figure,
    Formula,
    Interactive,
    Listing,
    Number,
    PlainFence,
    Source,
    Woven,
)

PAGE = r"""# Title [3]{= x[0]} {#title}

``` listing
powers/squares.py
```

~~~ listing wrong
powers/cubes.py
~~~

``` source
subject.powers:square
```

``` figure
powers/line.svg
alt: Length [3]{= x[0]}.
caption: As $a^2$ says, [@vaswani2017].
```

Prose [[3, 4]]{= x} and [[[1, 0], [0, 1]]]{= m} and [(2, 3)]{= m.shape}, `x == 3`.

$$
a\cdot b = 3
$${= dot(a, b) == 3}

| a | b |
|---|---|
| [27.7]{= length} | $\val{3}{x[0]}$ |

!!! note "Title [9]{= nine}"

    ``` text
    plain
    ```

    $1+1=2${= c == c}
"""


def kinds(text: str) -> list[str]:
    return [item.kind for item in recognise(text).items]


def messages(text: str) -> list[str]:
    return [message for _, message in recognise(text).problems]


def only(text: str) -> Woven:
    found = recognise(text)
    assert found.problems == ()
    [item] = found.items
    return item


def test_every_woven_thing_is_found_with_its_line() -> None:
    found = recognise(PAGE)
    assert found.problems == ()
    assert [(item.line, item.label) for item in found.items] == [
        (1, "number 3 = x[0]"),
        (3, "listing powers/squares.py"),
        (7, "listing powers/cubes.py"),
        (11, "source subject.powers:square"),
        (15, "figure powers/line.svg"),
        (17, "number 3 = x[0]"),
        (18, "formula a^2"),
        (18, "citation vaswani2017"),
        (21, "number [3, 4] = x"),
        (21, "number [[1, 0], [0, 1]] = m"),
        (21, "number (2, 3) = m.shape"),
        (21, "code x == 3"),
        (23, r"formula a\cdot b = 3"),
        (29, "number 27.7 = length"),
        (29, r"formula \val{3}{x[0]}"),
        (31, "number 9 = nine"),
        (33, "fence"),
        (37, "formula 1+1=2"),
    ]


def test_their_parts_are_what_the_author_wrote() -> None:
    items = {item.label: item for item in recognise(PAGE).items}
    squares, cubes = items["listing powers/squares.py"], items["listing powers/cubes.py"]
    assert isinstance(squares, Listing)
    assert isinstance(cubes, Listing)
    assert (squares.wrong, cubes.wrong) == (False, True)
    source = items["source subject.powers:square"]
    assert isinstance(source, Source)
    assert (source.module, source.symbol) == ("subject.powers", "square")
    figure = items["figure powers/line.svg"]
    assert isinstance(figure, Figure)
    assert figure.alt == "Length [3]{= x[0]}."
    assert figure.caption == "As $a^2$ says, [@vaswani2017]."
    assert PAGE[figure.caption_start :].startswith(figure.caption)
    display = items[r"formula a\cdot b = 3"]
    assert isinstance(display, Formula)
    assert (display.display, display.identity) == (True, "dot(a, b) == 3")
    inline = items["formula 1+1=2"]
    assert isinstance(inline, Formula)
    assert (inline.display, inline.identity) == (False, "c == c")
    fence = items["fence"]
    assert isinstance(fence, PlainFence)
    assert (fence.language, fence.body) == ("text", "plain")


def test_front_matter_shifts_every_line() -> None:
    shifted = recognise(PAGE + "\n{= oops", first_line=5)
    assert [item.line for item in shifted.items] == [
        item.line + 4 for item in recognise(PAGE).items
    ]
    assert [line for line, _ in shifted.problems] == [PAGE.count("\n") + 6]


def test_items_and_prose_share_the_page_between_them() -> None:
    """Nothing is counted twice, and nothing that is not woven escapes the search for numerals."""
    found = recognise(PAGE)
    inner = [item for item in found.items if not isinstance(item, Figure)]
    spans = sorted([(item.start, item.end) for item in inner] + list(found.prose))
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))
    covered = "".join(PAGE[start:end] for start, end in spans)
    missing = {word for word in PAGE.split() if word not in covered}
    assert missing == {"figure", "alt:", "caption:", "powers/line.svg"}


@pytest.mark.parametrize(
    "text",
    [
        "plain prose, 42",
        "``` text\n[27.7]{= x} $1=2$ [@nobody] ``` listing\n```",
        "```` text\n``` listing\npowers/squares.py\n```\n````",
        "~~~ sh\n``` listing\n~~~",
        "> ~~~ text\n> $\n> ~~~",
        "<!-- [27.7]{= x} $ `{= -->",
        "<!--\n``` listing\npowers/squares.py\n```\n-->",
        r"\$5 and \$6, \[@x], \`",
    ],
)
def test_what_is_only_shown_or_hidden_holds_nothing_woven(text: str) -> None:
    found = recognise(text)
    assert found.problems == ()
    assert [item for item in found.items if not isinstance(item, PlainFence)] == []


@pytest.mark.parametrize(
    "code",
    ["`[27.7]{= x}`", "``[27.7]{= `x`}``", "`$1=2$`", "`[@nobody]`", "`{=`", "``` $ ``` here"],
)
def test_a_code_span_holds_its_code_and_nothing_else(code: str) -> None:
    assert isinstance(only(f"Write {code}."), CodeSpan)


def test_a_code_span_that_opens_after_an_escape_is_one() -> None:
    assert kinds(r"\\`x` and $y$") == ["code", "formula"]


@pytest.mark.parametrize("indent", ["", "    ", "        ", "> ", "  "])
def test_a_fence_is_read_inside_call_outs_lists_and_quotes(indent: str) -> None:
    text = f"{indent}``` listing\n{indent}powers/squares.py\n{indent}```\n"
    item = only(text)
    assert isinstance(item, Listing)
    assert item.path == "powers/squares.py"


@pytest.mark.parametrize(
    "info",
    [
        "listng",
        "listing rong",
        "listing wrong wrong",
        "sources",
        "figure wide",
        "python",
        "",
        "sh x",
        "text linenums=1",
        "Listing",
        "api x",
        "apis",
        "{.listing}",
        ".listing",
    ],
)
def test_a_fence_of_another_name_or_option_is_a_problem(info: str) -> None:
    found = recognise(f"\n``` {info}\npowers/squares.py\n```\n")
    [(line, message)] = found.problems
    assert line == 2
    assert repr(info) in message
    assert found.items == ()


@pytest.mark.parametrize(
    "body",
    ["", "\n", "a.py\nb.py\n", "a.py\n\n"],
)
@pytest.mark.parametrize("name", ["api", "listing", "source"])
def test_a_fence_holds_one_path_or_one_symbol(name: str, body: str) -> None:
    assert len(messages(f"``` {name}\n{body}```")) == 1


def test_an_api_fence_names_a_module() -> None:
    item = only("``` api\nsubject.powers\n```\n")
    assert isinstance(item, Api)
    assert (item.module, item.label) == ("subject.powers", "api subject.powers")


@pytest.mark.parametrize("body", ["subject.powers", "subject.powers:square:x"])
def test_a_source_fence_names_a_module_and_a_symbol(body: str) -> None:
    assert len(messages(f"``` source\n{body}\n```")) == 1


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("powers/line.svg\nalt: A.", "caption"),
        ("powers/line.svg\ncaption: C.", "alt"),
        ("alt: A.\ncaption: C.", "path"),
        ("powers/line.svg\nalt: A.\ncaption: C.\nwidth: wide", "width"),
        ("a.svg\nb.svg\nalt: A.\ncaption: C.", "b.svg"),
        ("a.svg\nalt: A.\nalt: B.\ncaption: C.", "alt: B."),
        ("a.svg\nalt: A.\ncaption: C.\nx:", "['x'] missing"),
        ("a.svg\nx: A\nx: B\ny: A\ny: B\ny: C\nalt: A.\ncaption: C.", "got 2 and 3"),
    ],
)
def test_a_figure_fence_holds_a_path_an_alternative_text_and_a_caption(
    body: str, says: str
) -> None:
    assert any(says in message for message in messages(f"``` figure\n{body}\n```"))


def test_a_figure_without_alternative_text_is_a_problem() -> None:
    assert messages("``` figure\npowers/line.svg\nalt:\ncaption: C.\n```") != []
    assert messages("``` figure\npowers/line.svg\nalt: A.\ncaption:\n```") != []


def test_a_figure_holds_the_words_at_its_axes_and_what_is_woven_into_them() -> None:
    text = "``` figure\na.svg\ny: Up $L$\ny: N\nx: To [3]{= x[0]}\nalt: A.\ncaption: C.\n```"
    found = recognise(text)
    [figure] = [item for item in found.items if isinstance(item, Figure)]
    assert found.problems == ()
    assert [words for words, _ in figure.y] == ["Up $L$", "N"]
    assert [words for words, _ in figure.x] == ["To [3]{= x[0]}"]
    assert all(text[at:].startswith(words) for words, at in (*figure.x, *figure.y))
    assert kinds(text) == ["figure", "formula", "number"]


@pytest.mark.parametrize(
    "text",
    [
        "``` listing\npowers/squares.py\n",
        "``` listing\npowers/squares.py\n````\n",
        "``` listing\npowers/squares.py\n~~~\n",
        "    ``` listing\n    powers/squares.py\n```\n",
        "``` text",
        "```` text\n```\n",
    ],
)
def test_an_unclosed_fence_is_a_problem_at_its_first_line(text: str) -> None:
    found = recognise("prose\n\n" + text)
    assert (3, "this fence is never closed") in found.problems
    assert found.items == ()


@pytest.mark.parametrize(
    "text",
    [
        "[27.7]{= }",
        "[27.7]{=}",
        "[27.7] {= x}",
        "27.7{= x}",
        "[27.7{= x}",
        "27.7]{= x}",
        "[27.7]{= {1}}",
        "[27.7]{= a | b}",
        "[27.7]{= a \\ b}",
        "[27.7]{= `a`}",
        "[27.7]{= a\n+ b}",
        "[27\n.7]{= a}",
        "[27.7]{= a",
        r"\[27.7]{= x}",
        "{= x}",
    ],
)
def test_a_malformed_number_is_a_problem_on_its_line(text: str) -> None:
    found = recognise("prose\n" + text)
    assert any(line >= 2 and "[literal]{= expression}" in says for line, says in found.problems)
    assert not any(isinstance(item, Number) for item in found.items)


@pytest.mark.parametrize(
    "text",
    [
        "$a",
        "a$",
        "costs $5 and $6",
        "$5-$6",
        "$a$$",
        "$ a$",
        "$a $",
        "$a\nb$",
        "$$\na\n",
        "$$a",
        "$$$",
    ],
)
def test_an_unclosed_formula_is_a_problem(text: str) -> None:
    found = recognise(text)
    assert any("formula opens" in message for _, message in found.problems)
    assert found.items == ()


def test_an_identity_that_is_malformed_is_a_problem() -> None:
    assert any("malformed" in says for says in messages("$a^2${= a | b}"))
    assert any("malformed" in says for says in messages("$$\na^2\n$$\n{= a}"))


@pytest.mark.parametrize("key", ["Vaswani2017", "2017", "a-b", "", "a b"])
def test_a_malformed_citation_is_a_problem(key: str) -> None:
    assert any("[@key]" in says for says in messages(f"As [@{key}] says."))


def test_a_citation_holds_its_key() -> None:
    item = only("As [@vaswani2017] says.")
    assert isinstance(item, Citation)
    assert item.key == "vaswani2017"


def test_display_math_in_a_call_out_loses_its_indent() -> None:
    item = only("!!! note\n\n    $$\n    a\n      + b\n    $$\n")
    assert isinstance(item, Formula)
    assert item.tex.source == "a\n+ b"


def test_two_dollars_in_a_line_of_prose_are_no_display() -> None:
    assert messages("as $$a$$ says") != []


SOUP = [
    "$",
    "$$",
    "`",
    "``",
    "```",
    "~~~",
    "[",
    "]",
    "{=",
    "}",
    "[27.7]{= x}",
    "[@a1]",
    "\\",
    "\n",
    "\n\n",
    "    ",
    "> ",
    " listing\n",
    "a.py",
    "<!--",
    "-->",
    "x",
    "7",
    " ",
    "|",
]


@given(st.lists(st.sampled_from(SOUP), max_size=25).map("".join))
def test_any_page_is_read_and_every_offset_belongs_to_one_thing(text: str) -> None:
    found = recognise(text)
    assert isinstance(found, Recognised)
    top = [item for item in found.items if not isinstance(item, Figure)]
    spans = sorted([(item.start, item.end) for item in top] + list(found.prose))
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))
    for item in found.items:
        assert item.line == found.line_at(item.start) == text.count("\n", 0, item.start) + 1
    for line, _ in found.problems:
        assert 1 <= line <= text.count("\n") + 1


@given(st.lists(st.sampled_from(SOUP), max_size=25).map("".join))
def test_what_looks_woven_in_prose_is_always_a_problem(text: str) -> None:
    found = recognise(text)
    prose = [found.text[start:end] for start, end in found.prose]
    assert any("{=" in each or "[@" in each for each in prose) <= bool(found.problems)


def test_an_interactive_figure_is_read_with_its_still_and_what_to_try() -> None:
    text = (
        "``` interactive\nmasking/mask\nstill: masking/mask.svg\nalt: A [1]{= a}.\n"
        "caption: B [2]{= b}.\ntry: hide:after;last:2 | C [3]{= c}.\ntry: rule:all | D.\n```\n"
    )
    found = recognise(text)
    assert found.problems == ()
    figure = found.items[0]
    assert isinstance(figure, Interactive)
    assert (figure.name, figure.path) == ("masking/mask", "masking/mask.svg")
    assert [(p.state, p.text, p.line) for p in figure.prompts] == [
        ("hide:after;last:2", "C [3]{= c}.", 6),
        ("rule:all", "D.", 7),
    ]
    for prompt in figure.prompts:
        assert text[prompt.text_start :].startswith(prompt.text)
    numbers = [item for item in found.items if isinstance(item, Number)]
    assert [number.question for number in numbers] == [
        "interactive/masking/mask?: a",
        "interactive/masking/mask?: b",
        "interactive/masking/mask?hide:after;last:2: c",
    ]


def test_words_after_an_interactive_figure_are_about_the_page() -> None:
    text = "``` interactive\na/b\nstill: a/b.svg\nalt: A.\ncaption: B.\n```\n\n[1]{= x}\n"
    assert [i.question for i in recognise(text).items if isinstance(i, Number)] == ["x"]


@pytest.mark.parametrize("prompt", ["try: rule:all", "try: rule:all |", "try:"])
def test_a_prompt_that_says_nothing_is_told_how_it_is_written(prompt: str) -> None:
    text = f"``` interactive\na/b\nstill: a/b.svg\nalt: A.\ncaption: B.\n{prompt}\n```\n"
    told = f"and may hold try: STATE | TEXT; got {prompt!r}"
    assert [(line, told in message) for line, message in recognise(text).problems] == [
        (1, True),
        (6, True),
    ]
