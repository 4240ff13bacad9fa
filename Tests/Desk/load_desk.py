#!/usr/bin/env python3
"""Loads and abuses the daemon's server over loopback: it stays up, bounded, and serves the others.

    Tests/Desk/load_desk.py PROGRAM [--seconds N]

PROGRAM is the built `resetsync`. Many connections at once (wrk, where Debian's package is there),
clients that send a byte now and then, too large and malformed requests, pipelines, connections that
are cut. After each act the server must answer a quiet client; at the end its memory, threads and
descriptors are back. `--seconds` is the length of each act: 2 unless said otherwise.
"""

import argparse
import os
import re
import select
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True  # the source folder stays clean
from site_small import SmallSite  # noqa: E402

CONNECTIONS = 256
SLOW = 400
MEMORY_MAX = 400 << 20  # of the process at any time, in bytes


class Server:
    """The process under load, as seen from outside."""

    def __init__(self, site):
        self.port, entry = site.daemon()
        self.process = site.children[-1]
        head, _ = self.ask(f"GET {entry} HTTP/1.1")
        cookie = re.search(r"Set-Cookie: ([^;]+)", head).group(1)
        self.cookie = f"Cookie: {cookie}"

    def connect(self, seconds=10):
        return socket.create_connection(("127.0.0.1", self.port), timeout=seconds)

    def ask(self, line, *fields, body=b"", seconds=10):
        """One request on a connection of its own: the head and the body of the answer."""
        with self.connect(seconds) as connection:
            lines = [line, f"Host: 127.0.0.1:{self.port}", "Connection: close", *fields, "", ""]
            connection.sendall("\r\n".join(lines).encode() + body)
            return split(everything(connection))

    def figures(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            text = status.read()
        memory = int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) << 10
        threads = int(re.search(r"Threads:\s+(\d+)", text).group(1))
        return memory, threads, len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def check(self, act):
        """A quiet client is still answered, and the memory is bounded."""
        assert self.process.poll() is None, f"{act}: the server ended"
        start = time.monotonic()
        head, body = self.ask("GET /healthz HTTP/1.1")
        assert head.startswith("HTTP/1.1 200"), (act, head)
        head, body = self.ask("GET /review HTTP/1.1", self.cookie)
        assert head.startswith("HTTP/1.1 200") and b"conflicts</a> need you" in body, (act, head)
        took = time.monotonic() - start
        memory, threads, files = self.figures()
        assert memory < MEMORY_MAX, f"{act}: {memory >> 20} MB"
        print(f"{act}: {took * 1000:.0f} ms for a quiet client, {memory >> 20} MB, "
              f"{threads} threads, {files} descriptors")


def everything(connection):
    data = b""
    while True:
        try:
            piece = connection.recv(65536)
        except (ConnectionResetError, socket.timeout):
            return data
        if not piece:
            return data
        data += piece


def split(data):
    head, _, body = data.partition(b"\r\n\r\n")
    return head.decode("latin-1"), body


def many(server, seconds):
    """256 connections that ask as fast as they can."""
    for path in ("/healthz", "/metrics", "/status", "/review"):
        address = f"http://127.0.0.1:{server.port}{path}"
        if shutil.which("wrk"):
            done = subprocess.run(
                ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "20s",
                 "-H", server.cookie, address], capture_output=True, text=True, check=True)
            rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout).group(1)
            assert "Non-2xx" not in done.stdout, done.stdout
            assert "Socket errors" not in done.stdout, done.stdout
        else:
            rate = plain(server, path, seconds)
        server.check(f"{CONNECTIONS} connections on {path}, {rate}/s")


def plain(server, path, seconds):
    """The same without wrk, with a thread for each connection."""
    end = time.monotonic() + seconds
    counts = []

    def client():
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n{server.cookie}\r\n\r\n"
        with server.connect(30) as connection:
            count = 0
            while time.monotonic() < end:
                connection.sendall(request.encode())
                answer(connection)
                count += 1
            counts.append(count)

    threads = [threading.Thread(target=client) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == CONNECTIONS, "a connection failed"
    return sum(counts) // seconds


def answer(connection, rest=b""):
    """Reads one answer with a length; gives its status and what came after it."""
    while b"\r\n\r\n" not in rest:
        piece = connection.recv(65536)
        assert piece, "closed within an answer"
        rest += piece
    head, _, rest = rest.partition(b"\r\n\r\n")
    length = int(re.search(rb"Content-Length: (\d+)", head).group(1))
    while len(rest) < length:
        piece = connection.recv(65536)
        assert piece, "closed within an answer"
        rest += piece
    return head.split(b" ")[1], rest[length:]


def slow(server, seconds):
    """Connections that send a byte of a header now and then; others are served meanwhile."""
    connections = [server.connect() for _ in range(SLOW)]
    try:
        for connection in connections:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: ")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for connection in connections:
                try:
                    connection.send(b"a")
                except OSError:
                    pass
            server.check(f"{SLOW} slow heads")
            time.sleep(0.5)
        bodies = [server.connect() for _ in range(100)]
        for connection in bodies:
            connection.sendall(
                f"POST /review/bulk HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                "Content-Length: 200000\r\n\r\nx".encode())
        server.check("100 slow bodies")
        for connection in bodies:
            connection.close()
    finally:
        for connection in connections:
            connection.close()


def flood(server, _):
    """More silent connections than the server takes: after a moment they make room for others."""
    connections = []
    try:
        for _ in range(1200):
            connection = socket.socket()
            connection.setblocking(False)
            connection.connect_ex(("127.0.0.1", server.port))
            connections.append(connection)
        end = time.monotonic() + 8
        while True:
            head, _ = server.ask("GET /healthz HTTP/1.1")
            if head.startswith("HTTP/1.1 200"):
                break
            assert time.monotonic() < end, "silent connections keep everybody out"
            time.sleep(0.2)
        server.check("1,200 silent connections")
    finally:
        for connection in connections:
            connection.close()


def malformed(server, _):
    """What no client should send: refused with a status of its own, or closed."""
    host = f"Host: 127.0.0.1:{server.port}\r\n"
    get = "GET /healthz HTTP/1.1\r\n"
    cases = [
        ("request line", "GET /" + "a" * 20_000 + " HTTP/1.1\r\n" + host + "\r\n", {414}),
        ("header", get + host + "X: " + "a" * 40_000 + "\r\n\r\n", {431}),
        ("headers", get + host + "X: a\r\n" * 200 + "\r\n", {431}),
        ("length", "POST /review HTTP/1.1\r\n" + host + "Content-Length: 99999999999\r\n\r\n",
         {413}),
        ("huge length", "POST /review HTTP/1.1\r\n" + host
         + "Content-Length: 99999999999999999999999999\r\n\r\n", {400, 413}),
        ("negative length", get + host + "Content-Length: -1\r\n\r\n", {400}),
        ("two lengths", get + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", {400}),
        ("length and chunks", get + host
         + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
        ("bad chunk", "POST /review HTTP/1.1\r\n" + host
         + "Transfer-Encoding: chunked\r\n\r\nZZ\r\n", {400}),
        ("huge chunk", "POST /review HTTP/1.1\r\n" + host
         + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n", {400, 413}),
        ("odd coding", "POST /review HTTP/1.1\r\n" + host
         + "Transfer-Encoding: gzip\r\n\r\n", {400, 501}),
        ("no host", get + "\r\n", {400}),
        ("two hosts", get + host + host + "\r\n", {400}),
        ("folded field", get + host + "X: a\r\n b\r\n\r\n", {400}),
        ("blank before colon", get + host + "X : a\r\n\r\n", {400}),
        ("null byte", get + host + "X: a\0b\r\n\r\n", {400}),
        ("bare carriage return", get + host + "X: a\rb\r\n\r\n", {400}),
        ("no version", "GET /healthz\r\n\r\n", {400, 505}),
        ("version 3", "GET /healthz HTTP/3.0\r\n" + host + "\r\n", {400, 505}),
        ("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 501, 505}),
        ("unknown method", "BREW /healthz HTTP/1.1\r\n" + host + "\r\n", {400, 405, 501}),
        ("broken escape", "GET /%zz HTTP/1.1\r\n" + host + "\r\n", {400}),
        ("escaped null", "GET /review/conflicts/%00 HTTP/1.1\r\n" + host + server.cookie
         + "\r\n\r\n", {400, 404}),
        ("upwards", "GET /review/../../etc/passwd HTTP/1.1\r\n" + host + server.cookie
         + "\r\n\r\n", {400, 404}),
        ("garbage", "\x00\xff\x16\x03\x01" * 50 + "\r\n\r\n", {400}),
    ]
    for name, request, expected in cases:
        with server.connect() as connection:
            try:
                connection.sendall(request.encode("latin-1"))
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            data = everything(connection)
        status = re.match(rb"HTTP/1\.1 (\d+)", data)
        assert status and int(status.group(1)) in expected, (name, data[:200])
    try:
        context = ssl.create_default_context()
        with context.wrap_socket(server.connect(), server_hostname="localhost"):
            raise AssertionError("a TLS handshake succeeds")
    except (ssl.SSLError, OSError):
        pass
    server.check(f"{len(cases)} malformed requests")


def pipelines(server, _):
    """Many requests in one piece: answered in order, on one connection."""
    request = f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
    missing = f"GET /nothing HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
    with server.connect() as connection:
        connection.sendall((request * 9 + missing) * 20)
        rest, found = b"", []
        for _ in range(200):
            status, rest = answer(connection, rest)
            found.append(status)
    assert found == ([b"200"] * 9 + [b"404"]) * 20, found
    server.check("200 requests in one piece")


def cuts(server, seconds):
    """Connections that are cut at every place, also while the answer is on its way."""
    whole = (f"GET /review HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
             f"{server.cookie}\r\n\r\n").encode()
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        connection = server.connect()
        connection.sendall(whole[:(count * 7) % (len(whole) + 1)])
        if count % 2:
            # A reset instead of an orderly end.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        count += 1
    server.check(f"{count} connections cut")


def greedy(server, _):
    """A client that asks and never reads: its answers wait, nobody else's do."""
    with server.connect() as connection:
        connection.setblocking(False)
        request = (f"GET /review HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                   f"{server.cookie}\r\n\r\n").encode()
        for _ in range(2000):
            if not select.select([], [connection], [], 0.2)[1]:
                break
            try:
                connection.send(request)
            except OSError:
                break
        server.check("a client that never reads")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--seconds", type=int, default=2)
    arguments = parser.parse_args()
    site = SmallSite(arguments.program)
    try:
        site.run("reconcile")
        server = Server(site)
        server.check("at rest")
        _, threads, files = server.figures()
        for act in (malformed, pipelines, greedy, cuts, slow, flood, many):
            act(server, arguments.seconds)
        end = time.monotonic() + 15
        while True:
            now = server.figures()
            if now[1] <= threads + 8 and now[2] <= files + 8:
                break
            assert time.monotonic() < end, f"threads and descriptors stay: {now}"
            time.sleep(0.2)
        server.check("afterwards")
    finally:
        site.close()
    print("the server stood it")


if __name__ == "__main__":
    sys.exit(main())
