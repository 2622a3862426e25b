"""The wire contract against those who serve it."""

from homespun.lsp.methods import METHODS, Wire
from homespun.lsp.server import Server
from lsp.editor import beside, capabilities


async def test_every_method_is_served_as_request_and_as_command(server: Server) -> None:
    served = {name for name in server.connection.fm.features if name.startswith("homespun/")}
    assert served == set(METHODS)
    assert set(server.connection.commands) == {method.command for method in METHODS.values()}


def test_every_field_and_method_is_named_as_json_has_it_and_described() -> None:
    for method in METHODS.values():
        assert method.doc.endswith(".") and issubclass(method.result, Wire)
        schema = method.params.model_json_schema(by_alias=True)
        assert schema["additionalProperties"] is False
        assert all("_" not in name for name in schema["properties"])


async def test_results_are_camel_case_and_whole(server: Server) -> None:
    async with beside(server, capabilities("neovim_0.11.4")) as editor:
        history = await editor.request("homespun/history", None)
        assert history == {
            "entries": [
                {
                    "changeId": "c1", "at": 0.0, "title": "Edit", "status": "applied",
                    "summary": "Done.", "files": ["a.py"], "model": "tiny", "local": True,
                }
            ],
            "diff": "",
        }  # fmt: skip
        health = await editor.request("homespun/health", {})
        assert [check["status"] for check in health["checks"]] == ["ok", "error"]
        reapplied = await editor.request("homespun/reapply", {"changeId": "c9"})
        assert (reapplied["changeId"], reapplied["status"]) == ("c9", "nothing")
