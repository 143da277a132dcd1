"""Texts made by rule, so that the right answer is known: pronouns, and letters that repeat."""

import random
from collections.abc import Sequence
from itertools import permutations, product
from string import ascii_lowercase
from typing import NamedTuple

import torch
from torch import Tensor

from attention._array import require_count

__all__ = [
    "Sentence",
    "Task",
    "chinese_sentences",
    "encode",
    "english_sentences",
    "make_task",
    "repeating_texts",
]

# What it was like tells which noun is meant: a being is tired, a thing is soft.
_BEINGS = ("cat", "dog", "rabbit", "mouse", "fox", "goat", "hen", "puppy", "kitten", "squirrel")
_THINGS = ("mat", "rug", "sofa", "bed", "pillow", "blanket", "carpet", "cushion")
_OF_BEINGS = ("tired", "sleepy", "hungry", "lazy", "sick")
_OF_THINGS = ("soft", "clean", "new", "thick", "flat")
_BEING_FIRST = ("sat on", "slept on", "lay on", "stayed near")
_THING_FIRST = ("lay under", "appealed to", "waited for", "stood near")

# Both nouns are animals. 把 puts the doer first, 被 the one that it is done to.
_ANIMALS = ("小猫", "小狗", "小鸡", "小鸭", "小羊", "小牛", "小马", "小猪", "小兔", "小鸟")
_DEEDS = ("吓跑", "赶走", "撞倒", "抓住", "追上")
_TIMES = ("昨天", "今天", "早上", "刚才")
_OF_DOERS = ("凶", "霸道", "强壮", "调皮")
_OF_THE_DONE_TO = ("胆小", "瘦弱", "老实", "弱小")


class Sentence(NamedTuple):
    """A sentence with a pronoun and two nouns.

    Attributes:
        words: its tokens, in order.
        pronoun: where the pronoun stands, from 0.
        referent: where the noun stands that the pronoun means.
        other: where the noun stands that it does not mean.
    """

    words: tuple[str, ...]
    pronoun: int
    referent: int
    other: int


class Task(NamedTuple):
    """Sentences to learn from, and others to be tested by.

    Attributes:
        vocabulary: all words; a word's number is its place here.
        training: the sentences that a model learns from.
        test: sentences about pairs of nouns, or of letters, that no
            training sentence asks about.
    """

    vocabulary: tuple[str, ...]
    training: tuple[Sentence, ...]
    test: tuple[Sentence, ...]


def english_sentences() -> list[Sentence]:
    """Return every sentence of the kind "the cat sat on the mat because it was tired".

    The being or the thing comes first, the reason last or first; each
    has ten words.

    Examples:
        >>> " ".join(english_sentences()[0].words)
        'the cat sat on the mat because it was tired'
    """
    sentences = []
    reasons = [(word, 0) for word in _OF_BEINGS] + [(word, 1) for word in _OF_THINGS]
    for nouns, (reason, meant), last in product(product(_BEINGS, _THINGS), reasons, (True, False)):
        for (first, second), verbs in ((nouns, _BEING_FIRST), (nouns[::-1], _THING_FIRST)):
            for verb in verbs:
                told = f"the {first} {verb} the {second}".split()
                why = f"because it was {reason}".split()
                words = (*told, *why) if last else (*why, *told)
                sentences.append(_sentence(words, "it", nouns[meant], nouns[1 - meant]))
    return sentences


def chinese_sentences() -> list[Sentence]:
    """Return every sentence of the kind 昨天小猫把小狗吓跑了，因为它很凶, cut into words.

    With 把 or 被, the time first or second; eleven tokens each.

    Examples:
        >>> "".join(chinese_sentences()[0].words)
        '昨天小猫把小狗吓跑了，因为它很凶'
    """
    sentences = []
    reasons = [(word, 0) for word in _OF_DOERS] + [(word, 1) for word in _OF_THE_DONE_TO]
    for (first, second), mark, deed, (reason, meant), time in product(
        permutations(_ANIMALS, 2), "把被", _DEEDS, reasons, _TIMES
    ):
        roles = (first, second) if mark == "把" else (second, first)  # doer, done to
        for opening in ((time, first), (first, time)):
            words = (*opening, mark, second, deed, "了", "，", "因为", "它", "很", reason)
            sentences.append(_sentence(words, "它", roles[meant], roles[1 - meant]))
    return sentences


def repeating_texts(
    n_texts: int = 40_000,
    *,
    n: int = 16,
    seed: int = 0,
) -> list[Sentence]:
    """Draw texts such as inputinputinputi: a word again and again, cut off after n letters.

    The word has 5 to 11 letters, each once, in any order. So what comes
    next is what came after the same letter before; how far back that is
    differs from text to text.

    Args:
        n_texts: how many texts.
        n: letters of a text, at least 12.
        seed: another seed draws other texts.

    Returns:
        The texts, one letter per word. ``pronoun`` is where the letter
        stands after which the text is to go on, in its second word or
        later; ``other`` is where the same letter stands one word
        before, and ``referent`` the place after that one, whose letter
        is to come again.

    Raises:
        TypeError: if n is not an integer.
        ValueError: if n is less than 12.

    Examples:
        >>> text = repeating_texts(1)[0]
        >>> text.words[text.other] == text.words[text.pronoun]
        True
        >>> text.referent - text.other
        1
    """
    n_letters = require_count("n", n, least=12)
    rng = random.Random(seed)  # noqa: S311 - no secret
    found = []
    for _ in range(n_texts):
        length = rng.randint(5, 11)
        word = rng.sample(ascii_lowercase, length)
        asked = rng.randint(length, n_letters - 1)
        words = tuple(word[i % length] for i in range(n_letters))
        found.append(Sentence(words, asked, asked - length + 1, asked - length))
    return found


def make_task(
    sentences: Sequence[Sentence],
    *,
    n_training: int = 4000,
    n_test: int = 500,
    held_out: float = 0.2,
    seed: int = 0,
) -> Task:
    """Draw sentences to learn from and others to be tested by.

    A share of the pairs of nouns is set aside: no training sentence has
    one, every test sentence has. So no test sentence, and no test pair,
    was seen in training. In texts of :func:`repeating_texts`, the pair
    is the letter after which the text goes on and the one that follows;
    training asks about no test pair, but its texts may contain it.
    The pair of the first sentence is always set aside.

    Args:
        sentences: every sentence that there is.
        n_training: how many to learn from.
        n_test: how many to be tested by.
        held_out: share of the pairs that is set aside, between 0 and 1.
        seed: another seed draws other sentences.

    Returns:
        The task; no sentence is drawn twice.

    Raises:
        ValueError: if there are fewer sentences than asked for.
    """
    rng = random.Random(seed)  # noqa: S311 - no secret
    first, *pairs = dict.fromkeys(_pair(sentence) for sentence in sentences)
    rng.shuffle(pairs)
    n_more = max(0, round(held_out * (len(pairs) + 1)) - 1)
    aside = {first, *pairs[:n_more]}
    to_learn = [sentence for sentence in sentences if _pair(sentence) not in aside]
    to_test = [sentence for sentence in sentences if _pair(sentence) in aside]
    if n_training > len(to_learn) or n_test > len(to_test):
        raise ValueError(
            f"n_training must be at most {len(to_learn)} and n_test at most {len(to_test)}; "
            f"got n_training {n_training}, n_test {n_test}"
        )
    vocabulary = tuple(sorted({word for sentence in sentences for word in sentence.words}))
    training = tuple(rng.sample(to_learn, n_training))
    return Task(vocabulary, training, tuple(rng.sample(to_test, n_test)))


def encode(
    sentences: Sequence[Sentence],
    vocabulary: Sequence[str],
) -> tuple[Tensor, ...]:
    """Return the sentences as numbers.

    Args:
        sentences: all of one length, n words.
        vocabulary: a word's number is its place here.

    Returns:
        Words, ``(n_sentences, n)``; where each pronoun stands, and the
        number of the noun that it means, ``(n_sentences,)`` both.

    Raises:
        ValueError: if a word is not in the vocabulary.

    Examples:
        >>> words, asked, answer = encode([Sentence(("it", "cat"), 0, 1, 1)], ["cat", "it"])
        >>> words.tolist(), asked.tolist(), answer.tolist()
        ([[1, 0]], [0], [0])
    """
    number = {word: i for i, word in enumerate(vocabulary)}
    for word in (word for sentence in sentences for word in sentence.words):
        if word not in number:
            raise ValueError(f"each word must be in the vocabulary; got {word!r}")
    words = torch.tensor([[number[word] for word in sentence.words] for sentence in sentences])
    asked = torch.tensor([sentence.pronoun for sentence in sentences])
    answer = torch.tensor([number[sentence.words[sentence.referent]] for sentence in sentences])
    return words, asked, answer


def _sentence(words: tuple[str, ...], pronoun: str, referent: str, other: str) -> Sentence:
    """Return a sentence, its three places found by the words."""
    return Sentence(words, words.index(pronoun), words.index(referent), words.index(other))


def _pair(sentence: Sentence) -> tuple[str, ...]:
    """Return the two nouns of a sentence, in whatever order they stand there."""
    return tuple(sorted((sentence.words[sentence.referent], sentence.words[sentence.other])))
