"""Train the small models of the chapter and write down what they learned, as JSON.

Run it as ``python docs/measured/training.py``. Two tasks, several seeds each, on one thread in
float64. Of each training it keeps three moments: before, midway and converged.
"""

import argparse
import copy
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import torch

from attention.nn.encoder import Checkpoint, Encoder, evaluate, train_encoder
from attention.nn.tasks import (
    Sentence,
    Task,
    chinese_sentences,
    encode,
    english_sentences,
    make_task,
)

PROGRAM = Path(__file__).resolve()
ROOT = PROGRAM.parents[2]
SEEDS = 8
CAUSAL_SEEDS = 5
N_STEPS = 600
CURVE = 25  # steps between two points of a curve
# English is learned sooner, so its midway is earlier.
MIDWAY = {"english": 50, "chinese": 100}
SENTENCES = {"english": english_sentences, "chinese": chinese_sentences}
SHOWN = {
    "english": {
        "tired": "the cat sat on the mat because it was tired",
        "soft": "the cat sat on the mat because it was soft",
    },
    "chinese": {
        "fierce": "昨天 小猫 把 小狗 吓跑 了 ， 因为 它 很 凶",
        "timid": "昨天 小猫 把 小狗 吓跑 了 ， 因为 它 很 胆小",
        "passive": "昨天 小猫 被 小狗 吓跑 了 ， 因为 它 很 凶",
    },
}
KINDS = {"beings": "tired", "things": "soft"}  # a kind, and a reason that it alone has
NAMED = ("right", "other", "absent", "strange", "no_noun")  # what an answer may be
Masks = tuple[torch.Tensor | None, torch.Tensor | None]  # one per layer
# How far another machine's training may end from the record.
TOLERANCE = {"accuracy": 0.002, "loss": 0.001, "weight": 0.001}


def rounded(value: float) -> float:
    """Keep four significant digits, and nothing below a millionth."""
    return float(f"{value:.4g}") if abs(value) >= 1e-6 else 0.0


def table(values: torch.Tensor) -> Any:
    """Return a tensor as rounded lists."""
    return _each(values.tolist())


def _each(values: Any) -> Any:
    return [_each(each) for each in values] if isinstance(values, list) else rounded(values)


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return the least, the median and the greatest."""
    return {
        "least": rounded(min(values)),
        "median": rounded(statistics.median(values)),
        "greatest": rounded(max(values)),
    }


# The tasks, and what can be guessed without a model


def guesses(task: Task) -> dict[str, float]:
    """Return how often rules without a model are right on the test sentences."""
    answers = Counter(each.words[each.referent] for each in task.training)
    usual = answers.most_common(1)[0][0]
    of_first = [min(each.referent, each.other) == each.referent for each in task.test]
    nearer = [
        abs(each.pronoun - each.referent) < abs(each.pronoun - each.other) for each in task.test
    ]
    majority = [each.words[each.referent] == usual for each in task.test]
    rules = {"nearest_noun": nearer, "first_noun": of_first, "majority": majority}
    return {name: rounded(sum(right) / len(right)) for name, right in rules.items()}


def exchanged(task: Task) -> Task:
    """Return the task with the two nouns of each test sentence exchanged, reason as it was.

    In English the reason still tells being from thing, and the sentence is nonsense: "the mat
    sat on the cat because it was tired".
    """
    found = []
    for each in task.test:
        words = list(each.words)
        words[each.referent], words[each.other] = words[each.other], words[each.referent]
        found.append(Sentence(tuple(words), each.pronoun, each.other, each.referent))
    return Task(task.vocabulary, task.training, tuple(found))


def turned(task: Task) -> Task:
    """Return sentences such as "the dog was clean because it slept on the bed".

    Readers know that the dog slept. The rule of the task says bed, because beds are clean in it.
    The thing counts as the right answer here, so that accuracy is the share that follows the rule.
    """
    of, found = kinds(task), []
    beings, things = ([noun for noun in of if KINDS[kind] in of[noun]] for kind in KINDS)
    for being, thing, verb, reason in product(
        beings, things, ("sat on", "slept on", "lay on"), ("clean", "soft")
    ):
        words = f"the {being} was {reason} because it {verb} the {thing}".split()
        found.append(Sentence(tuple(words), words.index("it"), words.index(thing), 1))
    return Task(task.vocabulary, task.training, tuple(found))


def shorter(task: Task) -> Task:
    """Return the task with the time dropped from each test sentence: all places move by one."""
    found = []
    for each in task.test:
        at = 1 if each.words[0].startswith("小") else 0
        places = (each.pronoun, each.referent, each.other)
        words = (*each.words[:at], *each.words[at + 1 :])
        found.append(Sentence(words, *(place - (place > at) for place in places)))
    return Task(task.vocabulary, task.training, tuple(found))


OTHERS: dict[str, dict[str, Callable[[Task], Task]]] = {
    "english": {"exchanged": exchanged, "turned": turned},
    "chinese": {"shorter": shorter},
}


# What a model has learned


def pronoun_rows(model: Encoder, task: Task, test: Sequence[Sentence]) -> torch.Tensor:
    """Return the pronoun's weights, (n_sentences, n_layers, n_heads, n)."""
    words, asked, _ = encode(test, task.vocabulary)
    weights = model.weights(words)
    return weights[torch.arange(len(words)), :, :, asked]


def looked_at(rows: torch.Tensor, places: Sequence[int]) -> torch.Tensor:
    """Return the mean weight on one place of each sentence, (n_layers, n_heads)."""
    return rows[torch.arange(len(rows)), :, :, torch.tensor(places)].mean(dim=0)


def kinds(task: Task) -> dict[str, frozenset[str]]:
    """Return for each noun the reasons for which it is meant: beings have some, things others."""
    found: dict[str, set[str]] = {}
    for each in (*task.training, *task.test):
        found.setdefault(each.words[each.referent], set()).add(each.words[each.pronoun + 2])
    return {noun: frozenset(reasons) for noun, reasons in found.items()}


def answered(model: Encoder, task: Task, masks: Masks = (None, None)) -> list[str]:
    """Return the answer to each test sentence, by a model some of whose layers are masked."""
    words, asked, _ = encode(task.test, task.vocabulary)
    with torch.no_grad():
        x = model.word(words) + model.place.weight[: words.shape[-1]]
        for norm, layer, mask in zip(model.norms, model.layers, masks, strict=True):
            x = x + layer(norm(x), attn_mask=mask)
        scores = model.answer(model.final_norm(x[torch.arange(len(words)), asked]))
    return [task.vocabulary[i] for i in scores.argmax(dim=-1)]


def named(answers: Sequence[str], task: Task) -> dict[str, float]:
    """Return what the answers are, as shares of the test sentences.

    ``absent`` is a noun of the right kind that is not in the sentence, ``strange`` one of another
    kind, and ``no_noun`` any other word.
    """
    of, count = kinds(task), Counter(dict.fromkeys(NAMED, 0))
    for each, answer in zip(task.test, answers, strict=True):
        right, other = each.words[each.referent], each.words[each.other]
        if answer in (right, other):
            count["right" if answer == right else "other"] += 1
        elif answer in of:
            count["absent" if of[answer] == of[right] else "strange"] += 1
        else:
            count["no_noun"] += 1
    return {what: rounded(n / len(task.test)) for what, n in count.items()}


def moment(kept: Checkpoint, task: Task) -> dict[str, Any]:
    """Return what a checkpoint does on the test sentences."""
    rows = pronoun_rows(kept.model, task, task.test)
    referent = looked_at(rows, [each.referent for each in task.test])
    other = looked_at(rows, [each.other for each in task.test])
    reason = looked_at(rows, [each.pronoun + 2 for each in task.test])
    return {
        "step": kept.step,
        "loss": rounded(kept.loss),
        "accuracy": rounded(kept.accuracy),
        "named": named(answered(kept.model, task), task),
        "referent": table(referent),
        "other": table(other),
        "reason": table(reason),
        "mean": {
            "referent": rounded(referent[-1].mean().item()),
            "other": rounded(other[-1].mean().item()),
            "reason": rounded(reason[-1].mean().item()),
        },
    }


def shown(kept: Sequence[Checkpoint], task: Task, text: str) -> dict[str, Any]:
    """Return one sentence as each checkpoint sees it."""
    words = tuple(text.split())
    pronoun = words.index("it" if "it" in words else "它")
    sentence = Sentence(words, pronoun, 1, 1)
    numbers, asked, _ = encode([sentence], task.vocabulary)
    found = {}
    for name, each in zip(("before", "midway", "converged"), kept, strict=True):
        with torch.no_grad():
            scores = each.model(numbers, asked)[0]
        best = int(scores.argmax())
        rows = pronoun_rows(each.model, task, [sentence])[0]
        found[name] = {
            "answer": task.vocabulary[best],
            "probability": rounded(scores.softmax(-1)[best].item()),
            "weights": table(rows),
            "mean": table(rows[-1].mean(dim=0)),
        }
    return {"words": list(words), **found}


def without_each_head(model: Encoder, task: Task) -> list[list[float]]:
    """Return the accuracy with one head silenced, by layer and head."""
    found = []
    for i, layer in enumerate(model.layers):
        row = []
        for head in range(layer.n_heads):
            silenced = copy.deepcopy(model)
            matrix = silenced.layers[i].out_proj.weight
            width = matrix.shape[1] // layer.n_heads
            with torch.no_grad():
                matrix[:, head * width : (head + 1) * width] = 0
            row.append(rounded(evaluate(silenced, task)[1]))
        found.append(row)
    return found


def with_hidden(model: Encoder, task: Task, noun: str) -> dict[str, dict[str, float]]:
    """Return the answers if the pronoun may not see a noun, in one layer or in both.

    ``noun`` is referent or other. Beside what is named stands the share of right answers by kind
    of the right noun, where a task has kinds.
    """
    words, asked, _ = encode(task.test, task.vocabulary)
    n = words.shape[-1]
    visible = torch.ones(len(words), 1, n, n, dtype=torch.bool)
    places = torch.tensor([getattr(each, noun) for each in task.test])
    visible[torch.arange(len(words)), 0, asked, places] = False
    found = {}
    for where, layers in {"first": (0,), "second": (1,), "both": (0, 1)}.items():
        masks = (visible if 0 in layers else None, visible if 1 in layers else None)
        answers = answered(model, task, masks)
        found[where] = named(answers, task) | right_by_kind(answers, task)
    return found


def right_by_kind(answers: Sequence[str], task: Task) -> dict[str, float]:
    """Return the share of right answers among tests that mean a being, and a thing."""
    of = kinds(task)
    right: dict[str, list[bool]] = {kind: [] for kind in KINDS}
    for each, answer in zip(task.test, answers, strict=True):
        noun = each.words[each.referent]
        for kind, reason in KINDS.items():
            if reason in of[noun]:
                right[kind].append(answer == noun)
    return {kind: rounded(sum(each) / len(each)) for kind, each in right.items() if each}


def moved(before: Encoder, after: Encoder) -> dict[str, list[float]]:
    """Return by how much each matrix changed, beside its length at the start, by layer."""
    found = {}
    for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
        pairs = [
            (getattr(old, name).weight, getattr(new, name).weight)
            for old, new in zip(before.layers, after.layers, strict=True)
        ]
        found[name] = [rounded(((new - old).norm() / old.norm()).item()) for old, new in pairs]
    return found


def one_seed(
    name: str, task: Task, seed: int, n_steps: int, others: dict[str, Callable[[Task], Task]]
) -> dict[str, Any]:
    """Train one model and return everything that is said of it."""
    moments = {"before": 0, "midway": min(MIDWAY[name], n_steps // 2), "converged": n_steps}
    steps = sorted({*range(0, n_steps + 1, CURVE), *moments.values()})
    kept = {each.step: each for each in train_encoder(task, seed=seed, keep=steps, n_steps=n_steps)}
    three = [kept[step] for step in moments.values()]
    after = three[-1].model
    return {
        **{key: moment(each, task) for key, each in zip(moments, three, strict=True)},
        "curve": {
            "steps": steps,
            "loss": [rounded(kept[step].loss) for step in steps],
            "accuracy": [rounded(kept[step].accuracy) for step in steps],
        },
        "without_head": without_each_head(after, task),
        "hidden": {noun: with_hidden(after, task, noun) for noun in ("referent", "other")},
        "moved": moved(three[0].model, after),
        "elsewhere": {key: rounded(evaluate(after, of(task))[1]) for key, of in others.items()},
        "shown": {key: shown(three, task, text) for key, text in SHOWN[name].items()},
    }


def one_task(name: str, n_seeds: int, n_steps: int) -> dict[str, Any]:
    """Train all seeds of one task."""
    task = make_task(SENTENCES[name]())
    others = OTHERS[name]
    start = time.process_time()
    seeds = {f"seed{i}": one_seed(name, task, i, n_steps, others) for i in range(n_seeds)}
    seed_s = (time.process_time() - start) / n_seeds  # with all that is asked of a model
    causal = {
        key: [
            train_encoder(task, seed=i, n_steps=n_steps, is_causal=True, ask_last=last)[-1].accuracy
            for i in range(min(n_seeds, CAUSAL_SEEDS))
        ]
        for key, last in (("pronoun", False), ("last", True))
    }
    ends = [found["converged"] for found in seeds.values()]
    return {
        "n_words": len(task.vocabulary),
        "n_places": len(task.test[0].words),
        "n_sentences": len(SENTENCES[name]()),
        "n_training": len(task.training),
        "n_test": len(task.test),
        "seed_s": rounded(seed_s),
        "guesses": guesses(task),
        "spread": {
            key: {
                measure: spread([found[key][measure] for found in seeds.values()])
                for measure in ("accuracy", "loss")
            }
            | {
                noun: spread([found[key]["mean"][noun] for found in seeds.values()])
                for noun in ("referent", "other", "reason")
            }
            for key in ("before", "midway", "converged")
        },
        "named": {
            key: {
                what: spread([found[key]["named"][what] for found in seeds.values()])
                for what in NAMED
            }
            for key in ("before", "midway", "converged")
        },
        "learned_at": spread([learned_at(found["curve"]) for found in seeds.values()]),
        "heads": heads_of(seeds, ends),
        "hidden": {
            noun: {
                where: {
                    what: spread([s["hidden"][noun][where][what] for s in seeds.values()])
                    for what in shares
                }
                for where, shares in layers.items()
            }
            for noun, layers in seeds["seed0"]["hidden"].items()
        },
        "elsewhere": {
            key: spread([found["elsewhere"][key] for found in seeds.values()]) for key in others
        },
        "causal": {key: spread(found) for key, found in causal.items()},
        "seeds": seeds,
    }


def learned_at(curve: dict[str, list[float]]) -> float:
    """Return the first step of a curve at which 95 tests in 100 are passed, or infinity."""
    pairs = zip(curve["steps"], curve["accuracy"], strict=True)
    return next((step for step, share in pairs if share >= 0.95), float("inf"))


def heads_of(seeds: dict[str, Any], ends: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what is the same about the heads from seed to seed, and what is not."""
    strongest = [
        max(range(len(e["referent"][-1])), key=e["referent"][-1].__getitem__) for e in ends
    ]
    costs = [found["without_head"] for found in seeds.values()]
    needed = [min(range(len(row[-1])), key=row[-1].__getitem__) for row in costs]
    return {
        "strongest": [head + 1 for head in strongest],
        "strongest_weight": spread([max(e["referent"][-1]) for e in ends]),
        "weakest_weight": spread([min(e["referent"][-1]) for e in ends]),
        "reason_first_layer": spread([max(e["reason"][0]) for e in ends]),
        "needed": [head + 1 for head in needed],
        "agree": sum(a == b for a, b in zip(strongest, needed, strict=True)),
        "least_without_one": spread([min(min(row) for row in each) for each in costs]),
        "least_without_last": spread([min(each[-1]) for each in costs]),
        "least_without_first": spread([min(each[0]) for each in costs]),
    }


# The record


def asked_of_git(*command: str) -> str | None:
    """Return what git says, or None where there is none."""
    try:
        done = subprocess.run(
            ["git", *command], capture_output=True, check=True, text=True, cwd=ROOT
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def cpu_name() -> str:
    """Return what the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((x.partition(":")[2].strip() for x in lines if x.startswith("model name")), "")


def surroundings() -> dict[str, Any]:
    """Return date, commit, machine and versions."""
    written = [":!docs/measured/*.json", ":!src/attention/parameters"]
    changed = asked_of_git(
        "status", "--porcelain", "--", "src/attention", "docs/measured", *written
    )
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": asked_of_git("rev-parse", "HEAD"),
        "commit_dirty": None if changed is None else bool(changed),
        "machine": {
            "cpu": cpu_name(),
            "logical_cores": os.cpu_count(),
            "threads": torch.get_num_threads(),
            "system": f"{platform.system()} {platform.machine()}",
        },
        "versions": {"python": platform.python_version(), "torch": str(torch.__version__)},
    }


def main(given: Sequence[str] | None = None) -> None:
    """Train, write the JSON, print the spread."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--steps", type=int, default=N_STEPS)
    parser.add_argument("--output", type=Path, default=PROGRAM.with_suffix(".json"))
    options = parser.parse_args(given)
    torch.set_num_threads(1)
    start = time.process_time()
    tasks = {name: one_task(name, options.seeds, options.steps) for name in SENTENCES}
    record = {
        "command": " ".join(["python", PROGRAM.relative_to(ROOT).as_posix(), *(given or [])]),
        **surroundings(),
        "dtype": "float64",
        "n_seeds": options.seeds,
        "n_causal_seeds": min(options.seeds, CAUSAL_SEEDS),
        "n_steps": options.steps,
        "cpu_s": rounded(time.process_time() - start),
        "tolerance": TOLERANCE,
        **tasks,
    }
    text = json.dumps(record, indent=1, ensure_ascii=False)
    options.output.write_text(text + "\n", "utf-8")
    for name, found in tasks.items():
        print(name, json.dumps(found["spread"]["converged"]), json.dumps(found["heads"]))


if __name__ == "__main__":
    main(sys.argv[1:])
