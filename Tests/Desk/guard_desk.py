#!/usr/bin/env python3
"""Tries the doors of the review desk with raw requests: what may not pass must not.

    Tests/Desk/guard_desk.py PROGRAM

PROGRAM is the built `resetsync`. Token, cookie, form tokens, Host and Origin, header fields of every
answer, limits, listening beyond loopback, passwords, reverse proxy.
"""

import argparse
import base64
import hashlib
import os
import re
import socket
import sys
import urllib.parse

sys.dont_write_bytecode = True  # the source folder stays clean
from site_small import SmallSite  # noqa: E402

FIELDS = {
    "cache-control": "no-store", "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer", "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
}


class Answer:
    def __init__(self, data):
        head, _, self.body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1])
        self.fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.fields[name.lower()] = value.strip()
        self.text = self.body.decode("utf-8", "replace")


class Door:
    """A desk at a port; every answer is looked at for what all of them must carry."""

    def __init__(self, address):
        found = re.match(r"http://([^/:]+|\[::1\]):(\d+)(.*)", address)
        self.port, self.entry = int(found.group(2)), found.group(3)
        self.host = f"127.0.0.1:{self.port}"
        self.cookie = None

    def ask(self, path, method="GET", host=None, fields=(), form=None, cookie=True):
        body = urllib.parse.urlencode(form, doseq=True).encode() if form is not None else b""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host or self.host}", "Connection: close"]
        if cookie and self.cookie:
            lines.append("Cookie: " + (self.cookie if cookie is True else cookie))
        elif cookie not in (True, False):
            lines.append(f"Cookie: {cookie}")
        if form is not None:
            lines += ["Content-Type: application/x-www-form-urlencoded",
                      f"Content-Length: {len(body)}"]
        lines += [*fields, "", ""]
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall("\r\n".join(lines).encode() + body)
            data = b""
            while piece := connection.recv(65536):
                data += piece
        answer = Answer(data)
        if answer.fields.get("content-type", "").startswith("text/html") or answer.status == 303:
            self.look(answer, path)
        return answer

    @staticmethod
    def look(answer, path):
        """Every page carries the fields, and its one style sheet is the one that is allowed."""
        for name, value in FIELDS.items():
            assert answer.fields.get(name) == value, (path, name, answer.fields.get(name))
        policy = answer.fields["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy, policy
        for part in ("form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert part in policy, policy
        assert "script-src" not in policy, policy
        sheets = re.findall(r"<style>(.*?)</style>", answer.text, re.S)
        for sheet in sheets:
            digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy, "the style sheet is not the one allowed"
        assert " style=" not in answer.text and "<script" not in answer.text, path

    def enter(self):
        answer = self.ask(self.entry, cookie=False)
        assert answer.status == 303, answer.status
        line = answer.fields["set-cookie"]
        for part in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="):
            assert part in line, line
        assert f"resetsync-{self.port}=" in line, line
        assert "token" not in answer.fields["location"], answer.fields["location"]
        self.cookie = line.split(";")[0]

    def token(self, page):
        return re.search(r'name="csrf" value="([^"]+)"', self.ask(page).text).group(1)


def token(door):
    """The printed address works once; a wrong one does not, and many wrong ones are stopped."""
    for path in ("/review", "/review/report", "/review/conflicts/x", "/review/me"):
        assert door.ask(path, cookie=False).status == 401, path
    assert door.ask("/review?token=" + "A" * 43, cookie=False).status == 403
    door.enter()
    assert door.ask(door.entry, cookie=False).status == 403, "the address works twice"
    for forged in ("", "x", "A" * 43, "..", "%00"):
        name = door.cookie.split("=")[0]
        assert door.ask("/review", cookie=f"{name}={forged}").status == 401, forged
    double = f"{door.cookie}; {door.cookie.split('=')[0]}=other"
    assert door.ask("/review", cookie=double).status == 401, "two cookies of one name pass"
    assert door.ask("/review").status == 200


def names(door):
    """Only under its own names, also when a foreign name was pointed here."""
    for host in ("evil.example", f"evil.example:{door.port}", "127.0.0.1", "127.0.0.1:1",
                 f"127.0.0.1.evil.example:{door.port}", f"evil@127.0.0.1:{door.port}", "0.0.0.0"):
        answer = door.ask("/review", host=host)
        assert answer.status in (400, 403), (host, answer.status)
        assert "need you" not in answer.text, host
    assert door.ask("/review", host=f"LOCALHOST:{door.port}").status == 200


def forms(door, other):
    """A form counts only with the token of its session, from this desk, as a form, by POST."""
    page = door.ask("/review").text
    identity = re.search(r"/review/conflicts/(\w+)", page).group(1)
    path = f"/review/conflicts/{identity}"
    good = door.token(path)
    note = {"comment": "hello"}

    def post(form, fields=(), to=path + "/comment", **more):
        return door.ask(to, "POST", form=form, fields=fields, **more)

    assert post(note).status == 403
    assert post({**note, "csrf": ""}).status == 403
    assert post({**note, "csrf": good[:-1] + "_"}).status == 403
    assert post({**note, "csrf": other.token(path)}).status == 403, "another session's token passes"
    assert post({**note, "csrf": good}, cookie=False).status == 401
    for fields in (["Origin: http://evil.example"], ["Origin: null"],
                   ["Sec-Fetch-Site: cross-site"], ["Sec-Fetch-Site: same-site"],
                   [f"Origin: http://127.0.0.1:{door.port + 1}"],
                   [f"Origin: https://{door.host}"]):
        assert post({**note, "csrf": good}, fields).status == 403, fields
    assert "hello" not in door.ask(path).text, "a refused form did something"
    assert door.ask(path + "/comment?" + urllib.parse.urlencode({**note, "csrf": good})) \
        .status == 404, "a form passes by GET"
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert door.ask(path, method).status in (405, 501), method
    assert post({**note, "csrf": good, "pad": "x" * 300_000}).status == 413
    assert post({**note, "csrf": good}, [f"Origin: http://{door.host}"]).status == 303
    assert "hello" in door.ask(path).text
    hostile = "<script>alert(1)</script>\u202e\x1b[31m\x00" + "y" * 5_000
    assert post({"comment": hostile, "csrf": good}).status == 303
    text = door.ask(path).text
    assert "<script" not in text and "\x1b" not in text and "\u202e" not in text
    assert "y" * 2_001 not in text, "a comment is longer than its limit"
    for query in ("?q=<script>&page=-1&age=x", "?page=99999999999999999999", "?state=%00",
                  "?severity=none&kind=none", "?" + "q=x&" * 90):
        assert door.ask("/review" + query).status == 200, query
    assert door.ask("/review/confirm?take=%3Cscript%3E&id=x&id=" + identity).status == 200
    for missing in ("/review/x", "/review/conflicts/x", "/review/conflicts/..%2f..%2fx",
                    path + "/nothing", "/review/conflicts/" + "a" * 5_000):
        assert door.ask(missing).status == 404, missing
    assert post({"csrf": good}, to="/review/leave").status == 303
    assert door.ask("/review").status == 401, "one is still in after leaving"


def beyond(site):
    """Beyond loopback only with a password file or a reverse proxy."""
    for address in ("0.0.0.0:0", "[::]:0", "192.0.2.1:0", "0:0"):
        done = site.run("review", "--listen", address, exits=None)
        assert done.returncode == 78, (address, done.returncode, done.stderr)
        assert "password_file" in done.stderr, done.stderr


def hashed(password, rounds=10_000):
    salt = os.urandom(16)
    key = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds)
    return "pbkdf2-sha256$%d$%s$%s" % (
        rounds, base64.b64encode(salt).decode(), base64.b64encode(key).decode())


def passwords(site):
    """By name and password: nothing without, and guessing is stopped."""
    with open(f"{site.folder}/Config/people", "w", encoding="utf-8") as file:
        os.chmod(file.fileno(), 0o600)
        file.write(f"ann:{hashed('right one')}\n")
    site.configure(review={"password_file": "people"})
    door = Door(site.start("review"))
    assert door.ask("/review").fields["location"] == "/review/login"
    assert door.ask(door.entry or "/review?token=x").status in (303, 401, 403)

    def login(name, password, **more):
        return door.ask("/review/login", "POST", form={"name": name, "password": password}, **more)

    assert login("ann", "wrong").status == 401
    assert login("eve", "right one").status == 401
    assert login("ann", "right one", fields=["Origin: http://evil.example"]).status == 403
    answer = login("ann", "right one")
    assert answer.status == 303 and "HttpOnly" in answer.fields["set-cookie"]
    door.cookie = answer.fields["set-cookie"].split(";")[0]
    assert ">ann<" in door.ask("/review").text
    # Longer than any password may be: refused before it costs anything.
    statuses = {login("ann", f"guess {number}" + "x" * 1_100).status for number in range(30)}
    assert statuses == {401, 429}, statuses
    assert login("ann", "right one").status == 429, "guessing goes on beside"


def proxy(site):
    """Behind a reverse proxy the named person is believed, and the cookie is for https only."""
    site.configure(review={"proxy_user_header": "X-Remote-User", "hosts": ["desk.example"]})
    door = Door(site.start("review"))
    assert door.ask("/review").status == 401
    assert door.ask("/review", fields=["X-Remote-User: ann", "X-Remote-User: eve"]).status == 401
    answer = door.ask("/review", host="desk.example", fields=["X-Remote-User: ann"])
    assert answer.status == 200 and ">ann<" in answer.text
    line = answer.fields["set-cookie"]
    assert line.startswith("__Host-") and "Secure" in line, line


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    arguments = parser.parse_args()
    site = SmallSite(arguments.program, conflicts=8)
    try:
        site.run("reconcile")
        door, other = Door(site.start("review")), Door(site.start("review"))
        token(door)
        other.enter()
        names(door)
        forms(door, other)
        beyond(site)
        passwords(site)
        proxy(site)
    finally:
        site.close()
    print("the desk keeps its doors")


if __name__ == "__main__":
    sys.exit(main())
