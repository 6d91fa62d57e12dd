"""What strangers can do to a daemon's TCP port: 10,000 connections that say nothing, half a request
or read nothing, bad tokens, foreign Host headers, requests beyond all bounds.

    strangers.py PROGRAM [CLIENTS]

Says how many polls the daemon made meanwhile, and fails where it stops polling, lets somebody in, or
does not answer an honest client in the end.
"""

import http.server
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time

FEED = b"<rss version='2.0'><channel><title>t</title><item><guid>1</guid><title>One</title></item></channel></rss>"


class Paper(http.server.BaseHTTPRequestHandler):
    polls = 0

    def do_GET(self):
        Paper.polls += self.path == "/feed.xml"
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.end_headers()
        self.wfile.write(FEED)

    def log_message(self, *_):
        pass


def ask(port, head, body=b"", patience=120):
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as line:
        try:
            line.sendall(head.encode("latin-1") + b"\r\n\r\n" + body)
            answer = line.recv(65536)
        except OSError:
            return 0  # Hung up on.
    return int(answer.split(b" ")[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def crowd(port, clients):
    lines = []
    for n in range(clients):
        line = socket.socket()
        line.setblocking(False)
        line.connect_ex(("127.0.0.1", port))
        lines.append(line)
    for n, line in enumerate(lines):
        try:
            if n % 3 == 1:
                line.send(b"GET /v1/articles HTTP/1.1\r\nHost: lo")
            elif n % 3 == 2:
                line.send(b"GET /v1/changes/stream?since=0 HTTP/1.1\r\nHost: evil.example\r\n\r\n")
        except OSError:
            pass
    return lines


def main():
    program = os.path.realpath(sys.argv[1])
    clients = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, clients + 1000), hard))
    paper = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Paper)
    threading.Thread(target=paper.serve_forever, daemon=True).start()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        config = f"""
[daemon]
state_dir = "{folder}/state"
[http]
listen = ["127.0.0.1:{port}", "unix:{folder}/api.sock"]
token_file = "{folder}/token"
[schedule]
mode = "fixed"
every = "1s"
min = "1s"
[fetch]
allow_private_networks = ["127.0.0.1/32"]
[[feed]]
id = "paper"
url = "http://127.0.0.1:{paper.server_address[1]}/feed.xml"
"""
        open(f"{folder}/token", "w").write("open-sesame-0123456789")
        open(f"{folder}/wiredesk.toml", "w").write(config)
        log = open(f"{folder}/log", "w")
        daemon = subprocess.Popen([program, "run", "--config", f"{folder}/wiredesk.toml"], stdout=log, stderr=log)
        try:
            until(lambda: Paper.polls > 1, 30, "the daemon polls")
            strangers(port)
            lines = crowd(port, clients)
            before, began = Paper.polls, time.monotonic()
            time.sleep(10)
            made = Paper.polls - before
            assert made >= 3, f"{made} polls in ten seconds"
            honest = time.monotonic()
            local = socket.socket(socket.AF_UNIX)
            local.settimeout(10)
            local.connect(f"{folder}/api.sock")
            local.sendall(b"GET /v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert b" 200 " in local.recv(4096), "the unix socket answers meanwhile"
            waited = time.monotonic() - honest
            rss = next(l for l in open(f"/proc/{daemon.pid}/status") if l.startswith("VmRSS"))
            held = len(os.listdir(f"/proc/{daemon.pid}/fd"))
            for line in lines:
                line.close()
            until(lambda: ask(port, "GET /v1/status HTTP/1.1\r\nHost: localhost", patience=30) == 200, 60, "an honest client is answered")
            assert daemon.poll() is None
            print(json.dumps({
                "clients": clients, "polls_in_10_s": made, "descriptors": held,
                "resident_kib": int(rss.split()[1]), "unix_answer_seconds": round(waited, 4),
                "seconds": round(time.monotonic() - began, 1)}))
        finally:
            daemon.terminate()
            daemon.wait(30)


def strangers(port):
    """Nobody gets in who does not belong."""
    local = "Host: localhost"
    token = "Authorization: Bearer "
    for head, expect in [
        (f"GET /v1/status HTTP/1.1\r\n{local}", 200),
        ("GET /v1/status HTTP/1.1\r\nHost: evil.example", 403),
        ("GET /v1/articles HTTP/1.1\r\nHost: 127.0.0.1.evil.example", 403),
        (f"GET http://evil.example/v1/status HTTP/1.1\r\n{local}", 403),
        (f"PUT /v1/consumers/x HTTP/1.1\r\n{local}\r\nContent-Length: 0", 401),
        (f"PUT /v1/consumers/x HTTP/1.1\r\n{local}\r\n{token}guess\r\nContent-Length: 0", 401),
        (f"POST /v1/feeds/paper/refresh HTTP/1.1\r\n{local}\r\n{token}\r\nContent-Length: 0", 401),
        (f"DELETE /v1/consumers/x HTTP/1.1\r\n{local}\r\nAuthorization: Basic b3Blbjo=", 401),
        (f"GET /{'x' * 100_000} HTTP/1.1\r\n{local}", (0, 414, 431)),
        (f"GET / HTTP/1.1\r\n{local}\r\nX: {'x' * 100_000}", (0, 431)),
        ("GET / HTTP/1.1\r\n" + local + "".join(f"\r\nX-{n}: y" for n in range(500)), (0, 431)),
    ]:
        got = ask(port, head)
        assert got in (expect if isinstance(expect, tuple) else (expect,)), f"{got}: {head[:90]!r}"
    big = f"PUT /v1/consumers/x HTTP/1.1\r\n{local}\r\n{token}open-sesame-0123456789\r\nContent-Length: 100000"
    got = ask(port, big, b"x" * 100_000)
    assert got in (0, 413), got


def until(done, seconds, what):
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.05)


main()
