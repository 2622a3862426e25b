"""How a chat is written as one text, for servers that take nothing else: data, and pure.

Chat completions leave this to the server, which knows its model. Where only a bare prompt is taken,
the user names the template, or the model's name tells its family, or it is Alpaca: most models
follow that, and KoboldCpp falls back to it too. The marks are those of the models' own cards.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from homespun.core.prompt import Message
from homespun.providers.base import ChatMessage, TemplateName


@dataclass(frozen=True, slots=True)
class Template:
    """What stands before and after each message. `system` None: it opens the first user's one.

    `opening` comes before the answer that the model is to write, `stops` are texts that it never
    writes itself: where it does, its answer is over. `families` tells models' names.
    """

    system: tuple[str, str] | None
    user: tuple[str, str]
    assistant: tuple[str, str]
    opening: str
    stops: tuple[str, ...]
    families: str = ""


TEMPLATES: Final[dict[TemplateName, Template]] = {
    "chatml": Template(
        system=("<|im_start|>system\n", "<|im_end|>\n"),
        user=("<|im_start|>user\n", "<|im_end|>\n"),
        assistant=("<|im_start|>assistant\n", "<|im_end|>\n"),
        opening="<|im_start|>assistant\n",
        stops=("<|im_end|>", "<|im_start|>"),
        families=r"qwen|qwq|hermes|\byi-|dolphin|smollm|internlm",
    ),
    "llama3": Template(
        system=("<|start_header_id|>system<|end_header_id|>\n\n", "<|eot_id|>"),
        user=("<|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|>"),
        assistant=("<|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>"),
        opening="<|start_header_id|>assistant<|end_header_id|>\n\n",
        stops=("<|eot_id|>", "<|start_header_id|>"),
        families=r"llama-?3",
    ),
    "mistral": Template(
        system=None,
        user=("[INST] ", " [/INST]"),
        assistant=(" ", "</s>"),
        opening="",
        stops=("</s>", "[INST]"),
        families=r"mi[sx]tral|codestral|devstral|llama-?2|codellama",
    ),
    "gemma": Template(
        system=None,
        user=("<start_of_turn>user\n", "<end_of_turn>\n"),
        assistant=("<start_of_turn>model\n", "<end_of_turn>\n"),
        opening="<start_of_turn>model\n",
        stops=("<end_of_turn>", "<start_of_turn>"),
        families=r"gemma",
    ),
    "phi3": Template(
        system=("<|system|>\n", "<|end|>\n"),
        user=("<|user|>\n", "<|end|>\n"),
        assistant=("<|assistant|>\n", "<|end|>\n"),
        opening="<|assistant|>\n",
        stops=("<|end|>", "<|user|>"),
        families=r"phi-?3",
    ),
    "vicuna": Template(
        system=("", "\n\n"),
        user=("USER: ", "\n"),
        assistant=("ASSISTANT: ", "</s>\n"),
        opening="ASSISTANT:",
        stops=("</s>", "\nUSER:"),
        families=r"vicuna|wizardlm",
    ),
    "alpaca": Template(
        system=("", "\n\n"),
        user=("### Instruction:\n", "\n\n"),
        assistant=("### Response:\n", "\n\n"),
        opening="### Response:\n",
        stops=("### Instruction:",),
    ),
    # Newer versions of KoboldCpp put the marks of their own model in the places of these.
    "server": Template(
        system=("{{[SYSTEM]}}", "{{[SYSTEM_END]}}"),
        user=("{{[INPUT]}}", "{{[INPUT_END]}}"),
        assistant=("{{[OUTPUT]}}", "{{[OUTPUT_END]}}"),
        opening="{{[OUTPUT]}}",
        stops=("{{[INPUT]}}", "{{[OUTPUT]}}"),
    ),
}

_DEFAULT: Final[TemplateName] = "alpaca"


def template_for(model: str) -> TemplateName:
    """The template of the family that a model's name tells, else Alpaca's."""
    for name, template in TEMPLATES.items():
        if template.families and re.search(template.families, model, re.IGNORECASE):
            return name
    return _DEFAULT


def render(template: Template, messages: Sequence[Message | ChatMessage]) -> str:
    """The chat as one text, up to where the model's answer begins. Pictures are left out."""
    marks = {"system": template.system, "user": template.user, "assistant": template.assistant}
    parts: list[str] = []
    opened = ""
    for message in messages:
        around = marks.get(message.role, template.user)
        if around is None:
            opened += message.content + "\n\n"
            continue
        before, after = around
        parts.append(f"{before}{opened}{message.content}{after}")
        opened = ""
    if opened:
        parts.append(opened.join(template.user))
    return "".join(parts) + template.opening
