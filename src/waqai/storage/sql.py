"""Records in an SQL database through SQLAlchemy: SQLite by default, PostgreSQL by URL.

One row an event, parties and sources in tables of their own for joins, and the whole record as JSON. Rows are
put in by event id: a second run changes what changed and adds nothing twice; told to overwrite, it empties the tables.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from waqai.errors import DataError, OutputError
from waqai.schema.record import EventRecord
from waqai.storage.tables import event_tables

if TYPE_CHECKING:
    import sqlalchemy as sa

_BATCH = 500
_NEEDS = "SQL output needs SQLAlchemy; pip install 'waqai[sql]' (PostgreSQL: 'waqai[postgresql]')"


def upsert(records: Iterable[EventRecord], url: str, *, overwrite: bool = False) -> int:
    """Put records into a database, making its tables where they are not there yet.

    Args:
        records: what to put in; read once, in one transaction.
        url: an SQLAlchemy URL, or the path of an SQLite file.
        overwrite: take out all records that are there.

    Returns:
        How many records were put in or brought up to date.

    Raises:
        OutputError: SQLAlchemy or the driver is not installed, or the database refuses.
    """
    try:
        import sqlalchemy as sa
    except ImportError as error:
        raise OutputError(_NEEDS) from error
    count = 0
    engine = _engine(url, OutputError)
    try:
        tables = event_tables()
        tables.create_all(engine)
        with engine.begin() as connection:
            for table in reversed(tables.sorted_tables) if overwrite else ():
                connection.execute(sa.delete(table))
            for batch in _batches(records):
                _put(connection, tables, batch)
                count += len(batch)
    except sa.exc.SQLAlchemyError as error:
        raise OutputError(f"the database refused, and is as it was: {_short(error)}") from error
    finally:
        engine.dispose()
    return count


def read(url: str) -> tuple[EventRecord, ...]:
    """Read all records of a database, in the order of their dates and ids.

    Raises:
        DataError: the database is not there or holds no table of events.
    """
    try:
        import sqlalchemy as sa
    except ImportError as error:
        raise DataError(_NEEDS) from error
    if "://" not in url and not Path(url).exists():
        raise DataError("no such database", path=url)
    engine = _engine(url, DataError)
    try:
        events = event_tables().tables["events"]
        with engine.connect() as connection:
            found = connection.execute(sa.select(events.c.record).order_by(events.c.date, events.c.id)).scalars().all()
    except sa.exc.SQLAlchemyError as error:
        raise DataError(f"holds no event records: {_short(error)}", path=url.split("@")[-1]) from error
    finally:
        engine.dispose()
    return tuple(EventRecord.from_dict(json.loads(text)) for text in found)


def _engine(url: str, refuse: type[OutputError] | type[DataError]) -> sa.Engine:
    import sqlalchemy as sa

    full = url if "://" in url else f"sqlite:///{url}"
    try:
        return sa.create_engine(full)
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError) as error:
        raise refuse(f"not a database URL: {_short(error)}; write it like postgresql+psycopg://host/name") from error
    except ImportError as error:
        raise refuse(f"the driver {error.name} is not installed; pip install 'waqai[postgresql]'") from error


def _put(connection: sa.Connection, metadata: sa.MetaData, batch: list[EventRecord]) -> None:
    import sqlalchemy as sa

    events, parties, sources = (metadata.tables[name] for name in ("events", "event_parties", "event_sources"))
    ids = [record.id for record in batch]
    # Delete and insert in one transaction: the same on every database, and rows of old parties go too.
    for table, column in ((parties, parties.c.event_id), (sources, sources.c.event_id), (events, events.c.id)):
        connection.execute(sa.delete(table).where(column.in_(ids)))
    connection.execute(sa.insert(events), [_event_row(record) for record in batch])
    party_rows = [row for record in batch for row in _party_rows(record)]
    source_rows = [row for record in batch for row in _source_rows(record)]
    if party_rows:
        connection.execute(sa.insert(parties), party_rows)
    if source_rows:
        connection.execute(sa.insert(sources), source_rows)


def _event_row(record: EventRecord) -> dict[str, Any]:
    date, place = record.date, record.event_loc
    return {
        "id": record.id,
        "date": date.start if date else None,
        "date_precision": date.precision if date else None,
        "enddate": record.enddate,
        "event": record.event,
        "mode": record.mode,
        "auxiliary": record.auxiliary,
        "quad_code": record.quad_code,
        "event_scale": record.event_scale,
        "place": place.name if place else None,
        "country": place.country if place else None,
        "admin1": place.admin1 if place else None,
        "lat": place.lat if place else None,
        "lon": place.lon if place else None,
        "geonameid": place.geonameid if place else None,
        "text": record.text,
        "event_text": record.event_text,
        "confidence": record.confidence,
        "model": record.model,
        "record": json.dumps(record.to_dict(), ensure_ascii=False),
    }


def _party_rows(record: EventRecord) -> Iterator[dict[str, Any]]:
    for role, actors in (("actor", record.actor), ("recipient", record.recipient)):
        for number, actor in enumerate(actors):
            yield {
                "event_id": record.id, "role": role, "number": number, "name": actor.name, "country": actor.country,
                "sector": actor.sector, "identifier": actor.identifier, "office": actor.office, "text": actor.text,
            }  # fmt: skip


def _source_rows(record: EventRecord) -> Iterator[dict[str, Any]]:
    for source in record.sources:
        yield {
            "event_id": record.id, "document": source.document, "title": source.title, "source": source.source,
            "publication_date": source.publication_date, "url": source.url, "copies": " ".join(source.copies),
        }  # fmt: skip


def _batches(records: Iterable[EventRecord]) -> Iterator[list[EventRecord]]:
    iterator = iter(records)
    while batch := list(islice(iterator, _BATCH)):
        yield list({record.id: record for record in batch}.values())


def _short(error: Exception) -> str:
    return str(error).split("\n")[0][:200]
