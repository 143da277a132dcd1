"""Trained models: the torch Encoder as oracle, what their records say, edges, damaged files."""

import hashlib
import json
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from attention.trained import TrainedEncoder, layer_norm, load_encoder

NAMES = ["chinese", "divided", "english", "repeats", "undivided"]
FOLDER = Path(str(files("attention"))) / "parameters"
each = pytest.mark.parametrize("name", NAMES)
CAT = ["the", "cat", "sat", "on", "the", "mat", "because", "it", "was", "tired"]


def stored(name: str) -> dict[str, Any]:
    """The arrays of a model as they lie in its file."""
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as arrays:
        return dict(arrays)


def copied(folder: Path, name: str) -> tuple[Path, Path]:
    """Copy the files of a model to where they may be damaged."""
    for suffix in ("npz", "json"):
        (folder / f"{name}.{suffix}").write_bytes((FOLDER / f"{name}.{suffix}").read_bytes())
    return folder / f"{name}.npz", folder / f"{name}.json"


# Laws


@each
def test_loss_and_accuracy_are_what_the_record_says(name: str) -> None:
    model = load_encoder(name)
    scores = model.answer_scores(model.test.words, model.test.asked)
    assert scores.shape == (500, len(model.vocabulary))
    right = (scores.argmax(axis=-1) == model.test.answer).mean()
    assert right == pytest.approx(model.record["accuracy"], abs=1e-9)
    shares = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    loss = -np.log(shares[np.arange(500), model.test.answer]).mean()
    assert loss == pytest.approx(model.record["loss"], rel=1e-3)


@each
def test_the_right_answer_is_no_near_tie(name: str) -> None:
    model = load_encoder(name)
    scores = np.sort(model.answer_scores(model.test.words, model.test.asked), axis=-1)
    assert (scores[:, -1] - scores[:, -2]).min() > 1e-4


@each
def test_each_layer_adds_to_what_came_in(name: str) -> None:
    model = load_encoder(name)
    first, second = model.steps(model.test.words)
    np.testing.assert_array_equal(second.x, first.x + first.change)
    np.testing.assert_allclose(first.attention.weights.sum(axis=-1), 1)
    d_k = model.record["d_k"]
    factor = 1 / d_k**0.5 if model.scale is None else model.scale
    np.testing.assert_allclose(
        first.attention.scaled, factor * (first.query @ np.swapaxes(first.key, -1, -2))
    )


def test_only_the_decoder_hides_what_follows() -> None:
    for name in NAMES:
        model = load_encoder(name)
        assert model.is_causal is (name == "repeats")
        for layer in model.steps(model.test.words[:7]):
            later = np.triu(np.ones(layer.attention.weights.shape[-2:], bool), 1)
            assert (layer.attention.weights[..., later] == 0).all() == model.is_causal


@each
def test_a_mask_hides_in_its_layer_alone_and_in_no_other(name: str) -> None:
    model = load_encoder(name)
    words = model.test.words[:3]
    n = words.shape[1]
    visible = np.ones((3, 1, n, n), bool)
    visible[1, 0, 5] = False  # in the second sentence the sixth token sees the third key alone
    visible[1, 0, 5, 2] = True
    free = model.steps(words)
    for masks in ([visible, None], [None, visible]):
        steps = model.steps(words, masks)
        for layer, mask, unhidden in zip(steps, masks, free, strict=True):
            weights = layer.attention.weights
            assert (weights[1, :, 5, 2] == 1).all() == (mask is not None)
            np.testing.assert_allclose(weights.sum(axis=-1), 1)
            np.testing.assert_array_equal(weights[[0, 2]], unhidden.attention.weights[[0, 2]])
        scores = model.answer_scores(words, 5, masks)
        moved = (scores != model.answer_scores(words, 5)).any(axis=-1)
        assert moved.tolist() == [False, True, False]
    everything = model.answer_scores(words, 5, [None, np.ones((n, n), bool)])
    np.testing.assert_array_equal(everything, model.answer_scores(words, 5))


def test_the_pair_differs_in_the_divisor_alone() -> None:
    divided, undivided = (load_encoder(name) for name in ("divided", "undivided"))
    assert (divided.scale, undivided.scale) == (None, 1.0)
    differs = {"accuracy", "loss", "name", "scale", "sha256"}
    for key in divided.record.keys() - differs:
        assert divided.record[key] == undivided.record[key], key
    assert divided.record["d_k"] >= 16
    for ours, theirs in zip(divided.test, undivided.test, strict=True):
        np.testing.assert_array_equal(ours, theirs)


# Oracles


def torch_model(model: TrainedEncoder) -> Any:
    """The same parameters in PyTorch's model, in float64."""
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    from attention.nn.encoder import Encoder

    oracle = Encoder(
        len(model.word),
        len(model.place),
        d_model=model.record["d_model"],
        n_heads=model.n_heads,
        n_layers=len(model.layers),
        is_causal=model.is_causal,
        scale=model.scale,
    )
    last = f"norms.{len(model.layers)}"  # so the final norm is called in the files
    oracle.load_state_dict(
        {
            key.replace(last, "final_norm"): torch.from_numpy(array)
            for key, array in stored(model.record["name"]).items()
            if not key.startswith("test.")
        }
    )
    return oracle.double()


@each
def test_answers_and_weights_are_those_of_the_encoder(name: str) -> None:
    model = load_encoder(name)
    oracle = torch_model(model)
    torch = sys.modules["torch"]
    words, asked = torch.from_numpy(model.test.words), torch.from_numpy(model.test.asked)
    with torch.no_grad():
        expected = oracle(words, asked).numpy()
    scores = model.answer_scores(model.test.words, model.test.asked)
    np.testing.assert_allclose(scores, expected, rtol=1e-9, atol=1e-9)
    weights = np.stack([step.attention.weights for step in model.steps(model.test.words)], axis=1)
    np.testing.assert_allclose(weights, oracle.weights(words).numpy(), rtol=0, atol=1e-11)


@each
def test_the_test_sentences_are_those_of_the_task(name: str) -> None:
    pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    from attention.nn import tasks

    model = load_encoder(name)
    if name == "repeats":
        task = tasks.make_task(tasks.repeating_texts(), n_training=30_000)
    else:
        task = tasks.make_task(getattr(tasks, f"{model.record['task']}_sentences")())
    assert model.vocabulary == task.vocabulary
    for ours, theirs in zip(model.test, tasks.encode(task.test, task.vocabulary), strict=True):
        np.testing.assert_array_equal(ours, theirs.numpy())


def test_layer_norm_is_pytorchs() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    rng = np.random.default_rng(0)
    x, gain, shift = rng.normal(size=(3, 5, 7)), rng.normal(size=7), rng.normal(size=7)
    expected = torch.nn.functional.layer_norm(*map(torch.from_numpy, (x,)), (7,),
        torch.from_numpy(gain), torch.from_numpy(shift))  # fmt: skip
    np.testing.assert_allclose(layer_norm(x, gain, shift), expected.numpy(), atol=1e-13)
    np.testing.assert_array_equal(layer_norm(np.ones((1, 7)), gain, shift), shift[None])


@pytest.mark.parametrize("shape", [(), (1,), (5,), (1, 7), (2, 1, 7)], ids=str)
def test_gain_and_shift_must_be_as_wide_as_the_tokens(shape: tuple[int, ...]) -> None:
    x, right, wrong = np.ones((3, 7)), np.ones(7), np.ones(shape)
    for gain, shift in ((wrong, right), (right, wrong), (wrong, wrong)):
        message = (
            "x must be (*batch, d), gain and shift (d,); "
            f"got x (3, 7), gain {gain.shape}, shift {shift.shape}"
        )
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            layer_norm(x, gain, shift)


def test_a_token_has_an_axis() -> None:
    with pytest.raises(ValueError, match=r"^x must be \(\*batch, d\), .* got x \(\), gain \(\)"):
        layer_norm(np.ones(()), np.ones(()), np.ones(()))


# Files


@each
def test_files_are_small_float32_and_say_where_they_come_from(name: str) -> None:
    arrays, record = stored(name), load_encoder(name).record
    parameters = {key: array for key, array in arrays.items() if not key.startswith("test.")}
    assert {str(array.dtype) for array in parameters.values()} == {"float32"}
    assert sum(array.size for array in parameters.values()) == record["n_parameters"]
    assert (FOLDER / f"{name}.npz").stat().st_size < 200_000
    assert record["name"] == name
    only = " --only repeats" if name == "repeats" else ""
    assert record["command"] == f"python docs/measured/models.py{only}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", record["date"])
    assert re.fullmatch("[0-9a-f]{40}", record["commit"])
    assert record["commit_dirty"] is False
    assert set(record["versions"]) == {"numpy", "python", "torch"}
    assert (record["trained_in"], record["kept_in"]) == ("float64", "float32")
    assert record["seed"] == 0


def test_there_is_no_file_that_no_name_loads() -> None:
    found = {path.name for path in FOLDER.iterdir()}
    assert found == {f"{name}.{suffix}" for name in NAMES for suffix in ("json", "npz")}


def test_numpy_is_enough() -> None:
    program = (
        "import sys\n"
        "from attention.trained import load_encoder\n"
        "model = load_encoder('english')\n"
        f"words = model.encode({CAT})\n"
        "print(model.vocabulary[model.answer_scores(words, 7).argmax()], 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "cat False\n"


# Edges


def test_one_sentence_is_answered_as_in_a_batch() -> None:
    model = load_encoder("english")
    words, asked = model.test.words, model.test.asked
    together = model.answer_scores(words[:6].reshape(2, 3, -1), asked[:6].reshape(2, 3))
    for i in range(6):
        alone = model.answer_scores(words[i], int(asked[i]))
        np.testing.assert_allclose(together.reshape(6, -1)[i], alone, rtol=0, atol=1e-12)


def test_one_place_may_be_asked_in_all_sentences() -> None:
    model = load_encoder("english")
    words = model.test.words[:6].reshape(2, 3, -1)
    everywhere = model.answer_scores(words, np.full((2, 3), 7))
    np.testing.assert_array_equal(model.answer_scores(words, 7), everywhere)


def test_a_sentence_may_be_shorter_than_the_places() -> None:
    model = load_encoder("english")
    assert model.answer_scores(model.encode(CAT[:3]), 2).shape == (44,)


# Errors


def test_a_name_that_is_no_model_is_refused() -> None:
    with pytest.raises(
        ValueError,
        match=r"^name must be one of chinese, divided, english, repeats, undivided; got 'french'$",
    ):
        load_encoder("french")


def test_words_and_places_that_are_not_there_are_refused() -> None:
    model = load_encoder("english")
    words = model.encode(CAT)
    with pytest.raises(ValueError, match=r"^each word must be in the vocabulary; got 'lion'$"):
        model.encode(["the", "lion"])
    for wrong in (-1, 44):
        with pytest.raises(ValueError, match=rf"^each number must be from 0 to 43; got {wrong}$"):
            model.steps(np.array([0, wrong]))
    with pytest.raises(ValueError, match=r"^a sentence must have at most 10 words; got 11$"):
        model.steps(np.zeros(11, dtype=np.int64))
    for masks in ([], [None], [None, None, None]):
        with pytest.raises(
            ValueError, match=rf"^attn_masks must have one mask per layer, 2; got {len(masks)}$"
        ):
            model.steps(words, masks)
    for place in (-1, 10):
        with pytest.raises(ValueError, match=rf"^asked must be from 0 to 9; got {place}$"):
            model.answer_scores(words, place)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    archive, _ = copied(tmp_path, "english")
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    with pytest.raises(ValueError, match=r"^english\.npz must have the SHA-256 [0-9a-f]{64} of"):
        load_encoder("english", folder=tmp_path)
    archive.write_bytes(content[:1000])
    with pytest.raises(ValueError, match=r"of its record; got .*: install the package again$"):
        load_encoder("english", folder=tmp_path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    archive, record = copied(tmp_path, "english")
    archive.unlink()
    with pytest.raises(FileNotFoundError, match=r"^english\.npz must lie beside english\.json;"):
        load_encoder("english", folder=tmp_path)
    record.unlink()
    with pytest.raises(ValueError, match=r"^name must be one of .*; got 'english'$"):
        load_encoder("english", folder=tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", "no JSON"])
def test_a_damaged_record_is_refused(tmp_path: Path, text: str) -> None:
    _, record = copied(tmp_path, "english")
    record.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=r"^english\.json must be a record in JSON; install"):
        load_encoder("english", folder=tmp_path)


def test_a_record_of_something_else_is_refused(tmp_path: Path) -> None:
    archive, record = copied(tmp_path, "english")
    archive.write_bytes(b"no archive")
    told = json.loads(record.read_text("utf-8"))
    told["sha256"] = hashlib.sha256(b"no archive").hexdigest()
    record.write_text(json.dumps(told), "utf-8")
    with pytest.raises(ValueError, match=r"^english\.npz must be an archive of NumPy arrays$"):
        load_encoder("english", folder=tmp_path)
