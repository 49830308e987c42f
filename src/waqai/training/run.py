"""One training: settings in, a saved bundle and its scores out."""

from __future__ import annotations

import dataclasses
import json
import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import EarlyStoppingCallback, TrainingArguments, set_seed

from waqai.bundle import Bundle, embedded_bundle
from waqai.decoding import Annotator, DecodingSettings
from waqai.encoding import LabelSpace, SubwordTokenizer
from waqai.errors import ConfigError, DataError
from waqai.formats.files import refuse_existing
from waqai.models.configuration import JointConfig
from waqai.models.engine import TorchEngine
from waqai.models.heads import ATTRIBUTE_HEADS, PAIR_FEATURES, RELATION_HEADS
from waqai.models.joint import JointModel
from waqai.models.loading import EMBEDDED, Encoder, load_encoder, load_joint_model, save_bundle
from waqai.schema import Document, Scheme
from waqai.training.acceleration import compiled, masks_from_bytes, written_out
from waqai.training.augmentation import MentionReplacer, augment
from waqai.training.balance import auxiliary_offsets
from waqai.training.batching import Collator, MixedSampler, WindowDataset
from waqai.training.calibration import calibrated
from waqai.training.corpora import OutsideCorpus, read_outside, refuse_unknown_labels
from waqai.training.features import FeatureBuilder
from waqai.training.mapping import Coverage
from waqai.training.processes import from_main_process, process_count
from waqai.training.resumption import claim_folder
from waqai.training.settings import TrainSettings
from waqai.training.trainer import JointTrainer

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trained:
    """A trained model, where it lies, and what annotates with it."""

    folder: Path
    bundle: Bundle
    annotator: Annotator
    model: JointModel


def train(
    settings: TrainSettings,
    scheme: Scheme,
    gold: Sequence[Document],
    dev: Sequence[Document],
    folder: Path,
    outside: Sequence[OutsideCorpus] | None = None,
) -> Trained:
    """Train a model on gold articles and the outside corpora of the settings, and save it.

    A run that was killed goes on from its last checkpoint; one that is complete is refused unless overwritten.

    Raises:
        DataError: there is nothing to train on, or the articles carry labels that the scheme does not know.
        OutputError: the folder holds a finished model, or an unfinished run of other settings, and ``overwrite`` is
            off.
        ConfigError: the training arguments are not ``transformers.TrainingArguments`` fields, the windows are
            longer than the encoder reads, or several processes cannot share a batch evenly.
    """
    if not gold:
        raise DataError("data.train holds no articles")
    refuse_unknown_labels(gold, scheme)
    final = folder / "model"
    refuse_existing(final, overwrite=settings.overwrite)
    set_seed(settings.seed)
    arguments = training_arguments(settings, folder, bool(dev))  # joins the processes, where there are several
    checkpoint = from_main_process(lambda: claim_folder(settings, scheme, gold, folder))
    model, tokenizer = start_model(settings, scheme)
    labels = LabelSpace(scheme)
    model.config.auxiliary_offsets = auxiliary_offsets(gold, labels, settings.model.auxiliary_adjustment)
    corpora = read_corpora(settings, scheme) if outside is None else list(outside)
    dataset, collator = _prepare(settings, labels, tokenizer, gold, corpora)
    engine = TorchEngine(model, bf16=settings.training.bf16)
    annotator = Annotator(engine, tokenizer, labels, max_subwords=settings.model.max_subwords)
    sampler = MixedSampler(
        dataset,
        batch_size=settings.training.batch_size,
        seed=settings.seed,
        temperature=settings.data.temperature,
        weights=[1.0, *(corpus.weight for corpus in corpora)],
        windows_per_epoch=settings.data.windows_per_epoch,
        filled=process_count() > 1,
    )
    trainer = JointTrainer(
        model=model,
        args=arguments,
        train_dataset=dataset,
        data_collator=collator,
        annotator=annotator,
        dev=dev,
        sampler=sampler,
        head_learning_rate=settings.training.head_learning_rate,
        callbacks=[EarlyStoppingCallback(settings.training.patience)] if settings.training.patience and dev else [],
    )
    faster = compiled(model.encoder) if settings.training.compile else masks_from_bytes(model)
    with warnings.catch_warnings(), written_out(model.encoder), faster:
        # accelerate and torch warn of each other's deprecations on some version pairs; nothing of ours
        warnings.simplefilter("ignore", FutureWarning)
        trainer.train(resume_from_checkpoint=checkpoint)
    annotator = dataclasses.replace(annotator, settings=DecodingSettings(transitions=model.transitions()))
    told: dict[str, Any] = {}
    if dev and settings.calibrate:
        annotator, told = calibrated(annotator, dev)
    bundle = Bundle(
        name=settings.name,
        scheme=scheme,
        max_subwords=settings.model.max_subwords,
        pad_id=tokenizer.pad_id,
        settings=annotator.settings,
        training={
            "encoder": settings.model.encoder,
            "start": settings.model.start,
            "seed": settings.seed,
            "articles": len(gold),
            "corpora": [corpus.name for corpus in corpora],
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            **told,
        },
    )
    if trainer.is_world_process_zero():
        final.mkdir(parents=True, exist_ok=True)
        save_bundle(model, tokenizer, bundle, final)
        history = json.dumps(trainer.state.log_history, indent=1)
        (folder / "history.json").write_text(history + "\n", encoding="utf-8")
    return Trained(final, bundle, annotator, model)


def read_corpora(settings: TrainSettings, scheme: Scheme) -> list[OutsideCorpus]:
    """The outside corpora of the settings."""
    join = settings.data.join_words
    return [read_outside(name, corpus, scheme, join) for name, corpus in settings.data.corpora.items()]


def start_model(settings: TrainSettings, scheme: Scheme) -> tuple[JointModel, SubwordTokenizer]:
    """The model training starts from: a pretrained encoder under fresh heads, or a whole trained model.

    Raises:
        ConfigError: the model to start from was trained with another scheme.
        ModelError: the encoder or the model cannot be loaded.
    """
    if settings.model.start is None:
        encoder = load_encoder(settings.model.encoder, settings.model.revision, random=settings.model.random)
        return build_model(settings, scheme, encoder), encoder.tokenizer
    folder = embedded_bundle() if settings.model.start == EMBEDDED else Path(settings.model.start)
    model, bundle, tokenizer = load_joint_model(folder)
    if bundle.scheme != scheme:
        raise ConfigError(f"{settings.model.start} was trained with another scheme; start from an encoder instead")
    return model, tokenizer


def build_model(settings: TrainSettings, scheme: Scheme, encoder: Encoder) -> JointModel:
    """The joint model over an encoder, heads fresh.

    Raises:
        ConfigError: ``model.max_subwords`` is more than the encoder has positions for, or a head is unknown.
    """
    positions = getattr(getattr(encoder.model, "embeddings", None), "position_embeddings", None)
    if isinstance(positions, torch.nn.Embedding):  # RoBERTa's kin count from behind the padding token
        limit = positions.num_embeddings - (0 if positions.padding_idx is None else positions.padding_idx + 1)
        if settings.model.max_subwords > limit:
            raise ConfigError(f"this encoder reads {limit} subwords at most; lower model.max_subwords")
    for name, known in (
        ("relation_head", RELATION_HEADS),
        ("pair_features", PAIR_FEATURES),
        ("attribute_head", ATTRIBUTE_HEADS),
    ):
        if (value := getattr(settings.model, name)) not in known:
            raise ConfigError(f"model.{name} is one of {', '.join(known)}, not {value}")
    if settings.model.pairs_compete and settings.model.relation_head != "concat":
        raise ConfigError("model.pairs_compete needs model.relation_head=concat")
    config = encoder.config.to_dict()
    for name in ("hidden_dropout_prob", "attention_probs_dropout_prob", "mlp_dropout", "attention_dropout"):
        if name in config:
            config[name] = settings.model.encoder_dropout
            setattr(encoder.config, name, settings.model.encoder_dropout)
    for module in encoder.model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = settings.model.encoder_dropout
    return JointModel(
        JointConfig(
            encoder=config,
            scheme=scheme.to_dict(),
            pair_size=settings.model.pair_size,
            relation_head=settings.model.relation_head,
            pair_features=settings.model.pair_features,
            pairs_compete=settings.model.pairs_compete,
            attribute_head=settings.model.attribute_head,
            crf=settings.model.crf,
            dropout=settings.model.dropout,
            loss_weights=dict(settings.model.loss_weights),
        ),
        encoder.model,
    )


def _prepare(
    settings: TrainSettings,
    labels: LabelSpace,
    tokenizer: SubwordTokenizer,
    gold: Sequence[Document],
    corpora: Sequence[OutsideCorpus],
) -> tuple[WindowDataset, Collator]:
    unions = tuple(sorted({union for corpus in corpora for union in corpus.coverage.unions}))
    builder = FeatureBuilder(labels, tokenizer, settings.model.max_subwords, unions)
    full = Coverage.full(labels.scheme)
    windows = [builder.build(gold, full)]
    for corpus in corpora:
        windows.append(builder.build(corpus.train, corpus.coverage))
        log.info("%s: %d windows", corpus.name, len(windows[-1]))
    if settings.data.replace_mentions > 0:
        replacer = MentionReplacer.from_documents(gold, Path(settings.data.names) if settings.data.names else None)
        copies = augment(gold, replacer, settings.data.replace_mentions, settings.data.copies, settings.seed)
        windows[0] += builder.build(copies, full)
    dataset = WindowDataset(windows)
    return dataset, Collator(tokenizer, builder.union_members, settings.training.hide_subwords)


def training_arguments(settings: TrainSettings, folder: Path, has_dev: bool) -> TrainingArguments:
    """The library's arguments from ours.

    Raises:
        ConfigError: ``training.arguments`` names a field the library does not have, or the processes cannot share a
            batch evenly.
    """
    training = settings.training
    share, rest = divmod(training.batch_size, process_count())
    if rest:
        raise ConfigError(
            f"{process_count()} processes cannot share training.batch_size={training.batch_size} windows evenly; "
            "a batch is that of all processes together"
        )
    every = min(1.0 / max(training.evaluations, 1), 1 - 1e-6)  # a share of all steps; 1.0 would mean each step
    given: dict[str, Any] = {
        "output_dir": str(folder),
        "num_train_epochs": training.epochs,
        "per_device_train_batch_size": share,
        "learning_rate": training.learning_rate,
        "weight_decay": training.weight_decay,
        "warmup_steps": training.warmup,
        "lr_scheduler_type": "linear",
        "bf16": training.bf16,
        "use_cpu": not torch.cuda.is_available(),
        "seed": settings.seed,
        "report_to": training.report_to,
        "run_name": settings.name,
        "logging_strategy": "steps",
        "logging_steps": 0.02,
        "eval_strategy": "steps" if has_dev else "no",
        "eval_steps": every,
        "save_strategy": "steps",
        "save_steps": every,
        "save_total_limit": 2,
        "load_best_model_at_end": has_dev,
        "metric_for_best_model": settings.metric if has_dev else None,
        "greater_is_better": True if has_dev else None,
        "remove_unused_columns": False,
        "label_names": ["entity_labels"],
        "dataloader_pin_memory": False,
        **training.arguments,
    }
    try:
        return TrainingArguments(**given)
    except TypeError as error:
        raise ConfigError(f"training.arguments: {error}; they are fields of transformers.TrainingArguments") from error
