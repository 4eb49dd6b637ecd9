"""A headless Chromium, driven over a pipe with the Chrome DevTools protocol: no port, no driver, no download."""

import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from tests.clients.programs import end_group, secluded_environment

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 30.0
"""What one answer, or one event that is waited for, may take."""
KEYS = {
    "Enter": ("\r", 13),
    "Escape": ("", 27),
    "ArrowLeft": ("", 37),
    "ArrowUp": ("", 38),
    "ArrowRight": ("", 39),
    "ArrowDown": ("", 40),
}
"""The text and the number of keys that write none of their own."""


def installed_chromium() -> str | None:
    """The browser's path; None where there is none, or none that can be driven over a pipe."""
    if sys.platform == "win32":
        return None
    return next(filter(None, map(shutil.which, NAMES)), None)


_ON_3_AND_4 = """
import fcntl, os, sys
commands, answers = (fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3])
os.dup2(commands, 3)
os.dup2(answers, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""The browser reads commands from descriptor 3 and answers on 4; this puts the pipes' ends there, and becomes it."""

_MOVED = """
new Promise((done) => {
  let left = 40;
  const step = () => (left-- ? requestAnimationFrame(step) : done());
  step();
})
"""
_MIDDLE = (
    "(({{x, y, width, height}}) => [x + width / 2, y + height / 2])(document.querySelector({}).getBoundingClientRect())"
)


class Tab:
    """One page in the browser: what a person does there, and what is to be seen."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands, self._answers = commands, answers
        self._number = 0
        self._unread = b""
        self._session = self._target = ""
        self._asked_for: dict[str, str] = {}
        self.complaints: list[str] = []
        """What the page's scripts failed at, and what the browser kept them from."""
        self._loaded = False

    def open(self, address: str, *, width: int = 1440, height: int = 900) -> Self:
        """The page stands there, loaded, in a new tab."""
        self._session, before = "", self._target
        self._target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        if before:
            self._ask("Target.closeTarget", targetId=before)
        self._session = self._ask("Target.attachToTarget", targetId=self._target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._ask(f"{domain}.enable")
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._ask("Emulation.setDeviceMetricsOverride", **size)
        self._loaded = False
        self._asked_for.clear()
        self.complaints.clear()
        self._ask("Page.navigate", url=address)
        while not self._loaded:
            self._note(self._next())
        return self

    @property
    def requested(self) -> list[str]:
        """The addresses that the page asked for, its own first, without those that its policy kept it from."""
        return list(self._asked_for.values())

    def run(self, expression: str) -> Any:
        """What the expression comes to in the page, waited for where it is a promise."""
        given = self._ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in given, given["exceptionDetails"]
        return given["result"].get("value")

    def text(self, selector: str) -> str:
        """What can be read in the first such element that is shown; empty where none is."""
        return str(self.run(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"))

    def settle(self) -> None:
        """Movements have come to their end."""
        self.run(_MOVED)

    def middle(self, selector: str) -> tuple[float, float]:
        """Where the middle of the first such element is in the window."""
        box = self.run(_MIDDLE.format(json.dumps(selector)))
        return float(box[0]), float(box[1])

    def click(self, selector: str) -> None:
        """The pointer is pressed and let go on the middle of the element."""
        self.press(*self.middle(selector))

    def press(self, x: float, y: float) -> None:
        """The pointer is pressed and let go there."""
        self.point("mouseMoved", x, y)
        self.point("mousePressed", x, y)
        self.point("mouseReleased", x, y)
        self.settle()

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """The pointer is pressed at one place and let go at another."""
        self.point("mouseMoved", *start)
        self.point("mousePressed", *start)
        for part in (0.3, 0.6, 1.0):
            self.point("mouseMoved", *(a + (b - a) * part for a, b in zip(start, end, strict=True)), held=True)
        self.point("mouseReleased", *end)
        self.settle()

    def wheel(self, x: float, y: float, delta: float) -> None:
        """The wheel is turned there; away from oneself where `delta` is negative."""
        self._ask("Input.dispatchMouseEvent", type="mouseWheel", x=x, y=y, deltaX=0, deltaY=delta)
        self.settle()

    def point(self, kind: str, x: float, y: float, *, held: bool = False) -> None:
        """One event of the left button or of the pointer alone."""
        button = {} if kind == "mouseMoved" and not held else {"button": "left", "buttons": 1, "clickCount": 1}
        self._ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, **button)

    def write(self, text: str) -> None:
        """The text is typed where the focus is."""
        self._ask("Input.insertText", text=text)

    def key(self, name: str) -> None:
        """The key is pressed and let go."""
        text, code = KEYS[name] if name in KEYS else (name, ord(name))
        self._ask("Input.dispatchKeyEvent", type="keyDown", key=name, text=text, windowsVirtualKeyCode=code)
        self._ask("Input.dispatchKeyEvent", type="keyUp", key=name, windowsVirtualKeyCode=code)
        self.settle()

    def prefer(self, **features: str) -> None:
        """The person prefers that, such as prefers_color_scheme = dark."""
        wanted = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self._ask("Emulation.setEmulatedMedia", features=wanted)
        self.settle()

    def _ask(self, method: str, **arguments: Any) -> Any:
        self._number += 1
        number = self._number
        session = {"sessionId": self._session} if self._session else {}
        message = {"id": number, "method": method, "params": arguments, **session}
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            told = self._next()
            if told.get("id") == number:
                assert "error" not in told, (method, told)
                return told["result"]
            self._note(told)

    def _note(self, told: dict[str, Any]) -> None:
        details = told.get("params", {})
        match told.get("method"):
            case "Page.loadEventFired":
                self._loaded = True
            case "Network.requestWillBeSent":
                self._asked_for[details["requestId"]] = details["request"]["url"]
            case "Network.loadingFailed" if details.get("blockedReason") == "csp":
                self._asked_for.pop(details["requestId"], None)
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(details["exceptionDetails"])[:2_000])
            case "Log.entryAdded":
                self.complaints.append(details["entry"]["text"])
            case "Page.javascriptDialogOpening":
                self.complaints.append(f"a dialog: {details['message']}")

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._unread:
            ready, _, _ = select.select([self._answers], [], [], SECONDS)
            assert ready, f"Chromium said nothing for {SECONDS:g} seconds"
            more = os.read(self._answers, 1 << 20)
            assert more, "Chromium has ended"
            self._unread += more
        message, _, self._unread = self._unread.partition(b"\0")
        told: dict[str, Any] = json.loads(message)
        return told


@contextmanager
def chromium(program: str, home: Path) -> Iterator[Tab]:
    """A browser with a profile of its own in `home`, ended with everything that it started when the block ends."""
    commands_in, commands = os.pipe()
    answers, answers_out = os.pipe()
    flags = [
        "--headless=new", "--remote-debugging-pipe", f"--user-data-dir={home / 'profile'}", "--no-first-run", "--disable-gpu",
        "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--no-default-browser-check", "--mute-audio", "--hide-scrollbars",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ]  # fmt: skip
    ends = [str(commands_in), str(answers_out)]
    command = [sys.executable, "-c", _ON_3_AND_4, *ends, program, *flags, "about:blank"]
    with subprocess.Popen(
        command,
        pass_fds=(commands_in, answers_out),
        env=secluded_environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        start_new_session=True,
    ) as browser:
        os.close(commands_in)
        os.close(answers_out)
        try:
            yield Tab(commands, answers)
        finally:
            end_group(browser)
            os.close(commands)
            os.close(answers)
