"""What a corpus says in our labels, and what it leaves unsaid.

A mapping names, for each of a corpus's labels, one of ours, several (the label is coarser than ours: one of
them holds), or none (it speaks of something else). Types that no label maps to are masked, never negative.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from waqai.errors import ConfigError
from waqai.schema import Document, Entity, Scheme


@dataclass(frozen=True)
class Coverage:
    """What a corpus speaks of.

    Attributes:
        exact: our entity types it labels as we do.
        unions: sets of our types that one of its labels covers together.
        flat: its mentions do not nest, so inside one of them other types are unknown.
        triggers: whether its triggers, attributes and relations are complete.
        unknown: its labels that mean none of ours: where they stand, nothing is known.
    """

    exact: frozenset[str]
    unions: tuple[tuple[str, ...], ...] = ()
    flat: bool = True
    triggers: bool = False
    unknown: frozenset[str] = frozenset()

    @classmethod
    def full(cls, scheme: Scheme) -> Coverage:
        """Everything of the scheme: the project's own annotation."""
        return cls(frozenset(scheme.entities), flat=False, triggers=bool(scheme.triggers))


@dataclass(frozen=True)
class LabelMapping:
    """A corpus's labels in ours."""

    types: Mapping[str, tuple[str, ...]]
    flat: bool = True
    triggers: tuple[str, ...] = field(default=())

    @classmethod
    def read(cls, path: Path, scheme: Scheme) -> LabelMapping:
        """Read a mapping file.

        Raises:
            ConfigError: it is missing, no YAML, or maps to a type the scheme does not have.
        """
        import yaml

        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
            types = {
                str(name): tuple([targets] if isinstance(targets, str) else targets or ())
                for name, targets in data["types"].items()
            }
        except OSError as error:
            raise ConfigError(f"cannot read the mapping {path}: {error.strerror}") from error
        except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            raise ConfigError(f"{path} is no mapping ({error!r}); see configs/mapping/anercorp.yaml") from error
        unknown = {target for targets in types.values() for target in targets} - set(scheme.entities)
        if unknown:
            raise ConfigError(f"{path} maps to types the scheme does not have: {', '.join(sorted(unknown))}")
        return cls(types, flat=bool(data.get("flat", True)))

    def coverage(self) -> Coverage:
        """What the corpus speaks of. A type that is exact for one label and in a union of another is a union's."""
        unions = {targets for targets in self.types.values() if len(targets) > 1}
        in_unions = {target for targets in unions for target in targets}
        exact = {targets[0] for targets in self.types.values() if len(targets) == 1} - in_unions
        return Coverage(
            frozenset(exact),
            tuple(sorted(unions)),
            self.flat,
            unknown=frozenset(name for name, targets in self.types.items() if not targets),
        )

    def apply(self, document: Document) -> Document:
        """The document with our labels; a union's mention is called after its types, joined by ``|``.

        A label that means none of ours, or that the mapping does not list, keeps its name behind a ``?``: the
        features leave everything there unknown.
        """
        entities = []
        for entity in document.entities:
            targets = self.types.get(entity.type, ())
            name = "|".join(targets) if targets else f"?{entity.type}"
            entities.append(Entity(name, entity.start, entity.end, entity.value))
        return document.with_annotation(tuple(entities), (), ())
