"""The few REST 1.x calls of the provider: log in with user and password, list, snap, destroy, log out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import requests

TIMEOUT_S = (5.0, 30.0)
_HIGHEST = (1, 19)


class ArrayRefused(Exception):
    """The array could not be reached or answered with an error; the text says which."""


@dataclass(frozen=True)
class Volume:
    """A volume of an array, by name and serial (24 upper-case hex digits)."""

    name: str
    serial: str


class ArrayRest:
    """One logged-in conversation with an array, used as a context manager."""

    def __init__(self, url: str, user: str, password: str, *, ca_file: str | None) -> None:
        self._base = url.rstrip("/") + "/api/"
        self._credentials = {"username": user, "password": password}
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.verify = ca_file or True
        self._version = ""

    def __enter__(self) -> Self:
        try:
            self._choose_version()
            self._log_in()
        except ArrayRefused:
            self._http.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._call("DELETE", "auth/session")
        except ArrayRefused:
            return  # the session dies by itself; what was asked for has been answered
        finally:
            self._http.close()

    def check(self) -> tuple[bool, bool, bool]:
        """Return (compatible, online, authenticated) and close the conversation."""
        try:
            try:
                self._request("GET", "api_version", {})
            except ArrayRefused:
                return False, False, False
            try:
                self._choose_version()
            except ArrayRefused:
                return False, True, False
            try:
                self._log_in()
            except ArrayRefused:
                return True, True, False
            return True, True, True
        finally:
            self._http.close()

    def volumes(self) -> list[Volume]:
        """Return all volumes."""
        rows = self._call("GET", "volume")
        return [Volume(row["name"], str(row["serial"]).upper()) for row in rows]

    def groups_of(self, names: list[str]) -> dict[str, str]:
        """Return the protection group of each volume that is a direct member of one (the first by name)."""
        groups: dict[str, str] = {}
        for row in sorted(self._call("GET", "pgroup"), key=lambda row: str(row["name"])):
            for member in row.get("volumes") or []:
                if member in names:
                    groups.setdefault(member, row["name"])
        return groups

    def snap_volumes(self, names: list[str], suffix: str) -> list[str]:
        """Snap volumes in one call and return the names of the array snapshots."""
        rows = self._call("POST", "volume", {"snap": True, "source": names, "suffix": suffix})
        return [row["name"] for row in rows]

    def snap_groups(self, names: list[str], suffix: str) -> list[str]:
        """Snap protection groups in one call and return the names of the group snapshots."""
        rows = self._call("POST", "pgroup", {"snap": True, "source": names, "suffix": suffix})
        return [row["name"] for row in rows]

    def destroy_volume(self, name: str) -> None:
        """Destroy a volume snapshot; it stays recoverable for a while."""
        self._call("DELETE", f"volume/{name}")

    def destroy_group(self, name: str) -> None:
        """Destroy a group snapshot; it stays recoverable for a while."""
        self._call("DELETE", f"pgroup/{name}")

    def _choose_version(self) -> None:
        offered = self._request("GET", "api_version", {}).get("version", [])
        pairs = [tuple(int(part) for part in str(text).split(".")) for text in offered]
        usable = [pair for pair in pairs if (1, 1) <= pair <= _HIGHEST]
        if not usable:
            raise ArrayRefused("the array serves no REST 1.x version")
        self._version = ".".join(str(part) for part in max(usable))

    def _log_in(self) -> None:
        token = self._call("POST", "auth/apitoken", self._credentials)
        self._call("POST", "auth/session", {"api_token": token["api_token"]})

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return self._request(method, f"{self._version}/{path}", body or {})

    def _request(self, method: str, path: str, body: dict[str, Any]) -> Any:
        try:
            reply = self._http.request(method, self._base + path, json=body, timeout=TIMEOUT_S)
        except requests.RequestException as err:
            raise ArrayRefused(f"{type(err).__name__} at {self._base}") from err
        if reply.status_code >= 400:
            raise ArrayRefused(f"HTTP {reply.status_code} {reply.text[:200].strip()}")
        try:
            return reply.json() if reply.content else {}
        except ValueError as err:
            raise ArrayRefused("the answer is not JSON") from err
