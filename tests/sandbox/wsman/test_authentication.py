"""Who gets in, and how those who do not are told."""

from __future__ import annotations

import base64
import http.client
import os
import threading
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from winrm.exceptions import InvalidCredentialsError, WinRMTransportError
from winrm.protocol import Protocol

from sandbox.wsman import WsmanServer
from sandbox.wsman.sealing import SEALED_TYPE
from tests.sandbox.wsman.conftest import Connect, Start
from tests.sandbox.wsman.fake_computer import FakeComputer


def post(server: WsmanServer, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=5)
    connection.request("POST", "/wsman", body, {k.replace("_", "-"): v for k, v in headers.items()})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def drop_connection(client: Protocol) -> None:
    """Let the client's next message go over a new connection, as after a network failure."""
    assert client.transport.session is not None
    adapter = client.transport.session.get_adapter(client.transport.endpoint)
    assert isinstance(adapter, HTTPAdapter)
    adapter.poolmanager.clear()


@pytest.mark.parametrize("transport", ["basic", "ntlm"])
@pytest.mark.parametrize(
    ("user", "password"), [("backup", "wrong"), ("nobody", "Pa:ss word1"), ("backup", "ü")]
)
def test_wrong_credentials_are_refused(
    https: WsmanServer, connect: Connect, transport: str, user: str, password: str
) -> None:
    with pytest.raises(InvalidCredentialsError):
        connect(https, transport, username=user, password=password).open_shell()
    assert https.shells() == []


def test_wrong_credentials_are_refused_with_sealing_too(http: WsmanServer, connect: Connect) -> None:
    with pytest.raises(InvalidCredentialsError):
        connect(http, password="wrong").open_shell()


def test_basic_is_neither_offered_nor_taken_over_plain_http(http: WsmanServer, connect: Connect) -> None:
    with pytest.raises(InvalidCredentialsError):
        connect(http, "basic").open_shell()
    answer = post(http)
    assert answer.status == 401
    assert answer.headers.get_all("WWW-Authenticate") == ["Negotiate"]
    assert answer.headers["Content-Length"] == "0"


def test_basic_is_taken_over_plain_http_where_the_service_allows_it(start: Start, connect: Connect) -> None:
    server = start(allow_unencrypted=True)
    assert connect(server, "basic").open_shell()
    assert connect(server, "ntlm", message_encryption="never").open_shell()


def test_a_readable_message_after_ntlm_is_refused_over_plain_http(
    http: WsmanServer, connect: Connect
) -> None:
    with pytest.raises(WinRMTransportError) as caught:
        connect(http, message_encryption="never").open_shell()
    assert caught.value.code == 500


def test_a_sealed_message_on_another_connection_gets_400_until_the_session_is_closed(
    http: WsmanServer, connect: Connect
) -> None:
    client = connect(http)
    shell = client.open_shell()
    drop_connection(client)
    for _ in range(2):
        with pytest.raises(WinRMTransportError) as caught:
            client.run_command(shell, "ping")
        assert caught.value.code == 400
    client.transport.close_session()
    client.run_command(shell, "ping")


def test_an_unreadable_sealed_message_gets_400(http: WsmanServer) -> None:
    assert post(http, b"--Encrypted Boundary\r\n", Content_Type=SEALED_TYPE).status == 400


@pytest.mark.parametrize("token", ["", "!!!", base64.b64encode(b"NTLMSSP\x00\x03\x00\x00\x00").decode()])
@pytest.mark.parametrize("scheme", ["Negotiate", "Basic", "Kerberos"])
def test_a_token_that_makes_no_sense_is_refused(http: WsmanServer, scheme: str, token: str) -> None:
    assert post(http, Authorization=f"{scheme} {token}").status == 401


def test_only_the_chosen_schemes_are_taken(
    start: Start, connect: Connect, certificates: os.PathLike[str]
) -> None:
    files = {"certfile": f"{certificates}/server.pem", "keyfile": f"{certificates}/server.key"}
    only_ntlm, only_basic = start(auth=("ntlm",), **files), start(auth=("basic",), **files)
    with pytest.raises(InvalidCredentialsError):
        connect(only_ntlm, "basic").open_shell()
    with pytest.raises(InvalidCredentialsError):
        connect(only_basic, "ntlm").open_shell()
    assert connect(only_ntlm, "ntlm").open_shell()
    assert connect(only_basic, "basic").open_shell()


def test_a_client_that_does_not_trust_the_authority_gets_nowhere(
    https: WsmanServer, connect: Connect
) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        connect(https, ca_trust_path=None).open_shell()
    assert connect(https).open_shell()


def test_a_domain_account_is_asked_for_by_its_full_name(start: Start, connect: Connect) -> None:
    computer = FakeComputer(passwords={"contoso\\svc": "one", "svc": "two", "svc@contoso.test": "three"})
    server = start(computer)
    for user, password in (("CONTOSO\\svc", "one"), ("hv-01\\svc", "two"), ("svc@contoso.test", "three")):
        assert connect(server, username=user, password=password).open_shell()
    assert [shell.owner for shell in server.shells()] == ["CONTOSO\\svc", "svc", "svc@contoso.test"]


def test_many_clients_log_on_at_once_and_the_environment_is_left_as_it_was(
    start: Start, connect: Connect
) -> None:
    servers = [start(FakeComputer(f"HV-{n}", passwords={"backup": f"word {n}"})) for n in range(6)]
    before = dict(os.environ)
    opened: list[str] = []

    def log_on(server: WsmanServer, number: int) -> None:
        opened.append(connect(server, password=f"word {number}").open_shell())

    threads = [threading.Thread(target=log_on, args=(s, n)) for n, s in enumerate(servers) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 18
    assert dict(os.environ) == before
