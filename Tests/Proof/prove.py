#!/usr/bin/env python3
"""The long form of the tests: every part in turn, then a table of what was tried and found.

    Config/bootstrap prove [--hours N] [--only PART,…] [--out FILE] [--list]

An hour is the measure: counts and times of each part grow and shrink with --hours, and none takes
more than its share by much. Each part writes its own log beside the table (var/proof/PART.log).
Exit code 1 if a part failed.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Proof:
    """One long run and what came of it."""

    def __init__(self, hours, folder):
        self.hours, self.folder, self.rows = hours, folder, []
        self.is_built = False
        folder.mkdir(parents=True, exist_ok=True)

    def amount(self, in_an_hour, least=1):
        """A count or a time, in proportion to the hours given."""
        return max(least, round(in_an_hour * self.hours))

    def run(self, part, command, minutes, environment=None):
        """Runs a command with its output in the part's log; its exit code and text."""
        log = self.folder / f"{part}.log"
        limit = max(300, 60 * minutes * max(1, self.hours))
        with log.open("a") as out:
            out.write(f"$ {' '.join(map(str, command))}\n")
            out.flush()
            try:
                done = subprocess.run(
                    list(map(str, command)), cwd=ROOT, stdout=out, stderr=subprocess.STDOUT,
                    env=dict(os.environ, **(environment or {})), timeout=limit)
                code = done.returncode
            except subprocess.TimeoutExpired:
                out.write(f"\nstopped after {limit:.0f} s\n")
                code = 124
        return code, log.read_text(errors="replace")

    def record(self, part, tried, amount, code, text, failures=None):
        if failures is None:
            failures = len(re.findall(r"recorded an issue", text)) or (1 if code else 0)
        self.rows.append({"part": part, "tried": tried, "amount": amount,
                          "failures": failures, "passed": code == 0})

    def test(self, part, tried, amount, filter_, environment, minutes):
        """A long form that stands behind an environment variable."""
        if not self.is_built:
            self.run("build", ["swift", "build", "--build-tests"], 30)
            self.is_built = True
        code, text = self.run(
            part, ["swift", "test", "--skip-build", "--no-parallel", "--filter", filter_], minutes,
            environment)
        if code == 0 and not re.search(r"Test run with [1-9]", text):
            code = 1
        self.record(part, tried, amount, code, text)

    def program(self):
        """The program itself, release build, for the scripts that run it."""
        self.run("build", ["swift", "build", "-c", "release", "--product", "resetsync"], 30)
        return ROOT / ".build/release/resetsync"

    # The parts, in the order in which they run: what finds most in the least time comes first.

    def histories(self):
        count = self.amount(5_000)
        self.test("histories", "seeded histories of each kind against an oracle, with crashes",
                  count, "HistoryTests", {"RESETSYNC_HISTORIES": str(count)}, 90)

    def points(self):
        count = self.amount(1_000, 20)
        self.test("points", "kill -9 and power cut before and after commits, requests, writes",
                  count, "KillPointTests", {"RESETSYNC_POINTS": str(count)}, 40)

    def kills(self):
        count = self.amount(500, 6)
        self.test("kills", "kill -9 of the real process at random instants", count, "CrashTests",
                  {"RESETSYNC_KILLS": str(count)}, 40)

    def rounds(self):
        count = self.amount(20_000, 100)
        self.test("rounds", "damaged files, requests and answers, by seed", count, "FuzzTests",
                  {"RESETSYNC_FUZZ_ROUNDS": str(count)}, 20)

    def sweep(self):
        count = self.amount(100_000, 1_500)
        self.test("sweep", "generated exports with their true values, a third of them damaged",
                  count, "SweepTests", {"RESETSYNC_SWEEP": str(count),
                                        "RESETSYNC_SWEEP_SEED": "100001"}, 40)

    def fuzz(self):
        seconds = self.amount(60, 5)
        out = self.folder / "fuzz.json"
        code, text = self.run("fuzz", ["python3", "Tests/Proof/fuzz.py", "--seconds", seconds,
                                       "--out", out], 60)
        results = json.loads(out.read_text()) if out.exists() else []
        self.record("fuzz", f"{len(results)} libFuzzer targets, {seconds} s each: inputs",
                    sum(each["inputs"] for each in results), code, text,
                    sum(each["failed"] for each in results) or (1 if code else 0))

    def mutation(self):
        count = self.amount(400, 50)
        out = self.folder / "mutation.json"
        code, text = self.run("mutation", ["python3", "Tests/Proof/mutate.py", "--count", count,
                                           "--out", out], 60)
        results = json.loads(out.read_text()) if out.exists() else {"tried": 0, "survivors": []}
        self.record("mutation", "changed operators in the core, each to be noticed by a test",
                    results["tried"], code, text, len(results["survivors"]) or (1 if code else 0))

    def coverage(self):
        out = self.folder / "coverage.json"
        code, text = self.run("coverage", ["python3", "Tests/Proof/coverage.py", "--out", out], 60)
        results = json.loads(out.read_text()) if out.exists() else {}
        self.record("coverage", "percent of lines that the whole suite runs",
                    results.get("everything", 0), code, text, 1 if code else 0)

    def address(self):
        known = ROOT / "Tests/Proof/address.supp"
        self.sanitize("address", {"ASAN_OPTIONS":
                                  f"suppressions={known}:detect_leaks=0:verify_asan_link_order=0"})

    def thread(self):
        known = ROOT / "Tests/Proof/thread.supp"
        self.sanitize("thread", {"TSAN_OPTIONS": f"suppressions={known}:halt_on_error=0"})

    def sanitize(self, name, options):
        scratch = ROOT / f".build/{name}"
        # A sanitizer's own memory is beyond the bounds that the server is held to under load.
        code, text = self.run(
            name, ["swift", "test", "--no-parallel", "--sanitize", name, "--scratch-path", scratch,
                   "--skip", "under load and abuse"], 120, options)
        count = re.findall(r"Test run with (\d+) tests", text)
        reports = len(re.findall(r"(?:ERROR|WARNING): (?:Address|Thread)Sanitizer", text))
        issues = len(re.findall(r"recorded an issue", text))
        self.record(name, f"the whole suite under the {name} sanitizer: tests",
                    int(count[-1]) if count else 0, code or reports, text,
                    reports + issues or (1 if code else 0))

    def load(self):
        self.script("load", "the server under load and attack", "Tests/Desk/load_desk.py", [], None, 20)

    def faults(self):
        self.script("faults", "faults of the system", "Tests/Soak/faults.py", [], None, 20)

    def soak(self):
        minutes = self.amount(10, 2)
        self.script("soak", "minutes of the daemon with everything going wrong",
                    "Tests/Soak/soak.py", ["--minutes", minutes], minutes, 60)

    def script(self, part, tried, path, options, amount, minutes):
        if not (ROOT / path).exists():
            self.record(part, f"{tried}: there is no {path}", 0, 1, "")
            return
        code, text = self.run(part, ["python3", path, self.program(), *options], minutes)
        self.record(part, tried, amount if amount is not None else 1, code, text)

    PARTS = ["histories", "points", "kills", "rounds", "sweep", "fuzz", "mutation", "coverage",
             "load", "faults", "soak", "address", "thread"]

    def table(self):
        width = max(len(row["tried"]) for row in self.rows)
        lines = [f"{'part':10} {'tried':{width}} {'how much':>12} {'failures':>9} {'minutes':>8}"]
        for row in self.rows:
            amount = row["amount"]
            shown = f"{amount:,}" if isinstance(amount, int) else str(amount)
            lines.append(f"{row['part']:10} {row['tried']:{width}} {shown:>12} "
                         f"{row['failures']:>9} {row['minutes']:>8}")
        return "\n".join(lines)


def main():
    words = argparse.ArgumentParser(
        prog="Config/bootstrap prove", description=__doc__.split("\n")[0])
    words.add_argument("--hours", type=float, default=1)
    words.add_argument("--only", help="parts, comma-separated; see --list")
    words.add_argument("--list", action="store_true", help="print the parts and end")
    words.add_argument("--out", type=pathlib.Path, default=ROOT / "var/proof/table.json")
    options = words.parse_args()
    parts = options.only.split(",") if options.only else Proof.PARTS
    unknown = [part for part in parts if part not in Proof.PARTS]
    if options.list or unknown:
        print("\n".join(Proof.PARTS))
        return 64 if unknown else 0
    folder = options.out.resolve().parent
    shutil.rmtree(folder, ignore_errors=True) if folder == ROOT / "var/proof" else None
    proof = Proof(options.hours, folder)
    for part in parts:
        print(f"prove: {part}", flush=True)
        begun = time.monotonic()
        getattr(proof, part)()
        row = proof.rows[-1]
        row["minutes"] = round((time.monotonic() - begun) / 60, 1)
        print(f"prove: {part}: {row['amount']} tried, {row['failures']} failures, "
              f"{row['minutes']} min", flush=True)
        options.out.write_text(json.dumps({"hours": options.hours, "parts": proof.rows}, indent=2))
    print(proof.table())
    return 0 if all(row["passed"] for row in proof.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
