"""The scripted endpoint itself, seen through a plain HTTP client."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping

import httpx
import pytest

from homespun.errors import BadSetting
from homespun.providers.scripted import Route, Script, ScriptedEndpoint, Turn


def question(text: str = "hello", **more: object) -> Mapping[str, object]:
    return {"model": "scripted", "messages": [{"role": "user", "content": text}], **more}


async def ask(endpoint: ScriptedEndpoint, text: str = "hello", **more: object) -> httpx.Response:
    async with httpx.AsyncClient(timeout=5) as client:
        return await client.post(
            f"{endpoint.base_url}/chat/completions", json=question(text, **more)
        )


def streamed(response: httpx.Response) -> str:
    lines = [line.removeprefix("data: ") for line in response.text.splitlines() if line]
    assert lines[-1] == "[DONE]"
    choices = [choice for line in lines[:-1] for choice in json.loads(line)["choices"]]
    return "".join(choice["delta"].get("content") or "" for choice in choices)


async def test_streams_the_reply_and_says_who_it_is():
    async with ScriptedEndpoint(Script.of("def add(a, b):\n    return a + b — ü")) as endpoint:
        response = await ask(endpoint, stream=True)
        assert streamed(response) == "def add(a, b):\n    return a + b — ü"
        assert '"model": "scripted"' in response.text
        assert '"usage"' in response.text


async def test_answers_whole_where_no_stream_is_asked_for():
    async with ScriptedEndpoint(Script.of("yes")) as endpoint:
        body = (await ask(endpoint)).json()
    assert body["choices"][0] == {
        "index": 0,
        "message": {"role": "assistant", "content": "yes"},
        "finish_reason": "stop",
    }


async def test_turns_serve_in_order_by_match_and_the_last_one_again():
    script = Script(
        turns=(
            Turn(reply="one", match="count"),
            Turn(status=503, body={"error": {"message": "Loading model"}}, times=2),
            Turn(reply="ready"),
        )
    )
    async with ScriptedEndpoint(script) as endpoint:
        counted = (await ask(endpoint, "please count")).json()
        statuses = [(await ask(endpoint)).status_code for _ in range(4)]
    assert counted["choices"][0]["message"]["content"] == "one"
    assert statuses == [503, 503, 200, 200]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"temperature": 0.1}, "temperature"),
        ({"stream": True}, "stream"),
        ({"response_format": {"type": "json_object"}}, "response_format.json_object"),
    ],
)
async def test_refuses_what_the_script_says(body: Mapping[str, object], name: str):
    async with ScriptedEndpoint(Script(turns=(Turn(reply="ok"),), refuses=(name,))) as endpoint:
        refused = await ask(endpoint, **body)
        taken = await ask(endpoint, response_format={"type": "json_schema"}, stream=False)
    assert (refused.status_code, taken.status_code) == (400, 200)
    assert name in refused.json()["error"]["message"]


async def test_wants_its_key_and_plays_routes():
    script = Script(key="k", routes={"GET /props": Route(body={"n_ctx": 7})})
    async with ScriptedEndpoint(script) as endpoint, httpx.AsyncClient() as client:
        models = f"{endpoint.base_url}/models"
        assert (await client.get(models)).status_code == 401
        answer = await client.get(models, headers={"Authorization": "Bearer k"})
        assert answer.json()["data"][0]["id"] == "scripted"
        assert (await client.get(f"{endpoint.address}/props")).json() == {"n_ctx": 7}


async def test_notices_a_client_that_goes_away():
    script = Script(turns=(Turn(reply="word " * 500),), tokens_per_second=50)
    async with ScriptedEndpoint(script) as endpoint, httpx.AsyncClient() as client:
        url = f"{endpoint.base_url}/chat/completions"
        async with client.stream("POST", url, json=question(stream=True)) as response:
            await anext(response.aiter_lines())
        await asyncio.wait_for(endpoint.stream_closed.wait(), 5)
        assert endpoint.closed_streams == endpoint.chats


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{", "not JSON"),
        ("[]", "JSON object"),
        ('{"turn": []}', "turn"),
        ('{"turns": [{"replay": "x"}]}', "replay"),
        ('{"turns": [{"fault": "explode"}]}', "explode"),
    ],
)
def test_a_wrong_script_is_told(text: str, part: str):
    with pytest.raises(BadSetting, match=part):
        Script.parse(text)


def test_runs_as_a_process_of_its_own(tmp_path):
    file = tmp_path / "script.json"
    file.write_text(json.dumps({"turns": [{"reply": "from a file"}]}))
    command = [sys.executable, "-m", "homespun.providers.scripted", "--until-stdin-closes"]
    with subprocess.Popen(
        [*command, "--script", str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin and process.stdout
        told = json.loads(process.stdout.readline())
        response = httpx.post(f"{told['address']}/chat/completions", json=question(), timeout=5)
        process.stdin.close()
        assert process.wait(5) == 0
    assert told["model"] == "scripted"
    assert response.json()["choices"][0]["message"]["content"] == "from a file"
