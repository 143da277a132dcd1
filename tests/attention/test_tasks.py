"""The sentences: laws of the rules that make them, loops as oracles, edges, errors."""

from collections import Counter

import pytest

torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")

from attention.nn.tasks import (  # noqa: E402 - needs torch
    Sentence,
    Task,
    chinese_sentences,
    encode,
    english_sentences,
    make_task,
    repeating_texts,
)

SENTENCES = {"english": english_sentences(), "chinese": chinese_sentences()}
TASKS = {name: make_task(found) for name, found in SENTENCES.items()}
both = pytest.mark.parametrize("name", ["english", "chinese"])


def pair(sentence: Sentence) -> frozenset[str]:
    return frozenset({sentence.words[sentence.referent], sentence.words[sentence.other]})


# Laws


@both
def test_no_test_sentence_and_no_test_pair_is_in_training(name: str) -> None:
    task = TASKS[name]
    assert not set(task.training) & set(task.test)
    assert not {each.words for each in task.training} & {each.words for each in task.test}
    assert not {pair(each) for each in task.training} & {pair(each) for each in task.test}


@both
def test_no_sentence_is_there_twice_and_all_have_one_length(name: str) -> None:
    found = [each.words for each in SENTENCES[name]]
    assert len(found) == len(set(found))
    assert len({len(words) for words in found}) == 1
    task = TASKS[name]
    assert len(set(task.training)) == len(task.training) == 4000
    assert len(set(task.test)) == len(task.test) == 500


@both
def test_guessing_by_place_is_no_better_than_a_coin(name: str) -> None:
    for sentences in (SENTENCES[name], TASKS[name].test):
        near = [abs(s.pronoun - s.referent) < abs(s.pronoun - s.other) for s in sentences]
        first = [s.referent < s.other for s in sentences]
        for right in (near, first):
            assert 0.45 < sum(right) / len(right) < 0.55


@both
def test_no_noun_is_the_answer_much_more_often_than_others(name: str) -> None:
    answers = Counter(s.words[s.referent] for s in SENTENCES[name])
    assert max(answers.values()) <= 1.3 * min(answers.values())


@both
def test_one_word_decides_which_noun_is_meant(name: str) -> None:
    last: dict[tuple[str, ...], set[str]] = {}
    for each in SENTENCES[name]:
        reason = each.pronoun + 2
        rest = (*each.words[:reason], *each.words[reason + 1 :])
        last.setdefault(rest, set()).add(each.words[each.referent])
    assert all(len(answers) == 2 for answers in last.values())


def test_in_chinese_the_marker_turns_the_answer_round() -> None:
    meant = {each.words: each.words[each.referent] for each in SENTENCES["chinese"]}
    for words, noun in meant.items():
        turned = tuple({"把": "被", "被": "把"}.get(word, word) for word in words)
        assert meant[turned] != noun


@both
def test_the_same_seed_draws_the_same_sentences_and_another_draws_others(name: str) -> None:
    again = make_task(SENTENCES[name])
    other = make_task(SENTENCES[name], seed=1)
    assert again == TASKS[name]
    assert other.test != again.test
    assert other.vocabulary == again.vocabulary


# Oracles


def test_english_by_another_way() -> None:
    beings = {"cat", "dog", "rabbit", "mouse", "fox", "goat", "hen", "puppy", "kitten", "squirrel"}
    first_is_being: list[bool] = []
    for each in SENTENCES["english"]:
        nouns = [word for word, before in zip(each.words[1:], each.words, strict=False)
                 if before == "the"]  # fmt: skip
        first_is_being.append(nouns[0] in beings)
        reason = each.words[each.words.index("was") + 1]
        being = reason in ("tired", "sleepy", "hungry", "lazy", "sick")
        (meant,) = [noun for noun in nouns if (noun in beings) == being]
        assert each.words[each.referent] == meant
        assert {each.words[each.other], meant} == set(nouns)
        assert each.words[each.pronoun] == "it"
        assert len(each.words) == 10
    assert sum(first_is_being) == len(first_is_being) / 2


def test_chinese_by_another_way() -> None:
    for each in SENTENCES["chinese"]:
        told, why = "".join(each.words).split("，")
        marker = "把" if "把" in told else "被"
        before, behind = (part[part.index("小") : part.index("小") + 2]
                          for part in told.split(marker))  # fmt: skip
        doer, done_to = (before, behind) if marker == "把" else (behind, before)
        fierce = why.removeprefix("因为它很") in ("凶", "霸道", "强壮", "调皮")
        assert each.words[each.referent] == (doer if fierce else done_to)
        assert each.words[each.other] == (done_to if fierce else doer)
        assert each.words[each.pronoun] == "它"


@both
def test_numbers_lead_back_to_the_words(name: str) -> None:
    task = TASKS[name]
    words, asked, answer = encode(task.test, task.vocabulary)
    assert words.shape == (500, len(task.test[0].words))
    for i, sentence in enumerate(task.test):
        assert tuple(task.vocabulary[each] for each in words[i]) == sentence.words
        assert sentence.words[asked[i]] in ("it", "它")
        assert task.vocabulary[answer[i]] == sentence.words[sentence.referent]


# Edges


@both
def test_the_pair_of_the_first_sentence_is_always_set_aside(name: str) -> None:
    first = pair(SENTENCES[name][0])
    for seed in range(5):
        task = make_task(SENTENCES[name], n_training=100, n_test=100, held_out=0, seed=seed)
        assert {pair(each) for each in task.test} == {first}
        assert first not in {pair(each) for each in task.training}


def test_a_task_may_be_as_small_as_its_sentences() -> None:
    one, two = Sentence(("it", "cat", "mat"), 0, 1, 2), Sentence(("it", "cat", "rug"), 0, 2, 1)
    found = make_task([one, two], n_training=1, n_test=1, held_out=0.5)
    assert found == Task(("cat", "it", "mat", "rug"), (two,), (one,))


# Errors


def test_more_sentences_than_there_are_are_refused() -> None:
    with pytest.raises(
        ValueError,
        match=r"^n_training must be at most 10240 and n_test at most 2560; "
        r"got n_training 4000, n_test 2561$",
    ):
        make_task(SENTENCES["english"], n_test=2561)
    with pytest.raises(ValueError, match=r"^n_training must be at most 10240"):
        make_task(SENTENCES["english"], n_training=10241)


def test_a_word_that_is_not_in_the_vocabulary_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^each word must be in the vocabulary; got 'cat'$"):
        encode([Sentence(("it", "cat"), 0, 1, 1)], ["it"])


# Texts that repeat


def test_a_text_repeats_one_word_whose_letters_differ() -> None:
    for text in repeating_texts(311, n=17, seed=5):
        length = text.pronoun - text.other
        assert len(text.words) == 17
        assert 5 <= length <= 11
        assert len(set(text.words[:length])) == length
        assert text.words == (text.words[:length] * 4)[:17]
        assert text.words[text.other] == text.words[text.pronoun]
        assert text.referent == text.other + 1
        assert 0 <= text.other < text.referent <= text.pronoun < 17


def test_no_distance_says_where_the_answer_stands() -> None:
    texts = repeating_texts(2003)
    distances = Counter(text.pronoun - text.referent for text in texts)
    assert set(distances) == set(range(4, 11))
    assert max(distances.values()) < 0.2 * len(texts)


def test_another_seed_draws_other_texts_and_the_same_seed_the_same() -> None:
    assert repeating_texts(7) == repeating_texts(7)
    assert repeating_texts(7) != repeating_texts(7, seed=1)


def test_a_text_is_long_enough_for_the_longest_word_to_begin_again() -> None:
    assert {len(text.words) for text in repeating_texts(311, n=12)} == {12}
    for short in (11, 5, 0):
        with pytest.raises(ValueError, match=f"^n must be at least 12; got {short}$"):
            repeating_texts(0, n=short)


def test_no_test_text_that_repeats_asks_for_a_pair_of_letters_that_training_asks_for() -> None:
    task = make_task(repeating_texts(3001), n_training=2003, n_test=101)
    assert not {pair(each) for each in task.training} & {pair(each) for each in task.test}
    assert task.vocabulary == tuple("abcdefghijklmnopqrstuvwxyz")
