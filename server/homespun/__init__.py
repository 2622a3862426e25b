"""Homespun: edits from the user's own model, in any editor."""

__version__ = "0.1.0"
