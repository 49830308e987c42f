"""Full events by waqai beside entities alone by spaCy's blank Arabic pipeline.

    python benchmarks/speed_spacy.py [--articles N] [--rounds N]      (pip install 'waqai[benchmarks]')

``spacy.blank("ar")`` with its default ``ner``: hashed embeddings and four layers of convolution, 96 wide, random
weights. A network of this size reads far less into a text; it is here as the floor of what a pipeline costs.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from extraction import waqai
from sides import Work, compare, parser

from waqai.schema import Document, default_scheme


def spacy_ner(options: argparse.Namespace) -> Work:
    """The pipeline over texts in spaCy's own batches."""
    import spacy

    nlp = spacy.blank("ar")
    ner = nlp.add_pipe("ner")
    for name in default_scheme().entities:
        ner.add_label(name)
    nlp.initialize()

    def read(articles: Sequence[Document]) -> None:
        for _ in nlp.pipe(article.text for article in articles):
            pass

    nlp("باريس")
    return read


if __name__ == "__main__":
    compare("spacy", {"waqai extract": waqai, "spaCy": spacy_ner}, parser(__doc__, articles=942, rounds=3).parse_args())
