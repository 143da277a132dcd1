"""The elements of HTML that hold nothing and have no end tag."""

__all__ = ["VOID"]

VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905
)
