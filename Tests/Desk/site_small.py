"""A small shop with a configuration, for driving the program over raw sockets. Standard library only."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile


class SmallSite:
    """A simulated shop with some contested resets, reconciled once, and a place for a daemon."""

    def __init__(self, program, conflicts=120, **review):
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        self.program = os.path.abspath(program)
        self.folder = tempfile.mkdtemp(prefix="resetsync-small-")
        self.children = []
        for part in ("Config", "Mappings", "exports", "var"):
            os.makedirs(f"{self.folder}/{part}")
        with open(f"{self.folder}/exports/20261120.csv", "w", encoding="utf-8") as export:
            export.write("ID;GROUP;NOTE\n")
            for number in range(conflicts):
                export.write(f"K{number};retail;note {number} of the source\n")
        self._write("seed.json", {
            "organization": "small", "mode": "test", "limits": {"limited": False},
            "credentials": [
                {"client_id": "id", "client_secret": "secret", "role": "admin", "mode": "test"}],
            "resets": [{
                "id": f"reset{number}", "customer_email": f"p{number}@example.com",
                "reference": f"K{number}", "reference_origin": "erp",
                "metadata": {"group": "wholesale", "note": f"note {number} of the shop"},
                "created_at": "2026-10-01T08:00:00.000Z",
                "updated_at": "2026-10-01T08:00:00.000Z"} for number in range(conflicts)]})
        self._write("Mappings/erp.json", {
            "name": "erp", "origins": ["erp"],
            "export": {"path": "../exports/*.csv", "format": "csv", "delimiter": ";",
                       "settle": "0s", "encoding": "utf-8"},
            "reference": {"column": "ID"},
            "fields": [{"column": "GROUP", "metadata": "group"},
                       {"column": "NOTE", "metadata": "note"}]})
        shop = json.loads(self.start("sandbox", "--seed", f"{self.folder}/seed.json"))
        for name, text in (("id", "id"), ("secret", "secret")):
            path = f"{self.folder}/Config/{name}"
            with open(path, "w", encoding="utf-8") as file:
                os.chmod(path, 0o600)
                file.write(text)
        self.settings = {
            "api": {"base_url": shop["base_url"], "token_url": shop["token_url"],
                    "client_id": {"file": "id"}, "client_secret": {"file": "secret"},
                    "organization": "small", "mode": "test", "limits": "none"},
            "mirror": {"path": "../var/mirror.sqlite"}, "mappings": ["../Mappings/*.json"],
            "safety": {"first_run": "push"}, "listen": "127.0.0.1:0",
            "conflicts": {"log": "../var/conflicts.ndjson", "grace": "0s"},
            "report": {"path": "../var/report.html"}}
        self.configure()

    def configure(self, **more):
        """Writes the configuration with these sections on top."""
        self._write("Config/resetsync.json", {**self.settings, **more})
        self.configuration = f"{self.folder}/Config/resetsync.json"

    def _write(self, name, value):
        with open(f"{self.folder}/{name}", "w", encoding="utf-8") as file:
            json.dump(value, file)

    def run(self, *words, exits=(0,)):
        done = subprocess.run(
            [self.program, *words, "--config", self.configuration], capture_output=True, text=True)
        assert exits is None or done.returncode in exits, (words, done.returncode, done.stderr)
        return done

    def start(self, *words, errors=False):
        """Starts a command that stays; gives the first line that it writes."""
        more = ["--config", self.configuration] if words[0] != "sandbox" else []
        child = subprocess.Popen(
            [self.program, *words, *more], text=True,
            stdout=subprocess.DEVNULL if errors else subprocess.PIPE,
            stderr=subprocess.PIPE if errors else subprocess.DEVNULL)
        self.children.append(child)
        return (child.stderr if errors else child.stdout).readline().strip()

    def daemon(self):
        """Starts the daemon; gives the port and the path that lets one in once."""
        line = self.start("daemon", errors=True)
        while "review desk" not in line:
            line = self.children[-1].stderr.readline()
            assert line, "the daemon ended"
        drain(self.children[-1])
        found = re.search(r"http://127\.0\.0\.1:(\d+)(\S*)", line)
        return int(found.group(1)), found.group(2)

    def close(self):
        for child in self.children:
            child.kill()
            child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def drain(child):
    """Reads what a child says, so that it never waits for somebody to read it."""
    import threading
    threading.Thread(target=lambda: [None for _ in child.stderr], daemon=True).start()
