"""The press weaves code, outputs and numbers into pages, and checks every one of them.

A page is Markdown with a few woven things: listings, sources, figures, checked numbers,
checked formulas and citations. `press.syntax` finds them, `press.render` renders them
(a Python-Markdown extension), `press.check` proves them.
"""
