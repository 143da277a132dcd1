"""What 它 looks at in the trained model: 把, then 被."""

from pronoun import heads

print(heads("chinese", ("fierce", "passive"), (1, 3)))
