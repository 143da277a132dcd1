"""What "it" looks at in the trained model: tired, then soft."""

from pronoun import heads

print(heads("english", ("tired", "soft"), (1, 5)))
