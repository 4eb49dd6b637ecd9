"""From the first step to the last: on a real folder, with real processes, told as it goes or as one JSON document."""

import json
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import anyio

from server.demo import acts, learning, watching
from server.demo.cast import PERSON, SYSTEM_IDS
from server.demo.claims import Fallen, first_cause
from server.demo.stage import Stage, folder_for_play
from server.model.base import JsonObject

ACTS = (*acts.ACTS, *watching.ACTS, *learning.ACTS)
"""Every step under the name by which its facts go, in order."""
CONNECTED = (*SYSTEM_IDS, PERSON)
HELD, FELL = 0, 1
"""Exit codes: every claim held; one did not."""

Tell = Callable[[str, JsonObject], None]
"""Is given each step's name and facts as soon as they are there."""


def run(*, folder: str | None, keep: bool, color: bool, as_json: bool) -> int:
    """The demonstration has been played; the result is the exit code. Raises InvalidArgument for a folder that is in use."""
    with folder_for_play(folder, keep=keep) as place:
        stays = keep or folder is not None
        if as_json:
            return _for_machines(place, stays=stays)
        return _for_people(place, stays=stays, color=color)


def _for_machines(place: Path, *, stays: bool) -> int:
    facts: JsonObject = {"held": True, "folder": str(place) if stays else "", "steps": {}}
    started = time.monotonic()
    try:
        _play(Stage(place), facts["steps"].__setitem__)
    except Fallen as fallen:
        facts |= {"held": False, "fell": {"claim": fallen.claim, "details": fallen.details}}
    facts["seconds"] = round(time.monotonic() - started, 2)
    print(json.dumps(facts, ensure_ascii=False))
    return HELD if facts["held"] else FELL


def _for_people(place: Path, *, stays: bool, color: bool) -> int:
    from server.demo.screen import Screen

    screen, stage = Screen(place, stays=stays, color=color), Stage(place)
    started = time.monotonic()
    screen.open()
    try:
        _play(stage, screen.tell)
    except Fallen as fallen:
        screen.fall(fallen.claim, fallen.details, stage.server_log())
        return FELL
    screen.close(time.monotonic() - started)
    return HELD


def _play(stage: Stage, tell: Tell) -> None:
    """Every step has been taken and told. Raises Fallen for the first that does not hold, KeyboardInterrupt for a signal."""
    try:
        anyio.run(_play_until_stopped, stage, tell)
    except BaseExceptionGroup as group:
        # Whatever ended it came out of a task: the one cause is what the caller can tell.
        raise first_cause(group) from group


async def _play_until_stopped(stage: Stage, tell: Tell) -> None:
    stopped = False
    async with anyio.create_task_group() as tasks:

        async def stop_on_signals() -> None:
            nonlocal stopped
            with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
                async for _ in signals:
                    stopped = True
                    tasks.cancel_scope.cancel()

        if sys.platform != "win32":  # There Python itself turns Ctrl-C into an interrupt.
            tasks.start_soon(stop_on_signals)
        async with stage.connecting(CONNECTED) as connecting:
            play = acts.Play(stage, connecting)
            for name, act in ACTS:
                tell(name, await act(play))
        tasks.cancel_scope.cancel()
    if stopped:
        raise KeyboardInterrupt
