# %% [markdown] lang="zh"
# # 实验：从窄到宽看缩放 {#lab-scaling}
#
# !!! question "平方根管得了多远？管不到的地方又是什么样？"
#     [正文](../scaling.md)用几个宽度说明分数为什么除以 $\sqrt{d_k}$。这里换更多的宽度、键的个数和除数，把同样几个量画出来。查询和键全是随机数，所以结论只适用于训练刚开始的时候。

# %% [markdown] lang="en"
# # Lab: scaling, from narrow to wide {#lab-scaling}
#
# !!! question "How far does the square root carry, and what lies beyond its reach?"
#     [The chapter](../scaling.md) divides scores by $\sqrt{d_k}$ and argues from a few widths. Here the same quantities are drawn, over more widths, numbers of keys and divisors. All queries and keys are random numbers, so all of this is about the start of training.

# %% [markdown] lang="zh"
# 随机种子固定，用同样版本的 NumPy 运行，打印出来的应当与这里相同。

# %% [markdown] lang="en"
# The seed is fixed: with the same version of NumPy, your run should print what you read here.

# %% setup
import matplotlib.pyplot as plt
import numpy as np

from attention.scaling import scale_scores
from attention.softmax import effective_number, softmax

rng = np.random.default_rng(0)
widths = [16, 32, 64, 128, 256, 512, 1024]


def axis_of_widths(ax):
    ax.set(xscale="log", xlabel="$d_k$")
    ax.set_xticks([16, 64, 256, 1024], ["16", "64", "256", "1024"])
    ax.minorticks_off()


# %% [markdown] lang="zh"
# ## 分数拉得多开 {#spread}
#
# 查询和键有四种取法。一，如正文所设：各项独立，均值为 0，方差为 1。二，每一项的均值改为 1。三，查询和键是同一个向量。四，均值仍为 0，方差仍为 1，但同一个向量里任意两项的相关系数都是 [0.3]{= shared}。

# %% [markdown] lang="en"
# ## How far apart the scores lie {#spread}
#
# Queries and keys come in four ways. As the chapter assumes: independent entries of mean zero and variance one. With one added to every entry. With query and key the same vector. And with mean zero and variance one, but any two entries of a vector correlated by [0.3]{= shared}.

# %% draws
draws, shared = 4000, 0.3


def draw(d_k):
    return rng.standard_normal((draws, d_k))


def entangled(d_k):
    """Entries of variance one; any two of a vector correlate."""
    common = rng.standard_normal((draws, 1))
    return np.sqrt(1 - shared) * draw(d_k) + np.sqrt(shared) * common


def dot(a, b):
    return (a * b).sum(axis=1)


# %% spread
labels = {
    "as assumed": r"$q,\;k$",
    "mean one": r"$q+1,\;k+1$",
    "q = k": "$q=k$",
    "entangled": rf"$\rho={shared}$",
}
spread = {"as assumed": [], "mean one": [], "q = k": [], "entangled": []}
level = []
for d_k in widths:
    q, k = draw(d_k), draw(d_k)
    spread["as assumed"].append(dot(q, k).std())
    spread["mean one"].append(dot(q + 1, k + 1).std())
    spread["q = k"].append(dot(q, q).std())
    spread["entangled"].append(dot(entangled(d_k), entangled(d_k)).std())
    level.append(dot(q, q).mean())

slope = {}
for case, found in spread.items():
    slope[case] = np.polyfit(np.log(widths), np.log(found), deg=1)[0]
    print(f"{case:10}  {found[0]:4.1f} … {found[-1]:5.1f}", end="  ")
    print(f"exponent {slope[case]:.2f}")
level_slope = np.polyfit(np.log(widths), np.log(level), deg=1)[0]
print(f"mean of q·q {level[0]:4.1f} … {level[-1]:.0f}", end="  ")
print(f"exponent {level_slope:.2f}")

fig, ax = plt.subplots()
for case, mark in zip(spread, "o^sD", strict=True):
    ax.plot(widths, spread[case], marker=mark, label=labels[case])
ax.plot(widths, np.sqrt(widths), "k:", label=r"$\sqrt{d_k}$")
axis_of_widths(ax)
ax.set(yscale="log", ylabel=r"$\sigma$")
ax.legend()
plt.show()

# %% [markdown] lang="zh"
# ``` figure
# labs/scaling/spread.svg
# y: 分数的标准差 $\sigma$
# x: 宽度 $d_k$
# alt: 双对数坐标里四条上升的线，横轴是宽度，从 [16]{= widths[0]} 到 [1,024]{= widths[-1]}。三条彼此平行，最低的一条与代表平方根的点线重合；第四条从它们中间出发，陡得多。
# caption: 两轴都是对数。点线是 $\sqrt{d_k}$，$\rho$ 是同一个向量里任意两项的相关系数。
# ```
#
# 在双对数坐标里，幂函数是直线，斜率就是指数。前三种情形的指数都是 [0.50]{= slope["as assumed"]}：均值不为 0 也好，两个向量相同也好，标准差只是整体乘了一个与宽度无关的数，除以平方根之后照样不随宽度变化。
#
# （$q=k$ 时，分数的*均值*的指数是 [1.00]{= level_slope}，平方根压不住它。）
#
# 第四种情形的指数是 [0.96]{= slope["entangled"]}。[正文](../scaling.md#variance)推出了 $\mathrm{Var}(s)=\mathrm{tr}(\Sigma_q\Sigma_k)$：两个矩阵的对角线只贡献 $d_k$ 个数，对角线以外却几乎有 $d_k\times d_k$ 个小的正数，宽到一定程度就占了上风。这时标准差约与 $d_k$ 成正比，平方根压不住。

# %% [markdown] lang="en"
# ``` figure
# labs/scaling/spread.svg
# y: spread of the scores $\sigma$
# x: width $d_k$
# alt: Four rising lines on logarithmic axes, over widths from [16]{= widths[0]} to [1,024]{= widths[-1]}. Three are parallel, and the lowest of them covers the dotted line of the square root. The fourth starts among them and is far steeper.
# caption: Both axes are logarithmic. The dotted line is $\sqrt{d_k}$, and $\rho$ is the correlation of any two entries of one vector.
# ```
#
# On logarithmic axes a power is a straight line, and its exponent is the slope. Three cases rise with exponent [0.50]{= slope["as assumed"]}: a mean, or a vector multiplied by itself, changes the spread by a factor that does not depend on the width. Divided by the root, the spread is still the same at every width.
#
# (With $q=k$, the *mean* of the scores has exponent [1.00]{= level_slope}, and the root cannot hold it down.)
#
# The fourth case has exponent [0.96]{= slope["entangled"]}. By the formula $\mathrm{Var}(s)=\mathrm{tr}(\Sigma_q\Sigma_k)$, derived in [the chapter](../scaling.md#variance), the diagonals contribute $d_k$ terms, and the rest of the matrices nearly $d_k\times d_k$ small positive ones. Once the vectors are wide, these take over, and the spread is nearly proportional to $d_k$: too much for the root.

# %% [markdown] lang="zh"
# ## 一个键独占权重 {#saturation}
#
# 下面是一个查询对 [64]{= n_k} 个键，每种宽度重复 [400]{= rows} 次，看两个量：最大的权重，和键的[有效个数](../softmax.md#temperature)。

# %% [markdown] lang="en"
# ## One key takes all {#saturation}
#
# Now one query meets [64]{= n_k} keys, [400]{= rows} times at each width. Recorded are the largest weight and the [effective number](../softmax.md#temperature) of keys.

# %% saturation
n_k, rows = 64, 400
top = {"raw": [], "scaled": []}
heard = {"raw": [], "scaled": []}
for d_k in widths:
    Q = rng.standard_normal((rows, 1, d_k))
    K = rng.standard_normal((rows, n_k, d_k))
    raw = Q @ K.mT
    scores = {"raw": raw, "scaled": scale_scores(raw, d_k)}
    for way, found in scores.items():
        weights = softmax(found)
        top[way].append(weights.max(axis=-1).mean())
        heard[way].append(effective_number(weights).mean())

for way in top:
    print(f"{way:6}  largest weight {top[way][0]:.2f} … {top[way][-1]:.2f}")
    print(f"        keys heard {heard[way][0]:.1f} … {heard[way][-1]:.1f}")

fig, (left, right) = plt.subplots(1, 2, layout="constrained")
for ax, found in ((left, top), (right, heard)):
    ax.plot(widths, found["raw"], "s-", label="$s$")
    ax.plot(widths, found["scaled"], "o-", label=r"$s\,/\sqrt{d_k}$")
    axis_of_widths(ax)
    ax.set_xticks([16, 1024], ["16", "1024"])
left.set(ylabel=r"$\max_j\,p_j$", ylim=(0, 1))
right.set(ylabel="$N$", ylim=(0, n_k))
right.legend()
plt.show()

# %% [markdown] lang="zh"
# ``` figure
# labs/scaling/saturation.svg
# y: 最大权重 $\max_j\,p_j$
# y: 键的有效个数 $N$
# x: 宽度 $d_k$
# x: 宽度 $d_k$
# alt: 左右两幅图，横轴是宽度。左边是最大的权重：不缩放的一条从 [0.59]{= top["raw"][0]} 升到 [0.95]{= top["raw"][-1]}，缩放的一条是 [0.11]{= top["scaled"][-1]} 处的水平线。右边是键的有效个数：不缩放的一条降到 [1.2]{= heard["raw"][-1]}，缩放的一条停在 [40]{= round(heard["scaled"][-1])} 附近。
# caption: 都是均值。方块不缩放，圆点除以 $\sqrt{d_k}$。
# ```
#
# 不缩放时，最大的权重从 [0.59]{= top["raw"][0]} 升到 [0.95]{= top["raw"][-1]}，键的有效个数从 [4.9]{= heard["raw"][0]} 减到 [1.2]{= heard["raw"][-1]}：这就是**饱和**。缩放之后两条线都是平的，任何宽度下都约有 [40]{= round(heard["scaled"][-1])} 个键起作用。缩放要的正是这样的水平线：刚开始训练时，宽的头和窄的头一个样。

# %% [markdown] lang="en"
# ``` figure
# labs/scaling/saturation.svg
# y: largest weight $\max_j\,p_j$
# y: effective number of keys $N$
# x: width $d_k$
# x: width $d_k$
# alt: Two plots over the width. On the left, the largest weight: undivided it rises from [0.59]{= top["raw"][0]} to [0.95]{= top["raw"][-1]}, divided it stays level at [0.11]{= top["scaled"][-1]}. On the right, the effective number of keys: undivided it falls to [1.2]{= heard["raw"][-1]}, divided it stays near [40]{= round(heard["scaled"][-1])}.
# caption: Means. Squares are undivided, dots divided by $\sqrt{d_k}$.
# ```
#
# Undivided, the largest weight climbs from [0.59]{= top["raw"][0]} to [0.95]{= top["raw"][-1]}, and the effective number of keys falls from [4.9]{= heard["raw"][0]} to [1.2]{= heard["raw"][-1]}: that is **saturation**. Divided, both lines are level, and about [40]{= round(heard["scaled"][-1])} keys count at any width. Level is what the division is for: when training begins, a wide head behaves as a narrow one does.

# %% [markdown] lang="zh"
# ## 键越多，越集中吗 {#keys}
#
# 缩放之后，宽度不再起作用，剩下两个量：分数的标准差 $\sigma$，和键的个数。这一次直接从正态分布里抽分数，让 $\sigma$ 逐渐增大到 [5]{= sigmas[-1]}。

# %% [markdown] lang="en"
# ## More keys, sharper weights? {#keys}
#
# After the division the width is out of the picture. Two quantities remain: the spread $\sigma$ of the scores, and the number of keys. This time the scores themselves are drawn, from normal distributions with $\sigma$ up to [5]{= sigmas[-1]}.

# %% keys
sigmas = np.linspace(0, 5, 21)
share = {}
sizes = (16, 128, 1024)
for n in sizes:
    scores = rng.standard_normal((rows, n))
    weights = softmax(sigmas[:, None, None] * scores)
    share[n] = effective_number(weights).mean(axis=-1) / n
    print(f"n_k {n:4}  share heard {share[n][4]:.2f} at sigma 1", end="  ")
    print(f"{share[n][12]:.3f} at 3")
limit = np.exp(-(sigmas**2) / 2)
print(f"no end     share heard {limit[4]:.2f} at sigma 1  {limit[12]:.3f} at 3")

fig, ax = plt.subplots()
for n, mark in zip(share, "os^", strict=True):
    ax.plot(sigmas, share[n], marker=mark, label=f"$n_k={n}$")
ax.plot(sigmas, limit, "k:", label=r"$e^{-\sigma^2/2}$")
ax.set(xlabel=r"$\sigma$", ylabel=r"$N\,/\,n_k$", ylim=(0, 1.05))
ax.legend()
plt.show()

# %% [markdown] lang="zh"
# ``` figure
# labs/scaling/keys.svg
# y: 有效个数占键数的份额 $N/n_k$（均值）
# x: 分数的标准差 $\sigma$
# alt: 三条下降的曲线，横轴是分数的标准差，纵轴是有效个数占键数的份额。三条都从同一点开始；标准差为 1 处，[16]{= sizes[0]} 个键是 [0.67]{= share[16][4]}，[1,024]{= sizes[2]} 个键是 [0.61]{= share[1024][4]}。键越多，曲线越贴近下方的点线。
# caption: 点线是键数无穷多时的极限：$e$ 的幂，指数是方差一半的相反数。
# ```
#
# 看 $\sigma$ 为 1 的地方，如果各项符合正文的假设，缩放后的注意力就从这里起步：有效个数约占 [16]{= sizes[0]} 个键的 [67%]{= round(share[16][4], 2)}、[128]{= sizes[1]} 个键的 [62%]{= round(share[128][4], 2)}、[1,024]{= sizes[2]} 个键的 [61%]{= round(share[1024][4], 2)}。权重要集中，就得把分数拉开：$\sigma$ 到了 [3]{= sigmas[12]}，[1,024]{= sizes[2]} 个键的份额只剩约 [4.1%]{= round(share[1024][12], 3)}。

# %% [markdown] lang="en"
# ``` figure
# labs/scaling/keys.svg
# y: effective number as a share of all keys $N/n_k$ (mean)
# x: spread of the scores $\sigma$
# alt: Three falling curves. The spread of the scores runs along the bottom, the effective number of keys, as a share of all, up the side. All start at one. At spread one, [16]{= sizes[0]} keys are at [0.67]{= share[16][4]} and [1,024]{= sizes[2]} keys at [0.61]{= share[1024][4]}. The more keys, the closer the curve comes to a dotted line below.
# caption: The dotted line is the limit for endlessly many keys, $e$ to minus half the variance.
# ```
#
# Look at $\sigma$ equal to one, where divided attention begins if the entries are as the chapter assumes. The effective number is about [67%]{= round(share[16][4], 2)} of [16]{= sizes[0]} keys, [62%]{= round(share[128][4], 2)} of [128]{= sizes[1]}, and [61%]{= round(share[1024][4], 2)} of [1,024]{= sizes[2]}. For sharp weights, scores must lie further apart: at a $\sigma$ of [3]{= sigmas[12]}, the share of [1,024]{= sizes[2]} keys is about [4.1%]{= round(share[1024][12], 3)}.

# %% [markdown] lang="zh"
# ## 传回来的梯度 {#gradients}
#
# [正文](../scaling.md#gradients)给出了梯度传到分数时变成 $g\,J$，传到查询时变成 $\lambda\,g\,J\,K$。下面换七种宽度，每种 [3,000]{= widest.size} 个查询，各对 [16]{= few} 个键；权重处的梯度 $g$ 方向随机，长度为 1。

# %% [markdown] lang="en"
# ## The gradient on its way back {#gradients}
#
# [The chapter](../scaling.md#gradients) says what the gradient becomes: $g\,J$ at the scores, and $\lambda\,g\,J\,K$ at the query. Here are seven widths, with [3,000]{= widest.size} queries each, and [16]{= few} keys for every query. The gradient $g$ at the weights has a random direction and length one.


# %% gradients
few = 16  # keys


def gradient(q, K, g, scale):
    """What g, the gradient at the weights, becomes at scores and query."""
    p = softmax(scale * (q[:, None] @ K.mT))[:, 0]
    back = p * (g - (p * g).sum(axis=1, keepdims=True))
    return back, scale * (back[:, None] @ K)[:, 0]


def problem(rng, d_k, tables):
    g = rng.standard_normal((tables, few))
    g /= np.linalg.norm(g, axis=1, keepdims=True)
    q = rng.standard_normal((tables, d_k))
    return q, rng.standard_normal((tables, few, d_k)), g


def lengths_of(d_k, scale, tables=3000):
    """Lengths of many gradients: at the scores, and at the queries."""
    found = []
    for _ in range(tables // 200):
        q, K, g = problem(rng, d_k, tables=200)
        both = gradient(q, K, g, scale)
        found.append([np.linalg.norm(each, axis=1) for each in both])
    return np.concatenate(found, axis=1)


places = ("scores", "query")
lengths = {(way, place): [] for way in ("raw", "scaled") for place in places}
for d_k in widths:
    for way, scale in (("raw", 1), ("scaled", d_k**-0.5)):
        for place, found in zip(places, lengths_of(d_k, scale), strict=True):
            lengths[way, place].append(found)
median = {key: np.median(found, axis=1) for key, found in lengths.items()}
mean = {key: np.mean(found, axis=1) for key, found in lengths.items()}
low, high = {}, {}
for key, found in lengths.items():
    low[key], high[key] = np.quantile(found, [0.1, 0.9], axis=1)
    print(f"{key[0]:6} {key[1]:6}", end="  ")
    print(f"median {median[key][0]:.3f} … {median[key][-1]:.1e}", end="  ")
    print(f"mean {mean[key][0]:.3f} … {mean[key][-1]:.3f}")
widest = lengths["raw", "query"][-1]
tiny, large = np.mean(widest < 1e-6), np.mean(widest > 1)
print(f"raw at 1024, query: below 1e-6 {tiny:.0%}, above one {large:.0%}")

fig, axes = plt.subplots(1, 2, layout="constrained", sharey=True)
fig.get_layout_engine().set(wspace=0.15)
labels_at = (r"$\|g\,J\|$", r"$\|\lambda\,g\,J\,K\|$")
for ax, place, label in zip(axes, places, labels_at, strict=True):
    for way, mark, colour in (("raw", "s", "C0"), ("scaled", "o", "C1")):
        key = way, place
        ax.fill_between(widths, low[key], high[key], color=colour, alpha=0.2, lw=0)
        ax.plot(widths, median[key], marker=mark, color=colour)
        ax.plot(widths, mean[key], marker=mark, color=colour, ls="--", mfc="none")
    axis_of_widths(ax)
    ax.set_xticks([16, 1024], ["16", "1024"])
    ax.set(yscale="log", ylim=(1e-6, 4), title=label)
plt.show()

# %% [markdown] lang="zh"
# ``` figure
# labs/scaling/gradients.svg
# y: 分数处的梯度 $\|g\,J\|$
# y: 查询处的梯度 $\|\lambda\,g\,J\,K\|$
# x: 宽度 $d_k$
# x: 宽度 $d_k$
# alt: 左右两幅图，双对数坐标，横轴是宽度，纵轴是梯度的长度。左图在分数处：不缩放时，中位数从 [0.050]{= median["raw", "scores"][0]} 跌到 [3.0×10⁻⁶]{= median["raw", "scores"][-1]}，均值从 [0.060]{= mean["raw", "scores"][0]} 降到 [0.011]{= mean["raw", "scores"][-1]}。右图在查询处：不缩放时，均值的线微微上升，中位数的线跌到 [9.8×10⁻⁵]{= median["raw", "query"][-1]}，色带越来越宽，下沿掉出图外。两幅图里，缩放的中位数与均值都重合成 [0.07]{= median["scaled", "query"][-1]} 处的一条水平线，色带很窄。
# caption: 梯度画的是长度，两轴都是对数。实线是中位数，虚线是均值，色带盖住中间八成。方块不缩放，圆点除以 $\sqrt{d_k}$。
# ```
#
# 在分数处，不缩放时，键变宽，中位数趋于消失，均值只是变小。
#
# 在查询处，长约 $\sqrt{d_k}$ 的键又把剩下的梯度放大。均值从 [0.23]{= mean["raw", "query"][0]} 升到 [0.34]{= mean["raw", "query"][-1]}，中位数却从 [0.19]{= median["raw", "query"][0]} 跌到 [9.8×10⁻⁵]{= median["raw", "query"][-1]}。最宽处，约 [38%]{= round(tiny, 2)} 的查询收到的梯度短于百万分之一，约 [10%]{= round(large, 2)} 收到的长度却大于 1。
#
# 缩放之后，两处都一样。宽度为 [1,024]{= widths[-1]} 时，查询处八成的梯度落在 [0.048]{= low["scaled", "query"][-1]} 到 [0.104]{= high["scaled", "query"][-1]} 之间。

# %% [markdown] lang="en"
# ``` figure
# labs/scaling/gradients.svg
# y: gradient at the scores $\|g\,J\|$
# y: gradient at the query $\|\lambda\,g\,J\,K\|$
# x: width $d_k$
# x: width $d_k$
# alt: Two plots on logarithmic axes, the width along the bottom, the length of the gradient up the side. On the left, at the scores, undivided, the median drops from [0.050]{= median["raw", "scores"][0]} to [3.0×10⁻⁶]{= median["raw", "scores"][-1]} and the mean from [0.060]{= mean["raw", "scores"][0]} to [0.011]{= mean["raw", "scores"][-1]}. On the right, at the query, the undivided mean rises a little while the median drops to [9.8×10⁻⁵]{= median["raw", "query"][-1]}; the band widens until its lower edge leaves the plot. In both plots, the divided median and mean lie on one level line at [0.07]{= median["scaled", "query"][-1]} in a narrow band.
# caption: Lengths, on logarithmic axes. Solid: median. Dashed: mean. The bands hold the middle eight tenths. Squares are undivided, dots divided by $\sqrt{d_k}$.
# ```
#
# At the scores, undivided, the median vanishes as keys get wider; the mean only shrinks.
#
# At the query, keys of length about $\sqrt{d_k}$ magnify what is left. The mean rises from [0.23]{= mean["raw", "query"][0]} to [0.34]{= mean["raw", "query"][-1]}, while the median drops from [0.19]{= median["raw", "query"][0]} to [9.8×10⁻⁵]{= median["raw", "query"][-1]}. At the widest, about [38%]{= round(tiny, 2)} of the queries receive less than a millionth, and about [10%]{= round(large, 2)} receive more than one.
#
# Divided, both places are alike. At width [1,024]{= widths[-1]}, eight in ten of the gradients at the query lie between [0.048]{= low["scaled", "query"][-1]} and [0.104]{= high["scaled", "query"][-1]}.

# %% [markdown] lang="zh"
# ## 一整批查询加起来 {#batch}
#
# 训练的每一步改动 $W_q$，依据的是一批查询传回的梯度之和。这个总和的长度，批次之间差多少？程序取宽度 [256]{= tried[1]}，每次抽二十批，打印长度的标准差除以均值的商；[5]{= len(seeds)} 个种子，取中位数，括号里是最小和最大。

# %% [markdown] lang="en"
# ## A whole batch of queries {#batch}
#
# A step of training takes the sum of what all queries of a batch send back to $W_q$. How much does the length of this sum vary from batch to batch? At width [256]{= tried[1]}, the cell prints its standard deviation over twenty batches, divided by its mean: for [5]{= len(seeds)} seeds, the median and, in brackets, the least and the greatest.


# %% batch
def variation(seed, n_batch, d_k=256, d_in=64, batches=20):
    """Standard deviation over mean of the gradient's length at W_q."""
    own = np.random.default_rng(seed)
    W_q = own.standard_normal((d_in, d_k)) / d_in**0.5
    sizes = []
    for _ in range(batches):
        X = own.standard_normal((n_batch, d_in))
        _, K, g = problem(own, d_k, n_batch)
        both = [gradient(X @ W_q, K, g, scale)[1] for scale in (1, d_k**-0.5)]
        sizes.append([np.linalg.norm(X.T @ at_queries) for at_queries in both])
    return np.std(sizes, axis=0) / np.mean(sizes, axis=0)


seeds, vary = range(5), {}
for n in (1, 16, 256):
    found = np.array([variation(seed, n) for seed in seeds])
    for way, ratios in zip(("raw", "scaled"), found.T, strict=True):
        least, middle, most = np.quantile(ratios, [0, 0.5, 1])
        vary[way, n] = least, middle, most
        print(f"{n:3} queries, {way:6} {middle:.2f} ({least:.2f} to {most:.2f})")

# %% [markdown] lang="zh"
# 每批一个查询，不缩放时标准差是均值的 [1.80]{= vary["raw", 1][1]} 倍（[1.32]{= vary["raw", 1][0]} 至 [1.86]{= vary["raw", 1][2]}），缩放后是 [0.32]{= vary["scaled", 1][1]} 倍。每批 [256]{= n} 个查询，不缩放也只有 [0.12]{= vary["raw", 256][1]} 倍（[0.08]{= vary["raw", 256][0]} 至 [0.13]{= vary["raw", 256][2]}）：忽大忽小的梯度加在一起，就平均掉了。（这里每个查询的键和 $g$ 都是独立随机抽取的，真正训练时未必。）
#
# ## 为什么偏偏是二分之一次幂 {#divisor}
#
# 最后换除数：分数除以 $d_k^a$，$a$ 为 0 就是不除，为 1 就是除以 $d_k$ 本身。这时分数的标准差 $\sigma$ 是 $\sqrt{d_k}$ 除以 $d_k^a$。

# %% [markdown] lang="en"
# With one query in a batch, the standard deviation is [1.80]{= vary["raw", 1][1]} times the mean undivided ([1.32]{= vary["raw", 1][0]} to [1.86]{= vary["raw", 1][2]}), and [0.32]{= vary["scaled", 1][1]} times divided. With [256]{= n}, it is only [0.12]{= vary["raw", 256][1]} times even undivided ([0.08]{= vary["raw", 256][0]} to [0.13]{= vary["raw", 256][2]}): in a sum, spikes average out. (Here each query has keys and a $g$ of its own, drawn at random. Real training need not be so.)
#
# ## Why the power of one half {#divisor}
#
# Last, the divisor itself. Scores are divided by $d_k^a$, with $a$ from zero, which is no division, to one, which is division by $d_k$. The spread $\sigma$ of the scores is then $\sqrt{d_k}$ over $d_k^a$.

# %% divisor
tried, exponents = (64, 256, 1024), np.linspace(0, 1, 9)
fig, (left, right) = plt.subplots(1, 2, layout="constrained", sharey=True)
at = {}
for d_k, mark in zip(tried, "os^", strict=True):
    at[d_k] = [np.median(lengths_of(d_k, d_k**-a, tables=600)[1]) for a in exponents]
    left.plot(exponents, at[d_k], marker=mark, label=f"$d_k={d_k}$")
    right.plot(d_k ** (0.5 - exponents), at[d_k], marker=mark)
    print(f"d_k {d_k:4}  exponent 0: {at[d_k][0]:.1e}", end="  ")
    print(f"a half: {at[d_k][4]:.3f}  one: {at[d_k][-1]:.4f}")
for ax, place in ((left, 0.5), (right, 1)):
    ax.axvline(place, color="k", ls=":")
left.set(yscale="log", xlabel="$a$", ylabel=r"$\|\nabla_q\|$", ylim=(1e-4, 1))
fig.legend(loc="outside upper center", ncols=3)
right.set(xscale="log", xlabel=r"$\sigma$")
plt.show()

sigma = 256 ** (0.5 - exponents)
print("d_k 256, sigma", sigma[:5].round(), "gradient", np.round(at[256][:5], 3))

# %% [markdown] lang="zh"
# ``` figure
# labs/scaling/divisor.svg
# y: 传到查询的梯度的长度 $\|\nabla_q\|$（中位数）
# x: 除数的指数 $a$
# x: 分数的标准差 $\sigma$
# alt: 左右两幅图，纵轴是传到查询的梯度的中位数，对数坐标，宽度是 [64]{= tried[0]}、[256]{= tried[1]} 和 [1,024]{= tried[2]}。左图横轴是除数的指数：三条曲线在二分之一处交于一点，往左右两边都分开。右图横轴是分数的标准差：三条曲线几乎叠成一条，先升后降。
# caption: 左图的点线在二分之一处，也就是除以 $\sqrt{d_k}$。右图是同样的点，点线在 $\sigma$ 为 1 处。
# ```
#
# 左图里，三条线只在一处交于同一点：二分之一。交点处的中位数分别是 [0.069]{= at[64][4]}、[0.068]{= at[256][4]} 和 [0.068]{= at[1024][4]}。再往右，除得太多，所有权重几乎相等。除以 $d_k$ 时，宽度每变成四倍，梯度就减半，依次是 [0.0075]{= at[64][8]}、[0.0038]{= at[256][8]}、[0.0019]{= at[1024][8]}。
#
# 右图说明了原因：起作用的是分数的标准差，三种宽度的点几乎落在同一条曲线上。键有 [16]{= few} 个时，最高处在 $\sigma$ 等于 [4]{= round(sigma[2])} 附近，宽度为 [256]{= tried[1]} 时，那里的中位数是 [0.205]{= at[256][2]}；到了 [16]{= round(sigma[0])}，已经饱和，只剩 [0.011]{= at[256][0]}。除以平方根，$\sigma$ 为 1，好处不在于让梯度最大，而在于让 $\sigma$ 与宽度无关。
#
# !!! exercise "动手试试"
#     把所有的键都变成原来的两倍，其余不变。缩放后的分数，标准差是多少？[1,024]{= sizes[2]} 个键的有效个数还占百分之几？
#
#     ??? answer "答案"
#         分数的标准差变成原来的两倍。第三幅图里读 $\sigma$ 为 [2]{= sigmas[8]} 处：约 [16%]{= round(share[1024][8], 2)}。除数只认宽度，不看长度；把长度也管起来的办法见[正文](../scaling.md#alternatives)。
#
# 回到[正文](../scaling.md#gradients)。

# %% [markdown] lang="en"
# ``` figure
# labs/scaling/divisor.svg
# y: length of the gradient at a query $\|\nabla_q\|$ (median)
# x: exponent $a$
# x: spread of the scores $\sigma$
# alt: Two plots of the median gradient at the query, on a logarithmic axis, for the widths [64]{= tried[0]}, [256]{= tried[1]} and [1,024]{= tried[2]}. On the left, over the exponent of the divisor, three curves meet in one point at one half and part on either side. On the right, over the spread of the scores, the three lie nearly on one curve, which rises and then falls.
# caption: Dotted lines: on the left one half, division by $\sqrt{d_k}$; on the right, with the same points, a $\sigma$ of one.
# ```
#
# On the left, only at one half do all three lines meet, with medians of [0.069]{= at[64][4]}, [0.068]{= at[256][4]} and [0.068]{= at[1024][4]}. Further right the divisor is too large, and all weights are nearly equal. With division by $d_k$, quadrupling the width halves the gradient: [0.0075]{= at[64][8]}, then [0.0038]{= at[256][8]}, then [0.0019]{= at[1024][8]}.
#
# The plot on the right shows why. What counts is the spread of the scores: the points of all widths lie nearly on one curve. With [16]{= few} keys, it is highest near a $\sigma$ of [4]{= round(sigma[2])}; at width [256]{= tried[1]}, the median there is [0.205]{= at[256][2]}. At [16]{= round(sigma[0])} softmax is saturated, and [0.011]{= at[256][0]} is left. The root puts $\sigma$ at one. Its merit is not the largest gradient, but a $\sigma$ that does not depend on the width.
#
# !!! exercise "Try it yourself"
#     Multiply all keys by two and change nothing else. What is the spread of the divided scores, and what share of [1,024]{= sizes[2]} keys is their effective number?
#
#     ??? answer "Answer"
#         The spread goes from one to two. Read the third figure at a $\sigma$ of [2]{= sigmas[8]}: about [16%]{= round(share[1024][8], 2)}. The divisor knows the width and not the length. Ways to hold the length as well are in [the chapter](../scaling.md#alternatives).
#
# Back to [the chapter](../scaling.md#gradients).
