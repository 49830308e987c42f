"""Full events by waqai beside entities alone by a BERT-base of CAMeLBERT's shape.

    python benchmarks/speed_bert.py [--articles N] [--rounds N]

12 layers of 768, a vocabulary of 30,000, random weights, torch in fp32. ``as CAMeL Tools`` gives it one article's
sentences at a time and pads each to 256 subwords, as ``NERecognizer.predict`` of camel_tools 1.5 does;
``padded to the longest`` is the same with no more padding than a batch of the article's sentences needs.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from articles import sentences
from extraction import waqai
from sides import Side, Work, compare, parser

from waqai.bundle import embedded_encoder
from waqai.schema import Document

LENGTH, BATCH = 256, 32
LABELS = 9  # camel_tools: LOC, ORG, PERS, MISC, each B and I, and O


def bert(*, pad_to: int | None) -> Side:
    """BERT-base over the sentences of one article at a time."""

    def load(options: argparse.Namespace) -> Work:
        import torch
        from transformers import AutoTokenizer, BertConfig, BertForTokenClassification

        torch.set_num_threads(options.threads)
        torch.manual_seed(13)
        model = BertForTokenClassification(BertConfig(vocab_size=30_000, num_labels=LABELS)).eval()
        tokenizer = AutoTokenizer.from_pretrained(embedded_encoder())

        def predict(lists: list[list[str]]) -> None:
            for begin in range(0, len(lists), BATCH):
                batch = tokenizer(
                    lists[begin : begin + BATCH],
                    is_split_into_words=True,
                    truncation=True,
                    max_length=LENGTH,
                    padding="max_length" if pad_to else "longest",
                    return_tensors="pt",
                )
                model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits.argmax(-1).numpy()

        @torch.inference_mode()
        def read(articles: Sequence[Document]) -> None:
            for article in articles:
                predict(sentences(article))

        with torch.inference_mode():
            predict([["باريس"]])
        return read

    return load


if __name__ == "__main__":
    options = parser(__doc__, articles=24, rounds=3).parse_args()
    sides = {
        "waqai extract": waqai,
        "as CAMeL Tools": bert(pad_to=LENGTH),
        "padded to the longest": bert(pad_to=None),
    }
    compare("bert", sides, options)
