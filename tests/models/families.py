"""Tiny models of every Hugging Face family with tokenizers made on the spot, as folders.

Each builder writes what ``save_pretrained`` writes, so that tests go the way a person's model goes.
Weights are random and large enough for outputs to differ between inputs.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
import transformers as hf
from tokenizers import ByteLevelBPETokenizer, SentencePieceBPETokenizer
from tokenizers.implementations import BertWordPieceTokenizer
from transformers.utils import logging

from tests.conftest import SENTENCES

TEXT = [
    *SENTENCES, "Ça coûte 20 €, dit-il: 日本語 è bello.", "The unhappiness of houses and gardens.",
]  # fmt: skip
LANGUAGES = ["en_XX", "fr_XX", "ro_RO"]
SHAPE = {
    "d_model": 16, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 2,
    "decoder_attention_heads": 2, "encoder_ffn_dim": 24, "decoder_ffn_dim": 24,
    "max_position_embeddings": 64, "dropout": 0.0, "attention_dropout": 0.0, "init_std": 0.6,
    "forced_eos_token_id": None,
}  # fmt: skip
DECODER = {
    "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2,
    "max_position_embeddings": 64, "initializer_range": 0.5, "attention_dropout": 0.0,
}  # fmt: skip
ENCODER = DECODER | {"attention_probs_dropout_prob": 0.0, "hidden_dropout_prob": 0.0}
del ENCODER["attention_dropout"]

Pair = tuple[Any, Any]


def unigram() -> list[tuple[str, float]]:
    """Pieces of a small unigram vocabulary."""
    import io

    import sentencepiece as spm

    model = io.BytesIO()
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXT * 4), model_writer=model, vocab_size=110, minloglevel=2,
        num_threads=1, character_coverage=1.0,
    )  # fmt: skip
    pieces = spm.SentencePieceProcessor(model_proto=model.getvalue())
    return [(pieces.id_to_piece(i), pieces.get_score(i)) for i in range(3, pieces.get_piece_size())]


def byte_level(special: list[str]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Vocabulary and merges of a byte-level BPE."""
    made = ByteLevelBPETokenizer()
    made.train_from_iterator(TEXT, vocab_size=320, special_tokens=special, show_progress=False)
    model = json.loads(made.to_str())["model"]
    return model["vocab"], [tuple(m) for m in model["merges"]]


def bpe(
    special: list[str], bytes_too: bool = False
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Vocabulary and merges of a BPE over characters, with byte pieces if asked for."""
    made = SentencePieceBPETokenizer()
    extra = [f"<0x{b:02X}>" for b in range(256)] if bytes_too else []
    made.train_from_iterator(
        SENTENCES, vocab_size=130 + len(extra), special_tokens=special + extra, show_progress=False
    )
    model = json.loads(made.to_str())["model"]
    return model["vocab"], [tuple(m) for m in model["merges"]]


def t5(kind: str = "T5", **extra: Any) -> Pair:
    tokenizer = hf.T5Tokenizer(
        vocab=[("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *unigram()], extra_ids=4
    )
    config = getattr(hf, f"{kind}Config")(
        vocab_size=len(tokenizer), d_model=16, d_kv=6, d_ff=24, num_layers=2, num_heads=2,
        dropout_rate=0.0, initializer_factor=8.0, decoder_start_token_id=0, **extra,
    )  # fmt: skip
    return getattr(hf, f"{kind}ForConditionalGeneration")(config), tokenizer


def bart() -> Pair:
    vocab, merges = byte_level(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    config = hf.BartConfig(vocab_size=len(vocab), **SHAPE)
    return hf.BartForConditionalGeneration(config), hf.BartTokenizer(vocab=vocab, merges=merges)


def mbart() -> Pair:
    pieces = [(t, 0.0) for t in ("<s>", "<pad>", "</s>", "<unk>")] + unigram()
    tokenizer = hf.MBartTokenizer(vocab=pieces, src_lang="en_XX", tgt_lang="ro_RO")
    config = hf.MBartConfig(
        vocab_size=len(tokenizer), **SHAPE,
        decoder_start_token_id=tokenizer.convert_tokens_to_ids("ro_RO"),
    )  # fmt: skip
    return hf.MBartForConditionalGeneration(config), tokenizer


def nllb() -> Pair:
    vocab, merges = bpe(["<s>", "<pad>", "</s>", "<unk>"])
    tokenizer = hf.NllbTokenizer(vocab=vocab, merges=merges, src_lang="eng_Latn")
    config = hf.M2M100Config(
        vocab_size=len(tokenizer), decoder_start_token_id=2, scale_embedding=True, **SHAPE
    )
    return hf.M2M100ForConditionalGeneration(config), tokenizer


def m2m100(folder: Path) -> Pair:
    import sentencepiece as spm

    prefix = folder / "piece"
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXT * 4), model_prefix=str(prefix), vocab_size=110,
        minloglevel=2, num_threads=1,
    )  # fmt: skip
    pieces = spm.SentencePieceProcessor(model_file=f"{prefix}.model")
    names = ["<s>", "<pad>", "</s>", "<unk>"]
    names += [pieces.id_to_piece(i) for i in range(3, pieces.get_piece_size())]
    vocabulary = folder / "words.json"
    vocabulary.write_text(json.dumps({name: i for i, name in enumerate(names)}))
    tokenizer = hf.M2M100Tokenizer(str(vocabulary), f"{prefix}.model", src_lang="en")
    config = hf.M2M100Config(
        vocab_size=max(tokenizer.lang_code_to_id.values()) + 9, decoder_start_token_id=2, **SHAPE
    )
    return hf.M2M100ForConditionalGeneration(config), tokenizer


def pegasus() -> Pair:
    special = [("<pad>", 0.0), ("</s>", 0.0), ("<mask_1>", 0.0), ("<mask_2>", 0.0), ("<unk>", 0.0)]
    tokenizer = hf.PegasusTokenizer(vocab=[*special, *unigram()], offset=3)
    config = hf.PegasusConfig(
        vocab_size=len(tokenizer), pad_token_id=0, eos_token_id=1, decoder_start_token_id=0, **SHAPE
    )
    return hf.PegasusForConditionalGeneration(config), tokenizer


def gpt2() -> Pair:
    vocab, merges = byte_level(["<|endoftext|>"])
    config = hf.GPT2Config(
        vocab_size=len(vocab), n_embd=16, n_layer=2, n_head=2, n_positions=64, n_inner=24,
        initializer_range=0.5, attn_pdrop=0.0, embd_pdrop=0.0, resid_pdrop=0.0,
        bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    return hf.GPT2LMHeadModel(config), hf.GPT2Tokenizer(vocab=vocab, merges=merges)


def opt() -> Pair:
    vocab, merges = byte_level(["<s>", "<pad>", "</s>", "<unk>"])
    tokenizer = hf.GPT2Tokenizer(
        vocab=vocab, merges=merges, bos_token="</s>", eos_token="</s>", pad_token="<pad>",
        add_bos_token=True,
    )  # fmt: skip
    config = hf.OPTConfig(
        vocab_size=len(vocab), hidden_size=16, ffn_dim=24, num_hidden_layers=2, dropout=0.0,
        num_attention_heads=2, max_position_embeddings=64, word_embed_proj_dim=12, init_std=0.5,
    )  # fmt: skip
    return hf.OPTForCausalLM(config), tokenizer


def gpt_neox() -> Pair:
    vocab, merges = byte_level(["<|endoftext|>"])
    tokenizer = hf.GPT2Tokenizer(vocab=vocab, merges=merges)
    config = hf.GPTNeoXConfig(
        vocab_size=len(vocab), bos_token_id=0, eos_token_id=0, hidden_dropout=0.0, **DECODER
    )
    return hf.GPTNeoXForCausalLM(config), tokenizer


def llama(kind: str = "Llama", model: str = "", config: str = "", **extra: Any) -> Pair:
    vocab, merges = bpe(["<unk>", "<s>", "</s>", "<pad>"], bytes_too=True)
    tokenizer = hf.LlamaTokenizer(vocab=vocab, merges=merges, pad_token="<pad>", add_bos_token=True)
    made = getattr(hf, config or f"{kind}Config")(
        vocab_size=len(vocab), num_key_value_heads=1, pad_token_id=3, bos_token_id=1,
        eos_token_id=2, **(DECODER | extra),
    )  # fmt: skip
    return getattr(hf, model or f"{kind}ForCausalLM")(made), tokenizer


def qwen(kind: str, **extra: Any) -> Pair:
    vocab, merges = byte_level(["<|endoftext|>"])
    tokenizer = hf.Qwen2Tokenizer(vocab=vocab, merges=merges)
    config = getattr(hf, f"{kind}Config")(
        vocab_size=len(tokenizer), num_key_value_heads=1, pad_token_id=0, bos_token_id=None,
        eos_token_id=0, tie_word_embeddings=True, **DECODER, **extra,
    )  # fmt: skip
    return getattr(hf, f"{kind}ForCausalLM")(config), tokenizer


def word_pieces() -> Any:
    made = BertWordPieceTokenizer(lowercase=True)
    made.train_from_iterator(TEXT, vocab_size=120, show_progress=False)
    vocab = json.loads(made.to_str())["model"]["vocab"]
    return hf.BertTokenizer(vocab=vocab)


def bert(kind: str = "Bert", head: str = "Model", **extra: Any) -> Pair:
    tokenizer = word_pieces()
    config = getattr(hf, f"{kind}Config")(
        vocab_size=len(tokenizer), pad_token_id=tokenizer.pad_token_id, **(ENCODER | extra)
    )
    return getattr(hf, f"{kind}{head}")(config), tokenizer


def roberta(kind: str = "Roberta", head: str = "Model", **extra: Any) -> Pair:
    if kind == "XLMRoberta":
        pieces = [(t, 0.0) for t in ("<s>", "<pad>", "</s>", "<unk>")] + unigram()
        tokenizer: Any = hf.XLMRobertaTokenizer(vocab=[*pieces, ("<mask>", 0.0)])
    else:
        vocab, merges = byte_level(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
        tokenizer = hf.RobertaTokenizer(vocab=vocab, merges=merges)
    config = getattr(hf, f"{kind}Config")(
        vocab_size=len(tokenizer), pad_token_id=1, bos_token_id=0, eos_token_id=2,
        **(ENCODER | extra),
    )  # fmt: skip
    return getattr(hf, f"{kind}{head}")(config), tokenizer


def distilbert(head: str = "Model", **extra: Any) -> Pair:
    tokenizer = word_pieces()
    config = hf.DistilBertConfig(
        vocab_size=len(tokenizer), dim=16, hidden_dim=24, n_layers=2, n_heads=2, dropout=0.0,
        attention_dropout=0.0, max_position_embeddings=64, initializer_range=0.5,
        seq_classif_dropout=0.0, **extra,
    )  # fmt: skip
    return getattr(hf, f"DistilBert{head}")(config), tokenizer


def albert(head: str = "Model", **extra: Any) -> Pair:
    pieces = [(t, 0.0) for t in ("<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]")] + unigram()
    tokenizer = hf.AlbertTokenizer(vocab=pieces)
    config = hf.AlbertConfig(
        vocab_size=len(tokenizer), embedding_size=12, pad_token_id=0,
        bos_token_id=2, eos_token_id=3, **(ENCODER | {"num_hidden_layers": 3} | extra),
    )  # fmt: skip
    return getattr(hf, f"Albert{head}")(config), tokenizer


LABELS = {
    "id2label": {0: "bad", 1: "good", 2: "plain"},
    "label2id": {"bad": 0, "good": 1, "plain": 2},
}
TAGS = {"id2label": {0: "O", 1: "NAME"}, "label2id": {"O": 0, "NAME": 1}}

SEQ2SEQ: dict[str, Callable[..., Pair]] = {
    "t5": t5,
    "t5-gated": partial(t5, feed_forward_proj="gated-gelu", tie_word_embeddings=False),
    "mt5": partial(t5, "MT5"),
    "bart": bart,
    "mbart": mbart,
    "m2m100": m2m100,
    "nllb": nllb,
    "pegasus": pegasus,
}
LANGUAGE_MODELS: dict[str, Callable[..., Pair]] = {
    "gpt2": gpt2,
    "opt": opt,
    "gpt-neox": gpt_neox,
    "llama": llama,
    "qwen2": partial(qwen, "Qwen2"),
    "qwen3": partial(qwen, "Qwen3", head_dim=6),
    "gemma": partial(llama, "Gemma", head_dim=6, initializer_range=0.2),
    "gemma2": partial(llama, "Gemma2", head_dim=6, sliding_window=4),
    "gemma3": partial(
        llama, "Gemma3", config="Gemma3TextConfig", head_dim=6, sliding_window=4,
    ),
    "mistral": partial(llama, "Mistral", sliding_window=4),
}  # fmt: skip
ENCODERS: dict[str, Callable[..., Pair]] = {
    "bert": bert,
    "bert-masked": partial(bert, head="ForMaskedLM"),
    "bert-classes": partial(bert, head="ForSequenceClassification", **LABELS),
    "bert-tags": partial(bert, head="ForTokenClassification", **TAGS),
    "roberta": roberta,
    "roberta-classes": partial(roberta, head="ForSequenceClassification", **LABELS),
    "xlm-roberta": partial(roberta, "XLMRoberta"),
    "distilbert": distilbert,
    "distilbert-classes": partial(distilbert, head="ForSequenceClassification", **LABELS),
    "electra": partial(bert, "Electra", embedding_size=12),
    "electra-tags": partial(bert, "Electra", "ForTokenClassification", embedding_size=12, **TAGS),
}
SHARED: dict[str, Callable[..., Pair]] = {
    "albert": albert,
    "albert-groups": partial(
        albert, "ForSequenceClassification", num_hidden_layers=4, num_hidden_groups=2,
        inner_group_num=2, **LABELS,
    ),
}  # fmt: skip
"""Encoders that apply a layer several times."""
CHOICES = {"m2m100": {"target_language": "fr"}, "nllb": {"target_language": "fra_Latn"}}
"""What has to be said to open a model."""
FAMILIES = SEQ2SEQ | LANGUAGE_MODELS | ENCODERS | SHARED


def build(name: str, folder: Path) -> Path:
    """Write a family's tiny model into a new folder."""
    logging.set_verbosity_error()
    torch.manual_seed(sum(map(ord, name)))
    made = FAMILIES[name]
    target = folder / name
    target.mkdir()
    module, tokenizer = made(folder) if name == "m2m100" else made()
    module.save_pretrained(target)
    tokenizer.save_pretrained(target)
    return target
