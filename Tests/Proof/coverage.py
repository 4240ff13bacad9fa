#!/usr/bin/env python3
"""Measures which lines the whole suite runs, processes that it starts included.

    Tests/Proof/coverage.py [--scratch FOLDER] [--missing ROOM] [--skip-tests] [--out FILE]

Prints lines per room and fails where one falls short of its floor. `--missing` prints the lines
of a room (or of one file) that nothing ran.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Shares of lines that must be run, in percent: the deciding and reading rooms, and all others.
FLOORS = {"Reconciliation": 95, "Formats": 95, "Exports": 95}
FLOOR = 85


def tool(name):
    """A tool of the toolchain: the system's own refuses its profiles."""
    swift = shutil.which("swift")
    own = pathlib.Path(os.path.realpath(swift)).parent / name if swift else None
    return str(own) if own and own.exists() else name


def measure(scratch):
    """Builds, runs every test, and gives the test program, the program and the merged counters."""
    profiles = scratch / "profiles"
    shutil.rmtree(profiles, ignore_errors=True)
    profiles.mkdir(parents=True)
    common = ["--enable-code-coverage", "--scratch-path", str(scratch)]
    subprocess.run(["swift", "build", "--build-tests", *common], cwd=ROOT, check=True)
    library = scratch / "exit_normally.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library),
                    str(ROOT / "Tests/Proof/exit_normally.c")], check=True)
    environment = dict(os.environ, RESETSYNC_PRELOAD=str(library))
    # A test that fails is another part's news; its lines were run all the same.
    done = subprocess.run(["swift", "test", "--skip-build", "--no-parallel", *common], cwd=ROOT,
                          env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    print(done.stdout.strip().split("\n")[-1])
    return done.returncode


def export(scratch):
    """llvm-cov's account of every file."""
    debug = scratch / "debug"
    merged = scratch / "all.profdata"
    raw = sorted((debug / "codecov").glob("*.profraw"))
    subprocess.run([tool("llvm-profdata"), "merge", "-sparse", "-failure-mode=all",
                    *map(str, raw), "-o", str(merged)], check=True)
    text = subprocess.run(
        [tool("llvm-cov"), "export", "-instr-profile", str(merged),
         str(next(debug.glob("*PackageTests.xctest"))), "-object", str(debug / "resetsync")],
        check=True, capture_output=True, text=True).stdout
    return json.loads(text)["data"][0]["files"]


def missing_lines(file):
    """The lines of a file on which a region starts that nothing ran."""
    return sorted({segment[0] for segment in file["segments"]
                   if segment[2] == 0 and segment[3] and not segment[5]})


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("--scratch", type=pathlib.Path, default=ROOT / ".build/coverage")
    words.add_argument("--skip-tests", action="store_true", help="count what was run before")
    words.add_argument("--missing", help="a room or a part of a path")
    words.add_argument("--out", type=pathlib.Path, help="a file for the results, JSON")
    options = words.parse_args()
    scratch = options.scratch.resolve()
    failed = 0 if options.skip_tests else measure(scratch)
    rooms = collections.defaultdict(lambda: [0, 0])
    for file in export(scratch):
        match = re.search(r"/Sources/((\w+)/.*)", file["filename"])
        if not match:
            continue
        lines = file["summary"]["lines"]
        rooms[match.group(2)][0] += lines["covered"]
        rooms[match.group(2)][1] += lines["count"]
        if options.missing and options.missing in match.group(1):
            text = pathlib.Path(file["filename"]).read_text().split("\n")
            for line in missing_lines(file):
                print(f"{match.group(1)}:{line}: {text[line - 1].strip()}")
    results, short = {}, []
    rooms["everything"] = [sum(part) for part in zip(*rooms.values())]
    for room, (covered, count) in rooms.items():
        share = 100 * covered / max(1, count)
        floor = FLOORS.get(room, FLOOR if room == "everything" else 0)
        results[room] = round(share, 1)
        if share < floor:
            short.append(room)
        print(f"{room:16} {covered:6,} of {count:6,} lines {share:6.1f} %"
              + (f"  below {floor} %" if share < floor else ""))
    if options.out:
        options.out.write_text(json.dumps(results, indent=2))
    return 1 if short or failed else 0


if __name__ == "__main__":
    sys.exit(main())
