"""REST 1.x by the `purestorage` package: TLS verified, every call with a deadline, one error type.

As it comes, the package does not verify certificates, has no timeout, calls the array from its
constructor, and drops its cookie whenever a reply does not set one anew (it then logs in again).
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

import requests

from bot.ports import Refused, Unreachable
from integrations import tls

with warnings.catch_warnings():
    # From Python 3.12 on its LooseVersion comes from setuptools, which warns about it.
    warnings.simplefilter("ignore", DeprecationWarning)
    import purestorage

PAGE = 500
ALREADY_GONE = ("does not exist", "no such", "no matching")


@dataclass(frozen=True)
class ArrayEndpoint:
    """Where an array is, whom to trust for its certificate, and where its API token comes from."""

    name: str
    address: str
    ca_file: str | None
    token: Callable[[], str]
    connect_timeout_s: float = 5.0
    read_timeout_s: float = 20.0


class Rest1:
    """One array; calls are serialised, because the package's cookie jar is shared and unlocked."""

    def __init__(self, endpoint: ArrayEndpoint) -> None:
        self.endpoint = endpoint
        self._client: Any = None
        self._lock = Lock()

    def call(self, method: str, *args: Any, **options: Any) -> Any:
        """Call a method of purestorage.FlashArray. Raises Unreachable, Refused, or NotThere."""
        with self._lock, self._one_error():
            return getattr(self._connected(), method)(*args, **options)

    def pages(self, method: str, **options: Any) -> list[dict[str, Any]]:
        """Return all rows of a listing, page by page; the package's own paging never ends."""
        rows: list[dict[str, Any]] = []
        token: str | None = None
        while True:
            paging = {"limit": PAGE} | ({"token": token} if token else {})
            page = self.call(method, **options, **paging)
            rows += page
            token = getattr(page, "headers", {}).get("x-next-token")
            if not token or not page:
                return rows

    def date_header(self) -> str:
        """Return the HTTP Date header of the array's reply to its public version request."""
        url = f"https://{self.endpoint.address}/api/api_version"
        with self._one_error():
            reply = requests.get(url, verify=self._trust(), timeout=self._limits())
            return str(reply.headers.get("Date", ""))

    def rest_version(self) -> str:
        """Return the REST version that was agreed on."""
        with self._lock, self._one_error():
            return str(self._connected().get_rest_version())

    def _connected(self) -> Any:
        if self._client is None:
            self._client = purestorage.FlashArray(
                self.endpoint.address,
                api_token=self.endpoint.token(),
                verify_https=True,
                user_agent="vssbot",
                request_kwargs=self._request_options(),
            )
        return self._client

    def _request_options(self) -> dict[str, Any]:
        return {"verify": self._trust(), "timeout": self._limits()}

    def _trust(self) -> str | bool:
        return self.endpoint.ca_file or True

    def _limits(self) -> tuple[float, float]:
        return (self.endpoint.connect_timeout_s, self.endpoint.read_timeout_s)

    @contextmanager
    def _one_error(self) -> Iterator[None]:
        place = self.endpoint.name
        try:
            yield
        except purestorage.PureHTTPError as err:
            raise _http_error(place, err) from err
        except purestorage.PureError as err:
            self._client = None
            raise _network_error(place, err.reason) from err
        except requests.RequestException as err:
            raise _network_error(place, err) from err


class NotThere(LookupError):
    """The array answered that it has no such object."""


def _http_error(place: str, err: Any) -> Exception:
    text = _message(err)
    if err.code in (401, 403):
        return Refused(
            place,
            "the API token was not accepted",
            code="array-login-refused",
            next_step="Make a new API token for a read-only user on the array and give it to the bot.",
        )
    if err.code == 400 and any(words in text.lower() for words in ALREADY_GONE):
        return NotThere(text)
    if err.code == 400:
        return Refused(place, text, code="array-refused")
    return Unreachable(place, f"HTTP {err.code}: {text}"[:200])


def _network_error(place: str, reason: object) -> Exception:
    if isinstance(reason, requests.exceptions.SSLError) and not tls.distrusts(reason):
        return Unreachable(place, tls.reason(reason))
    if isinstance(reason, requests.exceptions.SSLError):
        return Refused(
            place,
            "its certificate is not signed by the configured CA or is for another name",
            code="certificate-refused",
            next_step="Put the CA that signed the array's certificate into the array's `ca_file`.",
        )
    if isinstance(reason, requests.exceptions.Timeout):
        return Unreachable(place, "no answer in time")
    if isinstance(reason, requests.exceptions.ConnectionError):
        return Unreachable(place, "the connection was refused or cut")
    return Unreachable(place, str(reason)[:200])


def _message(err: Any) -> str:
    try:
        body = json.loads(err.text)
    except (TypeError, ValueError):
        return str(err.reason)
    rows = body if isinstance(body, list) else [body]
    return "; ".join(str(row.get("msg", row)) if isinstance(row, dict) else str(row) for row in rows)
