"""The places of one document, resolved once, so that all its events speak of the same ones.

A mention is read by itself first (``waqai.events.places``); what the article says elsewhere helps where that
is not enough: the place named before («المدينة»), the place it is said to be in («لانكستر هاوس في لندن»).
"""

from __future__ import annotations

from dataclasses import replace

from waqai.events.places import PlaceContext, anaphoric_feature, is_anaphoric, resolve_place, stated_country
from waqai.schema import Document, Entity
from waqai.schema.record import Place, RecordSpan


class PlaceResolver:
    """The places of one document.

    Args:
        document: the article with its mentions and relations.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._context = PlaceContext.of(document)
        self._places: dict[tuple[int, int, str], Place] = {}

    def place(self, mention: Entity) -> Place:
        """The place a mention names; unresolved, with the reason, where the article does not tell."""
        if mention.key not in self._places:
            self._places[mention.key] = self._resolved(mention)
        return self._places[mention.key]

    def _resolved(self, mention: Entity) -> Place:
        text = self._document.surface(mention)
        span = RecordSpan(self._document.id, mention.start, mention.end)
        feature = anaphoric_feature(text)
        if feature and (found := self._place_before(mention, feature)):
            return replace(found, text=text, mentions=(span,), reason=f"takes up {found.name}")
        stated = stated_country(self._document, mention)
        place = resolve_place(text, context=self._context, stated_country=stated, mentions=(span,))
        return place if place.is_resolved else self._contained(mention, place)

    def _contained(self, mention: Entity, place: Place) -> Place:
        """An unknown place with the coordinates of the known one that the article puts it in."""
        for relation in self._document.relations:
            if relation.type == "located_in" and relation.head == mention and relation.tail.key != mention.key:
                around = self._places.get(relation.tail.key) or resolve_place(
                    self._document.surface(relation.tail), context=self._context
                )
                if around.is_resolved:
                    inside = replace(around, text=place.text, name=place.name, mentions=place.mentions)
                    return replace(inside, reason=f"in {around.name}", geonameid=None)
        return place

    def _place_before(self, mention: Entity, feature: str) -> Place | None:
        """The last place of a kind named before: what «المدينة» or «البلاد» stands for."""
        for other in reversed(self._document.entities):
            if other.end <= mention.start and other.type == "GPE" and not is_anaphoric(self._document.surface(other)):
                place = self.place(other)
                if place.feature == feature:
                    return place
        return None
