"""Workflow files of GitHub and GitLab: their schedules, and what their steps start."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from server.registry.discovery.launching import launched, scripts_of, started_by
from server.registry.discovery.sighting import FileText, Sighting, Started, Touch
from server.registry.discovery.yaml_reading import ReadYaml, at_path, each_mapping, items, mapping, text_of

_GITHUB = re.compile(r"(?P<root>.*)/\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml$")
_GITLAB = re.compile(r"(?P<root>.*)/\.gitlab-ci(?:\.[\w-]+)?\.ya?ml$")
_NO_JOBS = frozenset(
    "default include stages variables workflow image services before_script after_script cache pages".split()
) - {"pages"}
MOST_STEPS = 200


def wants(path: str) -> bool:
    """Whether this is a workflow file by its place."""
    return _GITHUB.match(path) is not None or _GITLAB.match(path) is not None


def detect(file: FileText, read_yaml: ReadYaml) -> Iterator[Sighting]:
    """The workflow; for GitLab one sighting per job that runs on a schedule, else one for the file."""
    for document in read_yaml(file.text, file.path):
        if match := _GITHUB.match(file.path):
            yield from _github(file, mapping(document), match["root"])
        elif match := _GITLAB.match(file.path):
            yield from _gitlab(file, mapping(document), match["root"])


def _github(file: FileText, document: Mapping[str, Any], root: str) -> Iterator[Sighting]:
    jobs = mapping(document.get("jobs"))
    if not jobs:
        return
    # A reader of YAML 1.1 takes the key `on` for true.
    triggers = document.get("on", document.get("true", document.get("True")))
    crons = [
        (text_of(entry.get("cron")), text_of(entry.get("timezone")))
        for entry in each_mapping(at_path(triggers, "schedule"))
    ]
    crons = [(cron, zone) for cron, zone in crons if cron]
    started = Started(cwd=root)
    for job in jobs.values():
        for step in list(each_mapping(mapping(job).get("steps")))[:MOST_STEPS]:
            folder = text_of(step.get("working-directory")) or text_of(
                at_path(job, "defaults", "run", "working-directory")
            )
            _take(started, file, text_of(step.get("run")), posixpath.join(root, folder))
    stem = file.name.rpartition(".")[0]
    line = file.line_of("cron:") or file.line_of("on:") or 1
    names = list(triggers) if isinstance(triggers, Mapping | list) else [text_of(triggers)]
    said = ", ".join(str(name) for name in names)[:120]
    yield _workflow(file, started, stem, line, crons, f"a workflow that runs on {said}", text_of(document.get("name")))


def _gitlab(file: FileText, document: Mapping[str, Any], root: str) -> Iterator[Sighting]:
    for name, job in document.items():
        if (
            name in _NO_JOBS
            or name.startswith(".")
            or not isinstance(job, Mapping)
            or not (job.get("script") or job.get("trigger"))
        ):
            continue
        rules = " ".join(text_of(rule.get("if")) for rule in each_mapping(job.get("rules")))
        only = " ".join(text_of(entry) for entry in items(job.get("only")))
        scheduled = "schedule" in rules or "schedules" in only
        started = Started(cwd=root)
        for command in [*items(job.get("before_script")), *items(job.get("script"))][:MOST_STEPS]:
            _take(started, file, text_of(command), root)
        line = file.line_of(f"{name}:") or 1
        said = (
            "a job that GitLab's pipeline schedules start; when is kept at GitLab"
            if scheduled
            else "a job of the pipeline"
        )
        sighting = _workflow(file, started, name, line, [], said, "")
        yield replace(sighting, confidence=0.85 if scheduled else 0.5, joins=f"workflow:{file.path}#{name}")


def _workflow(
    file: FileText, started: Started, name: str, line: int, crons: list[tuple[str, str]], what: str, title: str
) -> Sighting:
    more = tuple(file.clue(file.line_of(cron) or line, f"scheduled {cron}") for cron, _ in crons)
    schedule, zone = crons[0] if crons else ("", "")
    sighting = launched(
        started,
        kind="workflow",
        name=name,
        clue=file.clue(line, what),
        confidence=0.9 if crons else 0.5,
        why="a workflow on a schedule" if crons else "a workflow that starts on events",
        schedule=schedule,
        timezone=zone,
    )
    return replace(sighting, more=more, description=title, joins=f"workflow:{file.path}")


def _take(into: Started, file: FileText, commands: str, cwd: str) -> None:
    started_in = into.cwd
    for line in commands.replace("\\\n", " ").split("\n"):
        if not line.strip():
            continue
        number = file.line_of(line.strip()[:60])
        one = started_by(line, file.clue(number or 1, "a step of the workflow", line), cwd=posixpath.normpath(cwd))
        for script in scripts_of(one):
            into.runs.setdefault(script, "")
        into.touches += [touch for touch in one.touches if not _is_runners(touch, started_in)]


def _is_runners(touch: Touch, checkout: str) -> bool:
    """What belongs to the machine that runs the workflow, and is gone with it."""
    temporary = touch.resource.startswith("/tmp/") and not touch.resource.startswith(f"{checkout}/")
    return temporary or "GITHUB_" in touch.resource
