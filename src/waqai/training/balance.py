"""How often the auxiliaries stand in gold, for a loss in which the rare ones count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from waqai.encoding import LabelSpace
from waqai.schema import Document


def auxiliary_offsets(documents: Iterable[Document], labels: LabelSpace, strength: float) -> list[float]:
    """What the loss adds to the logits of the auxiliaries: ``strength`` times the logarithm of their share.

    A model trained with them must lift a rare value above its share to be right, so that its own logits, read
    without them, favour no value for being frequent.

    Args:
        documents: gold articles; each value counts once more than it stands there, so that none has no share.
        labels: whose ``auxiliaries`` are numbered.
        strength: 0 for none, 1 for balanced classes.

    Returns:
        One number a value, none among them; empty where ``strength`` is 0.

    Source:
        Menon et al. 2021, section 4.2 (the logit-adjusted loss).
    """
    if not strength:
        return []
    counts = Counter(trigger.auxiliary for document in documents for trigger in document.triggers)
    shares = np.array([counts[value] + 1 for value in labels.auxiliaries], dtype=np.float64)
    return [round(float(offset), 4) for offset in strength * np.log(shares / shares.sum())]
