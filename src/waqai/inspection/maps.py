"""A map of events from plain coordinates: a grid of degrees and a dot a place, as SVG."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from html import escape

from waqai.schema.record import EventRecord

_WIDTH = 640
_MARGIN = 0.12
_LEAST_SPAN = 4.0


def render_map(records: Iterable[EventRecord]) -> str:
    """An SVG of where the events took place, in an equirectangular projection true at the middle latitude.

    Args:
        records: events; those without coordinates are left out.

    Returns:
        The ``<svg>`` element, or a line that says that no event has coordinates.
    """
    spots: defaultdict[tuple[float, float], list[EventRecord]] = defaultdict(list)
    for record in records:
        place = record.event_loc
        if place and place.lat is not None and place.lon is not None:
            spots[place.lat, place.lon].append(record)
    if not spots:
        return '<p class="small">لا إحداثيات</p>'
    south, north = _bounds([lat for lat, _ in spots])
    west, east = _bounds([lon for _, lon in spots])
    shrink = math.cos(math.radians((south + north) / 2))
    scale = _WIDTH / ((east - west) * shrink)
    height = min(max((north - south) * scale, 200), 900)
    vertical = height / (north - south)

    def at(lat: float, lon: float) -> tuple[float, float]:
        return (lon - west) * shrink * scale, (north - lat) * vertical

    step = _step(max(east - west, north - south))
    lines = []
    for lat in _grid(south, north, step):
        y = at(lat, west)[1]
        lines.append(
            f'<line x1="0" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/><text x="2" y="{y - 2:.1f}">{lat:g}°</text>'
        )
    for lon in _grid(west, east, step):
        x = at(south, lon)[0]
        lines.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height:.0f}"/>'
            f'<text x="{x + 2:.1f}" y="{height - 4:.0f}">{lon:g}°</text>'
        )
    dots = []
    for (lat, lon), found in sorted(spots.items(), key=lambda item: -len(item[1])):
        x, y = at(lat, lon)
        place = found[0].event_loc
        name = escape(place.name) if place else ""
        radius = 4 + 2 * math.sqrt(len(found))
        events = escape(", ".join(sorted({record.event for record in found})))
        dots.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"><title>{name}: {events}</title></circle>'
            f'<text x="{x + radius + 2:.1f}" y="{y + 4:.1f}">{name} {len(found)}</text>'
        )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" aria-label="خريطة">{"".join(lines)}{"".join(dots)}</svg>'
    )


def _bounds(values: list[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    pad = max((high - low) * _MARGIN, (_LEAST_SPAN - (high - low)) / 2, 0.5)
    return low - pad, high + pad


def _step(span: float) -> float:
    return next((step for step in (1.0, 2.0, 5.0, 10.0, 20.0) if span / step <= 8), 30.0)


def _grid(low: float, high: float, step: float) -> list[float]:
    first = math.ceil(low / step)
    return [index * step for index in range(first, math.floor(high / step) + 1)]
