"""Who reads and who writes the claims that workloads share."""

from dataclasses import dataclass

from server.exchange.imported import Remarks
from server.exchange.kubernetes.objects import Cluster
from server.exchange.kubernetes.workloads import Claim, Workload


@dataclass(frozen=True)
class Touch:
    """A workload reads or writes a claim."""

    resource: str
    writes: bool
    evidence: str


def touches_of(cluster: Cluster, workloads: list[Workload], remarks: Remarks) -> dict[str, list[Touch]]:
    """By workload: the claims that it shares with others.

    One that may be written counts as a write and not as a read too: were it both, any two workloads on one claim would
    depend on each other. A claim of one workload is its own affair.
    """
    found: dict[str, list[Touch]] = {one.plain: [] for one in workloads}
    users: dict[tuple[str, str], list[tuple[Workload, Claim]]] = {}
    for workload in workloads:
        for claim in workload.claims:
            users.setdefault((workload.home, claim.name), []).append((workload, claim))
            if cluster.find("PersistentVolumeClaim", workload.home, claim.name) is None:
                remarks.dangling(
                    f"{workload.thing.kind}/{workload.plain}",
                    f"PersistentVolumeClaim/{claim.name}",
                    f"{workload.thing.at()}: no manifest defines it",
                )
    for (home, name), mounts in users.items():
        by_workload: dict[str, bool] = {}
        for one, claim in mounts:
            by_workload[one.plain] = by_workload.get(one.plain, True) and claim.read_only
        if len(by_workload) < 2:
            continue
        for plain, read_only in by_workload.items():
            said = f"persistentVolumeClaim {name}{' (read only)' if read_only else ''}"
            found[plain].append(Touch(f"volume://{home}/{name}", not read_only, said))
        writers = sorted(plain for plain, read_only in by_workload.items() if not read_only)
        if len(writers) > 1:
            remarks.note(
                f"{', '.join(writers)} may all write volume://{home}/{name}: contention, no dependency made of it."
            )
    return found
