"""The page's table is the one that Homespun recommends by."""

from pathlib import Path

from homespun.engine.machine import FIRST_MODELS

PAGE = Path(__file__).parents[2] / "docs" / "choosing-a-model.md"


def test_every_first_model_is_on_the_page_with_its_figures():
    page = PAGE.read_text()
    for model in FIRST_MODELS:
        download = f"{model.download:.1f}" if model.download < 20 else f"{model.download:.0f}"
        assert f"`{model.name}` | {download} GB | {model.memory} GB |" in page
