"""The names under which things are logged."""

from __future__ import annotations

OWN = "homespun"
"""Above all of our loggers."""


def provider_log(provider: str) -> str:
    """The logger for requests to a provider: its level can be set for it alone."""
    # A dot would make it the child of another one.
    return f"{OWN}.provider.{provider.replace('.', '_')}"
