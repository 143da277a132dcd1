import numpy as np

large = np.array([0.6, 0.3, 0.1])  # probabilities of the next token
small = np.array([0.2, 0.3, 0.5])  # a cheaper model's, which guesses

keep = np.minimum(1, large / small)  # a guess is kept this often
kept = small * keep  # guessed, and kept
missing = np.maximum(large - small, 0)  # else drawn from these
drawn = (1 - kept.sum()) * missing / missing.sum()
written = kept + drawn

print("guesses kept:", kept.sum().round(2))
print("written:", written.round(9))
assert np.allclose(written, large, rtol=1e-15)
