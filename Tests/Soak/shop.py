"""A shop to soak: simulator, exports, configuration, and the daemon as a process. Standard library only."""

import http.server
import json
import os
import random
import re
import resource
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

CLIENT_ID = "soak-client-id"
CLIENT_SECRET = "canary-client-secret-Zq81"
HOOK_SECRET = "canary-webhook-token-Vx52"
RESETS = 300
CONTACTS = 60
FOREIGN = '{"foreign": {"n": 1.0, "big": 12345678901234567890, "list": [3, 1, 2]}, "keeps": "as it is"}'


def reset_id(key):
    """The simulator's id of a key's reset."""
    return "soak" + key


def exact(text):
    """JSON with every number kept as it is spelled."""
    return json.loads(text, parse_int=str, parse_float=str)


class Shop:
    """The folder, the simulator, and what both sides are known to hold."""

    def __init__(self, program, folder, seed, resets=RESETS, is_limited=True):
        self.program, self.folder, self.chance = program, folder, random.Random(seed)
        self.reset_count, self.is_limited = resets, is_limited
        for part in ("Config", "Mappings", "exports", "var"):
            os.makedirs(f"{folder}/{part}", exist_ok=True)
        self.records = {f"K{n}": self._row(n) for n in range(1, resets + 21)}
        self.contacts = {f"C{n}": f"tier {n}" for n in range(1, CONTACTS + 1)}
        self.foreign_edits = {}
        self.serial = 0
        self.api, self.paths, self.jobs, self.prefix = {}, {}, {}, []
        self.options = {"mapping_note": 500, "pull": "@every 5s", "command": True}
        self.hook = Webhook()
        self._start_simulator()
        self.write_configuration()

    def _row(self, n):
        return {"GROUP": f"g{n}", "LIMIT": f"{n}.50", "NOTE": f"note {n}", "MAIL": f"p{n}@example.com"}

    # The simulator

    def _start_simulator(self):
        resets = [self._seed(f"K{n}", f"p{n}@example.com", "erp") for n in range(1, self.reset_count + 1)]
        resets += [self._seed(f"C{n}", f"c{n}@example.com", "crm") for n in range(1, CONTACTS + 1)]
        seed = {
            "organization": "soak", "mode": "live",
            "credentials": [{"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
                             "role": "admin", "mode": "live"}],
            "options": {"request_log_max": 4000}}
        text = json.dumps(seed)[:-1] + ', "resets": [' + ",\n".join(resets) + "]}"
        path = self.folder + "/seed.json"
        write(path, text)
        self.simulator = subprocess.Popen(
            [self.program, "sandbox", "--seed", path] + ([] if self.is_limited else ["--no-limits"]), stdout=subprocess.PIPE,
            stderr=open(self.folder + "/sandbox.log", "w"), text=True)
        line = self.simulator.stdout.readline()
        if not line:
            raise SystemExit("the simulator did not start: " + open(self.folder + "/sandbox.log").read())
        self.address = json.loads(line)

    def _seed(self, key, mail, origin):
        head = {"id": reset_id(key), "customer_email": mail, "reference": key,
                "reference_origin": origin, "created_at": "2026-01-01T08:00:00.000Z",
                "updated_at": "2026-01-01T08:00:00.000Z"}
        return json.dumps(head)[:-1] + f', "metadata": {FOREIGN}}}'

    def control(self, method, path, body=None):
        """Calls the simulator's control endpoint; gives the answer's text."""
        base = self.address["base_url"].replace("/api", "/__sandbox/")
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(base + path, data=data, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read().decode()

    def resets(self):
        """All resets as the simulator holds them, by key."""
        rows = exact(self.control("GET", "resets"))
        return {row["reference"]: row for row in rows if row.get("reference")}

    # Exports

    def name(self, source, suffix, seconds_ago=0):
        """A file name that tells its time; no two are the same."""
        self.serial += 1
        moment = time.strftime("%Y%m%dT%H%M%S", time.gmtime(time.time() - seconds_ago))
        return f"{self.folder}/exports/{source}-{self.serial:05d}-{moment}{suffix}"

    def erp_export(self):
        """The whole export of the ERP."""
        rows = ["ID;GROUP;NOTE;LIMIT;MAIL"]
        rows += [f"{key};{r['GROUP']};{r['NOTE']};{r['LIMIT']};{r['MAIL']}"
                 for key, r in self.records.items()]
        return "\n".join(rows) + "\n"

    def crm_export(self):
        """The whole export of the CRM."""
        return "".join(json.dumps({"key": key, "tier": tier}) + "\n"
                       for key, tier in self.contacts.items())

    def deliver(self, path, text):
        """Puts an export in place as a good transfer does: under another name, then renamed."""
        write(path + ".part", text)
        os.rename(path + ".part", path)

    def tidy_exports(self):
        """Leaves the last few of each source, as an operator's cleaning up would."""
        for source in ("erp", "crm"):
            names = sorted(n for n in os.listdir(self.folder + "/exports") if n.startswith(source))
            for name in names[:-6]:
                os.remove(f"{self.folder}/exports/{name}")

    # Configuration

    def write_configuration(self):
        """Writes configuration and mappings as `options` say."""
        alerts = {"webhook": self.hook.address, "conflict_target": "20s"}
        if self.options["command"]:
            script = self.folder + "/tell.sh"
            write(script, f"#!/bin/sh\nexec cat >> '{self.folder}/told.ndjson'\n")
            os.chmod(script, 0o755)
            alerts["command"] = [script]
        configuration = {
            "api": {
                "base_url": self.address["base_url"], "token_url": self.address["token_url"],
                "client_id": {"env": "CL_CLIENT_ID"}, "client_secret": {"env": "CL_CLIENT_SECRET"},
                "organization": "soak", "mode": "live", "rate_share": 0.9, "timeout": "2s",
                "limits": "published" if self.is_limited else "none"} | self.api,
            "mirror": {"path": "../var/mirror.sqlite"}, "mappings": ["../Mappings/*.json"],
            "schedule": {
                "time_zone": "Europe/Berlin", "pull": self.options["pull"], "full_pull": "@every 50s",
                "import": "@every 4s", "reconcile": "@every 7s", "report": "@every 31s",
                "jitter": "1s"} | self.jobs,
            "safety": {"first_run": "push", "updates": {"rows": 40, "share": 0.15}},
            "conflicts": {"log": "../var/conflicts.ndjson", "grace": "5s", "log_bytes_max": 262144},
            "report": {"path": "../var/report.html"}, "listen": "127.0.0.1:0", "alerts": alerts}
        configuration |= self.paths
        write(self.folder + "/Config/resetsync.json", json.dumps(configuration, indent=1))
        write(self.folder + "/Mappings/erp.json", json.dumps({
            "name": "erp", "origins": ["erp"],
            "export": {"path": "../exports/erp-*.csv", "format": "csv", "delimiter": ";", "settle": "2s"},
            "reference": {"column": "ID", "normalize": ["trim"]},
            "verify": [{"column": "MAIL", "attribute": "customer_email", "compare": "case_insensitive"}],
            "fields": [
                {"column": "GROUP", "metadata": "group", "policy": "source"},
                {"column": "LIMIT", "metadata": "/erp/limit", "type": "decimal", "policy": "source"},
                {"column": "NOTE", "metadata": "note", "max_length": self.options["mapping_note"]}]}))
        write(self.folder + "/Mappings/crm.json", json.dumps({
            "name": "crm", "origins": ["crm"],
            "export": {"path": "../exports/crm-*.ndjson", "format": "ndjson", "settle": "0s",
                       "max_age": "75s"},
            "reference": {"column": "key", "normalize": ["trim"]},
            "fields": [{"column": "tier", "metadata": "tier", "policy": "source"}]}))

    # Commands

    def environment(self):
        """The bare environment of the program."""
        return {"PATH": "/usr/bin:/bin", "HOME": self.folder, "NO_COLOR": "1",
                "CL_CLIENT_ID": CLIENT_ID, "CL_CLIENT_SECRET": CLIENT_SECRET}

    def run(self, *arguments, seconds=240):
        """Runs a command to its end: exit code, output, errors."""
        done = subprocess.run([*self.prefix, self.program, *arguments], cwd=self.folder, env=self.environment(),
                              capture_output=True, text=True, timeout=seconds)
        with open(self.folder + "/commands.log", "a") as log:
            log.write(f"$ {' '.join(arguments)}\n{done.stdout}{done.stderr}exit {done.returncode}\n")
        return done.returncode, done.stdout, done.stderr

    def json(self, *arguments):
        """Runs a command that prints JSON: exit code and document."""
        code, output, errors = self.run(*arguments, "--format", "json")
        try:
            return code, json.loads(output)
        except ValueError:
            return code, {"errors": errors}

    def close(self):
        """Ends simulator and webhook."""
        self.simulator.kill()
        self.simulator.wait()
        self.hook.close()


class Webhook:
    """Takes alerts; answers well, badly or never, as told."""

    def __init__(self):
        self.mode, self.taken, self.refused = "good", [], 0
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if hook.mode == "hangs":
                    time.sleep(40)
                    return
                if hook.mode == "good":
                    hook.taken.append(json.loads(body))
                else:
                    hook.refused += 1
                self.send_response(204 if hook.mode == "good" else 500)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}/alerts?token={HOOK_SECRET}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        """Stops listening."""
        self.server.shutdown()


class Daemon:
    """The daemon, started again after each end, with what its incarnations used."""

    def __init__(self, shop):
        self.shop, self.process, self.base = shop, None, None
        self.log_path = shop.folder + "/daemon.log"
        self.rss_max = self.fds_max = self.threads_max = 0
        self.cpu_seconds, self.alive_seconds, self.cpu_now = 0.0, 0.0, 0.0
        self.starts, self.ready, self.watchdogs, self.watchdog_gap = 0, 0, 0, 0.0
        self.frozen = False
        self.notify_path = shop.folder + "/notify"
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(self.notify_path)
        self.is_closing = False
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._sample, daemon=True).start()

    def start(self):
        """Starts it and waits until it is ready, or until it goes on without the API."""
        environment = self.shop.environment()
        environment |= {"NOTIFY_SOCKET": self.notify_path, "WATCHDOG_USEC": "20000000"}
        self.last_watchdog = None
        was = os.path.getsize(self.log_path) if os.path.exists(self.log_path) else 0
        with open(self.log_path, "a") as log:
            self.process = subprocess.Popen(
                [self.shop.program, "daemon"], cwd=self.shop.folder, env=environment,
                stdout=log, stderr=log, preexec_fn=allow_cores)
        self.starts += 1
        self.started, self.cpu_now = time.monotonic(), 0.0
        for _ in range(600):
            text = tail(self.log_path, was)
            found = re.search(r"address=(http:\S+)", text)
            if found:
                self.base = found.group(1)
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"the daemon did not start: {text[-2000:]}")

    def end(self, number):
        """Ends it by a signal; gives exit code and seconds that it took."""
        self._count()
        begun = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(timeout=30)
        self.alive_seconds += time.monotonic() - self.started
        self.cpu_seconds += self.cpu_now
        return code, time.monotonic() - begun

    def get(self, path):
        """Asks an endpoint: status and text."""
        try:
            with urllib.request.urlopen(self.base + path, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def _listen(self):
        while not self.is_closing:
            for line in self.notify.recv(4096).decode().split("\n"):
                if line == "READY=1":
                    self.ready += 1
                if line == "WATCHDOG=1":
                    now = time.monotonic()
                    if self.last_watchdog and not self.frozen:
                        self.watchdog_gap = max(self.watchdog_gap, now - self.last_watchdog)
                    self.last_watchdog = None if self.frozen else now
                    self.watchdogs += 1

    def _sample(self):
        while not self.is_closing:
            try:
                self._count()
            except (OSError, AttributeError, IndexError, ValueError):
                pass
            time.sleep(1)

    def _count(self):
        base = f"/proc/{self.process.pid}/"
        status = open(base + "status").read()
        self.rss_max = max(self.rss_max, int(re.search(r"VmHWM:\s+(\d+)", status).group(1)))
        self.threads_max = max(self.threads_max, int(re.search(r"Threads:\s+(\d+)", status).group(1)))
        self.fds_max = max(self.fds_max, len(os.listdir(base + "fd")))
        times = open(base + "stat").read().rsplit(")", 1)[1].split()
        self.cpu_now = (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")


def allow_cores():
    """Lets a child write core dumps, so that it shows that it does not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def write(path, text):
    """Writes a whole file."""
    with open(path, "w") as file:
        file.write(text)


def tail(path, start):
    """A file's text from a byte on."""
    with open(path, errors="replace") as file:
        file.seek(start)
        return file.read()
