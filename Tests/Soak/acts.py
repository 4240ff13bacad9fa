"""What happens to the daemon in a soak: deliveries, edits, faults, signals, commands."""

import os
import signal
import time

from shop import RESETS, reset_id, write

READS = "customer_password_resets"
FAULTS = [
    {"action": "respond", "status": 500}, {"action": "respond", "status": 503, "body": "html"},
    {"action": "respond", "status": 429, "retry_after": "1", "body": "object"},
    {"action": "respond", "status": 404, "method": "PATCH", "body": "array"},
    {"action": "respond", "status": 422, "method": "PATCH", "body": "array"},
    {"action": "reset_before"}, {"action": "reset_after"}, {"action": "close_before"},
    {"action": "close_after"}, {"action": "hang"}, {"action": "hang_after"},
    {"action": "delay", "seconds": 0.7}, {"action": "trickle", "bytes": 400, "every_seconds": 0.05},
    {"action": "truncate", "after_bytes": 700}, {"action": "truncate", "after_bytes": 50, "reset": True},
    {"action": "invalid_json"}, {"action": "body", "text": "<html>busy</html>", "media_type": "text/html"},
    {"action": "media_type", "media_type": "text/plain"}, {"action": "repeat_page"},
    {"action": "revoke_token"}, {"action": "leak_token"}, {"action": "meta", "mode": "test"},
    {"action": "change", "change": {"kind": "edit", "target": "path", "before": True,
                                    "metadata": {"elsewhere": "moved"}, "merges_metadata": True}},
]
BAD_CONFIGURATIONS = [
    "{ broken", "{}", '{"api": {"base_url": 5}}', "", '{"unknown_key": true}', "\x00\x01", "[1, 2]",
]


class Acts:
    """Each act does one thing and counts it; `log` tells what was done."""

    def __init__(self, shop, daemon, log):
        self.shop, self.daemon, self.log, self.chance = shop, daemon, log, shop.chance
        self.counts = {}
        self.clock_seconds = []

    def named(self):
        """All acts by name with their weights."""
        return {
            "deliver": (self.deliver, 20), "deliver_crm": (self.deliver_crm, 8),
            "deliver_growing": (self.deliver_growing, 3), "deliver_cut": (self.deliver_cut, 4),
            "deliver_late": (self.deliver_late, 2), "deliver_again": (self.deliver_again, 2),
            "deliver_large_change": (self.deliver_large_change, 1),
            "deliver_other_person": (self.deliver_other_person, 1),
            "edit_foreign": (self.edit_foreign, 12), "edit_managed": (self.edit_managed, 8),
            "add_reset": (self.add_reset, 2), "delete_reset": (self.delete_reset, 1),
            "fault": (self.fault, 14), "outage": (self.outage, 1), "revoke": (self.revoke, 2),
            "restart": (self.restart, 4), "kill": (self.kill, 5), "freeze": (self.freeze, 2),
            "reload": (self.reload, 4), "reload_bad": (self.reload_bad, 3),
            "reload_mapping": (self.reload_mapping, 1), "decide": (self.decide, 4),
            "pause": (self.pause, 1), "one_shot": (self.one_shot, 5), "look": (self.look, 6),
            "approve": (self.approve, 4), "hook": (self.hook, 2), "quiet": (self.quiet, 6),
            "second_daemon": (self.second_daemon, 1), "backup": (self.backup, 1),
        }

    def some(self, most):
        """A few keys of the ERP that have resets."""
        count = self.chance.randint(1, most)
        return self.chance.sample([f"K{n}" for n in range(1, RESETS + 1)], count)

    # Exports

    def deliver(self):
        """A whole export with a few changes."""
        for key in self.some(10):
            self.shop.serial += 1
            field = self.chance.choice(["GROUP", "LIMIT", "NOTE"])
            serial = self.shop.serial
            self.shop.records[key][field] = f"{serial}.25" if field == "LIMIT" else f"v{serial}"
        self.shop.deliver(self.shop.name("erp", ".csv"), self.shop.erp_export())
        self.shop.tidy_exports()

    def change(self, key):
        """Gives a record another value, to be delivered."""
        self.shop.serial += 1
        if key in self.shop.contacts:
            self.shop.contacts[key] = f"tier v{self.shop.serial}"
        else:
            self.shop.records[key]["GROUP"] = f"v{self.shop.serial}"

    def deliver_crm(self):
        """A whole export of the other source."""
        for key in self.chance.sample(sorted(self.shop.contacts), 3):
            self.shop.serial += 1
            self.shop.contacts[key] = f"tier v{self.shop.serial}"
        self.shop.deliver(self.shop.name("crm", ".ndjson"), self.shop.crm_export())

    def deliver_growing(self):
        """An export written in place, piece by piece, as a slow transfer does."""
        path, text = self.shop.name("erp", ".csv"), self.shop.erp_export()
        size = len(text) // 8 + 1
        with open(path, "w") as file:
            for start in range(0, len(text), size):
                file.write(text[start:start + size])
                file.flush()
                time.sleep(0.5)

    def deliver_cut(self):
        """An export that lost its end on the way."""
        text = self.shop.erp_export()
        cut = int(len(text) * self.chance.uniform(0.05, 0.97))
        self.shop.deliver(self.shop.name("erp", ".csv"), text[:cut])

    def deliver_late(self):
        """An export that was made long before the last accepted one."""
        old = self.shop.erp_export().replace("note", "old note")
        self.shop.deliver(self.shop.name("erp", ".csv", seconds_ago=7200), old)

    def deliver_again(self):
        """The content of an export once more, under a new name."""
        self.shop.deliver(self.shop.name("erp", ".csv"), self.shop.erp_export())

    def deliver_large_change(self):
        """More changes than the rails let pass."""
        self.shop.serial += 1
        for number, key in enumerate(self.chance.sample(sorted(self.shop.records), 130)):
            field = "GROUP" if number % 2 else "LIMIT"
            self.shop.records[key][field] = f"{self.shop.serial}.{number}"
        self.deliver_again()

    def deliver_other_person(self):
        """A row whose e-mail is another person's, mended with the next delivery."""
        key = self.some(1)[0]
        mail = self.shop.records[key]["MAIL"]
        self.shop.records[key]["MAIL"] = "other.person@example.com"
        self.deliver_again()
        time.sleep(12)
        self.shop.records[key]["MAIL"] = mail
        self.deliver_again()

    # The remote side

    def edit(self, key, metadata):
        """Edits a reset as somebody else would."""
        self.shop.control("PATCH", "resets/" + reset_id(key),
                          {"kind": "edit", "metadata": metadata, "merges_metadata": True})

    def edit_foreign(self):
        """Somebody else writes a key that no mapping manages."""
        for key in self.some(4):
            self.shop.serial += 1
            self.edit(key, {"theirs": self.shop.serial})
            self.shop.foreign_edits[key] = str(self.shop.serial)

    def edit_managed(self):
        """Somebody else writes keys that a mapping manages."""
        for key in self.some(3):
            self.shop.serial += 1
            self.edit(key, {self.chance.choice(["group", "note"]): f"by hand {self.shop.serial}"})

    def add_reset(self):
        """A customer asks for a new password."""
        self.shop.serial += 1
        self.shop.control("POST", "resets", {"customer_email": f"n{self.shop.serial}@example.com"})

    def delete_reset(self):
        """A reset without a record disappears."""
        rows = [r for r in self.shop.control("GET", "resets").split('"id":"')[1:]]
        ids = [row.split('"')[0] for row in rows if '"reference":null' in row.split('"id":"')[0]]
        if ids:
            self.shop.control("DELETE", "resets/" + self.chance.choice(ids))

    # Faults

    def fault(self):
        """A handful of requests go wrong."""
        rule = dict(self.chance.choice(FAULTS))
        rule |= {"path": READS, "count": self.chance.randint(1, 4), "skip": self.chance.randint(0, 5)}
        self.shop.control("POST", "faults", rule)

    def outage(self):
        """Nothing answers for half a minute."""
        down = self.chance.choice([{"action": "respond", "status": 503}, {"action": "reset_before"}])
        self.shop.control("PUT", "faults", [down | {"count": None}])
        time.sleep(40)
        self.shop.control("DELETE", "faults")

    def revoke(self):
        """All access tokens are revoked."""
        self.shop.control("POST", "tokens/revoke", {})

    def quiet(self):
        """Nothing happens for a while."""
        self.shop.control("DELETE", "faults")
        time.sleep(15)

    # The process

    def restart(self):
        """Ended in the orderly way and started again."""
        number = self.chance.choice([signal.SIGTERM, signal.SIGINT])
        code, seconds = self.daemon.end(number)
        self.clock_seconds.append(seconds)
        expected = 143 if number == signal.SIGTERM else 130
        assert code == expected, f"exit {code} after {number.name}"
        assert seconds < 11, f"{number.name} took {seconds:.1f} s"
        self.daemon.start()

    def kill(self):
        """Killed at any moment and started again."""
        self.daemon.end(signal.SIGKILL)
        self.daemon.start()

    def freeze(self):
        """The machine stands still for a while."""
        self.daemon.frozen = True
        self.daemon.process.send_signal(signal.SIGSTOP)
        time.sleep(self.chance.uniform(3, 12))
        self.daemon.process.send_signal(signal.SIGCONT)
        time.sleep(1)
        self.daemon.frozen = False
        self.daemon.last_watchdog = None

    def reload(self):
        """Another good configuration."""
        self.shop.options["pull"] = self.chance.choice(["@every 5s", "@every 6s", "*/1 * * * *"])
        self.shop.options["command"] = self.chance.random() < 0.8
        self.shop.write_configuration()
        self.daemon.process.send_signal(signal.SIGHUP)

    def reload_mapping(self):
        """A mapping's rule changes, which is planned, then approved."""
        self.shop.options["mapping_note"] = 900 - self.shop.options["mapping_note"]
        self.shop.write_configuration()
        self.daemon.process.send_signal(signal.SIGHUP)
        time.sleep(10)
        self.approve()

    def reload_bad(self):
        """A configuration that can't be read, then the good one again."""
        write(self.shop.folder + "/Config/resetsync.json", self.chance.choice(BAD_CONFIGURATIONS))
        self.daemon.process.send_signal(signal.SIGHUP)
        time.sleep(3)
        status, _ = self.daemon.get("/healthz")
        assert status == 200, f"healthz {status} after a bad reload"
        self.shop.write_configuration()

    def second_daemon(self):
        """A second daemon ends at once and says who is there."""
        code, _, errors = self.shop.run("daemon")
        assert code == 8 and str(self.daemon.process.pid) in errors, f"second daemon: {code} {errors}"

    # Commands beside the daemon

    def look(self):
        """What a person or a monitor asks."""
        for path in ("/healthz", "/metrics", "/status", "/readyz"):
            status, text = self.daemon.get(path)
            good = (200, 503) if path == "/readyz" else (200,)
            assert status in good, f"{path}: {status} {text[:300]}"
        code, _, errors = self.shop.run("status")
        assert code == 0, f"status: {code} {errors}"

    def one_shot(self):
        """A run beside the daemon takes its turn."""
        words = self.chance.choice([["reconcile"], ["pull"], ["pull", "--full"], ["import"],
                                    ["reconcile", "--dry-run"]])
        code, _, errors = self.shop.run(*words, "--wait", "200s")
        assert code in (0, 2, 3, 4, 5, 6, 8), f"{words}: {code} {errors}"

    def approve(self):
        """A person lets a held plan pass."""
        code, plan = self.shop.json("reconcile", "--dry-run", "--no-pull", "--no-import",
                                    "--wait", "120s")
        if code == 4:
            self.count("approved")
            self.shop.run("reconcile", "--approve", plan["plan"]["digest"], "--wait", "120s")

    def decide(self):
        """A person decides some conflicts."""
        code, rows = self.shop.json("conflicts")
        assert code == 0, f"conflicts: {code} {rows}"
        with_field = [row["id"] for row in rows if row["field"]]
        for conflict in self.chance.sample(with_field, min(3, len(with_field))):
            take = self.chance.choice(["source", "remote", 'value="agreed"', "apart"])
            self.shop.run("conflicts", "resolve", conflict, "--current", "--take", take, "--by", "soak")

    def pause(self):
        """The kill switch, for a while."""
        self.shop.run("pause", "--reason", "soak")
        time.sleep(12)
        self.shop.run("resume")

    def backup(self):
        """An online copy, checked."""
        path = self.shop.folder + "/var/copy.sqlite"
        if os.path.exists(path):
            os.remove(path)
        code, _, errors = self.shop.run("backup", path)
        assert code == 0, f"backup: {code} {errors}"
        code, output, errors = self.shop.run("verify")
        assert code == 0, f"verify: {code} {output} {errors}"

    def hook(self):
        """The receiver of alerts fails for a while."""
        self.shop.hook.mode = self.chance.choice(["bad", "hangs"])
        time.sleep(10)
        self.shop.hook.mode = "good"

    def count(self, name):
        """Counts something that was done."""
        self.counts[name] = self.counts.get(name, 0) + 1
