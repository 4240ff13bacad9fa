#!/usr/bin/env python3
"""Builds the fuzzing program and runs its targets, two at a time.

    Tests/Proof/fuzz.py [--seconds N] [--only NAME,…] [--sanitize address] [--keep] [--out FILE]

Each target starts from its corpus (Tests/Fuzzing/Corpus/NAME) and runs N seconds. What it finds
on the way stays in .build/fuzzing/found/NAME; `--keep` takes of that what reaches new code into
the corpus, smallest inputs first. An input that breaks a rule is printed and ends with exit code 1.
"""

import argparse
import base64
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FUZZING = ROOT / "Tests/Fuzzing"
# The longest input that is made up, in bytes: long enough for every limit that targets set.
INPUT_BYTES_MAX = 2048
# The largest input and the largest corpus of one target that are kept, in bytes.
KEPT_INPUT_BYTES_MAX = 400
KEPT_CORPUS_BYTES_MAX = 9_000


def build(scratch, sanitize):
    """Builds the program and gives its path."""
    command = ["swift", "build", "-c", "release", "--product", "Fuzzing",
               "--scratch-path", str(scratch), "-Xswiftc", "-enable-testing",
               "-Xswiftc", "-sanitize=" + ",".join(["fuzzer"] + sanitize),
               # libFuzzer brings a main of its own, which gold does not let another one replace.
               "-Xswiftc", "-use-ld=lld"]
    environment = dict(os.environ, RESETSYNC_FUZZING="1")
    print("fuzz: building", flush=True)
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit(done.stdout[-4000:])
    return scratch / "release" / "Fuzzing"


def run(program, name, seconds, seed, found):
    """Runs one target; its figures."""
    mine = found / name
    mine.mkdir(parents=True, exist_ok=True)
    artifacts = found.parent / "failures" / name
    artifacts.mkdir(parents=True, exist_ok=True)
    command = [str(program), name, f"-max_total_time={seconds}", f"-max_len={INPUT_BYTES_MAX}",
               "-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=1",
               f"-artifact_prefix={artifacts}/"]
    if seed:
        command.append(f"-seed={seed}")
    words = FUZZING / "Dictionaries" / f"{name}.dict"
    if words.exists():
        command.append(f"-dict={words}")
    command.append(str(mine))
    corpus = FUZZING / "Corpus" / name
    if corpus.exists():
        command.append(str(corpus))
    environment = dict(os.environ, SWIFT_BACKTRACE="enable=no", ASAN_OPTIONS="detect_leaks=0")
    begun = time.monotonic()
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, errors="replace", text=True)
    lasted = time.monotonic() - begun
    text = done.stdout
    units = re.findall(r"stat::number_of_executed_units:\s*(\d+)", text)
    reached = re.findall(r"cov: (\d+)", text)
    peak = re.findall(r"stat::peak_rss_mb:\s*(\d+)", text)
    inputs = re.findall(r"Test unit written to (\S+)", text)
    result = {"target": name, "inputs": int(units[-1]) if units else 0,
              "edges": int(reached[-1]) if reached else 0, "seconds": round(lasted),
              "peak_mb": int(peak[-1]) if peak else 0, "failed": done.returncode != 0}
    if done.returncode:
        reason = re.findall(r"(?:Fatal error|ERROR): .*", text)
        result["reason"] = " | ".join(reason[:2]) or text[-1500:]
        result["input"] = inputs[-1] if inputs else None
    return result


def keep(program, name, found):
    """Takes found inputs into the corpus where they reach code that it does not."""
    corpus = FUZZING / "Corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    small = found.parent / "small" / name
    merged = found.parent / "merged" / name
    for folder in (small, merged):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    for source in (corpus, found / name):
        for path in source.glob("*"):
            if path.stat().st_size <= KEPT_INPUT_BYTES_MAX:
                shutil.copy(path, small / path.name)
    environment = dict(os.environ, SWIFT_BACKTRACE="enable=no")
    subprocess.run([str(program), name, "-merge=1", str(merged), str(small)], env=environment,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    shutil.rmtree(corpus)
    corpus.mkdir()
    total = 0
    for path in sorted(merged.glob("*"), key=lambda path: path.stat().st_size):
        total += path.stat().st_size
        if total > KEPT_CORPUS_BYTES_MAX:
            break
        shutil.copy(path, corpus / path.name[:12])


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("--seconds", type=int, default=5, help="for each target")
    words.add_argument("--seed", type=int, default=0, help="of chance; 0 draws one")
    words.add_argument("--only", help="names of targets, comma-separated")
    words.add_argument("--sanitize", action="append", default=[], choices=["address", "thread"])
    words.add_argument("--jobs", type=int, default=2)
    words.add_argument("--keep", action="store_true", help="grow the corpus by what was found")
    words.add_argument("--scratch", type=pathlib.Path, default=ROOT / ".build/fuzzing")
    words.add_argument("--skip-build", action="store_true")
    words.add_argument("--out", type=pathlib.Path, help="a file for the results, JSON")
    options = words.parse_args()
    scratch = options.scratch.resolve()
    program = scratch / "release/Fuzzing"
    if not options.skip_build:
        program = build(scratch, options.sanitize)
    names = subprocess.run([str(program)], capture_output=True, text=True).stdout.split()
    if options.only:
        names = [name for name in names if name in options.only.split(",")]
    found = scratch / "found"
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(
            lambda name: run(program, name, options.seconds, options.seed, found), names))
    for result in results:
        word = "FAILED" if result["failed"] else "held"
        print(f"{result['target']:16} {result['inputs']:>12,} inputs {result['edges']:>7,} edges"
              f" {result['seconds']:>6,} s {result['peak_mb']:>6,} MB  {word}")
        if result["failed"]:
            print(f"  {result['reason']}")
            if result["input"]:
                content = pathlib.Path(result["input"]).read_bytes()
                print(f"  input: {result['input']}\n  {content[:400]!r}\n  base64 "
                      + base64.b64encode(content[:3000]).decode())
                print(f"  again: {program} {result['target']} {result['input']}")
    if options.keep:
        for name in names:
            keep(program, name, found)
    if options.out:
        options.out.write_text(json.dumps(results, indent=2))
    return 1 if not results or any(result["failed"] for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
