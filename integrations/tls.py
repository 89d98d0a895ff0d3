"""What a failed TLS connection failed at: a certificate that is not trusted, or anything else."""

from __future__ import annotations

import ssl
from collections.abc import Iterator


def distrusts(error: BaseException) -> bool:
    """Tell whether the certificate was refused; a connection that is cut in its handshake is an SSLError too."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error))


def reason(error: BaseException) -> str:
    """Return why TLS was not set up, in OpenSSL's word where it has one."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return "the connection was cut while TLS was being set up"
        if isinstance(cause, ssl.SSLError) and cause.reason:
            return f"TLS was not set up ({cause.reason.lower().replace('_', ' ')})"
    return "TLS was not set up"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it wraps: requests puts urllib3's into args, urllib3 its own into `reason` or args."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        one = waiting.pop(0)
        if one in seen:
            continue
        seen.append(one)
        yield one
        inner = (*one.args, getattr(one, "reason", None), one.__cause__, one.__context__)
        waiting += [part for part in inner if isinstance(part, BaseException)]
