"""Train the models that come with the package, and compare two that differ in the divisor alone.

Run it as ``python docs/measured/models.py``, from a commit without changes. It writes the
parameters of the models, in float32, with a record of each, into ``src/attention/parameters``;
and it trains pairs with and without the divisor on several seeds, and writes beside itself what
softmax is given there, before training and after. One thread, in float64. With ``--only`` and the
name of a model it trains and writes that model and nothing else.

A pair differs in the divisor alone. There are three: one head of d_k = 64 per layer, four heads of
d_k = 16, and the first pair again with smaller steps, in case large ones are to blame.
"""

import argparse
import hashlib
import io
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from attention.nn.encoder import Checkpoint, evaluate, train_encoder
from attention.nn.tasks import (
    Task,
    chinese_sentences,
    encode,
    english_sentences,
    make_task,
    repeating_texts,
)
from attention.softmax import effective_number
from attention.trained import LayerSteps, TrainedEncoder, load_encoder

PROGRAM = Path(__file__).resolve()
ROOT = PROGRAM.parents[2]
FOLDER = ROOT / "src" / "attention" / "parameters"
SEEDS = 5
N_STEPS = 600
N_BATCH = 64
SENTENCES = {
    "english": english_sentences,
    "chinese": chinese_sentences,
    "repeats": repeating_texts,
}
NEARLY_ALL = 0.95  # a row whose largest weight is above it has chosen one key


class Plan(NamedTuple):
    """What is trained, in which form, and on how much."""

    task: str
    d_model: int
    n_heads: int
    scale: float | None = None
    is_causal: bool = False
    learning_rate: float = 0.01
    n_training: int = 4000


PLANS = {
    "english": Plan("english", d_model=32, n_heads=4),
    "chinese": Plan("chinese", d_model=32, n_heads=4),
    "divided": Plan("english", d_model=64, n_heads=1),
    "undivided": Plan("english", d_model=64, n_heads=1, scale=1.0),
    "repeats": Plan("repeats", d_model=32, n_heads=2, is_causal=True, n_training=30_000),
}
PAIRS = {
    **{name: PLANS[name] for name in ("divided", "undivided")},
    **{
        f"{name}_{kind}": PLANS[name]._replace(**changes)
        for kind, changes in (("heads", {"n_heads": 4}), ("slower", {"learning_rate": 0.003}))
        for name in ("divided", "undivided")
    },
}


def rounded(value: float) -> float:
    """Keep four significant digits, and nothing below a millionth."""
    return float(f"{value:.4g}") if abs(value) >= 1e-6 else 0.0


# Training, and writing down


def task_of(plan: Plan) -> Task:
    """Return the texts that a model learns from and is tested by."""
    return make_task(SENTENCES[plan.task](), n_training=plan.n_training)


def trained(plan: Plan, task: Task, seed: int, n_steps: int) -> tuple[Checkpoint, Checkpoint]:
    """Train one model; return it before the first step and after the last."""
    kept = train_encoder(
        task,
        seed=seed,
        keep=[0],
        n_steps=n_steps,
        n_batch=N_BATCH,
        learning_rate=plan.learning_rate,
        d_model=plan.d_model,
        n_heads=plan.n_heads,
        is_causal=plan.is_causal,
        scale=plan.scale,
    )
    return kept[0], kept[-1]


def write(
    folder: Path, name: str, plan: Plan, task: Task, kept: Checkpoint, about: dict[str, Any]
) -> None:
    """Write the parameters of a model, its test sentences, and the record of both."""
    last = f"norms.{len(kept.model.layers)}"  # so it is called in the files
    arrays = {
        key.replace("final_norm", last): parameter.float().numpy()
        for key, parameter in kept.model.state_dict().items()
    }
    narrowed = kept.model.float().double()  # what is written down is what is judged
    loss, accuracy = evaluate(narrowed, task)
    words, asked, answer = (
        part.numpy().astype(np.uint8) for part in encode(task.test, task.vocabulary)
    )
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **arrays, **{
        "test.words": words, "test.asked": asked, "test.answer": answer
    })  # fmt: skip
    record = {
        **about,
        "name": name,
        "task": plan.task,
        "d_model": plan.d_model,
        "n_heads": plan.n_heads,
        "n_layers": len(kept.model.layers),
        "d_k": plan.d_model // plan.n_heads,
        "scale": plan.scale,
        **({"is_causal": True} if plan.is_causal else {}),
        "n_steps": kept.step,
        "n_batch": N_BATCH,
        "learning_rate": plan.learning_rate,
        "trained_in": "float64",
        "kept_in": "float32",
        "n_parameters": sum(array.size for array in arrays.values()),
        "accuracy": rounded(accuracy),
        "loss": rounded(loss),
        "sha256": hashlib.sha256(content.getvalue()).hexdigest(),
        "vocabulary": list(task.vocabulary),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.npz").write_bytes(content.getvalue())
    text = json.dumps(record, indent=1, ensure_ascii=False)
    (folder / f"{name}.json").write_text(text + "\n", "utf-8")


# What softmax is given


def rows_of(layer: LayerSteps, asked: np.ndarray | None) -> dict[str, float]:
    """Return what is said of rows of a layer: all, or those of the token that is asked."""

    def rows(table: np.ndarray) -> np.ndarray:
        """Cut (n_sentences, n_heads, n, n) into rows."""
        if asked is not None:
            table = table[np.arange(len(asked)), :, asked]
        return table.reshape(-1, table.shape[-1])

    weights = rows(layer.attention.weights)
    largest = weights.max(axis=-1)
    return {
        "products": rounded(float(np.median(rows(layer.attention.scores).std(axis=-1)))),
        "scores": rounded(float(np.median(rows(layer.attention.scaled).std(axis=-1)))),
        "largest": rounded(float(largest.mean())),
        "nearly_all": rounded(float((largest > NEARLY_ALL).mean())),
        "effective": rounded(float(effective_number(weights).mean())),
    }


def length(vectors: np.ndarray) -> float:
    """Return the root of the mean square of all entries."""
    return rounded(math.sqrt(float((vectors**2).mean())))


def described(model: TrainedEncoder) -> dict[str, Any]:
    """Return what a model does on its test sentences.

    Of the second layer the answer reads one row, that of the pronoun: nothing trains the others.
    """
    first, second = model.steps(model.test.words)
    asked = model.test.asked
    return {
        "accuracy": model.record["accuracy"],
        "loss": model.record["loss"],
        "first": rows_of(first, None),
        "pronoun": [rows_of(first, asked), rows_of(second, asked)],
        "entries": {
            "query": [length(first.query), length(second.query[np.arange(len(asked)), :, asked])],
            "key": [length(first.key), length(second.key)],
        },
    }


def compared(n_seeds: int, n_steps: int) -> dict[str, Any]:
    """Train each pair on several seeds and describe each model, before and after."""
    found: dict[str, Any] = {name: {} for name in PAIRS}
    for name, plan in PAIRS.items():
        task = task_of(plan)
        for seed in range(n_seeds):
            moments = {}
            for moment, kept in zip(
                ("before", "after"), trained(plan, task, seed, n_steps), strict=True
            ):
                with tempfile.TemporaryDirectory() as folder:
                    write(Path(folder), name, plan, task, kept, {})
                    moments[moment] = described(load_encoder(name, folder=Path(folder)))
            found[name][f"seed{seed}"] = moments
    return found


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return the least, the median and the greatest."""
    return {
        "least": rounded(min(values)),
        "median": rounded(statistics.median(values)),
        "greatest": rounded(max(values)),
    }


def summed_up(described: Sequence[Any]) -> Any:
    """Return the spread over the seeds of everything that was described."""
    first = described[0]
    if isinstance(first, dict):
        return {key: summed_up([each[key] for each in described]) for key in first}
    if isinstance(first, list):
        return [summed_up(parts) for parts in zip(*described, strict=True)]
    return spread(described)


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
    ours = ["src/attention", "docs/measured"]
    written = [":!docs/measured/*.json", ":!src/attention/parameters"]
    changed = asked_of_git("status", "--porcelain", "--", *ours, *written)
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
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "torch": str(torch.__version__),
        },
    }


def main(given: Sequence[str] | None = None) -> None:
    """Write the models, then the comparison; print what became of the pair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--steps", type=int, default=N_STEPS)
    parser.add_argument("--only", choices=PLANS)
    parser.add_argument("--output", type=Path, default=PROGRAM.with_suffix(".json"))
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args(given)
    torch.set_num_threads(1)
    start = time.process_time()
    about = {
        "command": " ".join(["python", PROGRAM.relative_to(ROOT).as_posix(), *(given or [])]),
        **surroundings(),
    }
    if options.folder == FOLDER and about["commit_dirty"] is not False:
        sys.exit("what is published must come from a commit without changes: commit first")
    for name in [options.only] if options.only else PLANS:
        plan = PLANS[name]
        task = task_of(plan)
        _, last = trained(plan, task, 0, options.steps)
        write(options.folder, name, plan, task, last, about | {"seed": 0})
    if options.only:
        return
    seeds = compared(options.seeds, options.steps)
    record = {
        **about,
        "n_seeds": options.seeds,
        "n_steps": options.steps,
        "nearly_all": NEARLY_ALL,
        "cpu_s": rounded(time.process_time() - start),
        **{
            name: {
                "d_k": PAIRS[name].d_model // PAIRS[name].n_heads,
                "n_heads": PAIRS[name].n_heads,
                "learning_rate": PAIRS[name].learning_rate,
                "spread": {
                    moment: summed_up([each[moment] for each in found.values()])
                    for moment in ("before", "after")
                },
                "seeds": found,
            }
            for name, found in seeds.items()
        },
    }
    text = json.dumps(record, indent=1, ensure_ascii=False)
    options.output.write_text(text + "\n", "utf-8")
    for name in PAIRS:
        print(name, json.dumps(record[name]["spread"]["after"]))


if __name__ == "__main__":
    main(sys.argv[1:])
