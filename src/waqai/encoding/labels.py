"""How the scheme's labels are numbered, and which pairs of mentions may be related.

Numbers follow the scheme's own order, so a model and its scheme, saved together, cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from waqai.schema import Scheme
from waqai.schema.scheme import MAX_SENTENCES_BACK

OUTSIDE, BEGIN, INSIDE = 0, 1, 2
"""Tags of an entity type's own BIO layer."""

IGNORED = -100
"""A label that no loss is taken from."""

NOT_OUTSIDE = -200
"""A label of an entity type's layer that says only that a mention begins or goes on here."""

DENIED = -1000
"""A trigger label ``DENIED - k`` says of a word only that it is not of type ``k``."""

DISTANCE_BUCKETS = (-64, -32, -16, -8, -4, -2, 0, 2, 4, 8, 16, 32, 64)
"""Borders of the signed distance, in words, from the end of one mention to the start of the other."""


@dataclass(frozen=True)
class LabelSpace:
    """The numbers of a scheme's labels.

    A trigger layer has ``2 K + 1`` tags: 0 outside, ``2 k + 1`` begins and ``2 k + 2`` continues type ``k``.
    Mentions are numbered with entity types first, then trigger types. Mode and auxiliary 0 mean none.
    """

    scheme: Scheme

    @property
    def entity_types(self) -> tuple[str, ...]:
        """The entity types, in the order of the entity head's layers."""
        return self.scheme.entities

    @property
    def trigger_tags(self) -> int:
        """Size of the trigger head."""
        return 2 * len(self.scheme.triggers) + 1

    @property
    def mention_types(self) -> tuple[str, ...]:
        """Entity types, then trigger types."""
        return self.scheme.entities + self.scheme.trigger_names

    @property
    def modes(self) -> tuple[tuple[str, str] | None, ...]:
        """None, then every (event type, mode)."""
        return (None, *self.scheme.modes)

    @property
    def auxiliaries(self) -> tuple[str | None, ...]:
        """None, then the auxiliary modes."""
        return (None, *self.scheme.auxiliaries)

    @property
    def pair_names(self) -> tuple[str, ...]:
        """Roles, then relations."""
        return tuple(pair.name for pair in self.scheme.pair_types)

    @cached_property
    def allowed_pairs(self) -> NDArray[np.bool_]:
        """Which label may join which mention types, shape ``(R, L, L)``: label, head type, tail type.

        A role's tails are entities; a DATE the entity type and the role are told apart by their place.
        """
        types = self.mention_types
        entities = len(self.scheme.entities)
        allowed = np.zeros((len(self.scheme.pair_types), len(types), len(types)), dtype=bool)
        for number, pair in enumerate(self.scheme.pair_types):
            is_role = number < len(self.scheme.roles)
            for head in range(entities, len(types)) if is_role else range(entities):
                for tail in range(entities):
                    allowed[number, head, tail] = pair.allows(types[head], types[tail])
        return allowed

    @cached_property
    def joinable(self) -> NDArray[np.bool_]:
        """Which head type any label may join to which tail type, shape ``(L, L)``."""
        return np.asarray(self.allowed_pairs.any(axis=0), dtype=bool)

    @cached_property
    def fitting_modes(self) -> NDArray[np.bool_]:
        """Which modes an event type may have, none among them, shape ``(K, M)``."""
        fits = [[mode is None or mode[0] == name for mode in self.modes] for name in self.scheme.trigger_names]
        return np.array(fits, dtype=bool).reshape(-1, len(self.modes))


MAX_WORDS_APART = 192
"""Mentions further apart are no pair: about what a window shows in training. Of 11,789 in gold none is over 158."""

HEADS_AT_ONCE = 1024
"""Heads that meet every tail in one table; more than a usual article has."""


def candidate_pairs(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    labels: NDArray[np.int64],
    sentences: NDArray[np.int64],
    joinable: NDArray[np.bool_],
    entity_types: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The ordered pairs of mentions that some label may join, and their distance buckets.

    Args:
        starts, ends: half-open word ranges of the mentions, shape ``(M,)``.
        labels: their types' numbers; ``sentences``: their sentences' numbers.
        joinable: ``LabelSpace.joinable``, shape ``(L, L)``.
        entity_types: mentions numbered below are entities.

    Returns:
        Pairs ``(P, 2)`` of mention indices (head, tail) and distance buckets ``(P,)``.
    """
    mentions = np.arange(len(labels))
    parts = []
    for some in np.array_split(mentions, max(1, -(-len(mentions) // HEADS_AT_ONCE))):
        back = sentences[some, None] - sentences[None, :]
        near = np.where((labels[some] >= entity_types)[:, None], (back >= 0) & (back <= MAX_SENTENCES_BACK), back == 0)
        near &= np.abs(starts[some, None] - starts[None, :]) <= MAX_WORDS_APART
        near &= some[:, None] != mentions[None, :]
        head, tail = np.nonzero(joinable[labels[some, None], labels[None, :]] & near)
        parts.append((some[head], tail))
    heads, tails = (np.concatenate(column) for column in zip(*parts, strict=True))
    after = starts[tails] - ends[heads] + 1
    before = starts[heads] - ends[tails] + 1
    distance = np.where(starts[tails] >= ends[heads], after, np.where(ends[tails] <= starts[heads], -before, 0))
    buckets = np.searchsorted(np.array(DISTANCE_BUCKETS), distance, side="left")
    return np.stack([heads, tails], axis=1).astype(np.int64), buckets.astype(np.int64)
