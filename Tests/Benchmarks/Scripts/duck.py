"""DuckDB's part of the benchmark: load tables, join them, read a CSV; prints one JSON object."""

import json
import sys
import time

import duckdb


def load(database, records, resets):
    """Both sides as tables of text, as the mirror holds them."""
    with duckdb.connect(database) as connection:
        for table, path in (("records", records), ("resets", resets)):
            connection.execute(
                f"CREATE TABLE {table} AS SELECT * FROM read_csv(?, header = true, all_varchar = true,"
                " delim = ',', quote = '\"', escape = '\"')",
                [path],
            )
    return {}


def join(database):
    """The full outer join with all columns into a table, on disk when the clock stops."""
    started = time.perf_counter()
    with duckdb.connect(database) as connection:
        connection.execute(
            "CREATE OR REPLACE TABLE joined AS"
            " SELECT * FROM records FULL OUTER JOIN resets ON records.ID = resets.reference"
        )
        connection.execute("CHECKPOINT")
        seconds = time.perf_counter() - started
        rows = connection.execute("SELECT count(*) FROM joined").fetchone()[0]
        connection.execute("DROP TABLE joined")
    return {"seconds": seconds, "rows": rows}


def read(path):
    """Every field of a CSV, looked at and not kept."""
    with duckdb.connect() as connection:
        started = time.perf_counter()
        connection.execute(
            "SELECT max(COLUMNS(*)) FROM read_csv(?, header = true, all_varchar = true,"
            " delim = ',', quote = '\"', escape = '\"')",
            [path],
        ).fetchall()
        return {"seconds": time.perf_counter() - started}


if __name__ == "__main__":
    print(json.dumps({"load": load, "join": join, "read": read}[sys.argv[1]](*sys.argv[2:])))
