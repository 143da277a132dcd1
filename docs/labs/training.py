# %% [markdown] lang="zh"
# # 实验：看着两个模型学会提问 {#lab-training}
#
# !!! question "代词是一点一点学会看名词的，还是忽然学会的？"
#     [正文](../training.md)里的数来自一份记录。这里当场训练：英语的 it 一个模型，汉语的“它”一个模型，种子都是 [0]{= seed}。训练中随时停下来看，最后再动手改句子、关掉一些头。

# %% [markdown] lang="en"
# # Lab: watch two models learn to ask {#lab-training}
#
# !!! question "Does a pronoun learn its noun little by little, or all at once?"
#     [The chapter](../training.md) takes its numbers from a record. Here two models are trained before your eyes, one for the English “it” and one for the Chinese 它, both with the seed [0]{= seed}. We stop now and then to look, and in the end we change sentences and silence heads.

# %% [markdown] lang="zh"
# 需要 PyTorch，用 float64 和一个线程；换一台机器，前两位小数应当不变。

# %% [markdown] lang="en"
# This takes PyTorch, in float64 and on one thread. On another machine, two decimals should stay.

# %% setup
import copy

import matplotlib.pyplot as plt
import torch

from attention.nn.encoder import evaluate, train_encoder
from attention.nn.tasks import (
    Sentence,
    chinese_sentences,
    encode,
    english_sentences,
    make_task,
)

torch.set_num_threads(1)
seed = 0
english = make_task(english_sentences())
chinese = make_task(chinese_sentences())
for task in (english, chinese):
    print(len(task.vocabulary), len(task.training), len(task.test))

# %% [markdown] lang="zh"
# ## 英语：两个名词先一起升，再分开 {#english}
#
# 每 [25]{= pause} 步停一次，记下测试句子上的准确率，以及 it 在第二层给所指名词、给另一个名词、给原因的权重（各头的平均）。

# %% [markdown] lang="en"
# ## English: both nouns rise, then they part {#english}
#
# Every [25]{= pause} steps we stop, and record the accuracy on the test sentences and the weights of “it” in the second layer on the right noun, the other noun and the reason, as means over the heads.

# %% english
pause, n_steps = 25, 600


def watched(task):
    """What the pronoun looks at, from pause to pause."""
    words, asked, _ = encode(task.test, task.vocabulary)
    rows = torch.arange(len(words))
    places = {
        "referent": torch.tensor([each.referent for each in task.test]),
        "other": torch.tensor([each.other for each in task.test]),
        "reason": asked + 2,
    }
    seen = {name: [] for name in ("step", "accuracy", *places)}
    keep = range(0, n_steps + 1, pause)
    kept = train_encoder(task, seed=seed, keep=keep, n_steps=n_steps)
    for each in kept:
        seen["step"].append(each.step)
        seen["accuracy"].append(each.accuracy)
        last = each.model.weights(words)[:, -1].mean(dim=1)
        for name, place in places.items():
            seen[name].append(last[rows, asked, place].mean().item())
    return kept[-1].model, seen


def plot(seen):
    _, ax = plt.subplots()
    ax.plot(seen["step"], seen["accuracy"], "k:")
    for name, mark in (("referent", "o-"), ("other", "s-"), ("reason", "^-")):
        ax.plot(seen["step"], seen[name], mark)
    ax.set(xlabel="$t$", ylim=(0, 1.05))
    plt.show()


model_en, seen_en = watched(english)
for at in (0, 2, 24):
    numbers = {name: round(found[at], 2) for name, found in seen_en.items()}
    print(*(f"{name} {value}" for name, value in numbers.items()))
plot(seen_en)

# %% [markdown] lang="zh"
# ``` figure
# labs/training/english.svg
# y: 准确率与平均权重
# x: 训练的步数 $t$
# alt: 横轴是训练的步数，纵轴是份额。准确率（点线）一百步之内升到接近一。给所指名词的权重（圆点）从 [0.10]{= seen_en["referent"][0]} 升到 [0.41]{= seen_en["referent"][-1]}，给另一个名词的权重（方块）先升后降，给原因的权重（三角）很快升高，停在 [0.40]{= seen_en["reason"][-1]}。
# caption: 点线：准确率。圆点、方块、三角：it 给所指名词、另一个名词、原因的权重。
# ```
#
# 两个名词的权重先*一起*升，第 [25]{= pause} 步时是 [0.34]{= seen_en["referent"][1]} 和 [0.35]{= seen_en["other"][1]}，然后才分开：模型先学会答案是名词，再学会是哪一个。准确率到顶以后，权重还在变。

# %% [markdown] lang="en"
# ``` figure
# labs/training/english.svg
# y: accuracy, and mean weights
# x: step of training $t$
# alt: Steps of training along the bottom, shares upwards. The accuracy, dotted, is close to one within a hundred steps. The weight on the right noun, dots, goes from [0.10]{= seen_en["referent"][0]} to [0.41]{= seen_en["referent"][-1]}; that on the other noun, squares, rises and falls again; that on the reason, triangles, rises quickly and ends at [0.40]{= seen_en["reason"][-1]}.
# caption: Dotted: accuracy. Dots, squares, triangles: the weight of “it” on the right noun, the other noun, the reason.
# ```
#
# The two nouns rise *together* at first. At step [25]{= pause} they have [0.34]{= seen_en["referent"][1]} and [0.35]{= seen_en["other"][1]}; then they part. The model learns that answers are nouns before it learns which. And the weights go on changing when the accuracy has nowhere left to go.

# %% [markdown] lang="zh"
# ## 只换原因，答案就变 {#swap}
#
# 句子的前九个词不变，只换原因。cat 和 mat 这一对，训练时从没出现过。

# %% [markdown] lang="en"
# ## Change the reason, and the answer changes {#swap}
#
# Nine words stay, the reason changes. “cat” and “mat” were never seen together in training.

# %% swap
told = "the cat sat on the mat because it was"
answers = {}
for reason in ("tired", "hungry", "lazy", "soft", "flat", "new"):
    sentence = Sentence((*told.split(), reason), 7, 1, 5)
    words, asked, _ = encode([sentence], english.vocabulary)
    with torch.no_grad():
        best = int(model_en(words, asked)[0].argmax())
    answers[reason] = english.vocabulary[best]
    weights = model_en.weights(words)[0, -1, :, 7].mean(dim=0)
    print(f"{reason:7} {answers[reason]}  cat {weights[1]:.2f}", end="  ")
    print(f"mat {weights[5]:.2f}  {reason} {weights[9]:.2f}")

# %% [markdown] lang="zh"
# 回答随原因走。权重却不总是跟着回答走：答 mat 的时候，模型在第二层主要看的是说原因的那个词，而不是 mat。它在第一层已经看过 mat 了：[正文](../training.md#causes)把那一眼遮住，回答就变了。

# %% [markdown] lang="en"
# The answer follows the reason. The weights do not always follow the answer: where it is “mat”, the second layer looks mostly at the reason, not at “mat”. The first layer has looked at “mat” already: [the chapter](../training.md#causes) hides that look, and the answer changes.

# %% [markdown] lang="zh"
# ## 汉语：先停在一半，再分出谁是谁 {#chinese}
#
# 同样的模型，同样的步数。这一次，只看原因不够，还要看“把”“被”。

# %% [markdown] lang="en"
# ## Chinese: a plateau at one half {#chinese}
#
# The same model and as many steps. This time the reason is not enough: the marker, 把 or 被, says who did it.

# %% chinese
model_zh, seen_zh = watched(chinese)
for at in (0, 4, 24):
    numbers = {name: round(found[at], 2) for name, found in seen_zh.items()}
    print(*(f"{name} {value}" for name, value in numbers.items()))
plot(seen_zh)

# %% [markdown] lang="zh"
# ``` figure
# labs/training/chinese.svg
# y: 准确率与平均权重
# x: 训练的步数 $t$
# alt: 横轴是训练的步数，纵轴是份额。准确率（点线）很快升到一半，在那里停到一百步左右，再升到一。给两个名词的权重（圆点和方块）一起升到四成左右，然后分开：所指的名词升到 [0.74]{= seen_zh["referent"][-1]}，另一个降到 [0.04]{= seen_zh["other"][-1]}。给原因的权重（三角）一直很低。
# caption: 点线：准确率。圆点、方块、三角：“它”给所指名词、另一个名词、原因的权重。
# ```
#
# 曲线停在平台上的一段看得很清楚：准确率是一半，两个名词的权重重合。一离开平台，两条线就分开。

# %% [markdown] lang="en"
# ``` figure
# labs/training/chinese.svg
# y: accuracy, and mean weights
# x: step of training $t$
# alt: Steps of training along the bottom, shares upwards. The accuracy, dotted, rises quickly to one half, stays until about a hundred steps, then climbs to one. The weights on the two nouns, dots and squares, rise together to about four tenths and then part: the right noun goes to [0.74]{= seen_zh["referent"][-1]}, the other to [0.04]{= seen_zh["other"][-1]}. The weight on the reason, triangles, stays low.
# caption: Dotted: accuracy. Dots, squares, triangles: the weight of 它 on the right noun, the other noun, the reason.
# ```
#
# Here is the plateau: accuracy one half, and one curve for both nouns. The moment it ends, they part.

# %% [markdown] lang="zh"
# ## 关掉一个头，别的头顶不顶得上 {#silence}
#
# 一次关掉一个头：把它在 $W_o$ 里的那几行换成零，再测一遍。（`Linear` 存的矩阵是转置的，所以代码里是列。）

# %% [markdown] lang="en"
# ## Silence a head: can the others stand in? {#silence}
#
# One head at a time is switched off, by zeros in its rows of $W_o$, and the tests are taken again. (A `Linear` keeps its matrix transposed, so in the code they are columns.)

# %% silence
left = {}
for name, model, task in (("en", model_en, english), ("zh", model_zh, chinese)):
    for layer in range(2):
        found = []
        for head in range(4):
            silenced = copy.deepcopy(model)
            matrix = silenced.layers[layer].out_proj.weight
            with torch.no_grad():
                matrix[:, 8 * head : 8 * head + 8] = 0
            found.append(evaluate(silenced, task)[1])
        left[name, layer] = found
        print(name, "layer", layer + 1, *(f"{share:.2f}" for share in found))

# %% [markdown] lang="zh"
# 汉语模型的第一层有一个头，关掉它，准确率从一掉到 [0.49]{= min(left["zh", 0])}，等于猜；第二层随便关掉哪一个，至少还有 [0.96]{= min(left["zh", 1])}。图好看的是第二层，可那里少了任何一个头，其余的大体都能顶上；第一层的这一个，谁也顶不上。
#
# !!! exercise "动手试试"
#     换一个种子再跑。平台有多长？离不开的头还在原来的位置吗？
#
#     ??? answer "答案"
#         平台的长短差得很远，[正文的表](../training.md#seeds)里有八个种子。最缺不得的头多半换了位置，缺了它，后果也不同。学会的事情一样，分工不一样。
#
# 回到[正文](../training.md#seeds)。

# %% [markdown] lang="en"
# One head in the first layer of the Chinese model cannot be spared: without it, accuracy falls to [0.49]{= min(left["zh", 0])}, a guess. Whichever is missing in the second layer, [0.96]{= min(left["zh", 1])} at least is left. The second layer has the telling pictures, but there the other heads can largely stand in for any one. For that head of the first layer, none can.
#
# !!! exercise "Try it yourself"
#     Take another seed. How long is the plateau, and is the head that cannot be spared still in its place?
#
#     ??? answer "Answer"
#         Plateaus differ widely ([the chapter's table](../training.md#seeds) has eight seeds). The head missed most is usually another, and not always missed as much. What is learned is the same, who does it is not.
#
# Back to [the chapter](../training.md#seeds).
