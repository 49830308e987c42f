"""For the tests of models: two annotated articles, tokenizers of every kind, small encoders, one trained model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from waqai.encoding import SubwordTokenizer
from waqai.schema import Document, Entity, Relation, Scheme, Trigger, default_scheme

TOKENIZER_KINDS = ("wordpiece", "bpe", "unigram")
ENCODER_KINDS = ("bert-wordpiece", "bert-bpe", "bert-unigram", "xlm-roberta-unigram")

PARIS = (
    "التحالف يجتمع في باريس\n\n"
    "التقى وزير الدفاع الفرنسي نظيره الأميركي في باريس الأربعاء لبحث الحرب على تنظيم الدولة.\n"
    "وشنت طائرات أميركية غارات على الموصل مساء الثلاثاء. وأدان المتحدث باسم الحكومة القصف."
)
AMMAN = (
    "وصل الرئيس التركي إلى عمان في زيارة رسمية.\n"
    "وقتل ثلاثة مدنيين في قصف مدفعي على مدينة حلب، ولم تعلق القوات السورية.\n"
    "وتعتزم الأمم المتحدة إرسال مساعدات إلى المدينة خلال أيام."
)


def mark(
    identifier: str,
    text: str,
    mentions: Mapping[str, tuple[str, ...]],
    relations: Sequence[tuple[str, str, str]] = (),
    **metadata: Any,
) -> Document:
    """An annotated article: mentions are (type, surface) or, of triggers, (type, surface, mode, auxiliary).

    A surface is found where it first stands after the mention before it, or else from the beginning.
    """
    triggers = default_scheme().trigger_names
    found: dict[str, Entity | Trigger] = {}
    position = 0
    for name, (kind, surface, *rest) in mentions.items():
        start = text.find(surface, position)
        start = start if start >= 0 else text.index(surface)
        position = start
        span = (start, start + len(surface))
        found[name] = (
            Trigger(kind, *span, *(value or None for value in rest)) if kind in triggers else Entity(kind, *span)
        )
    return Document(
        id=identifier,
        text=text,
        entities=tuple(m for m in found.values() if isinstance(m, Entity)),
        triggers=tuple(m for m in found.values() if isinstance(m, Trigger)),
        relations=tuple(Relation(kind, found[head], found[tail]) for head, kind, tail in relations),  # type: ignore[arg-type]
        **metadata,
    )


@pytest.fixture(scope="session")
def gold() -> list[Document]:
    """Two articles with nested mentions, arguments from other sentences, modes, auxiliaries and relations."""
    paris = mark(
        "paris",
        PARIS,
        {
            "coalition": ("ORG", "التحالف"),
            "meets": ("CONSULT", "يجتمع", "multilateral", ""),
            "paris0": ("GPE", "باريس"),
            "met": ("CONSULT", "التقى", "visit", ""),
            "minister": ("OCC", "وزير الدفاع الفرنسي"),
            "french": ("NORP", "الفرنسي"),
            "peer": ("OCC", "نظيره الأميركي"),
            "american": ("NORP", "الأميركي"),
            "paris": ("GPE", "باريس"),
            "wednesday": ("DATE", "الأربعاء"),
            "war": ("ASSAULT", "الحرب", "", "historical"),
            "state": ("ORG", "تنظيم الدولة"),
            "us": ("NORP", "أميركية"),
            "raids": ("ASSAULT", "غارات", "aerial", ""),
            "mosul": ("GPE", "الموصل"),
            "evening": ("TIME", "مساء الثلاثاء"),
            "tuesday": ("DATE", "الثلاثاء"),
            "condemned": ("ACCUSE", "وأدان", "disapprove", ""),
            "speaker": ("OCC", "المتحدث باسم الحكومة"),
            "government": ("ORG", "الحكومة"),
            "shelling": ("ASSAULT", "القصف", "", ""),
        },
        [
            ("meets", "ACTOR", "coalition"),
            ("meets", "LOCATION", "paris0"),
            ("met", "ACTOR", "minister"),
            ("met", "ACTOR", "peer"),
            ("met", "LOCATION", "paris"),
            ("met", "DATE", "wednesday"),
            ("minister", "affiliated_with", "french"),
            ("peer", "affiliated_with", "american"),
            ("war", "RECIPIENT", "state"),
            ("raids", "ACTOR", "us"),
            ("raids", "LOCATION", "mosul"),
            ("raids", "DATE", "evening"),
            ("condemned", "ACTOR", "speaker"),
            ("speaker", "affiliated_with", "government"),
            ("shelling", "LOCATION", "mosul"),  # from the sentence before
        ],
        publication_date="2016-01-20",
        title="التحالف يجتمع في باريس",
        source="وكالة",
    )
    amman = mark(
        "amman",
        AMMAN,
        {
            "arrived": ("CONSULT", "وصل", "visit", ""),
            "president": ("OCC", "الرئيس التركي"),
            "turkish": ("NORP", "التركي"),
            "amman": ("GPE", "عمان"),
            "killed": ("ASSAULT", "وقتل", "", ""),
            "civilians": ("NORP", "ثلاثة مدنيين"),
            "three": ("CARDINAL", "ثلاثة"),
            "shelling": ("ASSAULT", "قصف", "heavy-weapons", ""),
            "aleppo": ("GPE", "مدينة حلب"),
            "forces": ("ORG", "القوات السورية"),
            "syrian": ("NORP", "السورية"),
            "un": ("ORG", "الأمم المتحدة"),
            "aid": ("AID", "مساعدات", "", "future"),
            "days": ("DATE", "أيام"),
        },
        [
            ("arrived", "ACTOR", "president"),
            ("arrived", "LOCATION", "amman"),
            ("president", "affiliated_with", "turkish"),
            ("killed", "RECIPIENT", "civilians"),
            ("killed", "LOCATION", "aleppo"),
            ("shelling", "RECIPIENT", "civilians"),
            ("shelling", "LOCATION", "aleppo"),
            ("forces", "affiliated_with", "syrian"),
            ("aid", "ACTOR", "un"),
            ("aid", "DATE", "days"),
            ("aid", "LOCATION", "aleppo"),
        ],
        publication_date="2015-10-02",
    )
    return [paris, amman]


def make_tokenizer(kind: str) -> Tokenizer:
    """A tokenizer of a hub encoder's kind, trained on the articles above: BERT's, a byte-level BPE, XLM-RoBERTa's."""
    corpus = [PARIS, AMMAN]
    options: dict[str, Any] = {"vocab_size": 160 if kind != "bpe" else 320, "show_progress": False}
    if kind == "wordpiece":
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer(strip_accents=True)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        special, frame = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], ("[CLS]", "[SEP]")
        trainer: Any = trainers.WordPieceTrainer(special_tokens=special, **options)
    elif kind == "bpe":
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
        tokenizer.decoder = decoders.ByteLevel()
        special, frame = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"], ("<s>", "</s>")
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(special_tokens=special, initial_alphabet=alphabet, **options)
    else:
        tokenizer = Tokenizer(models.Unigram())
        tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Strip()])
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        special, frame = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"], ("<s>", "</s>")
        trainer = trainers.UnigramTrainer(special_tokens=special, unk_token="<unk>", **options)
    tokenizer.train_from_iterator(corpus, trainer)
    first, last = frame
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}", special_tokens=[(token, tokenizer.token_to_id(token)) for token in frame]
    )
    return tokenizer


def pad_id(tokenizer: Tokenizer) -> int:
    return next(i for i in map(tokenizer.token_to_id, ("[PAD]", "<pad>")) if i is not None)


@pytest.fixture(scope="session")
def subwords() -> Callable[[str], SubwordTokenizer]:
    """The tokenizer of a kind; the same one each time."""
    made: dict[str, SubwordTokenizer] = {}

    def get(kind: str = "wordpiece") -> SubwordTokenizer:
        if kind not in made:
            tokenizer = make_tokenizer(kind)
            made[kind] = SubwordTokenizer(tokenizer, pad_id(tokenizer))
        return made[kind]

    return get


@pytest.fixture(scope="session")
def encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A folder as the hub would serve it: a small encoder with random weights and the tokenizer of its kind."""
    made: dict[str, Path] = {}

    def get(kind: str = "bert-wordpiece") -> Path:
        if kind not in made:
            made[kind] = _write_encoder(kind, tmp_path_factory.mktemp(kind))
        return made[kind]

    return get


def _write_encoder(kind: str, folder: Path) -> Path:
    import torch
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaModel

    architecture, tokenizer_kind = kind.rsplit("-", 1)
    tokenizer = make_tokenizer(tokenizer_kind)
    is_bert = tokenizer_kind == "wordpiece"
    names = ("[CLS]", "[SEP]", "[UNK]", "[PAD]") if is_bert else ("<s>", "</s>", "<unk>", "<pad>")
    special = dict(zip(("cls_token", "sep_token", "unk_token", "pad_token"), names, strict=True))
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder)
    shape = {
        "vocab_size": tokenizer.get_vocab_size(),
        "hidden_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 64,
        "max_position_embeddings": 130,
        "pad_token_id": pad_id(tokenizer),
    }
    torch.manual_seed(7)
    model: Any = (
        XLMRobertaModel(XLMRobertaConfig(bos_token_id=0, eos_token_id=2, **shape))
        if architecture == "xlm-roberta"
        else BertModel(BertConfig(**shape))
    )
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def quick_settings(encoder_folder: Callable[[str], Path], scheme: Scheme) -> Callable[..., Any]:
    """Settings of a training that takes seconds; keywords replace fields of the groups or of the whole."""
    from waqai.training.settings import DataSettings, ModelSettings, TrainingSettings, TrainSettings

    def make(output: Path, **changes: Any) -> TrainSettings:
        groups: dict[str, Any] = {
            "model": ModelSettings(
                encoder=str(encoder_folder("bert-wordpiece")),
                max_subwords=96,
                pair_size=32,
                dropout=0.0,
                encoder_dropout=0.0,
            ),
            "data": DataSettings(train="unused"),
            "training": TrainingSettings(
                epochs=4,
                batch_size=2,
                learning_rate=2e-3,
                head_learning_rate=5e-3,
                bf16=False,
                evaluations=1,
                report_to="none",
                arguments={"disable_tqdm": True},
            ),
        }
        for name, value in changes.items():
            owner = next((group for group in groups.values() if hasattr(group, name)), None)
            if owner is not None:
                setattr(owner, name, value)
        rest = {name: value for name, value in changes.items() if name in TrainSettings.__dataclass_fields__}
        return TrainSettings(**{**groups, "scheme": scheme.to_dict(), "output": str(output), "name": "tiny", **rest})

    return make


@pytest.fixture(scope="session")
def trained(
    tmp_path_factory: pytest.TempPathFactory, quick_settings: Callable[..., Any], scheme: Scheme, gold: list[Document]
) -> Any:
    """A model that has learnt the two articles by heart; ``Trained``, its folder under ``folder``."""
    from waqai.training.run import train

    output = tmp_path_factory.mktemp("trained")
    return train(quick_settings(output, epochs=120, calibrate=False), scheme, gold, [], output)


@pytest.fixture(scope="session")
def onnx_folder(tmp_path_factory: pytest.TempPathFactory, trained: Any) -> Path:
    """The trained model for ONNX Runtime, fp32."""
    from waqai.models.export import export_bundle
    from waqai.models.loading import load_joint_model

    folder = tmp_path_factory.mktemp("onnx")
    model, bundle, tokenizer = load_joint_model(trained.folder)
    export_bundle(model, bundle, tokenizer, folder, precision="fp32")
    return folder
