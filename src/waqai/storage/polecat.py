"""One record as one row under POLECAT's column names, so that its users' scripts read ours.

Several values in a cell are parted by ``; ``. Columns that POLECAT lacks stand after its own.

Source: POLECAT data files (Halterman et al. 2023), header.
"""

from __future__ import annotations

from collections.abc import Iterable

from waqai.schema.record import Actor, EventRecord

_POLECAT = (
    "Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts", "Actor Name",
    "Actor Country", "Actor COW", "Primary Actor Sector", "Actor Sectors", "Actor Title", "Actor Name Raw",
    "Wikipedia Actor ID", "Recipient Name", "Recipient Country", "Recipient COW", "Primary Recipient Sector",
    "Recipient Sectors", "Recipient Title", "Recipient Name Raw", "Wikipedia Recipient ID", "Placename", "City",
    "District", "Province", "Country", "Latitude", "Longitude", "GeoNames ID", "Raw Placename", "Feature Type",
    "Source", "Publication Date", "Story People", "Story Organizations", "Story Locations", "Language", "Version",
)  # fmt: skip
_OURS = (
    "Auxiliary", "Date Precision", "Event End Date", "Event Text", "Wikidata Actor ID", "Wikidata Recipient ID",
    "Documents", "Confidence", "Model",
)  # fmt: skip
COLUMNS = _POLECAT + _OURS
"""POLECAT's forty columns in their order, then ours."""


def polecat_row(record: EventRecord) -> dict[str, str]:
    """The cells of a record, by column; what is not known is empty."""
    place, date, citation = record.event_loc, record.date, record.cite_info
    cells = {
        "Event ID": record.id,
        "Event Date": (date.start if date else None) or "",
        "Event Type": record.event,
        "Event Mode": record.mode or "",
        "Intensity": f"{record.event_scale:g}",
        "Quad Code": str(record.quad_code),
        "Contexts": _joined(label.name for label in record.context),
        "Source": _joined(source.source for source in record.sources),
        "Publication Date": (citation.publication_date if citation else None) or "",
        "Language": citation.language if citation else "",
        "Auxiliary": record.auxiliary or "",
        "Date Precision": (date.precision if date else None) or "",
        "Event End Date": record.enddate or "",
        "Event Text": record.event_text,
        "Documents": _joined(source.document for source in record.sources),
        "Confidence": f"{record.confidence:.4g}",
        "Model": record.model or "",
    }
    cells |= _party_cells("Actor", record.actor) | _party_cells("Recipient", record.recipient)
    if place:
        cells |= {
            "Placename": place.name,
            "City": place.name if place.feature == "city" else "",
            "Province": place.admin1 or "",
            "Country": place.country or "",
            "Latitude": "" if place.lat is None else f"{place.lat:g}",
            "Longitude": "" if place.lon is None else f"{place.lon:g}",
            "GeoNames ID": str(place.geonameid or ""),
            "Raw Placename": place.text,
            "Feature Type": place.feature or "",
        }
    return dict.fromkeys(COLUMNS, "") | cells


def _party_cells(role: str, actors: tuple[Actor, ...]) -> dict[str, str]:
    sectors = [actor.sector for actor in actors if actor.sector]
    return {
        f"{role} Name": _joined(actor.name for actor in actors),
        f"{role} Country": _joined(dict.fromkeys(actor.country for actor in actors)),
        f"Primary {role} Sector": sectors[0] if sectors else "",
        f"{role} Sectors": _joined(dict.fromkeys(sectors)),
        f"{role} Title": _joined(actor.office for actor in actors),
        f"{role} Name Raw": _joined(actor.text for actor in actors),
        f"Wikidata {role} ID": _joined(actor.identifier for actor in actors),
    }


def _joined(values: Iterable[str | None]) -> str:
    return "; ".join(" ".join(value.split()) for value in values if value)
