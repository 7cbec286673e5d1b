"""`everwire-gateway serve` in a process of its own, with Python functions behind the Lambda Invoke API."""

import json
import os
import re
import signal
import subprocess
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from websockets.sync.client import connect

PATIENCE = 20
"""Seconds; longer than anything here takes on a busy machine."""

INVOCATION = re.compile(r"/2015-03-31/functions/([^/]+)/invocations")

CONFIG = """
port = 0
[authorizer]
function = "authorizer"
identity = "route.request.querystring.token"
[routes]
"$connect" = "chat"
"$disconnect" = "chat"
"$default" = {{ function = "chat", two_way = true }}
[functions]
authorizer = "{endpoint}"
chat = "{endpoint}"
"""


class Gateway:
    """A gateway whose functions are `handler(event, context)`, as they would be in a Lambda."""

    def __init__(self, authorizer, chat):
        binary = os.environ.get("EVERWIRE_GATEWAY_BIN")
        if not binary:
            raise RuntimeError("set EVERWIRE_GATEWAY_BIN to the binary of `cargo build -p everwire-gateway`")
        self._lambda = invoke_api({"authorizer": authorizer, "chat": chat})
        config = tempfile.NamedTemporaryFile("w", suffix=".toml", delete=False)
        with config:
            config.write(CONFIG.format(endpoint=f"http://127.0.0.1:{self._lambda.server_port}"))
        self._config = Path(config.name)
        self._process = subprocess.Popen([binary, "serve", "--config", config.name], stdout=subprocess.PIPE)
        self.url = self._listening()

    def connect(self, token="secret"):
        return connect(f"{self.url}?token={token}", open_timeout=PATIENCE)

    def stop(self):
        """Interrupts it as Ctrl-C would; every $disconnect has run then. Gives the exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        code = self._process.wait(PATIENCE)
        self._process.stdout.close()
        self._lambda.shutdown()
        self._lambda.server_close()
        self._config.unlink(missing_ok=True)
        return code

    def _listening(self):
        for line in self._process.stdout:
            entry = json.loads(line)
            if entry["message"] == "listening":
                # Whatever else it says is read, so that it never waits for a reader.
                threading.Thread(target=self._process.stdout.read, daemon=True).start()
                return entry["url"]
        raise RuntimeError(f"the gateway ended at once ({self._process.wait()})")


def invoke_api(functions):
    """A server of the Invoke API on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            event = json.loads(self.rfile.read(int(self.headers["content-length"])))
            name = INVOCATION.fullmatch(self.path)[1]
            failed = False
            try:
                answer = functions[name](event, None)
            except Exception as error:
                failed = True
                answer = {"errorType": type(error).__name__, "errorMessage": str(error)}
            body = json.dumps(answer).encode()
            self.send_response(200)
            if failed:
                self.send_header("X-Amz-Function-Error", "Unhandled")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
