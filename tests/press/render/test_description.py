"""A page's description is its first sentences, whole ones, as many as fit."""

import pytest

from press.render.description import LIMIT, description_of


def test_sentences_are_taken_whole_until_the_room_is_used_up() -> None:
    sentence = "x" * (LIMIT // 2 - 2) + "."
    assert description_of(f"{sentence} {sentence} {sentence}") == f"{sentence} {sentence}"


def test_a_chinese_character_takes_the_room_of_two_letters() -> None:
    sentence = "好" * (LIMIT // 4 - 1) + "。"
    assert description_of(sentence * 3) == sentence * 2


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Why 3.14? " + "x" * LIMIT, "Why 3.14?"),
        ("他问“为什么？”" + "好" * LIMIT, "他问“为什么？”"),
        ("y" * 2 * LIMIT + ". Z.", "y" * 2 * LIMIT + "."),
        ("Where a list begins:", "Where a list begins:"),
        ("One. And what has no end", "One."),
    ],
)
def test_one_sentence_at_least_is_said(text: str, first: str) -> None:
    assert description_of(text) == first
