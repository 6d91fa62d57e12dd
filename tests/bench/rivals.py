"""The same job by wiredesk, newsboat and lemon24/reader: every feed once from cold, then again.

    python tests/bench/rivals.py target/release/wiredesk FEEDS.txt ENTRIES

FEEDS.txt names one feed a line, all of them on 127.0.0.1 with ENTRIES entries each; no pages are
fetched. "cold" ends when all entries are on the disk, "and read" when each is an article that was compared
with the others and can be searched. newsboat stands on the PATH, reader (and sgmllib3k, which it wants) in this Python; a rival that is
missing is left out.
Prints feeds a second, processor time a feed and peak memory of each pass; of ours also how much of it
was the start of the process. Judges nothing.
"""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

READER = """
import sys
from reader import make_reader
reader = make_reader(sys.argv[1])
if sys.argv[3] == "cold":
    for url in open(sys.argv[2]):
        reader.add_feed(url.strip())
reader.update_feeds(scheduled=False)
"""

WIREDESK = """
[daemon]
state_dir = "{work}/state"
[identity]
contact = "https://desk.example/bot"
[log]
level = "warn"
[http]
listen = ["unix:{work}/api.sock"]
[schedule]
mode = "fixed"
every = "{every}"
min = "1s"
jitter = 0.0
obey = []
[fetch]
allow_private_networks = ["127.0.0.1/32"]
per_host_interval = "0s"
[extract]
full_text = "never"
"""


def show(name, feeds, seconds, cpu, peak_kib):
    print(f"{name:16} {feeds / seconds:8.0f} feeds/s {cpu / feeds * 1e3:8.2f} ms CPU a feed "
          f"{peak_kib / 1024:8.1f} MB", flush=True)


def command(name, feeds, argv):
    """A program that ends by itself, and well."""
    began = time.monotonic()
    child = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        print(f"{name:16} failed: {os.waitstatus_to_exitcode(status)}")
        return
    show(name, feeds, time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


class Daemon:
    """A running wiredesk."""

    def __init__(self, program, config, work):
        self.sock = f"{work}/api.sock"
        self.child = subprocess.Popen([program, "run", "--config", config],
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def connect(self):
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(self.sock)
        return connection

    def ask(self, path):
        connection = self.connect()
        connection.request("GET", path)
        return connection.getresponse().read().decode()

    def poll_now(self, feeds):
        """What `reload` is to newsboat and `update_feeds` to reader."""
        connection = self.connect()
        connection.request("POST", "/v1/refresh")
        taken = json.loads(connection.getresponse().read())
        assert taken["feeds"] == feeds, taken

    def held(self):
        """Articles, entries that wait to be read, and feeds of which all is on the disk."""
        try:
            status = json.loads(self.ask("/v1/status"))
            return status["articles"], status["inbox"], status["feeds"].get("ok", 0)
        except OSError:
            return -1, 0, 0

    def polls(self):
        lines = self.ask("/metrics").splitlines()
        return sum(float(l.split()[-1]) for l in lines if l.startswith("wiredesk_fetches_total"))

    def cpu(self):
        fields = open(f"/proc/{self.child.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak(self):
        status = open(f"/proc/{self.child.pid}/status").read()
        return int(status.split("VmHWM:")[1].split()[0])

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait()


def wiredesk(program, urls, entries, work):
    config = f"{work}/wiredesk.toml"

    def configure(every):
        with open(config, "w") as file:
            file.write(WIREDESK.format(work=work, every=every))
            for n, url in enumerate(urls):
                file.write(f'[[feed]]\nid = "f{n}"\nurl = "{url}"\n')

    # Every feed once, as the rivals do it; the daemon's own politeness to a host is off like theirs.
    configure("1d")
    began = time.monotonic()
    daemon = Daemon(program, config, work)
    while daemon.held()[0] < 0:
        time.sleep(0.02)
    daemon.poll_now(len(urls))
    while daemon.held()[2] < len(urls):
        time.sleep(0.05)
    assert sum(daemon.held()[:2]) >= len(urls) * entries
    show("wiredesk cold", len(urls), time.monotonic() - began, daemon.cpu(), daemon.peak())
    while daemon.held()[0] < len(urls) * entries:
        time.sleep(0.25)
    show("  and read", len(urls), time.monotonic() - began, daemon.cpu(), daemon.peak())
    daemon.stop()

    began = time.monotonic()
    daemon = Daemon(program, config, work)
    while daemon.held()[0] < 0:
        time.sleep(0.02)
    up, cpu = time.monotonic() - began, daemon.cpu()
    daemon.poll_now(len(urls))
    while daemon.polls() < len(urls):
        time.sleep(0.02)
    show("wiredesk again", len(urls), time.monotonic() - began, daemon.cpu(), daemon.peak())
    print(f"{'  of it the start':16} {up:16.2f} s {cpu / len(urls) * 1e3:8.2f} ms CPU a feed", flush=True)
    daemon.stop()


def main():
    program, feeds, entries = sys.argv[1], sys.argv[2], int(sys.argv[3])
    urls = open(feeds).read().split()
    work = tempfile.mkdtemp()
    wiredesk(os.path.abspath(program), urls, entries, work)
    if shutil.which("newsboat"):
        argv = ["newsboat", "-C", "/dev/null", "-u", feeds, "-c", f"{work}/cache.db", "-x", "reload"]
        for name in ("newsboat cold", "newsboat again"):
            command(name, len(urls), argv)
    for name, when in (("reader cold", "cold"), ("reader again", "again")):
        command(name, len(urls), [sys.executable, "-c", READER, f"{work}/reader.db", feeds, when])
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
