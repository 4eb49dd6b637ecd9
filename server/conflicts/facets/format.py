"""The format facet: how the resource will be laid out and named, against what each reader can read (CON-1)."""

from dataclasses import replace

from server.conflicts.agreements import Agreement
from server.conflicts.facets.found import Findings, plan_for_new_form
from server.conflicts.facets.layout import (
    UNCLEAR,
    Layout,
    Takes,
    encoding_named,
    encoding_within,
    has_encoding,
    is_encoding,
    layout_of_name,
    layouts_in,
    merged_layout,
    takes,
    with_standard_encoding,
)
from server.conflicts.facets.layout_words import ANY
from server.conflicts.facets.naming import new_names, still_found
from server.conflicts.question import Answer, Question
from server.model.base import JsonObject
from server.model.change import FormatChange
from server.model.check import ConflictType
from server.model.contract import Contract


def judge_format(question: Question) -> Answer:
    """What the new layout and the new name do to each reader of the resource."""
    change = question.change.format
    assert change is not None
    findings = Findings(question, "format", ConflictType.RESOURCE_FORMAT)
    for agreement in question.agreements:
        if change.media_type or change.container or change.encoding or change.naming:
            _judge_layout(findings, agreement, change)
        else:
            findings.undecided(agreement, "The change of format does not say what will be different.")
        if change.naming:
            _judge_naming(findings, agreement, change.naming)
    return findings.answer(plan_for_new_form)


def present_layout(question: Question, agreement: Agreement) -> Layout:
    """How the consumer finds the resource today: as it says itself, as the writer says, as the file's name ends."""
    outputs = question.registry.writers_of(question.name).get(question.source.id, [])
    texts = [
        *map(_stated_format, agreement.consumer_entries),
        *(access.format for access in agreement.inputs),
        *map(_stated_format, agreement.producer_entries),
        *(output.format for output in outputs),
    ]
    names = [question.resource, *(access.resource for access in agreement.inputs)]
    stated = [layout for text in texts if text for layout in layouts_in(text)[:1]]
    return merged_layout([*stated, *map(layout_of_name, names)])


def layout_after(before: Layout, change: FormatChange) -> Layout | None:
    """The layout once the change is in place; None where it contradicts itself.

    What the change leaves unsaid stays as it is while the container does. Where the change names no container, the
    ending of the new name does.
    """
    media, stated = (_only_layout(text) for text in (change.media_type, change.container))
    if media.container and stated.container and media.container != stated.container:
        return None
    named = layout_of_name(change.naming)
    said = merged_layout([stated, media]) if stated.container or media.container else replace(named, compression="")
    encoding, compression = encoding_named(change.encoding) if change.encoding else ("", "")
    own = stated.encoding or media.encoding
    if said.container in ("", before.container):
        shape = stated.shape or media.shape or before.shape
        profile = (stated.profile or media.profile) if said.container else before.profile
        after = replace(before, shape=shape, profile=profile, encoding=own or before.encoding)
        packed = stated.compression or media.compression or named.compression
        if before.compression and not packed and (said.container or change.naming):
            packed = UNCLEAR
        after = replace(after, compression=packed or before.compression)
    else:
        after = replace(said, encoding=own, compression=said.compression or named.compression)
    words = [word for word in (stated.unread, media.unread) if word]
    if not has_encoding(after.container):  # what such a container calls its encoding is its own affair
        words += [word for word in (compression, encoding) if word and not is_encoding(word)]
    elif compression:
        after = replace(after, compression="" if compression == "none" else compression)
    elif encoding:
        after = replace(after, encoding=encoding)
    return with_standard_encoding(replace(after, unread=" ".join(words) or after.unread))


def _only_layout(text: str) -> Layout:
    return layouts_in(text)[0] if text else Layout()


def _stated_format(entry: Contract) -> str:
    terms = entry.terms
    stated = terms.get("format", "") if isinstance(terms, dict) and "type" not in terms else ""
    return stated if isinstance(stated, str) else ""


def _accepted(agreement: Agreement) -> tuple[str, ...]:
    """The formats that the consumer can read: as it says itself, else as its writer does."""
    for entries in (agreement.consumer_entries, agreement.producer_entries):
        said = tuple(dict.fromkeys(text for entry in entries for text in entry.accepts))
        if said:
            return said
    return ()


def _judge_layout(findings: Findings, agreement: Agreement, change: FormatChange) -> None:
    before = present_layout(findings.question, agreement)
    after = layout_after(before, change)
    who, what = agreement.consumer, findings.question.resource
    if after is None:
        reason = f"The media type {change.media_type} and the container {change.container} are different formats."
        findings.undecided(agreement, reason)
        return
    if not (change.media_type or change.container or change.encoding) and after == before:
        return  # only the name changes
    said = _accepted(agreement)
    if not said and not before.container:
        findings.undecided(agreement, f"Neither what {who} can read nor the present format of {what} is known.")
        return
    accepts = [layout for text in said for layout in layouts_in(text)] or [before]
    evidence: JsonObject = {"accepts": list(said), "before": str(before), "after": str(after)}
    taken = [takes(one, after, before) for one in accepts]
    fitting = [one for one, answer in zip(accepts, taken, strict=True) if answer is Takes.YES]
    if not fitting and Takes.UNCLEAR in taken:
        can = f"accepts {', '.join(said)}" if said else f"reads {before} today"
        reason = f"{who} {can}; whether that includes {after or 'the new format'} can't be told."
        findings.undecided(agreement, reason)
    elif not fitting:
        can = f"it accepts {', '.join(said)}" if said else f"it never said what it can read, and {before} goes"
        text = f"{what} would be {after}, and nothing says that {who} can read that: {can}."
        findings.conflict(agreement, "format.not-accepted" if said else "format.undeclared", text, evidence)
    elif not _is_encoding_stated(fitting, after) and not encoding_within(after.encoding, before.encoding):
        _judge_encoding(findings, agreement, before, after, evidence)
    elif after == before or not said:
        findings.note(f"{who} reads {what} as {after or before} today, and can go on doing so.")
    elif not before.container:
        findings.note(f"{who} accepts {what} as {after}.")
    else:
        text = f"{what} changes from {before} to {after}, and {who} accepts that."
        findings.conflict(agreement, "format.touched", text, evidence)


def _is_encoding_stated(fitting: list[Layout], after: Layout) -> bool:
    """Whether nothing is left to say about the encoding, as what is accepted states one or there is none."""
    if not after.encoding or not has_encoding(after.container):
        return True
    return any(one.encoding or one.container == ANY for one in fitting)


def _judge_encoding(
    findings: Findings, agreement: Agreement, before: Layout, after: Layout, evidence: JsonObject
) -> None:
    """The consumer said nothing of encodings, and the new one may not read as the present one does."""
    who, what = agreement.consumer, findings.question.resource
    if not before.encoding:
        reason = f"{who} never said which encodings it can read, and the present one of {what} is not known."
        findings.undecided(agreement, reason)
        return
    text = (
        f"{what} would be written in {after.encoding}; {who} reads {before.encoding} today, "
        "and never said that it can read another encoding."
    )
    findings.conflict(agreement, "format.undeclared", text, evidence)


def _judge_naming(findings: Findings, agreement: Agreement, naming: str) -> None:
    question, who = findings.question, agreement.consumer
    results = {still_found(question, agreement, name) for name in new_names(question, naming)}
    if results == {Takes.YES}:
        findings.note(f"{who} still finds {question.resource} where it looks for it.")
    elif results == {Takes.NO}:
        rule = "format.name-changed" if agreement.required else "format.name-changed-optional"
        shown = [access.resource for access in agreement.inputs] or [question.resource]
        evidence: JsonObject = {"reads": shown, "before": question.resource, "after": naming}
        text = f"{question.resource} would go by the name {naming}, and {who} looks for {', '.join(shown)}."
        findings.conflict(agreement, rule, text, evidence)
    else:
        reason = f"Whether {who} still finds {question.resource} by the naming “{naming}” can't be told from the words."
        findings.undecided(agreement, reason)
