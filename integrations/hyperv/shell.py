"""One kept WinRM shell on one node: pywinrm with deadlines, one error type, and nothing left behind.

pywinrm waits for output for ever, loses its shell on errors, raises three unrelated families of
exceptions, and after a broken connection every later sealed call gets HTTP 400 (the payload is sealed
with the dead connection's context): here each of these ends in `Unreachable` or `Refused`, and the
next call starts with a fresh connection.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal
from typing import Protocol as TypingProtocol

import requests
from winrm.exceptions import (
    InvalidCredentialsError,
    WinRMError,
    WinRMOperationTimeoutError,
    WinRMTransportError,
    WSManFaultError,
)
from winrm.protocol import Protocol

from bot.ports import Refused, Unreachable
from integrations import tls

Transport = Literal["ntlm", "basic", "certificate", "kerberos"]
CODEPAGE_UTF8 = 65001
RENEW_AFTER = 400
"""Commands per shell. Windows never gives back a finished command's operation (MS-WSMV, footnote 118):
a user has 1,500, and other shells count too."""

SHELL_GONE = 2150858843
QUOTA_SHELLS = 2150859173
QUOTA_OPERATIONS = 2150859174
ACCESS_DENIED = 5


@dataclass(frozen=True)
class Endpoint:
    """Where and how to reach a node's WinRM service; secrets stay out of its repr by being callables."""

    node: str
    url: str
    transport: Transport
    user: str
    password: Callable[[], str]
    ca_file: str | None = None
    client_cert_file: str | None = None
    client_key_file: str | None = None


class ShellLedger(TypingProtocol):
    """Remembers which shells are open, so that a later process can delete those of a dead one."""

    def opened(self, node: str, shell_id: str) -> None:
        """Note an open shell."""

    def closed(self, node: str, shell_id: str) -> None:
        """Forget a shell."""


@dataclass(frozen=True)
class Output:
    """What a command printed, as raw bytes, and its exit code."""

    stdout: bytes
    stderr: bytes
    exit_code: int


class NodeShell:
    """A cmd shell that is opened when first needed; used by one thread at a time."""

    def __init__(self, endpoint: Endpoint, ledger: ShellLedger, *, operation_timeout_s: int = 20) -> None:
        self._endpoint = endpoint
        self._ledger = ledger
        self._operation_timeout_s = operation_timeout_s
        self._protocol: Protocol | None = None
        self._shell_id: str | None = None
        self._stale: str | None = None  # left behind by a cut; deleted on the next connection
        self._commands = 0

    def run(self, command_line: str, *, timeout_s: float, repeatable: bool = True) -> Output:
        """Run a command line and return its output.

        A repeatable command is tried once more on a fresh connection after a cut, HTTP 400 or a shell
        that is gone. Raises Unreachable after `timeout_s` seconds or a second cut, Refused on a no.
        """
        deadline = time.monotonic() + timeout_s
        try:
            return self._run_once(command_line, deadline)
        except Unreachable:
            if not repeatable or time.monotonic() >= deadline:
                raise
            return self._run_once(command_line, deadline)

    def close(self) -> None:
        """Delete the shell on the node; an unreachable node deletes it itself after its idle time."""
        protocol, shell_id = self._protocol, self._shell_id
        if protocol is not None and shell_id is not None:
            with suppress(Unreachable, Refused):  # the ledger keeps it: the next start tries again
                self.delete(shell_id)
                self._shell_id = None
        self._reset()

    def delete(self, shell_id: str) -> None:
        """Delete a shell on the node, also one that an earlier process left. Raises Unreachable or Refused."""
        with self._one_error():
            try:
                self._connected().close_shell(shell_id, close_session=False)
            except WSManFaultError as err:
                if err.wsman_fault_code != SHELL_GONE:
                    raise
        self._ledger.closed(self._endpoint.node, shell_id)

    def _run_once(self, command_line: str, deadline: float) -> Output:
        with self._one_error():
            protocol, shell_id = self._opened()
            self._commands += 1
            command_id = protocol.run_command(shell_id, command_line)
            output = self._receive(protocol, shell_id, command_id, deadline)
            protocol.cleanup_command(shell_id, command_id)
            return output

    def _receive(self, protocol: Protocol, shell_id: str, command_id: str, deadline: float) -> Output:
        out, err = bytearray(), bytearray()
        while True:
            try:
                stdout, stderr, code, done = protocol.get_command_output_raw(shell_id, command_id)
            except WinRMOperationTimeoutError:
                done, code = False, -1  # nothing was printed for a while: normal
            else:
                out += stdout
                err += stderr
            if done:
                return Output(bytes(out), bytes(err), code)
            if time.monotonic() >= deadline:
                self.close()  # deleting the shell ends the command, so that the next one can run
                raise Unreachable(self._endpoint.node, "a command did not end in time")

    def _connected(self) -> Protocol:
        if self._protocol is None:
            self._protocol = _protocol(self._endpoint, self._operation_timeout_s)
        return self._protocol

    def _opened(self) -> tuple[Protocol, str]:
        if self._commands >= RENEW_AFTER:
            self.close()
        protocol = self._connected()
        if self._stale is not None:
            stale, self._stale = self._stale, None
            self.delete(stale)
        if self._shell_id is None:
            self._shell_id = protocol.open_shell(codepage=CODEPAGE_UTF8, noprofile=True)
            self._ledger.opened(self._endpoint.node, self._shell_id)
            self._commands = 0
        return protocol, self._shell_id

    def _reset(self) -> None:
        if self._protocol is not None:
            self._protocol.transport.close_session()
        self._protocol = None
        self._stale = self._shell_id or self._stale
        self._shell_id = None
        self._commands = 0

    @contextmanager
    def _one_error(self) -> Iterator[None]:
        node = self._endpoint.node
        try:
            yield
        except InvalidCredentialsError as err:
            self._reset()
            raise Refused(
                node,
                f"the log-on of {self._endpoint.user} was not accepted",
                code="login-refused",
                next_step="Check the account: password, lock-out, and membership in Remote Management Users.",
            ) from err
        except requests.exceptions.SSLError as err:
            self._reset()
            if not tls.distrusts(err):
                raise Unreachable(node, tls.reason(err)) from err
            raise Refused(
                node,
                "its certificate is not signed by the configured CA or is for another name",
                code="certificate-refused",
                next_step="Put the CA that signed the node's WinRM certificate into the node's `ca_file`.",
            ) from err
        except requests.RequestException as err:
            self._reset()
            raise Unreachable(node, _plain(err)) from err
        except WSManFaultError as err:
            self._reset()
            raise self._fault(err) from err
        except (WinRMTransportError, WinRMOperationTimeoutError, StopIteration) as err:
            self._reset()
            raise Unreachable(node, f"WinRM broke off: {err}") from err
        except WinRMError as err:
            self._reset()
            raise Refused(node, str(err), code="winrm-refused") from err

    def _fault(self, err: WSManFaultError) -> Exception:
        node = self._endpoint.node
        code = err.wsman_fault_code or err.wmierror_code
        if code == ACCESS_DENIED:
            return Refused(
                node,
                f"WinRM does not let {self._endpoint.user} open a shell",
                code="winrm-access-denied",
                next_step="Add the account to Remote Management Users and give it Read and Execute in `winrm configSDDL default`.",
            )
        if code in (QUOTA_SHELLS, QUOTA_OPERATIONS):
            return Unreachable(node, "WinRM's quota of shells or commands for this account is used up")
        if code == SHELL_GONE:
            return Unreachable(node, "the shell was closed on the node")
        return Unreachable(node, f"WinRM fault {code}: {err.reason}")


def _protocol(endpoint: Endpoint, operation_timeout_s: int) -> Protocol:
    sealed = endpoint.url.lower().startswith("http:")
    options: dict[str, Any] = {}
    if endpoint.transport == "certificate":
        options = {"cert_pem": endpoint.client_cert_file, "cert_key_pem": endpoint.client_key_file}
    protocol = Protocol(
        endpoint=endpoint.url,
        transport=endpoint.transport,
        username=endpoint.user,
        password=endpoint.password(),
        # None means the system's CAs; the annotation forgot it (the docstring has it).
        ca_trust_path=endpoint.ca_file,  # type: ignore[arg-type]
        server_cert_validation="validate",
        message_encryption="always" if sealed else "auto",
        operation_timeout_sec=operation_timeout_s,
        read_timeout_sec=operation_timeout_s + 10,
        proxy=None,
        **options,
    )
    # requests reads the whole environment for proxies at every call; we have said that there is none.
    protocol.transport.build_session().trust_env = False
    return protocol


def _plain(err: requests.RequestException) -> str:
    if isinstance(err, requests.exceptions.Timeout):
        return "no answer in time"
    if isinstance(err, requests.exceptions.ConnectionError):
        text = str(err)
        if "refused" in text:
            return "the connection was refused"
        if "resolve" in text or "Name or service" in text:
            return "its name is not known"
        return "the connection was cut"
    return type(err).__name__
