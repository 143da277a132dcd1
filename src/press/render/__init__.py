"""Render the woven things of a page: the Markdown extension ``press.render`` and its parts."""

from press.render.extension import makeExtension

__all__ = ["makeExtension"]
