"""The shapes in the signatures are true: jaxtyping checks them on valid calls.

Only here, not while other tests run: errors must come from our own checks.
"""

import doctest
import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from beartype import beartype
from jaxtyping import Float, TypeCheckError, jaxtyped

import attention
from attention._array import Array
from attention.kv_cache import KVCache, SlidingWindowKVCache, cached_attention
from attention.trained import TrainedEncoder, load_encoder

Make = Callable[..., Any]
# Not the packages in it: what they offer is of one library, and tested there.
MODULES = [
    f"attention.{found.name}"
    for found in pkgutil.iter_modules(attention.__path__)
    if not found.ispkg
]
BATCH, N_Q, N_K, D_K, D_V = 2, 3, 5, 7, 11


def cache(make: Make) -> dict[str, Any]:
    return {"cache": KVCache.empty((BATCH,), 3, 17, D_K, D_V, like=make(np.ones(1)))}


# Shapes of the arrays of a valid call, or integers to fill one with, by name of the function;
# and its other arguments, or what makes them.
QKV = [(13, 1, N_Q, D_K), (BATCH, N_K, D_K), (BATCH, N_K, D_V)]
HEADS = [(BATCH, 6, N_Q, D_K), (BATCH, 3, N_Q, D_K), (BATCH, 3, N_Q, D_V)]
Arguments = dict[str, Any] | Callable[[Make], dict[str, Any]]
CALLS: dict[str, tuple[list[tuple[int, ...] | list[int]], Arguments]] = {
    "additive_scores": ([(13, 1, N_Q, D_K), (2, N_K, D_V), (D_K, 17), (D_V, 17), (17,)], {}),
    "angle_degrees": ([(2, 1, D_K), (N_K, D_K)], {}),
    "attention_gradients": (
        [(BATCH, N_Q, 13), (13, D_K), (13, D_K), (13, D_V), (BATCH, N_Q, D_V)],
        {"is_causal": True},
    ),
    "attention_steps": (QKV, {"is_causal": True}),
    "alibi_bias": ([], {"n_heads": 13, "n_q": N_Q, "n_k": N_K}),
    "bilinear_scores": ([(13, 1, N_Q, D_K), (2, N_K, D_V), (D_K, D_V)], {}),
    "cached_attention": (HEADS, cache),
    "cached_attention_cost": (
        [],
        {"n_new": 2, "n_past": 7, "n_heads": 6, "n_kv_heads": 3, "d_k": D_K, "d_v": D_V},
    ),
    "causal_mask": ([], {"n_q": N_Q, "n_k": N_K}),
    "cosine_scores": (QKV[:2], {}),
    "cosine_similarity": ([(2, 1, D_K), (N_K, D_K)], {}),
    "dot": ([(2, 1, D_K), (N_K, D_K)], {}),
    "dot_product_scores": (QKV[:2], {}),
    "effective_number": ([(2, N_Q, N_K)], {}),
    "join_heads": ([(BATCH, 3, N_Q, D_K)], {}),
    "l2_normalize": ([(2, N_K, D_K)], {}),
    "layer_norm": ([(2, N_Q, D_K), (D_K,), (D_K,)], {}),
    "linear": ([(2, N_Q, D_K), (D_K, D_V)], {}),
    "load_encoder": ([], {"name": "english"}),
    "merge": ([(BATCH, N_Q, D_V), (BATCH, N_Q), (BATCH, N_Q, D_V), (BATCH, N_Q)], {}),
    "multi_head_attention": (
        [(BATCH, N_Q, 13), (13, 6 * D_K), (13, 3 * D_K), (13, 3 * D_V), (6 * D_V, 17)],
        {"n_heads": 6, "n_kv_heads": 3},
    ),
    "negative_squared_distance_scores": (QKV[:2], {}),
    "norm": ([(2, N_K, D_K)], {}),
    "padding_mask": ([[2, 3]], {"n_k": N_K}),
    "project": ([(2, 1, D_K), (N_K, D_K)], {}),
    "project_qkv": ([(2, N_Q, 13), (13, D_K), (13, D_K), (13, D_V)], {}),
    "rotary": ([(BATCH, N_Q, 14), [5, 2, 3]], {}),
    "scale_scores": ([(2, N_Q, N_K)], {"d_k": D_K}),
    "scaled_dot_product_attention": (QKV, {"is_causal": True, "softcap": 3.0}),
    "sinusoidal": ([], {"n": N_Q, "d": 14}),
    "sliding_window_mask": ([], {"n_q": N_Q, "n_k": N_K, "window": 2}),
    "soft_cap": ([(2, N_Q, N_K)], {"cap": 3.0}),
    "softmax": ([(2, N_Q, N_K)], {"axis": 0}),
    "split_heads": ([(BATCH, N_Q, 3 * D_K)], {"n_heads": 3}),
    "squared_distance": ([(2, 1, D_K), (N_K, D_K)], {}),
    "tiled_attention": (QKV, {"is_causal": True, "block_q": 2, "block_k": 2, "return_lse": True}),
}


def public_functions() -> dict[str, Callable[..., Any]]:
    """Every function that the package offers, by its name."""
    found = {}
    for name in MODULES:
        if not name.rpartition(".")[2].startswith("_"):
            module = importlib.import_module(name)
            found |= {each: getattr(module, each) for each in module.__all__}
    return {name: each for name, each in found.items() if not isinstance(each, type)}


def test_every_public_function_is_called_here() -> None:
    assert sorted(public_functions()) == sorted(CALLS)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_arguments_and_result_have_the_shapes_that_the_signature_says(
    make: Make, name: str
) -> None:
    contents, options = CALLS[name]
    checked = jaxtyped(typechecker=beartype)(public_functions()[name])
    rng = np.random.default_rng(23)
    arrays = (
        make(rng.standard_normal(each)) if isinstance(each, tuple) else make(each, "int64")
        for each in contents
    )
    checked(*arrays, **(options(make) if callable(options) else options))


def test_examples_have_the_shapes_that_the_signatures_say() -> None:
    checked = {
        name: jaxtyped(typechecker=beartype)(each) for name, each in public_functions().items()
    }
    runner = doctest.DebugRunner()  # raises at the first surprise
    for function in public_functions().values():
        [example] = doctest.DocTestFinder(recurse=False).find(function)
        example.globs |= checked
        runner.run(example)
    assert runner.summarize().attempted > 100


def same(found: Any, expected: Any) -> bool:
    """Compare tensors to the last bit; of other results, that they are of one kind."""
    if isinstance(found, tuple):
        return all(same(*pair) for pair in zip(found, expected, strict=True))
    if hasattr(found, "dtype"):
        equal = bool(((found == expected) | ((found != found) & (expected != expected))).all())
        return equal and bool(found.dtype == expected.dtype)
    return type(found) is type(expected)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("name", sorted(CALLS))
def test_autocast_changes_no_result(name: str, dtype: str) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    contents, options = CALLS[name]
    rng = np.random.default_rng(23)

    def make(values: Any, kind: str = dtype) -> Any:
        return torch.from_numpy(np.array(values)).to(getattr(torch, kind))

    arrays = [
        make(rng.standard_normal(each)) if isinstance(each, tuple) else make(each, "int64")
        for each in contents
    ]

    def call() -> Any:
        given = options(make) if callable(options) else options
        return public_functions()[name](*arrays, **given)

    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = call()
    assert same(found, call())


@pytest.mark.parametrize(
    "name",
    [  # which make no tensor of their own: without a GPU none can be made there
        "bilinear_scores",
        "dot",
        "dot_product_scores",
        "effective_number",
        "join_heads",
        "layer_norm",
        "linear",
        "multi_head_attention",
        "norm",
        "project_qkv",
        "scale_scores",
        "soft_cap",
        "softmax",
        "split_heads",
        "squared_distance",
    ],
)
def test_autocast_of_a_gpu_widens_nothing(name: str) -> None:
    """It widens other operations than that of the CPU: powers and sums, say."""
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    from torch._subclasses.fake_tensor import FakeTensorMode

    contents, options = CALLS[name]
    with FakeTensorMode():  # tensors that have a device and a dtype, and no values
        arrays = [torch.empty(shape, dtype=torch.float16, device="cuda") for shape in contents]
        torch.set_autocast_enabled("cuda", True)
        try:
            widened = (arrays[0] ** 2).dtype
            found = public_functions()[name](*arrays, **options)
        finally:
            torch.set_autocast_enabled("cuda", False)
    assert widened == torch.float32, "autocast is at work"
    for part in found if isinstance(found, tuple) else [found]:
        assert part.dtype == torch.float16


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_autocast_changes_nothing_about_a_window(dtype: str) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    arrays = [
        torch.randn(BATCH, h, N_Q, d).to(getattr(torch, dtype))
        for h, d in ((6, 7), (3, 7), (3, 11))
    ]
    results = []
    for enabled in (True, False):
        cache = SlidingWindowKVCache.empty((BATCH,), 3, 2, D_K, D_V, like=arrays[0])
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=enabled):
            results.append([cached_attention(*arrays, cache) for _ in range(2)])
    assert same(tuple(results[0]), tuple(results[1]))


@pytest.mark.parametrize("kind", [KVCache, SlidingWindowKVCache])
def test_what_a_cache_takes_and_gives_has_the_shapes_that_it_says(make: Make, kind: Any) -> None:
    checked = jaxtyped(typechecker=beartype)
    own = kind.empty((BATCH,), 3, 2 * N_K, D_K, D_V, like=make(np.ones(1)))
    for call in [kind.append, kind.update] if kind is KVCache else [kind.append, kind.update] * 2:
        checked(call)(own, *(make(np.ones((BATCH, 3, N_K, d))) for d in (D_K, D_V)))
        for name in ("keys", "values"):
            checked(getattr(kind, name).fget)(own)


def test_what_a_trained_encoder_takes_and_gives_has_the_shapes_that_it_says() -> None:
    checked = jaxtyped(typechecker=beartype)
    model = load_encoder("english")
    numbers = checked(TrainedEncoder.encode)(model, ["the", "cat", "sat", "on", "it"])
    masks = [None, np.eye(5, dtype=bool)]
    for words in (numbers, np.stack([numbers] * 3)):
        checked(TrainedEncoder.steps)(model, words, masks)
        asked = np.full(words.shape[:-1], 2)
        for place in (4, asked) if words.ndim > 1 else (4,):
            checked(TrainedEncoder.answer_scores)(model, words, place, masks)


def test_a_wrong_shape_would_be_noticed(make: Make) -> None:
    @jaxtyped(typechecker=beartype)
    def scores(
        query: Float[Array, "*#batch n_q d_k"], key: Float[Array, "*#batch n_k d_k"]
    ) -> Float[Array, "*#batch n_q n_k"]:
        return key @ query.mT

    with pytest.raises(TypeCheckError, match="return"):
        scores(make(np.ones((N_Q, D_K))), make(np.ones((N_K, D_K))))
