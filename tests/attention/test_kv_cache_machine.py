"""Thousands of random steps, good and bad: both caches agree with a plain list of arrays."""

import re
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from attention.kv_cache import KVCache, SlidingWindowKVCache, cached_attention

EXAMPLES, STEPS = 70, 100  # of each kind of cache; some examples end early
BATCH, N_KV, N_HEADS, D_K, D_V = 2, 1, 3, 2, 3
SIZES = BATCH, N_KV, D_K, D_V

# How a call may be wrong: what differs of the shape of the keys, or the dtype.
MISTAKES: dict[str, tuple[Any, ...]] = {
    "batch": (BATCH + 1, N_KV, 1, D_K),
    "heads": (BATCH, N_KV + 1, 1, D_K),
    "width": (BATCH, N_KV, 1, D_K + 1),
    "tokens": (BATCH, N_KV, 2, D_K),
    "axes": (N_KV, 1, D_K),
}


class Caches(RuleBasedStateMachine):
    """One cache beside the list of all the tokens that it was given."""

    window: ClassVar[bool] = False
    steps: ClassVar[int] = 0
    done: ClassVar[set[str]] = set()

    @initialize(capacity=st.integers(1, 5))
    def start(self, capacity: int) -> None:
        self.capacity = capacity
        kind = SlidingWindowKVCache if self.window else KVCache
        self.cache = kind.empty((BATCH,), N_KV, capacity, D_K, D_V, like=np.ones(1))
        self.tokens: list[tuple[np.ndarray, np.ndarray]] = []
        self.rng = np.random.default_rng(capacity)
        self.bytes = self.cache.nbytes

    def drawn(self, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return queries, keys and values of n new tokens."""
        shapes = (N_HEADS, n, D_K), (N_KV, n, D_K), (N_KV, n, D_V)
        query, key, value = (self.rng.standard_normal((BATCH, *shape)) for shape in shapes)
        return query, key, value

    def remember(self, key: np.ndarray, value: np.ndarray) -> None:
        for i in range(key.shape[-2]):
            self.tokens.append((key[:, :, i].copy(), value[:, :, i].copy()))

    def fits(self, n: int) -> bool:
        return self.window or len(self.tokens) + n <= self.capacity

    def refused(self, error: type[Exception], message: str, call: Any, *arguments: Any) -> None:
        """Assert that a call raises; the invariant then finds everything as it was."""
        self.done.add(message)
        with pytest.raises(error, match=re.escape(message)):
            call(*arguments)

    @rule(n=st.integers(0, 3))
    def append(self, n: int) -> None:
        _, key, value = self.drawn(n)
        if self.fits(n):
            self.cache.append(key, value)
            self.remember(key, value)
            self.done.add("append")
        else:
            self.refused(ValueError, "at most the capacity", self.cache.append, key, value)
        key[...] = np.nan  # what came is the caller's: the cache has its own
        value[...] = np.nan

    @rule(n=st.integers(0, 3))
    def attend(self, n: int) -> None:
        query, key, value = self.drawn(n)
        if not self.fits(n):
            arguments = query, key, value, self.cache
            self.refused(ValueError, "at most the capacity", cached_attention, *arguments)
            return
        found = cached_attention(query, key, value, self.cache)
        self.remember(key, value)
        self.done.add("attend")
        assert found.shape == (BATCH, N_HEADS, n, D_V)
        for i in range(n):
            end = len(self.tokens) - n + i + 1
            seen = self.tokens[max(0, end - self.capacity) if self.window else 0 : end]
            keys = np.stack([k for k, _ in seen], axis=-2)  # (BATCH, N_KV, seen, D_K)
            values = np.stack([v for _, v in seen], axis=-2)
            scores = (query[:, :, i, None] * keys).sum(axis=-1) / D_K**0.5
            power = np.exp(scores)[..., None]  # N_KV is 1: every head reads it
            expected = (power * values).sum(axis=-2) / power.sum(axis=-2)
            np.testing.assert_allclose(found[:, :, i], expected, rtol=0, atol=1e-12)

    @rule(length=st.integers(-1, 7))
    def truncate(self, length: int) -> None:
        now = len(self.tokens)
        if not 0 <= length <= now:
            self.refused(ValueError, "length must be from 0 to", self.cache.truncate, length)
        elif self.window and now > self.capacity and length not in (0, now):
            self.refused(ValueError, "were overwritten", self.cache.truncate, length)
        else:
            self.cache.truncate(length)
            del self.tokens[length:]
            self.done.add("truncate")

    @rule(mistake=st.sampled_from(sorted(MISTAKES)), attends=st.booleans())
    def misshapen(self, mistake: str, attends: bool) -> None:
        query, _, value = self.drawn(1)
        key = np.ones(MISTAKES[mistake])
        if attends:
            self.refused(ValueError, "; got ", cached_attention, query, key, value, self.cache)
            return
        if mistake == "tokens":
            message = "key and value must have the same number n_new"
        else:
            message = "key must be (*batch, n_kv_heads, n_new, d) as the cache"
        self.refused(ValueError, message, self.cache.append, key, value)

    @rule(which=st.integers(0, 2))
    def mistyped(self, which: int) -> None:
        arrays: list[Any] = list(self.drawn(1))
        arrays[which] = arrays[which].astype(np.float32)
        self.refused(TypeError, "must have the same dtype", cached_attention, *arrays, self.cache)

    @rule()
    def soil_what_lies_beyond(self) -> None:
        length = min(len(self.tokens), self.capacity)
        self.cache._keys[..., length:, :] = np.nan
        self.cache._values[..., length:, :] = np.inf

    @invariant()
    def it_holds_what_the_list_holds(self) -> None:
        type(self).steps += 1
        cache = self.cache
        assert (cache.length, cache.capacity) == (len(self.tokens), self.capacity)
        assert cache.nbytes == self.bytes
        kept = self.tokens[-self.capacity :]
        assert cache.keys.shape == (BATCH, N_KV, len(kept), D_K)
        assert cache.values.shape == (BATCH, N_KV, len(kept), D_V)
        for i, (key, value) in enumerate(kept):
            assert (cache.keys[:, :, i] == key).all()
            assert (cache.values[:, :, i] == value).all()


@pytest.mark.hypothesis  # runs by night, too, as what Hypothesis finds itself
@pytest.mark.parametrize("window", [False, True])
def test_five_thousand_steps_agree_with_a_plain_list(window: bool) -> None:
    Caches.window, Caches.steps, Caches.done = window, 0, set()
    # By day always the same steps, so that their number is known; by night new ones, and more.
    by_night = settings().max_examples > EXAMPLES
    chosen = settings(
        max_examples=max(EXAMPLES, settings().max_examples),
        stateful_step_count=STEPS,
        derandomize=not by_night,
        database=None,
        deadline=None,
    )
    run_state_machine_as_test(Caches, settings=chosen)
    assert Caches.steps >= 5_000
    assert Caches.done == {
        "append", "attend", "truncate", "length must be from 0 to",
        "were overwritten" if window else "at most the capacity",
        "key and value must have the same number n_new", "must have the same dtype", "; got ",
        "key must be (*batch, n_kv_heads, n_new, d) as the cache",
    }  # fmt: skip
