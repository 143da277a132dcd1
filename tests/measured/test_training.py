"""The record of the small models: its form, and one seed of each task trained again."""

import importlib.util
import json
import math
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")

from attention.trained import load_encoder  # noqa: E402 - the program needs torch

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "docs/measured/training.py"
RECORD: dict[str, Any] = json.loads(PROGRAM.with_suffix(".json").read_text("utf-8"))
both = pytest.mark.parametrize("name", ["english", "chinese"])


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("training_record", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


program = _load()


def _leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Every number and every text below, by where it stands."""
    if isinstance(value, dict):
        pairs = [(f"{path}.{key}", each) for key, each in value.items()]
    elif isinstance(value, list):
        pairs = [(f"{path}[{i}]", each) for i, each in enumerate(value)]
    else:
        return {path: value}
    return {at: leaf for key, each in pairs for at, leaf in _leaves(each, key).items()}


def tolerance_of(path: str) -> float:
    """How far a number may lie from the record, by what it is."""
    if re.search(r"accuracy|without_head|named|hidden|elsewhere", path):
        return RECORD["tolerance"]["accuracy"]
    return RECORD["tolerance"]["loss" if "loss" in path else "weight"]


@pytest.mark.parametrize("name", ["english", pytest.param("chinese", marks=pytest.mark.nightly)])
def test_one_seed_trained_again_is_what_the_record_says(name: str) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        task = program.make_task(program.SENTENCES[name]())
        others = program.OTHERS[name]
        found = program.one_seed(name, task, 0, RECORD["n_steps"], others)
    finally:
        torch.set_num_threads(threads)
    old, new = _leaves(RECORD[name]["seeds"]["seed0"]), _leaves(found)
    assert old.keys() == new.keys()
    texts = {at for at, leaf in old.items() if isinstance(leaf, str)}
    assert {at: new[at] for at in texts} == {at: old[at] for at in texts}
    # Four digits are written down, so a rounding of the last is no difference.
    off = {
        at: (old[at], new[at])
        for at in old.keys() - texts
        if abs(old[at] - new[at]) > tolerance_of(at) + 1e-3 * abs(old[at])
    }
    assert off == {}


@both
def test_every_seed_passes_what_the_chapter_claims(name: str) -> None:
    found = RECORD[name]
    assert RECORD["n_seeds"] == len(found["seeds"]) >= 5
    assert found["spread"]["converged"]["accuracy"]["least"] >= 0.95
    for rule in ("nearest_noun", "first_noun", "majority"):
        assert found["guesses"][rule] < 0.55
    assert found["causal"]["pronoun"]["greatest"] < 0.55
    assert found["causal"]["last"]["least"] > 0.95
    assert found["seed_s"] < 30


@both
def test_the_spread_is_that_of_the_seeds(name: str) -> None:
    seeds = RECORD[name]["seeds"].values()
    for moment, measures in RECORD[name]["spread"].items():
        for measure, spread in measures.items():
            each = [(seed[moment] | seed[moment]["mean"])[measure] for seed in seeds]
            assert spread["least"] == min(each)
            assert spread["greatest"] == max(each)
            assert spread["least"] <= spread["median"] <= spread["greatest"]


@both
def test_shares_of_answers_are_those_of_the_seeds_and_add_up(name: str) -> None:
    seeds = list(RECORD[name]["seeds"].values())
    for moment, whats in RECORD[name]["named"].items():
        for what, spread in whats.items():
            each = [seed[moment]["named"][what] for seed in seeds]
            assert (spread["least"], spread["greatest"]) == (min(each), max(each))
        for seed in seeds:
            assert sum(seed[moment]["named"].values()) == pytest.approx(1, abs=1e-3)
            assert seed[moment]["named"]["right"] == seed[moment]["accuracy"]
    for noun, layers in RECORD[name]["hidden"].items():
        for where, whats in layers.items():
            for what, spread in whats.items():
                each = [seed["hidden"][noun][where][what] for seed in seeds]
                assert (spread["least"], spread["greatest"]) == (min(each), max(each))


@both
def test_answers_with_a_hidden_noun_are_those_of_the_model_of_the_package(name: str) -> None:
    model = load_encoder(name)
    words, asked, answer = model.test
    n, rows = words.shape[1], range(len(words))
    task = program.make_task(program.SENTENCES[name]())
    for noun, layers in RECORD[name]["seeds"]["seed0"]["hidden"].items():
        visible = np.ones((len(words), 1, n, n), bool)
        for i in rows:
            visible[i, 0, asked[i], getattr(task.test[i], noun)] = False
        for where, hidden_in in {"first": [0], "second": [1], "both": [0, 1]}.items():
            masks = [visible if layer in hidden_in else None for layer in (0, 1)]
            found = model.answer_scores(words, asked, masks).argmax(axis=-1)
            right = (found == answer).mean()
            assert right == pytest.approx(layers[where]["right"], abs=0.002)
            other = [words[i, task.test[i].other] == found[i] for i in rows]
            assert np.mean(other) == pytest.approx(layers[where]["other"], abs=0.002)


@both
def test_weights_of_the_pronoun_are_shares(name: str) -> None:
    for seed in RECORD[name]["seeds"].values():
        for sentence in seed["shown"].values():
            for moment in ("before", "midway", "converged"):
                for layer in sentence[moment]["weights"]:
                    for head in layer:
                        assert math.isclose(sum(head), 1, abs_tol=1e-3)
                        assert len(head) == len(sentence["words"]) == RECORD[name]["n_places"]


@both
def test_the_shown_sentences_were_never_learned(name: str) -> None:
    task = program.make_task(program.SENTENCES[name]())
    learned = {each.words for each in task.training}
    every = {each.words for each in program.SENTENCES[name]()}
    for text in program.SHOWN[name].values():
        assert tuple(text.split()) in every - learned


def test_the_record_says_where_it_comes_from() -> None:
    assert RECORD["command"] == "python docs/measured/training.py"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", RECORD["date"])
    assert re.fullmatch("[0-9a-f]{40}", RECORD["commit"])
    assert RECORD["commit_dirty"] is False
    assert RECORD["machine"]["threads"] == 1
    assert set(RECORD["versions"]) == {"python", "torch"}
    assert RECORD["dtype"] == "float64"
    assert RECORD["tolerance"] == program.TOLERANCE
    assert max(RECORD["tolerance"].values()) <= 0.01


def test_a_turned_sentence_says_the_reason_first_and_is_new() -> None:
    english = program.make_task(program.SENTENCES["english"]())
    turned = program.turned(english).test
    assert len({each.words for each in turned}) == len(turned) == 10 * 8 * 3 * 2
    for each in turned:
        assert each.words[each.pronoun] == "it"
        assert each.words[each.other] in {"cat", "dog", "rabbit", "mouse", "fox", "goat", "hen",
            "puppy", "kitten", "squirrel"}  # fmt: skip
        assert each.words[each.referent] == each.words[-1] != each.words[each.other]
        assert set(each.words) <= set(english.vocabulary)
    assert ["the", "dog", "was", "clean", "because", "it", "slept", "on", "the", "bed"] in [
        list(each.words) for each in turned
    ]


def test_exchanged_nouns_keep_their_reason_and_a_shorter_sentence_loses_its_time() -> None:
    english = program.make_task(program.SENTENCES["english"]())
    for before, after in zip(english.test, program.exchanged(english).test, strict=True):
        assert after.words[after.referent] == before.words[before.referent]
        assert after.referent == before.other
        assert sorted(after.words) == sorted(before.words)
    chinese = program.make_task(program.SENTENCES["chinese"]())
    for before, after in zip(chinese.test, program.shorter(chinese).test, strict=True):
        (dropped,) = set(before.words) - set(after.words)
        assert dropped in ("昨天", "今天", "早上", "刚才")
        for place in ("pronoun", "referent", "other"):
            assert after.words[getattr(after, place)] == before.words[getattr(before, place)]


def test_a_tiny_run_writes_the_record(tmp_path: Path) -> None:
    threads, output = torch.get_num_threads(), tmp_path / "tiny.json"
    program.main(["--seeds", "1", "--steps", "2", "--output", str(output)])
    torch.set_num_threads(threads)
    tiny = json.loads(output.read_text("utf-8"))
    assert tiny.keys() == RECORD.keys()
    assert tiny["english"].keys() == RECORD["english"].keys()
    assert tiny["command"].endswith(f"--steps 2 --output {output}")
    assert tiny["n_seeds"] == tiny["n_causal_seeds"] == 1
