"""What the tests in editors share."""

from editors.built import built_homespun, built_wheel, plugin
from editors.vscode_fixtures import artifacts, code, folder, model, program, settings, smoke, vsix

__all__ = [
    "artifacts",
    "built_homespun",
    "built_wheel",
    "code",
    "folder",
    "model",
    "plugin",
    "program",
    "settings",
    "smoke",
    "vsix",
]
