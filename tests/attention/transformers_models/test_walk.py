"""A model of each kind is right by our function or by its own, or refused; and faults are found.

All models: `make transformers`.
"""

import socket
import tomllib
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
transformers = pytest.importorskip("transformers", reason="an extra; `make test` installs it")

from transformers.masking_utils import sdpa_mask  # noqa: E402 - torch comes first

from attention.integrations import transformers as integration  # noqa: E402

HERE = Path(__file__).parent
RECORD = tomllib.loads((HERE / "models.toml").read_text("utf-8"))
pytestmark = pytest.mark.skipif(
    transformers.__version__ != RECORD["version"],
    reason="other versions have other models, which build and attend in other ways",
)
KINDS = {
    "LlamaForCausalLM": "equal",
    "GptOssForCausalLM": "equal",  # with sinks
    "T5ForConditionalGeneration": "equal",  # with a bias by position
    "JambaForCausalLM": "equal",  # in some of its layers
    "BloomForCausalLM": "own",  # adds its mask
    "MPNetForMaskedLM": "own",
    "TrOCRForCausalLM": "own",
    "DebertaForMaskedLM": "own",  # makes its own mask
    "GPTJForCausalLM": "refused",  # chosen from a table
    "DeepseekV32ForCausalLM": "refused",  # selects keys
    "MusicgenForCausalLM": "unbuilt",
}


@pytest.fixture(scope="module")
def walk() -> Any:
    """The program that walks all models."""
    spec = spec_from_file_location("walk", HERE / "walk.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Our function under its usual name, and no way to any network."""

    def refuse(*_: Any) -> None:
        raise AssertionError("a test asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    integration.register()
    yield
    monkeypatch.undo()
    integration.register()


@pytest.mark.filterwarnings("ignore:.* keeps its own:UserWarning")
@pytest.mark.parametrize("name", KINDS)
def test_a_model_of_each_kind_is_right_or_refused(name: str, walk: Any) -> None:
    found = walk.result(walk.models()[name])
    assert walk.WRONG not in found
    assert found == RECORD["models"][name]
    assert found.startswith(KINDS[name])


@pytest.mark.filterwarnings("ignore:.* keeps its own:UserWarning")
def test_a_boolean_mask_that_a_model_adds_to_its_scores_is_found(
    walk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def boolean(*args: Any, **options: Any) -> Any:
        return sdpa_mask(*args, **options | {"allow_is_causal_skip": False})

    monkeypatch.setitem(transformers.AttentionMaskInterface._global_mapping, walk.OURS, boolean)
    assert "WRONG: full differs by" in walk.result(walk.models()["BloomForCausalLM"])


def test_a_function_that_is_wrong_is_found(walk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def unmasked(query: Any, key: Any, value: Any, *_: Any, **options: Any) -> Any:
        return integration_attend(query, key, value, **options)

    integration_attend = walk.attend
    monkeypatch.setattr(walk, "attend", unmasked)
    assert "WRONG: full differs by" in walk.result(walk.models()["LlamaForCausalLM"])


def test_what_differs_from_the_record_is_a_fault(walk: Any) -> None:
    found = {"A": "equal", "B": "own", "C": "WRONG: full differs by 1 of its spread"}
    assert walk.faults(found, found) == [f"C is silently wrong: {found['C']}"]
    assert walk.faults({"A": "equal"}, {"A": "own", "B": "own"}) == [
        "A must be as in models.toml, 'own'; got 'equal'",
        "B must be as in models.toml, 'own'; got 'not there'",
    ]


def test_the_record_holds_no_model_that_is_wrong() -> None:
    kinds = [what.partition(":")[0] for what in RECORD["models"].values()]
    assert not any("WRONG" in what for what in RECORD["models"].values())
    assert sum(kind in ("equal", "own") for kind in kinds) >= 200
