"""The labels as data: which types, modes, roles and relations there are, and what may stand where.

Source: configs/scheme/*.yaml; the default is PLOVER (manual, draft 2.0) over the Wojood entity types.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from waqai.errors import ConfigError

CALENDAR_TYPES = ("DATE", "TIME")
"""Entity types whose mentions may carry an ISO 8601 value."""

MAX_SENTENCES_BACK = 2
"""How many sentences before its trigger an argument may stand (scheme, section 4)."""


@dataclass(frozen=True)
class TriggerType:
    """An event type: its quad class (1-4), its event scale and the scale of each of its modes."""

    name: str
    quad_code: int
    event_scale: float
    modes: Mapping[str, float | None]

    def scale(self, mode: str | None) -> float:
        """The event scale (-10 … +10) of the type in a mode."""
        of_mode = self.modes.get(mode) if mode else None
        return float(self.event_scale if of_mode is None else of_mode)


@dataclass(frozen=True)
class RelationType:
    """A relation and the mention types it may join; an argument role where heads are triggers."""

    name: str
    heads: frozenset[str]
    tails: frozenset[str]

    def allows(self, head: str, tail: str) -> bool:
        """Whether the relation may join mentions of these types."""
        return head in self.heads and tail in self.tails


@dataclass(frozen=True)
class Scheme:
    """Everything that may be annotated, in a fixed order that models number their outputs by."""

    name: str
    version: int
    entities: tuple[str, ...]
    triggers: tuple[TriggerType, ...]
    auxiliaries: tuple[str, ...]
    roles: tuple[RelationType, ...]
    relations: tuple[RelationType, ...]
    contexts: tuple[str, ...] = ()
    sectors: Mapping[str, str] | None = None

    @cached_property
    def trigger_names(self) -> tuple[str, ...]:
        """The event types' names."""
        return tuple(trigger.name for trigger in self.triggers)

    @cached_property
    def modes(self) -> tuple[tuple[str, str], ...]:
        """All (event type, mode) pairs."""
        return tuple((trigger.name, mode) for trigger in self.triggers for mode in trigger.modes)

    @cached_property
    def pair_types(self) -> tuple[RelationType, ...]:
        """Roles, then relations: everything that joins two mentions."""
        return self.roles + self.relations

    @cached_property
    def trigger_by_name(self) -> Mapping[str, TriggerType]:
        """The event types by name."""
        return {trigger.name: trigger for trigger in self.triggers}

    @cached_property
    def pair_by_name(self) -> Mapping[str, RelationType]:
        """Roles and relations by name."""
        return {pair.name: pair for pair in self.pair_types}

    def to_dict(self) -> dict[str, Any]:
        """The plain form that ``from_dict`` reads."""
        return {
            "name": self.name,
            "version": self.version,
            "entities": list(self.entities),
            "triggers": {
                trigger.name: {
                    "quad_code": trigger.quad_code,
                    "event_scale": trigger.event_scale,
                    "modes": dict(trigger.modes),
                }
                for trigger in self.triggers
            },
            "auxiliaries": list(self.auxiliaries),
            "roles": {role.name: {"tails": sorted(role.tails)} for role in self.roles},
            "relations": {
                relation.name: {"heads": sorted(relation.heads), "tails": sorted(relation.tails)}
                for relation in self.relations
            },
            "contexts": list(self.contexts),
            "sectors": dict(self.sectors or {}),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Scheme:
        """Read the plain form.

        Raises:
            ConfigError: a section is missing, or a relation names a type that is not declared.
        """
        try:
            entities = tuple(data["entities"])
            triggers = tuple(
                TriggerType(name, int(entry["quad_code"]), float(entry["event_scale"]), dict(entry.get("modes") or {}))
                for name, entry in (data.get("triggers") or {}).items()
            )
            trigger_names = frozenset(trigger.name for trigger in triggers)
            roles = tuple(
                RelationType(name, trigger_names, frozenset(entry["tails"]))
                for name, entry in (data.get("roles") or {}).items()
            )
            relations = tuple(
                RelationType(name, frozenset(entry["heads"]), frozenset(entry["tails"]))
                for name, entry in (data.get("relations") or {}).items()
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ConfigError(f"the scheme lacks or misspells {error}; see configs/scheme/waqai.yaml") from error
        for section, names in (
            ("entities and triggers", (*entities, *(trigger.name for trigger in triggers))),
            ("roles and relations", tuple(pair.name for pair in roles + relations)),
        ):
            # A label that means two things could not be told apart in a file or a model's outputs.
            if twice := sorted(name for name, count in Counter(names).items() if count > 1):
                raise ConfigError(f"{section} declare {', '.join(twice)} twice; every label has a name of its own")
        for pair in roles + relations:
            unknown = (pair.tails | (pair.heads - trigger_names)) - set(entities)
            if unknown:
                raise ConfigError(f"relation {pair.name} names undeclared entity types: {', '.join(sorted(unknown))}")
        return cls(
            name=str(data.get("name", "custom")),
            version=int(data.get("version", 1)),
            entities=entities,
            triggers=triggers,
            auxiliaries=tuple(data.get("auxiliaries") or ()),
            roles=roles,
            relations=relations,
            contexts=tuple(data.get("contexts") or ()),
            sectors=dict(data.get("sectors") or {}),
        )

    @classmethod
    def of(cls, given: str | Mapping[str, Any]) -> Scheme:
        """The scheme that a configuration gives: a mapping in place, or the name of a YAML file.

        Raises:
            ConfigError: the file is missing or is not a scheme.
        """
        return cls.read(Path(given)) if isinstance(given, str) else cls.from_dict(given)

    @classmethod
    def read(cls, path: Path) -> Scheme:
        """Read a scheme from YAML.

        Raises:
            ConfigError: the file is missing or is not a scheme.
        """
        import yaml

        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigError(f"cannot read the scheme {path}: {error.strerror}") from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise ConfigError(f"the scheme {path} is not YAML: {error}") from error
        if not isinstance(data, Mapping):
            raise ConfigError(f"the scheme {path} holds no mapping; see configs/scheme/waqai.yaml")
        return cls.from_dict(data)


@lru_cache(maxsize=1)
def default_scheme() -> Scheme:
    """The scheme the embedded model was trained with."""
    with resources.as_file(resources.files("waqai") / "embedded" / "scheme.yaml") as path:
        return Scheme.read(path)
