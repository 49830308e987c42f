"""Encoders of a few thousand weights, for tests of what is made of an encoder."""

from __future__ import annotations

from typing import Any

import torch

SHAPE: dict[str, Any] = {
    "vocab_size": 50,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 40,
    "max_position_embeddings": 70,
    "pad_token_id": 0,
}


class States(torch.nn.Module):
    """An encoder that gives its last states alone, as it is exported."""

    def __init__(self, encoder: torch.nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> Any:
        """States ``(B, S, H)`` of ids and mask ``(B, S)``."""
        return self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
