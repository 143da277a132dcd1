"""How Hypothesis draws its examples: the same ones at each run of CI, new ones elsewhere."""

import os

from hypothesis import settings

# No deadline: what an example costs on a busy machine says nothing about the code.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")
