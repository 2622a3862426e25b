"""Kinds of servers in the spellings that people use."""

import pytest

from homespun.errors import BadSetting
from homespun.providers.kind_names import checked_kind
from homespun.providers.kinds import KINDS


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("lmstudio", "lm_studio"),
        ("LM-Studio", "lm_studio"),
        ("llama.cpp", "llamacpp"),
        ("llama-server", "llamacpp"),
        ("mlx_lm", "mlx"),
        ("mlx_lm.server", "mlx"),
        ("text-generation-webui", "textgen"),
        ("oobabooga", "textgen"),
        ("mistral.rs", "mistralrs"),
        ("kobold", "koboldcpp"),
        ("KoboldAI", "koboldai"),
        ("LiteLLM proxy", "litellm"),
        *((name, name) for name in KINDS),
    ],
)
def test_a_kind_in_any_spelling(written: str, kind: str):
    assert checked_kind(written) == kind


@pytest.mark.parametrize("written", ["", "llama", "server", "gpt"])
def test_what_is_no_kind_names_those_that_are(written: str):
    with pytest.raises(BadSetting) as caught:
        checked_kind(written)
    assert "llamacpp" in caught.value.hint
    assert "scripted" not in caught.value.hint
