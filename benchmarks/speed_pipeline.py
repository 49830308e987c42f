"""Full events by waqai beside entities alone by Hugging Face's pipeline, on the same encoder weights.

    python benchmarks/speed_pipeline.py [--articles N] [--rounds N]

The pipeline runs the embedded encoder under a token-classification head of the scheme's entity labels, in torch,
article by article (what its documentation advises on a CPU) and in batches. The head's weights are random, with the
outside label made likely, so that joining entities, which is Python, costs it no more than a trained head would.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from extraction import waqai
from sides import Side, Work, compare, parser

from waqai.bundle import embedded_encoder
from waqai.schema import Document, default_scheme

WINDOW, OVERLAP = 256, 76
"""As in the embedded model: subwords of a window, and how many of them the next repeats."""


def pipeline(batch_size: int) -> Side:
    """The pipeline with batches of this size."""

    def load(options: argparse.Namespace) -> Work:
        import torch
        from transformers import AutoModelForTokenClassification, AutoTokenizer
        from transformers import pipeline as make_pipeline

        torch.set_num_threads(options.threads)
        labels = ["O", *(f"{tag}-{name}" for name in default_scheme().entities for tag in "BI")]
        torch.manual_seed(13)
        model = AutoModelForTokenClassification.from_pretrained(
            embedded_encoder(), id2label=dict(enumerate(labels)), label2id={name: i for i, name in enumerate(labels)}
        )
        with torch.no_grad():
            model.classifier.bias[0] += 2.0
        tokenizer = AutoTokenizer.from_pretrained(embedded_encoder(), model_max_length=WINDOW)
        run = make_pipeline(
            "token-classification",
            model=model.eval(),
            tokenizer=tokenizer,
            aggregation_strategy="simple",
            stride=OVERLAP,
            device="cpu",
        )

        def read(articles: Sequence[Document]) -> None:
            for _ in run((article.text for article in articles), batch_size=batch_size):
                pass

        run("باريس")
        return read

    return load


if __name__ == "__main__":
    options = parser(__doc__, articles=942, rounds=3).parse_args()
    sides = {"waqai extract": waqai, "pipeline": pipeline(1), "pipeline, batches of 8": pipeline(8)}
    compare("pipeline", sides, options)
