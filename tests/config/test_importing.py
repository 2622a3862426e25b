"""Other tools' descriptions: read whole, or refused with each line and its reason."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.config.importing import Imported, Known, read
from homespun.config.profiles import Profile
from homespun.errors import BadSetting
from model_servers.depth import examples

KINDS = {"vllm": "vllm", "lmstudio": "lm_studio", "ollama": "ollama", "openai": "openai"}
KNOWN = Known(
    lambda name: KINDS.get(name.lower().replace("_", "")),
    {"VLLM": "vllm", "LMSTUDIO": "lm_studio", "OPENAI": "openai", "LOCAL_LLM": "openai_compatible"},
)
HELIX = """\
version: "1"           # of the tool's own
providers:
  workstation:
    type: vllm
    endpoint: http://10.0.0.2:8000
    api_key: sk-plain-1
    models: [qwen, llama]
    enabled: true
    parameters:
      timeout: 30.5
      max_retries: 3
      streaming_support: false
      headers: {X-Team: tools}
      model_endpoint: /v1/models
      chat_endpoint: /v1/chat/completions
  lmstudio:
    api_key: ${LM_KEY}
    enabled: false
    parameters: {timeout: 2m}
"""
WORKSTATION = Profile(
    "workstation",
    "vllm",
    "http://10.0.0.2:8000",
    models=("qwen", "llama"),
    parameters={
        "timeout": 30.5,
        "max_retries": 3,
        "headers": {"X-Team": "tools"},
        "model_endpoint": "/v1/models",
        "chat_endpoint": "/v1/chat/completions",
        "streaming": False,
    },
)


def imported(name: str, text: str) -> Imported:
    return read(name, text.encode(), KNOWN)


def test_helixcodes_yaml() -> None:
    found = imported("helix.yaml", HELIX)
    off = Profile("lmstudio", "lm_studio", api_key="env:LM_KEY", enabled=False,
                  parameters={"timeout": 120.0})  # fmt: skip
    assert found.profiles == (WORKSTATION, off)
    assert found.keys == {"workstation": "sk-plain-1"}
    assert found.notes == ("line 1: 'version' was left alone",)
    assert "sk-plain-1" not in repr(found)


def test_below_llm_and_as_json() -> None:
    text = '{"llm": {"default": "a", "providers": {"a": {"type": "vllm", "api_key": null}}}}'
    found = imported("helix.json", text)
    assert found.profiles == (Profile("a", "vllm"),)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("a: [\n", ["line 2: not valid YAML"]),
        ("a: b: c\n", ["line 1: not valid YAML"]),
        ('{"providers": {"a": \n {"type": vllm,,}}}', ["line 2: not valid YAML"]),
        ("providers:\n  a:\n    typ: vllm\n", ["line 3: a has an unknown key 'typ'"]),
        ("providers:\n  a: {type: nonsense}\n", ["line 2: there is no kind of server called"]),
        ("providers:\n  a: {type: vllm}\n  a: {type: vllm}\n", ["line 3: providers has 'a' twice"]),
        ("providers: [a]\n", ["line 1: providers is to be a table"]),
        ("providers:\n  a/b: {type: vllm}\n", ["line 2: 'a/b' cannot be the name"]),
        (
            "providers:\n  a:\n    type: vllm\n    parameters:\n      timeout: soon\n"
            "      max_retries: -1\n      headers:\n        Authorization: Bearer sk-9\n",
            ["line 5: a.parameters.timeout", "line 6: a.parameters.max_retries",
             "line 8: a.parameters.headers holds a key (Authorization)"],
        ),
        ("providers:\n  a: {type: vllm, models: {}, enabled: maybe}\n",
         ["a.models is to be a list", "a.enabled is to be true or false"]),
        ("x: &x {llm: *x}\nllm: *x\n", ["it names no model server"]),
        ("&a [*a]\n", ["the file is to be a table"]),
        ("providers: {a: !!python/object/apply:os.system [id]}\n", ["a is to be a table"]),
        ("<<: {providers: {}}\n", ["it names no model server"]),
        ("", ["it names no model server"]),
        ("[" * 5000, ["not valid YAML"]),
        ("a: \x00", ["not valid YAML"]),
    ],
)  # fmt: skip
def test_a_broken_description_is_refused_line_by_line(text: str, problems: list[str]) -> None:
    with pytest.raises(BadSetting) as caught:
        imported("helix.yaml", text)
    for problem in problems:
        assert problem in caught.value.message
    assert "sk-9" not in caught.value.message and caught.value.hint


DOTENV = """\
# mine
export HOMESPUN_MODEL=vllm/qwen
VLLM_BASE_URL="http://10.0.0.2:8000/v1"   # the big one
VLLM_API_KEY='sk-plain-2'
LMSTUDIO_API_KEY=$LM_KEY
DATABASE_URL=postgres://user:pw@host/db
OPENAI_BASE_URL=
"""


def test_an_env_file() -> None:
    found = imported(".env", DOTENV)
    assert found.profiles == (
        Profile("vllm", "vllm", "http://10.0.0.2:8000/v1"),
        Profile("lm_studio", "lm_studio", api_key="env:LM_KEY"),
    )
    assert found.keys == {"vllm": "sk-plain-2"}
    assert found.model == "vllm/qwen"
    assert found.notes == ("left alone: DATABASE_URL",)


@pytest.mark.parametrize(
    ("text", "profiles", "model"),
    [
        ("LOCAL_LLM_BASE_URL=http://h:1\n",
         (Profile("local", "openai_compatible", "http://h:1"),), ""),
        ("LOCAL_LLM_BASE_URL=http://h:1\nHOMESPUN_MODEL=vllm/q\n",
         (Profile("vllm", "vllm", "http://h:1"),), "vllm/q"),
        ("LOCAL_LLM_BASE_URL=http://h:1\nHOMESPUN_MODEL=vllm/q\nVLLM_BASE_URL=http://h:2\n",
         (Profile("vllm", "vllm", "http://h:2"), Profile("local", "openai_compatible", "http://h:1")),
         "vllm/q"),
        ("HOMESPUN_MODEL=ollama/a\n", (), "ollama/a"),
        ("AYE_LLM_API_URL=http://h/v1/chat/completions\nAYE_LLM_MODEL=m\n",
         (Profile("aye", "openai_compatible", "http://h/v1/chat/completions", models=("m",)),),
         "aye/m"),
        ('OPENAI_COMPATIBLE_DATA=\'[{"provider": "LocalVLLM", "models": [{"apiName": "r1", '
         '"uiName": "R1", "supportsTools": false}], "apiKey": "", "baseUrl": "http://h:3/v1"}]\'',
         (Profile("LocalVLLM", "openai_compatible", "http://h:3/v1", models=("r1",),
                  supports_tools=False),), ""),
    ],
)  # fmt: skip
def test_the_variables_of_other_tools(text: str, profiles: tuple[Profile, ...], model: str) -> None:
    found = imported("local.env", text)
    assert (found.profiles, found.model) == (profiles, model)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("A=1\nnot a line\n", "line 2: not of the form NAME=value"),
        ('VLLM_BASE_URL="http://h\n', "line 1: a quote that is not closed"),
        ("AYE_LLM_API_URL=http://h\n", "line 1: AYE_LLM_API_URL names no model"),
        ("LOCAL_LLM_API_KEY=sk-8\n", "line 1: LOCAL_LLM_API_KEY is a key without"),
        ("\nOPENAI_COMPATIBLE_DATA=[{]\n", "line 2: OPENAI_COMPATIBLE_DATA is not valid JSON"),
        ('OPENAI_COMPATIBLE_DATA={"a": 1}\n', "line 1: OPENAI_COMPATIBLE_DATA is to be an array"),
        ("OTHER=1\n", "it names no model server"),
    ],
)
def test_a_broken_env_file_is_refused_line_by_line(text: str, problem: str) -> None:
    with pytest.raises(BadSetting) as caught:
        imported(".env", text)
    assert problem in caught.value.message and "sk-8" not in caught.value.message


def test_what_is_no_text() -> None:
    with pytest.raises(BadSetting, match="line 2: not UTF-8"):
        read("a.yaml", b"a: 1\nb: \xff", KNOWN)


@settings(max_examples=examples(100))
@given(st.text(max_size=60), st.sampled_from([".env", "a.yaml"]))
def test_nothing_in_a_file_is_a_crash(text: str, name: str) -> None:
    try:
        imported(name, text + "\nproviders: {a: {type: vllm}}")
    except BadSetting as error:
        assert error.message.startswith("Nothing was imported")
