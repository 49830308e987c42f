"""What is known of one mention of a party before its variants are made one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from waqai.events import lexicon
from waqai.events.lexicon import Known
from waqai.events.names import comparable, without_article
from waqai.schema import Entity


@dataclass(frozen=True)
class Profile:
    """A mention with its clitic-free name, its comparable form, and what text and tables say of its bearer."""

    mention: Entity
    name: str
    form: str
    known: Known | None
    office: str | None
    country: str | None
    sector: str | None

    @cached_property
    def bare(self) -> str:
        """The comparable name without its article."""
        return without_article(comparable(self.name))

    @cached_property
    def nouns(self) -> frozenset[str]:
        """The first nouns of its name, of the table's name unless a person's, and of its office, without article."""
        names = [self.form, comparable(self.known.name) if self.known and self.mention.type != "PERS" else ""]
        if self.office:
            names.append(comparable(self.office))
        return frozenset(without_article(name.split()[0]) for name in names if name)

    @cached_property
    def is_description(self) -> bool:
        """Whether it describes a party already named: a definite noun, alone or with an adjective."""
        words = self.form.split()
        nationality = words[:1] if self.mention.type == "OCC" else words
        return (
            self.mention.type in ("ORG", "OCC", "NORP")
            and self.known is None
            and 1 <= len(words) <= 2
            and all(word.startswith("ال") for word in words)
            and not any(lexicon.country_of_word(word) for word in nationality)
        )

    def fullness(self) -> tuple[bool, bool, int, int]:
        """How well it names its party: a known name before a description, the longest, the first."""
        return (self.known is not None, not self.is_description, len(self.name), -self.mention.start)
