"""Certificates: which authorities are trusted, and what people can do where one is not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from homespun.errors import BadSetting

if TYPE_CHECKING:
    import ssl


@dataclass(frozen=True, slots=True)
class Fault:
    """Why no secure connection stands, to follow "it cannot be reached: ", and the next step."""

    reason: str
    hint: str


_NAME_CA = "Name the authority's PEM file as `ca_file` in the provider's parameters."
# The words are OpenSSL's; the first that is found counts.
_FAULTS = (
    ("mismatch", Fault("its certificate is for another name", "Use the name that it is for.")),
    ("certificate has expired", Fault("its certificate has expired", "It must be renewed there.")),
    (
        "not yet valid",
        Fault("its certificate is not valid yet", "Compare the clocks of both machines."),
    ),
    ("CERTIFICATE", Fault("its certificate is not trusted", _NAME_CA)),
    (
        "WRONG_VERSION_NUMBER",
        Fault("it does not speak https", "Write its address with http://, or correct the port."),
    ),
    (
        "record layer failure",
        Fault("it does not speak https", "Write its address with http://, or correct the port."),
    ),
    (
        "SSL",
        Fault("no secure connection could be agreed on", "Look at the server's TLS settings."),
    ),
)


def fault(error: Exception) -> Fault | None:
    """What is wrong with the server's TLS; None where it is something else."""
    words = str(error)
    return next((found for word, found in _FAULTS if word in words), None)


def certificates(ca_file: str) -> ssl.SSLContext:
    """The usual authorities, and those of `ca_file` as well. Raises `BadSetting`."""
    import httpx

    context = httpx.create_ssl_context()
    if ca_file:
        try:
            context.load_verify_locations(Path(ca_file).expanduser())
        except OSError as error:
            raise BadSetting(
                f"The certificates in {ca_file} cannot be read.", "`ca_file` wants a PEM file."
            ) from error
    return context
