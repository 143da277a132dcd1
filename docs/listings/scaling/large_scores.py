import numpy as np

from attention.scaling import scale_scores
from attention.softmax import softmax

scores = np.array([[-50.0, -30, -10, 0, 10, 30, 50]])
raw = softmax(scores)[0]
scaled = scale_scores(scores, d_k=768)
weights = softmax(scaled)[0]
missing = 1 - raw[-1]
print("raw    ", raw.round(3).tolist())
print("missing from the last", f"{missing:.1e}")
ten_more = np.exp(10)
print("ten more is a factor of", ten_more.round().astype(int))
print("scaled ", scaled[0].round(2).tolist())
print("weights", weights.round(3).tolist())

# Seven weights that somebody computed; the exercises ask about them.
quoted = np.array([0.01, 0.02, 0.05, 0.10, 0.15, 0.25, 0.42])
ratios = quoted[1:] / quoted[:-1]
true_ratios = weights[1:] / weights[:-1]
print("ratios of neighbours")
print("  quoted", ratios.round(2).tolist())
print("  true  ", true_ratios.round(2).tolist())
