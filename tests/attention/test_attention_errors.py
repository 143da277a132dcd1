"""What attention refuses: the same class and text on every array library, and under -O."""

import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from attention import attention_steps, scaled_dot_product_attention
from attention._inputs import require_mask

Make = Callable[..., Any]
SHAPES = (3, 7), (5, 7), (5, 11)
FUNCTIONS = pytest.mark.parametrize(
    "function", [scaled_dot_product_attention, attention_steps], ids=["attention", "steps"]
)

ALL = "got query {query}, key {key}, value {value}"
AXES = (
    f"query must be (*batch, n_q, d_k), key (*batch, n_k, d_k) and value (*batch, n_k, d_v); {ALL}"
)
HEADS = AXES.replace("(*batch, n_q", "(*batch, n_heads, n_q").replace(
    "(*batch, n_k", "(*batch, n_kv_heads, n_k"
)
BATCH = "query, key and value must have batch axes that broadcast; " + ALL
WIDTH = "query and key must have the same width d_k; got query {query}, key {key}"
NO_WIDTH = "d_k, the width of query and key, must be at least 1; got query {query}, key {key}"
NUMBER = "key and value must have the same number n_k; got key {key}, value {value}"
DIVIDE = "n_heads of query must be a multiple of n_kv_heads of"
DIVIDE_KEY = f"{DIVIDE} key; got query {{query}}, key {{key}}"
DIVIDE_VALUE = f"{DIVIDE} value; got query {{query}}, value {{value}}"

# The error, shapes of query, key and value that raise it, and whether heads are shared.
SHAPES_THAT_DO_NOT_FIT = [
    (WIDTH, (3, 7), (5, 2), (5, 11), False),
    (WIDTH, (3, 7), (5, 1), (5, 11), False),
    (NUMBER, (3, 7), (5, 7), (2, 11), False),
    (NUMBER, (3, 7), (5, 7), (1, 11), False),
    (NO_WIDTH, (3, 0), (5, 0), (5, 11), False),
    (BATCH, (2, 3, 7), (13, 5, 7), (5, 11), False),
    (BATCH, (2, 3, 7), (5, 7), (13, 5, 11), False),
    (BATCH, (3, 7), (2, 5, 7), (13, 5, 11), False),
    (BATCH, (2, 13, 3, 7), (2, 1, 5, 7), (13, 2, 5, 11), False),
    (BATCH, (6, 3, 7), (2, 5, 7), (2, 5, 11), False),
    (BATCH, (2, 6, 3, 7), (13, 2, 5, 7), (2, 5, 11), True),
    (AXES, (7,), (5, 7), (5, 11), False),
    (AXES, (3, 7), (7,), (5, 11), False),
    (AXES, (3, 7), (5, 7), (5,), False),
    (AXES, (), (5, 7), (5, 11), False),
    (HEADS, (3, 7), (2, 5, 7), (2, 5, 11), True),
    (HEADS, (6, 3, 7), (5, 7), (2, 5, 11), True),
    (HEADS, (6, 3, 7), (2, 5, 7), (5, 11), True),
    (DIVIDE_KEY, (6, 3, 7), (4, 5, 7), (2, 5, 11), True),
    (DIVIDE_KEY, (6, 3, 7), (0, 5, 7), (2, 5, 11), True),
    (DIVIDE_VALUE, (6, 3, 7), (2, 5, 7), (4, 5, 11), True),
]
OPTIONS_OUT_OF_RANGE: list[tuple[dict[str, Any], str]] = [
    ({"scale": float("nan")}, "scale must be a finite number; got nan"),
    ({"scale": float("inf")}, "scale must be a finite number; got inf"),
    ({"scale": -np.float32("inf")}, "scale must be a finite number; got -inf"),
    ({"offset": -1}, "offset must be at least 0; got -1"),
    ({"offset": -2, "is_causal": True}, "offset must be at least 0; got -2"),
    ({"softcap": 0}, "softcap must be a positive finite number; got 0"),
    ({"softcap": -1.5}, "softcap must be a positive finite number; got -1.5"),
    ({"softcap": float("inf")}, "softcap must be a positive finite number; got inf"),
    ({"softcap": float("nan")}, "softcap must be a positive finite number; got nan"),
]
WRONG_TYPES: list[tuple[dict[str, Any], str]] = [
    ({"scale": "0.5"}, "scale must be a finite number; got str"),
    ({"scale": 1j}, "scale must be a finite number; got complex"),
    ({"scale": np.ones(1)}, "scale must be a finite number; got ndarray"),
    ({"softcap": [2.0]}, "softcap must be a positive finite number; got list"),
    ({"offset": 1.0}, "offset must be an integer; got float"),
    ({"offset": None}, "offset must be an integer; got NoneType"),
]
MASKS: list[tuple[tuple[int, ...], str]] = [
    (shape, f"attn_mask must broadcast to (*batch, n_q, n_k), (2, 3, 5); got attn_mask {shape}")
    for shape in ((3, 2), (2, 5), (13, 3, 5), (1, 2, 3, 5), (0,), (2, 3, 5, 1))
]


def refuse(kind: type[Exception], message: str) -> Any:
    """Expect exactly this error."""
    return pytest.raises(kind, match=f"^{re.escape(message)}$")


@FUNCTIONS
@pytest.mark.parametrize(("message", "query", "key", "value", "enable_gqa"), SHAPES_THAT_DO_NOT_FIT)
def test_shapes_that_do_not_fit_are_refused(
    make: Make, function: Any, message: str, query: Any, key: Any, value: Any, enable_gqa: bool
) -> None:
    arrays = [make(np.ones(shape)) for shape in (query, key, value)]
    with refuse(ValueError, message.format(query=query, key=key, value=value)):
        function(*arrays, enable_gqa=enable_gqa)


@FUNCTIONS
@pytest.mark.parametrize(("options", "message"), OPTIONS_OUT_OF_RANGE)
def test_options_out_of_range_are_refused(
    make: Make, function: Any, options: dict[str, Any], message: str
) -> None:
    with refuse(ValueError, message):
        function(*(make(np.ones(shape)) for shape in SHAPES), **options)


@pytest.mark.parametrize(("options", "message"), WRONG_TYPES)
def test_options_of_a_wrong_type_are_refused(
    make: Make, options: dict[str, Any], message: str
) -> None:
    arrays = [make(np.ones(shape)) for shape in SHAPES]
    with refuse(TypeError, message):
        scaled_dot_product_attention(*arrays, **options)


@pytest.mark.parametrize("dtype", ["bool", "float64"])
@pytest.mark.parametrize(("shape", "message"), MASKS)
def test_a_mask_that_does_not_broadcast_is_refused(
    make: Make, dtype: str, shape: tuple[int, ...], message: str
) -> None:
    query, key, value = (make(np.ones(s)) for s in ((2, 3, 7), (5, 7), (5, 11)))
    with refuse(ValueError, message):
        scaled_dot_product_attention(query, key, value, make(np.ones(shape), dtype))


@pytest.mark.parametrize("dtype", ["int64", "float32", "uint8", "complex128"])
def test_a_mask_of_another_dtype_is_refused(make: Make, dtype: str) -> None:
    arrays = [make(np.ones(shape)) for shape in SHAPES]
    message = f"attn_mask must be boolean or have the dtype of query, float64; got {dtype}"
    with refuse(TypeError, message):
        scaled_dot_product_attention(*arrays, make(np.ones((3, 5)), dtype))


@pytest.mark.parametrize(("bad", "name"), [(float("nan"), "NaN"), (float("inf"), "inf")])
def test_a_mask_with_nan_or_infinity_is_refused(make: Make, bad: float, name: str) -> None:
    mask = np.zeros((3, 5))
    mask[2, 4] = bad
    with refuse(ValueError, f"attn_mask must be finite or -inf; got {name}"):
        scaled_dot_product_attention(*(make(np.ones(s)) for s in SHAPES), make(mask))


def test_a_mask_that_is_not_to_be_read_is_judged_by_its_shape_and_dtype_alone(make: Make) -> None:
    query, mask = make(np.ones((3, 7))), make(np.full((3, 5), np.nan))
    require_mask(mask, query, (3, 5), read=False)
    with pytest.raises(ValueError, match="finite or -inf; got NaN"):
        require_mask(mask, query, (3, 5))
    with pytest.raises(ValueError, match="must broadcast"):
        require_mask(mask, query, (3, 11), read=False)


def test_a_mask_that_is_no_array_is_refused(make: Make) -> None:
    arrays = [make(np.ones(shape)) for shape in SHAPES]
    message = "attn_mask must be an array of NumPy, PyTorch or another Array API library; got list"
    with refuse(TypeError, message):
        scaled_dot_product_attention(*arrays, [[True] * 5] * 3)


@pytest.mark.parametrize("name", ["query", "key", "value"])
@pytest.mark.parametrize("dtype", ["int64", "bool", "complex128"])
def test_what_is_not_floating_is_refused(make: Make, name: str, dtype: str) -> None:
    arrays = dict(zip(("query", "key", "value"), (make(np.ones(s)) for s in SHAPES), strict=True))
    arrays[name] = make(np.ones(arrays[name].shape), dtype)
    with refuse(TypeError, f"{name} must have a real floating dtype; got {dtype}"):
        scaled_dot_product_attention(**arrays)


def test_mixed_dtypes_are_refused(make: Make) -> None:
    query, key, value = (make(np.ones(shape)) for shape in SHAPES)
    came = "got query float64, key float64, value float32"
    with refuse(TypeError, f"query, key and value must have the same dtype; {came}"):
        scaled_dot_product_attention(query, key, make(np.asarray(value), "float32"))


@pytest.mark.parametrize("name", ["query", "key", "value"])
def test_what_is_no_array_is_refused(make: Make, name: str) -> None:
    arrays: dict[str, Any] = dict(
        zip(("query", "key", "value"), (make(np.ones(s)) for s in SHAPES), strict=True)
    )
    arrays[name] = [[1.0]]
    message = f"{name} must be an array of NumPy, PyTorch or another Array API library; got list"
    with refuse(TypeError, message):
        scaled_dot_product_attention(**arrays)


def test_mixed_libraries_are_refused() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    query, key, value = (np.ones(shape) for shape in SHAPES)
    came = "got query numpy, key torch, value numpy"
    with refuse(TypeError, f"query, key and value must have the same array library; {came}"):
        scaled_dot_product_attention(query, torch.from_numpy(key), value)
    came = "got query numpy, attn_mask torch"
    with refuse(TypeError, f"query and attn_mask must have the same array library; {came}"):
        scaled_dot_product_attention(query, key, value, torch.ones(3, 5, dtype=torch.bool))


def test_mixed_devices_are_refused() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    query, key, value = (torch.ones(shape) for shape in SHAPES)
    came = "got query cpu, key meta, value cpu"
    with refuse(TypeError, f"query, key and value must have the same device; {came}"):
        scaled_dot_product_attention(query, key.to("meta"), value)
    came = "got query cpu, attn_mask meta"
    with refuse(TypeError, f"query and attn_mask must have the same device; {came}"):
        scaled_dot_product_attention(query, key, value, torch.ones(3, 5, device="meta") > 0)


def test_errors_do_not_depend_on_assertions() -> None:
    program = f"""
import numpy as np
from attention import scaled_dot_product_attention as attend
assert False
for message, query, key, value, enable_gqa in {SHAPES_THAT_DO_NOT_FIT}:
    try:
        attend(np.ones(query), np.ones(key), np.ones(value), enable_gqa=enable_gqa)
    except ValueError as error:
        print(str(error) == message.format(query=query, key=key, value=value))
"""
    command = [sys.executable, "-O", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True"] * len(SHAPES_THAT_DO_NOT_FIT)


# Classes of arrays


def test_subclasses_belong_to_the_library_of_their_arrays(rng: np.random.Generator) -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")

    class Named(np.ndarray):
        """An array that somebody gave a class of its own."""

    class Tagged(torch.Tensor):
        """A tensor that somebody gave a class of its own."""

    arrays = [rng.standard_normal(shape) for shape in SHAPES]
    expected = scaled_dot_product_attention(*arrays)
    query, key, value = arrays
    found = scaled_dot_product_attention(query.view(Named), key, value)
    np.testing.assert_array_equal(np.asarray(found), expected)
    query, key, value = (torch.from_numpy(array) for array in arrays)
    found = scaled_dot_product_attention(query.as_subclass(Tagged), key, torch.nn.Parameter(value))
    np.testing.assert_allclose(found.detach().numpy(), expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize("place", range(4))
def test_masked_arrays_are_refused(place: int) -> None:
    names = ("query", "key", "value", "attn_mask")
    arrays: list[Any] = [np.ones(shape) for shape in (*SHAPES, (3, 5))]
    arrays[place] = np.ma.masked_array(arrays[place], mask=arrays[place] > 2)
    required = "must be an array of NumPy, PyTorch or another Array API library"
    with refuse(TypeError, f"{names[place]} {required}; got MaskedArray"):
        scaled_dot_product_attention(*arrays)


@pytest.mark.filterwarnings("ignore:The PyTorch API of MaskedTensors")
def test_classes_whose_operators_mean_something_else_are_refused() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    required = "must be an array of NumPy, PyTorch or another Array API library"
    with pytest.warns(PendingDeprecationWarning):
        matrix = np.matrix(np.ones((3, 7)))
    with refuse(TypeError, f"query {required}; got matrix"):
        scaled_dot_product_attention(matrix, np.ones((5, 7)), np.ones((5, 11)))
    ones = torch.ones(5, 7)
    masked = torch.masked.masked_tensor(ones, ones > 0)
    with refuse(TypeError, f"key {required}; got MaskedTensor"):
        scaled_dot_product_attention(torch.ones(3, 7), masked, ones)
