"""The standard library's part of the benchmark: readers of JSON and CSV; prints one JSON object."""

import csv
import json
import sys
import time


def read_json(path, megabytes):
    """Parses the same page until so many megabytes went through; megabytes in a second."""
    with open(path, "rb") as file:
        page = file.read()
    times = max(1, int(float(megabytes) * 1e6 / len(page)))
    started = time.perf_counter()
    for _ in range(times):
        json.loads(page)
    return {"megabytes_per_second": times * len(page) / 1e6 / (time.perf_counter() - started)}


def read_csv(path, _):
    """Reads every row of a file; megabytes in a second."""
    fields = 0
    with open(path, encoding="utf-8", newline="") as file:
        started = time.perf_counter()
        for row in csv.reader(file, strict=True):
            fields += len(row)
        seconds = time.perf_counter() - started
        size = file.buffer.tell()
    return {"megabytes_per_second": size / 1e6 / seconds, "fields": fields}


if __name__ == "__main__":
    print(json.dumps({"json": read_json, "csv": read_csv}[sys.argv[1]](*sys.argv[2:])))
