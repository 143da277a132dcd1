"""What "it" and 它 look at while a model learns, mean of the heads."""

from pronoun import learning

print(learning())
