"""What a corpus says in our labels, and what it leaves unsaid.

A mapping names, for each of a corpus's labels, one of ours, several (the label is coarser than ours: one of
them holds), or none (it speaks of something else). Types that no label maps to are masked, never negative.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from waqai.errors import ConfigError
from waqai.schema import Document, Entity, Relation, Scheme


@dataclass(frozen=True)
class Coverage:
    """What a corpus speaks of.

    Attributes:
        exact: our entity types it labels as we do.
        unions: sets of our types that one of its labels covers together.
        flat: its mentions do not nest, so inside one of them other types are unknown.
        triggers: whether its triggers, attributes and relations are complete.
        unknown: its labels that mean none of ours: where they stand, nothing is known.
        names: our types of which it marks bare names alone: ours may begin earlier and end later, and words it
            leaves unmarked may be mentions of them.
        roles: where triggers are not complete, the roles that its marked arguments have; its entities are then
            known as the ends of those arguments alone.
        denied: by a document's id, the event type that surely does not stand in it.
    """

    exact: frozenset[str]
    unions: tuple[tuple[str, ...], ...] = ()
    flat: bool = True
    triggers: bool = False
    unknown: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    denied: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def full(cls, scheme: Scheme) -> Coverage:
        """Everything of the scheme: the project's own annotation."""
        return cls(frozenset(scheme.entities), flat=False, triggers=bool(scheme.triggers))


@dataclass(frozen=True)
class LabelMapping:
    """A corpus's labels in ours.

    Attributes:
        types: of entities; several of ours where a label is coarser, none where it means none of ours.
        flat: whether mentions do not nest.
        names: see ``Coverage``.
        triggers, roles: of events, where the corpus marks some.
        negatives: the event types of which a sentence that was judged to hold none holds none by our scheme too.
    """

    types: Mapping[str, tuple[str, ...]]
    flat: bool = True
    names: frozenset[str] = frozenset()
    triggers: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    negatives: frozenset[str] = frozenset()

    @classmethod
    def read(cls, path: Path, scheme: Scheme) -> LabelMapping:
        """Read a mapping file.

        Raises:
            ConfigError: it is missing, no YAML, or maps to a label the scheme does not have.
        """
        import yaml

        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
            mapping = cls(
                {
                    str(name): tuple([targets] if isinstance(targets, str) else targets or ())
                    for name, targets in data["types"].items()
                },
                bool(data.get("flat", True)),
                frozenset(map(str, data.get("names", ()))),
                {str(name): str(target) for name, target in data.get("triggers", {}).items()},
                {str(name): str(target) for name, target in data.get("roles", {}).items()},
                frozenset(map(str, data.get("negatives", ()))),
            )
        except OSError as error:
            raise ConfigError(f"cannot read the mapping {path}: {error.strerror}") from error
        except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            raise ConfigError(f"{path} is no mapping ({error!r}); see configs/mapping/anercorp.yaml") from error
        entities = {target for targets in (*mapping.types.values(), mapping.names) for target in targets}
        events = {*mapping.triggers.values(), *mapping.negatives}
        roles = {role.name for role in scheme.roles}
        unknown = (
            (entities - {*scheme.entities}) | (events - {*scheme.trigger_names}) | ({*mapping.roles.values()} - roles)
        )
        if unknown:
            raise ConfigError(f"{path} maps to labels the scheme does not have: {', '.join(sorted(unknown))}")
        return mapping

    def coverage(self) -> Coverage:
        """What the corpus speaks of. A type that is exact for one label and in a union of another is a union's."""
        unions = {targets for targets in self.types.values() if len(targets) > 1}
        in_unions = {target for targets in unions for target in targets}
        exact = {targets[0] for targets in self.types.values() if len(targets) == 1} - in_unions - self.names
        if self.roles:
            return Coverage(frozenset(), roles=frozenset(self.roles.values()))
        return Coverage(
            frozenset(exact),
            tuple(sorted(unions)),
            self.flat,
            unknown=frozenset(name for name, targets in self.types.items() if not targets),
            names=self.names,
        )

    def apply(self, document: Document) -> Document:
        """The document with our labels; a union's mention is called after its types, joined by ``|``.

        A label that means none of ours, or that the mapping does not list, keeps its name behind a ``?``: the
        features leave everything there unknown.
        """
        entities = {
            entity.key: Entity(self._target(entity.type), entity.start, entity.end, entity.value)
            for entity in document.entities
        }
        triggers = {
            trigger.key: replace(trigger, type=self.triggers[trigger.type])
            for trigger in document.triggers
            if trigger.type in self.triggers
        }
        relations = [
            Relation(self.roles[relation.type], triggers[relation.head.key], entities[relation.tail.key])
            for relation in document.relations
            if relation.type in self.roles and relation.head.key in triggers
        ]
        return document.with_annotation(tuple(entities.values()), tuple(triggers.values()), tuple(relations))

    def _target(self, kind: str) -> str:
        targets = self.types.get(kind, ())
        return "|".join(targets) if targets else f"?{kind}"
