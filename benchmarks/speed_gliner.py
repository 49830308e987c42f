"""Full events by waqai beside entities alone by GLiNER's architecture at its small size.

    python benchmarks/speed_gliner.py [--articles N] [--rounds N]

The package pins an older transformers than this one, so its published shape (urchade/gliner_small-v2.1) is built here
from transformers' DeBERTa-v3-small, 6 layers of 768: a projection to 512, a bidirectional LSTM, span markers up to 12
words wide, and the product with the prompt's entity types. Weights are random, torch in fp32. Texts are runs of whole
sentences of about 128 words, in batches of 8. Subwords are those of the embedded tokenizer, which are fewer than the
English vocabulary of that model makes of Arabic, so the measure is kind to it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from articles import sentences
from extraction import waqai
from sides import Work, compare, parser

from waqai.bundle import embedded_encoder
from waqai.schema import Document, default_scheme

HIDDEN, MAX_WIDTH, TEXT_WORDS, BATCH = 512, 12, 128, 8
THRESHOLD = 0.99
"""Above GLiNER's 0.5: random scores hover there, and a trained model keeps few spans."""


def gliner(options: argparse.Namespace) -> Work:
    """GLiNER small over runs of sentences."""
    import torch
    from torch import Tensor, nn
    from transformers import AutoTokenizer, DebertaV2Config, DebertaV2Model

    torch.set_num_threads(options.threads)
    torch.manual_seed(13)
    tokenizer = AutoTokenizer.from_pretrained(embedded_encoder())
    names = [name.lower() for name in default_scheme().entities]
    prompt = [*chain.from_iterable(("<<ENT>>", name) for name in names), "<<SEP>>"]

    def projection(given: int) -> Any:
        return nn.Sequential(nn.Linear(given, 4 * HIDDEN), nn.ReLU(), nn.Linear(4 * HIDDEN, HIDDEN))

    class SpanModel(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = DebertaV2Model(
                DebertaV2Config(
                    vocab_size=128_100,
                    hidden_size=768,
                    num_hidden_layers=6,
                    num_attention_heads=12,
                    intermediate_size=3072,
                    relative_attention=True,
                    position_buckets=256,
                    norm_rel_ebd="layer_norm",
                    share_att_key=True,
                    pos_att_type=["p2c", "c2p"],
                    position_biased_input=False,
                )
            )
            self.narrow = nn.Linear(768, HIDDEN)
            self.lstm = nn.LSTM(HIDDEN, HIDDEN // 2, bidirectional=True, batch_first=True)
            self.start, self.end, self.span = projection(HIDDEN), projection(HIDDEN), projection(2 * HIDDEN)
            self.prompt = projection(HIDDEN)

        def forward(self, ids: Tensor, mask: Tensor, firsts: Tensor, types: Tensor) -> Tensor:
            states = self.narrow(self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state)
            words = self.lstm(states.gather(1, firsts[..., None].expand(-1, -1, HIDDEN)))[0]
            asked = self.prompt(states[:, types])
            begin = torch.arange(words.shape[1])[:, None].expand(-1, MAX_WIDTH)
            last = (begin + torch.arange(MAX_WIDTH)).clamp(max=words.shape[1] - 1)
            spans = self.span(torch.cat([self.start(words)[:, begin], self.end(words)[:, last]], dim=-1).relu())
            scores: Tensor = torch.einsum("blkd,bcd->blkc", spans, asked)
            return scores

    model = SpanModel().eval()

    @torch.inference_mode()
    def read(articles: Sequence[Document]) -> None:
        texts = (text for article in articles for text in _texts(article))
        while batch := list(islice(texts, BATCH)):
            encoded = tokenizer(
                [[*prompt, *text] for text in batch], is_split_into_words=True, padding=True, return_tensors="pt"
            )
            firsts = torch.zeros(len(batch), max(map(len, batch)), dtype=torch.int64)
            for row, text in enumerate(batch):
                place = _first_subwords(encoded.word_ids(row), len(prompt) + len(text))
                firsts[row, : len(text)] = torch.tensor(place[len(prompt) :])
            types = torch.tensor(_first_subwords(encoded.word_ids(0), len(prompt))[0:-1:2])
            scores = model(encoded["input_ids"], encoded["attention_mask"], firsts, types)
            torch.nonzero(scores.sigmoid() > THRESHOLD).numpy()

    return read


def _texts(article: Document) -> Iterator[list[str]]:
    text: list[str] = []
    for sentence in sentences(article):
        if text and len(text) + len(sentence) > TEXT_WORDS:
            yield text
            text = []
        text = text + sentence
    if text:
        yield text


def _first_subwords(word_ids: Sequence[int | None], words: int) -> list[int]:
    place: dict[int, int] = {}
    for index, word in enumerate(word_ids):
        if word is not None:
            place.setdefault(word, index)
    return [place.get(word, 0) for word in range(words)]


if __name__ == "__main__":
    options = parser(__doc__, articles=48, rounds=3).parse_args()
    compare("gliner", {"waqai extract": waqai, "GLiNER small": gliner}, options)
