"""Write a model of 6 MB for llama-server: the llama architecture with random weights.

Run as `tiny_gguf.py OUT.gguf` by a Python that has gguf and numpy. Nothing is downloaded. The
tokenizer is a byte-level one (GPT-2 style) with a few merges, so that any text can be read and
written; some tokens are longer than a character, as with a real model. Printable text is made
likely and the end of the answer unlikely, else random weights would say nothing much.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import gguf
import numpy as np

Weights = Callable[..., np.ndarray]

LAYERS, WIDTH, HEADS, FEED_FORWARD, TRAINED_CONTEXT = 2, 320, 4, 256, 32768
END_OF_ANSWER = -3.0
UNLIKELY = -9.0
NEVER = -30.0

MERGES = [
    *("t h", "th e", "i n", "e r", "o n", "r e", "Ġ t", "Ġ a", "a t", "e n", "Ġ the", "i s"),
    *("o r", "in g", "t i", "ti on", "Ġ s", "Ġ f", "Ġ c", "Ġ Ġ", "ĠĠ ĠĠ", "re t", "e s"),
    *("Ġ i", "Ġi s"),
]
CONTROL = ["<|bos|>", "<|eot|>", "<|im_start|>", "<|im_end|>"]
THINKING = ["<think>", "</think>"]
CHAT_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def byte_tokens() -> list[str]:
    """The printable character that GPT-2's tokenizer writes for each byte."""
    kept = {*range(33, 127), *range(161, 173), *range(174, 256)}
    moved = iter(range(256, 512))
    return [chr(byte) if byte in kept else chr(next(moved)) for byte in range(256)]


def vocabulary() -> tuple[list[str], list[int]]:
    """All tokens and their kinds."""
    plain = byte_tokens() + [merge.replace(" ", "") for merge in MERGES]
    kinds = [gguf.TokenType.NORMAL] * len(plain)
    kinds += [gguf.TokenType.CONTROL] * len(CONTROL)
    kinds += [gguf.TokenType.USER_DEFINED] * len(THINKING)
    return plain + CONTROL + THINKING, [int(kind) for kind in kinds]


def likelihood(tokens: list[str]) -> np.ndarray:
    """What is added to each token's score."""
    bias = np.full(len(tokens), UNLIKELY, np.float32)
    bias[[*range(32, 127), ord("\n")]] = 0.0
    bias[256 : 256 + len(MERGES)] = 1.0
    bias[256 + len(MERGES) :] = NEVER
    bias[tokens.index("<|im_end|>")] = END_OF_ANSWER
    return bias


def write_description(writer: gguf.GGUFWriter, tokens: list[str], kinds: list[int]) -> None:
    """The model's shape, its tokenizer and its chat template."""
    writer.add_name("tiny-random")
    writer.add_context_length(TRAINED_CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(tokens))
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(MERGES)
    writer.add_bos_token_id(tokens.index("<|bos|>"))
    writer.add_eos_token_id(tokens.index("<|im_end|>"))
    writer.add_eot_token_id(tokens.index("<|eot|>"))
    writer.add_pad_token_id(tokens.index("<|eot|>"))
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def write_weights(writer: gguf.GGUFWriter, tokens: list[str], normal: Weights) -> None:
    """Random weights; the first dimension carries each token's bias through the norms."""
    root = np.sqrt(WIDTH)
    embedding = normal(len(tokens), WIDTH, scale=1.0)
    embedding[:, 0] = root
    output = normal(len(tokens), WIDTH, scale=1 / root)
    output[:, 0] = likelihood(tokens) / (root / np.sqrt(2.0))
    ones = np.ones(WIDTH, np.float32)
    writer.add_tensor("token_embd.weight", embedding)
    for layer in range(LAYERS):
        write_layer(writer, f"blk.{layer}.", ones, normal)
    writer.add_tensor("output_norm.weight", ones)
    writer.add_tensor("output.weight", output)


def write_layer(writer: gguf.GGUFWriter, prefix: str, ones: np.ndarray, normal: Weights) -> None:
    """One layer; its outputs are small beside what passes it, which keeps the bias."""
    root = np.sqrt(WIDTH)
    writer.add_tensor(f"{prefix}attn_norm.weight", ones)
    for name in ("attn_q", "attn_k", "attn_v"):
        writer.add_tensor(f"{prefix}{name}.weight", normal(WIDTH, WIDTH, scale=1 / root))
    writer.add_tensor(f"{prefix}attn_output.weight", normal(WIDTH, WIDTH, scale=0.3 / root))
    writer.add_tensor(f"{prefix}ffn_norm.weight", ones)
    for name in ("ffn_gate", "ffn_up"):
        writer.add_tensor(f"{prefix}{name}.weight", normal(FEED_FORWARD, WIDTH, scale=1 / root))
    down = normal(WIDTH, FEED_FORWARD, scale=0.3 / np.sqrt(FEED_FORWARD))
    writer.add_tensor(f"{prefix}ffn_down.weight", down)


def main(out: str) -> None:
    """Write the model to `out`; the same bytes each time."""
    random = np.random.default_rng(seed=0)

    def normal(*shape: int, scale: float) -> np.ndarray:
        return (random.standard_normal(shape) * scale).astype(np.float32)

    tokens, kinds = vocabulary()
    writer = gguf.GGUFWriter(out, "llama")
    write_description(writer, tokens, kinds)
    write_weights(writer, tokens, normal)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main(sys.argv[1])
