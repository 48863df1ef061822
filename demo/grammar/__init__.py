"""A small paired English-French grammar for everyday sentences.

The grammar writes an English sentence and its French translation from one abstract choice (subject,
verb, tense, object, ...), so that both sides carry exact part-of-speech and morphology labels
without a tagger. Words come from the hand-written tables of the ``lexicon_*`` modules; ``english``
and ``french`` inflect them; ``phrases`` and ``clauses`` combine them; ``templates_*`` decide what
is said; ``sampling`` draws distinct pairs and keeps whole combinations back for the test part.

The text is our own and is given away under CC0.
"""

from __future__ import annotations

from .notation import Pair, Token
from .sampling import everyday_parts, generate

__all__ = ["Pair", "Token", "everyday_parts", "generate"]
