"""A headless Chromium, spoken to over WebDriver's plain HTTP. Standard library only."""

import base64
import json
import os
import re
import subprocess
import urllib.error
import urllib.request


class Browser:
    """One browser window, driven by chromedriver (Debian: chromium, chromium-driver)."""

    def __init__(self, home, chromedriver="chromedriver"):
        """Starts it; whatever the browser keeps, it keeps under `home`."""
        self.driver = subprocess.Popen(
            [chromedriver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, "HOME": home})
        port = None
        for line in self.driver.stdout:
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                port = found.group(1)
                break
        if port is None:
            raise SystemExit("chromedriver did not start")
        self.base = f"http://127.0.0.1:{port}"
        options = {
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--disable-background-networking", "--no-first-run", "--hide-scrollbars"],
        }
        capabilities = {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"},
            "unhandledPromptBehavior": "ignore",
        }
        answer = self._call("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        self.session = "/session/" + answer["sessionId"]

    def close(self):
        """Ends the window and its driver."""
        try:
            self._call("DELETE", self.session)
        finally:
            self.driver.kill()
            self.driver.wait()

    def _call(self, method, path, body=None):
        data = None if method in ("GET", "DELETE") else json.dumps(body or {}).encode()
        request = urllib.request.Request(
            self.base + path, data=data, method=method,
            headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise AssertionError(f"{method} {path}: {value['error']}: {value['message'][:400]}")

    def _window(self, method, path, body=None):
        return self._call(method, self.session + path, body)

    def cdp(self, command, **parameters):
        """Sends one command of the DevTools protocol."""
        return self._window(
            "POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def open(self, address):
        """Loads an address."""
        self._window("POST", "/url", {"url": address})

    def back(self):
        """The back button."""
        self._window("POST", "/back")

    def reload(self):
        """The reload button."""
        self._window("POST", "/refresh")

    @property
    def address(self):
        """The address that the window shows."""
        return self._window("GET", "/url")

    def find(self, xpath):
        """The ids of the elements at an XPath."""
        found = self._window("POST", "/elements", {"using": "xpath", "value": xpath})
        return [next(iter(element.values())) for element in found]

    def click(self, xpath):
        """Clicks the first element at an XPath."""
        elements = self.find(xpath)
        assert elements, f"nothing at {xpath} on {self.address}:\n{self.text()[:2000]}"
        self._window("POST", f"/element/{elements[0]}/click")

    def type(self, xpath, text):
        """Types into the first element at an XPath."""
        elements = self.find(xpath)
        assert elements, f"nothing at {xpath} on {self.address}"
        self._window("POST", f"/element/{elements[0]}/value", {"text": text})

    def press(self, key):
        """Presses one key, such as `Tab`."""
        for kind in ("keyDown", "keyUp"):
            self.cdp("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                     windowsVirtualKeyCode={"Tab": 9, "Enter": 13}[key])

    def choose(self, name, value):
        """Chooses an option of a select."""
        self.click(f"//select[@name='{name}']/option[@value='{value}']")

    def text(self, xpath="//body"):
        """The text that is seen in an element."""
        elements = self.find(xpath)
        return self._window("GET", f"/element/{elements[0]}/text") if elements else ""

    def attributes(self, xpath, name):
        """One attribute of every element at an XPath."""
        return [self._window("GET", f"/element/{element}/attribute/{name}")
                for element in self.find(xpath)]

    def script(self, text):
        """What a script gives that is run from outside of the page."""
        return self._window("POST", "/execute/sync", {"script": text, "args": []})

    def dialog(self):
        """The text of an open dialog; None without one."""
        try:
            return self._window("GET", "/alert/text")
        except AssertionError:
            return None

    def requests(self):
        """The addresses requested since this was last asked."""
        found = []
        for entry in self._window("POST", "/se/log", {"type": "performance"}):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                found.append(message["params"]["request"]["url"])
        return found

    def complaints(self):
        """What the console of the browser said since this was last asked."""
        return [entry["message"] for entry in self._window("POST", "/se/log", {"type": "browser"})]

    def look(self, width, height=900, dark=False, media=""):
        """Sets the size in CSS pixels, the colour scheme and the medium."""
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=1, mobile=width < 600)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.cdp("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def shoot(self, path, whole=True):
        """Writes a picture of the whole page, or of the part that a window shows at first."""
        picture = self.cdp("Page.captureScreenshot", captureBeyondViewport=whole, format="png")
        with open(path, "wb") as file:
            file.write(base64.b64decode(picture["data"]))

    def print(self, path):
        """Prints the page on A4 into a PDF."""
        paper = self.cdp("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)
        with open(path, "wb") as file:
            file.write(base64.b64decode(paper["data"]))
