from fractions import Fraction

import numpy as np

from press.values.literal import agrees, parse_literal

width = 768
root = float(np.sqrt(width))
print(root)
for literal in ("27.7", "27.71", "27.8", "28", "≈28"):
    print(literal, agrees(parse_literal(literal), Fraction(root)))
