"""Records as Parquet: the columns an analyst filters by, and the whole record as JSON beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from waqai.errors import DataError, OutputError
from waqai.formats.files import temporary_path
from waqai.schema.record import EventRecord

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 10_000
_NEEDS = "Parquet needs pyarrow; pip install 'waqai[parquet]'"


def write_parquet(records: Iterable[EventRecord], path: Path) -> int:
    """Write records in row groups, to a temporary name first.

    Raises:
        OutputError: pyarrow is not installed, or the file cannot be written.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise OutputError(_NEEDS) from error
    schema = _schema()
    temporary = temporary_path(path)
    count = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
            rows: list[dict[str, Any]] = []
            for record in records:
                rows.append(_row(record))
                count += 1
                if len(rows) == _ROWS:
                    writer.write_table(pa.Table.from_pylist(rows, schema))
                    rows = []
            if rows:
                writer.write_table(pa.Table.from_pylist(rows, schema))
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)
    return count


def read_parquet(path: Path) -> tuple[EventRecord, ...]:
    """Read what ``write_parquet`` wrote.

    Raises:
        DataError: the file is missing, is not Parquet, or holds no records.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise DataError(_NEEDS, path=path) from error
    try:
        column = pq.read_table(path, columns=["record"]).column("record").to_pylist()
    except (OSError, pa.ArrowException, KeyError) as error:
        raise DataError(f"no Parquet file of event records: {error}", path=path) from error
    return tuple(EventRecord.from_dict(json.loads(text)) for text in column)


def _schema() -> pa.Schema:
    import pyarrow as pa

    text, texts = pa.string(), pa.list_(pa.string())
    return pa.schema(
        [
            ("id", text),
            ("event", text),
            ("mode", text),
            ("auxiliary", text),
            ("quad_code", pa.int8()),
            ("event_scale", pa.float32()),
            ("context", texts),
            ("date", text),
            ("date_precision", text),
            ("enddate", text),
            ("actor", texts),
            ("actor_country", texts),
            ("actor_sector", texts),
            ("recipient", texts),
            ("recipient_country", texts),
            ("recipient_sector", texts),
            ("place", text),
            ("country", text),
            ("admin1", text),
            ("lat", pa.float64()),
            ("lon", pa.float64()),
            ("geonameid", pa.int64()),
            ("text", text),
            ("event_text", text),
            ("documents", texts),
            ("confidence", pa.float32()),
            ("model", text),
            ("record", text),
        ]
    )


def _row(record: EventRecord) -> dict[str, Any]:
    place, date = record.event_loc, record.date
    row: dict[str, Any] = {
        "id": record.id,
        "event": record.event,
        "mode": record.mode,
        "auxiliary": record.auxiliary,
        "quad_code": record.quad_code,
        "event_scale": record.event_scale,
        "context": [label.name for label in record.context],
        "date": date.start if date else None,
        "date_precision": date.precision if date else None,
        "enddate": record.enddate,
        "text": record.text,
        "event_text": record.event_text,
        "documents": [source.document for source in record.sources],
        "confidence": record.confidence,
        "model": record.model,
        "record": json.dumps(record.to_dict(), ensure_ascii=False),
    }
    for role, actors in (("actor", record.actor), ("recipient", record.recipient)):
        row[role] = [actor.name for actor in actors]
        row[f"{role}_country"] = [actor.country for actor in actors]
        row[f"{role}_sector"] = [actor.sector for actor in actors]
    if place:
        row |= {
            "place": place.name,
            "country": place.country,
            "admin1": place.admin1,
            "lat": place.lat,
            "lon": place.lon,
            "geonameid": place.geonameid,
        }
    return row
