"""Reads merchants' keys from files, however they were saved."""

import binascii
from base64 import b64decode
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)
from cryptography.x509 import load_pem_x509_certificate

from live.errors import StartupError


def private_key(path: Path, variable: str) -> str:
    """An RSA private key as PKCS#8 PEM; from PEM, or from base64 as Alipay's tool writes it.

    Raises: StartupError that names the variable, never what is in the file.
    """
    text = _read(path, variable)
    try:
        if _is_pem(text):
            key = load_pem_private_key(text, password=None)
        else:
            key = load_der_private_key(b64decode(text, validate=True), password=None)
    except (ValueError, TypeError, binascii.Error, UnsupportedAlgorithm):
        raise _no_key(path, variable, "RSA private key without a password") from None
    if not isinstance(key, RSAPrivateKey):
        raise _no_key(path, variable, "RSA private key without a password")
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_key(path: Path, variable: str) -> str:
    """An RSA public key as PEM; from PEM, base64 or a certificate. Raises: StartupError."""
    text = _read(path, variable)
    key: object
    try:
        if b"BEGIN CERTIFICATE" in text:
            key = load_pem_x509_certificate(text).public_key()
        elif _is_pem(text):
            key = load_pem_public_key(text)
        else:
            key = load_der_public_key(b64decode(text, validate=True))
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        raise _no_key(path, variable, "RSA public key or certificate") from None
    if not isinstance(key, RSAPublicKey):
        raise _no_key(path, variable, "RSA public key or certificate")
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _read(path: Path, variable: str) -> bytes:
    try:
        return path.read_bytes().strip()
    except OSError as error:
        raise StartupError(f"{variable}: cannot read {path}: {error.strerror}") from error


def _is_pem(text: bytes) -> bool:
    return b"-----BEGIN" in text


def _no_key(path: Path, variable: str, wanted: str) -> StartupError:
    return StartupError(f"{variable}: {path} holds no {wanted}")
