# %% [markdown] lang="zh"
# # 实验：从窄到宽看缩放 {#lab-scaling}
#
# !!! question "平方根管得了多远？管不到的地方又是什么样？"
#     [正文](../scaling.md)用几个宽度说明分数为什么除以 $\sqrt{d_k}$。这里把同样几个量画出来：先换七种宽度，再换键的个数，最后换除数，从不除一直到除以 $d_k$。查询和键全是随机数，所以结论只适用于训练刚开始的时候。

# %% [markdown] lang="en"
# # Lab: scaling, from narrow to wide {#lab-scaling}
#
# !!! question "How far does the square root carry, and what lies beyond its reach?"
#     [The chapter](../scaling.md) divides scores by $\sqrt{d_k}$ and argues from a few widths. Here the same quantities are drawn: over seven widths, then over numbers of keys, and last over every divisor from none to $d_k$. All queries and keys are random numbers, so all of this is about the start of training.

# %% [markdown] lang="zh"
# 除了 NumPy 和 matplotlib，只用到本站软件包里的三个函数。随机种子固定，用同样版本的 NumPy 运行，打印出来的应当与这里相同。

# %% [markdown] lang="en"
# Besides NumPy and matplotlib, this takes three functions of the book's package. The seed is fixed: with the same version of NumPy, your run should print what you read here.

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
# 查询和键有四种来法。一，如正文所设：各项独立，均值为 0，方差为 1。二，每一项的均值改为 1。三，查询和键是同一个向量。四，均值仍为 0，方差仍为 1，但同一个向量里任意两项的相关系数都是 [0.3]{= shared}，好像有一个共同的原因同时推着所有项走。

# %% [markdown] lang="en"
# ## How far apart the scores lie {#spread}
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
# caption: 分数的标准差 $\sigma$（纵轴）随宽度 $d_k$（横轴）的变化，两轴都是对数。虚线是 $\sqrt{d_k}$，$\rho$ 是同一个向量里任意两项的相关系数。
# ```
#
# 在双对数坐标里，幂函数是直线，斜率就是指数。前三种情形的指数都是 [0.50]{= slope["as assumed"]}：均值不为 0 也好，两个向量相同也好，标准差只是整体乘了一个与宽度无关的数，除以平方根之后照样不随宽度变化。
#
# 分数的均值另当别论。所有的键如果均值相同，只会把同一个查询的整行分数一起抬高，softmax 不受这种[平移](../softmax.md#formula)影响。$q=k$ 则不同：*均值*的指数是 [1.00]{= level_slope}，平方根压不住它；一行之中只有一个键等于查询，被抬高的只有它。
#
# 第四种情形的指数是 [0.96]{= slope["entangled"]}。[正文](../scaling.md#variance)推出了 $\mathrm{Var}(s)=\mathrm{tr}(\Sigma_q\Sigma_k)$，原因就在这里。两个矩阵的对角线只贡献 $d_k$ 个数。对角线以外几乎有 $d_k\times d_k$ 个小的正数，它们从不抵消，宽到一定程度就占了上风。这时方差约与 $d_k\times d_k$ 成正比，标准差约与 $d_k$ 成正比，所以指数接近 1。可见除以平方根要管用，不必服从正态分布。只要查询与键独立，各项的分布不随宽度变化，其中一方的各项均值为 0、互不相关，就够了。训练不保证这一点。

# %% [markdown] lang="en"
# ``` figure
# labs/scaling/spread.svg
# alt: Four rising lines on logarithmic axes, over widths from [16]{= widths[0]} to [1,024]{= widths[-1]}. Three are parallel, and the lowest of them covers the dotted line of the square root. The fourth starts among them and is far steeper.
# caption: The spread $\sigma$ of the scores (upwards) over the width $d_k$ (to the right), both axes logarithmic. The dotted line is $\sqrt{d_k}$, and $\rho$ is the correlation of any two entries of one vector.
# ```
#
# On logarithmic axes a power is a straight line, and its exponent is the slope. Three cases rise with exponent [0.50]{= slope["as assumed"]}: a mean, or a vector multiplied by itself, changes the spread by a factor that does not depend on the width. Divided by the root, the spread is still the same at every width.
#
# The mean of the scores is another matter. If all keys have the same mean, it raises all scores of a query alike, a [shift](../softmax.md#formula) that softmax ignores. With $q=k$ it is different. There the *mean* has exponent [1.00]{= level_slope}, which the root cannot hold down; and in a row, only the one key that equals the query is raised.
#
# The fourth case has exponent [0.96]{= slope["entangled"]}. The formula $\mathrm{Var}(s)=\mathrm{tr}(\Sigma_q\Sigma_k)$, derived in [the chapter](../scaling.md#variance), explains this. The diagonals contribute $d_k$ terms. The rest of the matrices contributes nearly $d_k\times d_k$ small positive ones. These never cancel, and take over once the vectors are wide. The variance is then nearly proportional to $d_k\times d_k$, and the spread to $d_k$, so the exponent is close to one. So the root does not need normal distributions. It is enough that queries and keys are independent, that their entries have the same distribution at every width, and that those of one of the two have mean zero and do not vary together. Training does not promise that.

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
# alt: 左右两幅图，横轴是宽度。左边是最大的权重：不缩放的一条从 [0.59]{= top["raw"][0]} 升到 [0.95]{= top["raw"][-1]}，缩放的一条是 [0.11]{= top["scaled"][-1]} 处的水平线。右边是键的有效个数：不缩放的一条降到 [1.2]{= heard["raw"][-1]}，缩放的一条停在 [40]{= round(heard["scaled"][-1])} 附近。
# caption: 左：最大权重 $\max_j\,p_j$ 的均值。右：有效个数 $N$ 的均值。横轴都是宽度 $d_k$。方块不缩放，圆点除以 $\sqrt{d_k}$。
# ```
#
# 不缩放时，最大的权重从 [0.59]{= top["raw"][0]} 升到 [0.95]{= top["raw"][-1]}，键的有效个数从 [4.9]{= heard["raw"][0]} 减到 [1.2]{= heard["raw"][-1]}：这就是**饱和**。缩放之后两条线都是平的，任何宽度下都约有 [40]{= round(heard["scaled"][-1])} 个键起作用。缩放要的正是这样的水平线：刚开始训练时，宽的头和窄的头一个样。

# %% [markdown] lang="en"
# ``` figure
# labs/scaling/saturation.svg
# alt: Two plots over the width. On the left, the largest weight: undivided it rises from [0.59]{= top["raw"][0]} to [0.95]{= top["raw"][-1]}, divided it stays level at [0.11]{= top["scaled"][-1]}. On the right, the effective number of keys: undivided it falls to [1.2]{= heard["raw"][-1]}, divided it stays near [40]{= round(heard["scaled"][-1])}.
# caption: Left, the largest weight, $\max_j\,p_j$. Right, the effective number $N$ of keys. Both are means, over the width $d_k$ (to the right). Squares are undivided, dots divided by $\sqrt{d_k}$.
# ```
#
# Undivided, the largest weight climbs from [0.59]{= top["raw"][0]} to [0.95]{= top["raw"][-1]}, and the effective number of keys falls from [4.9]{= heard["raw"][0]} to [1.2]{= heard["raw"][-1]}: that is **saturation**. Divided, both lines are level, and about [40]{= round(heard["scaled"][-1])} keys count at any width. Level is what the division is for: when training begins, a wide head behaves as a narrow one does.

# %% [markdown] lang="zh"
# ## 键越多，越稀疏吗 {#keys}
#
# 缩放之后，宽度不再起作用，剩下两个量：分数的标准差 $\sigma$，和键的个数。这一次直接抽分数，让 $\sigma$ 逐渐增大到 [5]{= sigmas[-1]}。

# %% [markdown] lang="en"
# ## More keys, sparser weights? {#keys}
#
# After the division the width is out of the picture. Two quantities remain: the spread $\sigma$ of the scores, and the number of keys. This time the scores themselves are drawn, with $\sigma$ up to [5]{= sigmas[-1]}.

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
# alt: 三条下降的曲线，横轴是分数的标准差，纵轴是有效个数占键数的份额。三条都从同一点开始；标准差为 1 处，[16]{= sizes[0]} 个键是 [0.67]{= share[16][4]}，[1,024]{= sizes[2]} 个键是 [0.61]{= share[1024][4]}。键越多，曲线越贴近下方的虚线。
# caption: 有效个数占键数的份额（均值），随分数的标准差 $\sigma$ 变化。虚线是键数无穷多时的极限：$e$ 的幂，指数是方差的一半取负。
# ```
#
# 看 $\sigma$ 为 1 的地方，如果各项符合正文的假设，缩放后的注意力就从这里起步：有效个数约占 [16]{= sizes[0]} 个键的 [67%]{= round(share[16][4], 2)}、[128]{= sizes[1]} 个键的 [62%]{= round(share[128][4], 2)}、[1,024]{= sizes[2]} 个键的 [61%]{= round(share[1024][4], 2)}。这个份额不会趋于 0，而是趋于 $\exp(-\frac{1}{2})\approx0.61$，所以键多了，有效个数也大致按比例增加。（PyTorch 的线性层[从更小的 $\sigma$ 起步](../scaling.md#conditions)，份额还要高。）
#
# !!! claim "“softmax 让注意力变稀疏。”"
#     刚开始训练时，缩放后的分数恰恰相反：没有一个权重为 0，大半的键都起作用。要集中，就得把分数拉开：$\sigma$ 到了 [3]{= sigmas[12]}，[1,024]{= sizes[2]} 个键的份额只剩约 [4.1%]{= round(share[1024][12], 3)}。训练能做到这一点，但权重仍然不为 0。

# %% [markdown] lang="en"
# ``` figure
# labs/scaling/keys.svg
# alt: Three falling curves. The spread of the scores runs along the bottom, the effective number of keys, as a share of all, up the side. All start at one. At spread one, [16]{= sizes[0]} keys are at [0.67]{= share[16][4]} and [1,024]{= sizes[2]} keys at [0.61]{= share[1024][4]}. The more keys, the closer the curve comes to a dotted line below.
# caption: Mean effective number of keys as a share of all keys, over the spread $\sigma$ of the scores. The dotted line is the limit for endlessly many keys, $e$ to minus half the variance.
# ```
#
# Look at $\sigma$ equal to one, where divided attention begins if the entries are as the chapter assumes. The effective number is about [67%]{= round(share[16][4], 2)} of [16]{= sizes[0]} keys, [62%]{= round(share[128][4], 2)} of [128]{= sizes[1]}, and still [61%]{= round(share[1024][4], 2)} of [1,024]{= sizes[2]}. This share does not go to zero but to $\exp(-\frac{1}{2})\approx0.61$. So the effective number grows nearly in proportion to the number of keys. (PyTorch's linear layer [starts at a smaller $\sigma$](../scaling.md#conditions), where the share is larger still.)
#
# !!! claim "“Softmax makes attention sparse.”"
#     At the start of training, with divided scores, it does the opposite. No weight is zero, and most keys count. For sharp weights, scores must lie further apart: at a $\sigma$ of [3]{= sigmas[12]}, the share of [1,024]{= sizes[2]} keys is about [4.1%]{= round(share[1024][12], 3)}. Training can bring that about, and even then no weight is zero.

# %% [markdown] lang="zh"
# ## 传回来的梯度 {#gradients}
#
# [正文](../scaling.md#gradients)给出了梯度传到分数时变成 $g\,J$，传到查询时变成 $\lambda\,g\,J\,K$。画图之前先确认公式没有抄错：把查询的每一项各挪动一点，用差商再算一遍。

# %% [markdown] lang="en"
# ## The gradient on its way back {#gradients}
#
# [The chapter](../scaling.md#gradients) says what the gradient becomes: $g\,J$ at the scores, and $\lambda\,g\,J\,K$ at the query. Before drawing anything, make sure that the formula is copied correctly: nudge each entry of a query and compute the difference quotient.


# %% gradient
def gradient(q, K, g, scale):
    """What g, the gradient at the weights, becomes at scores and query."""
    p = softmax(scale * (q[:, None] @ K.mT))[:, 0]
    back = p * (g - (p * g).sum(axis=1, keepdims=True))
    return back, scale * (back[:, None] @ K)[:, 0]


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
gap = abs(numeric - gradient(q, K, g, scale=1)[1][0]).max()
print("formula and difference quotient agree:", bool(gap < 1e-8))

# %% [markdown] lang="zh"
# 两种算法一致。下面换七种宽度，每种 [3,000]{= widest.size} 个查询，各对 [16]{= few} 个键；权重处的梯度 $g$ 方向随机，长度为 1。

# %% [markdown] lang="en"
# The two agree. Now seven widths, with [3,000]{= widest.size} queries each, and [16]{= few} keys for every query. The gradient $g$ at the weights has a random direction and length one.


# %% gradients
def lengths_of(d_k, scale, tables=3000):
    """Lengths of many gradients: at the scores, and at the queries."""
    found = []
    for _ in range(tables // 200):
        q, K, g = problem(d_k, few, tables=200)
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
# alt: 左右两幅图，双对数坐标，横轴是宽度，纵轴是梯度的长度。左图在分数处：不缩放时，中位数从 [0.050]{= median["raw", "scores"][0]} 跌到 [3.1×10⁻⁶]{= median["raw", "scores"][-1]}，均值从 [0.060]{= mean["raw", "scores"][0]} 降到 [0.011]{= mean["raw", "scores"][-1]}。右图在查询处：不缩放时，均值的线微微上升，中位数的线跌到 [9.7×10⁻⁵]{= median["raw", "query"][-1]}，色带越来越宽，下沿掉出图外。两幅图里，缩放的中位数与均值都重合成 [0.07]{= median["scaled", "query"][-1]} 处的一条水平线，色带很窄。
# caption: 梯度的长度，左边在分数处，右边在查询处；横轴是宽度 $d_k$。实线是中位数，虚线是均值，色带盖住中间八成。方块不缩放，圆点除以 $\sqrt{d_k}$。
# ```
#
# 先看分数处。不缩放时，键越宽，梯度越小，中位数和均值都如此：每个查询对 [16]{= few} 个键时，就中位数而言，“梯度消失”在这里说得对；均值只是变小。
#
# 再看查询处。键长约 $\sqrt{d_k}$，又把剩下的梯度放大。均值从 [0.23]{= mean["raw", "query"][0]} 升到 [0.36]{= mean["raw", "query"][-1]}，中位数却从 [0.19]{= median["raw", "query"][0]} 跌到 [9.7×10⁻⁵]{= median["raw", "query"][-1]}（这么小的中位数随抽样而变，正文的约为它的三分之二）。最宽处，约 [37%]{= round(tiny, 2)} 的查询收到的梯度短于百万分之一，约 [11%]{= round(large, 2)} 收到的长度却大于 1。
#
# 缩放之后，两处都一样。宽度为 [1,024]{= widths[-1]} 时，查询处八成的梯度落在 [0.047]{= low["scaled", "query"][-1]} 到 [0.102]{= high["scaled", "query"][-1]} 之间，其他宽度也差不多。

# %% [markdown] lang="en"
# ``` figure
# labs/scaling/gradients.svg
# alt: Two plots on logarithmic axes, the width along the bottom, the length of the gradient up the side. On the left, at the scores, undivided, the median drops from [0.050]{= median["raw", "scores"][0]} to [3.1×10⁻⁶]{= median["raw", "scores"][-1]} and the mean from [0.060]{= mean["raw", "scores"][0]} to [0.011]{= mean["raw", "scores"][-1]}. On the right, at the query, the undivided mean rises a little while the median drops to [9.7×10⁻⁵]{= median["raw", "query"][-1]}; the band widens until its lower edge leaves the plot. In both plots, the divided median and mean lie on one level line at [0.07]{= median["scaled", "query"][-1]} in a narrow band.
# caption: The length of the gradient, on the left at the scores, on the right at the query, over the width $d_k$. Solid: median. Dashed: mean. The bands hold the middle eight tenths. Squares are undivided, dots divided by $\sqrt{d_k}$.
# ```
#
# At the scores, the undivided gradient shrinks with the width, in the median and in the mean. With [16]{= few} keys per query, “it vanishes” is right here for the median; the mean only shrinks.
#
# At the query, keys of length about $\sqrt{d_k}$ magnify what is left. The mean rises from [0.23]{= mean["raw", "query"][0]} to [0.36]{= mean["raw", "query"][-1]}, while the median drops from [0.19]{= median["raw", "query"][0]} to [9.7×10⁻⁵]{= median["raw", "query"][-1]}. (So small a median varies with the draw: the chapter's is about two thirds of it.) At the widest, about [37%]{= round(tiny, 2)} of the queries receive less than a millionth, and about [11%]{= round(large, 2)} receive more than one.
#
# Divided, both places are alike. At width [1,024]{= widths[-1]}, eight in ten of the gradients at the query lie between [0.047]{= low["scaled", "query"][-1]} and [0.102]{= high["scaled", "query"][-1]}, and at the other widths nearly so.

# %% [markdown] lang="zh"
# ## 一整批查询加起来 {#batch}
#
# 优化器改动的不是单个查询，而是 $W_q$，所有查询传回的梯度都加在它身上。下面取宽度 [256]{= tried[1]}，看这个总和的长度在不同批次之间差多少。程序打印的是标准差除以均值。

# %% [markdown] lang="en"
# ## A whole batch of queries {#batch}
#
# An optimiser does not change single queries. It changes $W_q$, by the sum of what all queries send back. Take the width [256]{= tried[1]}. How much does the length of this sum vary from batch to batch? The cell below prints its standard deviation, divided by its mean.


# %% batch
def variation(scale, n_batch, d_k=256, d_in=64, batches=20):
    """Standard deviation over mean of the length of the gradient at W_q."""
    W_q = rng.standard_normal((d_in, d_k)) / d_in**0.5
    sizes = []
    for _ in range(batches):
        X = rng.standard_normal((n_batch, d_in))
        _, K, g = problem(d_k, few, tables=n_batch)
        at_queries = gradient(X @ W_q, K, g, scale)[1]
        sizes.append(np.linalg.norm(X.T @ at_queries))
    return np.std(sizes) / np.mean(sizes)


batch_sizes = (1, 32, 512)
vary = {}
for way, scale in (("raw", 1), ("scaled", 1 / 16)):
    vary[way] = [variation(scale, n_batch) for n_batch in batch_sizes]
    print(f"{way:6}  queries {batch_sizes}:", np.round(vary[way], 2).tolist())

# %% [markdown] lang="zh"
# 取了二十批。每批一个查询，不缩放时标准差是均值的 [1.62]{= vary["raw"][0]} 倍，缩放后是 [0.25]{= vary["scaled"][0]} 倍。每批 [512]{= batch_sizes[2]} 个查询，不缩放也只有 [0.05]{= vary["raw"][2]} 倍：忽大忽小的梯度加在一起，就平均掉了。（二十批只够粗略估计，这几个比值还偏低：换别的种子多半更大，最多到两倍左右。）所以，单凭单个查询的梯度有尖峰，还不能断定训练会失败。（这里每个查询的 $g$ 方向随机，互不相干；真正训练时不会这样。）
#
# ## 为什么偏偏是二分之一次幂 {#divisor}
#
# 最后换除数：分数除以 $d_k^a$，$a$ 为 0 就是不除，为 1 就是除以 $d_k$ 本身。这时分数的标准差 $\sigma$ 是 $\sqrt{d_k}$ 除以 $d_k^a$。

# %% [markdown] lang="en"
# Over twenty batches of one query each, the standard deviation is [1.62]{= vary["raw"][0]} times the mean undivided, and [0.25]{= vary["scaled"][0]} times divided. With [512]{= batch_sizes[2]} queries in each, it is only [0.05]{= vary["raw"][2]} times even undivided: in a sum, spikes average out. (Twenty batches give rough values, and these are low ones: with other seeds, the ratios are mostly larger, up to about twice.) So spikes at single queries do not prove that training must fail. (Each query has a $g$ of random direction here, independent of the others. In real training that is not so.)
#
# ## Why the power of one half {#divisor}
#
# Last, the divisor itself. Scores are divided by $d_k^a$, with $a$ from zero, which is no division, to one, which is division by $d_k$. The spread $\sigma$ of the scores is then $\sqrt{d_k}$ over $d_k^a$.

# %% divisor
tried, exponents = (64, 256, 1024), np.linspace(0, 1, 11)
fig, (left, right) = plt.subplots(1, 2, layout="constrained", sharey=True)
at = {}
for d_k, mark in zip(tried, "os^", strict=True):
    at[d_k] = [np.median(lengths_of(d_k, d_k**-a, tables=600)[1]) for a in exponents]
    left.plot(exponents, at[d_k], marker=mark, label=f"$d_k={d_k}$")
    right.plot(d_k ** (0.5 - exponents), at[d_k], marker=mark)
    print(f"d_k {d_k:4}  exponent 0: {at[d_k][0]:.1e}", end="  ")
    print(f"a half: {at[d_k][5]:.3f}  one: {at[d_k][-1]:.4f}")
for ax, place in ((left, 0.5), (right, 1)):
    ax.axvline(place, color="k", ls=":")
left.set(yscale="log", xlabel="$a$", ylabel=r"$\|\nabla_q\|$", ylim=(1e-3, 1))
left.legend()
right.set(xscale="log", xlabel=r"$\sigma$")
plt.show()

spreads = (1, 2, 4, 8, 16)
curve = {}
for d_k in tried:
    scales = [s * d_k**-0.5 for s in spreads]
    curve[d_k] = [np.median(lengths_of(d_k, x, tables=600)[1]) for x in scales]
    print(f"d_k {d_k:4}  sigma {spreads}:", np.round(curve[d_k], 3).tolist())

# %% [markdown] lang="zh"
# ``` figure
# labs/scaling/divisor.svg
# alt: 左右两幅图，纵轴是传到查询的梯度的中位数，对数坐标，宽度是 [64]{= tried[0]}、[256]{= tried[1]} 和 [1,024]{= tried[2]}。左图横轴是除数的指数：三条曲线在二分之一处交于一点，往左右两边都分开。右图横轴是分数的标准差：三条曲线几乎叠成一条，先升后降。
# caption: 传到查询的梯度长度的中位数。左：横轴是除数的指数 $a$，竖直的虚线在二分之一处，也就是除以 $\sqrt{d_k}$。右：同样的点，横轴改为分数的标准差 $\sigma$，虚线在 $\sigma$ 为 1 处。
# ```
#
# 左图里，三条线只在一处交于同一点：二分之一。交点处的中位数分别是 [0.069]{= at[64][5]}、[0.069]{= at[256][5]} 和 [0.070]{= at[1024][5]}。再往右，除得太多，所有权重几乎相等：除以 $d_k$ 时宽度每变成四倍，梯度就减半，依次是 [0.0075]{= at[64][10]}、[0.0038]{= at[256][10]}、[0.0019]{= at[1024][10]}。
#
# 右图说明了原因：起作用的是分数的标准差，三种宽度的点几乎落在同一条曲线上。键有 [16]{= few} 个时，最高处在 $\sigma$ 等于 [4]{= spreads[2]} 附近，宽度为 [256]{= tried[1]} 时，那里的中位数约为 [0.20]{= curve[256][2]}；到了 [16]{= spreads[4]}，已经饱和，只剩 [0.013]{= curve[256][4]}。除以平方根，$\sigma$ 为 1，并不是最高点。平方根的好处不在于让梯度最大，而在于让 $\sigma$ 与宽度无关。这一点要紧，因为 [@vaswani2017] 想要避免的问题，正是 $d_k$ 大的时候才出现的。
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
# alt: Two plots of the median gradient at the query, on a logarithmic axis, for the widths [64]{= tried[0]}, [256]{= tried[1]} and [1,024]{= tried[2]}. On the left, over the exponent of the divisor, three curves meet in one point at one half and part on either side. On the right, over the spread of the scores, the three lie nearly on one curve, which rises and then falls.
# caption: The median length of the gradient that reaches a query. Left, over the exponent $a$ of the divisor; the dotted line is at one half, division by $\sqrt{d_k}$. Right, the same points over the spread $\sigma$ of the scores; the dotted line is where $\sigma$ is one.
# ```
#
# On the left, only at one half do all three lines meet, with medians of [0.069]{= at[64][5]}, [0.069]{= at[256][5]} and [0.070]{= at[1024][5]}. Further right the divisor is too large, and all weights are nearly equal: with division by $d_k$, quadrupling the width halves the gradient: [0.0075]{= at[64][10]}, then [0.0038]{= at[256][10]}, then [0.0019]{= at[1024][10]}.
#
# The plot on the right shows why. What counts is the spread of the scores: the points of all widths lie nearly on one curve. With [16]{= few} keys, it is highest near a $\sigma$ of [4]{= spreads[2]}; at width [256]{= tried[1]}, the median there is about [0.20]{= curve[256][2]}. At [16]{= spreads[4]} softmax is saturated, and [0.013]{= curve[256][4]} is left. The root puts $\sigma$ at one, which is not the highest point. Its merit is not the largest gradient, but a $\sigma$ that does not depend on the width. That matters because the trouble that [@vaswani2017] wanted to avoid comes with a large $d_k$.
#
# !!! exercise "Try it yourself"
#     Multiply all keys by two and change nothing else. What is the spread of the divided scores, and what share of [1,024]{= sizes[2]} keys is their effective number?
#
#     ??? answer "Answer"
#         The spread goes from one to two. Read the third figure at a $\sigma$ of [2]{= sigmas[8]}: about [16%]{= round(share[1024][8], 2)}. The divisor knows the width and not the length. Ways to hold the length as well are in [the chapter](../scaling.md#alternatives).
#
# Back to [the chapter](../scaling.md#gradients).
