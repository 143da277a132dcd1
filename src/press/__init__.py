"""The press weaves code, outputs and numbers into pages, and checks every one of them.

Its rooms, each of which imports only from those above it (tests/press/test_rooms.py):

    values      numbers as people write them, in prose and in TeX, and what they come to
    syntax      what stands in a page, in a lab, and in the sources that pages show
    execute     runs listings, labs and expressions elsewhere, and remembers the results
    record      what programs showed, as it lies beside them on disk
    render      turns the woven things of a page into HTML: the Markdown extension
    check       proves pages, and what the book owes as a whole
    serve       keeps a site up to date while somebody edits it
    paper       joins pages into one document, and has a browser print it
    mkdocs      builds and serves the site with MkDocs, which nothing else here knows

Beside them stand ``project``, which knows where everything lies, ``failure``, ``palette`` (the
colours), ``new_chapter`` and ``new_figure``, which write what ``new_files`` finds missing,
``chapter_table`` (the one in README.md), ``pytest_plugin`` (each thing to prove is a test) and
``__main__``, the command line.

A listing. `syntax.recognise` finds its fence. `render.blocks` shows the file and the output that
is recorded beside it. `execute.runner` has `execute.worker` run it, once for each text that it
has had. `check.checks` compares what it printed with the record, which `record.update` writes.

A number. `syntax.recognise` finds the literal and its expression. `render.replace_placeholders`
shows the literal. `check.book` collects the expressions of a page, `execute.evaluator` evaluates
them with what its listings bound, and `check.checks` asks `values.literal` whether the literal
states that value.

A formula. `syntax.recognise` finds its TeX, in which `values.tex` sets the ``val`` macros apart.
`render.mathml` has Temml render it, and `render.line_breaks` says where it may break.
`check.checks` proves the macros as it proves numbers, asks `values.relations` about the rest,
and has `execute.evaluator` try an identity on random values.

An interactive figure is a figure, its still, with a folder of its own. `syntax.states` reads what
may be set in it, and what prompts set. `render.bundles` bundles its scripts, and `render.blocks`
names the script where the still stands. `execute.cases` asks the package what the figure's names
mean in a state, for numbers in its words as `execute.evaluator` does for the page's, and
`execute.figures` compares that with what its model computes. `check.interactive` looks at its
folder.

A new kind of woven thing is a class in `syntax.woven`, a branch in `syntax.recognise`, one in
`render.blocks` or `render.replace_placeholders`, and a line of the table in `check.checks`.
"""
