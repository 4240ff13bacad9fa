"""dlt's part of the benchmark: the resets of a simulator into SQLite; prints one JSON object."""

import json
import os
import resource
import sqlite3
import sys
import time
import urllib.request

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"

import dlt
from dlt.sources.rest_api import rest_api_source

FIELDS = (
    "customer_email,reset_password_at,created_at,updated_at,reference,reference_origin,metadata,"
    "customer,events,event_stores"
)


def token(address, client_id, client_secret):
    body = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    request = urllib.request.Request(
        address + "/oauth/token",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Accept": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["access_token"]


def source(address, bearer):
    return rest_api_source(
        {
            "client": {
                "base_url": address + "/api/",
                "headers": {"Accept": "application/vnd.api+json"},
                "auth": {"type": "bearer", "token": bearer},
                "paginator": {"type": "json_link", "next_url_path": "links.next"},
            },
            "resources": [
                {
                    "name": "customer_password_resets",
                    "write_disposition": "append",
                    "endpoint": {
                        "path": "customer_password_resets",
                        "data_selector": "data",
                        "params": {
                            "fields[customer_password_resets]": FIELDS,
                            "page[size]": 25,
                            "page[number]": 1,
                            "sort": "id",
                        },
                    },
                }
            ],
        }
    )


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main(address, client_id, client_secret, folder):
    database = folder + "/resets.sqlite"
    bearer = token(address, client_id, client_secret)
    cpu, started = cpu_seconds(), time.perf_counter()
    pipeline = dlt.pipeline(
        "resets",
        pipelines_dir=folder,
        destination=dlt.destinations.sqlalchemy("sqlite:///" + database),
        dataset_name="main",
    )
    pipeline.run(source(address, bearer))
    seconds, cpu = time.perf_counter() - started, cpu_seconds() - cpu
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT count(*) FROM customer_password_resets").fetchone()[0]
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "rows": rows}))


if __name__ == "__main__":
    main(*sys.argv[1:])
