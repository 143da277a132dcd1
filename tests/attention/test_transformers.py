"""Models of Hugging Face's transformers compute on our function what they compute on their own."""

import importlib
import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
transformers = pytest.importorskip("transformers", reason="an extra; `make test` installs it")

from attention.integrations import transformers as integration  # noqa: E402
from attention.integrations.transformers import register  # noqa: E402
from attention.masking import causal_mask, sliding_window_mask  # noqa: E402
from attention.position import rotary  # noqa: E402

OURS = "checked_attention"
TOLERANCE = 2e-5
N, N_TEXTS, N_WORDS, WINDOW = 11, 3, 97, 5
LENGTHS = {"none": [11, 11, 11], "left": [11, 7, 2], "right": [11, 7, 2]}
# Weights ten times the usual ones, so that what is looked at matters, as in a trained model.
SHARED = {
    "vocab_size": N_WORDS,
    "initializer_range": 0.2,
    "bos_token_id": 1,
    "eos_token_id": None,
    "pad_token_id": 0,
}
GROUPED = {
    "hidden_size": 30,
    "intermediate_size": 29,
    "num_hidden_layers": 2,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "head_dim": 14,
}


def llama(**options: Any) -> Any:
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(**SHARED, **GROUPED, **options))


def gpt2(**options: Any) -> Any:
    sizes = {"n_embd": 35, "n_layer": 2, "n_head": 5, "n_positions": 53}
    config = transformers.GPT2Config(**SHARED, **sizes, **options)
    return transformers.GPT2LMHeadModel(config)


def gemma2(**options: Any) -> Any:
    own = {"sliding_window": WINDOW, "attn_logit_softcapping": 0.7, "query_pre_attn_scalar": 3}
    options["tie_word_embeddings"] = False  # or each token would be followed by itself
    config = transformers.Gemma2Config(**SHARED, **GROUPED, **own, **options)
    return transformers.Gemma2ForCausalLM(config)


def gpt_oss(**options: Any) -> Any:
    experts = {"num_local_experts": 3, "num_experts_per_tok": 2, "experts_implementation": "eager"}
    own = {"sliding_window": WINDOW} | experts
    config = transformers.GptOssConfig(**SHARED, **GROUPED, **own, **options)
    model = transformers.GptOssForCausalLM(config)
    for layer in model.model.layers:  # far apart, so that some heads take nearly nothing
        torch.nn.init.normal_(layer.self_attn.sinks, std=3.0)
    return model


def t5(**options: Any) -> Any:
    sizes = {"d_model": 30, "d_kv": 14, "d_ff": 29, "num_layers": 2, "num_heads": 6}
    config = transformers.T5Config(vocab_size=N_WORDS, decoder_start_token_id=0, **sizes, **options)
    return transformers.T5ForConditionalGeneration(config)


def bert(**options: Any) -> Any:
    sizes = {"hidden_size": 30, "intermediate_size": 29, "num_hidden_layers": 2}
    options = SHARED | sizes | {"num_attention_heads": 6} | options
    return transformers.BertForMaskedLM(transformers.BertConfig(**options))


MODELS: dict[str, Callable[..., Any]] = {
    "llama": llama,
    "gpt2": gpt2,
    "gemma2": gemma2,
    "gpt_oss": gpt_oss,
}


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our function under its usual name, and no way to any network."""

    def refuse(*_: Any) -> None:
        raise AssertionError("a test asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    register()


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> Any:
    torch.manual_seed(0)
    return MODELS[request.param]().eval()


def texts(padding: str) -> dict[str, Any]:
    """A batch of texts of several lengths, padded at one side."""
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(3, N_WORDS, (N_TEXTS, N), generator=generator)
    lengths = torch.tensor(LENGTHS[padding])[:, None]
    places = torch.arange(N)[None, :]
    real = places >= N - lengths if padding == "left" else places < lengths
    return {"input_ids": ids * real, "attention_mask": real.long()}


def logits(model: Any, implementation: str, **inputs: Any) -> Any:
    model.set_attn_implementation(implementation)
    with torch.no_grad():
        return model(**inputs).logits


def altered(monkeypatch: pytest.MonkeyPatch, **forced: Any) -> None:
    """Have our function see other options than the layer gave."""
    attend = transformers.AttentionInterface()[OURS]

    def other(module: Any, query: Any, key: Any, value: Any, mask: Any, **options: Any) -> Any:
        options |= forced
        mask = options.pop("attention_mask", mask)
        return attend(module, query, key, value, mask, **options)

    monkeypatch.setitem(transformers.AttentionInterface._global_mapping, OURS, other)


@pytest.mark.parametrize("padding", LENGTHS)
def test_logits_are_those_of_eager(model: Any, padding: str) -> None:
    inputs = texts(padding)
    real = inputs["attention_mask"].bool()
    ours, theirs = (logits(model, each, **inputs) for each in (OURS, "eager"))
    assert theirs[real].std() > 0.5
    assert (ours - theirs)[real].abs().max() < TOLERANCE
    assert ours.isfinite().all()


@pytest.mark.parametrize(
    ("name", "forced"),
    [
        ("llama", {"scaling": 1.0}),
        ("gpt2", {"scaling": 1.0}),
        ("gemma2", {"scaling": None}),
        ("gemma2", {"softcap": None}),
        ("gemma2", {"attention_mask": causal_mask(N, N, like=torch.empty(0))}),
    ],
    ids=["llama-scaling", "gpt2-scaling", "gemma2-scaling", "gemma2-softcap", "gemma2-window"],
)
def test_what_a_layer_asks_for_matters_here(
    name: str, forced: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    model, inputs = MODELS[name]().eval(), texts("none")
    altered(monkeypatch, **forced)
    ours, theirs = (logits(model, each, **inputs) for each in (OURS, "eager"))
    assert (ours - theirs).abs().max() > 100 * TOLERANCE


def test_the_same_tokens_with_and_without_a_cache_and_as_eager(model: Any) -> None:
    written, n_new = {}, WINDOW + 2
    for implementation in (OURS, "eager"):
        model.set_attn_implementation(implementation)
        for use_cache in (True, False):
            written[implementation, use_cache] = model.generate(
                **texts("left"), max_new_tokens=n_new, do_sample=False, use_cache=use_cache
            )
    first = written[OURS, True]
    assert first.shape == (N_TEXTS, N + n_new)
    assert len(set(first[:, N:].flatten().tolist())) > WINDOW
    assert all(torch.equal(each, first) for each in written.values())


def test_a_cache_of_fixed_size_hides_what_is_not_written_yet(model: Any) -> None:
    options = {"max_new_tokens": WINDOW, "do_sample": False, "disable_compile": True}
    model.set_attn_implementation(OURS)
    fixed = model.generate(**texts("left"), cache_implementation="static", **options)
    assert torch.equal(fixed, model.generate(**texts("left"), **options))


def test_weights_are_returned_and_padding_that_sees_nothing_has_none(model: Any) -> None:
    inputs = texts("left")
    real = inputs["attention_mask"].bool()
    weights = {}
    for implementation in (OURS, "eager"):
        model.set_attn_implementation(implementation)
        attentions = model(**inputs, output_attentions=True).attentions
        weights[implementation] = torch.stack(attentions).movedim(3, 2)[:, real]
        if implementation == OURS:
            assert not torch.stack(attentions).movedim(3, 2)[:, ~real].any()
    assert weights[OURS].shape == weights["eager"].shape
    assert (weights[OURS] - weights["eager"]).abs().max() < TOLERANCE


def test_gradients_are_those_of_eager(model: Any) -> None:
    model.train()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    inputs = texts("left")
    real = inputs["attention_mask"].bool()
    gradients = {}
    for implementation in (OURS, "eager"):
        model.set_attn_implementation(implementation)
        model.zero_grad()
        model(**inputs).logits[real].square().mean().backward()
        gradients[implementation] = [p.grad.clone() for p in model.parameters()]
    for ours, theirs in zip(gradients[OURS], gradients["eager"], strict=True):
        assert theirs.abs().max() > 0
        assert (ours - theirs).abs().max() <= 1e-5 * theirs.abs().max()


def test_half_precision_errs_no_more_than_eager_does(model: Any) -> None:
    inputs = texts("right")
    real = inputs["attention_mask"].bool()
    exact = logits(model, "eager", **inputs)[real]
    model.bfloat16()
    ours, theirs = (logits(model, each, **inputs)[real] for each in (OURS, "eager"))
    assert ours.dtype == torch.bfloat16
    assert (ours - exact).norm() <= 1.2 * (theirs - exact).norm()


def test_texts_packed_into_one_row_do_not_see_each_other(model: Any) -> None:
    inputs = {
        "input_ids": texts("none")["input_ids"][:1],
        "position_ids": torch.tensor([[*range(4), *range(N - 4)]]),
        "use_cache": False,
    }
    ours, theirs = (logits(model, each, **inputs) for each in (OURS, "eager"))
    assert (ours - theirs).abs().max() < TOLERANCE
    if "GptOss" in type(model).__name__:
        return  # it makes its masks without position_ids, and lets the texts see each other
    second = {"input_ids": inputs["input_ids"][:, 4:], "use_cache": False}
    assert (ours[:, 4:] - logits(model, OURS, **second)).abs().max() < TOLERANCE


def test_a_mask_of_the_user_is_used_as_it_is(model: Any) -> None:
    seen = causal_mask(N, N, like=torch.empty(0)) & (torch.arange(N) != 1)
    added = torch.where(seen, 0.0, torch.finfo(torch.float32).min)
    masks = [mask.expand(N_TEXTS, 1, N, N) for mask in (seen, added)]
    if hasattr(model.config, "layer_types"):  # several kinds of layers, which take one each
        masks = [dict.fromkeys(("full_attention", "sliding_attention"), mask) for mask in masks]
    ids = texts("none")["input_ids"]
    ours = [logits(model, OURS, input_ids=ids, attention_mask=mask) for mask in masks]
    theirs = logits(model, "eager", input_ids=ids, attention_mask=masks[1])
    assert all((each - theirs).abs().max() < TOLERANCE for each in ours)


@pytest.mark.parametrize("base", [10_000.0, 500_000.0])
def test_rotary_turns_as_llama_does(base: float) -> None:
    theirs = importlib.import_module("transformers.models.llama.modeling_llama")
    rope = {"rope_type": "default", "rope_theta": base}
    config = transformers.LlamaConfig(**SHARED, **GROUPED, rope_parameters=rope)
    draw = torch.Generator().manual_seed(3)
    positions, rows = torch.tensor([0, 1, 2, 7, 11]), torch.randn((2, 3, 6, 5, 14), generator=draw)
    cos, sin = theirs.LlamaRotaryEmbedding(config)(rows, positions[None])
    for x, turned in zip(rows, theirs.apply_rotary_pos_emb(*rows, cos, sin), strict=True):
        assert (rotary(x, positions, base=base) - turned).abs().max() < TOLERANCE
        assert (rotary(x, positions, base=base, interleaved=True) - turned).abs().max() > 1


def test_interleaved_rotary_turns_as_gpt_j_does() -> None:
    theirs = importlib.import_module("transformers.models.gptj.modeling_gptj")
    draw = torch.Generator().manual_seed(3)
    positions, x = torch.tensor([0, 1, 2, 7, 11]), torch.randn((3, 6, 5, 14), generator=draw)
    sin, cos = theirs.create_sinusoidal_positions(12, 14)[positions][None].chunk(2, dim=-1)
    turned = theirs.apply_rotary_pos_emb(x.transpose(1, 2), sin, cos).transpose(1, 2)
    assert (rotary(x, positions, interleaved=True) - turned).abs().max() < TOLERANCE
    assert (rotary(x, positions) - turned).abs().max() > 1


@pytest.fixture
def masks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The masks of the layers, in order, as our function gets them."""
    found: list[Any] = []
    attend = transformers.AttentionInterface()[OURS]

    def note(module: Any, query: Any, key: Any, value: Any, mask: Any, **options: Any) -> Any:
        found.append(mask)
        return attend(module, query, key, value, mask, **options)

    monkeypatch.setitem(transformers.AttentionInterface._global_mapping, OURS, note)
    return found


@pytest.mark.parametrize("padding", LENGTHS)
def test_masks_are_always_made_and_are_those_of_this_package(
    model: Any, padding: str, masks: list[Any]
) -> None:
    inputs = texts(padding)
    logits(model, OURS, **inputs)
    like = torch.empty(0)
    expected = [causal_mask(N, N, like=like)] * 2
    if hasattr(model.config, "layer_types"):
        expected[0] = sliding_window_mask(N, N, WINDOW, like=like)
    real = inputs["attention_mask"].bool()[:, None, None, :]
    assert len(masks) == 2
    for mask, rule in zip(masks, expected, strict=True):
        assert torch.equal(mask == 0, rule & real)
        assert (mask[~(rule & real).expand_as(mask)] == torch.finfo(mask.dtype).min).all()


@pytest.mark.parametrize("make", [gpt2, bert, llama, gpt_oss, t5])
def test_training_drops_what_eager_drops(make: Callable[..., Any]) -> None:
    torch.manual_seed(0)
    name = {"GPT2": "attn_pdrop", "Bert": "attention_probs_dropout_prob", "T5": "dropout_rate"}
    model = make()
    chosen = next((n for kind, n in name.items() if kind in type(model).__name__), None)
    torch.manual_seed(0)
    model = make(**{chosen or "attention_dropout": 0.25}).train()
    inputs = texts("right")
    real = inputs["attention_mask"].bool()
    if model.config.is_encoder_decoder:
        inputs["decoder_input_ids"] = inputs["input_ids"]
    results = {}
    for implementation in (OURS, "eager", "again"):
        model.set_attn_implementation(OURS if implementation == "again" else implementation)
        model.zero_grad()
        torch.manual_seed(7 if implementation != "again" else 8)
        found = model(**inputs).logits[real]
        found.square().mean().backward()
        gradients = [p.grad.flatten() for p in model.parameters() if p.grad is not None]
        results[implementation] = [found.detach(), torch.cat(gradients)]
    for ours, theirs, others in zip(*results.values(), strict=True):
        assert (ours - theirs).abs().max() < TOLERANCE * max(1.0, theirs.abs().max())
        assert (ours - others).abs().max() > 0.01 * theirs.abs().max()  # another seed drops others


def test_dropout_keeps_the_mean_and_sets_its_share_to_zero() -> None:
    torch.manual_seed(9)
    layer, share = Layer().train(), 0.3
    query, key, value = torch.randn((2, 6, 3, 7)), *torch.randn((2, 2, 2, 5, 7))
    function = transformers.AttentionInterface()[OURS]

    def attend(times: int, **options: Any) -> tuple[Any, Any]:
        repeated = [each.repeat(times, 1, 1, 1) for each in (query, key, value)]
        output, weights = function(layer, *repeated, None, is_causal=False, **options)
        return output.unflatten(0, (times, 2)), weights.unflatten(0, (times, 2))

    output, weights = attend(1)
    outputs, dropped = attend(2003, dropout=share)
    kept = dropped > 0
    assert ((dropped - weights / (1 - share)) * kept).abs().max() < 1e-6
    n = kept.numel()
    assert abs(kept.double().mean() - (1 - share)) < 5 * (share * (1 - share) / n) ** 0.5
    error = outputs.std(0) / len(outputs) ** 0.5  # of a mean of so many
    assert ((outputs.mean(0) - output[0]).abs() < 5 * error).all()
    layer.eval()
    assert torch.equal(attend(1, dropout=share)[0], output)


@pytest.mark.parametrize("padding", LENGTHS)
def test_position_biases_of_t5_are_added(padding: str) -> None:
    torch.manual_seed(0)
    model = t5().eval()
    for layer in (model.encoder, model.decoder):
        bias = layer.block[0].layer[0].SelfAttention.relative_attention_bias
        torch.nn.init.normal_(bias.weight, std=2.0)
    inputs = texts(padding) | {"decoder_input_ids": texts("none")["input_ids"]}
    ours, theirs = (logits(model, each, **inputs) for each in (OURS, "eager"))
    assert (ours - theirs).abs().max() < TOLERANCE * theirs.abs().max()
    written = []
    for implementation in (OURS, "eager"):
        model.set_attn_implementation(implementation)
        written.append(model.generate(**texts(padding), max_new_tokens=WINDOW, do_sample=False))
    assert torch.equal(*written)


def bloom(**options: Any) -> Any:
    sizes = {"hidden_size": 30, "n_layer": 2, "n_head": 6}
    return transformers.BloomForCausalLM(transformers.BloomConfig(**SHARED, **sizes, **options))


def gptj(**options: Any) -> Any:
    sizes = {"n_embd": 30, "n_layer": 2, "n_head": 5, "rotary_dim": 4}
    return transformers.GPTJForCausalLM(transformers.GPTJConfig(**SHARED, **sizes, **options))


KEEPS = r"^bloom looks for no registered attention and keeps its own, as with 'eager': 'checked_"
TABLE = (
    r"^attn_implementation of gptj must be one of eager.*, the keys of GPTJ_ATTENTION_CLASSES: "
    r"use 'eager'; got 'checked_attention'$"
)


@pytest.fixture
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A model as it lies on a disk, with random parameters."""
    integration._require_choice.cache_clear()
    torch.manual_seed(0)
    request.param().save_pretrained(tmp_path)
    return tmp_path


def loaded(path: Path, **options: Any) -> Any:
    return transformers.AutoModelForCausalLM.from_pretrained(path, **options).eval()


@pytest.mark.parametrize("path", [llama, gpt2], indirect=True)
def test_a_model_may_be_loaded_with_it(path: Path) -> None:
    inputs = texts("right")
    real = inputs["attention_mask"].bool()
    theirs = loaded(path, attn_implementation="eager")(**inputs).logits
    ours = loaded(path, attn_implementation=OURS)(**inputs).logits
    assert (ours - theirs)[real].abs().max() < TOLERANCE


@pytest.mark.parametrize("path", [bloom], indirect=True)
def test_a_model_that_keeps_its_own_attention_says_so_and_computes_what_eager_does(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    inputs = texts("left")
    real = inputs["attention_mask"].bool()
    theirs = loaded(path, attn_implementation="eager")
    expected = theirs(**inputs).logits[real]
    with pytest.warns(UserWarning, match=KEEPS):
        ours = loaded(path, attn_implementation=OURS)
    assert torch.equal(ours(**inputs).logits[real], expected)
    changed = inputs["input_ids"].clone()
    changed[:, -1] = 3
    later = ours(**inputs | {"input_ids": changed}).logits
    assert torch.equal(later[:, :-1][real[:, :-1]], ours(**inputs).logits[:, :-1][real[:, :-1]])
    transformers.logging.enable_propagation()
    theirs.set_attn_implementation(OURS)
    transformers.logging.disable_propagation()
    assert "BloomForCausalLM does not support setting its attention" in caplog.text
    assert torch.equal(theirs(**inputs).logits[real], expected)


@pytest.mark.parametrize("path", [gptj], indirect=True)
def test_a_model_with_a_table_of_its_own_is_refused_when_it_is_made(path: Path) -> None:
    for make in (partial(gptj, attn_implementation=OURS), partial(loaded, path)):
        with pytest.raises(ValueError, match=TABLE):
            make() if make.func is gptj else make(attn_implementation=OURS)
    assert gptj(attn_implementation="eager").config._attn_implementation == "eager"


def test_autocast_errs_no_more_than_eager_does(model: Any) -> None:
    inputs = texts("right")
    real = inputs["attention_mask"].bool()
    exact = logits(model, "eager", **inputs)[real]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        ours, theirs = (logits(model, each, **inputs)[real] for each in (OURS, "eager"))
    assert ours.dtype == theirs.dtype
    assert (ours - exact).norm() <= 1.2 * (theirs - exact).norm()


class Layer(torch.nn.Module):
    """What a layer of a model shows of itself."""

    is_causal = True


def attend(n_q: int, mask: Any = None, **options: Any) -> tuple[Any, Any]:
    """Our function, called as a layer calls it."""
    generator = torch.Generator().manual_seed(2)
    query = torch.randn((2, 6, n_q, 7), generator=generator)
    key, value = torch.randn((2, 2, 2, 5, 7), generator=generator)
    return transformers.AttentionInterface()[OURS](Layer(), query, key, value, mask, **options)


@pytest.mark.parametrize("name", ["block_indices", "cache", "cu_seq_lens_q", "indices", "sinks"])
def test_what_the_function_has_not_raises_and_is_not_ignored(name: str) -> None:
    with pytest.raises(ValueError, match=f"^a layer may ask for .* alone, .*'eager'; got {name}$"):
        attend(3, is_causal=False, **{name: torch.zeros(1)})
    assert attend(3, is_causal=False, **{name: None})[0].isfinite().all()


def test_an_order_that_no_mask_shows_raises() -> None:
    for options in ({}, {"is_causal": True}):
        with pytest.raises(ValueError, match=r"^attention_mask must show what is causal; got"):
            attend(3, **options)
    with pytest.raises(ValueError, match=r"^attention_mask must show the sliding window; got"):
        attend(3, is_causal=False, sliding_window=4)


def test_a_mask_of_numbers_that_are_neither_truth_nor_floating_is_refused() -> None:
    with pytest.raises(
        TypeError, match=r"^attention_mask must be boolean or floating .* got int64"
    ):
        attend(3, torch.ones((2, 1, 3, 5), dtype=torch.int64))


@pytest.mark.parametrize("kind", ["boolean", "added", "none"])
def test_a_bias_is_added_where_a_query_may_look(kind: str) -> None:
    generator = torch.Generator().manual_seed(4)
    bias = torch.randn((1, 6, 3, 5), generator=generator)
    seen = torch.rand((2, 1, 3, 5), generator=generator) < 0.7
    seen[:, :, 1] = False
    least = torch.finfo(torch.float32).min
    mask = {"boolean": seen, "added": torch.where(seen, 0.25, least), "none": None}[kind]
    found = attend(3, mask, position_bias=bias, is_causal=False)[1]
    alone = attend(3, torch.zeros((2, 1, 3, 5)), is_causal=False)[1]
    powers = alone.double() * bias.double().exp() * (1 if mask is None else seen)
    expected = powers / powers.sum(-1, keepdim=True).clamp(min=1e-300)
    assert (found - expected).abs().max() < 1e-6


def test_without_order_no_mask_is_needed() -> None:
    output, weights = attend(3, is_causal=False)
    assert output.shape == (2, 3, 6, 7)
    assert weights.shape == (2, 6, 3, 5)
    assert bool((weights > 0).all())
    assert bool((attend(1)[1] > 0).all())  # while decoding, one query sees every key


def test_a_model_may_be_made_with_it_from_the_start() -> None:
    torch.manual_seed(0)
    model = llama(attn_implementation=OURS).eval()
    assert model.config._attn_implementation == OURS
    ours = model(**texts("right")).logits
    assert torch.equal(ours, logits(model, OURS, **texts("right")))


def test_another_name_may_be_chosen_and_twice_is_once() -> None:
    register("readable")
    register("readable")
    model, inputs = llama().eval(), texts("left")
    assert torch.equal(logits(model, "readable", **inputs), logits(model, OURS, **inputs))


@pytest.mark.parametrize("name", ["sdpa", "eager", "flash_attention_2", "flex_attention"])
def test_names_of_transformers_stay_theirs(name: str) -> None:
    before = transformers.AttentionInterface().get(name)
    with pytest.raises(ValueError, match=f"^name must not be in use; got '{name}'$"):
        register(name)
    assert transformers.AttentionInterface().get(name) is before


@pytest.mark.parametrize("name", ["flash_ours", "my_sdpa", "flex"])
def test_a_name_that_is_taken_for_a_kernel_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"^name must not hold 'flash', .*; got '{name}'$"):
        register(name)
    assert name not in transformers.AttentionInterface()


def test_a_name_is_an_identifier() -> None:
    for name in ("", "own/kernel", "paged|ours"):
        with pytest.raises(ValueError, match=r"^name must be a Python identifier; got '"):
            register(name)
    with pytest.raises(TypeError, match=r"^name must be a string; got int$"):
        register(1)  # type: ignore[arg-type]
