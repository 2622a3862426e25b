"""Which model serves, as a table of settings and environments."""

from collections.abc import Mapping
from typing import Any

import pytest

from homespun.config.schema import Settings
from homespun.engine.models import choose
from homespun.errors import BadSetting, ConsentNeeded, HomespunError, NoModel
from homespun.providers.base import Endpoint

AYE = {
    "AYE_LLM_API_URL": "http://10.0.0.5:9000/api/v1/chat/completions",
    "AYE_LLM_API_KEY": "aye-key",
    "AYE_LLM_MODEL": "aye-model",
}
DATA = {
    "OPENAI_COMPATIBLE_DATA": """[{"provider": "LocalVLLM", "models": [
        {"apiName": "deepseek-r1", "uiName": "R1", "supportsTools": false},
        {"apiName": "org/second", "uiName": "2"}], "apiKey": "",
        "baseUrl": "http://localhost:8000/v1"}]"""
}
CLOUD = {"cloud": {"model": "openai/gpt-4o-mini"}}
WORKSTATION = {
    "providers": {
        "workstation": {
            "type": "vllm",
            "endpoint": "gpu.lan:8000/v1/",
            "api_key": "env:WORK_KEY",
            "models": ("qwen",),
            "parameters": {"timeout": 30.0, "headers": {"X-Team": "tools"}, "max_retries": 3},
        }
    }
}


def chosen(settings: Mapping[str, Any], environ: Mapping[str, str], **more: Any) -> Endpoint:
    return choose(Settings.model_validate(settings), environ, **more)


@pytest.mark.parametrize(
    ("settings", "environ", "name", "model", "base_url"),
    [
        ({"model": "ollama/a:7b"}, {}, "ollama", "a:7b", "http://127.0.0.1:11434"),
        (
            {"model": "ollama/a"},
            {"OLLAMA_BASE_URL": "http://127.0.0.1:1/api/"},
            "ollama",
            "a",
            "http://127.0.0.1:1",
        ),
        (
            {"model": "ollama/a"},
            {"OLLAMA_BASE_URL": "http://127.0.0.1:1/v1"},
            "ollama",
            "a",
            "http://127.0.0.1:1",
        ),
        (
            {"model": "ollama/a"},
            {"OLLAMA_BASE_URL": "", "LOCAL_LLM_BASE_URL": "127.0.0.1:2"},
            "ollama",
            "a",
            "http://127.0.0.1:2",
        ),
        ({"model": "lm_studio/a/b"}, {}, "lm_studio", "a/b", "http://127.0.0.1:1234"),
        ({"model": "lmstudio/a"}, {}, "lmstudio", "a", "http://127.0.0.1:1234"),
        (
            {"model": "LM-Studio/a"},
            {"LMSTUDIO_BASE_URL": "http://[::1]:5"},
            "LM-Studio",
            "a",
            "http://[::1]:5",
        ),
        (
            {"model": "koboldai/gpt-j"},
            {"KOBOLDAI_BASE_URL": "http://127.0.0.1:1/api/v1"},
            "koboldai",
            "gpt-j",
            "http://127.0.0.1:1",
        ),
        ({"model": "openai/gpt"}, {}, "openai", "gpt", "https://api.openai.com"),
        ({"model": "anthropic/c"}, {}, "anthropic", "c", "https://api.anthropic.com"),
        ({"model": "openrouter/a/b"}, {}, "openrouter", "a/b", "https://openrouter.ai/api"),
        (
            {"model": "openai/gpt"},
            {"LOCAL_LLM_BASE_URL": "http://127.0.0.1:2"},
            "openai",
            "gpt",
            "https://api.openai.com",
        ),
        (
            {"model": "openai/gpt"},
            {"OPENAI_BASE_URL": "http://127.0.0.1:3/v1"},
            "openai",
            "gpt",
            "http://127.0.0.1:3",
        ),
        ({}, AYE, "aye", "aye-model", "http://10.0.0.5:9000/api"),
        ({}, DATA, "LocalVLLM", "deepseek-r1", "http://localhost:8000"),
        ({}, AYE | DATA, "aye", "aye-model", "http://10.0.0.5:9000/api"),
        (
            {"model": "LocalVLLM/org/second"},
            DATA,
            "LocalVLLM",
            "org/second",
            "http://localhost:8000",
        ),
        (CLOUD, {}, "openai", "gpt-4o-mini", "https://api.openai.com"),
        (CLOUD | {"model": "vllm/m"}, {}, "vllm", "m", "http://127.0.0.1:8000"),
        (CLOUD, AYE, "aye", "aye-model", "http://10.0.0.5:9000/api"),
        (
            WORKSTATION | {"model": "workstation"},
            {"WORK_KEY": "w", "VLLM_BASE_URL": "http://127.0.0.1:4"},
            "workstation",
            "qwen",
            "http://gpu.lan:8000",
        ),
        (
            WORKSTATION | {"model": "workstation/other"},
            {"WORK_KEY": "w", "WORKSTATION_BASE_URL": "http://127.0.0.1:4"},
            "workstation",
            "other",
            "http://127.0.0.1:4",
        ),
    ],
)
def test_who_serves(
    settings: Mapping[str, Any], environ: Mapping[str, str], name: str, model: str, base_url: str
):
    endpoint = chosen(settings, environ)
    assert (endpoint.name, endpoint.model, endpoint.base_url) == (name, model, base_url)


@pytest.mark.parametrize(
    ("settings", "environ", "key"),
    [
        ({"model": "ollama/a"}, {}, "ollama"),
        ({"model": "vllm/a"}, {}, ""),
        ({"model": "vllm/a"}, {"VLLM_API_KEY": "v", "LOCAL_LLM_API_KEY": "l"}, "v"),
        ({"model": "vllm/a"}, {"VLLM_API_KEY": "", "LOCAL_LLM_API_KEY": "l\n"}, "l"),
        ({"model": "openai/a"}, {"LOCAL_LLM_API_KEY": "l"}, ""),
        ({"model": "openai/a"}, {"OPENAI_API_KEY": "o"}, "o"),
        ({"model": "vllm/a"}, {"OPENAI_API_KEY": "o"}, ""),
        ({}, AYE | {"OPENAI_API_KEY": "o", "LOCAL_LLM_API_KEY": "l"}, "aye-key"),
        (WORKSTATION | {"model": "workstation"}, {"WORK_KEY": "w"}, "w"),
        (
            {"model": "mine/a", "providers": {"mine": {"endpoint": "https://gpu.example.com"}}},
            {"LOCAL_LLM_API_KEY": "l"},
            "",
        ),
    ],
)
def test_which_key_is_sent(settings: Mapping[str, Any], environ: Mapping[str, str], key: str):
    endpoint = chosen(settings, environ)
    assert endpoint.api_key == key
    assert "api_key" not in repr(endpoint)


def test_the_choice_of_the_session_comes_first_and_the_user_file_after_other_tools():
    settings = {"model": "ollama/a"} | CLOUD
    assert chosen(settings, AYE, choice="vllm/b").name == "vllm"
    assert chosen(settings, AYE).name == "ollama"
    assert chosen(settings, AYE, origin="user file").name == "aye"
    assert chosen(settings, {}, origin="user file").name == "ollama"


@pytest.mark.parametrize(
    ("settings", "environ", "local", "needs_consent"),
    [
        ({"model": "ollama/a"}, {}, True, False),
        ({"model": "openai/a"}, {}, False, False),
        ({"model": "openai/a"}, {"OPENAI_BASE_URL": "http://192.168.1.2"}, True, False),
        ({"model": "vllm/a"}, {"VLLM_BASE_URL": "https://gpu.example.com"}, False, False),
        (CLOUD, {}, False, True),
        (CLOUD, {"OPENAI_BASE_URL": "http://127.0.0.1:1"}, False, True),
        ({"cloud": {"model": "openai/a", "consent": "allow"}}, {}, False, False),
        ({"cloud": {"model": "ollama/a"}}, {}, False, True),
    ],
)
def test_what_is_local_and_what_needs_a_yes(
    settings: Mapping[str, Any], environ: Mapping[str, str], local: bool, needs_consent: bool
):
    endpoint = chosen(settings, environ)
    assert (endpoint.local, endpoint.needs_consent) == (local, needs_consent)


def test_parameters_reach_the_endpoint():
    endpoint = chosen(
        WORKSTATION | {"model": "workstation", "context": {"window": 5}}, {"WORK_KEY": "w"}
    )
    assert endpoint == Endpoint(
        kind="vllm",
        name="workstation",
        base_url="http://gpu.lan:8000",
        model="qwen",
        api_key="w",
        headers={"X-Team": "tools"},
        first_byte_timeout=30,
        idle_timeout=30,
        max_retries=3,
        window=5,
    )


@pytest.mark.parametrize(
    ("endpoint", "base_url", "chat_path"),
    [
        ("127.0.0.1:8000", "http://127.0.0.1:8000", "/v1/chat/completions"),
        ("http://h/v1///", "http://h", "/v1/chat/completions"),
        ("https://h/openai/v1", "https://h/openai", "/v1/chat/completions"),
        ("https://h/api/v3", "https://h/api", "/v3/chat/completions"),
        (
            "https://h/d/chat/completions?api-version=2",
            "https://h/d",
            "/chat/completions?api-version=2",
        ),
    ],
)
def test_addresses_in_any_form(endpoint: str, base_url: str, chat_path: str):
    settings = {"model": "mine/m", "providers": {"mine": {"endpoint": endpoint}}}
    found = chosen(settings, {})
    assert (found.base_url, found.chat_path) == (base_url, chat_path)


@pytest.mark.parametrize(
    ("settings", "environ", "error", "words"),
    [
        ({}, {}, NoModel, "No model"),
        ({"model": "ollama/"}, {}, BadSetting, "names no model"),
        ({"model": "ollama"}, {}, BadSetting, "names no model"),
        ({"model": "nobody/m"}, {}, BadSetting, "'nobody'"),
        ({"model": "scripted/m"}, {}, BadSetting, "no address"),
        (WORKSTATION | {"model": "workstation"}, {}, BadSetting, "WORK_KEY"),
        (
            {"model": "vllm/m", "providers": {"vllm": {"enabled": False}}},
            {},
            BadSetting,
            "switched off",
        ),
        (
            {"model": "x/m", "providers": {"x": {"type": "nonsense"}}},
            {},
            BadSetting,
            "nonsense",
        ),
        ({"model": "vllm/m"}, {"VLLM_BASE_URL": "ftp://h"}, BadSetting, "not a URL"),
        ({"model": "vllm/m"}, {"VLLM_BASE_URL": "http://u:pw@h"}, BadSetting, "password"),
        ({"model": "vllm/m"}, {"VLLM_API_KEY": "s\u00fc\u00df"}, BadSetting, "characters"),
        (
            {"model": "vllm/m", "providers": {"vllm": {"api_key": "keyring:x"}}},
            {},
            BadSetting,
            "keyring",
        ),
        ({}, {"AYE_LLM_API_URL": "http://h/v1"}, BadSetting, "AYE_LLM_API_URL"),
        ({}, {"OPENAI_COMPATIBLE_DATA": "{nonsense"}, BadSetting, "OPENAI_COMPATIBLE_DATA"),
        ({}, {"OPENAI_COMPATIBLE_DATA": '[{"provider": 3}]'}, BadSetting, "cannot be used"),
        (
            {"cloud": {"model": "openai/a", "consent": "never"}},
            {},
            ConsentNeeded,
            "switched off",
        ),
    ],
)
def test_what_cannot_serve_says_why(
    settings: Mapping[str, Any], environ: Mapping[str, str], error: type[HomespunError], words: str
):
    with pytest.raises(error) as caught:
        chosen(settings, environ)
    assert type(caught.value) is error
    assert words in caught.value.message
    assert caught.value.hint
    assert "pw" not in str(caught.value)


ROUTED = {
    "providers": {
        "workstation": {"type": "vllm", "endpoint": "http://gpu.lan:8000", "models": ("qwen",)},
        "far": {"type": "vllm", "endpoint": "https://gpu.example.com", "models": ("qwen",)},
    },
    "routes": {
        "fast": {"endpoints": ("workstation", "ollama/a:7b"), "strategy": "round_robin"},
        "mixed": {
            "endpoints": ("workstation", "far/other"),
            "needs": {"window": 16000, "tools": True},
        },
    },
}


def test_a_route_is_a_name_for_its_endpoints():
    endpoint = chosen(ROUTED | {"model": "fast"}, {})
    assert endpoint.route is not None
    members = [(one.name, one.model, one.base_url) for one in endpoint.route.members]
    assert members == [
        ("workstation", "qwen", "http://gpu.lan:8000"),
        ("ollama", "a:7b", "http://127.0.0.1:11434"),
    ]
    assert endpoint.route.strategy == "round_robin"
    assert (endpoint.name, endpoint.model) == ("fast", "workstation/qwen, ollama/a:7b")
    assert (endpoint.local, endpoint.needs_consent) == (True, False)


def test_a_route_is_local_where_all_of_it_is():
    endpoint = chosen(ROUTED, {}, choice="mixed")
    assert endpoint.route is not None
    assert [one.local for one in endpoint.route.members] == [True, False]
    assert (endpoint.local, endpoint.needs_consent) == (False, False)
    assert (endpoint.route.needs_window, endpoint.route.needs_tools) == (16000, True)


def test_a_route_that_the_cloud_names_is_cloud_as_a_whole():
    endpoint = chosen(ROUTED | {"cloud": {"model": "fast"}}, {})
    assert endpoint.route is not None
    assert [one.local for one in endpoint.route.members] == [False, False]
    assert endpoint.needs_consent


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"routes": {"r": {"endpoints": ("nobody/m",)}}, "model": "r"}, "'nobody'"),
        ({"routes": {"r": {"endpoints": ("r",)}}, "model": "r"}, "no provider called 'r'"),
        ({"routes": {"r": {"endpoints": ("ollama",)}}, "model": "r"}, "names no model"),
        (
            {"routes": {"vllm": {"endpoints": ("ollama/a",)}}, "model": "vllm"}
            | {"providers": {"vllm": {}}},
            "both a route and a provider",
        ),
    ],
)
def test_a_route_that_cannot_be_used_says_why(settings: Mapping[str, Any], words: str):
    with pytest.raises(BadSetting, match=words):
        chosen(settings, {})


def test_what_the_user_says_of_an_endpoint_reaches_it():
    own = {
        "supports_tools": True,
        "supports_vision": False,
        "parameters": {"rate_limit": 60, "keep_alive": "30m"},
    }
    endpoint = chosen({"model": "ollama/a", "providers": {"ollama": own}}, {})
    assert endpoint.declared == {"tools": True, "vision": False}
    assert (endpoint.rate_limit, endpoint.keep_alive) == (60, "30m")


@pytest.mark.parametrize(
    ("address", "more", "exposed"),
    [
        ("http://gpu.lan:8000", {"api_key": "sk"}, True),
        ("http://gpu.lan:8000", {"parameters": {"headers": {"X-Api-Key": "sk"}}}, True),
        ("http://gpu.lan:8000", {"parameters": {"headers": {"X-Team": "t"}}}, False),
        ("http://gpu.lan:8000", {}, False),
        ("https://gpu.lan:8000", {"api_key": "sk"}, False),
        ("http://127.0.0.1:8000", {"api_key": "sk"}, False),
        ("http://localhost:8000", {"api_key": "sk"}, False),
        ("http://[::1]:8000", {"api_key": "sk"}, False),
    ],
)
def test_a_key_in_the_open_is_noticed(address: str, more: dict[str, Any], exposed: bool):
    settings = {"providers": {"mine": {"type": "vllm", "endpoint": address, **more}}}
    assert chosen(settings | {"model": "mine/m"}, {}).exposes_key is exposed
    route = {"routes": {"r": {"endpoints": ("mine/m",)}}, "model": "r"}
    assert chosen(settings | route, {}).exposes_key is exposed


def test_what_other_tools_say_of_tools_counts():
    assert chosen({}, DATA).declared == {"tools": False}
    assert chosen({"model": "LocalVLLM/org/second"}, DATA).declared == {}
    assert chosen({}, AYE).declared == {}


def test_placeholders_are_no_keys():
    settings = {"model": "ollama/a", "providers": {"ollama": {"endpoint": "http://gpu.lan"}}}
    assert not chosen(settings, {}).exposes_key


def test_other_secrets_come_from_the_store_that_is_given():
    settings = {"model": "vllm/m", "providers": {"vllm": {"api_key": "keyring:team"}}}
    assert chosen(settings, {}, secret=lambda name: f"<{name}>").api_key == "<keyring:team>"


def test_what_the_user_says_of_a_provider_counts_for_it_alone():
    own = {"window": 7, "json_modes": ["json_object"], "supports_tools": True}
    settings = {"providers": {"mine": {"type": "vllm", "models": ["m"], **own}}}
    settings |= {"context": {"window": 5}}
    mine = chosen(settings | {"model": "mine"}, {})
    other = chosen(settings | {"model": "vllm/m"}, {})
    assert (mine.window, mine.formats, mine.declared) == (7, ("json_object",), {"tools": True})
    assert (other.window, other.formats, other.declared) == (5, None, {})
