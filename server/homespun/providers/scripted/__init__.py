"""A model server that plays a script, over real HTTP: for tests, the demo and an offline check.

It is honest: its model is called `scripted`, and it listens on loopback only. As its own process:

    python -m homespun.providers.scripted --script FILE --port 0

prints one line, `{"address": "http://127.0.0.1:PORT/v1", "model": "scripted"}`, and serves until
it is ended (or, with `--until-stdin-closes`, until its parent is gone). In a test:

    async with ScriptedEndpoint(Script.of("hello")) as endpoint:
        ...  # endpoint.base_url, endpoint.requests, endpoint.closed_streams

`script.py` documents the script.
"""

from homespun.providers.scripted.endpoint import ScriptedEndpoint
from homespun.providers.scripted.http import Received
from homespun.providers.scripted.script import Route, Script, Turn

__all__ = ["Received", "Route", "Script", "ScriptedEndpoint", "Turn"]
