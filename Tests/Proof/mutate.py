#!/usr/bin/env python3
"""Changes single operators of the core, one at a time, and sees that a test fails.

    Tests/Proof/mutate.py [--count N] [--seed S] [--only PATH] [--list] [--out FILE]

Every change is compiled once, into one build: each place asks at run time whether it is the one
that is changed (`RESETSYNC_MUTANT=number`), so that a mutant costs a test run and no build. A
change that does not compile is left out. Survivors are listed with file and line; the exit code
is 1 if one survives that the list of equivalent ones (EQUIVALENT below) does not argue away.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROOM = "Reconciliation"
# How long the quick tests and each part of the slow ones may take with a mutant, in seconds: one
# that hangs counts as killed.
QUICK_SECONDS_MAX, SLOW_SECONDS_MAX = 30, 300
# The tests that take most of the time, by file, in the order of what they cost: they run after all
# others, and only with a mutant that these don't notice.
SLOW = [["RailTests", "RowMemoryTests"], ["PlainPairsTests"], ["PlainRowReaderTests"],
        ["PlainAgreementTests"], ["RandomWalkTests"]]

# Characters that Swift takes in operators, used as digits so that each place has its own.
DIGITS = "⇐⇑⇒⇓⇔⇕⇖⇗⇘⇙⇚⇛⇜⇝⇞⇟"

PRECEDENCE = {
    "<": "ComparisonPrecedence", "<=": "ComparisonPrecedence",
    ">": "ComparisonPrecedence", ">=": "ComparisonPrecedence",
    "==": "ComparisonPrecedence", "!=": "ComparisonPrecedence",
    "&&": "LogicalConjunctionPrecedence", "||": "LogicalDisjunctionPrecedence",
    "+": "AdditionPrecedence", "-": "AdditionPrecedence",
}
BECOMES = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==",
    "&&": "||", "||": "&&", "+": "-", "-": "+",
}

# Survivors that change nothing: "file: line's text" → why. Kept by text so that lines may move.
EQUIVALENT = json.loads((pathlib.Path(__file__).parent / "equivalent.json").read_text()) \
    if (pathlib.Path(__file__).parent / "equivalent.json").exists() else {}


class Mutant:
    """One change at one place."""

    def __init__(self, number, path, line, text, what):
        self.number, self.path, self.line = number, path, line
        self.text, self.what = text.strip(), what

    @property
    def name(self):
        return f"{self.path}:{self.line}: {self.what}"

    @property
    def identity(self):
        return f"{self.path}: {self.what} in {self.text}"


def code_only(line):
    """The line with strings and comments blanked out, same length."""
    line = re.sub(r'"(?:\\.|[^"\\])*"', lambda m: "\0" * len(m.group()), line)
    place = line.find("//")
    return line if place < 0 else line[:place] + " " * (len(line) - place)


def write(path, text):
    """Writes a file where it differs, so that nothing is built twice."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


class Room:
    """The sources of the room with every change in place behind a switch."""

    def __init__(self, folder, only):
        self.folder, self.only = folder, only
        self.mutants, self.operators, self.dropped = [], [], set()

    def rewrite(self):
        """Writes the room anew, without the places that do not compile."""
        self.mutants, self.operators = [], []
        source = ROOT / "Sources" / ROOM
        for path in sorted(source.rglob("*.swift")):
            relative = str(path.relative_to(ROOT))
            lines = path.read_text().split("\n")
            in_text = False
            for place, line in enumerate(lines):
                quotes = line.count('"""')
                if not in_text and quotes == 0 and (not self.only or self.only in relative):
                    lines[place] = self.changed(relative, place + 1, line)
                if quotes % 2:
                    in_text = not in_text
            write(self.folder / path.relative_to(ROOT), "\n".join(lines))
        switches = self.folder / "Sources" / ROOM / "MutantSwitches.swift"
        write(switches, SWITCHES + "\n".join(self.operators) + "\n")

    def cause(self, path, line):
        """The line whose change is behind a complaint: this one, or one a little above, where
        the end of a function that lost its value is complained of."""
        changed = {m.line for m in self.mutants if m.path == path} \
            - {number for file, number in self.dropped if file == path}
        return next(((path, above) for above in range(line, line - 12, -1) if above in changed),
                    None)

    def new(self, path, line, text, what):
        """The next mutant's number; None for a place known not to compile."""
        mutant = Mutant(len(self.mutants) + 1, path, line, text, what)
        self.mutants.append(mutant)
        return None if (path, line) in self.dropped else mutant.number

    def changed(self, path, number, line):
        code = code_only(line)
        stripped = code.strip()
        if re.match(r"(import|public import|infix|prefix|case [\w.]+:?$|@|///|enum|struct)", stripped):
            return line
        if "static func ==" in code or "static func <" in code or "where Self" in code:
            return line
        edits = []

        def edit(match, group, what, make):
            mutant = self.new(path, number, line, what)
            if mutant is not None:
                edits.append((match.start(group), match.end(group), make(mutant)))

        for match in re.finditer(r" (<|<=|>|>=|==|!=|&&|\|\||\+|-) ", code):
            operator = match.group(1)
            edit(match, 1, f"{operator} → {BECOMES[operator]}",
                 lambda m, o=operator: self.operator(o, m))
        is_pattern = re.match(r"(case |default)", stripped)
        if not is_pattern:
            for match in re.finditer(r"(?<![\w.])(true|false)\b(?!:)", code):
                word = match.group(1)
                other = "false" if word == "true" else "true"
                edit(match, 1, f"{word} → {other}", lambda m, w=word: f"mutated({m}, {w})")
            for match in re.finditer(r"(?<![\w.)\]!])!(?=[A-Za-z_(])", code):
                edit(match, 0, "! removed", lambda m: f"{self.negation(m)}")
            for match in re.finditer(r"(?<![\w.#\x00])(\d+)(?![\w.\x00])", code):
                if not re.search(r"(\.\.\.|\.\.<|\$)\s*$", code[:match.start()]) \
                        and not code[match.end():].startswith("..."):
                    word = match.group(1)
                    edit(match, 1, f"{word} → {int(word) + 1}",
                         lambda m, w=word: f"mutated({m}, {w})")
            for match in re.finditer(r"(?<![\w.)\]?!])([a-z]\w*(?:\.[a-z]\w*)*)\.(source|remote)\b(?!\(|:| =[^=])",
                                     code):
                chain, side = match.group(1), match.group(2)
                other = "remote" if side == "source" else "source"
                edit(match, 0, f".{side} → .{other}",
                     lambda m, c=chain, s=side, o=other:
                     f"(isMutant({m}) ? {c}.{o} : {c}.{s})")
            match = re.match(r"^(\s*)(return)\b.*$", code)
            if re.match(r"^\s*return$", code):
                pass
        # A statement that is a call on its own, left out.
        match = re.match(r"^(\s+)((?:self\.)?[a-z]\w*(?:\.[a-z]\w*)*\(.*\))\s*$", code)
        if match and not edits and "{" not in code and ".init(" not in code:
            mutant = self.new(path, number, line, "call left out")
            if mutant is not None:
                return f"{match.group(1)}if !isMutant({mutant}) {{ {line.strip()} }}"
        for start, end, text in sorted(edits, reverse=True):
            line = line[:start] + text + line[end:]
        return line

    def spelled(self, mutant):
        text = ""
        while mutant:
            text = DIGITS[mutant % 16] + text
            mutant //= 16
        return text

    def operator(self, operator, mutant):
        name = "⟐" + self.spelled(mutant)
        other = BECOMES[operator]
        self.operators.append(f"infix operator {name}: {PRECEDENCE[operator]}")
        if operator in ("&&", "||"):
            self.operators.append(
                f"func {name} (a: Bool, b: @autoclosure () -> Bool) -> Bool "
                f"{{ isMutant({mutant}) ? a {other} b() : a {operator} b() }}")
        elif operator in ("==", "!="):
            self.operators.append(
                f"func {name} <T: Equatable>(a: T, b: T) -> Bool "
                f"{{ isMutant({mutant}) ? a {other} b : a {operator} b }}")
        elif operator in ("+", "-"):
            self.operators.append(
                f"func {name} <T: AdditiveArithmetic>(a: T, b: T) -> T "
                f"{{ isMutant({mutant}) ? a {other} b : a {operator} b }}")
            if operator == "+":
                self.operators.append(
                    f"func {name} <T: RangeReplaceableCollection>(a: T, b: T) -> T "
                    f"{{ isMutant({mutant}) ? a : a + b }}")
        else:
            self.operators.append(
                f"func {name} <T: Comparable>(a: T, b: T) -> Bool "
                f"{{ isMutant({mutant}) ? a {other} b : a {operator} b }}")
        return name

    def negation(self, mutant):
        name = "⟐" + self.spelled(mutant)
        self.operators.append(f"prefix operator {name}")
        self.operators.append(
            f"prefix func {name} (a: Bool) -> Bool {{ isMutant({mutant}) ? a : !a }}")
        return name


SWITCHES = """
import Foundation

/// The change that this process makes; 0 for none.
let chosenMutant = ProcessInfo.processInfo.environment["RESETSYNC_MUTANT"].flatMap { Int($0) } ?? 0

@inline(__always) func isMutant(_ number: Int) -> Bool { chosenMutant == number }

func mutated(_ number: Int, _ value: Bool) -> Bool { isMutant(number) ? !value : value }
func mutated(_ number: Int, _ value: Int) -> Int { isMutant(number) ? value + 1 : value }
func mutated(_ number: Int, _ value: Double) -> Double { isMutant(number) ? value + 1 : value }

"""

PACKAGE = """// swift-tools-version: 6.2
import PackageDescription

let house: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
  name: "mutants",
  targets: [
    .systemLibrary(name: "CProcessor"),
    .target(name: "Formats", dependencies: ["CProcessor"], swiftSettings: house),
    .target(name: "Reconciliation", dependencies: ["Formats"], swiftSettings: house),
    .target(name: "Effects", dependencies: ["Formats"], swiftSettings: house),
    .target(name: "TestKit", dependencies: ["Effects", "Formats", "Reconciliation"],
      path: "Tests/TestKit", swiftSettings: house),
    .testTarget(name: "ReconciliationTests",
      dependencies: ["Reconciliation", "TestKit", "Formats"], swiftSettings: house),
  ],
  swiftLanguageModes: [.v6]
)
"""


def build(folder):
    """Builds and gives the compiler's complaints as (path, line); empty once it builds."""
    done = subprocess.run(
        ["swift", "build", "--build-tests", "-Xswiftc", "-suppress-warnings"], cwd=folder,
        capture_output=True, text=True)
    if done.returncode == 0:
        return set()
    found = set()
    for match in re.finditer(r"(Sources/Reconciliation/[^:\n]+):(\d+):\d+: error:",
                             done.stdout + done.stderr):
        found.add((match.group(1), int(match.group(2))))
    if not found:
        sys.exit((done.stdout + done.stderr)[-3000:])
    return found


def run(binary, folder, mutant):
    """Whether the tests pass with a mutant; the slow ones run only if the others do."""
    choices = [[word for part in SLOW for name in part for word in ("--skip", name)]]
    choices += [[word for name in part for word in ("--filter", name)] for part in SLOW]
    environment = dict(os.environ, RESETSYNC_MUTANT=str(mutant), SWIFT_BACKTRACE="enable=no")
    for number, choice in enumerate(choices):
        try:
            done = subprocess.run(
                [binary, "--testing-library", "swift-testing", *choice], cwd=folder,
                env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                timeout=SLOW_SECONDS_MAX if number else QUICK_SECONDS_MAX)
            if done.returncode:
                return False
        except subprocess.TimeoutExpired:
            return False
    return True


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("--count", type=int, help="how many mutants are tried, drawn by the seed")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--only", help="a part of the path, such as Deciding/")
    words.add_argument("--numbers", help="these mutants, comma-separated")
    words.add_argument("--jobs", type=int, default=os.cpu_count())
    words.add_argument("--folder", help="where to build; kept, for a faster second time")
    words.add_argument("--list", action="store_true", help="list the mutants and end")
    words.add_argument("--out", help="a file for the results, JSON")
    options = words.parse_args()
    folder = pathlib.Path(options.folder or tempfile.mkdtemp(prefix="resetsync-mutants-"))
    try:
        return work(options, folder)
    finally:
        if not options.folder:
            shutil.rmtree(folder, ignore_errors=True)


def work(options, folder):
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "Package.swift", PACKAGE)
    for part in ["Sources/CProcessor", "Sources/Formats", "Sources/Effects", "Tests/TestKit",
                 "Tests/ReconciliationTests"]:
        files = {path.relative_to(ROOT) for path in (ROOT / part).rglob("*.*")}
        for path in (folder / part).rglob("*.*"):
            if path.relative_to(folder) not in files:
                path.unlink()
        for path in files:
            write(folder / path, (ROOT / path).read_text())
    room = Room(folder, options.only)
    # What does not compile is known by line, so only for these very sources.
    text = "".join(path.read_text() for path in sorted((ROOT / "Sources" / ROOM).rglob("*.swift")))
    memory = folder / f"dropped-{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"
    if memory.exists():
        room.dropped = {tuple(each) for each in json.loads(memory.read_text())}
    room.rewrite()
    if options.list:
        print("\n".join(f"{m.number} {m.name}    {m.text}" for m in room.mutants))
        return 0
    for attempt in range(30):
        print(f"building {len(room.mutants)} mutants (attempt {attempt + 1})", flush=True)
        faults = build(folder)
        if not faults:
            break
        print(f"  {len(faults)} lines do not compile", flush=True)
        faults = {room.cause(path, line) for path, line in faults} - {None}
        if faults <= room.dropped:
            sys.exit("the room does not compile unchanged")
        room.dropped |= faults
        memory.write_text(json.dumps(sorted(room.dropped)))
        room.rewrite()
    binary = str(folder / ".build/debug/mutantsPackageTests.xctest")
    if not run(binary, folder, 0):
        sys.exit("the tests fail without any change")
    tried = [m for m in room.mutants if (m.path, m.line) not in room.dropped]
    if options.numbers:
        wanted = {int(n) for n in options.numbers.split(",")}
        tried = [m for m in tried if m.number in wanted]
    if options.count and options.count < len(tried):
        tried = random.Random(options.seed).sample(tried, options.count)
    survivors, argued = [], []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        outcomes = pool.map(lambda m: (m, run(binary, folder, m.number)), tried)
        for number, (mutant, survives) in enumerate(outcomes, 1):
            if survives:
                (argued if mutant.identity in EQUIVALENT else survivors).append(mutant)
                if mutant.identity not in EQUIVALENT:
                    print(f"SURVIVES {mutant.number} {mutant.name}\n    {mutant.text}", flush=True)
            if number % 50 == 0:
                print(f"  {number} of {len(tried)}", flush=True)
    killed = len(tried) - len(survivors) - len(argued)
    print(f"mutants: {len(tried)} tried, {killed} killed, {len(argued)} equivalent, "
          f"{len(survivors)} survived")
    if options.out:
        pathlib.Path(options.out).write_text(json.dumps({
            "tried": len(tried), "killed": killed, "equivalent": len(argued),
            "survivors": [m.name + "  " + m.text for m in survivors]}, indent=2))
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
