"""What the search knows of a page: what a reader sees there, from heading to heading."""

from press.render.search import Named, entry_of

PAGE = """
<h1 id="a">Why √d_k<a class="headerlink" href="#a">#</a></h1>
<p>Scores of <span class="press-formula">
<span class="press-tex" hidden>d_k</span><math><mi>dk</mi></math></span>
by <span class="press-formula"><math><mi>n</mi></math></span>.</p>
<h2 id="b">By <code>hand</code></h2>
<p>Add <strong>the dot product</strong>,<br>then<svg><text>no</text></svg> stop.</p>
<figure class="press-listing"><figcaption>a/b.py</figcaption>
<pre><code>scores = <span>np</span>.einsum(scores)  # stop</code></pre>
<details class="press-docstring"><summary>rest</summary></details></figure>
<figure class="press-figure"><figcaption>A picture</figcaption></figure>
<details class="press-provenance"><summary>numbers</summary></details>
"""
GLOSSARY = """
<h1 id="g">Terms</h1>
<table><thead><tr><th>Term</th><th>中文</th><th>Meaning</th></tr></thead><tbody>
<tr><td><strong id="term-dot">dot product, inner product</strong></td><td>点积，内积</td>
<td>a <a href="#g">sum</a> of <a href="../dot/#b">products</a></td></tr>
<tr><td><strong>symbol</strong></td><td>符号</td><td>no term</td></tr>
</tbody></table>
"""


def test_a_page_is_cut_at_its_headings() -> None:
    entry = entry_of(PAGE)
    assert entry.title == "Why √d_k"
    assert [(s.anchor, s.title) for s in entry.sections] == [("", "Why √d_k"), ("b", "By hand")]
    assert entry.sections[0].text == "Scores of d_k by n."


def test_text_is_what_a_reader_sees_and_code_is_the_names_that_it_lacks() -> None:
    by_hand = entry_of(PAGE).sections[1]
    assert by_hand.text == "Add the dot product, then stop. A picture"
    assert by_hand.code == "scores einsum"


def test_what_a_page_explains_stands_there_in_bold() -> None:
    assert entry_of(PAGE).bold == {"the dot product": "b"}


def test_a_row_of_the_glossary_is_found_by_all_its_names() -> None:
    entry = entry_of(GLOSSARY)
    row = entry.sections[-1]
    assert (row.anchor, row.text) == ("term-dot", "a sum of products")
    assert "products" not in entry.sections[0].text, "a row is found on its own"
    assert row.title == "dot product, inner product · 点积，内积"
    names = ["dot product", "inner product", "点积", "内积"]
    assert entry.names == [Named(names, "../dot/#b")]
