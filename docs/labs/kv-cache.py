# %% [markdown] lang="zh"
# # 实验：带缓存与不带缓存地写 {#lab-kv-cache}
#
# !!! question "缓存会改变写出来的内容吗？到底快多少？"
#     [正文](../kv-cache.md)证明了：有因果掩码，过去的键和值就不会再变，所以可以留着用。这里让一个真正训练过的小模型来写：先看每个词元是否相同，再数运算量，最后量时间。

# %% [markdown] lang="en"
# # Lab: writing with and without a cache {#lab-kv-cache}
#
# !!! question "Does the cache change what is written, and how much faster is it?"
#     [The chapter](../kv-cache.md) proves that under a causal mask old keys and values never change, so that they may be kept. Here a small model that has really been trained does the writing. First every token is compared, then the FLOPs are counted, and last the time is measured.

# %% [markdown] lang="zh"
# 模型就是软件包里的 `LanguageModel`：两层，分组查询注意力，旋转位置编码，算注意力用的是本站的函数。需要 PyTorch。全程用 float64、单线程和固定的种子，所以除了时间，你得到的数字应当与这里相同。

# %% [markdown] lang="en"
# The model is the package's `LanguageModel`: two layers, grouped queries, rotary positions, and this site's own functions for attention. It needs PyTorch. It runs in float64, on one thread, with fixed seeds, so all but the times should come out as you read them here.

# %% setup
import time
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from attention.nn.language_model import LanguageModel, generate
from attention.nn.text import Vocabulary, read_text, train_on_text

torch.set_num_threads(1)
languages = ("en", "zh")

# %% [markdown] lang="zh"
# ## 用一个故事训练 {#training}
#
# 软件包里有两个小故事，一个英文，一个中文，都是为本站写的：一只老鼠看管着贴有标签的盒子。英文的词元是单词，中文的词元是字。每种语言训练一个模型，任务只有一个：给每个位置的下一个词元打分。

# %% [markdown] lang="en"
# ## Training on a story {#training}
#
# Two small stories come with the package, one in English and one in Chinese, written for this book: a mouse keeps boxes with labels on them. An English token is a word, a Chinese token a character. Each language trains a model of its own, and its only task is to score the next token at every place.

# %% training
models, vocabularies, stories, losses = {}, {}, {}, {}
first, last = {}, {}
for language in languages:
    story = read_text(language)
    vocabulary = Vocabulary(story)
    tokens = vocabulary.encode(story)
    torch.manual_seed(0)
    model = LanguageModel(len(vocabulary)).double()
    losses[language] = train_on_text(model, tokens)
    models[language], vocabularies[language] = model, vocabulary
    stories[language] = story
    first[language] = losses[language][0]
    last[language] = np.mean(losses[language][-10:])
    print(f"{language}  {len(tokens):,} tokens, {len(vocabulary)} kinds", end="  ")
    print(f"loss {first[language]:.2f} … {last[language]:.2f}")
n_steps = len(losses["en"])
n_weights = sum(weight.numel() for weight in models["en"].parameters())
hesitation = {language: np.exp(last[language]) for language in languages}

fig, ax = plt.subplots()
for language, line in zip(languages, ("-", "--"), strict=True):
    ax.plot(range(1, n_steps + 1), losses[language], line, label=language)
ax.set(xlabel="$i$", ylabel="$L$", ylim=(0, None))
ax.legend()
plt.show()

# %% [markdown] lang="zh"
# ``` figure
# labs/kv-cache/training.svg
# y: 损失 $L$
# x: 训练步数 $i$
# alt: 两条下降的曲线，横轴是训练的步数，共 [150]{= n_steps} 步，纵轴是损失。两条都从 [5.6]{= first["en"]} 或 [5.7]{= first["zh"]} 开始，先陡后缓，最后贴近零。
# caption: 实线是英文，虚线是中文。
# ```
#
# 损失是正确的下一个词元所得概率的负对数。它从 [5.6]{= first["en"]} 和 [5.7]{= first["zh"]} 降到 [0.22]{= last["en"]} 和 [0.28]{= last["zh"]}；一开始，模型比在一百多种词元里随便猜还差，因为它给的分数是随机的，并不均匀；到最后，取损失的指数，英文模型相当于只在 [1.2]{= hesitation["en"]} 个词元之间犹豫，中文模型是 [1.3]{= hesitation["zh"]} 个。

# %% [markdown] lang="en"
# ``` figure
# labs/kv-cache/training.svg
# y: loss $L$
# x: step of training $i$
# alt: Two falling curves over the [150]{= n_steps} steps of training, the loss up the side. They start at [5.6]{= first["en"]} and [5.7]{= first["zh"]}, fall steeply, then slowly, and end close to zero.
# caption: Solid: English. Dashed: Chinese.
# ```
#
# The loss is minus the logarithm of the probability that the right next token was given. It falls from [5.6]{= first["en"]} and [5.7]{= first["zh"]} to [0.22]{= last["en"]} and [0.28]{= last["zh"]}. At first that is worse than guessing among the hundred-odd kinds of tokens, since random scores are not even. In the end, the exponential of the loss says that the models hesitate among no more than [1.2]{= hesitation["en"]} tokens in English and [1.3]{= hesitation["zh"]} in Chinese.

# %% [markdown] lang="zh"
# ## 缓存不改变写出的词元 {#tokens}
#
# 每种语言十个开头，各接着写 [40]{= n_new} 个词元，每次取分数最高的那个。写两遍：一遍带缓存，每步只读刚写下的词元；一遍不带，每步把全文重读。下面打印的是每个回答的开头，换行印成斜线。

# %% [markdown] lang="en"
# ## The cache changes no token {#tokens}
#
# There are ten prompts per language. After each, [40]{= n_new} tokens are written, always the one with the highest score. Every answer is written twice: with a cache, reading at each step the newest token alone, and without, reading the whole text again. Printed is the beginning of each answer, with a slash for a new line.

# %% prompts
prompts = {
    "en": [
        "The cat",
        "The hen sat on the mat because",
        "The mouse read",
        "By the river",
        '"Who has',
        "On the first day the dog",
        '"Why do you',
        "The hen ate the",
        "In the evening",
        "On the last day",
    ],
    "zh": [
        "猫问",
        "老鼠打开",
        "因为它",
        "狗躺在",
        "母鸡坐在垫子上",
        "第三天",
        "河边的小屋",
        "前面的字",
        "牛奶是",
        "妹妹说",
    ],
}

# %% tokens
n_new = 40
same, answers = {}, {}
for language in languages:
    model, vocabulary = models[language], vocabularies[language]
    same[language], answers[language] = 0, []
    for prompt in prompts[language]:
        start = vocabulary.encode(prompt)[None]
        cached = generate(model, start, n_new)
        plain = generate(model, start, n_new, use_cache=False)
        same[language] += torch.equal(cached, plain)
        answers[language].append(cached[0])
        shown = vocabulary.decode(cached[0][len(start[0]) :][:14])
        print(f"{prompt}|{shown}".replace("\n", "/"))
    print(f"{language}: same tokens for {same[language]} of {len(prompts[language])}")

# %% [markdown] lang="zh"
# [10]{= same["zh"]} 个中文开头和 [10]{= same["en"]} 个英文开头，全部一字不差。这不只是运气好。两种算法加的是同样的数，只是次序不同，因此 logit 会有舍入误差；误差的两倍要是赶得上第一名领先第二名的幅度，写出来的才可能不同。下面把两者量出来：误差最大有多大，第一名领先第二名最少有多少。

# %% [markdown] lang="en"
# [10]{= same["en"]} English answers and [10]{= same["zh"]} Chinese ones agree in every token. That is not luck alone. Both ways add the same numbers in another order, so the logits differ by rounding. Another text can come out only where twice this difference is as large as the best token's lead over the second. So here are both: the largest difference, and the smallest lead.

# %% lead
difference, lead = {}, {}
for language in languages:
    model = models[language]
    difference[language], lead[language] = 0.0, np.inf
    for answer in answers[language]:
        caches = model.empty_caches(1, len(answer))
        with torch.no_grad():
            plain = model(answer[None])[0]
            cached = torch.cat([model(token[None, None], caches)[0] for token in answer])
        furthest = (plain - cached).abs().max().item()
        difference[language] = max(difference[language], furthest)
        written = plain[len(answer) - n_new - 1 : -1]
        best, second = written.topk(2).values.T
        lead[language] = min(lead[language], (best - second).min().item())
    print(f"{language}  smallest lead {lead[language]:.3f}", end="  ")
    print(f"difference below 1e-12: {difference[language] < 1e-12}")

# %% [markdown] lang="zh"
# 领先最少的一次，英文领先 [0.023]{= lead["en"]}，中文领先 [0.012]{= lead["zh"]}；而两种算法的 logit 相差不到一万亿分之一。换成 float32、float16 或 bfloat16，误差更大，两个词元分数接近时，就可能各写各的：缓存保证的是同样的数学，不是同样的舍入。
#
# ## 模型学会了什么，没学会什么 {#not-learned}
#
# 这些句子读起来像样，因为模型几乎把故事背下来了。

# %% [markdown] lang="en"
# The narrowest lead is [0.023]{= lead["en"]} in English and [0.012]{= lead["zh"]} in Chinese, and the two ways differ by less than a millionth of a millionth. In float32, float16 or bfloat16 the difference is larger, and near a tie the two may write different tokens. A cache promises the same mathematics, not the same rounding.
#
# ## What the model learned, and what it did not {#not-learned}
#
# The sentences read well because the model has learned most of the story by heart.

# %% copied
copied, known = {}, {}
for language in languages:
    vocabulary, story = vocabularies[language], stories[language]
    texts = [vocabulary.decode(answer) for answer in answers[language]]
    copied[language] = sum(text in story for text in texts)
    numbers = vocabulary.encode(story).tolist()
    pairs = set(pairwise(numbers))
    found = [pair in pairs for answer in answers[language] for pair in pairwise(answer.tolist())]
    known[language] = np.mean(found)
    print(f"{language}  answers that stand in the story: {copied[language]}", end="  ")
    print(f"pairs of neighbours that do: {known[language]:.1%}")
new_sentence = "The hen sat on the mat because it was warm."
beginning = vocabularies["en"].decode(answers["en"][1])[: len(new_sentence)]
print(f"{beginning!r} in the story: {beginning in stories['en']}")

# %% [markdown] lang="zh"
# 十个回答里，英文有 [3]{= copied["en"]} 个、中文有 [5]{= copied["zh"]} 个整段就在故事里；相邻的两个词元，[99.3%]{= known["en"]} 和 [99.8%]{= known["zh"]} 在故事里也挨在一起。其余的是拼接：故事里没有“The hen sat on the mat because it was warm.”，模型把两个句子接在了一起。它会的是这个故事里的句型，遇到没见过的词，连编码都做不到。用来检验缓存，这已经够了：要紧的只是两种办法算的是不是同一件事。
#
# ## 写一个词元要多少 FLOP {#flops}
#
# 送进第 $t$ 个词元、写出下一个，这一步的矩阵乘法一共要多少 FLOP？不带缓存，模型把 $t$ 个词元全部重读一遍；带缓存，只读最新的一个，但它仍要看前面所有的键。

# %% [markdown] lang="en"
# Of ten answers, [3]{= copied["en"]} in English and [5]{= copied["zh"]} in Chinese stand in the story from beginning to end, and of neighbouring tokens, [99.3%]{= known["en"]} and [99.8%]{= known["zh"]} are neighbours there, too. The rest is joined from pieces: “The hen sat on the mat because it was warm.” is nowhere in the story; the model made it from two sentences. It knows patterns of this story, and a word that it has never seen it cannot even encode. To test a cache this is enough: what matters is only whether both ways compute the same.
#
# ## FLOPs for one token {#flops}
#
# Token number $t$ comes in, and the next one is written. How many FLOPs do the matrix products of this step take? Without a cache the model reads all $t$ tokens again. With one it reads the newest alone, which still looks at every key before it.

# %% flops
lengths = [16, 32, 64, 128, 256, 512, 1024]
model = models["en"]
rng = np.random.default_rng(0)
text = torch.from_numpy(rng.integers(len(vocabularies["en"]), size=(1, lengths[-1])))


def before(t):
    """Caches that have read all but the last of t tokens."""
    caches = model.empty_caches(1, t)
    model(text[:, : t - 1], caches)
    return caches


flops = {"with": [], "without": []}
with torch.no_grad():
    for t in lengths:
        caches = before(t)
        with FlopCounterMode(display=False) as counted:
            model(text[:, t - 1 : t], caches)
        flops["with"].append(counted.get_total_flops())
        with FlopCounterMode(display=False) as counted:
            model(text[:, :t])
        flops["without"].append(counted.get_total_flops())
        print(f"t {t:4}  with {flops['with'][-1]:9,}", end="  ")
        print(f"without {flops['without'][-1]:11,}")

ratios = [a // b for a, b in zip(flops["without"], flops["with"], strict=True)]
per_key = (flops["with"][-1] - flops["with"][0]) // (lengths[-1] - lengths[0])
fixed = flops["with"][0] - per_key * lengths[0]
even = fixed / per_key
print("without / with:", ratios, " fixed", fixed, " per key", per_key)

fig, ax = plt.subplots()
ax.plot(lengths, flops["without"], "s-")
ax.plot(lengths, flops["with"], "o-")
ax.set(xscale="log", yscale="log", xlabel="$t$", ylabel="FLOP")
ax.set_xticks(lengths, [str(t) for t in lengths])
ax.minorticks_off()
plt.show()

# %% [markdown] lang="zh"
# ``` figure
# labs/kv-cache/flops.svg
# y: 第 $t$ 步的 FLOP 数
# x: 词元的序号 $t$
# alt: 双对数坐标，横轴是 $t$，从 [16]{= lengths[0]} 到 [1,024]{= lengths[-1]}，纵轴是写一个词元的 FLOP 数。不带缓存的线陡峭上升，最后到 [7.4×10⁸]{= flops["without"][-1]}；带缓存的线几乎是平的，最后微微抬头，到 [7.2×10⁵]{= flops["with"][-1]}。
# caption: 两轴都是对数。方块不带缓存，圆点带缓存。
# ```
#
# 两者之比恰好就是 $t$：[16]{= ratios[0]}、[32]{= ratios[1]}，直到 [1,024]{= ratios[-1]}。重读 $t$ 个词元，每个要做的事都与最新的那个一样多，因为我们的函数把被掩码遮住的那一半分数也算了；跳过那一半的程序，注意力部分可以省下近一半，[正文](../kv-cache.md#flops)两种都算了。
#
# 带缓存的线也不是完全平的。每步有 [198,784]{= fixed} FLOP 与 $t$ 无关，用在投影、前馈和 logit 上；此外每多看一个键，再加 [512]{= per_key} FLOP。看到 [≈388]{= even} 个键时，打分和混合占一半。缓存省掉的是重复，不是回头看。

# %% [markdown] lang="en"
# ``` figure
# labs/kv-cache/flops.svg
# y: FLOPs of step $t$
# x: place $t$ in the text
# alt: Logarithmic axes, $t$ from [16]{= lengths[0]} to [1,024]{= lengths[-1]} along the bottom, FLOPs for one token up the side. Without a cache the line rises steeply to [7.4×10⁸]{= flops["without"][-1]}. With a cache it is nearly level and lifts a little at the end, to [7.2×10⁵]{= flops["with"][-1]}.
# caption: Both axes are logarithmic. Squares: without a cache. Dots: with one.
# ```
#
# Their ratio is $t$ itself: [16]{= ratios[0]}, [32]{= ratios[1]}, and so on to [1,024]{= ratios[-1]}. Each of the $t$ tokens that are read again does what the newest does, since our functions compute the masked half of the scores as well. A program that skips that half saves nearly half of the attention; [the chapter](../kv-cache.md#flops) counts both.
#
# Nor is the lower line quite level. In each step [198,784]{= fixed} FLOPs do not depend on $t$: those of the projections, the feed-forward parts and the logits. Every key that is looked at adds [512]{= per_key}, and with [≈388]{= even} keys, scores and mixtures make up half. A cache saves the repetition, not the looking back.

# %% [markdown] lang="zh"
# ## 写一个词元要多少时间 {#time}
#
# 同样的两件事，这次量时间：每个 $t$ 量五次，取最快的一次，尽量不把机器上别的活儿算进来。带缓存的那次量完，就用 `truncate` 退回一步。这些数因机器而异，所以下文一个也不引用。

# %% [markdown] lang="en"
# ## Time for one token {#time}
#
# The same two ways, timed: at each $t$ the fastest of five runs, so that other work on the machine counts as little as possible. After a cached run, `truncate` takes the cache one step back. These numbers differ from machine to machine, and the text below quotes none of them.


# %% clock tags=["measured"]
def clock(*arguments):
    """The time that the model takes, in milliseconds."""
    start = time.perf_counter()
    model(*arguments)
    return 1e3 * (time.perf_counter() - start)


time_ms = {"with": [], "without": []}
with torch.no_grad():
    for t in lengths:
        caches, runs = before(t), []
        for _ in range(5):
            runs.append(clock(text[:, t - 1 : t], caches))
            for cache in caches:
                cache.truncate(t - 1)
        time_ms["with"].append(min(runs))
        runs = [clock(text[:, :t]) for _ in range(5)]
        time_ms["without"].append(min(runs))
        print(f"t {t:4}  with {time_ms['with'][-1]:6.2f} ms", end="  ")
        print(f"without {time_ms['without'][-1]:7.2f} ms")

fig, ax = plt.subplots()
ax.plot(lengths, time_ms["without"], "s-")
ax.plot(lengths, time_ms["with"], "o-")
ax.set(xscale="log", yscale="log", xlabel="$t$", ylabel="ms", ylim=(0.3, 3000))
ax.set_xticks(lengths, [str(t) for t in lengths])
ax.minorticks_off()
plt.show()

# %% [markdown] lang="zh"
# ``` figure
# labs/kv-cache/clock.svg
# y: 第 $t$ 步的毫秒数
# x: 词元的序号 $t$
# alt: 双对数坐标，横轴是 $t$，纵轴是写一个词元的毫秒数。两条线从左端相近处出发；带缓存的一条几乎是平的，不带缓存的一条先缓后陡，到右端高出许多倍。
# caption: 两轴都是对数。方块不带缓存，圆点带缓存。
# ```
#
# 文本短的时候，两者差不了多少，可 FLOP 明明已经差了十几倍。原因可能是：模型这么小，时间大半花在调用许多小函数上，而不是花在乘法上。文本一长，乘法和那张 $t\times t$ 的分数表就占了上风，不带缓存的时间涨得越来越快；带缓存的时间几乎不动。所以“缓存总能快多少倍”没有一个固定的答案：看长度，看模型大小，也看机器。在大模型里，一步再快，也快不过把用到的参数和每段文本的缓存读一遍，见[正文](../kv-cache.md#step)。

# %% [markdown] lang="en"
# ``` figure
# labs/kv-cache/clock.svg
# y: milliseconds of step $t$
# x: place $t$ in the text
# alt: Logarithmic axes, $t$ along the bottom, milliseconds for one token up the side. Both lines start close together on the left. With a cache the line is nearly level; without, it rises slowly at first, then steeply, and ends many times higher.
# caption: Both axes are logarithmic. Squares: without a cache. Dots: with one.
# ```
#
# For short texts the two hardly differ, although the FLOPs already do by more than ten times. A likely reason: a model as small as this spends most of its time on calling small functions, and little on multiplying. As the text grows, the products and the $t\times t$ table of scores take over, and without a cache the time rises ever faster. With one it hardly moves. So there is no one answer to how many times faster a cache is: it depends on the length, the model and the machine. And in a large model, no step is faster than the reading of the parameters that it uses and of each text's cache: see [the chapter](../kv-cache.md#step).

# %% [markdown] lang="zh"
# ## 缓存占多少内存 {#memory}
#
# 速度是拿内存换的。下面是这个模型的缓存有多大，以及假如每个查询头都有自己的键和值，它会有多大。

# %% [markdown] lang="en"
# ## The memory that the cache takes {#memory}
#
# Speed is bought with memory. Here is the cache of this model, and what it would be if every query head had keys and values of its own.

# %% memory
sizes = {}
for n_kv_heads in (4, 2, 1):
    other = LanguageModel(len(vocabularies["en"]), n_kv_heads=n_kv_heads).double()
    caches = other.empty_caches(1, lengths[-1])
    sizes[n_kv_heads] = sum(cache.nbytes for cache in caches)
    per_token = sizes[n_kv_heads] // lengths[-1]
    print(f"KV heads {n_kv_heads}: {per_token:5,} bytes a token", end=",  ")
    print(f"{sizes[n_kv_heads]:,} for {lengths[-1]:,} tokens")
token_bytes = sizes[2] // lengths[-1]

# %% [markdown] lang="zh"
# 每个词元 [1,024]{= token_bytes} 字节：两层，每层两个键值头，每个头一个键、一个值，各 [16]{= model.d_k} 个数，每个数八个字节。两个查询头共用一个键值头，就比各有各的省一半；四个共用一个，省四分之三。公式和真实模型的大小见[正文](../kv-cache.md#memory)。
#
# !!! exercise "动手试试"
#     提示词有 [512]{= prompt_length} 个词元，只要模型答一个词元，缓存省下多少 FLOP？要它答 [16]{= many} 个呢？
#
#     ??? answer "答案"
#         只答一个，一点也不省，比值是 [1]{= savings[1]}：提示词反正要读一遍，下一个词元就在那时得出，缓存还没有用上。答 [16]{= many} 个，不带缓存要重读 [16]{= many} 遍提示词，比值是 [15.9]{= savings[many]}。先读提示词是预填充，逐个作答是解码，缓存省的全在解码。

# %% [markdown] lang="en"
# [1,024]{= token_bytes} bytes per token: two layers, in each the keys and values of two heads, [16]{= model.d_k} numbers per key or value, eight bytes per number. Where two query heads share a head of keys and values, the cache is half of what it would be if each had its own; where four share one, a quarter. The formula, and the sizes of real models, are in [the chapter](../kv-cache.md#memory).
#
# !!! exercise "Try it yourself"
#     A prompt has [512]{= prompt_length} tokens, and one token is wanted as an answer. How many FLOPs does the cache save? And for an answer of [16]{= many}?
#
#     ??? answer "Answer"
#         For one token it saves nothing; the ratio is [1]{= savings[1]}. The prompt has to be read anyway, and the next token comes out of that reading, before the cache has been of any use. For [16]{= many} tokens the prompt is read [16]{= many} times without a cache, and the ratio is [15.9]{= savings[many]}. Reading the prompt is prefill, answering token by token is decoding, and all that a cache saves is in decoding.

# %% exercise
prompt_length, many, savings = 512, 16, {}
prompt = text[:, :prompt_length]
for n_written in (1, many):
    counts = []
    for use_cache in (False, True):
        with FlopCounterMode(display=False) as counted:
            generate(model, prompt, n_written, use_cache=use_cache)
        counts.append(counted.get_total_flops())
    savings[n_written] = counts[0] / counts[1]
    print(f"{n_written:2} tokens: without / with {savings[n_written]:.2f}")

# %% [markdown] lang="zh"
# 回到[正文](../kv-cache.md#prefill-decode)。

# %% [markdown] lang="en"
# Back to [the chapter](../kv-cache.md#prefill-decode).
