"""What the tests in editors share."""

from editors.built import built_homespun, built_wheel, plugin

__all__ = ["built_homespun", "built_wheel", "plugin"]
