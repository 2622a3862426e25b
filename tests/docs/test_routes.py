"""What the page on routes tells people to write really works."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from homespun.config.schema import Settings
from homespun.engine.models import choose
from model_servers.asking import USUAL, answered, provider_at, question
from model_servers.litellm_proxy import MASTER_KEY, proxy_by
from model_servers.llama_server import Options, llama_server

PAGE = (Path(__file__).parents[2] / "docs/routes.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", blocks("toml"))
def test_the_settings_are_understood(text: str):
    settings = Settings.model_validate(tomllib.loads(text))
    model = settings.model or f"{next(iter(settings.providers))}/m"
    endpoint = choose(settings, {"TEAM_KEY": "sk"}, model)
    members = endpoint.route.members if endpoint.route else (endpoint,)
    assert {member.name for member in members} >= set(settings.providers)


@pytest.mark.peer
async def test_litellms_proxy_goes_on_where_one_server_dies(tmp_path: Path):
    (settings,) = blocks("yaml")
    one, two = Options(grammar='root ::= "one"'), Options(grammar='root ::= "two"')
    with llama_server(tmp_path, one) as first, llama_server(tmp_path, two) as second:
        settings = settings.replace("http://gpu1.lan:8000", first.address)
        settings = settings.replace("http://gpu2.lan:8000", second.address)
        with proxy_by(settings, tmp_path) as proxy:
            endpoint = replace(USUAL, kind="litellm", model="team", api_key=MASTER_KEY)
            async with provider_at(proxy.address, endpoint) as provider:
                said = (await answered(provider, question())).text
                {"one": first, "two": second}[said].process.kill()
                later = [(await answered(provider, question())).text for _ in range(8)]
    assert later == ["two" if said == "one" else "one"] * 8
