"""Encoder, train_encoder, evaluate: laws, another implementation, edges. Quick: few steps."""

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")

from attention.nn.encoder import Encoder, evaluate, train_encoder  # noqa: E402 - needs torch
from attention.nn.tasks import Sentence, Task, encode, english_sentences, make_task  # noqa: E402

SMALL = make_task(english_sentences(), n_training=101, n_test=53)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def model_of(seed: int = 0, **options: Any) -> Encoder:
    torch.manual_seed(seed)
    return Encoder(n_words=13, n_places=7, d_model=12, n_heads=3, **options).double()


def drawn(n: int = 5) -> tuple[Any, Any]:
    draw = torch.Generator().manual_seed(1)
    return (
        torch.randint(13, (11, n), generator=draw),
        torch.randint(n, (11,), generator=draw),
    )


# Laws


def test_a_decoder_never_looks_ahead() -> None:
    words, _ = drawn()
    changed = words.clone()
    changed[:, 3:] = (changed[:, 3:] + 1) % 13
    asked = torch.full((11,), 2)
    causal, free = model_of(is_causal=True), model_of()
    torch.testing.assert_close(causal(words, asked), causal(changed, asked), rtol=0, atol=0)
    assert (free(words, asked) - free(changed, asked)).abs().max() > 1e-3
    assert not causal.weights(words).triu(1).any()


def test_weights_are_shares_in_every_layer_and_head() -> None:
    words, _ = drawn()
    weights = model_of(n_layers=3).weights(words)
    assert weights.shape == (11, 3, 3, 5, 5)
    assert (weights > 0).all()
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(11, 3, 3, 5).double())


def test_places_count() -> None:
    words, _ = drawn()
    model, asked = model_of(), torch.zeros(11, dtype=torch.int64)
    order = [0, 2, 1, 3, 4]
    assert (model(words, asked) - model(words[:, order], asked)).abs().max() > 1e-3
    with torch.no_grad():
        model.place.weight.zero_()
    torch.testing.assert_close(model(words, asked), model(words[:, order], asked))


def test_a_scale_is_what_longer_queries_would_be() -> None:
    words, asked = drawn()
    divided, undivided = model_of(), model_of(scale=1.0)
    with torch.no_grad():
        assert (divided(words, asked) - undivided(words, asked)).abs().max() > 1e-3
        for layer in undivided.layers:
            layer.q_proj.weight /= 2  # d_k is 12 / 3
    torch.testing.assert_close(undivided(words, asked), divided(words, asked))
    torch.testing.assert_close(undivided.weights(words), divided.weights(words))


def test_training_takes_the_form_of_the_model_and_draws_the_same_start_whatever_the_scale() -> None:
    options: dict[str, Any] = {"seed": 0, "n_steps": 2, "keep": [0], "d_model": 12, "n_heads": 3}
    divided, undivided = (train_encoder(SMALL, scale=scale, **options) for scale in (None, 1.0))
    assert (divided[0].model.scale, undivided[0].model.scale) == (None, 1.0)
    assert divided[0].model.layers[0].n_heads == 3
    for ours, theirs in zip(
        divided[0].model.parameters(), undivided[0].model.parameters(), strict=True
    ):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=0)
    assert divided[0].model.word.weight.shape[1] == 12
    assert divided[0].loss != undivided[0].loss


def test_the_same_seed_trains_the_same_model_and_leaves_the_generator_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first = train_encoder(SMALL, seed=3, n_steps=4)[-1]
    torch.testing.assert_close(torch.rand(3), expected, rtol=0, atol=0)
    again = train_encoder(SMALL, seed=3, n_steps=4)[-1]
    other = train_encoder(SMALL, seed=4, n_steps=4)[-1]
    assert (first.loss, first.accuracy) == (again.loss, again.accuracy)
    assert first.loss != other.loss


def test_training_lowers_the_loss() -> None:
    learned = Task(SMALL.vocabulary, SMALL.training, SMALL.training)  # what it saw, asked again
    kept = train_encoder(learned, seed=0, keep=range(0, 31, 10), n_steps=40)
    assert all(later.loss < 0.9 * earlier.loss for earlier, later in pairwise(kept))


def test_a_checkpoint_does_not_go_on_learning() -> None:
    first, last = train_encoder(SMALL, seed=0, keep=[0], n_steps=4)
    torch.manual_seed(0)
    fresh = Encoder(len(SMALL.vocabulary), 10).double()
    for name, weight in first.model.state_dict().items():
        torch.testing.assert_close(weight, fresh.state_dict()[name], rtol=0, atol=0)
    assert (last.model.answer.weight - fresh.answer.weight).abs().max() > 0.01


# Oracles


def test_pytorchs_layers_compute_the_same() -> None:
    words, asked = drawn()
    model = model_of()
    x = model.word(words) + model.place(torch.arange(5))
    for norm, layer in zip(model.norms, model.layers, strict=True):
        theirs = torch.nn.MultiheadAttention(12, 3, bias=False, batch_first=True).double()
        parts = [getattr(layer, f"{name}_proj").weight for name in "qkv"]
        with torch.no_grad():
            theirs.in_proj_weight.copy_(torch.cat(parts))
            theirs.out_proj.weight.copy_(layer.out_proj.weight)
        y = norm(x)
        x = x + theirs(y, y, y, need_weights=False)[0]
    last = torch.stack([model.final_norm(x[i, asked[i]]) for i in range(11)])
    torch.testing.assert_close(model(words, asked), last @ model.answer.weight.mT)


def test_weights_are_those_that_pytorchs_layer_returns() -> None:
    words, _ = drawn()
    model = model_of(n_layers=1)
    layer, theirs = model.layers[0], torch.nn.MultiheadAttention(12, 3, bias=False).double()
    with torch.no_grad():
        parts = [getattr(layer, f"{name}_proj").weight for name in "qkv"]
        theirs.in_proj_weight.copy_(torch.cat(parts))
    y = model.norms[0](model.word(words) + model.place(torch.arange(5))).transpose(0, 1)
    expected = theirs(y, y, y, average_attn_weights=False)[1]
    torch.testing.assert_close(model.weights(words)[:, 0], expected)


@pytest.mark.parametrize("ask_last", [False, True])
def test_loss_and_accuracy_are_what_a_loop_counts(ask_last: bool) -> None:
    model = train_encoder(SMALL, seed=0, n_steps=10, ask_last=ask_last)[-1].model
    loss, accuracy = evaluate(model, SMALL, ask_last=ask_last)
    words, asked, answer = encode(SMALL.test, SMALL.vocabulary)
    right, surprise = 0, []
    for i in range(53):
        place = torch.tensor([9]) if ask_last else asked[i : i + 1]
        scores = model(words[i : i + 1], place)[0].tolist()
        total = math.fsum(math.exp(score) for score in scores)
        surprise.append(-math.log(math.exp(scores[answer[i]]) / total))
        right += scores.index(max(scores)) == int(answer[i])
    assert accuracy == pytest.approx(right / 53, abs=1e-12)
    assert loss == pytest.approx(math.fsum(surprise) / 53, abs=1e-12)
    assert 0 < accuracy < 1


# Edges


def test_no_step_keeps_the_random_model() -> None:
    (only,) = train_encoder(SMALL, seed=0, n_steps=0)
    assert only.step == 0
    assert only.loss > 0.9 * math.log(len(SMALL.vocabulary))


def test_checkpoints_come_in_order_and_the_last_always() -> None:
    steps = [each.step for each in train_encoder(SMALL, seed=0, keep={3, 1}, n_steps=5)]
    assert steps == [1, 3, 5]


def test_a_sentence_may_be_shorter_than_the_places() -> None:
    words, asked = drawn(n=3)
    assert model_of()(words, asked).shape == (11, 13)


def test_one_word_looks_at_itself() -> None:
    weights = model_of().weights(torch.tensor([[4]]))
    assert weights.flatten().tolist() == [1] * 6


def test_the_question_may_be_put_to_the_last_word() -> None:
    sentence = Sentence(("cat", "mat", "it", "tired"), 2, 0, 1)
    other = Sentence(("cat", "mat", "it", "soft"), 2, 1, 0)
    task = Task(("cat", "it", "mat", "soft", "tired"), (sentence, other), (sentence, other))
    (kept,) = train_encoder(task, seed=0, n_steps=20, n_batch=2, is_causal=True, ask_last=True)
    assert kept.accuracy == 1


# Errors


def test_heads_that_do_not_divide_the_width_are_refused() -> None:
    with pytest.raises(ValueError, match="n_heads"):
        Encoder(13, 7, d_model=12, n_heads=5)


def test_more_tokens_than_places_are_refused() -> None:
    words, asked = drawn(n=8)
    with pytest.raises(
        ValueError, match=r"^a sentence must have at most n_places, 7, words; got 8$"
    ):
        model_of()(words, asked)
