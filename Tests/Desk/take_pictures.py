#!/usr/bin/env python3
"""Takes the pictures of report and desk for README and book, from the demo.

    Tests/Desk/take_pictures.py PROGRAM [FOLDER]

PROGRAM is the built `resetsync`; the pictures go to the book's resources unless FOLDER names another
place. Needs Debian's chromium and chromium-driver.
"""

import os
import sys

sys.dont_write_bytecode = True  # the source folder stays clean
from browser import Browser  # noqa: E402
from drive_desk import ROOT, Site  # noqa: E402

RESOURCES = os.path.join(ROOT, "Sources/resetsync/resetsync.docc/Resources")


def main():
    os.environ["USER"] = "anna"  # who sits at the desk
    program = sys.argv[1]
    folder = sys.argv[2] if len(sys.argv) > 2 else RESOURCES
    os.makedirs(folder, exist_ok=True)
    site = Site(program)
    browser = Browser(site.folder)
    try:
        browser.look(1280, 900)
        browser.open("file://" + site.folder + "/demo/var/report.html")
        browser.shoot(os.path.join(folder, "report.png"), whole=False)
        browser.open(site.desk.strip())
        browser.shoot(os.path.join(folder, "desk.png"), whole=False)
    finally:
        browser.close()
        site.close()


if __name__ == "__main__":
    main()
