"""Who relies on what a system writes, and on which part of it: accesses and contracts of both sides joined (REG-2, CON-13)."""

from dataclasses import dataclass, field, replace

from server.conflicts.projection import never_there, of_each_item, project
from server.conflicts.schemas import Schema, Stated, array_of, closed, only_required, opened, read_terms
from server.model.contract import Basis, Contract, ContractType, ReadPath
from server.model.system import Input, is_people
from server.model.tier import Tier
from server.registry.map import RegistryMap


@dataclass(frozen=True)
class Agreement:
    """One consumer of one resource of one writer, with everything either side says of it."""

    consumer: str
    tier: Tier | None
    """None where the consumer is not registered."""
    producer_entries: tuple[Contract, ...]
    """The writer's contracts with this consumer (or with nobody by name) on the resource."""
    consumer_entries: tuple[Contract, ...]
    inputs: tuple[Input, ...]
    """The accesses by which the consumer reads it; empty where only the writer says so."""

    @property
    def required(self) -> bool:
        """Whether the consumer fails without the resource; yes where it does not say."""
        return not self.inputs or any(access.required for access in self.inputs)

    @property
    def basis(self) -> Basis:
        """The weakest thing that this agreement rests on."""
        stated = [entry.basis for entry in (*self.producer_entries, *self.consumer_entries)]
        if not self.consumer_entries:  # a contract says for itself that the consumer reads it
            stated += [access.basis for access in self.inputs]
        return max(stated, key=list(Basis).index, default=Basis.DECLARED)

    @property
    def contract_id(self) -> str:
        """The entry that names this agreement: the writer's for this consumer, else the consumer's own."""
        named = [entry for entry in self.producer_entries if entry.counterparty]
        entries = [*named, *self.consumer_entries, *self.producer_entries]
        return entries[0].contract_id if entries else ""


def agreements_on(registry: RegistryMap, writer: str, name: str) -> list[Agreement]:
    """Every agreement about what `writer` writes under this canonical name, ordered by consumer.

    Joined by resource and counterparty: consumers that read it, that a writer names, or that have a contract on it.
    """
    entries = registry.contracts_on(name)
    producing = [c for holder, c in entries if holder.id == writer and c.type is ContractType.PRODUCER]
    consuming = [
        (holder.id, contract)
        for holder, contract in entries
        if contract.type is ContractType.CONSUMER
        and holder.id != writer
        and registry.known_as(contract.counterparty) in ("", writer)
    ]
    readers = registry.readers_of(name, besides=writer)
    consumers = sorted(registry.consumers_of(name) - {writer})
    found = []
    for consumer in consumers:
        known = registry.systems.get(consumer)
        if known.archived if known is not None else is_people(consumer):
            continue
        found.append(
            Agreement(
                consumer=consumer,
                tier=known.system.tier if known else None,
                producer_entries=tuple(e for e in producing if registry.known_as(e.counterparty) in ("", consumer)),
                consumer_entries=tuple(contract for holder, contract in consuming if holder == consumer),
                inputs=tuple(readers.get(consumer, ())),
            )
        )
    return found


@dataclass(frozen=True)
class Reader:
    """What one consumer accepts, as schemas, and how we know."""

    contract_id: str
    full: Schema
    """Everything it reads, optional reads included."""
    musts: Schema
    """Only what it fails without."""
    of_items: bool
    """Whether the schemas describe items of the document."""
    declared: bool
    """Whether anybody said what is read; otherwise the old schema stands in (CON-13)."""
    basis: Basis = Basis.DECLARED
    notes: tuple[str, ...] = field(default=())
    never_there: tuple[str, ...] = ()
    """Paths it says it reads, and no document can have: nothing that is proved of them is worth anything."""


def readers_in(agreement: Agreement, written: Stated | None) -> list[Reader]:
    """What the consumer of this agreement accepts, one reader per entry that says something of its own.

    `written` is what the writer's schema is today. The consumer's own entries decide; where it has none that says what
    it reads, the writer's entry for it does; where nobody says, the old schema stands in. Empty where nothing is known.
    """
    consuming = [(entry, _reader_of(entry, written)) for entry in agreement.consumer_entries]
    strict = any(
        entry.strict for entry, reader in consuming if reader is None
    )  # said of whatever the other entries say
    for entries in (consuming, ((entry, _reader_of(entry, written)) for entry in agreement.producer_entries)):
        said = [_stricter(entry, reader, strict, written) for entry, reader in entries if reader is not None]
        if said:
            return said
    if written is None:
        return []
    strict = any(entry.strict for entry in (*agreement.consumer_entries, *agreement.producer_entries))
    full = closed(written.schema) if strict else opened(written.schema)
    reader = Reader(
        contract_id=agreement.contract_id,
        full=full,
        musts=full if strict else only_required(full),
        of_items=written.of_items,
        declared=False,
        basis=agreement.basis,
        notes=(f"{agreement.consumer} has not said what it reads; it is judged against the whole present schema.",),
    )
    return [reader]


def _stricter(entry: Contract, reader: Reader, strict: bool, written: Stated | None) -> Reader:
    """What the entry says where another one says that its reader is strict."""
    if entry.strict or not strict:
        return reader
    return _reader_of(entry.model_copy(update={"strict": True}), written) or reader


def _reader_of(entry: Contract, written: Stated | None) -> Reader | None:
    """What this entry says that its consumer reads; None where it says nothing of the kind."""
    stated = read_terms(entry.terms)
    of_items = stated.of_items if stated is not None else written is not None and written.of_items
    if entry.reader_schema is not None:
        full = closed(entry.reader_schema) if entry.strict else entry.reader_schema
        return _declared(entry, full, only_required(full), of_items)
    reads = entry.reads
    if reads is None and stated is not None and stated.fields is not None:
        reads = tuple(ReadPath(path="/" + _escaped(name)) for name in stated.fields)
    if reads is not None:
        base = _base_for(entry, stated, written)
        if entry.strict and base is not None:
            full = closed(base.schema)
            return _declared(entry, full, full, base.of_items)
        if base.of_items if base is not None else of_items:
            reads = tuple(of_each_item(reads))
        schema = opened(base.schema) if base is not None else None
        full = project(schema, reads)
        needed = [read for read in reads if read.required]
        musts = full if len(needed) == len(reads) else project(schema, needed)
        reader = _declared(entry, full, musts, base.of_items if base is not None else of_items)
        return replace(reader, never_there=tuple(never_there(base.schema if base is not None else None, reads)))
    if entry.type is ContractType.CONSUMER and stated is not None:
        full = closed(stated.schema) if entry.strict else stated.schema
        return _declared(entry, full, only_required(full), stated.of_items)
    return None


def _base_for(entry: Contract, stated: Stated | None, written: Stated | None) -> Stated | None:
    """The schema that says what is found at the paths: the entry's own full one, else the writer's, else the short form."""
    if stated is not None and stated.fields is None:
        return stated
    if written is not None and (stated is None or written.fields is None):
        return written if stated is None or written.of_items == stated.of_items else stated
    return stated if stated is not None else written


def _declared(entry: Contract, full: Schema, musts: Schema, of_items: bool) -> Reader:
    return Reader(entry.contract_id, full, musts, of_items, declared=True, basis=entry.basis)


def aligned(writer: Schema, writer_of_items: bool, reader: Schema, reader_of_items: bool) -> tuple[Schema, Schema]:
    """Both schemas speaking of the same thing: where one describes items and the other the document, the former is wrapped."""
    if writer_of_items == reader_of_items:
        return writer, reader
    return (array_of(writer), reader) if writer_of_items else (writer, array_of(reader))


def whole(schema: Schema, of_items: bool) -> Schema:
    """The schema of the document, where it may be given for the items."""
    return array_of(schema) if of_items else schema


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
