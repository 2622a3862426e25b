"""What is sent beside parameters and results is as the wire contract has it."""

import pytest

from homespun.lsp.plan_methods import JobNote
from homespun.lsp.server import Server
from homespun.lsp.wire import Failure, Piece, Started
from lsp.editor import Failed, beside, capabilities

URI = "file:///tmp/a.py"
DOCUMENT = {"textDocument": {"uri": URI}}
EDIT = {"instruction": "upper"}
OURS = capabilities("neovim_0.11.4") | {"experimental": {"homespun": True}}


async def test_messages_that_are_made_by_hand(server: Server) -> None:
    async with beside(server, OURS) as editor:
        editor.open(URI, "x\n")
        job = Started.model_validate(await editor.command("homespun.edit", DOCUMENT | EDIT)).job
        notes = await editor.wait_for(lambda: editor.messages("homespun/job"))
        assert JobNote.model_validate(notes[0]).id == job
        await editor.request("homespun/explain", DOCUMENT | {"partialResultToken": "words"})
        pieces = [
            Piece.model_validate(told["value"])
            for told in editor.messages("$/progress")
            if told["token"] == "words"
        ]
        assert "".join(piece.text for piece in pieces).startswith("It adds")
        assert pieces[0].text == "It ", "the first words do not wait for more"
        with pytest.raises(Failed) as failed:
            await editor.request("homespun/edit", DOCUMENT | {"instruction": "fail"})
        assert Failure.model_validate(failed.value.data).hint == "Start the server."
