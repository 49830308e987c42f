"""A run may start from an encoder of the same shape that cuts words otherwise."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from transformers import AutoModel, PreTrainedModel

from waqai.errors import ConfigError, ModelError
from waqai.pretraining.model import ModelShape, build_model
from waqai.pretraining.packing import FileCount, load_stream, pack
from waqai.pretraining.run import pretrain
from waqai.pretraining.settings import PretrainSettings
from waqai.pretraining.shipping import export_encoder
from waqai.pretraining.tokenizer import train_tokenizer
from waqai.pretraining.transplant import coverage, transplant


@pytest.fixture
def donor(settings: PretrainSettings) -> Path:
    """The encoder of a short run with WordPiece."""
    pretrain(settings)
    work = Path(settings.work)
    export_encoder(work / "tiny", work / "news/tokenizer.json", work / "donor")
    return work / "donor"


@pytest.fixture
def unigram(settings: PretrainSettings, articles: list[str]) -> Tokenizer:
    """A Unigram tokenizer, with the same articles packed as ``parted``."""
    tokenizer = train_tokenizer(iter(articles), "unigram", 90)
    folder = Path(settings.work) / "parted"
    folder.mkdir()
    (folder / "articles.txt").write_text("\n\n".join(articles), encoding="utf-8")
    tokenizer.save(str(folder / "tokenizer.json"))
    counts = [FileCount("tiny.txt", "0" * 64, 60, 60, 4800, 4800, 0, 0)]
    pack(folder / "articles.txt", tokenizer, folder / "ids.bin", counts, {})
    return tokenizer


def fresh(tokenizer: Tokenizer, shape: ModelShape) -> PreTrainedModel:
    return build_model(shape, tokenizer.get_vocab_size(), 0, 2, 3)


def test_layers_come_whole_and_subwords_as_the_mean_of_what_covered_them(
    settings: PretrainSettings, donor: Path, unigram: Tokenizer
) -> None:
    stream = load_stream(Path(settings.work) / "parted/ids.bin")
    model = fresh(unigram, settings.model)
    transplant(model, unigram, stream, str(donor))
    given = AutoModel.from_pretrained(donor)
    layer = "layers.1.mlp.Wi.weight"
    assert torch.equal(model.base_model.state_dict()[layer], given.state_dict()[layer])
    donors = Tokenizer.from_file(str(donor / "tokenizer.json"))
    table, start = given.get_input_embeddings().weight, model.get_input_embeddings().weight
    covered = coverage(unigram, donors, stream, len(table)).to_dense()
    some = int(covered.sum(1).argmax())
    assert torch.allclose(start[some], covered[some] @ table / covered[some].sum(), atol=1e-6)
    for token in ("[MASK]", "[CLS]"):
        assert torch.equal(start[unigram.token_to_id(token)], table[donors.token_to_id(token)])


def test_a_whole_word_covers_itself_and_nothing_else(settings: PretrainSettings, tokenizer: Tokenizer) -> None:
    covered = coverage(tokenizer, tokenizer, load_stream(Path(settings.work) / "news/ids.bin"), 400).to_dense()
    assert covered.sum() > 0
    square = covered[:, : len(covered)]
    assert torch.equal(square, torch.diag(square.diagonal()))
    assert not covered[:, len(covered) :].any()


def test_a_run_starts_from_a_donor_once(
    settings: PretrainSettings, donor: Path, unigram: Tokenizer, caplog: pytest.LogCaptureFixture
) -> None:
    settings = replace(settings, corpus="parted", run="moved", start=str(donor))
    with caplog.at_level("INFO"):
        pretrain(settings)
        assert "gave its layers" in caplog.text
        caplog.clear()
        assert pretrain(replace(settings, schedule=replace(settings.schedule, steps=8))).step == 8
        assert "gave its layers" not in caplog.text


def test_a_donor_of_another_shape_is_refused(settings: PretrainSettings, donor: Path, unigram: Tokenizer) -> None:
    stream = load_stream(Path(settings.work) / "parted/ids.bin")
    for change in ({"layers": 3}, {"intermediate": 40}, {"heads": 1}):
        shape = replace(settings.model, **change)
        with pytest.raises(ConfigError, match="is of another shape"):
            transplant(fresh(unigram, shape), unigram, stream, str(donor))


def test_a_folder_without_an_encoder_is_refused(settings: PretrainSettings, unigram: Tokenizer, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=re.escape(f"cannot load the encoder in {tmp_path}: ")):
        transplant(fresh(unigram, settings.model), unigram, load_stream(tmp_path / "parted/ids.bin"), str(tmp_path))


def test_a_bert_may_start_from_a_bert_with_a_pooler(settings: PretrainSettings, unigram: Tokenizer) -> None:
    settings = replace(settings, model=replace(settings.model, architecture="bert"), run="bert")
    pretrain(settings)
    work = Path(settings.work)
    export_encoder(work / "bert", work / "news/tokenizer.json", work / "bert_donor")
    model = fresh(unigram, settings.model)
    transplant(model, unigram, load_stream(work / "parted/ids.bin"), str(work / "bert_donor"))
    assert torch.equal(
        model.base_model.state_dict()["encoder.layer.0.output.dense.weight"],
        AutoModel.from_pretrained(work / "bert_donor").state_dict()["encoder.layer.0.output.dense.weight"],
    )


def test_the_mark_of_a_word_comes_from_a_donor_that_has_it(settings: PretrainSettings, unigram: Tokenizer) -> None:
    settings = replace(settings, corpus="parted", run="marked")
    pretrain(settings)
    work = Path(settings.work)
    export_encoder(work / "marked", work / "parted/tokenizer.json", work / "marked_donor")
    model = fresh(unigram, settings.model)
    transplant(model, unigram, load_stream(work / "parted/ids.bin"), str(work / "marked_donor"))
    table = AutoModel.from_pretrained(work / "marked_donor").get_input_embeddings().weight
    mark = unigram.token_to_id("▁")
    assert torch.equal(model.get_input_embeddings().weight[mark], table[mark])
