"""Chinese on an English page says that it is Chinese; on a Chinese page nothing is marked."""

from typing import Any

import pytest
from markdown import Markdown

from press.render.languages import with_languages

CASES = {
    "attention (注意力)": "attention (<span>注意力</span>)",
    "“小猫跑了，因为它凶。” It ran": "“<span>小猫跑了，因为它凶。</span>” It ran",
    "<code>它</code> and <b>它</b>": "<code>它</code> and <b><span>它</span></b>",
    '<a lang="zh">中文 <a>它</a></a> 它': '<a lang="zh">中文 <a>它</a></a> <span>它</span>',
    '<img alt="它 > it"> 它': '<img alt="它 > it"> <span>它</span>',
    "<pre><code>它</code> 它</pre> 它": "<pre><code>它</code> 它</pre> <span>它</span>",
    '<img lang="zh" alt="x"> 它<br lang="zh"/>它': (
        '<img lang="zh" alt="x"> <span>它</span><br lang="zh"/><span>它</span>'
    ),
    "<!-- 它 > it -->它": "<!-- 它 > it --><span>它</span>",
    "KV 缓存, “x”": "KV <span>缓存</span>, “x”",
}


@pytest.mark.parametrize(("plain", "marked"), CASES.items())
def test_chinese_words_are_marked_outside_code(plain: str, marked: str) -> None:
    assert with_languages(plain) == marked.replace("<span>", '<span lang="zh-Hans">')


@pytest.mark.parametrize(("language", "times"), [("en", 1), ("zh", 0)])
def test_only_a_page_in_another_language_marks_them(small: Any, language: str, times: int) -> None:
    settings = {"press.render": {"root": str(small.root), "language": language}}
    html = Markdown(extensions=["press.render"], extension_configs=settings).convert("the 值")
    assert html.count('<span lang="zh-Hans">值</span>') == times
