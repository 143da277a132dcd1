"""Make each language model of transformers tiny, and see what it does with our function.

`make transformers` runs this. A model computes what it computes with its own readable code, by
our function or by an attention that it keeps; or it is refused, before it computes anything; or
its tiny form cannot be built or run at all. Whatever else it does is silently wrong.

What each model does, with our function chosen by its configuration and chosen afterwards, must be
what models.toml says.

    python tests/attention/transformers_models/walk.py            compares
    python tests/attention/transformers_models/walk.py --record   writes models.toml
"""

import json
import logging
import sys
import tomllib
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from inspect import signature
from pathlib import Path
from typing import Any

import torch
import transformers
from torch import Tensor
from transformers import PreTrainedConfig, PreTrainedModel
from transformers.models.auto import modeling_auto as auto

from attention.attention import attention_steps as attend
from attention.integrations import transformers as integration
from attention.integrations.transformers import register

RECORD = Path(__file__).with_name("models.toml")
OURS, WRONG = "checked_attention", "WRONG"
LEAST = 200  # of the models, so many must be right by our function or by their own
TOLERANCE = 1e-3  # of the spread of what a model returns
N, N_PAST, N_TEXTS, N_WORDS = 11, 7, 3, 97
LENGTHS = {"full": [11, 11, 11], "left": [11, 7, 2], "right": [11, 7, 2]}

# What architectures call their sizes, and sizes that fit one another.
HIDDEN, INNER, HEADS, KV_HEADS, WIDTH, LAYERS = 32, 48, 4, 2, 8, 2
NAMES = {
    HIDDEN: "hidden_size d_model n_embd dim emb_dim embedding_size word_embed_proj_dim",
    INNER: "intermediate_size ffn_dim d_ff n_inner encoder_ffn_dim decoder_ffn_dim hidden_dim"
    " ffn_hidden_size moe_intermediate_size shared_expert_intermediate_size d_inner",
    LAYERS: "num_hidden_layers n_layer n_layers num_layers encoder_layers decoder_layers"
    " num_decoder_layers num_experts_per_tok moe_topk type_vocab_size num_key_value_heads"
    " num_kv_heads",
    HEADS: "num_attention_heads n_head n_heads num_heads encoder_attention_heads"
    " decoder_attention_heads num_experts num_local_experts n_routed_experts",
    WIDTH: "head_dim d_kv attention_head_size qk_rope_head_dim qk_nope_head_dim v_head_dim",
    N_WORDS: "vocab_size n_words",
    64: "max_position_embeddings n_positions",
    5: "sliding_window window_size",
    1: "pad_token_id",
}
SIZES: dict[str, Any] = {name: size for size, names in NAMES.items() for name in names.split()}
# Where an architecture needs other sizes than these, by its model_type or the name of its class.
ALL_HEADS = {"num_key_value_heads": HEADS}  # keys are made for each head from a latent
LINEAR = {"layer_types": ["linear_attention", "full_attention"]}
OTHER: dict[str, dict[str, Any]] = {
    "axk1": ALL_HEADS,
    "axk2": ALL_HEADS,
    "bamba": {"mamba_n_heads": 4, "mamba_d_head": 16, "attn_layer_indices": [1]},
    "codegen": {"rotary_dim": 4},
    "deepseek_v2": ALL_HEADS,
    "deepseek_v3": ALL_HEADS,
    "deepseek_v32": ALL_HEADS,
    "dots1": {"n_shared_experts": 1},
    "dots3_note_text": ALL_HEADS,
    "esmc": ALL_HEADS,
    "glm4_moe_lite": ALL_HEADS,
    "glm_moe_dsa": ALL_HEADS,
    "gpt_neo": {"attention_types": [[["global", "local"], 1]]},
    "gptj": {"rotary_dim": 4},
    "granitemoehybrid": {
        "mamba_n_heads": 4,
        "mamba_d_head": 16,
        "layer_types": ["mamba", "attention"],
    },
    "jamba": {"attn_layer_period": 2, "attn_layer_offset": 1},
    "kimi_linear": ALL_HEADS | LINEAR,
    "lfm2_moe": {"layer_types": ["conv", "full_attention"]},
    "lfm3": {"layer_types": ["conv", "full_attention"]},
    "longcat_flash": ALL_HEADS,
    "mamba2": {"num_heads": 8},
    "minicpm3": ALL_HEADS,
    "neomme": {"head_dim": 16},
    "qwen3_next": LINEAR,
    "qwen3_5": LINEAR,
    "qwen3_5_text": LINEAR,
    "qwen3_5_moe_text": LINEAR,
    "qwen4_exp_text": LINEAR,
    "recurrent_gemma": {"num_hidden_layers": 3},
    "reformer": {"axial_pos_embds": False},
    "xmod": {"default_language": "en_XX"},
    "youtu": ALL_HEADS,
    "zaya": {"num_experts_per_tok": 1},
    "ReformerModelWithLMHead": {"axial_pos_embds": False, "is_decoder": True},
    "T5GemmaEncoderModel": {"is_encoder_decoder": False},
}


def models() -> dict[str, type[PreTrainedModel]]:
    """Return all causal and masked language models, translators and encoders of text, by name."""
    mappings = (
        auto.MODEL_FOR_CAUSAL_LM_MAPPING,
        auto.MODEL_FOR_MASKED_LM_MAPPING,
        auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING,
        auto.MODEL_FOR_TEXT_ENCODING_MAPPING,
    )
    found = {model.__name__: model for mapping in mappings for model in mapping.values()}
    return dict(sorted(found.items()))


def tiny_configuration(kind: type[PreTrainedConfig], name: str = "") -> PreTrainedConfig:
    """Return a configuration of small sizes, and of such parts, for a model of this name."""
    if is_dataclass(kind):
        names = {field.name for field in fields(kind)}
    else:
        names = set(signature(kind.__init__).parameters)
    sizes = {name: size for name, size in SIZES.items() if name in names}
    if kind.sub_configs:
        whole = kind()
        parts = {name: getattr(whole, name, None) for name in kind.sub_configs}
        sizes |= {part: tiny_configuration(type(p)) for part, p in parts.items() if p is not None}
    return kind(**sizes | OTHER.get(name, OTHER.get(kind.model_type, {})))


def tiny(model: type[PreTrainedModel], implementation: str) -> PreTrainedModel:
    """Return a tiny model that attends so, with the same random parameters each time."""
    config = tiny_configuration(model.config_class, model.__name__)
    config._attn_implementation = implementation
    torch.manual_seed(0)
    made = model(config).eval()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, parameter in made.named_parameters():
            # Large, so that what is looked at matters, as in a trained model.
            if parameter.ndim > 1 or "sink" in name:
                spread = min(0.3, parameter.shape[-1] ** -0.5) if parameter.ndim > 1 else 1.0
                parameter.normal_(0.0, spread, generator=generator)
    return made


def texts(padding: str) -> dict[str, Tensor]:
    """Return a batch of texts of several lengths, padded at one side."""
    generator = torch.Generator().manual_seed(2)
    ids = torch.randint(5, N_WORDS, (N_TEXTS, N), generator=generator)
    lengths, places = torch.tensor(LENGTHS[padding])[:, None], torch.arange(N)[None, :]
    real = places >= N - lengths if padding == "left" else places < lengths
    return {"input_ids": torch.where(real, ids, 1), "attention_mask": real.long()}


def outputs(model: PreTrainedModel, *, hide: bool = True) -> Iterator[tuple[str, Tensor]]:
    """Yield what a model makes of the texts, at the tokens that are no padding.

    It is told which tokens are, unless nothing is to be hidden.
    """
    translates = model.config.is_encoder_decoder and "decoder_input_ids" in names_of(model)
    with torch.no_grad():
        for padding in LENGTHS:
            inputs = texts(padding)
            real = inputs["attention_mask"].bool()
            if not hide:
                inputs["attention_mask"] = torch.ones_like(inputs["attention_mask"])
            if translates:
                inputs["decoder_input_ids"] = texts("full")["input_ids"][:, :N_PAST]
                real = torch.ones((N_TEXTS, N_PAST), dtype=torch.bool)
            result = model(**inputs)
            yield padding, result[0][real]
        if hide and not translates and "past_key_values" in names_of(model):
            yield from with_a_cache(model)


def with_a_cache(model: PreTrainedModel) -> Iterator[tuple[str, Tensor]]:
    """Yield what a model makes of the end of its texts after their beginning, if it has a cache."""
    inputs = texts("left")
    first = {name: tensor[:, :N_PAST] for name, tensor in inputs.items()}
    past = getattr(model(**first, use_cache=True), "past_key_values", None)
    if past is not None:
        inputs["input_ids"] = inputs["input_ids"][:, N_PAST:]
        real = inputs["attention_mask"][:, N_PAST:].bool()
        yield "cached", model(**inputs, past_key_values=past)[0][real]


def names_of(model: PreTrainedModel) -> set[str]:
    """Return what a model can be called with."""
    return set(signature(model.forward).parameters)


def result(model: type[PreTrainedModel]) -> str:
    """Return what a model does with our function, chosen by configuration, and chosen later."""
    try:
        made = tiny(model, "eager")
        theirs = dict(outputs(made))
        finite = all(tensor.isfinite().all() and tensor.std() > 0 for tensor in theirs.values())
        sees = finite and differs(theirs["left"], dict(outputs(made, hide=False))["left"])
    except Exception as error:  # noqa: BLE001 - whatever keeps it from being built is the reason
        return f"unbuilt: {type(error).__name__}: {shortened(error)}"
    if not finite:
        return "unbuilt: its numbers are not finite, or all the same"
    found = [compared(model, theirs, later=later) for later in (False, True)]
    whole = found[0] if found[0] == found[1] else " | later ".join(found)
    return whole if sees else f"{whole}, and padding changes nothing in it"


def compared(model: type[PreTrainedModel], theirs: dict[str, Tensor], *, later: bool) -> str:
    """Return what a model does with our function."""
    integration.attention_steps = counted
    counted.calls = 0
    try:
        made = tiny(model, "eager" if later else OURS)
        if later:
            made.set_attn_implementation(OURS)
        ours = dict(outputs(made))
    except Exception as error:  # noqa: BLE001 - what we did not refuse is a fault
        last = traceback.extract_tb(error.__traceback__)[-1].filename
        refused = isinstance(error, TypeError | ValueError) and "attention" in Path(last).parts
        return f"{'refused' if refused else WRONG}: {type(error).__name__}: {shortened(error)}"
    finally:
        integration.attention_steps = attend
    for name, expected in theirs.items():
        if differs(ours[name], expected):
            return f"{WRONG}: {name} differs by {spread(ours[name], expected):.2g} of its spread"
    return "equal" if counted.calls else "own"


def spread(ours: Tensor, theirs: Tensor) -> float:
    """Return by what share of its spread a result differs."""
    return float((ours - theirs).abs().max() / theirs.std())


def differs(ours: Tensor, theirs: Tensor) -> bool:
    """Return whether a result differs by more than rounding can."""
    return not spread(ours, theirs) < TOLERANCE


def shortened(error: Exception) -> str:
    """Return what an error says, on one line."""
    text = " ".join(str(error).split())
    return text if len(text) < 160 else f"{text[:90]} ... {text[-60:]}"


def counted(*args: Any, **options: Any) -> Any:
    """Count the calls of our function."""
    counted.calls += 1
    return attend(*args, **options)


def faults(found: dict[str, str], recorded: dict[str, str]) -> list[str]:
    """Return what is wrong with what the models do, beside the record of what they did."""
    wrong = [f"{name} is silently wrong: {what}" for name, what in found.items() if WRONG in what]
    for name in sorted(found.keys() | recorded.keys()):
        was, is_now = recorded.get(name, "not there"), found.get(name, "not there")
        if was != is_now:
            wrong.append(f"{name} must be as in {RECORD.name}, {was!r}; got {is_now!r}")
    return wrong


def main(arguments: list[str]) -> int:
    """Sort all models, print them, and compare with the record, or write it."""
    torch.set_num_threads(1)
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    register()
    found = {}
    for name, model in models().items():
        found[name] = result(model)
        print(f"{name}: {found[name]}", flush=True)
    kinds = Counter(what.partition(":")[0].partition(",")[0] for what in found.values())
    right = sum(what.startswith(("equal", "own")) for what in found.values())
    print(f"{len(found)} models: {', '.join(f'{n} {kind}' for kind, n in kinds.most_common())}")
    if "--record" in arguments:
        lines = [f"version = {json.dumps(transformers.__version__)}", "", "[models]"]
        lines += [f"{name} = {json.dumps(what)}" for name, what in found.items()]
        RECORD.write_text("\n".join(lines) + "\n", "utf-8", newline="\n")
    wrong = faults(found, tomllib.loads(RECORD.read_text("utf-8"))["models"])
    if right < LEAST:
        wrong.append(f"at least {LEAST} models must be right; got {right}")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
