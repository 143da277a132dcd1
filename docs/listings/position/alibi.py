import numpy as np

from attention import attention_steps
from attention.position import alibi_bias

n_heads, n = 4, 5
x = np.zeros((n_heads, n, 8))  # all scores are equal
bias = alibi_bias(n_heads, n, n)
weights = attention_steps(x, x, x, bias, is_causal=True).weights

slopes = -bias[:, 1, 0]
print("slopes", slopes.tolist())
print(bias[0])
for head in range(n_heads):
    print(np.round(weights[head, -1], 3).tolist())
