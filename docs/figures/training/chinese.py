"""What 它 looks at: 把 at three moments, then 被."""

from pronoun import picture

print(picture("chinese", "fierce", "passive", (1, 3)))
