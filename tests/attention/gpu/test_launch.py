"""What the kernels refuse, and that they say so before anything runs; how keys are split."""

import re
from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
pytest.importorskip("triton", reason="Triton has wheels for Linux alone")

from attention.gpu import decode  # noqa: E402 - behind the skip
from attention.gpu.decode import flash_decode, splits_of  # noqa: E402 - behind the skip
from attention.gpu.forward import flash_attention  # noqa: E402

SHAPES = [(2, 6, 3, 16), (2, 2, 5, 16), (2, 2, 5, 16)]
KERNELS = [flash_attention, flash_decode]
HEADS = "query must be (batch, n_heads, n_q, d), key and value (batch, n_kv_heads, n_k, d)"
EQUAL = "query, key and value must have the same batch and d, key and value also the same n_kv"
MULTIPLE = "n_heads of query must be a multiple of n_kv_heads of key"
KIND = "query, key and value must have the same device and dtype, float16, bfloat16 or float32"


def zeros(*shapes: tuple[int, ...], dtype: Any = torch.float16, device: str = "cpu") -> list[Any]:
    return [torch.zeros(shape, dtype=dtype, device=device) for shape in shapes]


def replaced(place: int, shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    return [shape if i == place else each for i, each in enumerate(SHAPES)]


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize(
    ("shapes", "required"),
    [
        (replaced(0, (6, 3, 16)), HEADS),
        (replaced(2, (2, 5, 16)), HEADS),
        (replaced(1, (3, 2, 5, 16)), EQUAL),
        ([SHAPES[0], (3, 2, 5, 16), (3, 2, 5, 16)], EQUAL),
        ([SHAPES[0], (2, 2, 5, 32), (2, 2, 5, 32)], EQUAL),
        (replaced(2, (2, 2, 7, 16)), EQUAL),
        (replaced(2, (2, 1, 5, 16)), EQUAL),
        ([(2, 6, 3, 24), (2, 2, 5, 24), (2, 2, 5, 24)], "d must be one of (16, 32, 64, 128)"),
        ([SHAPES[0], (2, 4, 5, 16), (2, 4, 5, 16)], MULTIPLE),
        ([SHAPES[0], (2, 0, 5, 16), (2, 0, 5, 16)], MULTIPLE),
    ],
)
def test_shapes_that_do_not_fit_are_named(
    kernel: Callable[..., Any], shapes: list[tuple[int, ...]], required: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(required)) as raised:
        kernel(*zeros(*shapes))
    came = "got query {}, key {}, value {}".format(*shapes)
    assert str(raised.value).endswith(came)


@pytest.mark.parametrize("kernel", KERNELS)
def test_tensors_of_two_kinds_are_refused(kernel: Callable[..., Any]) -> None:
    query, key, value = zeros(*SHAPES)
    for other in (value.float(), value.to("meta")):
        with pytest.raises(TypeError, match=re.escape(KIND)):
            kernel(query, key, other)
    with pytest.raises(TypeError, match="got float64 on cpu, float64 on cpu, float64 on cpu"):
        kernel(query.double(), key.double(), value.double())


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_processor_runs_no_kernel(
    kernel: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    with pytest.raises(TypeError, match="query, key and value must be CUDA tensors; got cpu"):
        kernel(*zeros(*SHAPES))


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("scale", [0.0, -1.0, float("inf"), float("nan")])
def test_a_scale_that_turns_the_order_is_refused(
    kernel: Callable[..., Any], scale: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    with pytest.raises(ValueError, match=f"scale must be a positive finite number; got {scale}"):
        kernel(*zeros(*SHAPES), scale=scale)


@pytest.mark.parametrize("offset", [1.0, "1", None])
def test_an_offset_is_an_integer(offset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    name = type(offset).__name__
    with pytest.raises(TypeError, match=f"^offset must be an integer; got {name}$"):
        flash_attention(*zeros(*SHAPES), offset=offset)


class Launches:
    """Stands for a kernel: records on how many programs it is started."""

    def __init__(self) -> None:
        self.grids: list[tuple[int, ...]] = []

    def __getitem__(self, grid: tuple[int, ...]) -> Callable[..., None]:
        self.grids.append(grid)
        return lambda *_, **__: None


def test_a_batch_of_decoding_may_be_larger_than_65_535(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    launches = Launches()
    monkeypatch.setattr(decode, "_decode", launches)
    batch = 65_537
    flash_decode(*zeros((batch, 1, 1, 16), (batch, 1, 1, 16), (batch, 1, 1, 16)))
    assert launches.grids == [(batch,)]  # of CUDA's three axes, the first alone goes on


def test_decoding_refuses_more_queries_than_a_program_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    many = [(2, 6, 23, 16), *SHAPES[1:]]
    with pytest.raises(ValueError, match=r"n_kv_heads \* n_q must be at most 64; got 3 \* 23"):
        flash_decode(*zeros(*many))


@pytest.mark.parametrize(
    ("lengths", "error", "text"),
    [
        (torch.zeros(2), TypeError, "lengths must be int32 on the device of query, cpu; got float"),
        (torch.zeros(2, dtype=torch.int64), TypeError, "got int64 on cpu"),
        (torch.zeros(2, dtype=torch.int32, device="meta"), TypeError, "got int32 on meta"),
        (
            torch.zeros(3, dtype=torch.int32),
            ValueError,
            r"lengths must be \(batch,\), \(2,\); got \(3,\)",
        ),
        (torch.zeros(2, 1, dtype=torch.int32), ValueError, r"got \(2, 1\)"),
    ],
)
def test_lengths_are_one_integer_a_sequence(
    lengths: Any, error: type[Exception], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    with pytest.raises(error, match=text):
        flash_decode(*zeros(*SHAPES), lengths=lengths)


@pytest.mark.parametrize("batch", [1, 2, 3, 5, 7, 16, 29, 130, 132, 133, 4001])
@pytest.mark.parametrize("n_kv_heads", [1, 3, 8])
@pytest.mark.parametrize("n_k", [1, 127, 128, 1031, 131_072])
def test_keys_are_split_no_finer_than_processors_and_blocks_allow(
    batch: int, n_kv_heads: int, n_k: int
) -> None:
    def idle(parts: int) -> float:
        """Count the share of processor time that is lost, wave by wave."""
        left, waves = batch * n_kv_heads * parts, 0
        while left > 0:
            left, waves = left - 132, waves + 1
        return 1 - batch * n_kv_heads * parts / (132 * waves)

    parts = splits_of(batch, n_kv_heads, n_k, n_multiprocessors=132)
    most = max(1, min(132, n_k // 128))
    assert 1 <= parts <= most
    if idle(parts) <= 0.05:  # enough are at work: with fewer parts they would not be
        assert all(idle(fewer) > 0.05 for fewer in range(1, parts))
    else:  # nothing is enough, and nothing is better
        assert idle(parts) == min(idle(each) for each in range(1, most + 1))
