"""A Slack that only knows auth.test, apps.connections.open and one Socket Mode line, on 127.0.0.1."""

import http.server
import json
import queue
import threading

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve


class FakeLine:
    """`down` answers everything with 503; `send` delivers an envelope and returns the ack's payload."""

    def __init__(self):
        self.down = False
        self.calls = []
        self.acks = queue.Queue()
        self.sockets = queue.Queue()
        self._ws = serve(self._line, "127.0.0.1", 0)
        line = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                line.calls.append(self.path.removeprefix("/api/"))
                body = json.dumps(line.answer(self.path)).encode()
                self.send_response(503 if line.down else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("x-oauth-scopes", "commands,chat:write")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.api_url = f"http://127.0.0.1:{self._http.server_port}/api/"
        self._threads = [
            threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}),
            threading.Thread(target=self._ws.serve_forever),
        ]
        for thread in self._threads:
            thread.start()

    def answer(self, path):
        if self.down:
            return {"ok": False, "error": "service_unavailable"}
        if path.endswith("auth.test"):
            return {"ok": True, "team_id": "T0", "team": "Sand", "user_id": "UBOT", "bot_id": "B0"}
        port = self._ws.socket.getsockname()[1]
        return {"ok": True, "url": f"ws://127.0.0.1:{port}/link/?ticket={len(self.calls)}"}

    def _line(self, socket):
        self.sockets.put(socket)
        try:
            for said in socket:
                self.acks.put(json.loads(said))
        except ConnectionClosed:
            pass

    def send(self, socket, payload, envelope="e1"):
        socket.send(json.dumps({"type": "slash_commands", "envelope_id": envelope, "payload": payload}))
        return self.acks.get(timeout=5)

    def close(self):
        self._http.shutdown()
        self._http.server_close()
        self._ws.shutdown()
        for thread in self._threads:
            thread.join()
