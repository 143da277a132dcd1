import numpy as np

from attention import scaled_dot_product_attention

rng = np.random.default_rng(0)
n, n_words = 200, 10
text = rng.integers(n_words, size=n)  # dice: nothing to learn
place = np.eye(n)
query = np.roll(place, 1, axis=1)  # each asks for the next place
value = np.eye(n_words)[text]  # and gets the word that is there


def guess(first, last, n_k, causal):
    q, k, v = query[first:last, :n_k], place[:n_k, :n_k], value[:n_k]
    options = {"is_causal": causal, "offset": first, "scale": 50.0}
    shares = scaled_dot_product_attention(q, k, v, **options)
    return shares.round(9).argmax(-1)  # of equal shares, the first


practice, writing = {}, {}
steps = range(n - 1)
for causal in (False, True):
    all_rows = guess(0, n - 1, n, causal)
    practice[causal] = np.mean(all_rows == text[1:])
    one_by_one = [guess(t, t + 1, t + 1, causal)[0] for t in steps]
    writing[causal] = np.mean(one_by_one == text[1:])
    print("is_causal =", causal)
    print(f"  right in exercises {practice[causal]:.1%}")
    print(f"  right in writing   {writing[causal]:.1%}")
