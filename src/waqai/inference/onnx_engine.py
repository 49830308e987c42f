"""The exported joint model on ONNX Runtime: numpy in, numpy out, no torch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from waqai.bundle import ENCODER, RELATIONS
from waqai.decoding import TagScores
from waqai.encoding import Batch
from waqai.errors import ModelError

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

OUTPUTS = ("entities", "triggers", "modes", "auxiliaries", "states")


class OnnxEngine:
    """Runs ``encoder.onnx`` (windows to tag scores and word states) and ``relations.onnx`` (pairs).

    Args:
        folder: a bundle that scripts/export.py wrote.
        device: ``cpu`` or ``cuda`` (needs the onnxruntime-gpu build).
        threads: that share one batch; 0 lets the runtime choose. ``tag`` may be called from several threads.

    Raises:
        ModelError: a graph is missing or broken, or the device is not there.
    """

    def __init__(self, folder: Path, *, device: str = "cpu", threads: int = 0) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        provider = "CUDAExecutionProvider" if device == "cuda" else "CPUExecutionProvider"
        if provider not in onnxruntime.get_available_providers():
            raise ModelError(f"ONNX Runtime here has no {provider}; install onnxruntime-gpu, or use device cpu")
        self._encoder = self._open(folder / ENCODER, options, provider)
        self._relations = self._open(folder / RELATIONS, options, provider)
        # How much of a pair this head was trained to read.
        self._pair_width = next(given.shape[1] for given in self._relations.get_inputs() if given.name == "pairs")

    @staticmethod
    def _open(path: Path, options: onnxruntime.SessionOptions, provider: str) -> onnxruntime.InferenceSession:
        if not path.is_file():
            raise ModelError(f"{path} is missing; export the model with scripts/export.py")
        try:
            return onnxruntime.InferenceSession(str(path), options, providers=[provider])
        except Exception as error:  # the runtime's own exceptions share no base
            raise ModelError(f"{path} is broken: {str(error).splitlines()[0]}") from error

    def tag(self, batch: Batch) -> TagScores:
        """See ``decoding.Engine.tag``."""
        width = int(batch.word_count.max())
        # Rows of the real words in the flat (B * W) table: padding is dropped inside the graph's last step.
        rows = np.concatenate([row * width + np.arange(count) for row, count in enumerate(batch.word_count)])
        found = self._encoder.run(
            OUTPUTS,
            {
                "input_ids": batch.input_ids,
                "attention_mask": batch.attention_mask,
                "word_index": batch.word_index,
                "rows": rows.astype(np.int64),
            },
        )
        return TagScores(*found)

    def relate(self, states: FloatArray, spans: IntArray, pairs: IntArray) -> FloatArray:
        """See ``decoding.Engine.relate``."""
        given = {"states": states, "spans": spans, "pairs": pairs[:, : self._pair_width]}
        logits: FloatArray = self._relations.run(["logits"], given)[0]
        return logits
