"""The joint model: any Hugging Face encoder under entity, trigger, attribute and relation heads."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModel, PreTrainedModel

from waqai.encoding import IGNORED, LabelSpace
from waqai.models.chains import LinearChain, allowed_tags
from waqai.models.configuration import JointConfig
from waqai.models.heads import RelationHead, TaggingHeads, pool_words, real_words
from waqai.models.losses import layered_loss, pair_loss, trigger_loss, union_loss, word_loss

DEFAULT_LOSS_WEIGHTS = {
    "entities": 1.0,
    "unions": 1.0,
    "triggers": 2.0,
    "modes": 0.3,
    "auxiliaries": 0.5,
    "pairs": 4.0,
}


class JointModel(PreTrainedModel):
    """Encoder, word pooling and heads; one pass over a window feeds them all."""

    config_class = JointConfig
    base_model_prefix = "encoder"
    config: JointConfig

    def __init__(self, config: JointConfig, encoder: nn.Module | None = None) -> None:
        super().__init__(config)
        self.labels = LabelSpace(config.read_scheme())
        self.encoder = encoder if encoder is not None else AutoModel.from_config(config.encoder_config())
        size = int(config.encoder["hidden_size"])
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Initializing zero-element")  # a scheme without relations has no rows
            self.tagging = TaggingHeads(size, self.labels, config.dropout, config.attribute_head)
            self.relations = RelationHead(
                size,
                self.labels,
                config.pair_size,
                config.relation_head,
                config.dropout,
                config.pair_features,
                config.pairs_compete,
            )
            self.chains = nn.ModuleDict()
            if config.crf:
                self.chains["entities"] = LinearChain(len(self.labels.entity_types), 3)
                self.chains["triggers"] = LinearChain(1, self.labels.trigger_tags)
            self.allow_pairs()
            self.post_init()
            self._set_priors()

    def allow_pairs(self) -> None:
        """Say which labels fit which pairs; again after loading, which leaves what is not saved undefined."""
        fits = torch.from_numpy(self.labels.allowed_pairs).to(self.device)
        self.register_buffer("allowed", fits, persistent=False)

    def transitions(self) -> dict[str, list[Any]]:
        """The learnt scores of neighbouring tags, as ``DecodingSettings`` keeps them."""
        return {
            name: chain.transitions.detach().cpu().double().numpy().round(4).tolist()
            for name, chain in self.chains.items()
            if isinstance(chain, LinearChain)
        }

    def _set_priors(self) -> None:
        """Most words are outside and most pairs unrelated: fresh heads start there (Lin et al. 2017, section 4.1)."""
        with torch.no_grad():
            self.tagging.entities.bias.view(-1, 3)[:, 0] = 4.0
            self.tagging.triggers.bias[0] = 4.0
            self.relations.set_prior(-3.0)

    def encode(self, input_ids: Tensor, attention_mask: Tensor, word_index: Tensor) -> Tensor:
        """States of words, ``(B, W, H)``; arguments ``(B, S)`` as in ``encoding.Batch``."""
        subwords = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return pool_words(subwords, word_index, int(word_index.max()) + 1)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        word_index: Tensor,
        entity_labels: Tensor | None = None,
        union_labels: Tensor | None = None,
        union_members: list[list[int]] | None = None,
        trigger_labels: Tensor | None = None,
        mode_labels: Tensor | None = None,
        auxiliary_labels: Tensor | None = None,
        spans: Tensor | None = None,
        pairs: Tensor | None = None,
        pair_labels: Tensor | None = None,
        **_: Any,
    ) -> dict[str, Tensor]:
        """Loss and logits of a batch.

        Args:
            input_ids, attention_mask, word_index: ``(B, S)``.
            entity_labels: ``(B, W, T)``; union_labels: ``(B, W, G)`` with the groups' types in ``union_members``.
            trigger_labels, mode_labels, auxiliary_labels: ``(B, W)``.
            spans: ``(M, 3)`` over the batch's words laid end to end, row after row of ``W``.
            pairs: ``(P, 4)``; pair_labels: ``(P, R)``.

        Returns:
            ``loss`` where there are labels, and one loss a head for the log.
        """
        words = self.encode(input_ids, attention_mask, word_index)
        real = real_words(word_index, words.shape[1])
        entities, triggers, modes, auxiliaries = self.tagging(words, real)
        if entity_labels is None:
            return {
                "entities": entities,
                "triggers": triggers,
                "modes": modes,
                "auxiliaries": auxiliaries,
                "words": words,
            }
        losses = {"entities": self._tag_loss("entities", entities, entity_labels, real)}
        if union_labels is not None and union_members:
            losses["unions"] = union_loss(entities, union_labels, union_members)
        if trigger_labels is not None:
            losses["triggers"] = self._tag_loss("triggers", triggers, trigger_labels, real)
        if mode_labels is not None:
            losses["modes"] = word_loss(modes, mode_labels)
        if auxiliary_labels is not None:
            if self.config.auxiliary_offsets:  # so that the frequent values need less to be right (Menon et al. 2021)
                auxiliaries = auxiliaries + auxiliaries.new_tensor(self.config.auxiliary_offsets)
            losses["auxiliaries"] = word_loss(auxiliaries, auxiliary_labels)
        if spans is not None and pairs is not None and pair_labels is not None and len(pairs):
            logits = self.relations(words.flatten(0, 1), spans, pairs)
            fits = self.allowed[:, spans[pairs[:, 0], 2], spans[pairs[:, 1], 2]].T
            losses["pairs"] = pair_loss(logits, pair_labels, fits)
        weights = {**DEFAULT_LOSS_WEIGHTS, **self.config.loss_weights}
        loss = torch.stack([weights[name] * value for name, value in losses.items()]).sum()
        return {"loss": loss, **{f"{name}_loss": value.detach() for name, value in losses.items()}}

    def _tag_loss(self, head: str, logits: Tensor, labels: Tensor, real: Tensor) -> Tensor:
        if head not in self.chains:
            return layered_loss(logits, labels) if head == "entities" else trigger_loss(logits, labels)
        layers = (*logits.shape[:2], -1, logits.shape[-1])
        chain_labels = labels.reshape(layers[:3])
        loss: Tensor = self.chains[head].loss(  # type: ignore[operator]
            logits.reshape(layers), allowed_tags(chain_labels, layers[3]), real
        )
        return loss / (chain_labels != IGNORED).any(-1).sum().clamp(min=1)
