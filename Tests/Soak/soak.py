#!/usr/bin/env python3
"""Runs the real daemon beside the simulator for a while, with everything going wrong in between.

    Tests/Soak/soak.py PROGRAM [--minutes 60] [--seed 1] [--keep FOLDER]

Exports arrive whole, cut, growing, late and twice; both sides are edited; requests fail in every
way that the simulator knows; the daemon is ended, killed, frozen and reloaded with good and bad
configurations; commands run beside it. At the end the faults stop, a person decides what is open,
and both sides have to agree. Prints a summary; exit 1 if any check failed. Loopback only, no
packages. Ten minutes play every act; an hour is what a release should have seen.
"""

import argparse
import collections
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time

import shop as shops
from acts import Acts
from shop import Daemon, Shop, exact, reset_id, tail


class Soak:
    """One soak from start to summary."""

    def __init__(self, arguments, folder):
        self.shop = Shop(os.path.abspath(arguments.program), folder, arguments.seed)
        self.daemon = Daemon(self.shop)
        self.acts = Acts(self.shop, self.daemon, self.log)
        self.failures = []
        self.begun = time.monotonic()
        self.seconds = arguments.minutes * 60
        self.folder = folder

    def log(self, text):
        """Tells what happens, with the minute."""
        print(f"{(time.monotonic() - self.begun) / 60:6.2f}  {text}", flush=True)

    def check(self, holds, words):
        """Notes a failure unless something holds."""
        if not holds:
            self.failures.append(words)
            self.log("FAILED: " + words)

    def act(self, name, work):
        """Does one act; whatever it finds wrong is noted, and the soak goes on."""
        self.acts.count(name)
        self.log(name)
        try:
            work()
        except Exception as error:  # noqa: BLE001: the soak has to go on
            self.check(False, f"{name}: {type(error).__name__}: {error}")
        if self.daemon.process.poll() is not None:
            self.check(False, f"the daemon ended by itself: {self.daemon.process.returncode}: "
                       + tail(self.daemon.log_path, 0)[-1500:])
            self.daemon.start()

    def run(self):
        """Acts by chance until the time is over, then the end."""
        self.acts.deliver_again()
        self.acts.deliver_crm()
        self.daemon.start()
        self.first_sync()
        named = self.acts.named()
        todo = sorted(named)
        self.shop.chance.shuffle(todo)
        names, weights = list(named), [weight for _, weight in named.values()]
        until = time.monotonic() + self.seconds
        while time.monotonic() < until:
            name = self.shop.chance.choices(names, weights)[0]
            # What did not come yet is preferred: within ten minutes every act has come.
            if todo and self.shop.chance.random() < 0.5:
                name = todo[-1]
            if name in todo:
                todo.remove(name)
            self.act(name, named[name][0])
            time.sleep(self.shop.chance.uniform(0.2, 5))
        self.settle()
        self.verdict()

    def first_sync(self):
        """Waits until the first run has written what it had to, at the pace of the API."""
        for _ in range(300):
            time.sleep(1)
            if re.search(r"command=reconcile result=ok applied=[1-9]", tail(self.daemon.log_path, 0)):
                return self.log("first run done")
        self.check(False, "the first run never ended")

    # The end

    def settle(self):
        """The faults stop; a person approves and decides until nothing is left to do."""
        self.log("settling")
        self.shop.control("DELETE", "faults")
        self.shop.hook.mode = "good"
        self.shop.write_configuration()
        self.daemon.process.send_signal(signal.SIGHUP)
        self.shop.run("resume")
        self.shop.control("DELETE", "requests")
        self.settled_from = time.monotonic()
        code, refused = None, False
        for round_ in range(40):
            if round_ % 5 == 0 or refused:
                self.acts.deliver()
                self.acts.deliver_crm()
                time.sleep(6)
            time.sleep(8)
            self.acts.approve()
            _, rows = self.shop.json("conflicts")
            refused = False
            for row in rows:
                if row["kind"] == "push_failed":
                    # What the API refused is sent again when its values change.
                    self.acts.change(row["reference"])
                    refused = True
                    continue
                take = "source" if row["field"] else "ignore"
                self.shop.run("conflicts", "resolve", row["id"], "--current", "--take", take, "--by", "soak")
            code, plan = self.shop.json("reconcile", "--dry-run", "--detailed-exitcode", "--wait", "120s")
            self.log(f"settling: {code} {plan.get('plan')} { {k: v for k, v in plan.get('situations', {}).items() if v} }")
            if code == 0 and not refused:
                break
        self.check(code == 0, f"never in step: dry run exits {code}: {plan.get('errors', plan.get('plan'))}")
        self.settle_seconds = time.monotonic() - self.settled_from

    def verdict(self):
        """Everything that has to hold at the end."""
        daemon, shop = self.daemon, self.shop
        requests = json.loads(shop.control("GET", "requests"))
        limited = sum(r["status"] == 429 for r in requests)
        self.check(limited == 0, f"{limited} requests were limited by a healthy API")
        time.sleep(12)  # the last alerts clear with the next runs
        self.metrics = daemon.get("/metrics")[1]
        self.check(daemon.get("/readyz")[0] == 200, "not ready at the end")
        code, seconds = daemon.end(signal.SIGTERM)
        self.check(code == 143 and seconds < 11, f"SIGTERM at the end: {code} after {seconds:.1f} s")
        code, output, errors = shop.run("verify")
        self.check(code == 0, f"verify: {code} {output} {errors}")
        self.check_both_sides()
        self.check_secrets()
        self.check_alerts()
        self.check_log()
        self.check(daemon.ready >= daemon.starts * 0.5, f"ready {daemon.ready} of {daemon.starts} starts")
        self.check(daemon.watchdog_gap < 20, f"watchdog silent for {daemon.watchdog_gap:.1f} s")
        self.check(daemon.fds_max < 50, f"{daemon.fds_max} open files")
        self.check(daemon.rss_max < 80_000, f"{daemon.rss_max} KiB at most")
        cores = [n for n in os.listdir(shop.folder) if n.startswith("core")]
        self.check(not cores, f"core dumps: {cores}")

    def check_both_sides(self):
        """Managed values are the source's, everything else is as its author left it."""
        lost, foreign = [], exact(shops.FOREIGN)
        for key, row in self.shop.resets().items():
            metadata = row["metadata"]
            for name, value in foreign.items():
                self.check(metadata.get(name) == value, f"{key}: foreign {name} is {metadata.get(name)}")
            if key in self.shop.contacts:
                self.check(metadata.get("tier") == self.shop.contacts[key], f"{key}: {metadata}")
            elif key in self.shop.records:
                record = self.shop.records[key]
                held = (metadata.get("group"), metadata.get("erp", {}).get("limit"))
                self.check(held == (record["GROUP"], record["LIMIT"]), f"{key}: {held} is not {record}")
            theirs = self.shop.foreign_edits.get(key)
            if theirs and metadata.get("theirs") != theirs:
                lost.append(f"{key}: {metadata.get('theirs')} instead of {theirs}")
        self.lost = lost
        # The API replaces metadata as a whole: an edit between the read and the write of a push
        # is overwritten, and no client can prevent that. It has to stay rare.
        edits = max(1, self.acts.counts.get("edit_foreign", 0))
        self.check(len(lost) <= 1 + edits // 20, f"foreign edits lost: {lost}")

    def check_secrets(self):
        """No secret in any file, no e-mail in what leaves the machine."""
        secrets = [shops.CLIENT_SECRET, shops.HOOK_SECRET]
        secrets += [row["reset_password_token"] for row in self.shop.resets().values()
                    if row.get("reset_password_token")]
        secrets = [secret.encode() for secret in secrets]
        for base, _, names in os.walk(self.folder):
            for name in names:
                path = os.path.join(base, name)
                if name in ("seed.json", "notify", "resetsync.json") or not os.path.isfile(path):
                    continue
                data = open(path, "rb").read()
                for secret in secrets:
                    self.check(secret not in data, f"the secret {secret[:12]}… stands in {path}")
                if re.search(r"conflicts.ndjson|daemon.log|report.html|told.ndjson", name):
                    found = re.search(rb"[A-Za-z0-9.]+@example\.com", data)
                    self.check(found is None, f"{found} in {path}")
        for path in ("mirror.sqlite", "conflicts.ndjson", "report.html"):
            mode = os.stat(f"{self.folder}/var/{path}").st_mode & 0o777
            self.check(mode == 0o600, f"{path} has mode {mode:o}")

    def check_alerts(self):
        """Each condition was told once when it began and once when it ended."""
        seen, kills = collections.Counter(n["id"] for n in self.shop.hook.taken), \
            self.acts.counts.get("kill", 0)
        repeated = {key: count for key, count in seen.items() if count > 1}
        self.check(sum(repeated.values()) - len(repeated) <= kills, f"alerts told again: {repeated}")
        order = collections.defaultdict(list)
        for notice in sorted(self.shop.hook.taken, key=lambda n: n["at"]):
            key = f"{notice['kind']}:{notice['subject']}"
            if not order[key] or order[key][-1] != notice["event"] or seen[notice["id"]] == 1:
                order[key].append(notice["event"])
        for key, events in order.items():
            alternates = all(a != b for a, b in zip(events, events[1:])) and events[0] == "raised"
            self.check(alternates, f"alert {key}: {events}")
        self.kinds = collections.Counter(n["kind"] for n in self.shop.hook.taken if n["event"] == "raised")

    def check_log(self):
        """The log tells changes of state, not attempts."""
        lines = tail(self.daemon.log_path, 0).splitlines()
        minutes = max(1, (time.monotonic() - self.begun) / 60)
        self.log_rate = len(lines) / minutes
        self.kinds_of_lines = collections.Counter(
            re.sub(r"\d+", "N", re.sub(r"^\S+ ", "", line))[:90] for line in lines)
        self.check(self.log_rate < 90, f"{self.log_rate:.0f} log lines a minute: "
                   f"{self.kinds_of_lines.most_common(8)}")

    def summary(self):
        """What was done and seen."""
        daemon = self.daemon
        runs = re.findall(r'^resetsync_runs_total\{(.*)\} (\d+)', getattr(self, "metrics", ""), re.M)
        rows = [
            ("minutes", f"{(time.monotonic() - self.begun) / 60:.1f}"),
            ("acts", json.dumps(dict(sorted(self.acts.counts.items())))),
            ("starts", daemon.starts), ("ready told", daemon.ready), ("watchdogs", daemon.watchdogs),
            ("longest time without watchdog", f"{daemon.watchdog_gap:.1f} s"),
            ("slowest orderly end", f"{max(self.acts.clock_seconds, default=0):.2f} s"),
            ("memory at most", f"{daemon.rss_max / 1024:.1f} MiB"), ("open files at most", daemon.fds_max),
            ("threads at most", daemon.threads_max),
            ("processor", f"{daemon.cpu_seconds:.1f} s in {daemon.alive_seconds:.0f} s"),
            ("log lines a minute", f"{getattr(self, 'log_rate', 0):.1f}"),
            ("alerts raised", json.dumps(getattr(self, "kinds", {}))),
            ("alerts refused by the receiver", self.shop.hook.refused),
            ("seconds to settle", f"{getattr(self, 'settle_seconds', 0):.0f}"),
            ("foreign edits lost between read and write", len(getattr(self, "lost", []))),
            ("runs of the last daemon", json.dumps(dict(runs))),
            ("failures", len(self.failures)),
        ]
        for name, value in rows:
            print(f"{name:44} {value}")
        for line, count in getattr(self, "kinds_of_lines", collections.Counter()).most_common(12):
            print(f"    {count:6} {line}")
        for failure in self.failures:
            print("FAILED:", failure)
        print("kept in", self.folder)


def main():
    """Reads the arguments, soaks, tells."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("program")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="folder for everything that is written; kept")
    arguments = parser.parse_args()
    folder = os.path.abspath(arguments.keep) if arguments.keep else tempfile.mkdtemp(prefix="resetsync-soak-")
    soak = Soak(arguments, folder)
    try:
        soak.run()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001: the summary has to come
        soak.check(False, f"{type(error).__name__}: {error}")
    finally:
        if soak.daemon.process and soak.daemon.process.poll() is None:
            soak.daemon.end(signal.SIGKILL)
        soak.daemon.is_closing = True
        soak.summary()
        soak.shop.close()
    if not soak.failures and not arguments.keep:
        shutil.rmtree(folder)
    sys.exit(1 if soak.failures else 0)


if __name__ == "__main__":
    main()
