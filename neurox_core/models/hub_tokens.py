"""A Hugging Face tokenizer as the model contract wants it: ids, pieces, spans, words, languages.

Spans are the tokenizer's own offsets where it has them. Special tokens have no span, and language
tags are special. On the target side the texts are what the decoder has to *produce*: a language
that stands in front (NLLB, M2M100, mBART-50) is produced, one that stands behind the end (mBART) is
what the decoder starts from, and is left out.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from threading import Lock
from typing import Any

from ..errors import UnknownNameError
from .spans import Span, laid_along, readable, sentencepiece_all
from .tokens import Tokens, some_texts, word_ids, words_of

Pieces = tuple[list[int], list[str], list[Span]]

_CODE = re.compile(r"[a-z]{2,3}_[A-Z][A-Za-z]{1,3}")
"""How NLLB and mBART write a language: ``eng_Latn``, ``en_XX``."""
_AHEAD = 3
"""Lots of texts that are cut or waiting to be: what is begun late is waited for."""


class HubTokenizer:
    """One tokenizer.

    Parameters
    ----------
    tokenizer : PreTrainedTokenizerBase
    continues : bool
        Of a language model: a target text continues the source, so no special tokens are put
        before it.
    """

    def __init__(self, tokenizer: Any, continues: bool = False) -> None:
        self._tokenizer, self._continues = tokenizer, continues
        # A tokenizer switches languages on itself while it works, and a fast one must not be used
        # by two threads at once.
        self._lock = Lock()
        self._fast = bool(getattr(tokenizer, "is_fast", False))
        self._bytes = self._fast and "ByteLevel" in repr(tokenizer.backend_tokenizer.decoder)
        self.codes = _codes(tokenizer)
        unknown = tokenizer.unk_token_id
        self.unk_id = -1 if unknown is None or unknown == tokenizer.eos_token_id else int(unknown)
        # Pieces that a fast tokenizer gave so far, as they are shown.
        self._known: dict[int, str] = {}
        self._special = frozenset({*tokenizer.all_special_ids, *self.codes.values()} - {unknown})

    @property
    def raw(self) -> Any:
        """The library's tokenizer."""
        return self._tokenizer

    @property
    def source_language(self) -> str:
        """Code of the source language, or ``und``."""
        return getattr(self._tokenizer, "src_lang", None) or self._of_marian("source_lang")

    @property
    def target_language(self) -> str:
        """Code of the target language, or ``und``."""
        return getattr(self._tokenizer, "tgt_lang", None) or self._of_marian("target_lang")

    def _of_marian(self, name: str) -> str:
        return getattr(self._tokenizer, name, None) or "und"

    def choose(self, source: str | None, target: str | None) -> None:
        """Set the languages of a multilingual tokenizer; UnknownNameError if there is no such."""
        for name, code in (("src_lang", source), ("tgt_lang", target)):
            if code is not None:
                if code not in self.codes:
                    raise UnknownNameError("language", code, sorted(self.codes))
                setattr(self._tokenizer, name, code)

    def target_frame(self) -> list[int]:
        """What the tokenizer puts around a target text: ids of an empty one."""
        with self._lock:
            return list(self._tokenizer(text_target="")["input_ids"])

    def tokenize(self, text: str, side: str) -> Tokens:
        """What the tokenizer makes of a text of the ``source`` or ``target`` side."""
        return self.tokenize_all([text], side)[0]

    def tokenize_all(self, texts: Sequence[str], side: str) -> list[Tokens]:
        """Many texts, each as :meth:`tokenize` gives it."""
        quick = self.by_sentencepiece(texts, side)
        left = [text for text, pieces in zip(texts, quick, strict=True) if pieces is None]
        others = iter(self.by_tokenizer(left, side))
        return [
            self._tokens(text, next(others) if known is None else known, side)
            for text, known in zip(texts, quick, strict=True)
        ]

    def tokenize_each(self, texts: Sequence[str], side: str) -> Iterator[Tokens]:
        """As :meth:`tokenize_all`, of so many texts that their tokens should not all be kept.

        A fast tokenizer does not hold the interpreter's lock, so it cuts the next texts while
        tokens are made of those before.
        """
        if not self._fast:
            for part in some_texts(texts):
                yield from self.tokenize_all(part, side)
            return
        with ThreadPoolExecutor(1, "neurox-tokenizer") as pool:
            begun: deque[tuple[Sequence[str], Future[Any]]] = deque()
            parts = some_texts(texts)
            while True:
                for part in islice(parts, _AHEAD - len(begun)):
                    begun.append((part, pool.submit(self._cut, part, side)))
                if not begun:
                    return
                part, cut = begun.popleft()
                for text, pieces in zip(part, self._pieces(cut.result()), strict=True):
                    yield self._tokens(text, pieces, side)

    def _tokens(self, text: str, pieces: Pieces, side: str) -> Tokens:
        ids, shown, spans = self._as_produced(pieces) if side == "target" else pieces
        words = words_of(text)
        return Tokens(text, ids, shown, spans, words, word_ids(spans, words))

    def by_sentencepiece(self, texts: Sequence[str], side: str) -> list[Pieces | None]:
        """What a Marian tokenizer does with plain text, in a sixth of its time.

        None for text that may hold a special token or a language tag, and with other tokenizers:
        that is left to the tokenizer itself.
        """
        tokenizer = self._tokenizer
        if not hasattr(tokenizer, "spm_target"):
            return [None] * len(texts)
        target = side == "target"
        processor = tokenizer.spm_target if target else tokenizer.spm_source
        separate = target and getattr(tokenizer, "separate_vocabs", False)
        vocabulary = tokenizer.target_encoder if separate else tokenizer.encoder
        sign, end, mark = tokenizer.unk_token, tokenizer.eos_token_id, tokenizer.eos_token
        unknown = vocabulary[sign]
        plain = [i for i, text in enumerate(texts) if "<" not in text and ">" not in text]
        found: list[Pieces | None] = [None] * len(texts)
        cut = sentencepiece_all(processor, [texts[i] for i in plain])
        for i, (_, pieces, spans) in zip(plain, cut, strict=True):
            ids = [vocabulary.get(piece, unknown) for piece in pieces]
            if unknown in ids:
                pieces = [
                    piece if token != unknown else sign
                    for piece, token in zip(pieces, ids, strict=True)
                ]
            found[i] = [*ids, end], [*pieces, mark], [*spans, None]
        return found

    def by_tokenizer(self, texts: Sequence[str], side: str) -> list[Pieces]:
        """What the library's tokenizer makes of texts, with spans."""
        if not self._fast:
            return [self._slowly(text, side) for text in texts]
        if not texts:
            return []
        return list(self._pieces(self._cut(texts, side)))

    def _cut(self, texts: Sequence[str], side: str) -> Any:
        """What a fast tokenizer says of texts; there is at least one."""
        given = self._given(list(texts), side)
        with self._lock:
            found = self._tokenizer(**given, return_offsets_mapping=True)
            known = self._known
            for i in {i for ids in found["input_ids"] for i in ids if i not in known}:
                known[i] = self._shown(str(self._tokenizer.convert_ids_to_tokens(i)))
        return found

    def _pieces(self, found: Any) -> Iterator[Pieces]:
        """Pieces and spans of each text of :meth:`_cut`."""
        known, special = self._known, self._special
        for ids, spans in zip(found["input_ids"], found["offset_mapping"], strict=True):
            plain = [None if i in special else span for i, span in zip(ids, spans, strict=True)]
            yield ids, [known[i] for i in ids], plain

    def _given(self, text: str | list[str], side: str) -> dict[str, Any]:
        """Arguments of the library's tokenizer."""
        if self._continues:
            return {"text": text, "add_special_tokens": side == "source"}
        return {"text" if side == "source" else "text_target": text}

    def _slowly(self, text: str, side: str) -> Pieces:
        """By a tokenizer that is written in Python and knows no spans."""
        with self._lock:
            ids = [int(i) for i in self._tokenizer(**self._given(text, side))["input_ids"]]
            shown = [str(p) for p in self._tokenizer.convert_ids_to_tokens(ids)]
            written = self._tokenizer.tokenize(text)
        spans: list[Span] = [None] * len(ids)
        plain = [place for place, token in enumerate(ids) if token not in self._special]
        # An unknown piece is written out by `tokenize`, while its id only says "unknown".
        known = written if len(written) == len(plain) else [shown[i] for i in plain]
        for place, span in zip(plain, laid_along(text, known), strict=True):
            spans[place] = span
        return ids, [self._shown(p) for p in shown], spans

    def _as_produced(self, found: Pieces) -> Pieces:
        """A target text as the decoder produces it; a continuation gets the end token."""
        ids, pieces, spans = found
        end = self._tokenizer.eos_token_id
        if len(ids) > 1 and ids[-1] in self.codes.values() and ids[-2] == end:
            return ids[:-1], pieces[:-1], spans[:-1]
        if self._continues and end is not None:
            return [*ids, int(end)], [*pieces, str(self._tokenizer.eos_token)], [*spans, None]
        return found

    def detokenize(self, ids: Sequence[int]) -> str:
        """The tokenizer's own decoding, special tokens and language tags left out."""
        tags = set(self.codes.values())  # M2M100's tokenizer does not count them as special.
        kept = [int(i) for i in ids if int(i) not in tags]
        with self._lock:
            return str(self._tokenizer.decode(kept, skip_special_tokens=True))

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Pieces of ids, as they are shown."""
        found = self._tokenizer.convert_ids_to_tokens([int(i) for i in ids])
        # Ids that only pad the embedding to a round size have no piece.
        return [f"<{i}>" if p is None else self._shown(str(p)) for i, p in zip(ids, found)]  # noqa: B905

    def special_tokens(self) -> dict[str, str]:
        """Special tokens by their role, such as ``eos_token``."""
        named = self._tokenizer.special_tokens_map.items()
        return {str(role): str(token) for role, token in named if isinstance(token, str)}

    def _shown(self, piece: str) -> str:
        return readable(piece) if self._bytes else piece


def _codes(tokenizer: Any) -> Mapping[str, int]:
    """Languages that a multilingual tokenizer knows, and the ids of their tags."""
    known = getattr(tokenizer, "lang_code_to_id", None)
    if isinstance(known, Mapping):
        return {str(code): int(i) for code, i in known.items()}
    if not hasattr(tokenizer, "set_tgt_lang_special_tokens"):
        return {}
    tokens = [t for t in tokenizer.all_special_tokens if _CODE.fullmatch(str(t))]
    return {str(t): int(tokenizer.convert_tokens_to_ids(t)) for t in tokens}
