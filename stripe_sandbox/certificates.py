"""A certificate of our own for the STARTTLS of tests, made by the openssl program."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stripe_sandbox.http_server import LOOPBACK

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Files of a certificate that is its own authority: senders trust `certificate` itself."""

    certificate: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        """Return what the server needs."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self.key)
        return context


def make_certificate(folder: Path) -> Certificate:
    """Make a certificate for loopback, valid for a day of real time."""
    openssl = shutil.which("openssl")
    if openssl is None:
        raise FileNotFoundError("STARTTLS in the sandbox needs the openssl program")
    folder.mkdir(parents=True, exist_ok=True)
    made = Certificate(certificate=folder / "certificate.pem", key=folder / "key.pem")
    subprocess.run(  # noqa: S603 - a program found on the path, arguments of ours
        [
            openssl,
            *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"),
            *("-subj", "/CN=localhost", "-addext", f"subjectAltName=IP:{LOOPBACK},DNS:localhost"),
            *("-keyout", str(made.key), "-out", str(made.certificate)),
        ],
        check=True,
        capture_output=True,
        timeout=_SECONDS,
    )
    made.key.chmod(0o600)
    return made
