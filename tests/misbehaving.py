"""An endpoint that speaks the chat and the responses protocol over HTTP, well or badly."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Asked = dict[str, Any]
"""What a request asks: the article's piece as JSON."""


@dataclass
class Say:
    """An answer of the protocol; ``finish`` is why the model stopped."""

    text: str | None
    finish: str = "stop"


@dataclass
class Raw:
    """A response as it is given here; with ``cut``, the connection ends before the body does."""

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


@dataclass
class Hang:
    """No response until the endpoint is closed."""


@dataclass
class Drop:
    """The connection is closed without a response."""


Deed = Say | Raw | Hang | Drop


@dataclass
class Endpoint:
    """A running endpoint: its address, and what it was asked so far."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    most_at_once: int = 0
    at_once: int = 0
    closed: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)


def chat(said: Say) -> dict[str, Any]:
    message = {"role": "assistant", "content": said.text}
    choice = {"index": 0, "message": message, "finish_reason": said.finish}
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 0,
        "model": "m",
        "choices": [choice],
        "usage": usage,
    }


def response(said: Say) -> dict[str, Any]:
    part: dict[str, Any] = {"type": "output_text", "text": said.text, "annotations": []}
    message = {"type": "message", "id": "m", "role": "assistant", "status": "completed", "content": [part]}
    usage = {
        "input_tokens": 100,
        "output_tokens": 20,
        "total_tokens": 120,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens_details": {"reasoning_tokens": 0},
    }
    status = "incomplete" if said.finish == "length" else "completed"
    whole = {"id": "r", "object": "response", "created_at": 0, "model": "m", "status": status}
    tools = {"parallel_tool_calls": False, "tool_choice": "none", "tools": []}
    return {**whole, **tools, "output": [message], "usage": usage}


@contextmanager
def serve(respond: Callable[[int, Asked], Deed], slow: float = 0.0) -> Iterator[Endpoint]:
    """An endpoint that does what ``respond`` says to the nth request (from 0) with what it asks."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked = json.loads(body["input"] if "input" in body else body["messages"][1]["content"])
            with endpoint.lock:
                number = len(endpoint.asked)
                endpoint.asked.append(asked)
                endpoint.bodies.append(body)
                endpoint.headers.append({name.lower(): value for name, value in self.headers.items()})
                endpoint.at_once += 1
                endpoint.most_at_once = max(endpoint.most_at_once, endpoint.at_once)
            time.sleep(slow)
            try:
                self.act(respond(number, asked))
            finally:
                with endpoint.lock:
                    endpoint.at_once -= 1

        def act(self, deed: Deed) -> None:
            if isinstance(deed, Hang):
                endpoint.closed.wait(30)
            if isinstance(deed, Hang | Drop):
                self.close_connection = True
                return
            if isinstance(deed, Say):
                made = response(deed) if self.path.endswith("/responses") else chat(deed)
                deed = Raw(body=json.dumps(made), headers={"Content-Type": "application/json"})
            data = deed.body.encode()
            self.send_response(deed.status)
            for name, value in deed.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data) + (500 if deed.cut else 0)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint = Endpoint(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.closed.set()
        server.shutdown()
        server.server_close()
        thread.join()
