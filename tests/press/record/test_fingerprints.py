"""A recorded output belongs to one text of its program."""

from typing import Any

from press.record.fingerprints import is_recorded, write_record


def test_an_edit_that_changes_no_output_is_told_until_it_is_recorded(small: Any) -> None:
    small.replace("docs/listings/powers/cubes.py", "only_here = 27", "only_here = 28")
    cubes = small.root / "docs/listings/powers/cubes.py"
    assert not is_recorded(small.project, cubes)
    small.update()
    assert is_recorded(small.project, cubes)


def test_the_record_changes_with_the_text_and_not_by_itself(small: Any) -> None:
    listings = sorted(small.project.listings.glob("*/*.py"))
    write_record(small.project, listings)
    assert not write_record(small.project, listings)
    listings[0].write_text(listings[0].read_text("utf-8") + "\n", "utf-8")
    assert write_record(small.project, listings)


def test_without_a_record_nothing_is_recorded(small: Any) -> None:
    (small.project.listings / "recorded.sha256").unlink()
    assert not is_recorded(small.project, small.root / "docs/listings/powers/cubes.py")
