"""Small models that were trained once: their parameters come with the package."""

import hashlib
import io
import json
from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple
from zipfile import BadZipFile

import numpy as np
from jaxtyping import Bool, Float, Int

from attention._array import Array, namespace_of, shapes_of
from attention.attention import AttentionSteps, attention_steps
from attention.multi_head import join_heads, split_heads
from attention.qkv import linear

__all__ = [
    "LayerSteps",
    "Questions",
    "TrainedEncoder",
    "TrainedLayer",
    "layer_norm",
    "load_encoder",
]


def layer_norm(
    x: Float[Array, "*batch d"],
    gain: Float[Array, "d"],
    shift: Float[Array, "d"],
    *,
    epsilon: float = 1e-5,
) -> Float[Array, "*batch d"]:
    """Bring each row to mean 0 and variance 1, then multiply by gain and add shift.

    Args:
        x: one token per row.
        gain: learned factor of each feature.
        shift: learned summand of each feature.
        epsilon: added to the variance, so that a constant row divides
            by no zero.

    Returns:
        As many rows as x; same dtype and device.

    Raises:
        TypeError: if the arrays differ in library, dtype or device, or
            are not floating-point.
        ValueError: if gain or shift is not as wide as x, with one axis.

    Source:
        Ba, Kiros, Hinton 2016, arXiv:1607.06450, section 3.

    Examples:
        >>> import numpy as np
        >>> x = np.array([[1.0, 3.0], [10.0, 30.0]])
        >>> layer_norm(x, np.ones(2), np.zeros(2)).round(3).tolist()
        [[-1.0, 1.0], [-1.0, 1.0]]
    """
    xp = namespace_of(x=x, gain=gain, shift=shift)
    if x.ndim == 0 or not tuple(x.shape[-1:]) == tuple(gain.shape) == tuple(shift.shape):
        raise ValueError(
            "x must be (*batch, d), gain and shift (d,); "
            f"got {shapes_of(x=x, gain=gain, shift=shift)}"
        )
    centred = x - xp.mean(x, axis=-1, keepdims=True)
    variance = xp.mean(centred * centred, axis=-1, keepdims=True)
    return centred / xp.sqrt(variance + epsilon) * gain + shift


class TrainedLayer(NamedTuple):
    """Parameters of one layer, to be multiplied from the right: ``x @ w_q``.

    Attributes:
        gain: of the layer norm before attention, ``(d_model,)``.
        shift: of the same norm, ``(d_model,)``.
        w_q: makes queries, all heads side by side, ``(d_model, d_model)``.
        w_k: makes keys, likewise.
        w_v: makes values, likewise.
        w_o: mixes the joined heads, ``(d_model, d_model)``.
    """

    gain: Array
    shift: Array
    w_q: Array
    w_k: Array
    w_v: Array
    w_o: Array


class LayerSteps(NamedTuple):
    """What one layer computes, in order.

    Attributes:
        x: the tokens that come in, ``(*batch, n, d_model)``.
        normed: the same after layer norm.
        query: ``(*batch, n_heads, n, d_k)``.
        key: likewise.
        value: likewise; d_v is d_k.
        attention: every stage of the formula, per head.
        change: what the layer adds to x, ``(*batch, n, d_model)``.
    """

    x: Array
    normed: Array
    query: Array
    key: Array
    value: Array
    attention: AttentionSteps
    change: Array


class Questions(NamedTuple):
    """Test sentences as numbers; no model was trained on any of them.

    Attributes:
        words: number of each word, ``(n_sentences, n)``.
        asked: at which token each question is put, from 0,
            ``(n_sentences,)``: at the pronoun, or for ``repeats`` at
            the letter after which the text goes on.
        answer: number of the right answer, ``(n_sentences,)``: the noun
            that the pronoun means, or the next letter.
    """

    words: Array
    asked: Array
    answer: Array


class TrainedEncoder(NamedTuple):
    """A trained :class:`attention.nn.encoder.Encoder`, for NumPy alone.

    Attributes:
        vocabulary: all words, or letters; a word's number is its place
            here.
        word: vector of each word, ``(n_words, d_model)``.
        place: vector of each place, ``(n_places, d_model)``.
        layers: parameters of each layer.
        gain: of the last layer norm, ``(d_model,)``.
        shift: of the same norm, ``(d_model,)``.
        w_answer: scores each word as the answer, ``(d_model, n_words)``.
        n_heads: how many heads each layer has; d_k = d_model / n_heads.
        scale: factor of the scores; ``1 / sqrt(d_k)`` if None.
        is_causal: whether later tokens are hidden, as in a decoder.
        test: the sentences on which its accuracy was counted.
        record: how it was trained, when, with what, and how it did.
    """

    vocabulary: tuple[str, ...]
    word: Array
    place: Array
    layers: tuple[TrainedLayer, ...]
    gain: Array
    shift: Array
    w_answer: Array
    n_heads: int
    scale: float | None
    is_causal: bool
    test: Questions
    record: dict[str, Any]

    def encode(self, words: Sequence[str]) -> Int[Array, "n"]:
        """Return the number of each word.

        Raises:
            ValueError: if a word is not in the vocabulary.

        Examples:
            >>> model = load_encoder("english")
            >>> model.encode("the cat".split()).tolist()
            [37, 5]
        """
        numbers = {word: i for i, word in enumerate(self.vocabulary)}
        for word in words:
            if word not in numbers:
                raise ValueError(f"each word must be in the vocabulary; got {word!r}")
        return np.array([numbers[word] for word in words], dtype=np.int64)

    def steps(
        self,
        words: Int[Array, "*batch n"],
        attn_masks: Sequence[Bool[Array, "..."] | None] | None = None,
    ) -> list[LayerSteps]:
        """Return what each layer computes.

        Args:
            words: number of each word, one sentence per row.
            attn_masks: for each layer, which keys its queries may see,
                True is visible; broadcasts to
                ``(*batch, n_heads, n, n)``. None hides nothing more
                than the model does.

        Returns:
            The steps of each layer, in order.

        Raises:
            TypeError: if a mask is of another dtype.
            ValueError: if a number is not one of the vocabulary, a
                sentence is longer than n_places, there are not as many
                masks as layers, or a mask does not fit.

        Examples:
            >>> model = load_encoder("english")
            >>> words = model.encode("the cat sat on the mat because it was tired".split())
            >>> [layer.attention.weights.shape for layer in model.steps(words)]
            [(4, 10, 10), (4, 10, 10)]
        """
        words = np.asarray(words)
        n, n_words, n_places = words.shape[-1], len(self.word), len(self.place)
        if n > n_places:
            raise ValueError(f"a sentence must have at most {n_places} words; got {n}")
        if words.size and not 0 <= words.min() <= words.max() < n_words:
            outside = words.min() if words.min() < 0 else words.max()
            raise ValueError(f"each number must be from 0 to {n_words - 1}; got {outside}")
        masks = [None] * len(self.layers) if attn_masks is None else list(attn_masks)
        if len(masks) != len(self.layers):
            raise ValueError(
                f"attn_masks must have one mask per layer, {len(self.layers)}; got {len(masks)}"
            )
        x, found = self.word[words] + self.place[:n], []
        for layer, mask in zip(self.layers, masks, strict=True):
            normed = layer_norm(x, layer.gain, layer.shift)
            query, key, value = (
                split_heads(linear(normed, w), self.n_heads)
                for w in (layer.w_q, layer.w_k, layer.w_v)
            )
            attention = attention_steps(
                query, key, value, mask, is_causal=self.is_causal, scale=self.scale
            )
            change = linear(join_heads(attention.output), layer.w_o)
            found.append(LayerSteps(x, normed, query, key, value, attention, change))
            x = x + change
        return found

    def answer_scores(
        self,
        words: Int[Array, "*batch n"],
        asked: Int[Array, "*batch"] | int,
        attn_masks: Sequence[Bool[Array, "..."] | None] | None = None,
    ) -> Float[Array, "*batch n_words"]:
        """Return a score for every word; the highest is the answer.

        Args:
            words: number of each word, one sentence per row.
            asked: at which token the answer is read, from 0: in each
                sentence the pronoun, or for ``repeats`` the letter
                after which the text goes on. An integer serves all
                sentences.
            attn_masks: as for :meth:`steps`.

        Returns:
            One score per word of the vocabulary, for each sentence.

        Raises:
            TypeError: if a mask is of another dtype.
            ValueError: if a number is not one of the vocabulary, a
                sentence is longer than n_places, asked is not a token
                of it, there are not as many masks as layers, or a mask
                does not fit.

        Examples:
            >>> model = load_encoder("english")
            >>> words = model.encode("the cat sat on the mat because it was tired".split())
            >>> model.vocabulary[model.answer_scores(words, 7).argmax()]
            'cat'
        """
        words = np.asarray(words)
        asked = np.broadcast_to(asked, words.shape[:-1])
        n = words.shape[-1]
        if asked.size and not 0 <= asked.min() <= asked.max() < n:
            outside = asked.min() if asked.min() < 0 else asked.max()
            raise ValueError(f"asked must be from 0 to {n - 1}; got {outside}")
        last = self.steps(words, attn_masks)[-1]
        row = np.take_along_axis(last.x + last.change, asked[..., None, None], axis=-2)[..., 0, :]
        return linear(layer_norm(row[..., None, :], self.gain, self.shift), self.w_answer)[
            ..., 0, :
        ]


def load_encoder(
    name: str,
    *,
    folder: Traversable | None = None,
) -> TrainedEncoder:
    """Return a model that comes with the package.

    ``english`` and ``chinese`` learned the two tasks of
    :mod:`attention.nn.tasks` that ask for a noun, with four heads of
    d_k = 8 per layer. ``divided`` and ``undivided`` learned the English
    task with one head of d_k = 64 per layer, and differ from each other
    in the divisor alone: the second's scores are not divided by
    ``sqrt(d_k)``. ``repeats``, with two heads of d_k = 16, is a decoder
    that continues texts which repeat themselves. The files hold float32; the
    parameters are returned in float64, which changes no value.

    Args:
        name: one of the five above.
        folder: where its files lie; those of the package if not given.

    Returns:
        The model, with a record of how it was trained.

    Raises:
        ValueError: if there is no such model, or a file is damaged.
        FileNotFoundError: if its parameters are missing.

    Examples:
        >>> model = load_encoder("chinese")
        >>> model.record["task"], model.record["seed"], model.n_heads
        ('chinese', 0, 4)
    """
    place = files("attention") / "parameters" if folder is None else folder
    names = sorted(
        each.name.removesuffix(".json") for each in place.iterdir() if each.name.endswith(".json")
    )
    if name not in names:
        raise ValueError(f"name must be one of {', '.join(names)}; got {name!r}")
    record, arrays = _read(place, name)
    layers = tuple(_layer(arrays, i) for i in range(record["n_layers"]))
    test = Questions(*(arrays[f"test.{part}"].astype(np.int64) for part in Questions._fields))
    end = f"norms.{len(layers)}"
    return TrainedEncoder(
        vocabulary=tuple(record["vocabulary"]),
        word=_wide(arrays["word.weight"]),
        place=_wide(arrays["place.weight"]),
        layers=layers,
        gain=_wide(arrays[f"{end}.weight"]),
        shift=_wide(arrays[f"{end}.bias"]),
        w_answer=_wide(arrays["answer.weight"].T),
        n_heads=record["n_heads"],
        scale=record["scale"],
        is_causal=record.get("is_causal", False),  # the first models were all encoders
        test=test,
        record=record,
    )


def _read(folder: Traversable, name: str) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return the record of a model, and its arrays, which are those that the record names."""
    try:
        record: dict[str, Any] = json.loads((folder / f"{name}.json").read_text("utf-8"))
        expected = record["sha256"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{name}.json must be a record in JSON; install the package again"
        ) from error
    path = folder / f"{name}.npz"
    if not path.is_file():
        raise FileNotFoundError(
            f"{name}.npz must lie beside {name}.json; install the package again"
        )
    content = path.read_bytes()
    got = hashlib.sha256(content).hexdigest()
    if got != expected:
        raise ValueError(
            f"{name}.npz must have the SHA-256 {expected} of its record; got {got}: "
            "install the package again"
        )
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return record, dict(arrays)
    except (BadZipFile, ValueError) as error:  # a record that was made of something else
        raise ValueError(f"{name}.npz must be an archive of NumPy arrays") from error


def _layer(arrays: dict[str, Array], i: int) -> TrainedLayer:
    """Return one layer; PyTorch keeps each matrix transposed."""
    norm = (_wide(arrays[f"norms.{i}.{kind}"]) for kind in ("weight", "bias"))
    names = ("q_proj", "k_proj", "v_proj", "out_proj")
    return TrainedLayer(*norm, *(_wide(arrays[f"layers.{i}.{name}.weight"].T) for name in names))


def _wide(array: Array) -> Array:
    """Return the same numbers in float64, in which sums round least."""
    return array.astype(np.float64)
