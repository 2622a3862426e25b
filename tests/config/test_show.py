"""What `homespun config` shows: every value with its layer, and no key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from homespun.config.layers import Layer, merge
from homespun.config.live import LiveSettings
from homespun.config.places import Places
from homespun.config.schema import Section, Settings
from homespun.config.show import json_schema, shown

SECRET = "do-not-show-this"


@pytest.mark.parametrize(
    ("box", "key", "visible"),
    [
        ({"api_key": SECRET}, "providers.box.api_key", "(hidden)"),
        ({"api_key": "env:BOX_KEY"}, "providers.box.api_key", "env:BOX_KEY"),
        ({"api_key": f"env:X {SECRET}"}, "providers.box.api_key", "(hidden)"),
        (
            {"endpoint": f"http://me:{SECRET}@box/v1"},
            "providers.box.endpoint",
            "http://(hidden)@box/v1",
        ),
        (
            {"endpoint": f"http://box/v1?key={SECRET}"},
            "providers.box.endpoint",
            "http://box/v1?(hidden)",
        ),
        (
            {"parameters": {"headers": {"Authorization": SECRET}}},
            "providers.box.parameters.headers.Authorization",
            "(hidden)",
        ),
    ],
)
def test_keys_are_hidden(box: dict[str, Any], key: str, visible: str) -> None:
    loaded = merge([Layer("user file", {"providers": {"box": box}})])
    lines = {line.key: line for line in shown(loaded)}
    assert (lines[key].value, lines[key].layer) == (visible, "user file")
    assert SECRET not in repr(lines) + repr(loaded)


def test_every_value_is_shown_with_its_layer() -> None:
    lines = {line.key: line for line in shown(merge([Layer("flag", {"review": "always"})]))}
    assert (lines["review"].value, lines["review"].layer) == ("always", "flag")
    assert (lines["generation.temperature"].value, lines["context.window"].layer) == (
        0.2,
        "default",
    )


def test_every_setting_has_a_description_in_the_schema() -> None:
    schema: Any = json_schema()
    sections = {"Settings": schema, **schema["$defs"]}
    assert set(sections) == {kind.__name__ for kind in (Settings, *Section.__subclasses__())}
    for name, section in sections.items():
        for key, field in section["properties"].items():
            # A field that says the same as its section's own text is a mere reference to it.
            described = field if "$ref" not in field else sections[field["$ref"].split("/")[-1]]
            assert described["description"].endswith("."), f"{name}.{key}"


def test_a_timeout_sets_both_waits_unless_they_are_set_themselves() -> None:
    table = {"timeout": 30.0, "idle_timeout": 5.0}
    loaded = merge([Layer("flag", {"providers": {"box": {"parameters": table}}})])
    parameters = loaded.settings.providers["box"].parameters
    assert (parameters.until_first_byte, parameters.between_bytes) == (30.0, 5.0)
    default = Settings.model_validate({"providers": {"box": {}}}).providers["box"].parameters
    assert (default.until_first_byte, default.between_bytes) == (600.0, 120.0)


def test_settings_reload_when_a_file_changes(tmp_path: Path) -> None:
    places = Places(
        tmp_path / "config.toml", tmp_path / "state", tmp_path / "log", tmp_path / "cache"
    )
    live = LiveSettings(places, lambda: [str(tmp_path)], {}, {"edit_format": "whole"})
    assert live.settings().model == ""
    places.user_file.write_text('model = "a/b"\nrules = ["RULES.md", "../up.md"]')
    assert (live.settings().model, live.settings().rules) == ("a/b", ("RULES.md", "../up.md"))
    assert live.settings().edit_format == "whole"
    live.configure({"model": "c/d", "nonsense": 1})
    assert (live.settings().model, live.origins()["model"]) == ("c/d", "editor")
    assert live.problems() == ("editor settings: nonsense: is not a setting",)
