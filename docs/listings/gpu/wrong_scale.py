import numpy as np

scores = np.array([1.0, 60, -60], dtype=np.float32)


def weights_of(scores, scale):
    """The highest first, then the scale: as in the kernel."""
    shift = scores.max() * scale
    powers = np.exp2(scores * scale - shift)
    return powers / powers.sum()


def right(scores, scale):
    scaled = scores * scale
    powers = np.exp2(scaled - scaled.max())
    return powers / powers.sum()


with np.errstate(all="ignore"):
    for scale in (2.0, -2.0):
        print("scale", scale)
        print(" highest first:", weights_of(scores, scale).round(3))
        print(" scaled first: ", right(scores, scale).round(3))
    wrong = weights_of(scores, -2.0)
assert np.allclose(weights_of(scores, 2.0), right(scores, 2.0))
assert np.isnan(wrong).any()
