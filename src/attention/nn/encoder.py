"""A model of attention and nothing else, small enough to be trained while one waits."""

import copy
from collections.abc import Collection, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from attention.attention import attention_steps
from attention.nn.multi_head import MultiHeadAttention
from attention.nn.tasks import Sentence, Task, encode

__all__ = ["Checkpoint", "Encoder", "evaluate", "train_encoder"]


class Encoder(nn.Module):
    """Layers of attention that answer a question about one token.

    Each token starts as the vector of its word plus the vector of its
    place. Each layer of attention reads the tokens after a layer norm
    and adds what its heads bring; there is no MLP. One token, after a
    last layer norm, gives a score to every word of the vocabulary.

    Args:
        n_words: how many words the vocabulary has.
        n_places: how long a sentence may be, in tokens.
        d_model: width of a token, in features; a multiple of n_heads.
        n_heads: how many heads a layer has.
        n_layers: how many layers there are.
        is_causal: hide later tokens, as in a decoder.
        scale: factor of the scores in every layer; ``1 / sqrt(d_k)`` if
            not given, with d_k = d_model / n_heads.

    Raises:
        ValueError: if n_heads does not divide d_model.

    Examples:
        >>> model = Encoder(n_words=5, n_places=7)
        >>> words, asked = torch.tensor([[0, 4, 2]]), torch.tensor([1])
        >>> model(words, asked).shape
        torch.Size([1, 5])
    """

    def __init__(
        self,
        n_words: int,
        n_places: int,
        *,
        d_model: int = 32,
        n_heads: int = 4,
        n_layers: int = 2,
        is_causal: bool = False,
        scale: float | None = None,
    ) -> None:
        """Make the layers, with PyTorch's usual random parameters."""
        super().__init__()
        self.is_causal, self.scale = is_causal, scale
        self.word = nn.Embedding(n_words, d_model)
        self.place = nn.Embedding(n_places, d_model)
        self.norms = nn.ModuleList(nn.LayerNorm(d_model) for _ in range(n_layers))
        self.layers = nn.ModuleList(
            MultiHeadAttention(d_model, n_heads, bias=False) for _ in range(n_layers)
        )
        self.final_norm = nn.LayerNorm(d_model)
        self.answer = nn.Linear(d_model, n_words, bias=False)

    def forward(self, words: Tensor, asked: Tensor) -> Tensor:
        """Return a score for every word, ``(n_sentences, n_words)``.

        Args:
            words: numbers of the words, ``(n_sentences, n)``.
            asked: which token of each sentence answers,
                ``(n_sentences,)``.

        Raises:
            ValueError: if a sentence is longer than n_places.
        """
        x = self._start(words)
        for norm, layer in zip(self.norms, self.layers, strict=True):
            x = x + layer(norm(x), is_causal=self.is_causal, scale=self.scale)
        rows = torch.arange(len(x), device=x.device)
        scores: Tensor = self.answer(self.final_norm(x[rows, asked]))
        return scores

    @torch.no_grad()
    def weights(self, words: Tensor) -> Tensor:
        """Return the attention weights, ``(n_sentences, n_layers, n_heads, n, n)``.

        Args:
            words: numbers of the words, ``(n_sentences, n)``.

        Raises:
            ValueError: if a sentence is longer than n_places.
        """
        x, weights = self._start(words), []
        for norm, layer in zip(self.norms, self.layers, strict=True):
            qkv = layer.project(norm(x))  # type: ignore[operator] # a ModuleList forgets types
            steps = attention_steps(*qkv, is_causal=self.is_causal, scale=self.scale)
            weights.append(steps.weights)
            x = x + layer(norm(x), is_causal=self.is_causal, scale=self.scale)
        return torch.stack(weights, dim=1)

    def _start(self, words: Tensor) -> Tensor:
        """Return the vector of each word plus that of its place."""
        n, n_places = words.shape[-1], len(self.place.weight)
        if n > n_places:
            raise ValueError(f"a sentence must have at most n_places, {n_places}, words; got {n}")
        started: Tensor = self.word(words) + self.place.weight[:n]
        return started


class Checkpoint(NamedTuple):
    """A model at one moment of its training.

    Attributes:
        step: how many training steps it has had.
        loss: cross-entropy on the test sentences, in nats.
        accuracy: share of the test sentences that it answers rightly.
        model: the model itself.
    """

    step: int
    loss: float
    accuracy: float
    model: Encoder


def train_encoder(
    task: Task,
    *,
    seed: int,
    keep: Collection[int] = (),
    n_steps: int = 600,
    n_batch: int = 64,
    learning_rate: float = 0.01,
    is_causal: bool = False,
    ask_last: bool = False,
    d_model: int = 32,
    n_heads: int = 4,
    scale: float | None = None,
) -> list[Checkpoint]:
    """Train a model from random parameters, in float64.

    Adam, with a rate that falls to zero. On one thread, the same seed
    gives the same model up to rounding.

    Args:
        task: the sentences.
        seed: draws the first parameters and the sentences of each step.
        keep: after which steps to keep a checkpoint; the last is kept
            in any case.
        n_steps: how many steps to learn.
        n_batch: how many sentences a step sees.
        learning_rate: of Adam, at the start.
        is_causal: hide later tokens, as in a decoder.
        ask_last: let the last token answer, instead of the pronoun.
        d_model: width of a token, in features; a multiple of n_heads.
        n_heads: how many heads a layer has.
        scale: factor of the scores; ``1 / sqrt(d_k)`` if not given.

    Returns:
        The checkpoints, in order.
    """
    words, asked, answer = _questions(task.training, task, ask_last)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Encoder(
            len(task.vocabulary),
            words.shape[-1],
            d_model=d_model,
            n_heads=n_heads,
            is_causal=is_causal,
            scale=scale,
        ).double()
        order = torch.randint(len(words), (n_steps, n_batch))
    adam = torch.optim.Adam(model.parameters(), lr=learning_rate, betas=(0.9, 0.99))
    scheduler = torch.optim.lr_scheduler.LinearLR(adam, 1.0, 0.0, n_steps)
    kept = []
    for step in range(n_steps + 1):
        if step in keep or step == n_steps:
            test_loss, accuracy = evaluate(model, task, ask_last=ask_last)
            kept.append(Checkpoint(step, test_loss, accuracy, copy.deepcopy(model)))
        if step == n_steps:
            break
        batch = order[step]
        loss = nn.functional.cross_entropy(model(words[batch], asked[batch]), answer[batch])
        adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call] # so is torch
        adam.step()
        scheduler.step()
    return kept


@torch.no_grad()
def evaluate(
    model: Encoder,
    task: Task,
    *,
    ask_last: bool = False,
) -> tuple[float, float]:
    """Return loss and accuracy on the test sentences.

    Args:
        model: the model.
        task: only its test sentences are used.
        ask_last: let the last token answer, instead of the pronoun.

    Returns:
        Cross-entropy in nats, and the share of right answers.
    """
    words, asked, answer = _questions(task.test, task, ask_last)
    scores = model(words, asked)
    loss = nn.functional.cross_entropy(scores, answer)
    right = (scores.argmax(dim=-1) == answer).double().mean()
    return loss.item(), right.item()


def _questions(
    sentences: Sequence[Sentence], task: Task, ask_last: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Return words, which token of each sentence answers, and the right answers."""
    words, asked, answer = encode(sentences, task.vocabulary)
    last = torch.full_like(asked, words.shape[-1] - 1)
    return words, last if ask_last else asked, answer
