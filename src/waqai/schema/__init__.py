"""Domain types: frozen dataclasses on the standard library, the ground everything else stands on."""

from waqai.schema.document import Document, Entity, Mention, Relation, Sentence, Span, Trigger, Word
from waqai.schema.scheme import RelationType, Scheme, TriggerType, default_scheme

__all__ = [
    "Document",
    "Entity",
    "Mention",
    "Relation",
    "RelationType",
    "Scheme",
    "Sentence",
    "Span",
    "Trigger",
    "TriggerType",
    "Word",
    "default_scheme",
]
