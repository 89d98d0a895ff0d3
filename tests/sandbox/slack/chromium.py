"""A headless Chromium, driven over its DevTools protocol."""

from __future__ import annotations

import base64
import itertools
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0"),
)


class Tab:
    """One page; every wait ends after `patience_s` with an AssertionError."""

    def __init__(self, socket: ClientConnection, patience_s: float = 20.0) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._patience_s = patience_s
        self.requested: list[str] = []
        self.faults: list[str] = []
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            frame = json.loads(self._socket.recv(self._patience_s))
            if frame.get("id") == number:
                assert "error" not in frame, frame
                result: dict[str, Any] = frame["result"]
                return result
            self._note(frame)

    def open(self, url: str, *, width: int = 1280, height: int = 800, dark: bool = False) -> None:
        """Open an address in a window of this size."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 500,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])
        self.send("Page.navigate", url=url)

    def run(self, expression: str) -> Any:
        """Evaluate JavaScript and return its value."""
        answer = self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait(self, expression: str) -> Any:
        """Wait until a JavaScript expression is true; the page itself looks, on every change of it."""
        return self.run(
            f"""new Promise((resolve, reject) => {{
                const look = () => {{ const value = (() => {{ try {{ return {expression} }} catch {{ return false }} }})();
                    if (value) {{ watch.disconnect(); resolve(true); }} }};
                const watch = new MutationObserver(look);
                watch.observe(document, {{subtree: true, childList: true, characterData: true, attributes: true}});
                setTimeout(() => reject(new Error('never true: ' + {json.dumps(expression)}
                    + ' in ' + document.body.innerText)), {int(self._patience_s * 900)});
                look();
            }})"""
        )

    def see(self, text: str) -> None:
        """Wait until the page shows this text."""
        self.wait(f"document.body.innerText.includes({json.dumps(text)})")

    def click(self, selector: str) -> None:
        """Click the first element that matches."""
        self.wait(f"document.querySelector({json.dumps(selector)})")
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def type(self, selector: str, text: str) -> None:
        """Type text into a field and press Enter."""
        self.wait(f"document.querySelector({json.dumps(selector)})")
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        self.send("Input.insertText", text=text)
        enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
        self.send("Input.dispatchKeyEvent", type="keyDown", **enter)
        self.send("Input.dispatchKeyEvent", type="keyUp", **enter)

    def picture(self, path: Path) -> None:
        """Write a PNG of the window."""
        path.write_bytes(base64.b64decode(self.send("Page.captureScreenshot")["data"]))

    def _note(self, frame: dict[str, Any]) -> None:
        if frame.get("method") == "Network.requestWillBeSent":
            self.requested.append(frame["params"]["request"]["url"])
        if frame.get("method") == "Runtime.exceptionThrown":
            self.faults.append(str(frame["params"]["exceptionDetails"]))
        if frame.get("method") == "Log.entryAdded" and frame["params"]["entry"]["level"] == "error":
            self.faults.append(frame["params"]["entry"]["text"])


def found() -> str | None:
    """Return the path of Chromium, if it is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def chromium() -> Iterator[Tab]:
    """Run Chromium with a fresh profile and give one tab of it."""
    program = found()
    assert program is not None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"], stderr=subprocess.PIPE, text=True
        )
        try:
            with connect(_page_address(process), max_size=None) as socket:
                yield Tab(socket)
        finally:
            process.kill()
            process.communicate()


def _page_address(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    until = time.monotonic() + 60
    for line in process.stderr:
        if "DevTools listening on " in line:
            browser = line.split("DevTools listening on ")[1].strip()
            break
        assert time.monotonic() < until, "Chromium does not come up"
    with connect(browser) as socket:
        socket.send(json.dumps({"id": 1, "method": "Target.getTargets"}))
        targets = json.loads(socket.recv(20))["result"]["targetInfos"]
    page = next(target["targetId"] for target in targets if target["type"] == "page")
    return f"{browser.split('/devtools/')[0]}/devtools/page/{page}"
