"""Two small texts, written for this project, and how a model learns one by heart."""

import re
from importlib.resources import files

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from attention.nn.language_model import LanguageModel

__all__ = ["Vocabulary", "read_text", "train_on_text"]


def read_text(language: str) -> str:
    """Return the story that ships with the package.

    Args:
        language: ``"en"`` or ``"zh"``; each is an original, neither a
            translation of the other.

    Raises:
        ValueError: if there is no text in that language.

    Examples:
        >>> read_text("en")[:36]
        'By the river stood a small house, an'
    """
    folder = files("attention.nn") / "texts"
    languages = sorted(path.name.removesuffix(".txt") for path in folder.iterdir())
    if language not in languages:
        raise ValueError(f"language must be one of {', '.join(languages)}; got {language!r}")
    return (folder / f"{language}.txt").read_text("utf-8")


class Vocabulary:
    """A number for each token of a text.

    A token is an English word with the space before it, if there is one,
    or any other single character: a Chinese one, a full stop, a new line.

    Args:
        text: a text in which every token of the vocabulary occurs.

    Attributes:
        tokens: all tokens; a token's number is its place here.

    Examples:
        >>> vocabulary = Vocabulary("a cat, a dog")
        >>> vocabulary.tokens
        [' a', ' cat', ' dog', ',', 'a']
        >>> vocabulary.encode("a dog, a cat").tolist()
        [4, 2, 3, 0, 1]
        >>> vocabulary.decode([4, 1, 3, 2])
        'a cat, dog'
    """

    def __init__(self, text: str) -> None:
        """Number the tokens in the order of Unicode."""
        self.tokens = sorted(set(_split(text)))
        self._numbers = {token: i for i, token in enumerate(self.tokens)}

    def __len__(self) -> int:
        """Return how many tokens there are."""
        return len(self.tokens)

    def encode(self, text: str) -> Tensor:
        """Return the number of each token, ``(n,)``.

        Raises:
            ValueError: if a token is not in the vocabulary.
        """
        tokens = _split(text)
        for token in tokens:
            if token not in self._numbers:
                raise ValueError(f"each token must be in the vocabulary; got {token!r}")
        return torch.tensor([self._numbers[token] for token in tokens], dtype=torch.int64)

    def decode(self, numbers: Tensor | list[int]) -> str:
        """Return the text of these tokens.

        Args:
            numbers: the number of each token, ``(n,)``.
        """
        return "".join(self.tokens[int(number)] for number in numbers)


def _split(text: str) -> list[str]:
    """Return the tokens of a text; joined again, they are the text."""
    return re.findall(r" ?[A-Za-z]+|.", text, re.DOTALL)


def train_on_text(
    model: LanguageModel,
    tokens: Tensor,
    *,
    n_steps: int = 150,
    n_batch: int = 12,
    n: int = 48,
    learning_rate: float = 5e-3,
    seed: int = 0,
) -> list[float]:
    """Train a model, in place, to predict each next token of a text.

    Each step reads ``n_batch`` pieces of ``n`` tokens, cut out at random
    places. The model learns this text by heart, and no language.

    Args:
        model: its parameters are changed.
        tokens: the text, ``(length,)``, longer than n.
        n_steps: how often the parameters are changed.
        n_batch: how many pieces a step reads.
        n: how many tokens a piece has.
        learning_rate: of AdamW, at its height; it rises first, and falls
            nearly to 0 in the end.
        seed: fixes the places.

    Returns:
        The loss at each step, before its update: the mean of
        ``-log(probability of the right next token)``.

    Raises:
        ValueError: if the text has no more than n tokens.

    Examples:
        >>> text = "one two " * 40
        >>> vocabulary = Vocabulary(text)
        >>> model = LanguageModel(len(vocabulary), d_model=8, n_layers=1)
        >>> losses = train_on_text(model, vocabulary.encode(text), n_steps=5)
        >>> losses[-1] < losses[0]
        True
    """
    if len(tokens) <= n:
        raise ValueError(f"tokens must be more than n, {n}; got {len(tokens)}")
    places = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, learning_rate, n_steps)
    losses = []
    for _ in range(n_steps):
        start = torch.randint(len(tokens) - n, (n_batch, 1), generator=places)
        pieces = tokens[start + torch.arange(n + 1)]  # (n_batch, n + 1)
        logits = model(pieces[:, :-1])
        loss = cross_entropy(logits.flatten(0, 1), pieces[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    return losses
