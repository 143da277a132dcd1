import numpy as np

scores = np.array([1.0, 0.0, -1.0])
powers = np.exp(scores)
total = powers.sum()
weights = powers / total
print("powers ", powers.round(3).tolist())
print("total  ", total.round(3))
print("weights", weights.round(3).tolist())
print("sum    ", weights.sum().round(12))

pair = np.array([0.8, 0.1])
mild = np.exp(pair) / np.exp(pair).sum()
odds = mild[0] / mild[1]
print("of", pair, "softmax makes", mild.round(3))
print("ratio", odds.round(3), "=", np.exp(pair[0] - pair[1]).round(3))
