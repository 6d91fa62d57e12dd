"""A program that follows a wiredesk and keeps what it is told, each change once.

    consumer.py SOCKET FILE sse            server-sent events, from the last change in FILE
    consumer.py SOCKET FILE named NAME     a named consumer: the daemon keeps its position

FILE gets a line `SEQ ID` for each change. It is the truth of this program: what it was told twice,
because it fell over between writing a line and saying so, it recognises by the position.
"""

import http.client
import json
import os
import socket
import sys
import time

RETRY_SECONDS = 0.05


class Unix(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=40)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Kept:
    """The file of changes, and the last of them."""

    def __init__(self, path):
        self.file = open(path, "a+b")
        self.file.seek(0)
        text = self.file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self.file.truncate(len(whole))
        lines = whole.splitlines()
        self.last = int(lines[-1].split()[0]) if lines else 0

    def add(self, changes):
        fresh = [change for change in changes if change["seq"] > self.last]
        if fresh:
            text = "".join(f"{change['seq']} {change['id']}\n" for change in fresh)
            self.file.write(text.encode())
            self.file.flush()
            os.fsync(self.file.fileno())
            self.last = fresh[-1]["seq"]


def follow_events(path, kept):
    connection = Unix(path)
    headers = {"Last-Event-ID": str(kept.last)}
    connection.request("GET", "/v1/changes/stream", headers=headers)
    answer = connection.getresponse()
    if answer.status != 200:
        sys.exit(f"{answer.status}: {answer.read()!r}")
    for line in answer:
        if line.startswith(b"data: "):
            kept.add([json.loads(line[6:])])


def ask(connection, method, path, body=None):
    connection.request(method, path, body=body and json.dumps(body))
    answer = connection.getresponse()
    text = answer.read()
    if answer.status not in (200, 404):
        sys.exit(f"{method} {path}: {answer.status}: {text!r}")
    return answer.status, json.loads(text)


def follow_named(path, kept, name):
    connection = Unix(path)
    mine = f"/v1/consumers/{name}"
    if ask(connection, "GET", mine)[0] == 404:
        ask(connection, "PUT", mine, {"seq": 0})
    while True:
        _, page = ask(connection, "GET", f"/v1/changes?consumer={name}&wait=5&limit=50")
        kept.add(page["results"])
        ask(connection, "PUT", mine, {"seq": page["last_seq"]})


def main():
    path, file, way, *name = sys.argv[1:]
    kept = Kept(file)
    while True:
        try:
            if way == "sse":
                follow_events(path, kept)
            else:
                follow_named(path, kept, name[0])
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            pass  # The daemon is gone; it will be back.
        time.sleep(RETRY_SECONDS)


main()
