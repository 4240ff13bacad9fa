#!/usr/bin/env python3
"""Measures desk and report with many conflicts, over HTTP on a mirror that real runs filled.

    Tests/Desk/measure_desk.py PROGRAM [--conflicts N]

PROGRAM is the built `resetsync`, best a release build. Prints the milliseconds that each page takes
(the least and the middle of nine) and those of the processor in the desk, which don't depend on what
else the machine does; the memory of the desk; the time and size of each report.
Nothing is judged here: figures depend on the machine.
"""

import argparse
import os
import re
import statistics
import sys
import time

sys.dont_write_bytecode = True  # the source folder stays clean
from guard_desk import Door  # noqa: E402
from site_small import SmallSite  # noqa: E402

PAGES = [
    "", "?page=2", "?page=1000", "?page=2000", "?severity=high", "?kind=conflict", "?source=erp",
    "?field=note", "?field=note&kind=conflict&source=erp&age=0-1d", "?age=0-1d", "?age=30d%2B",
    "?assignee=ann", "?assignee=-", "?state=any", "?state=closed", "?q=K77", "?q=K49999",
    "?q=nothing+has+this", "?q=note", "?field=group&q=shop", "/report",
]


def processor(process):
    """The milliseconds that a process had of the processor so far."""
    with open(f"/proc/{process}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--conflicts", type=int, default=100_000)
    arguments = parser.parse_args()
    site = SmallSite(arguments.program, conflicts=arguments.conflicts // 2)
    try:
        start = time.monotonic()
        site.run("reconcile")
        print(f"reconcile: {time.monotonic() - start:.1f} s")
        start = time.monotonic()
        site.run("reconcile")
        print(f"reconcile again: {time.monotonic() - start:.1f} s")
        door = Door(site.start("review"))
        door.enter()
        first = door.ask("/review").text
        print(re.search(r"<h1>.*?</h1>", first).group(0))
        identity = re.search(r"/review/conflicts/(\w+)", first).group(1)
        pages = PAGES + [f"/conflicts/{identity}", f"/conflicts/{identity}?at=0",
                         "/confirm?take=source&page=1&f.state=open"]
        desk = site.children[-1].pid
        for page in pages:
            took = []
            before = processor(desk)
            for _ in range(9):
                start = time.monotonic()
                answer = door.ask("/review" + page)
                took.append((time.monotonic() - start) * 1000)
                assert answer.status == 200, (page, answer.status)
            found = re.search(r"<h2 id=\"list-h\">([^<]*)", answer.text)
            each = (processor(desk) - before) / 9
            print(f"{min(took):7.1f} {statistics.median(took):7.1f} {each:6.0f} ms  {len(answer.body) >> 10:5} kB"
                  f"  /review{page}  {found.group(1) if found else ''}")
        with open(f"/proc/{site.children[-1].pid}/status", encoding="ascii") as status:
            print(re.search(r"VmHWM:.*", status.read()).group(0))
        for form in ("html", "text", "json", "csv", "ndjson"):
            path = f"{site.folder}/report.{form}"
            start = time.monotonic()
            site.run("report", "--format", form, "--out", path)
            print(f"report {form}: {time.monotonic() - start:.2f} s, {os.path.getsize(path) >> 10} kB")
    finally:
        site.close()


if __name__ == "__main__":
    sys.exit(main())
