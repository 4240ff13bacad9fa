"""A shop full of hostile text: script injection, spreadsheet formulas, odd Unicode.

The strings are of the kinds that public lists collect; each is planted as a reference, as a value
on both sides, as a metadata key and in a file name.
"""

import csv
import io
import json
import os
import urllib.parse

STRINGS = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(2)>", "'-alert(3)-'",
    "javascript:alert(4)", "</textarea><svg/onload=alert(5)>", "<!--", "]]>",
    "</title><iframe src=//example.invalid>", "{{7*7}}${7*7}<%= 7*7 %>",
    "<a href=\"https://example.invalid/\">x</a>", "<style>*{display:none}</style>",
    "<meta http-equiv=refresh content=0;url=//example.invalid>", "&lt;b&gt;&#60;", "%3Cscript%3E",
    "=1+1", "=HYPERLINK(\"http://example.invalid\",\"x\")", "+1+1", "-1+1", "@SUM(1+1)",
    "\t=cmd|' /C calc'!A0", "|calc", "\uff1d1+1", "a;=1+1", "a\n=1+1",
    "\u202eabc\u202c", "\u2066x\u2069", "a\u200bb", "\ufeffbom", "e\u0301\u0302\u0303\u0304",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u0647\u0644\u0627", "\u0000nul", "\u001b[31mred",
    "a\rb", "\u2028line", "\ud7ff\ue000", "\U000e0041tag", "Robert'); DROP TABLE conflicts;--",
    "../../etc/passwd", "nil", "null", "NaN", "1e309", "\"", "'", "\\", "`id`", "$(id)",
    # Terminals: colours, titles, a cleared screen, C1 controls, a bell, deletions, a backspace.
    "\u001b]0;title\u0007", "\u001b[2J\u001b[H", "\u009b31m", "\u0007\u007f\u0008", "\u0085next",
    "\u001bP1;1q\u001b\\", "\u000b\u000c",
    # Formulas behind blanks, other signs and separators.
    "-2+3+cmd|' /C calc'!A0", "@A1", "\u3000=1+1", "\u00a0=1+1", "'=1+1", "\"=1+1\"", "\u2212" + "1+1",
    "=\tcmd", "a,=1+1", "=IMPORTXML(\"//example.invalid\",\"//a\")", "\uff20SUM(1)",
    # Markup that some readers mend into something else.
    "<scr<script>ipt>alert(6)</script>", "<img src=`x` onerror=alert(7)>", "<svg><desc></svg>",
    "<![CDATA[<b>]]>", "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]>", "--><b>", "&amp;lt;",
    "<bdo dir=rtl>x", "</style><b>", "onmouseover=alert(8) x", "\u3008b\u3009\uff1cb\uff1e",
    # Directions, joiners, marks without end, invisible signs, unassigned and private ones.
    "\u200f\u200e\u061c", "\u2067a\u2069\u202d", "a" + "\u0336\u0489" * 40, "\ufdfd", "\u00ad\u2060",
    "\U0001f1e6\U0001f1ff\U0001f3f4\U000e0067\U000e007f", "\u180e\u115f\u3164", "\U000f0000\ufffe",
    "\ufb00\u0130\u00df\u01c6", "\u1f88\u0345", "\u2066\u2067" * 30, "\ud55c\u1112\u1161\u11ab",
    # Words that programs take for something else, and length.
    "--help", "-rf /", "CON", "undefined", "true", "0x10", "1_000", "\u0661\u0662", "1,2", "00:00",
    "%s%n%d", "%0d%0aSet-Cookie: a=b", "{\"a\":[1,{}]}", "[]", "[object Object]", "key: [1]",
    "W" * 5_000, "\u0301" * 300, "a " * 2_000,
]

# Signs that a terminal acts on, that turn the direction of text, or that nobody sees.
RAW = ([chr(code) for code in range(32) if code != 10] + [chr(code) for code in range(127, 160)]
       + list("\u200b\u200e\u200f\u061c\u202a\u202b\u202d\u202e\u2066\u2067\u2028\u2029\ufeff"))


def check_terminal(text, words):
    """Nothing of what a terminal would act on comes out of a command as it is."""
    for sign in RAW:
        place = text.find(sign)
        assert place < 0, (words, repr(text[max(0, place - 60):place + 20]))


def check_json(conflicts):
    """In JSON everything stands as it was delivered."""
    found = {c["source"] for c in conflicts if c["field"] == "note"}
    for text in STRINGS:
        clean = text.replace("\u0000", "\\0")
        blank = not clean.strip(" \t\r\n\u00a0\u3000\u200b\ufeff\u2028\u0085\u000b\u000c")
        assert blank or clean in found or clean.strip() in {f.strip() for f in found
                                                           if isinstance(f, str)}, repr(clean)

STARTERS = "=+-@|%\t\r\n\uff1d\uff0b\uff0d\uff20\u2212"


def plant(folder):
    """Writes configuration, mapping, export and seed into a folder; gives the export's name."""
    for part in ("Config", "Mappings", "exports", "var"):
        os.makedirs(f"{folder}/{part}")
    rows, resets = [], []
    for number, text in enumerate(STRINGS):
        clean = text.replace("\u0000", "\\0")
        reference = f"{clean} {number}"
        rows.append([reference, clean, clean])
        resets.append({
            "id": f"reset{number}", "customer_email": f"anna{number}@example.com",
            "reference": reference, "reference_origin": "erp",
            "metadata": {"group": f"remote {text}", text: text, "note": f"{text} remote"},
            "created_at": "2026-10-01T08:00:00.000Z", "updated_at": "2026-10-01T08:00:00.000Z"})
    resets.append({
        "id": "stranger", "customer_email": "x@example.com", "reference": "1",
        "reference_origin": STRINGS[0], "metadata": {},
        "created_at": "2026-10-01T08:00:00.000Z", "updated_at": "2026-10-01T08:00:00.000Z"})
    name = "=cmd <img src=x onerror=alert(9)>&'\"\u001b[31m\u202e\u0085\n.csv"
    with open(f"{folder}/exports/{name}", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(["ID", "GROUP", "NOTE"])
        writer.writerows(rows)
    seed = {
        "organization": "hostile", "mode": "test", "limits": {"limited": False}, "resets": resets,
        "credentials": [
            {"client_id": "id", "client_secret": "secret", "role": "admin", "mode": "test"}]}
    write(f"{folder}/seed.json", json.dumps(seed))
    mapping = {
        "name": "erp", "origins": ["erp"],
        "export": {"path": "../exports/*.csv", "format": "csv", "delimiter": ";", "settle": "0s",
                   "encoding": "utf-8"},
        "reference": {"column": "ID", "normalize": []},
        "fields": [{"column": "GROUP", "metadata": "group"}, {"column": "NOTE", "metadata": "note"}]}
    write(f"{folder}/Mappings/erp.json", json.dumps(mapping))
    return name


def configure(folder, shop):
    """Writes the configuration for a shop that runs."""
    write(f"{folder}/Config/id", "id")
    write(f"{folder}/Config/secret", "secret")
    rails = {name: "off" for name in ("updates", "same_field", "same_value", "clears")}
    write(f"{folder}/Config/resetsync.json", json.dumps({
        "api": {"base_url": shop["base_url"], "token_url": shop["token_url"],
                "client_id": {"file": "id"}, "client_secret": {"file": "secret"},
                "organization": "hostile", "mode": "test", "limits": "none"},
        "mirror": {"path": "../var/mirror.sqlite"}, "mappings": ["../Mappings/*.json"],
        "safety": {"first_run": "push", **rails},
        "conflicts": {"log": "../var/conflicts.ndjson", "grace": "0s"},
        "report": {"path": "../var/report.html"}}))


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        os.chmod(path, 0o600)
        file.write(text)


def check_csv(text):
    """No cell of a CSV, nor any piece of it that a semicolon or a line end splits off, can start a
    formula."""
    rows = list(csv.reader(io.StringIO(text)))
    assert len({len(row) for row in rows}) == 1, "rows differ in length"
    for row in rows:
        for cell in row:
            for piece in cell.replace("\n", ";").replace("\r", ";").split(";"):
                bare = piece.lstrip(" \u200b\ufeff\u202e\u2066")
                number = bare.lstrip("-").replace(".", "").isdigit()
                assert not bare or bare[0] not in STARTERS or number, repr(cell)
    return len(rows) - 1


def check_log(path):
    """Every line of the conflict log is one JSON object; control characters are escaped."""
    with open(path, encoding="utf-8", newline="\n") as file:
        lines = file.read().split("\n")
    assert lines.pop() == ""
    for line in lines:
        json.loads(line)
        assert not any(ord(sign) < 32 for sign in line), repr(line)
    return len(lines)


def inert(browser):
    """The page made no request but for itself, opened no dialog, and holds no planted element."""
    own = browser.address
    assert browser.dialog() is None
    strange = [a for a in browser.requests()
               if urllib.parse.urldefrag(a)[0] != urllib.parse.urldefrag(own)[0]
               and not a.startswith(("data:", "chrome")) and "favicon" not in a
               and "/review" not in a]
    assert not strange, strange
    planted = browser.script(
        "return document.querySelectorAll('script,iframe,img,object,embed,base,"
        "[onerror],[onload],a[href*=invalid],a[href^=javascript]').length"
        " + document.querySelectorAll('style').length - 1")
    assert planted == 0, planted
