"""What else finds cascades: the bare rule of three co-occurrences, and tigramite's PCMCI where it is installed."""

import importlib
import math
import multiprocessing
import resource
from multiprocessing.connection import Connection
from time import process_time
from typing import Any

import numpy as np
import numpy.typing as npt

from server.patterns.history import History

Pairs = frozenset[tuple[str, str]]
MINUTE = 60_000_000
WITHIN = 30 * MINUTE
BIN = 5 * MINUTE


def failures_of(history: History, system: int) -> npt.NDArray[np.int64]:
    """Moments of the system's errors, incidents and runs that failed."""
    runs, troubles = history.runs, history.troubles
    told = (troubles.at[troubles.system == system], runs.finished[(runs.system == system) & runs.failed])
    return np.sort(np.concatenate(told))


def bare_rule(history: History) -> Pairs:
    """Pairs of which three failures of the one came within 30 minutes after a run or a failure of the other."""
    runs = history.runs
    failures = [failures_of(history, one) for one in range(len(history.systems))]
    firings = [
        np.sort(np.concatenate((failed, runs.started[runs.system == one]))) for one, failed in enumerate(failures)
    ]
    return frozenset(
        (history.systems[cause], history.systems[effect])
        for effect, failed in enumerate(failures)
        for cause, fired in enumerate(firings)
        if cause != effect and _followed(fired, failed) >= 3
    )


def _followed(fired: npt.NDArray[np.int64], failed: npt.NDArray[np.int64]) -> int:
    before = np.searchsorted(fired, failed, side="left") - 1
    there = before >= 0
    return int(np.count_nonzero(failed[there] - fired[before[there]] <= WITHIN))


def pcmci(history: History, seconds: float) -> Pairs | None:
    """The pairs that PCMCI links at .05, false discovery rate adjusted; None where so much processor time is not enough.

    Failures are counted in bins of five minutes, lags up to half an hour, partial correlation. Raises ModuleNotFoundError
    where tigramite is not installed.
    """
    importlib.import_module("tigramite")
    mine, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=_run_pcmci, args=(theirs, history, seconds), daemon=True)
    process.start()
    theirs.close()
    try:
        found: list[tuple[int, int]] = mine.recv()
    except EOFError:  # it used up its time, and the system ended it
        return None
    finally:
        process.join()
    return frozenset((history.systems[cause], history.systems[effect]) for cause, effect in found)


def _run_pcmci(answer: Connection, history: History, seconds: float) -> None:
    spent = math.ceil(process_time() + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (spent, spent + 1))
    module: Any = importlib.import_module("tigramite.pcmci")
    frame: Any = importlib.import_module("tigramite.data_processing").DataFrame
    test: Any = importlib.import_module("tigramite.independence_tests.parcorr").ParCorr
    edges = np.arange(history.since, history.until + BIN, BIN)
    counts = [np.histogram(failures_of(history, one), edges)[0] for one in range(len(history.systems))]
    table = np.stack(counts, axis=1).astype(float)
    found = module.PCMCI(dataframe=frame(table), cond_ind_test=test(), verbosity=0)
    result = found.run_pcmci(tau_min=0, tau_max=6, pc_alpha=0.05, alpha_level=0.05, fdr_method="fdr_bh")
    linked = np.isin(result["graph"][:, :, 1:], ("-->",)).any(axis=2)
    answer.send([(int(one), int(other)) for one, other in np.argwhere(linked) if one != other])
