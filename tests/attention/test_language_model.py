"""DecoderBlock, LanguageModel, generate, and the texts that they learn from."""

import itertools
import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import autocorrect_py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")

from attention.nn.language_model import DecoderBlock, LanguageModel, generate  # noqa: E402
from attention.nn.text import Vocabulary, read_text, train_on_text  # noqa: E402

N_TOKENS, N = 19, 13
PROMPTS = {
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


class Trained(NamedTuple):
    """A model that has read the text of its language."""

    language: str
    text: str
    vocabulary: Any
    model: Any
    losses: list[float]


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Small products lose more by waiting for a second thread than they gain."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module", params=["en", "zh"])
def trained(request: pytest.FixtureRequest) -> Trained:
    """Train once a language, in double precision, so that every machine gets the same."""
    text = read_text(request.param)
    vocabulary = Vocabulary(text)
    torch.manual_seed(0)
    model = LanguageModel(len(vocabulary)).double()
    losses = train_on_text(model, vocabulary.encode(text), n_steps=60)
    return Trained(request.param, text, vocabulary, model, losses)


def small(dtype: Any = torch.float64, **options: Any) -> Any:
    """Return a small untrained model whose sizes are all different."""
    torch.manual_seed(3)
    sizes = {"d_model": 12, "n_heads": 6, "n_kv_heads": 3, "n_layers": 5} | options
    return LanguageModel(N_TOKENS, **sizes).to(dtype)


def tokens_of(seed: int = 0, batch: int = 2, n: int = N) -> Any:
    return torch.from_numpy(np.random.default_rng(seed).integers(N_TOKENS, size=(batch, n)))


def in_chunks(model: Any, tokens: Any, cuts: list[int]) -> Any:
    """Return the logits of a text that is read piece by piece, with caches."""
    caches = model.empty_caches(*tokens.shape)
    with torch.no_grad():
        pieces = [
            model(tokens[:, a:b], caches)
            for a, b in zip([0, *cuts], [*cuts, tokens.shape[1]], strict=True)
        ]
    return torch.cat(pieces, dim=1)


def close(found: Any, expected: Any, atol: float = 1e-12) -> None:
    np.testing.assert_allclose(np.asarray(found.detach()), np.asarray(expected), rtol=0, atol=atol)


# Laws


@pytest.mark.parametrize("place", range(10))
def test_with_and_without_cache_the_same_text_comes_out(trained: Trained, place: int) -> None:
    prompt = trained.vocabulary.encode(PROMPTS[trained.language][place])[None]
    cached = generate(trained.model, prompt, 30)
    assert cached.shape == (1, prompt.shape[1] + 30)
    assert torch.equal(cached, generate(trained.model, prompt, 30, use_cache=False))
    # And not by luck: first and second place are further apart than rounding could move them.
    logits = in_chunks(trained.model, cached, list(range(1, cached.shape[1])))
    with torch.no_grad():
        difference = (logits - trained.model(cached)).abs().max()
    first, second = logits[0, prompt.shape[1] - 1 : -1].topk(2).values.T
    assert difference < 1e-12
    assert (first - second).min() > 1e-6


@settings(max_examples=settings().max_examples * 3 // 5)  # an example runs a model several times
@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, N), max_size=N).map(sorted),
    st.sampled_from([(torch.float64, 1e-12), (torch.float32, 2e-5)]),
)
def test_any_split_into_chunks_gives_the_logits_of_one_pass(
    seed: int, cuts: list[int], precision: tuple[Any, float]
) -> None:
    dtype, atol = precision
    model, tokens = small(dtype), tokens_of(seed)
    close(in_chunks(model, tokens, cuts), model(tokens).detach(), atol)


def test_no_later_token_changes_an_earlier_logit() -> None:
    model, tokens = small(), tokens_of()
    logits = model(tokens).detach()
    for place in range(N):
        other = tokens.clone()
        other[:, place:] = (other[:, place:] + 1) % N_TOKENS
        found = model(other)
        close(found[:, :place], logits[:, :place])
        assert (found[:, place:] - logits[:, place:]).abs().amin() > 0


def test_the_order_of_the_tokens_matters() -> None:
    # In one layer: in several, the causal mask alone would tell the order.
    model, tokens = small(n_layers=1), tokens_of()
    swapped = tokens.clone()
    swapped[:, :2] = torch.tensor([[3, 5], [7, 11]])
    turned = swapped.clone()
    turned[:, :2] = swapped[:, :2].flip(1)
    assert (model(swapped)[:, -1] - model(turned)[:, -1]).abs().max() > 1e-6


@pytest.mark.parametrize("use_cache", [True, False])
def test_texts_of_a_batch_do_not_see_each_other(use_cache: bool) -> None:
    model, prompts = small(), tokens_of(batch=3)
    together = generate(model, prompts, 7, use_cache=use_cache)
    alone = [generate(model, prompt[None], 7, use_cache=use_cache) for prompt in prompts]
    assert torch.equal(together, torch.cat(alone))


def test_each_layer_has_a_cache_of_its_own_as_long_as_the_text() -> None:
    model, tokens = small(torch.float32), tokens_of()
    caches = model.empty_caches(2, 17)
    model(tokens, caches)
    assert [cache.length for cache in caches] == [N] * 5
    assert {tuple(cache.keys.shape) for cache in caches} == {(2, 3, N, 2)}
    assert sum(cache.nbytes for cache in caches) == 5 * 2 * 2 * 3 * 17 * 2 * 4
    for i, cache in enumerate(caches):
        for other in caches[:i]:
            assert not torch.equal(cache.keys, other.keys)
            assert cache.keys.data_ptr() != other.keys.data_ptr()


def test_after_an_edit_of_the_prompt_a_truncated_cache_goes_on() -> None:
    model, old, new = small(), tokens_of(1), tokens_of(2)
    new[:, :5] = old[:, :5]
    caches = model.empty_caches(2, N)
    with torch.no_grad():
        model(old, caches)
        for cache in caches:
            cache.truncate(5)
        close(model(new[:, 5:], caches), model(new)[:, 5:])


def test_training_lowers_the_loss_and_repeats_itself(trained: Trained) -> None:
    assert trained.losses[0] == pytest.approx(math.log(len(trained.vocabulary)), abs=1)
    assert len(trained.losses) == 60
    assert sum(trained.losses[-5:]) / 5 < 2
    tokens = trained.vocabulary.encode(trained.text)
    for seed in (0, 1):
        torch.manual_seed(0)
        model = LanguageModel(len(trained.vocabulary)).double()
        again = train_on_text(model, tokens, n_steps=2, seed=seed)
        assert (again[0] == pytest.approx(trained.losses[0], abs=1e-9)) == (seed == 0)


def test_what_a_trained_model_writes_reads_like_its_text(trained: Trained) -> None:
    # Of what it writes, nearly every pair of neighbours stands somewhere in the text.
    whole = trained.vocabulary.encode(trained.text).tolist()
    known = set(itertools.pairwise(whole))
    torch.manual_seed(0)
    untrained = LanguageModel(len(trained.vocabulary)).double()
    share = {}
    for name, model in (("trained", trained.model), ("untrained", untrained)):
        pairs = []
        for prompt in PROMPTS[trained.language]:
            written = generate(model, trained.vocabulary.encode(prompt)[None], 20)[0].tolist()
            pairs += list(itertools.pairwise(written))[-20:]
        share[name] = sum(pair in known for pair in pairs) / len(pairs)
    assert share["trained"] > 0.9
    assert share["untrained"] < 0.3


# Oracles


def test_the_model_agrees_with_its_formulas_in_numpy() -> None:
    model, tokens = small(), tokens_of(batch=1)
    state = {name: np.asarray(value) for name, value in model.state_dict().items()}
    n_heads, n_kv, d_k = 6, 3, 2

    def rms_norm(x: Any, weight: Any) -> Any:
        return x / np.sqrt((x**2).mean(axis=-1, keepdims=True)) * weight

    def turned(row: Any, position: int) -> Any:  # one pair of coordinates, turned by one radian
        cos, sin = math.cos(position), math.sin(position)
        return np.array([row[0] * cos - row[1] * sin, row[0] * sin + row[1] * cos])

    x = state["embedding.weight"][tokens[0]]
    for i in range(5):
        part = {k.removeprefix(f"blocks.{i}."): v for k, v in state.items() if f"blocks.{i}." in k}
        normed = rms_norm(x, part["attention_norm.weight"])
        q, k, v = (normed @ part[f"attention.{each}_proj.weight"].T for each in "qkv")
        heads = np.zeros((N, n_heads * d_k))
        for head in range(n_heads):
            own = slice(head * d_k, (head + 1) * d_k)
            shared = head * n_kv // n_heads
            theirs = slice(shared * d_k, (shared + 1) * d_k)
            for t in range(N):
                scores = [
                    turned(q[t, own], t) @ turned(k[j, theirs], j) / d_k**0.5 for j in range(t + 1)
                ]
                weights = np.exp(scores) / np.exp(scores).sum()
                heads[t, own] = weights @ v[: t + 1, theirs]
        x = x + heads @ part["attention.out_proj.weight"].T
        hidden = rms_norm(x, part["mlp_norm.weight"]) @ part["mlp.0.weight"].T + part["mlp.0.bias"]
        hidden = hidden * 0.5 * (1 + np.vectorize(math.erf)(hidden / math.sqrt(2)))
        x = x + hidden @ part["mlp.2.weight"].T + part["mlp.2.bias"]
    expected = rms_norm(x, state["norm.weight"]) @ state["embedding.weight"].T
    close(model(tokens)[0], expected, 1e-10)


def test_the_number_of_weights_is_that_of_the_formula() -> None:
    d, hidden = 12, 48
    block = 2 * d * d + 2 * d * (d // 2) + 2 * d * hidden + hidden + d + 2 * d
    model = small()
    assert sum(weight.numel() for weight in model.parameters()) == N_TOKENS * d + 5 * block + d


@pytest.mark.parametrize("use_cache", [True, False])
def test_generation_takes_the_likeliest_token_each_time(use_cache: bool) -> None:
    model, prompt = small(), tokens_of(n=3)
    text = generate(model, prompt, 5, use_cache=use_cache)
    assert torch.equal(text[:, :3], prompt)
    for place in range(3, 8):
        assert torch.equal(text[:, place], model(text[:, :place])[:, -1].argmax(dim=-1))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_decoding_undoes_encoding(language: str) -> None:
    text = read_text(language)
    vocabulary = Vocabulary(text)
    tokens = vocabulary.encode(text)
    assert vocabulary.decode(tokens) == text
    assert sorted(set(tokens.tolist())) == list(range(len(vocabulary)))


def test_tokens_are_english_words_and_single_characters() -> None:
    text = 'The cat: "A cat?"\n猫说：好。'
    tokens = Vocabulary(text).tokens
    expected = ["The", " cat", ":", " ", '"', "A", "?", "\n", "猫", "说", "：", "好", "。"]
    assert tokens == sorted(expected)


# Edges


@pytest.mark.parametrize("use_cache", [True, False])
def test_no_new_token_returns_the_prompt(use_cache: bool) -> None:
    prompt = tokens_of()
    assert torch.equal(generate(small(), prompt, 0, use_cache=use_cache), prompt)


def test_one_token_and_no_batch_are_enough() -> None:
    assert generate(small(), tokens_of(n=1), 2).shape == (2, 3)
    assert small()(tokens_of()[:, :0]).shape == (2, 0, N_TOKENS)


@pytest.mark.parametrize("use_cache", [True, False])
def test_nothing_leaves_the_device_while_writing(use_cache: bool) -> None:
    # The device "meta" holds no numbers, so whoever reads one, or brings one along, fails.
    model, prompt = small().to("meta"), tokens_of().to("meta")
    text = generate(model, prompt, 3, use_cache=use_cache)
    assert (text.device.type, text.shape) == ("meta", (2, N + 3))


def test_generation_leaves_no_trace_in_the_model() -> None:
    model = small()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    recording = []
    model.register_forward_hook(lambda *_: recording.append(torch.is_grad_enabled()))
    generate(model, tokens_of(), 3)
    assert recording == [False] * 3  # nothing is kept for a gradient that nobody asks for
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(weight.grad is None for weight in model.parameters())


def test_every_weight_learns() -> None:
    model = small()
    model(tokens_of()).square().sum().backward()
    assert all(weight.grad.abs().max() > 0 for weight in model.parameters())


def test_the_gradient_is_that_of_finite_differences() -> None:
    model, tokens = small(), tokens_of()
    pull = torch.from_numpy(np.random.default_rng(1).standard_normal((2, N, N_TOKENS)))
    (model(tokens) * pull).sum().backward()
    for weight in model.parameters():  # the embedding, too: it is read at both ends
        direction = torch.randn_like(weight)
        expected = float((weight.grad * direction).sum())
        found = []
        for step in (1e-5, -1e-5):
            with torch.no_grad():
                weight += step * direction
                found.append(float((model(tokens) * pull).sum()))
                weight -= step * direction
        assert (found[0] - found[1]) / 2e-5 == pytest.approx(expected, rel=1e-5, abs=1e-5)


def test_a_block_keeps_the_shape() -> None:
    block = DecoderBlock(d_model=12, n_heads=3, n_kv_heads=1)
    for batch in ((), (2,), (2, 5)):
        x = torch.ones((*batch, N, 12))
        assert block(x, torch.arange(N)).shape == x.shape


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_texts_are_small_clean_and_end_their_last_line(language: str) -> None:
    text = read_text(language)
    assert 1500 < len(text) < 6000
    assert text.endswith("\n")
    assert autocorrect_py.format(text) == text
    strange = re.sub(r'[A-Za-z ,.?"\n]' if language == "en" else r"[一-鿿，。？：“”、\n]", "", text)
    assert strange == ""


# Errors


def test_a_text_in_another_language_is_refused() -> None:
    for language in ("fr", "", "../text", "EN"):
        message = re.escape(f"language must be one of en, zh; got {language!r}")
        with pytest.raises(ValueError, match=f"^{message}$"):
            read_text(language)


def test_a_token_that_does_not_occur_is_refused() -> None:
    vocabulary = Vocabulary(read_text("en"))
    with pytest.raises(ValueError, match=r"^each token must be in the vocabulary; got ' unicorn'$"):
        vocabulary.encode("The unicorn sat")


@pytest.mark.parametrize("shape", [(N,), (2, 0), (2, 3, 5)])
def test_a_prompt_is_a_table_of_tokens(shape: tuple[int, ...]) -> None:
    message = re.escape(f"prompt must be (batch, n), n at least 1; got {shape}")
    with pytest.raises(ValueError, match=f"^{message}$"):
        generate(small(), torch.zeros(shape, dtype=torch.int64), 1)


def test_a_negative_number_of_new_tokens_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^n_new must be at least 0; got -1$"):
        generate(small(), tokens_of(), -1)


def test_a_number_of_new_tokens_is_an_integer() -> None:
    for use_cache in (True, False):
        with pytest.raises(TypeError, match=r"^n_new must be an integer; got float"):
            generate(small(), tokens_of(), 1.5, use_cache=use_cache)  # type: ignore[arg-type]


def test_more_tokens_than_the_caches_have_room_for_are_refused() -> None:
    model = small()
    caches = model.empty_caches(2, N - 1)
    with pytest.raises(ValueError, match="at most the capacity"):
        model(tokens_of(), caches)
    assert [cache.length for cache in caches] == [0] * 5


@pytest.mark.parametrize("n_heads", [2, 6, 10])
def test_a_head_of_odd_width_is_refused_when_a_model_is_made(n_heads: int) -> None:
    message = f"d_model / n_heads must be even; got d_model 30, n_heads {n_heads}"
    with pytest.raises(ValueError, match=f"^{message}$"):
        LanguageModel(7, d_model=30, n_heads=n_heads)
    with pytest.raises(ValueError, match=f"^{message}$"):
        DecoderBlock(d_model=30, n_heads=n_heads, n_kv_heads=1)


def test_heads_that_divide_nothing_are_refused_when_a_model_is_made() -> None:
    with pytest.raises(ValueError, match=r"^n_heads must be at least 1; got 0$"):
        LanguageModel(7, n_heads=0)
    with pytest.raises(ValueError, match=r"^n_heads must divide d_model; got n_heads 3, "):
        LanguageModel(7, n_heads=3)
    with pytest.raises(ValueError, match=r"^n_kv_heads must divide n_heads; got n_kv_heads 3, "):
        LanguageModel(7, n_kv_heads=3)


def test_fewer_or_more_caches_than_layers_are_refused() -> None:
    model = small()
    caches = model.empty_caches(2, N)
    for wrong in (caches[:-1], [*caches, *model.empty_caches(2, N)], []):
        message = f"caches must be as many as layers, 5; got {len(wrong)}"
        with pytest.raises(ValueError, match=f"^{message}$"):
            model(tokens_of(), wrong)
    assert [cache.length for cache in caches] == [0] * 5


def test_caches_of_several_lengths_are_refused() -> None:
    model = small()
    caches = model.empty_caches(2, 2 * N)
    with torch.no_grad():
        model(tokens_of(), caches)
    caches[3].truncate(5)  # and the others were forgotten
    with pytest.raises(ValueError, match=r"^caches must hold equally many tokens; got 5, 13$"):
        model(tokens_of(), caches)
    assert [cache.length for cache in caches] == [N, N, N, 5, N]


def test_a_text_that_is_too_short_to_cut_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^tokens must be more than n, 13; got 13$"):
        train_on_text(small(), tokens_of()[0], n_steps=1, n=N)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_under_autocast_a_cache_gives_the_logits_of_the_whole_text(dtype: Any) -> None:
    model, tokens = small(torch.float32), tokens_of(n=5)
    caches = model.empty_caches(len(tokens), 5)
    with torch.no_grad(), torch.autocast("cpu", dtype=dtype):
        whole = model(tokens)
        steps = [model(tokens[:, i : i + 1], caches) for i in range(5)]
        assert generate(model, tokens, 2).shape == (len(tokens), 7)
    found = torch.cat(steps, dim=1)
    assert found.dtype == whole.dtype
    torch.testing.assert_close(found, whole, rtol=0, atol=16 * torch.finfo(dtype).eps)
