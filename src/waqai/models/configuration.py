"""Settings of the joint model, saved with it as ``config.json``."""

from __future__ import annotations

from typing import Any

from transformers import CONFIG_MAPPING, PretrainedConfig

from waqai.schema import Scheme


class JointConfig(PretrainedConfig):
    """The joint model's shape: an encoder's own configuration, the scheme, and the heads.

    Args:
        encoder: configuration of a Hugging Face encoder, as a dictionary.
        scheme: ``Scheme.to_dict()``; the heads' sizes follow from it.
        pair_size: width of the relation head's projections.
        relation_head: ``biaffine`` (Dozat and Manning 2018) or ``concat`` (SpERT: spans and the context between).
        pair_features: what that head knows of a pair besides, ``distance`` or ``context``; pairs_compete: whether
            a pair sees the others of its mentions (both: ``heads.RelationHead``).
        attribute_head: what mode and auxiliary are read from, ``word`` or ``attention`` (``heads.TaggingHeads``).
        crf: whether entity layers and triggers are linear chains (``chains.LinearChain``).
        auxiliary_offsets: added to the auxiliary's logits in the loss, one a value; none where empty.
        dropout: before every head.
        loss_weights: weight of each head's loss.
    """

    model_type = "waqai-joint"

    def __init__(
        self,
        encoder: dict[str, Any] | None = None,
        scheme: dict[str, Any] | None = None,
        pair_size: int = 192,
        relation_head: str = "concat",
        pair_features: str = "distance",
        pairs_compete: bool = False,
        attribute_head: str = "word",
        crf: bool = False,
        auxiliary_offsets: list[float] | None = None,
        dropout: float = 0.1,
        loss_weights: dict[str, float] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        # Where the encoder lay when training began says nothing elsewhere.
        self.encoder = {name: value for name, value in (encoder or {}).items() if name != "_name_or_path"}
        self.scheme = scheme or {}
        self.pair_size = pair_size
        self.relation_head = relation_head
        self.pair_features = pair_features
        self.pairs_compete = pairs_compete
        self.attribute_head = attribute_head
        self.crf = crf
        self.auxiliary_offsets = auxiliary_offsets or []
        self.dropout = dropout
        self.loss_weights = loss_weights or {}

    def encoder_config(self) -> PretrainedConfig:
        """The encoder's configuration as the library's own class."""
        settings = dict(self.encoder)
        return CONFIG_MAPPING[settings.pop("model_type")](**settings)

    def read_scheme(self) -> Scheme:
        """The scheme the heads were sized by."""
        return Scheme.from_dict(self.scheme)
