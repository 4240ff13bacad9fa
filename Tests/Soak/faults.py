#!/usr/bin/env python3
"""Faults of the system, met by the real program: each is made, seen, and taken away again.

    Tests/Soak/faults.py PROGRAM [NAME …]

A full disk and a read-only folder for mirror, conflict log and report (root only: a small tmpfs is
mounted), too few open files, a name that does not resolve, TLS for another name and with an expired
certificate, a server that accepts and never answers, a peer that vanishes. Each time: a clear error
with the right exit code, nothing lost, and the daemon recovers by itself. Loopback only.
"""

import argparse
import json
import os
import resource
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time

from shop import Daemon, Shop, exact, reset_id, tail, write

KEYS = 60


class Faults:
    """One shop; each method is one fault."""

    def __init__(self, program, folder):
        self.shop = Shop(program, folder, 1, resets=KEYS, is_limited=False)
        self.shop.jobs = {"pull": None, "full_pull": None, "import": None, "reconcile": "@every 2s",
                          "report": "@every 3s", "jitter": "0s"}
        self.shop.options["command"] = False
        self.shop.write_configuration()
        self.folder, self.failures, self.mounts = folder, [], []
        self.shop.deliver(self.shop.name("erp", ".csv"), self.shop.erp_export())
        self.shop.deliver(self.shop.name("crm", ".ndjson"), self.shop.crm_export())
        time.sleep(2.2)  # until both have settled

    def check(self, holds, words):
        """Notes a failure unless something holds."""
        print(("  ok      " if holds else "  FAILED  ") + words.replace("\n", "\n          "), flush=True)
        if not holds:
            self.failures.append(words)

    def tell(self, code, output, errors, expected, *words):
        """Checks exit code and words of a command, and shows its message."""
        text = output + errors
        self.check(code == expected, f"exit {code} (expected {expected}): {text.strip()[-600:]}")
        for word in words:
            self.check(word in text, f"it says “{word}”")

    def change(self, count=5):
        """Delivers an export with new values."""
        for key in self.shop.chance.sample([f"K{n}" for n in range(1, KEYS + 1)], count):
            self.shop.serial += 1
            self.shop.records[key]["GROUP"] = f"v{self.shop.serial}"
        self.shop.deliver(self.shop.name("erp", ".csv"), self.shop.erp_export())
        time.sleep(2.2)  # until it has settled

    def in_step(self, words):
        """A run after the fault brings both sides in step, and the mirror is sound."""
        self.shop.run("resume")
        code, output, errors = self.shop.run("reconcile", "--wait", "60s")
        self.check(code == 0, f"{words}: the next run is well: {code} {errors[-400:]}")
        self.same(words)

    def same(self, words):
        """Both sides agree, and the mirror is sound."""
        rows, wrong = self.shop.resets(), []
        for key, record in self.shop.records.items():
            if key in rows and rows[key]["metadata"].get("group") != record["GROUP"]:
                wrong.append(key)
        self.check(not wrong, f"{words}: both sides agree {wrong}")
        code, output, _ = self.shop.run("verify")
        self.check(code == 0, f"{words}: verify {code} {output.strip()}")

    def tmpfs(self, path, size):
        """Mounts a small file system over a folder, with what the folder held."""
        aside = tempfile.mkdtemp()
        shutil.copytree(path, aside, dirs_exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path], check=True)
        self.mounts.append(path)
        shutil.copytree(aside, path, dirs_exist_ok=True)
        shutil.rmtree(aside)

    def unmount(self):
        """Takes the small file systems away again, with what they held put back."""
        while self.mounts:
            path = self.mounts.pop()
            aside = tempfile.mkdtemp()
            subprocess.run(["mount", "-o", "remount,rw", path], check=False)
            shutil.copytree(path, aside, dirs_exist_ok=True)
            subprocess.run(["umount", "-l", path], check=True)
            shutil.rmtree(path, ignore_errors=True)
            shutil.copytree(aside, path, dirs_exist_ok=True)
            shutil.rmtree(aside)

    def fill(self, path):
        """Takes all room of a file system."""
        if os.path.exists(path + "/mirror.sqlite"):
            # Room inside of the write-ahead log would hide that there is none outside.
            with sqlite3.connect(path + "/mirror.sqlite", timeout=20) as mirror:
                mirror.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            mirror.close()
        file = os.open(path + "/ballast", os.O_WRONLY | os.O_CREAT)
        try:
            while os.write(file, b"x" * 4096):
                pass
        except OSError:
            pass
        finally:
            os.close(file)

    # The faults

    def full_disk(self):
        """The disk of the mirror is full: commands say so and exit 7; the daemon recovers."""
        var = self.folder + "/var"
        self.in_step("before")
        self.tmpfs(var, "12m")
        self.change()
        self.fill(var)
        for words in (["reconcile"], ["pull", "--full"], ["import"], ["backup", var + "/b.sqlite"],
                      ["pause"], ["report", "--out", var + "/r.html"]):
            print("  $", *words)
            self.tell(*self.shop.run(*words), 7, "room")
        for words in (["status"], ["conflicts"], ["verify"]):
            print("  $", *words)
            code, output, errors = self.shop.run(*words)
            self.check(code in (0, 7), f"exit {code}: {(output + errors).strip()[-300:]}")
        os.remove(var + "/ballast")
        self.in_step("after one-shot runs on a full disk")
        daemon = Daemon(self.shop)
        daemon.start()
        self.change()
        time.sleep(3)
        self.fill(var)
        before = len(tail(daemon.log_path, 0))
        self.change()
        time.sleep(12)
        said = tail(daemon.log_path, before)
        lines = [line for line in said.splitlines() if line.strip()]
        self.check(daemon.process.poll() is None, "the daemon lives on a full disk")
        self.check("full" in said or "room" in said, "its log says it:\n" + "\n".join(lines[:6]))
        self.check(len(lines) < 25, f"{len(lines)} lines in 14 s")
        status, text = daemon.get("/readyz")
        self.check(status in (200, 503), f"readyz {status}: {text.strip()[:200]}")
        os.remove(var + "/ballast")
        time.sleep(9)
        self.same("the daemon after room came back")
        code, seconds = daemon.end(signal.SIGTERM)
        self.check(code == 143, f"ends with {code}")
        self.unmount()

    def read_only(self):
        """The folder of mirror, log and report can only be read."""
        var = self.folder + "/var"
        self.in_step("before")
        self.tmpfs(var, "12m")
        self.change()
        subprocess.run(["mount", "-o", "remount,ro", var], check=True)
        for words in (["reconcile"], ["pull"], ["import"], ["pause"]):
            print("  $", *words)
            self.tell(*self.shop.run(*words), 7, var)
        for words in (["status"], ["conflicts"], ["verify"], ["report", "--format", "text"]):
            print("  $", *words)
            code, output, errors = self.shop.run(*words)
            self.check(code in (0, 7), f"exit {code}: {(output + errors).strip()[-300:]}")
        print("  $ daemon")
        self.tell(*self.shop.run("daemon"), 7, var)
        subprocess.run(["mount", "-o", "remount,rw", var], check=True)
        self.in_step("after")
        daemon = Daemon(self.shop)
        daemon.start()
        time.sleep(3)
        code = subprocess.run(["mount", "-o", "remount,ro", var], check=False, stderr=subprocess.DEVNULL)
        self.check(True, f"remount while files are open for writing: {code.returncode} (the kernel may refuse it)")
        time.sleep(4)
        subprocess.run(["mount", "-o", "remount,rw", var], check=True)
        self.change()
        time.sleep(6)
        self.same("the daemon after it could write again")
        self.check(daemon.end(signal.SIGTERM)[0] == 143, "ends with 143")
        self.unmount()

    def read_only_report(self):
        """Only the report's and the conflict log's folder can't be written: the runs go on."""
        other = self.folder + "/elsewhere"
        os.makedirs(other, exist_ok=True)
        self.tmpfs(other, "1m")
        self.shop.paths = {"conflicts": {"log": "../elsewhere/c.ndjson", "grace": "0s"},
                           "report": {"path": "../elsewhere/r.html"}}
        self.shop.write_configuration()
        self.shop.edit = None
        self.in_step("before")
        for words, prepare in (("read-only", lambda: subprocess.run(
                ["mount", "-o", "remount,ro", other], check=True)),
                ("full", lambda: (subprocess.run(["mount", "-o", "remount,rw", other], check=True),
                                  self.fill(other)))):
            prepare()
            key = f"K{10 if words == 'full' else 11}"
            self.shop.control("PATCH", "resets/" + reset_id(key),
                              {"kind": "edit", "metadata": {"note": words}, "merges_metadata": True})
            self.change()
            code, output, errors = self.shop.run("reconcile")
            self.check(code != 0, f"{words}: exit {code}: {errors.strip()[-400:]}")
            self.check("elsewhere" in errors, f"{words}: the message names the file")
        os.remove(other + "/ballast")
        daemon = Daemon(self.shop)
        daemon.start()
        time.sleep(8)
        self.check(os.path.getsize(other + "/r.html") > 1000, "the report is written again")
        lines = [json.loads(line) for line in open(other + "/c.ndjson")]
        opened = [line["reference"] for line in lines if line["state"] == "open"]
        self.check(sorted(set(opened)) == ["K10", "K11"], f"the conflict log has all changes: {opened}")
        self.check(len(opened) == 2, "each once")
        self.check(daemon.end(signal.SIGTERM)[0] == 143, "ends with 143")
        self.shop.paths = {}
        self.shop.write_configuration()
        self.unmount()
        for key in ("K10", "K11"):
            self.shop.control("PATCH", "resets/" + reset_id(key),
                              {"kind": "edit", "metadata": {"note": self.shop.records[key]["NOTE"]},
                               "merges_metadata": True})
        self.shop.run("pull")

    def open_files(self):
        """Hardly any file can be opened: a clear error, and no harm."""
        self.in_step("before")
        self.change()
        for most in (6, 8, 10, 12, 14, 16, 20, 24, 32):
            done = subprocess.run(
                [self.shop.program, "reconcile"], cwd=self.folder, env=self.shop.environment(),
                capture_output=True, text=True, timeout=60, check=False,
                preexec_fn=lambda most=most: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)))
            text = (done.stderr.strip() or done.stdout.strip())[-220:]
            self.check(done.returncode >= 0 and done.returncode != 1, f"{most}: exit {done.returncode}: {text}")
            if done.returncode == 0:
                break
        self.in_step("after")
        daemon = Daemon(self.shop)
        daemon.start()
        time.sleep(2)
        pid = daemon.process.pid
        used = len(os.listdir(f"/proc/{pid}/fd"))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (used, 4096))
        before = len(tail(daemon.log_path, 0))
        self.change()
        time.sleep(8)
        self.check(daemon.process.poll() is None, "the daemon lives without new files")
        said = tail(daemon.log_path, before).splitlines()
        self.check(len(said) < 30, f"{len(said)} lines in 10 s:\n" + "\n".join(said[:5]))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (4096, 4096))
        time.sleep(8)
        self.same("the daemon after files could be opened again")
        self.check(daemon.end(signal.SIGTERM)[0] == 143, "ends with 143")

    def names(self):
        """The name of the API does not resolve."""
        self.in_step("before")
        self.away({"base_url": "https://nowhere.invalid/api", "limits": "published"}, "nowhere.invalid")
        self.away({"token_url": "https://nowhere.invalid/oauth/token", "limits": "published"},
                  "nowhere.invalid")

    def away(self, api, *words):
        """Commands say that the API is unreachable and exit 6; nothing is lost."""
        self.shop.api = api
        self.shop.write_configuration()
        self.change()
        self.tell(*self.shop.run("reconcile"), 6, *words)
        self.shop.api, self.shop.prefix = {}, []
        self.shop.write_configuration()
        self.in_step("after")

    def certificates(self):
        """TLS for another name, with an expired certificate, by an unknown authority, and none."""
        self.in_step("before")
        authority = Authority(self.folder)
        for words, name, expired, is_trusted in (
                ("another name", "other.example", False, True), ("expired", "localhost", True, True),
                ("unknown authority", "localhost", False, False)):
            if is_trusted and os.geteuid() != 0:
                print(f"  {words}: left out, only root can have this machine trust an authority")
                continue
            print(" ", words)
            server = TLSServer(authority.certificate(name, expired))
            self.shop.prefix = authority.trusting if is_trusted else []
            self.away({"base_url": server.address + "/api", "token_url": server.address + "/oauth/token"},
                      "certificate")
            self.check(not server.requests, "nothing was sent before the certificate was proved")
            server.close()
        print("  no TLS at all")
        listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=lambda: [p.close() for p, _ in iter(listener.accept, None)],
                         daemon=True).start()
        address = f"https://localhost:{listener.getsockname()[1]}"
        self.away({"base_url": address + "/api", "token_url": address + "/oauth/token"}, "POST token")

    def half_open(self):
        """A server that accepts and never answers, and a peer that vanishes in the middle."""
        self.in_step("before")
        silent = socket.create_server(("127.0.0.1", 0), backlog=50)
        kept = []
        threading.Thread(target=lambda: [kept.append(p) for p, _ in iter(silent.accept, None)],
                         daemon=True).start()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        begun = time.monotonic()
        self.away({"base_url": address + "/api", "token_url": address + "/oauth/token", "timeout": "1s"})
        print(f"  {time.monotonic() - begun:.1f} s with a timeout of 1 s")
        self.change()
        daemon = Daemon(self.shop)
        daemon.start()
        time.sleep(4)
        self.shop.simulator.send_signal(signal.SIGSTOP)
        self.change()
        time.sleep(20)
        status, text = daemon.get("/healthz")
        self.check(status == 200, f"healthz {status} while the API stands still")
        begun = time.monotonic()
        daemon.process.send_signal(signal.SIGTERM)
        code = daemon.process.wait(timeout=30)
        self.check(code == 143 and time.monotonic() - begun < 10.5,
                   f"SIGTERM while the API stands still: {code} after {time.monotonic() - begun:.1f} s")
        daemon.start()
        time.sleep(3)
        self.shop.simulator.send_signal(signal.SIGCONT)
        time.sleep(35)
        self.same("the daemon after the API came back")
        self.check(daemon.end(signal.SIGTERM)[0] == 143, "ends with 143")


class Authority:
    """A certificate authority that a program can be made to trust, for itself alone."""

    def __init__(self, folder):
        self.folder = folder + "/ca"
        os.makedirs(self.folder)
        write(self.folder + "/index.txt", "")
        write(self.folder + "/serial", "01\n")
        write(self.folder + "/ca.cnf", f"""[ca]\ndefault_ca = d\n[d]\ndir = {self.folder}
database = {self.folder}/index.txt\nserial = {self.folder}/serial\nnew_certs_dir = {self.folder}
certificate = {self.folder}/ca.pem\nprivate_key = {self.folder}/ca.key\ndefault_md = sha256
policy = p\ncopy_extensions = copy\nunique_subject = no\n[p]\ncommonName = supplied\n""")
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out",
                     "ca.pem", "-subj", "/CN=resetsync faults", "-days", "2")
        self.trusting = ["unshare", "-m", "sh", "-c",
                         f"mount --bind {self.folder}/ca.pem /etc/ssl/certs/ca-certificates.crt"
                         ' && exec "$@"', "sh"]

    def openssl(self, *words):
        """Runs openssl in the authority's folder."""
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def certificate(self, name, expired):
        """A certificate for a name; gives the paths of certificate and key."""
        self.openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", name + ".key", "-out",
                     name + ".csr", "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:" + name)
        times = ["-startdate", "20200101000000Z", "-enddate", "20200201000000Z"] if expired else \
            ["-days", "1"]
        self.openssl("ca", "-batch", "-config", "ca.cnf", "-in", name + ".csr", "-out", name + ".pem",
                     "-notext", *times)
        return f"{self.folder}/{name}.pem", f"{self.folder}/{name}.key"


class TLSServer:
    """Takes connections with a certificate and notes whether a request came."""

    def __init__(self, paths):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*paths)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"https://localhost:{self.listener.getsockname()[1]}"
        self.requests = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                peer, _ = self.listener.accept()
                came = self.context.wrap_socket(peer, server_side=True).recv(9)
                self.requests += [came] if came else []
            except ssl.SSLError:
                continue
            except OSError:
                return

    def close(self):
        """Stops listening."""
        self.listener.close()


def main():
    """Runs the named faults, or all."""
    names = ["full_disk", "read_only", "read_only_report", "open_files", "names", "certificates",
             "half_open"]
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("program")
    parser.add_argument("names", nargs="*", choices=names + [[]], default=[])
    arguments = parser.parse_args()
    failures = []
    for name in arguments.names or names:
        if name in ("full_disk", "read_only", "read_only_report") and os.geteuid() != 0:
            print(f"{name}: left out, only root can mount")
            continue
        folder = tempfile.mkdtemp(prefix="resetsync-faults-")
        print(name, folder, flush=True)
        faults = Faults(os.path.abspath(arguments.program), folder)
        try:
            getattr(faults, name)()
        except Exception as error:  # noqa: BLE001: the others have to come
            faults.check(False, f"{name}: {type(error).__name__}: {error}")
        faults.unmount()
        faults.shop.close()
        failures += [f"{name}: {words}" for words in faults.failures]
        shutil.rmtree(folder)
    print(f"{len(failures)} failures")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
