"""A font of a printed document names characters, not the radicals that look like them."""

import pytest

from press.paper.characters import mended


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (b"<01> <2F06>", b"<01> <4E8C>"),  # 二
        (b"<0A1B> <2EDA>", b"<0A1B> <9875>"),  # 页
        (b"<01> <4E8C>", b"<01> <4E8C>"),
        (b"<01> <02> <0041>", b"<01> <02> <0041>"),
        (b"<01> <03> <2F05>", b"<01> <03> [<4E85> <4E8C> <4EA0>]"),
        (b"<00> <FF>", b"<00> <FF>"),
    ],
)
def test_a_radical_becomes_its_character_alone_and_in_a_range(
    names: bytes, expected: bytes
) -> None:
    table = b"2 beginbfrange\n%s\nendbfrange\n"
    assert mended(table % names) == table % expected
