#!/usr/bin/env python3
"""Drives the review desk of the real program in headless Chromium, as a person would.

    Tests/Desk/drive_desk.py PROGRAM [--shots FOLDER]

PROGRAM is the built `resetsync`. Plays the demo, starts its shop and the desk again, then: open by
token, filter, decide one, undo, decide ten, apply and verify them with `reconcile`, lapse. Fails
with the first thing that is not so. Needs Debian's chromium and chromium-driver; with --shots it
leaves pictures (light and dark, 1280, 768 and 390 pixels wide) and the report on paper.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

sys.dont_write_bytecode = True  # the source folder stays clean
import hostile  # noqa: E402
import access  # noqa: E402
from browser import Browser  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


class Site:
    """The demo's folder, its shop and its desk."""

    def __init__(self, program):
        self.program = os.path.abspath(program)
        self.folder = tempfile.mkdtemp(prefix="resetsync-desk-")
        self.children = []
        demo = self.run("demo", "--keep", self.folder + "/demo", configured=False)
        port = re.search(r"--listen 127\.0\.0\.1:(\d+)", demo.stdout).group(1)
        self.configuration = self.folder + "/demo/Config/resetsync.json"
        self.shop = json.loads(self.start(
            "sandbox", "--seed", self.folder + "/demo/shop.json", "--listen", "127.0.0.1:" + port))
        self.desk = self.start("review", "--config", self.configuration)

    @classmethod
    def hostile(cls, program):
        """A site whose shop and export are full of hostile text, after two runs."""
        site = cls.__new__(cls)
        site.program = os.path.abspath(program)
        site.folder = tempfile.mkdtemp(prefix="resetsync-hostile-")
        site.children = []
        site.file = hostile.plant(site.folder)
        site.shop = json.loads(site.start("sandbox", "--seed", site.folder + "/seed.json"))
        hostile.configure(site.folder, site.shop)
        site.configuration = site.folder + "/Config/resetsync.json"
        for _ in range(2):
            site.run("reconcile")
        site.desk = site.start("review", "--config", site.configuration)
        return site

    def close(self):
        for child in self.children:
            child.kill()
            child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *words, exits=(0, 3, 4), configured=True):
        more = ["--config", self.configuration] if configured else []
        done = subprocess.run(
            [self.program, *words, *more], capture_output=True, text=True, cwd=ROOT)
        assert done.returncode in exits, (words, done.returncode, done.stderr[-2000:])
        return done

    def json(self, *words):
        return json.loads(self.run(*words, "--format", "json").stdout)

    def start(self, *words):
        child = subprocess.Popen(
            [self.program, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            cwd=ROOT)
        self.children.append(child)
        return child.stdout.readline().strip()

    def edit(self, reset, **members):
        """Edits a reset in the shop as somebody else would."""
        base = self.shop["base_url"].removesuffix("/api")
        request = urllib.request.Request(
            f"{base}/__sandbox/resets/{reset}", data=json.dumps(members).encode(), method="PATCH")
        urllib.request.urlopen(request).read()

    def reset(self, reset):
        base = self.shop["base_url"].removesuffix("/api")
        return json.load(urllib.request.urlopen(f"{base}/__sandbox/resets/{reset}"))


class Play:
    """The scenes, in order; each leaves the desk on a page."""

    def __init__(self, site, browser, shots):
        self.site, self.browser, self.shots = site, browser, shots
        self.origin = re.match(r"http://[^/]+", site.desk).group(0)

    def shoot(self, name):
        access.check(self.browser, name)
        if not self.shots:
            return
        for width in (1280, 768, 390):
            for dark in (False, True):
                self.browser.look(width, dark=dark)
                look = "dark" if dark else "light"
                self.browser.shoot(f"{self.shots}/{name}-{width}-{look}.png")
        self.browser.look(1280)

    def sees(self, words):
        """Waits until the words stand on the page: a form ends in a redirect, which takes a moment."""
        end = time.monotonic() + 10
        text = ""
        while words not in text:
            assert time.monotonic() < end, \
                f"“{words}” is not on {self.browser.address}:\n{text[:1500]}"
            try:
                text = self.browser.text()
            except AssertionError:
                time.sleep(0.02)

    def conflicts(self, **wanted):
        found = self.site.json("conflicts")
        return [c for c in found if all(c[name] == value for name, value in wanted.items())]

    def enter(self):
        self.browser.open(self.site.desk)
        assert self.browser.address == self.origin + "/review", self.browser.address
        self.sees("need you")
        try:
            urllib.request.urlopen(self.site.desk)
            raise AssertionError("the address works twice")
        except urllib.error.HTTPError as error:
            assert error.code == 403, error.code
        self.shoot("queue")
        access.walk(self.browser)
        for name, path in (("missing", "/conflicts/none"), ("used", "?token=x"),
                           ("empty", "?q=nothing+has+this"), ("me", "/me"),
                           ("desk-report", "/report")):
            self.browser.open(self.origin + "/review" + path)
            self.shoot(name)
        self.browser.open(self.origin + "/review")

    def filter(self):
        expected = len(self.conflicts(kind="conflict"))
        self.browser.choose("kind", "conflict")
        self.browser.click("//button[text()='Show']")
        self.sees(f"{expected} conflicts\n")
        assert "kind=conflict" in self.browser.address
        boxes = self.browser.find("//input[@type='checkbox']")
        assert len(boxes) == expected, (len(boxes), expected)
        return self.browser.address

    def decide_one(self):
        self.browser.click("(//tbody//a)[1]")
        self.sees("Or\n")
        conflict = re.search(r"/conflicts/(\w+)", self.browser.address).group(1)
        self.sees("Write")
        self.shoot("conflict")
        self.browser.click("//input[@name='take' and @value='source']")
        self.browser.type("//textarea[@name='reason']", "ERP is right <b>&amp;")
        self.browser.click("//button[text()='Decide']")
        self.sees("Decided. It is carried out by the next run")
        self.sees("ERP is right <b>&amp;")
        self.shoot("decided")
        assert self.site.json("conflicts", "show", conflict)["state"] == "decided"
        return conflict

    def undo(self, conflict):
        self.browser.click("//button[text()='Take the last decision back']")
        self.sees("Your last decision was taken back")
        self.browser.reload()
        assert self.site.json("conflicts", "show", conflict)["state"] == "open"

    def decide_ten(self, filtered):
        self.browser.open(filtered)
        boxes = self.browser.attributes("//input[@type='checkbox']", "value")
        chosen = boxes[:10]
        for identity in chosen:
            self.browser.click(f"//input[@type='checkbox' and @value='{identity}']")
        self.browser.choose("take", "source")
        self.browser.click("//button[text()='Look at the ticked ones']")
        self.sees("10 decisions to be taken")
        self.sees("10 resets will be written, 11 requests in the next run.")
        self.shoot("confirm")
        self.browser.type("//textarea[@name='reason']", "ten at once")
        self.browser.click("//button[text()='Decide these 10']")
        self.sees("10 conflicts decided.")
        self.browser.reload()
        assert "10 conflicts decided." not in self.browser.text(), "a reload repeats the notice"
        return chosen

    def apply(self, chosen):
        before = {c: self.site.json("conflicts", "show", c) for c in chosen}
        assert {c["state"] for c in before.values()} == {"decided"}
        run = self.site.json("reconcile")
        assert run["push"]["applied"] == 10, run["push"]
        for conflict, view in before.items():
            assert self.site.json("conflicts", "show", conflict)["state"] == "closed"
            if "/" not in view["field"]:
                written = self.site.reset(view["reset"])["metadata"].get(view["field"])
                assert written == view["source"], (view, written)
        again = self.site.json("reconcile")
        assert again["plan"]["updates"] == 0, again["plan"]
        self.browser.open(f"{self.origin}/review/conflicts/{chosen[0]}")
        self.sees("ten at once")
        self.shoot("closed")

    def lapse(self):
        left = self.conflicts(kind="conflict")
        view = next(c for c in left if "/" not in c["field"])
        self.browser.open(f"{self.origin}/review/conflicts/{view['id']}")
        metadata = self.site.reset(view["reset"])["metadata"]
        metadata[view["field"]] = "moved meanwhile"
        self.site.edit(view["reset"], metadata=metadata)
        self.site.run("reconcile")
        self.browser.click("//input[@name='take' and @value='source']")
        self.browser.click("//button[text()='Decide']")
        self.sees("Nothing was decided: the values moved while you looked.")
        self.sees("moved meanwhile")
        assert "null" not in self.browser.text(), "a value that is not there is no JSON"
        self.shoot("moved")
        assert self.site.json("conflicts", "show", view["id"])["state"] == "open"
        # Decided on the new values, and moved again before the run: it lapses and is asked again.
        self.browser.click("//a[text()='Look at it again and decide']")
        self.browser.click("//input[@name='take' and @value='source']")
        self.browser.click("//button[text()='Decide']")
        self.sees("Decided.")
        metadata[view["field"]] = "and moved again"
        self.site.edit(view["reset"], metadata=metadata)
        self.site.run("reconcile")
        assert self.site.json("conflicts", "show", view["id"])["state"] == "open"
        assert self.site.reset(view["reset"])["metadata"][view["field"]] == "and moved again"
        self.browser.reload()
        self.sees("decided → lapsed")
        self.shoot("lapsed")

    def plan(self):
        """What a run would write stands on a page of its own, held or not."""
        wrote = [run for run in self.site.json("runs") if run["command"] == "reconcile"
                 and (run.get("applied") or 0) > 0]
        self.site.run("undo", wrote[0]["run"], "--dry-run")
        self.browser.open(self.origin + "/review/plan")
        self.sees("What is to be written to Commerce Layer")
        self.sees("it is taken back")
        self.shoot("plan")

    def quiet(self):
        """Nothing but the desk was asked for anything, and the browser has nothing to complain."""
        strange = [address for address in self.browser.requests()
                   if not address.startswith((self.origin + "/", "data:", "chrome"))]
        assert not strange, strange
        complaints = [c for c in self.browser.complaints()
                      if not any(known in c for known in ("favicon", "409", "404", "403"))]
        assert not complaints, complaints

    def report(self):
        path = self.site.folder + "/report.html"
        self.site.run("report", "--format", "html", "--out", path)
        self.browser.requests()
        self.browser.open("file://" + path)
        self.sees("need you")
        asked = [a for a in self.browser.requests() if not a.startswith("file://" + path)]
        assert not asked, asked
        self.shoot("report")
        if self.shots:
            self.browser.print(self.shots + "/report.pdf")


def play_hostile(site, browser, shots):
    """Every output with hostile text in it: shown as text, run by nothing."""
    count = len(hostile.STRINGS)
    conflicts = site.json("conflicts")
    # A cell of nothing but blanks says nothing.
    assert len(conflicts) >= 2 * (count - 1), len(conflicts)
    rows = hostile.check_csv(site.run("conflicts", "--format", "csv").stdout)
    assert rows == len(conflicts), (rows, len(conflicts))
    hostile.check_csv(site.run("report", "--format", "csv").stdout)
    hostile.check_log(site.folder + "/var/conflicts.ndjson")
    hostile.check_json(conflicts)
    hostile.check_json([json.loads(line) for line in
                        site.run("report", "--format", "ndjson").stdout.split("\n")[:-1]])
    for words in (["conflicts", "--limit", "5000"], ["report"], ["status"], ["runs"],
                  ["explain", "=1+1 14"], ["preview", f"{site.folder}/exports/{site.file}"],
                  ["conflicts", "comment", conflicts[3]["id"], "--text", hostile.STRINGS[-9]],
                  *(["conflicts", "show", c["id"]] for c in conflicts[::11])):
        done = site.run(*words)
        hostile.check_terminal(done.stdout + done.stderr, words)
    for words in (["explain", "\x1b[31m\u202e"], ["conflicts", "show", "\x1b[31m"],
                  ["import", "\x1b[31m"], ["--\x1b[31m"], ["\x1b[31m"],
                  ["conflicts", "resolve", "x", "--take", "\x1b[31m"]):
        done = site.run(*words, exits=range(1, 256))
        hostile.check_terminal(done.stdout + done.stderr, words)
    path = site.folder + "/report.html"
    site.run("report", "--format", "html", "--out", path)
    browser.requests()
    browser.open("file://" + path)
    text = browser.text()
    for wanted in (hostile.STRINGS[0], hostile.STRINGS[1], "=HYPERLINK(", site.file.split("\x1b")[0]):
        assert wanted in text, wanted
    hostile.inert(browser)
    if shots:
        browser.look(1280)
        browser.shoot(shots + "/hostile-report.png")
    browser.open(site.desk)
    origin = re.match(r"http://[^/]+", site.desk).group(0)
    hostile.inert(browser)
    for conflict in conflicts[::15]:
        browser.open(f"{origin}/review/conflicts/{conflict['id']}")
        hostile.inert(browser)
    everything = urllib.parse.quote(hostile.STRINGS[1])
    browser.open(f"{origin}/review?q={everything}&assignee={everything}&field={everything}")
    hostile.inert(browser)
    browser.open(f"{origin}/review?state=any&q={urllib.parse.quote('<script>')}")
    hostile.inert(browser)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--shots", help="leave pictures and the report on paper in this folder")
    arguments = parser.parse_args()
    # A test runner may have blocked signals, and children inherit that: no browser starts so.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    if arguments.shots:
        os.makedirs(arguments.shots, exist_ok=True)
    site = Site(arguments.program)
    try:
        browser = Browser(site.folder)
        try:
            play = Play(site, browser, arguments.shots)
            browser.look(1280)
            play.enter()
            filtered = play.filter()
            play.undo(play.decide_one())
            play.apply(play.decide_ten(filtered))
            play.lapse()
            play.plan()
            play.quiet()
            play.report()
            bad = Site.hostile(arguments.program)
            try:
                play_hostile(bad, browser, arguments.shots)
            finally:
                bad.close()
        finally:
            browser.close()
    finally:
        site.close()
    print("the desk does as it should")


if __name__ == "__main__":
    sys.exit(main())
