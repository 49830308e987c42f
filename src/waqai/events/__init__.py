"""Mentions to event records: dates, parties and places resolved, mentions of one event made one. No torch."""

from waqai.events.actors import ActorResolver
from waqai.events.assemble import assemble, assemble_all, with_events
from waqai.events.dates import DateContext, resolve_date, resolve_dates
from waqai.events.locations import PlaceResolver
from waqai.events.merge import merge
from waqai.events.places import PlaceContext, resolve_place

__all__ = [
    "ActorResolver",
    "DateContext",
    "PlaceContext",
    "PlaceResolver",
    "assemble",
    "assemble_all",
    "merge",
    "resolve_date",
    "resolve_dates",
    "resolve_place",
    "with_events",
]
