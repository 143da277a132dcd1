"""The record of the pair with and without the divisor, and the models of the package."""

import importlib.util
import json
import re
import statistics
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")

from attention.trained import load_encoder  # noqa: E402 - the program needs torch

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "docs/measured/models.py"
RECORD: dict[str, Any] = json.loads(PROGRAM.with_suffix(".json").read_text("utf-8"))
TRAINING: dict[str, Any] = json.loads(PROGRAM.with_name("training.json").read_text("utf-8"))
every = pytest.mark.parametrize(
    "name", [f"{n}divided{kind}" for kind in ("", "_heads", "_slower") for n in ("", "un")]
)
pair = pytest.mark.parametrize("name", ["divided", "undivided"])


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("models_record", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


program = _load()


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def leaves(value: Any, path: str = "") -> dict[str, float]:
    """Every number below, by where it stands."""
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return {
            at: leaf for key, part in pairs for at, leaf in leaves(part, f"{path}.{key}").items()
        }
    return {path: value}


@pytest.mark.parametrize("name", ["english", "chinese"])
def test_the_models_of_the_package_are_the_first_seeds_of_the_chapter(name: str) -> None:
    model, seed = load_encoder(name), TRAINING[name]["seeds"]["seed0"]
    assert model.record["n_steps"] == TRAINING["n_steps"]
    assert model.record["accuracy"] == pytest.approx(seed["converged"]["accuracy"], abs=0.002)
    for sentence in seed["shown"].values():
        words = sentence["words"]
        asked = words.index("it" if "it" in words else "它")
        numbers = model.encode(words)
        answer = model.vocabulary[model.answer_scores(numbers, asked).argmax()]
        assert answer == sentence["converged"]["answer"]
        steps = model.steps(numbers)
        found = [layer.attention.weights[:, asked].tolist() for layer in steps]
        # Four digits are written down, and another processor may have trained.
        np.testing.assert_allclose(found, sentence["converged"]["weights"], atol=2e-3)


@pair
def test_the_pair_of_the_package_is_the_first_seed_of_the_record(name: str) -> None:
    found = leaves(program.described(load_encoder(name)))
    recorded = leaves(RECORD[name]["seeds"]["seed0"]["after"])
    assert found.keys() == recorded.keys()
    for at, value in found.items():
        assert value == pytest.approx(recorded[at], rel=2e-3, abs=1e-5), at


@pair
def test_what_is_said_of_rows_is_what_a_loop_counts(name: str) -> None:
    model = load_encoder(name)
    said = program.described(model)["pronoun"][1]
    spreads, largest, numbers = [], [], []
    for words, asked in zip(model.test.words, model.test.asked, strict=True):
        query = model.steps(words)[1].query[:, asked]
        key = model.steps(words)[1].key
        for head in range(model.n_heads):
            products = [float(query[head] @ k) for k in key[head]]
            factor = model.record["d_k"] ** -0.5 if model.scale is None else model.scale
            powers = np.exp((np.array(products) - max(products)) * factor)
            shares = powers / powers.sum()
            spreads.append(statistics.pstdev(products))
            largest.append(max(shares))
            numbers.append(np.exp(-sum(p * np.log(p) for p in shares if p > 0)))
    assert said["products"] == pytest.approx(statistics.median(spreads), rel=1e-3)
    assert said["scores"] == pytest.approx(statistics.median(spreads) * factor, rel=1e-3)
    assert said["largest"] == pytest.approx(statistics.fmean(largest), rel=1e-3)
    above = sum(x > RECORD["nearly_all"] for x in largest) / len(largest)
    assert said["nearly_all"] == pytest.approx(above, rel=1e-3, abs=1e-9)
    assert said["effective"] == pytest.approx(statistics.fmean(numbers), rel=1e-3)


@every
def test_the_spread_is_that_of_the_seeds(name: str) -> None:
    seeds = RECORD[name]["seeds"].values()
    assert RECORD["n_seeds"] == len(seeds) >= 5
    for moment in ("before", "after"):
        each = [leaves(seed[moment]) for seed in seeds]
        for at, value in leaves(RECORD[name]["spread"][moment]).items():
            path, _, which = at.rpartition(".")
            of = {"least": min, "median": statistics.median, "greatest": max}[which]
            assert value == program.rounded(of([numbers[path] for numbers in each])), at


@pytest.mark.parametrize("kind", ["", "_heads", "_slower"])
def test_a_pair_starts_from_the_same_parameters(kind: str) -> None:
    divided, undivided = RECORD[f"divided{kind}"], RECORD[f"undivided{kind}"]
    for key in ("d_k", "n_heads", "learning_rate"):
        assert divided[key] == undivided[key]
    assert divided["d_k"] >= 16
    for one, other in zip(divided["seeds"].values(), undivided["seeds"].values(), strict=True):
        ours, theirs = one["before"]["first"], other["before"]["first"]
        assert ours["products"] == theirs["products"]
        assert theirs["scores"] == pytest.approx(ours["scores"] * divided["d_k"] ** 0.5, rel=1e-3)


def test_at_every_seed_the_divided_model_is_right_more_often() -> None:
    for kind in ("", "_heads", "_slower"):
        for seed, divided in RECORD[f"divided{kind}"]["seeds"].items():
            undivided = RECORD[f"undivided{kind}"]["seeds"][seed]
            assert divided["after"]["accuracy"] > undivided["after"]["accuracy"]


def test_the_record_says_where_it_comes_from() -> None:
    assert RECORD["command"] == "python docs/measured/models.py"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", RECORD["date"])
    assert re.fullmatch("[0-9a-f]{40}", RECORD["commit"])
    assert RECORD["commit_dirty"] is False
    assert RECORD["machine"]["threads"] == 1
    assert set(RECORD["versions"]) == {"numpy", "python", "torch"}
    for name in program.PLANS.keys() - {"repeats"}:  # trained later, by itself
        record = load_encoder(name).record
        for key in ("command", "commit", "date", "versions", "n_steps"):
            assert record[key] == RECORD[key], (name, key)


def test_a_tiny_run_writes_the_record_and_models_that_load(tmp_path: Path) -> None:
    output, folder = tmp_path / "tiny.json", tmp_path / "parameters"
    program.main([
        "--seeds", "1", "--steps", "2", "--output", str(output), "--folder", str(folder)
    ])  # fmt: skip
    tiny = json.loads(output.read_text("utf-8"))
    assert tiny.keys() == RECORD.keys()
    assert leaves(tiny["divided"]["spread"]).keys() == leaves(RECORD["divided"]["spread"]).keys()
    for name, plan in program.PLANS.items():
        model = load_encoder(name, folder=folder)
        assert model.record.keys() == load_encoder(name).record.keys()
        assert (model.n_heads, model.scale) == (plan.n_heads, plan.scale)
        assert model.record["n_steps"] == 2


def test_one_model_can_be_trained_by_itself(tmp_path: Path) -> None:
    program.main(["--only", "repeats", "--steps", "2", "--folder", str(tmp_path)])
    assert {path.name for path in tmp_path.iterdir()} == {"repeats.json", "repeats.npz"}
    model = load_encoder("repeats", folder=tmp_path)
    assert model.is_causal
    assert model.record["command"].startswith("python docs/measured/models.py --only repeats ")


def test_nothing_is_published_from_a_commit_with_changes(monkeypatch: Any) -> None:
    for changed in (True, None):
        monkeypatch.setattr(program, "surroundings", lambda dirty=changed: {"commit_dirty": dirty})
        monkeypatch.setattr(program, "trained", lambda *_: pytest.fail("it went on"))
        with pytest.raises(SystemExit, match="commit first"):
            program.main([])
