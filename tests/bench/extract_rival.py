"""Pages a second by wiredesk and by trafilatura: the same pages, the same run, one thread each.

    python tests/bench/extract_rival.py target/release/wiredesk FOLDER...

FOLDER holds pages (.html.gz). trafilatura stands in this Python (`pip install trafilatura
lxml_html_clean`). Both give text, headline, authors and date; wiredesk also safe HTML and pictures,
and reads the inflated pages from disk. The start of the programs is not counted; processor time,
the best of ROUNDS. Judges nothing.
"""

import gzip
import os
import subprocess
import sys
import tempfile
import time

import trafilatura

ROUNDS = 3


def inflate(folder, into):
    """The folder's pages, inflated into another; their contents."""
    pages = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".html.gz"):
            with gzip.open(os.path.join(folder, name)) as packed:
                body = packed.read()
            with open(os.path.join(into, name[: -len(".gz")]), "wb") as plain:
                plain.write(body)
            pages.append(body)
    return pages


def processor_seconds(command):
    """Processor time of a program, its start included."""
    before = os.times()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = os.times()
    return (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )


def by_wiredesk(binary, folder, one):
    """Seconds for a folder, without those of a run over one page: its start."""
    whole = processor_seconds([binary, "extract", "--ndjson", folder])
    return whole - processor_seconds([binary, "extract", "--ndjson", one])


def by_trafilatura(pages):
    start = time.process_time()
    for body in pages:
        try:
            trafilatura.extract(body, output_format="json", with_metadata=True)
        except Exception:  # a page that breaks it costs its time all the same
            pass
    return time.process_time() - start


def main():
    binary, folders = sys.argv[1], sys.argv[2:]
    print(f"{'pages':<24} {'count':>6} {'wiredesk/s':>11} {'trafilatura/s':>14} {'ratio':>7}")
    for folder in folders:
        with tempfile.TemporaryDirectory() as work:
            inside = os.path.join(work, "pages")
            os.mkdir(inside)
            pages = inflate(folder, inside)
            one = os.path.join(work, "one.html")
            with open(one, "w") as page:
                page.write("<title>t</title><article><p>" + "A sentence, and more. " * 20)
            ours = min(by_wiredesk(binary, inside, one) for _ in range(ROUNDS))
            theirs = min(by_trafilatura(pages) for _ in range(ROUNDS))
            name = os.path.basename(os.path.dirname(folder.rstrip("/"))) or folder
            print(
                f"{name:<24} {len(pages):>6} {len(pages) / ours:>11.0f}"
                f" {len(pages) / theirs:>14.1f} {theirs / ours:>7.1f}"
            )


if __name__ == "__main__":
    main()
