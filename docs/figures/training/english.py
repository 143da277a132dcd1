"""What "it" looks at: tired at three moments, then soft."""

from pronoun import picture

print(picture("english", "tired", "soft", (1, 5)))
