"""Write a model of 1 MB as a Hugging Face folder, for mlx_lm.server: llama with random weights.

Run as `tiny_hf.py FOLDER` by a Python that has numpy, safetensors and tokenizers. Nothing is
downloaded. It says printable text and never ends its answer, so that only the limit of tokens or a
cancel stops it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

Weights = Callable[..., np.ndarray]

LAYERS, WIDTH, HEADS, FEED_FORWARD, TRAINED_CONTEXT = 2, 128, 4, 256, 32768
UNLIKELY = -9.0
NEVER = -30.0

CONTROL = ["<|im_start|>", "<|im_end|>"]
CHAT_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def write_tokenizer(folder: Path) -> list[str]:
    """A tokenizer of single bytes, as GPT-2 writes them; all its tokens."""
    plain = sorted(pre_tokenizers.ByteLevel.alphabet())
    numbers = {token: number for number, token in enumerate(plain)}
    tokenizer = Tokenizer(models.BPE(numbers, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in CONTROL])
    tokenizer.save(str(folder / "tokenizer.json"))
    described = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": "<|im_end|>",
        "chat_template": CHAT_TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(described))
    return plain + CONTROL


def write_shape(folder: Path, tokens: list[str]) -> None:
    """The model's shape."""
    shape = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": WIDTH,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "num_key_value_heads": HEADS,
        "intermediate_size": FEED_FORWARD,
        "max_position_embeddings": TRAINED_CONTEXT,
        "rms_norm_eps": 1e-5,
        "rope_theta": 10000.0,
        "vocab_size": len(tokens),
        "tie_word_embeddings": False,
        "eos_token_id": tokens.index("<|im_end|>"),
    }
    (folder / "config.json").write_text(json.dumps(shape))


def likelihood(tokens: list[str]) -> np.ndarray:
    """What is added to each token's score: GPT-2 writes printable bytes as themselves."""
    printable = {*map(chr, range(33, 127)), "Ġ", "Ċ"}
    bias = np.array([0.0 if token in printable else UNLIKELY for token in tokens], np.float32)
    bias[-len(CONTROL) :] = NEVER
    return bias


def weights(tokens: list[str], normal: Weights) -> dict[str, np.ndarray]:
    """Random weights; the first dimension carries each token's bias through the norms."""
    root = np.sqrt(WIDTH)
    embedding = normal(len(tokens), WIDTH, scale=1.0)
    embedding[:, 0] = root
    output = normal(len(tokens), WIDTH, scale=1 / root)
    output[:, 0] = likelihood(tokens) / (root / np.sqrt(2.0))
    found = {
        "model.embed_tokens.weight": embedding,
        "model.norm.weight": np.ones(WIDTH, np.float32),
        "lm_head.weight": output,
    }
    for number in range(LAYERS):
        found |= layer(f"model.layers.{number}.", normal)
    return found


def layer(prefix: str, normal: Weights) -> dict[str, np.ndarray]:
    """One layer; its outputs are small beside what passes it, which keeps the bias."""
    root, ones = np.sqrt(WIDTH), np.ones(WIDTH, np.float32)
    found = {"input_layernorm": ones, "post_attention_layernorm": ones}
    for name in ("q_proj", "k_proj", "v_proj"):
        found[f"self_attn.{name}"] = normal(WIDTH, WIDTH, scale=1 / root)
    found["self_attn.o_proj"] = normal(WIDTH, WIDTH, scale=0.3 / root)
    for name in ("gate_proj", "up_proj"):
        found[f"mlp.{name}"] = normal(FEED_FORWARD, WIDTH, scale=1 / root)
    found["mlp.down_proj"] = normal(WIDTH, FEED_FORWARD, scale=0.3 / np.sqrt(FEED_FORWARD))
    return {f"{prefix}{name}.weight": value for name, value in found.items()}


def main(out: str) -> None:
    """Write the model into the folder `out`; the same bytes each time."""
    folder, random = Path(out), np.random.default_rng(seed=0)
    folder.mkdir()

    def normal(*shape: int, scale: float) -> np.ndarray:
        return (random.standard_normal(shape) * scale).astype(np.float32)

    tokens = write_tokenizer(folder)
    write_shape(folder, tokens)
    save_file(weights(tokens, normal), folder / "model.safetensors", {"format": "mlx"})


if __name__ == "__main__":
    main(sys.argv[1])
