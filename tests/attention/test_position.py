"""rotary, sinusoidal and alibi_bias: laws, rotation matrices as oracle, edges, errors."""

import math
import re
from collections.abc import Callable
from typing import Any

import array_api_compat
import array_api_strict
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from attention.attention import attention_steps, scaled_dot_product_attention
from attention.masking import padding_mask
from attention.position import alibi_bias, rotary, sinusoidal
from attention.tiling import tiled_attention
from oracles import HALVES

Make = Callable[..., Any]
D = 14  # even, and twice a prime
VECTORS = hnp.arrays(np.float64, (1, D), elements=st.floats(-9, 9).map(lambda x: round(x, 3)))
PLACES = st.integers(-1000, 1000)
PAIRINGS = pytest.mark.parametrize("interleaved", [False, True], ids=["half", "interleaved"])


def turned(x: np.ndarray, place: float, **options: Any) -> np.ndarray:
    """Turn rows that all stand at one place."""
    return np.asarray(rotary(x, np.array([place]), **options))


def by_matrices(x: np.ndarray, positions: Any, base: float, interleaved: bool) -> np.ndarray:
    """Turn each pair of each row by a 2 x 2 matrix that is written out."""
    d = x.shape[-1]
    places = np.broadcast_to(np.asarray(positions, dtype=np.float64), x.shape[:-1])
    result = np.empty(x.shape)
    for at in np.ndindex(x.shape[:-1]):
        for pair in range(d // 2):
            i, j = (2 * pair, 2 * pair + 1) if interleaved else (pair, pair + d // 2)
            angle = float(places[at]) / base ** (2 * pair / d)
            matrix = [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
            column = float(x[at][i]), float(x[at][j])
            result[at][i] = matrix[0][0] * column[0] + matrix[0][1] * column[1]
            result[at][j] = matrix[1][0] * column[0] + matrix[1][1] * column[1]
    return result


# Laws


@PAIRINGS
@given(VECTORS, VECTORS, PLACES, PLACES, PLACES)
def test_a_score_depends_on_the_distance_and_not_on_the_places(
    interleaved: bool, q: np.ndarray, k: np.ndarray, i: int, j: int, shift: int
) -> None:
    here = turned(q, i, interleaved=interleaved) @ turned(k, j, interleaved=interleaved).T
    there = (
        turned(q, i + shift, interleaved=interleaved)
        @ turned(k, j + shift, interleaved=interleaved).T
    )
    np.testing.assert_allclose(there, here, rtol=0, atol=1e-9)


@PAIRINGS
@given(VECTORS, PLACES)
def test_turning_keeps_the_length(interleaved: bool, x: np.ndarray, place: int) -> None:
    found = turned(x, place, interleaved=interleaved)
    assert np.linalg.norm(found) == pytest.approx(np.linalg.norm(x), rel=1e-14)


@PAIRINGS
@given(VECTORS, PLACES, PLACES)
def test_turning_twice_is_turning_by_the_sum(
    interleaved: bool, x: np.ndarray, i: int, j: int
) -> None:
    twice = turned(turned(x, i, interleaved=interleaved), j, interleaved=interleaved)
    once = turned(x, i + j, interleaved=interleaved)
    np.testing.assert_allclose(twice, once, rtol=0, atol=1e-10)


@given(VECTORS, PLACES)
def test_the_two_pairings_are_one_but_for_the_order_of_the_entries(
    x: np.ndarray, place: int
) -> None:
    order = [i for pair in range(D // 2) for i in (pair, pair + D // 2)]
    np.testing.assert_array_equal(
        turned(x[:, order], place, interleaved=True), turned(x, place)[:, order]
    )


@given(st.integers(0, 20), st.integers(0, 20))
def test_sinusoids_of_a_later_place_are_those_of_an_earlier_one_turned(i: int, j: int) -> None:
    table = sinusoidal(21, D)
    later = turned(table[i : i + 1], i - j, interleaved=True)[0]
    np.testing.assert_allclose(later, table[j], rtol=0, atol=1e-14)


@given(st.integers(0, 20), st.integers(0, 20))
def test_the_product_of_two_sinusoids_depends_on_their_distance(i: int, j: int) -> None:
    table = sinusoidal(41, D)
    assert table[i] @ table[j] == pytest.approx(table[i + 20] @ table[j + 20], abs=1e-13)
    assert table[i] @ table[i] == pytest.approx(D / 2, rel=1e-14)


def test_without_positions_order_is_lost_and_each_of_the_three_brings_it_back(
    rng: np.random.Generator,
) -> None:
    x, order, places = rng.standard_normal((1, 5, D)) / 2, [3, 0, 4, 1, 2], np.arange(5)
    attend = scaled_dot_product_attention
    ways: dict[str, Callable[[Any], Any]] = {
        "none": lambda t: attend(t, t, t),
        "rotary": lambda t: attend(rotary(t, places), rotary(t, places), t),
        "sinusoidal": lambda t: attend(*[t + sinusoidal(5, D)] * 3),
        "alibi": lambda t: attend(t, t, t, alibi_bias(8, 5, 5)[:1]),
    }
    for name, way in ways.items():
        moved = abs(way(x[:, order]) - way(x)[:, order]).max()
        assert moved < 1e-14 if name == "none" else moved > 0.01, name


@given(st.integers(1, 13), st.integers(0, 5), st.integers(0, 7), st.integers(0, 17))
def test_a_bias_depends_on_the_distance_and_on_the_head(
    n_heads: int, n_q: int, n_k: int, offset: int
) -> None:
    bias = alibi_bias(n_heads, n_q, n_k, offset=offset)
    assert bias.shape == (n_heads, n_q, n_k)
    whole = alibi_bias(n_heads, offset + n_q, n_k)
    np.testing.assert_array_equal(bias, whole[:, offset:])  # an offset leaves rows out
    np.testing.assert_array_equal(bias[:, :-1, :-1], bias[:, 1:, 1:])
    assert (bias <= 0).all()
    assert not np.signbit(bias[bias == 0]).any()


def test_a_bias_multiplies_the_weights_by_powers_of_the_distance(
    rng: np.random.Generator,
) -> None:
    q, k = rng.standard_normal((1, 3, D)), rng.standard_normal((1, 5, D))
    plain = attention_steps(q, k, k).weights[0]
    biased = attention_steps(q, k, k, alibi_bias(1, 3, 5)).weights[0]
    distance = abs(np.arange(3)[:, None] - np.arange(5))
    shares = plain * np.exp(-distance / 256)
    np.testing.assert_allclose(biased, shares / shares.sum(axis=-1, keepdims=True), rtol=1e-13)


@PAIRINGS
@pytest.mark.parametrize("split", [1, 3, 4])
def test_keys_turned_once_and_stored_give_what_turning_all_together_gives(
    interleaved: bool, split: int, rng: np.random.Generator
) -> None:
    q, k, v = (rng.standard_normal((2, 5, D)) for _ in range(3))
    places = np.arange(5)
    options: dict[str, Any] = {"interleaved": interleaved}
    full = scaled_dot_product_attention(
        rotary(q, places, **options), rotary(k, places, **options), v, is_causal=True
    )
    stored = rotary(k[:, :split], places[:split], **options)
    new = rotary(k[:, split:], places[split:], **options)
    step = scaled_dot_product_attention(
        rotary(q[:, split:], places[split:], **options),
        np.concatenate([stored, new], axis=1),
        v,
        is_causal=True,
        offset=split,
    )
    np.testing.assert_allclose(step, full[:, split:], rtol=0, atol=1e-14)


# Oracles


@PAIRINGS
@pytest.mark.parametrize("base", [10_000.0, 500_000.0, 3.0])
def test_rotary_is_the_rotation_written_out(
    make: Make, rng: np.random.Generator, interleaved: bool, base: float
) -> None:
    x, positions = rng.standard_normal((2, 3, 5, D)), np.array([0, 1, 7, 4096, 131_071])
    found = rotary(make(x), make(positions, "int64"), base=base, interleaved=interleaved)
    expected = by_matrices(x, positions, base, interleaved)
    np.testing.assert_allclose(np.asarray(found), expected, rtol=0, atol=1e-10)


def test_half_pairing_is_what_hugging_face_writes_for_llama(
    make: Make, rng: np.random.Generator
) -> None:
    x, positions = rng.standard_normal((2, 3, 5, D)), np.array([3, 1, 4, 15, 9])
    frequencies = 1.0 / 10_000.0 ** (np.arange(0, D, 2) / D)
    angles = np.concatenate([np.outer(positions, frequencies)] * 2, axis=-1)
    rotate_half = np.concatenate([-x[..., D // 2 :], x[..., : D // 2]], axis=-1)
    expected = x * np.cos(angles) + rotate_half * np.sin(angles)
    found = rotary(make(x), make(positions, "int64"))
    np.testing.assert_allclose(np.asarray(found), expected, rtol=0, atol=1e-13)


def test_interleaved_pairing_is_a_product_of_complex_numbers(
    make: Make, rng: np.random.Generator
) -> None:
    x, positions = rng.standard_normal((3, 5, D)), np.array([3.0, 1.5, 4, 15, 9])
    numbers = x[..., 0::2] + 1j * x[..., 1::2]
    numbers = numbers * np.exp(1j * np.outer(positions, 10_000.0 ** (-np.arange(0, D, 2) / D)))
    expected = np.stack([numbers.real, numbers.imag], axis=-1).reshape(x.shape)
    found = rotary(make(x), make(positions), interleaved=True)
    np.testing.assert_allclose(np.asarray(found), expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("base", [10_000.0, 3.0])
def test_sinusoids_agree_with_loops(make: Make, base: float) -> None:
    table = sinusoidal(5, D, base=base, like=make([0.0]))
    expected = [
        [(math.cos if c % 2 else math.sin)(p / base ** ((c - c % 2) / D)) for c in range(D)]
        for p in range(5)
    ]
    np.testing.assert_allclose(np.asarray(table), expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize("n_heads", [1, 3, 8])
def test_biases_agree_with_loops(make: Make, n_heads: int) -> None:
    bias = alibi_bias(n_heads, 3, 5, offset=2, like=make([0.0]))
    expected = [
        [[-(2 ** (-8 * h / n_heads)) * abs(i + 2 - j) for j in range(5)] for i in range(3)]
        for h in range(1, n_heads + 1)
    ]
    np.testing.assert_allclose(np.asarray(bias), expected, rtol=1e-15)


def test_eight_heads_have_the_slopes_of_the_paper() -> None:
    slopes = -alibi_bias(8, 1, 1, offset=1)[:, 0, 0]
    assert slopes.tolist() == [1 / 2**h for h in range(1, 9)]


def test_the_gradient_is_turned_back(rng: np.random.Generator) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    x = torch.tensor(rng.standard_normal((2, 5, D)), requires_grad=True)
    g = torch.tensor(rng.standard_normal((2, 5, D)))
    places = torch.arange(5)
    (rotary(x, places) * g).sum().backward()
    torch.testing.assert_close(x.grad, rotary(g, -places), rtol=0, atol=1e-14)
    assert torch.autograd.gradcheck(lambda t: rotary(t, places, interleaved=True), x)


# Edges


@PAIRINGS
def test_at_position_zero_nothing_turns(make: Make, interleaved: bool) -> None:
    x = make(np.arange(3.0 * D).reshape(3, D))
    found = rotary(x, make([0, 0, 0], "int64"), interleaved=interleaved)
    np.testing.assert_array_equal(np.asarray(found), np.asarray(x))


def test_width_two_has_one_pair_and_the_pairings_agree(make: Make) -> None:
    x, positions = make([[3.0, 1.0], [3.0, 1.0]]), make([0.0, math.pi / 2])
    for interleaved in (False, True):
        found = np.asarray(rotary(x, positions, base=77.0, interleaved=interleaved))
        np.testing.assert_allclose(found, [[3, 1], [-1, 3]], rtol=0, atol=1e-15)


def test_positions_broadcast_over_batch_and_heads(make: Make, rng: np.random.Generator) -> None:
    x = rng.standard_normal((2, 3, 5, D))
    places = rng.integers(0, 100, (2, 1, 5))
    found = np.asarray(rotary(make(x), make(places, "int64")))
    for b, h in np.ndindex(2, 3):
        one = np.asarray(rotary(make(x[b, h]), make(places[b, 0], "int64")))
        np.testing.assert_array_equal(found[b, h], one)
    for shape in ((), (1,), (2, 3, 1), (1, 1, 5)):
        here = np.asarray(rotary(make(x), make(np.full(shape, 7), "int64")))
        np.testing.assert_allclose(here, by_matrices(x, 7, 1e4, False), rtol=0, atol=1e-13)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int32", "int64", "float32", "float64"])
def test_any_kind_of_number_is_a_position_and_promotes_nothing(make: Make, dtype: str) -> None:
    x = make(np.ones((3, D)), "float32")
    found = rotary(x, make([0, 1, 100], dtype))
    assert found.dtype == x.dtype
    expected = by_matrices(np.ones((3, D)), [0, 1, 100], 1e4, False)
    np.testing.assert_allclose(np.asarray(found), expected, rtol=0, atol=3e-7)


def test_far_away_single_precision_is_as_exact_as_nearby(make: Make) -> None:
    x, far = np.ones((2, D)), np.array([1_000_003, 16_777_217])  # float32 holds only the first
    found = np.asarray(rotary(make(x, "float32"), make(far, "int64")))
    np.testing.assert_allclose(found, by_matrices(x, far, 1e4, False), rtol=0, atol=3e-7)


@pytest.mark.parametrize(("library", "dtype"), HALVES)
def test_half_precision_is_turned_in_float32_and_rounded_once(library: str, dtype: str) -> None:
    values = np.linspace(-2, 2, 3 * D).reshape(3, D)
    places: Any = np.array([0, 999, 50_001])
    x: Any = values.astype(dtype) if library == "numpy" else values
    if library == "torch":
        torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
        x, places = torch.tensor(values, dtype=getattr(torch, dtype)), torch.tensor(places)
    found = rotary(x, places)
    assert found.dtype == x.dtype
    wide = x.astype(np.float64) if library == "numpy" else x.double().numpy()
    exact = by_matrices(wide, np.asarray(places), 1e4, False)
    off = abs((found.astype(np.float64) if library == "numpy" else found.double().numpy()) - exact)
    unit = 2**-11 if dtype == "float16" else 2**-8
    assert (off <= 1.01 * unit * np.maximum(abs(exact), 2**-10)).all()


@pytest.mark.parametrize(("library", "dtype"), HALVES)
def test_tables_come_in_half_precision_when_asked(library: str, dtype: str) -> None:
    like: Any = np.zeros(1, dtype="float16")
    if library == "torch":
        torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
        like = torch.zeros(1, dtype=getattr(torch, dtype))
    unit = 2**-11 if dtype == "float16" else 2**-8
    made = (sinusoidal(5, D, like=like), alibi_bias(3, 2, 5, like=like))
    for found, exact in zip(made, (sinusoidal(5, D), alibi_bias(3, 2, 5)), strict=True):
        assert found.dtype == like.dtype
        as_float = found.astype(float) if library == "numpy" else found.double().numpy()
        np.testing.assert_allclose(as_float, exact, rtol=unit, atol=1e-7)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_tables_follow_the_library_and_dtype_of_like(make: Make, dtype: str) -> None:
    like = make([1.0], dtype)
    for found in (sinusoidal(3, D, like=like), alibi_bias(2, 3, 5, like=like)):
        assert type(found) is type(like)
        assert found.dtype == like.dtype
        assert array_api_compat.device(found) == array_api_compat.device(like)
    assert sinusoidal(3, D).dtype == alibi_bias(2, 3, 5).dtype == np.float64


def test_no_rows_give_no_rows(make: Make) -> None:
    assert tuple(rotary(make(np.ones((2, 0, D))), make(np.ones(0))).shape) == (2, 0, D)
    assert tuple(sinusoidal(0, D, like=make([0.0])).shape) == (0, D)
    assert tuple(alibi_bias(3, 0, 5, like=make([0.0])).shape) == (3, 0, 5)
    assert tuple(alibi_bias(3, 2, 0, like=make([0.0])).shape) == (3, 2, 0)


@PAIRINGS
def test_inputs_are_never_changed(make: Make, interleaved: bool) -> None:
    x, positions = make(np.ones((3, D))), make([1.0, 2.0, 3.0])
    found = rotary(x, positions, interleaved=interleaved)
    assert (np.asarray(x) == 1).all()
    assert np.asarray(positions).tolist() == [1, 2, 3]
    assert not np.shares_memory(np.asarray(found), np.asarray(x))


def test_read_only_and_strided_rows_are_as_good(rng: np.random.Generator) -> None:
    x = rng.standard_normal((D, 12)).T[::-2]
    x.flags.writeable = False
    places = np.arange(12)[::2]
    for interleaved in (False, True):
        found = rotary(x, places, interleaved=interleaved)
        np.testing.assert_array_equal(
            found, rotary(x.copy(), places.copy(), interleaved=interleaved)
        )


def test_any_kind_of_integer_counts(make: Make) -> None:
    like = make([0.0])
    counts = alibi_bias(np.int64(3), np.uint8(2), 5, offset=np.int32(1), like=like)
    np.testing.assert_array_equal(
        np.asarray(counts), np.asarray(alibi_bias(3, 2, 5, offset=1, like=like))
    )
    table = sinusoidal(np.uint8(3), np.int64(D), base=np.float32(100), like=like)
    np.testing.assert_array_equal(
        np.asarray(table), np.asarray(sinusoidal(3, D, base=100, like=like))
    )


# Errors


@pytest.mark.parametrize("shape", [(3, 7), (3, 0), (D,), ()])
def test_rows_that_do_not_come_in_pairs_are_refused(make: Make, shape: tuple[int, ...]) -> None:
    message = f"x must be (*batch, n, d) with d even and at least 2; got x {shape}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        rotary(make(np.ones(shape)), make(np.ones(3)))


@pytest.mark.parametrize("shape", [(4,), (3, 5), (2, 3), (7, 2, 5), (2, 5, 1)])
def test_positions_that_do_not_fit_are_refused(make: Make, shape: tuple[int, ...]) -> None:
    message = (
        "positions must be (n,), or have the axes (*batch, n) and broadcast to (2, 5); "
        f"got positions {shape}"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        rotary(make(np.ones((2, 5, D))), make(np.ones(shape)))


def test_positions_that_are_no_numbers_are_refused(make: Make) -> None:
    x = make(np.ones((3, D)))
    message = "positions must be integers or real floating; got "
    with pytest.raises(TypeError, match=f"^{message}bool$"):
        rotary(x, make([1, 0, 1], "bool"))
    with pytest.raises(TypeError, match=f"^{message}complex128$"):
        rotary(np.ones((3, D)), np.ones(3, dtype=complex))
    came = "positions must be an array of NumPy, PyTorch or another Array API library; got"
    with pytest.raises(TypeError, match=f"^{came} range$"):
        rotary(x, range(3))
    with pytest.raises(TypeError, match=f"^{came} int$"):
        rotary(x, 3)


def test_positions_of_another_library_are_refused() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    message = "x and positions must have the same array library; got x torch, positions numpy"
    with pytest.raises(TypeError, match=f"^{message}$"):
        rotary(torch.ones((3, D)), np.arange(3))
    message = "x and positions must have the same device; got x cpu, positions meta"
    with pytest.raises(TypeError, match=f"^{message}$"):
        rotary(torch.ones((3, D)), torch.ones(3, device="meta"))


def test_integers_are_not_turned_and_are_no_like(make: Make) -> None:
    ones = make(np.ones((3, D)), "int64")
    with pytest.raises(TypeError, match=r"^x must have a real floating dtype; got int64$"):
        rotary(ones, make([1, 2, 3]))
    for call in (lambda: sinusoidal(3, D, like=ones), lambda: alibi_bias(1, 2, 3, like=ones)):
        with pytest.raises(TypeError, match=r"^like must have a real floating dtype; got int64$"):
            call()


@pytest.mark.parametrize("base", [0, -10_000.0, math.nan, math.inf])
def test_a_base_that_is_not_positive_and_finite_is_refused(make: Make, base: float) -> None:
    message = f"base must be a positive finite number; got {base}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        rotary(make(np.ones((3, D))), make([1, 2, 3]), base=base)
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        sinusoidal(3, D, base=base, like=make([0.0]))


def test_a_base_that_is_no_number_is_refused(make: Make) -> None:
    message = r"^base must be a positive finite number; got str$"
    with pytest.raises(TypeError, match=message):
        rotary(make(np.ones((3, D))), make([1, 2, 3]), base="10000")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=message):
        sinusoidal(3, D, base="10000")  # type: ignore[arg-type]


@pytest.mark.parametrize("d", [0, 1, 7, -2])
def test_an_odd_width_of_sinusoids_is_refused(d: int) -> None:
    with pytest.raises(ValueError, match=f"^d must be even and at least 2; got {d}$"):
        sinusoidal(3, d)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sinusoidal(-1, D), "n must be at least 0; got -1"),
        (lambda: alibi_bias(0, 2, 3), "n_heads must be at least 1; got 0"),
        (lambda: alibi_bias(1, -2, 3), "n_q must be at least 0; got -2"),
        (lambda: alibi_bias(1, 2, -3), "n_k must be at least 0; got -3"),
        (
            lambda: alibi_bias(1, 2, 3, offset=-1),
            "offset must be at least 0; got -1",
        ),
    ],
)
def test_negative_counts_are_refused(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sinusoidal(2.0, D), "n must be an integer; got float"),
        (lambda: sinusoidal(2, "14"), "d must be an integer; got str"),
        (lambda: alibi_bias(1.0, 2, 3), "n_heads must be an integer; got float"),
        (lambda: alibi_bias(1, 2.0, 3), "n_q must be an integer; got float"),
        (lambda: alibi_bias(1, 2, None), "n_k must be an integer; got NoneType"),
        (
            lambda: alibi_bias(1, 2, 3, offset=0.5),
            "offset must be an integer; got float",
        ),
    ],
)
def test_counts_that_are_no_integers_are_refused(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(TypeError, match=f"^{message}$"):
        call()


def test_lists_are_refused() -> None:
    came = "must be an array of NumPy, PyTorch or another Array API library; got list"
    with pytest.raises(TypeError, match=f"^x {came}$"):
        rotary([[1.0, 0.0]], np.arange(1))
    with pytest.raises(TypeError, match=f"^like {came}$"):
        sinusoidal(3, D, like=[0.0])


# Devices without float64


@pytest.fixture(params=["no_float64", "no_x64"])
def small(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Build arrays on a device without float64, in the second case also without int64."""
    device = array_api_strict.Device(request.param)
    return lambda values, dtype: array_api_strict.asarray(
        np.asarray(values, dtype=dtype), device=device, dtype=getattr(array_api_strict, dtype)
    )


def on_the_cpu(array: Any) -> np.ndarray:
    return np.asarray(array.to_device(array_api_strict.Device("CPU_DEVICE")))


@PAIRINGS
@pytest.mark.parametrize("dtype", ["int32", "float32", "int16"])
@pytest.mark.parametrize("base", [10_000.0, 500_000.0, 3.0])
def test_angles_are_as_precise_without_float64(
    small: Any, rng: np.random.Generator, interleaved: bool, dtype: str, base: float
) -> None:
    late = [4095, 4097, -30_001] if dtype == "int16" else [131_071, 16_000_001, -70_001]
    positions = np.array([0, 1, *late]) + (0.75 if dtype == "float32" else 0)
    positions = positions.astype(dtype)  # what float32 can hold of them
    x = rng.standard_normal((2, 5, D)).astype(np.float32)
    found = rotary(small(x, "float32"), small(positions, dtype), base=base, interleaved=interleaved)
    expected = by_matrices(x, positions, base, interleaved)
    np.testing.assert_allclose(on_the_cpu(found), expected, rtol=0, atol=4e-6)


def test_tables_without_float64_are_those_with_it_but_for_rounding(small: Any) -> None:
    like = small(0, "float32")
    np.testing.assert_allclose(
        on_the_cpu(sinusoidal(5003, D, like=like)), sinusoidal(5003, D), rtol=0, atol=1e-6
    )
    for n_heads in (3, 8):
        bias = on_the_cpu(alibi_bias(n_heads, 5, 7, offset=5003, like=like))
        np.testing.assert_allclose(bias, alibi_bias(n_heads, 5, 7, offset=5003), rtol=3e-7)


def test_attention_without_float64_needs_none(small: Any, rng: np.random.Generator) -> None:
    x = rng.standard_normal((2, 3, D)).astype(np.float32)
    lengths, mask = small([3, 2], "int32"), padding_mask(small([3, 2], "int32"), 3)
    assert lengths.device == mask.device
    moved = small(x, "float32")
    found = scaled_dot_product_attention(moved, moved, moved, mask, is_causal=True)
    expected = scaled_dot_product_attention(
        x, x, x, padding_mask(np.array([3, 2]), 3), is_causal=True
    )
    np.testing.assert_allclose(on_the_cpu(found), expected, rtol=0, atol=1e-6)
    tiled = tiled_attention(moved, moved, moved, mask, is_causal=True, block_q=2, block_k=2)
    np.testing.assert_allclose(on_the_cpu(tiled), expected, rtol=0, atol=1e-6)


def test_positions_of_texts_do_not_turn_heads(make: Make, rng: np.random.Generator) -> None:
    x, positions = rng.standard_normal((3, 3, 5, D)), rng.integers(0, 99, (3, 5))
    message = (
        "positions must be (n,), or have the axes (*batch, n) and broadcast to (3, 3, 5); "
        "got positions (3, 5)"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        rotary(make(x), make(positions, "int64"))
    found = np.asarray(rotary(make(x), make(positions[:, None], "int64")))
    for text in range(3):
        expected = rotary(make(x[text]), make(positions[text], "int64"))
        np.testing.assert_array_equal(found[text], np.asarray(expected))
