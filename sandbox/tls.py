"""The sandbox's certificate authorities: one that clients are told to trust, one that they are not."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LIFETIME = timedelta(days=397)


@dataclass(frozen=True)
class KeyPair:
    """A PEM certificate and its PEM key, as files."""

    certfile: Path
    keyfile: Path


@dataclass(frozen=True)
class Certificates:
    """What `write_certificates` left in its folder."""

    ca_file: Path
    server: KeyPair
    other_ca_file: Path
    other_server: KeyPair


class Authority:
    """A certificate authority with a key of its own (EC P-256), alive in memory only."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        usage = _key_usage(signs_certificates=True)
        builder = _builder(self._name, self._name, self._key.public_key())
        self.certificate = (
            builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def pem(self) -> bytes:
        """Return the authority's own certificate."""
        return self.certificate.public_bytes(Encoding.PEM)

    def issue(self, names: Iterable[str]) -> tuple[bytes, bytes]:
        """Return (certificate, key) in PEM for a server with these DNS names or IP addresses."""
        wanted = list(names)
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, wanted[0])])
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        certificate = (
            _builder(subject, self._name, key.public_key())
            .add_extension(x509.SubjectAlternativeName([_general_name(n) for n in wanted]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            # Python 3.13 verifies with VERIFY_X509_STRICT, which asks for this extension.
            .add_extension(issuer_key, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return (
            certificate.public_bytes(Encoding.PEM),
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        )


def write_certificates(folder: Path, names: Iterable[str] = ()) -> Certificates:
    """Write both authorities and a server certificate by each for loopback plus `names` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = ["localhost", "127.0.0.1", "::1", *names]
    ca_file, server = _write(folder, "", Authority("Sandbox CA"), wanted)
    other_ca_file, other_server = _write(folder, "other-", Authority("Sandbox other CA"), wanted)
    return Certificates(ca_file, server, other_ca_file, other_server)


def _write(folder: Path, prefix: str, authority: Authority, names: list[str]) -> tuple[Path, KeyPair]:
    ca_file = folder / f"{prefix}ca.pem"
    pair = KeyPair(folder / f"{prefix}server.pem", folder / f"{prefix}server.key")
    certificate, key = authority.issue(names)
    ca_file.write_bytes(authority.pem())
    pair.certfile.write_bytes(certificate)
    pair.keyfile.touch(mode=0o600)
    pair.keyfile.write_bytes(key)
    return ca_file, pair


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        # A day back, so that a client whose clock is late still accepts it.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
