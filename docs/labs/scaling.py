# %% [markdown] lang="zh"
# # 实验：从窄到宽看缩放 {#lab-scaling}
#
# !!! question "平方根管得了多远？管不到的地方又是什么样？"
#     [正文](../scaling.md)用几个宽度说明分数为什么除以 $\sqrt{d_k}$。这里把同样几个量画出来：先换七种宽度，再换键的个数，最后换除数，从不除一直到除以 $d_k$。全程用随机数代替训练好的模型，所以结论只说训练刚开始的时候。

# %% [markdown] lang="en"
# # Lab: scaling, from narrow to wide {#lab-scaling}
#
# !!! question "How far does the square root carry, and what lies beyond its reach?"
#     [The chapter](../scaling.md) divides scores by $\sqrt{d_k}$ and argues from a few widths. Here the same quantities are drawn: over seven widths, then over numbers of keys, and last over every divisor from none to $d_k$. Random numbers stand in for a trained model throughout, so all of this is about the start of training.

# %% [markdown] lang="zh"
# 除了 NumPy 和 matplotlib，只用到本站软件包里的三个函数。随机种子固定，你运行得到的数字与这里相同。

# %% [markdown] lang="en"
# Besides NumPy and matplotlib, this takes three functions of the book's package. The seed is fixed: your run prints what you read here.

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
# ## 分数散得多开 {#spread}
#
# 查询和键有四种来法。一，如正文所设：各项独立，均值为零，方差为一。二，每一项都加一。三，查询和键是同一个向量。四，均值仍为零，方差仍为一，但同一个向量里任意两项的相关系数都是 [0.3]{= shared}，好像有一个共同的原因同时推着所有项走。

# %% [markdown] lang="en"
# ## How far the scores spread {#spread}
#
# Queries and keys come in four ways. As the chapter assumes: independent entries of mean zero and variance one. With one added to every entry. With query and key the same vector. And with mean zero and variance one as before, but any two entries of a vector correlated by [0.3]{= shared}, as if one common cause pushed all of them.

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
# alt: 双对数坐标里四条上升的线，横轴是宽度，从 [16]{= widths[0]} 到 [1,024]{= widths[-1]}。三条彼此平行，最低的一条与代表平方根的虚线重合；第四条从它们中间出发，陡得多。
# caption: 分数的标准差 $\sigma$ 随宽度的变化，两轴都是对数。虚线是 $\sqrt{d_k}$，$\rho$ 是同一个向量里任意两项的相关系数。
# ```
#
# 在双对数坐标里，幂函数是直线，斜率就是指数。前三种情形的指数都是 [0.50]{= slope["as assumed"]}：均值不为零也好，两个向量相同也好，标准差只是整体乘了一个与宽度无关的数，除以平方根之后照样不随宽度变化。不过 $q=k$ 时，*均值*的指数是 [1.00]{= level_slope}，平方根压不住它。
#
# 第四种情形的指数是 [0.96]{= slope["entangled"]}。正文的 $\mathrm{Var}(s)=\mathrm{tr}(\Sigma_q\Sigma_k)$ 说明了原因：对角线只贡献 $d_k$ 个数，对角线以外几乎有 $d_k\times d_k$ 个小的正数，它们从不抵消，宽到一定程度就占了上风。可见平方根要的不是正态分布，而是查询和键里至少有一方，各项不朝同一个方向使劲。训练不保证这一点。

# %% [markdown] lang="en"
# ``` figure
# labs/scaling/spread.svg
# alt: Four rising lines on logarithmic axes, over widths from [16]{= widths[0]} to [1,024]{= widths[-1]}. Three are parallel, and the lowest of them covers the dotted line of the square root. The fourth starts among them and is far steeper.
# caption: The spread $\sigma$ of the scores over the width, both axes logarithmic. The dotted line is $\sqrt{d_k}$, and $\rho$ is the correlation of any two entries of one vector.
# ```
#
# On logarithmic axes a power is a straight line, and its exponent is the slope. Three cases rise with exponent [0.50]{= slope["as assumed"]}: a mean, or a vector met by itself, multiplies the spread by a number that has nothing to do with the width. Divide by the root, and the spread still does not depend on it. But for $q=k$ the *mean* has exponent [1.00]{= level_slope}, and that the root cannot hold down.
#
# The fourth case has exponent [0.96]{= slope["entangled"]}. The chapter's $\mathrm{Var}(s)=\mathrm{tr}(\Sigma_q\Sigma_k)$ says why. The diagonal contributes $d_k$ terms, the rest of the matrices nearly $d_k\times d_k$ small positive ones, which never cancel and take over once the vectors are wide. So the root does not ask for bell curves. It asks that in queries or in keys the entries do not all pull the same way, and training does not promise that.

# %% [markdown] lang="zh"
# ## 一个键独占权重 {#saturation}
#
# 下面是一个查询对 [64]{= n_k} 个键，每种宽度重复 [400]{= rows} 次，看两个量：最大的权重，和键的[有效个数](../softmax.md#temperature)。

# %% [markdown] lang="en"
# ## One key takes all {#saturation}
#
# Now one query meets [64]{= n_k} keys, [400]{= rows} times at each width. Two things are recorded: the largest weight, and the [effective number](../softmax.md#temperature) of keys.

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
# alt: 左右两幅图，横轴是宽度。左边是最大的权重：不缩放的一条从 [0.59]{= top["raw"][0]} 升到 [0.95]{= top["raw"][-1]}，缩放的一条是 [0.11]{= top["scaled"][-1]} 处的水平线。右边是键的有效个数：不缩放的一条降到 [1.2]{= heard["raw"][-1]}，缩放的一条停在 [≈40]{= heard["scaled"][-1]} 附近。
# caption: 左：最大权重 $\max_j\,p_j$ 的均值。右：有效个数 $N$ 的均值。方块不缩放，圆点除以 $\sqrt{d_k}$。
# ```
#
# 不缩放时，最大的权重从 [0.59]{= top["raw"][0]} 升到 [0.95]{= top["raw"][-1]}，查询实际听到的键从 [4.9]{= heard["raw"][0]} 个减到 [1.2]{= heard["raw"][-1]} 个：这就是**饱和**。缩放之后两条线都是平的，任何宽度下都有 [≈40]{= heard["scaled"][-1]} 个键说得上话。平，正是缩放要的东西：刚开始训练时，宽的头和窄的头一个样。

# %% [markdown] lang="en"
# ``` figure
# labs/scaling/saturation.svg
# alt: Two plots over the width. On the left, the largest weight: undivided it rises from [0.59]{= top["raw"][0]} to [0.95]{= top["raw"][-1]}, divided it stays level at [0.11]{= top["scaled"][-1]}. On the right, the effective number of keys: undivided it falls to [1.2]{= heard["raw"][-1]}, divided it stays near [≈40]{= heard["scaled"][-1]}.
# caption: Left, the largest weight, $\max_j\,p_j$. Right, the effective number $N$ of keys. Both are means. Squares are undivided, dots divided by $\sqrt{d_k}$.
# ```
#
# Undivided, the largest weight climbs from [0.59]{= top["raw"][0]} to [0.95]{= top["raw"][-1]}, and of all keys the query hears [4.9]{= heard["raw"][0]} at first and [1.2]{= heard["raw"][-1]} at last: that is **saturation**. Divided, both lines are level, and [≈40]{= heard["scaled"][-1]} keys have a say at any width. Level is what the division is for: when training begins, a wide head behaves as a narrow one does.

# %% [markdown] lang="zh"
# ## 键越多，越稀疏吗 {#keys}
#
# 除过之后，宽度不再起作用，剩下两个量：分数的标准差 $\sigma$，和键的个数。这一次直接抽分数，让 $\sigma$ 从零走到 [5]{= sigmas[-1]}。

# %% [markdown] lang="en"
# ## More keys, sparser weights? {#keys}
#
# After the division the width is out of the picture. Two quantities remain: the spread $\sigma$ of the scores, and the number of keys. This time the scores themselves are drawn, with $\sigma$ from zero to [5]{= sigmas[-1]}.

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
ax.set(xlabel=r"$\sigma$", ylabel=r"$N\,/\,n_k$", ylim=(0, 1))
ax.legend()
plt.show()

# %% [markdown] lang="zh"
# ``` figure
# labs/scaling/keys.svg
# alt: 三条下降的曲线，横轴是分数的标准差，纵轴是听到的键所占的份额。三条都从一开始；标准差为一处，[16]{= sizes[0]} 个键是 [0.67]{= share[16][4]}，[1,024]{= sizes[2]} 个键是 [0.61]{= share[1024][4]}。键越多，曲线越贴近下方的虚线。
# caption: 有效个数占键数的份额（均值），随分数的标准差 $\sigma$ 变化。虚线是键数无穷多时的极限：$e$ 的幂，指数是方差的一半取负。
# ```
#
# 看 $\sigma$ 等于一的地方，缩放后的注意力从这里起步：[16]{= sizes[0]} 个键听到 [≈67%]{= share[16][4]}，[128]{= sizes[1]} 个听到 [≈62%]{= share[128][4]}，[1,024]{= sizes[2]} 个听到 [≈61%]{= share[1024][4]}。份额不归零，而是趋于 $\exp(-\frac{1}{2})\approx0.61$。键多了，听到的键也按比例多。
#
# !!! claim "“softmax 让注意力变稀疏。”"
#     刚开始训练时恰恰相反，没有一个权重是零，大半的键都算数。要尖锐，得让分数散开：$\sigma$ 到了三，[1,024]{= sizes[2]} 个键只剩 [≈4.1%]{= share[1024][12]}。这要靠训练学出来，而且仍然不是零。

# %% [markdown] lang="en"
# ``` figure
# labs/scaling/keys.svg
# alt: Three falling curves. The spread of the scores runs along the bottom, the share of keys that are heard up the side. All start at one. At spread one, [16]{= sizes[0]} keys are at [0.67]{= share[16][4]} and [1,024]{= sizes[2]} keys at [0.61]{= share[1024][4]}. The more keys, the closer the curve comes to a dotted line below.
# caption: Mean effective number of keys as a share of all keys, over the spread $\sigma$ of the scores. The dotted line is the limit for endlessly many keys, $e$ to minus half the variance.
# ```
#
# Look at $\sigma$ equal to one, where divided attention begins. Of [16]{= sizes[0]} keys [≈67%]{= share[16][4]} are heard, of [128]{= sizes[1]} it is [≈62%]{= share[128][4]}, of [1,024]{= sizes[2]} still [≈61%]{= share[1024][4]}. The share does not go to zero but to $\exp(-\frac{1}{2})\approx0.61$. With more keys, more keys are heard.
#
# !!! claim "“Softmax makes attention sparse.”"
#     At the start of training it does the opposite. No weight is zero, and most keys count. For sharp weights, the scores must spread: at a $\sigma$ of three, [≈4.1%]{= share[1024][12]} of [1,024]{= sizes[2]} keys are left. That has to be learned, and even then nothing is zero.

# %% [markdown] lang="zh"
# ## 传到查询的梯度 {#gradients}
#
# [正文](../scaling.md#gradients)给出了传到查询的梯度。画图之前先确认公式没有抄错：把查询的每一项各挪动一点，用差商再算一遍。

# %% [markdown] lang="en"
# ## The gradient that reaches a query {#gradients}
#
# [The chapter](../scaling.md#gradients) has the formula of the gradient that reaches a query. Before drawing anything, make sure that it is copied correctly: nudge each entry of a query and compute the difference quotient.


# %% gradient
def gradient(q, K, g, scale):
    """What reaches each query from g, the gradient at its weights."""
    p = softmax(scale * (q[:, None] @ K.mT))[:, 0]
    back = p * (g - (p * g).sum(axis=1, keepdims=True))
    return scale * (back[:, None] @ K)[:, 0]


def problem(d_k, n_k, tables):
    g = rng.standard_normal((tables, n_k))
    g /= np.linalg.norm(g, axis=1, keepdims=True)
    q = rng.standard_normal((tables, d_k))
    return q, rng.standard_normal((tables, n_k, d_k)), g


few = 16
q, K, g = problem(d_k=7, n_k=few, tables=1)
step, numeric = 1e-6, np.zeros(7)
for c in range(7):
    up, down = q.copy(), q.copy()
    up[0, c] += step
    down[0, c] -= step
    change = softmax(up @ K[0].T) - softmax(down @ K[0].T)
    numeric[c] = (change * g).sum() / (2 * step)
gap = abs(numeric - gradient(q, K, g, scale=1)[0]).max()
print("formula and difference quotient agree:", bool(gap < 1e-8))

# %% [markdown] lang="zh"
# 两种算法一致。下面换七种宽度，每种 [3,000]{= widest.size} 个查询，各对 [16]{= few} 个键；权重处的梯度 $g$ 方向随机，长度为一。

# %% [markdown] lang="en"
# The two agree. Now seven widths, [3,000]{= widest.size} queries each, every one with [16]{= few} keys; the gradient $g$ at the weights has a random direction and length one.


# %% gradients
def lengths_of(d_k, scale, tables=3000):
    """Lengths of the gradients that reach the queries of many tables."""
    found = []
    for _ in range(tables // 200):
        q, K, g = problem(d_k, few, tables=200)
        found.append(np.linalg.norm(gradient(q, K, g, scale), axis=1))
    return np.concatenate(found)


lengths = {"raw": [], "scaled": []}
for d_k in widths:
    lengths["raw"].append(lengths_of(d_k, scale=1))
    lengths["scaled"].append(lengths_of(d_k, scale=d_k**-0.5))
median = {way: np.median(found, axis=1) for way, found in lengths.items()}
mean = {way: np.mean(found, axis=1) for way, found in lengths.items()}
low, high = {}, {}
for way, found in lengths.items():
    low[way], high[way] = np.quantile(found, [0.1, 0.9], axis=1)
    print(f"{way:6}  median {median[way][0]:.3f} … {median[way][-1]:.1e}", end="  ")
    print(f"mean {mean[way][0]:.3f} … {mean[way][-1]:.3f}")
widest = lengths["raw"][-1]
tiny, large = np.mean(widest < 1e-6), np.mean(widest > 1)
print(f"raw at 1024: below 1e-6 {tiny:.0%}, above one {large:.0%}")

fig, ax = plt.subplots()
for way, mark, colour in (("raw", "s", "C0"), ("scaled", "o", "C1")):
    ax.fill_between(widths, low[way], high[way], color=colour, alpha=0.2, lw=0)
    ax.plot(widths, median[way], marker=mark, color=colour)
    ax.plot(widths, mean[way], marker=mark, color=colour, ls="--", mfc="none")
axis_of_widths(ax)
ax.set(yscale="log", ylim=(1e-6, 4), ylabel=r"$\|\nabla_q\|$")
plt.show()

# %% [markdown] lang="zh"
# ``` figure
# labs/scaling/gradients.svg
# alt: 双对数坐标，横轴是宽度，纵轴是传到查询的梯度的长度。不缩放：均值的线微微上升，中位数的线从 [0.19]{= median["raw"][0]} 跌到 [9.7×10⁻⁵]{= median["raw"][-1]}，两者之间的色带越来越宽，下沿掉出图外。缩放：中位数与均值重合成 [0.07]{= median["scaled"][-1]} 处的一条水平线，色带很窄。
# caption: 传到查询的梯度的长度。实线是中位数，虚线是均值，色带盖住中间八成的查询。方块不缩放，圆点除以 $\sqrt{d_k}$。
# ```
#
# “梯度消失”和“梯度爆炸”各说对了一半。不缩放时，中位数从 [0.19]{= median["raw"][0]} 跌到 [9.7×10⁻⁵]{= median["raw"][-1]}，均值反而从 [0.23]{= mean["raw"][0]} 升到 [0.36]{= mean["raw"][-1]}。最宽处，[≈37%]{= tiny} 的查询收到的梯度短于百万分之一，[≈11%]{= large} 收到的却长于一：许多查询几乎什么也学不到，少数查询被猛推一把。没有哪个学习率能同时照顾两边。
#
# 缩放之后，八成的查询落在 [0.047]{= low["scaled"][-1]} 到 [0.102]{= high["scaled"][-1]} 之间，每种宽度都差不多。

# %% [markdown] lang="en"
# ``` figure
# labs/scaling/gradients.svg
# alt: Logarithmic axes, the width along the bottom, the length of the gradient that reaches a query up the side. Undivided, the mean rises a little while the median drops from [0.19]{= median["raw"][0]} to [9.7×10⁻⁵]{= median["raw"][-1]}; the band around them widens until its lower edge leaves the plot. Divided, median and mean lie on one level line at [0.07]{= median["scaled"][-1]} in a narrow band.
# caption: The length of the gradient that reaches a query. Solid: median. Dashed: mean. The bands hold the middle eight tenths of the queries. Squares are undivided, dots divided by $\sqrt{d_k}$.
# ```
#
# “Vanishing” and “exploding” are half right each. Undivided, the median drops from [0.19]{= median["raw"][0]} to [9.7×10⁻⁵]{= median["raw"][-1]} while the mean rises from [0.23]{= mean["raw"][0]} to [0.36]{= mean["raw"][-1]}. At the widest, [≈37%]{= tiny} of the queries receive less than a millionth, and [≈11%]{= large} receive more than one. Many learn next to nothing, a few are kicked, and no step size suits both.
#
# Divided, eight queries in ten lie between [0.047]{= low["scaled"][-1]} and [0.102]{= high["scaled"][-1]}, and at every other width nearly so.

# %% [markdown] lang="zh"
# ## 为什么偏偏是二分之一次幂 {#divisor}
#
# 最后换除数：分数除以 $d_k^a$，$a$ 从零（不除）走到一（除以 $d_k$ 本身）。

# %% [markdown] lang="en"
# ## Why the power of one half {#divisor}
#
# Last, the divisor itself. Scores are divided by $d_k^a$, with $a$ from zero, which is no division, to one, which is division by $d_k$.

# %% divisor
tried, exponents = (64, 256, 1024), np.linspace(0, 1, 11)
fig, ax = plt.subplots()
at = {}
for d_k, mark in zip(tried, "os^", strict=True):
    at[d_k] = [np.median(lengths_of(d_k, d_k**-a, tables=1000)) for a in exponents]
    ax.plot(exponents, at[d_k], marker=mark, label=f"$d_k={d_k}$")
    print(f"d_k {d_k:4}  exponent 0: {at[d_k][0]:.1e}", end="  ")
    print(f"a half: {at[d_k][5]:.3f}  one: {at[d_k][-1]:.4f}")
ax.axvline(0.5, color="k", ls=":")
ax.set(yscale="log", xlabel="$a$", ylabel=r"$\|\nabla_q\|$", ylim=(1e-3, 1))
ax.legend()
plt.show()

# %% [markdown] lang="zh"
# ``` figure
# labs/scaling/divisor.svg
# alt: 三条曲线，横轴是除数的指数，从零到一，纵轴是传到查询的梯度的中位数，对数坐标。宽度是 [64]{= tried[0]}、[256]{= tried[1]} 和 [1,024]{= tried[2]}。最左端越宽越低，最右端也是越宽越低。左半边两两相交，二分之一处三条线交于一点。
# caption: 除以 $d_k^a$ 之后传到查询的梯度长度的中位数。竖直的虚线在 $a$ 等于二分之一处，也就是除以 $\sqrt{d_k}$。
# ```
#
# 三条线只在一处交于同一点：二分之一。交点处的中位数分别是 [0.069]{= at[64][5]}、[0.068]{= at[256][5]} 和 [0.068]{= at[1024][5]}。最左端根本没有除，越宽越饱和。右边除得太多，所有权重几乎相等：除以 $d_k$ 时宽度每变成四倍，梯度就减半，依次是 [0.0076]{= at[64][10]}、[0.0038]{= at[256][10]}、[0.0019]{= at[1024][10]}。
#
# 交点并不是最高点，$a$ 再小一些梯度还要大，而且头越宽越大。平方根的好处不在于让梯度最大，而在于让它与宽度无关；[@vaswani2017] 担心的，正是 $d_k$ 大的时候。
#
# !!! exercise "动手试试"
#     把所有的键都乘以二，其余不变。缩放后的分数散得多开？[1,024]{= sizes[2]} 个键里还听得到百分之几？
#
#     ??? answer "答案"
#         分数的标准差从一变成二。第三幅图里读 $\sigma$ 等于二处：[≈16%]{= share[1024][8]}。除数只认宽度，不看长度；把长度也管起来的办法见[正文](../scaling.md#alternatives)。
#
# 回到[正文](../scaling.md#gradients)。

# %% [markdown] lang="en"
# ``` figure
# labs/scaling/divisor.svg
# alt: Three curves. The exponent of the divisor runs along the bottom from zero to one, the median gradient at the query up the side on a logarithmic axis. The widths are [64]{= tried[0]}, [256]{= tried[1]} and [1,024]{= tried[2]}. At the left edge the wider curve lies lower, at the right edge as well. On the left they cross in pairs; at one half all three meet in a point.
# caption: The median length of the gradient that reaches a query when scores are divided by $d_k^a$. The dotted line is where $a$ is one half: division by $\sqrt{d_k}$.
# ```
#
# Only at one half do all three lines meet, with medians of [0.069]{= at[64][5]}, [0.068]{= at[256][5]} and [0.068]{= at[1024][5]}. At the left edge nothing is divided, and wide heads saturate. To the right the divisor is too large, and all weights are nearly equal: divided by $d_k$, four times the width is half the gradient, [0.0076]{= at[64][10]}, then [0.0038]{= at[256][10]}, then [0.0019]{= at[1024][10]}.
#
# The meeting point is not the highest: a somewhat smaller $a$ gives larger gradients, and the wider the head, the larger. The merit of the root is not the largest gradient but one that does not depend on the width; a large $d_k$ was what worried [@vaswani2017].
#
# !!! exercise "Try it yourself"
#     Multiply all keys by two and change nothing else. How far do the divided scores spread, and what share of [1,024]{= sizes[2]} keys is still heard?
#
#     ??? answer "Answer"
#         The spread goes from one to two. Read the third figure at a $\sigma$ of two: [≈16%]{= share[1024][8]}. The divisor knows the width and not the length. Ways to hold the length as well are in [the chapter](../scaling.md#alternatives).
#
# Back to [the chapter](../scaling.md#gradients).
