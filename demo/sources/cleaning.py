"""Normalise pairs and drop those that would teach a translator nothing good.

Both sides are brought to one set of conventions: NFC, straight quotes, plain spaces, three dots for
an ellipsis, a hyphen for every dash and menu arrow; French keeps its space before ``: ; ! ?`` as a
plain one. A pair is then dropped for the first reason that holds (see `rejection`). Of several
translations of one English sentence the most frequent stays, so that the target is consistent.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MIN_WORDS, MAX_WORDS, MAX_FRENCH_WORDS = 2, 25, 30

_REPLACE = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u202f\u2009\u2007\u2002\u2003\u200a\u3000\t\n\r", " "),
        **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u00ad\ufeff\u2060", ""),
        **dict.fromkeys("“”„‟″", '"'),
        **dict.fromkeys("‘’‚‛ʼ′´`", "'"),
        **dict.fromkeys("‐‑–—―−", "-"),
        "…": "...",
        "→": " - ",
        "▸": " - ",
    }
)
_JUNK = re.compile(
    r"[<>{}\[\]\\|$_=@^~#*\ufffd\u2190-\u2bff\ue000-\uf8ff]|://|www\.|&\w+;|%\w|\w/\w+/|(?:^|\s)/\w|"
    r"\w\(\)|\w\.(?:txt|html?|conf|gz|org|com|odt|png|jpg|xcf)\b|--\w"
)
_LETTER = re.compile(r"[^\W\d_]")
_FOREIGN = re.compile(r"[^\x00-\x7fÀ-ÖØ-öø-ÿŒœ°€£×§±²³µ½]")
_ENGLISH = frozenset(
    "the of and to is are in for that this with you your can be by from it on if or not as an "
    "which when will".split()
)
_FRENCH = frozenset(
    "le la les de des du un une et est sont dans pour que qui ce cette vous votre avec par sur "
    "il si ou ne pas au aux en être lorsque plus".split()
)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Pair:
    """A clean sentence pair.

    Attributes
    ----------
    source, reference : str
        English and French text.
    origin : str
        Name of the source it comes from, such as ``lohelp``.
    """

    source: str
    reference: str
    origin: str


def normalise(text: str, french: bool) -> str:
    """Bring a text to the corpus's conventions.

    Parameters
    ----------
    text : str
        Raw text.
    french : bool
        Whether French spacing applies: a space before ``: ; ! ?`` at the end of a word.

    Returns
    -------
    str
        Normalised text, white space collapsed.
    """
    text = unicodedata.normalize("NFC", text)
    text = re.sub(r"«\s*", '"', re.sub(r"\s*»", '"', text)).translate(_REPLACE)
    text = text.replace("''", '"')
    if french:
        text = re.sub(r"(?<=[\w)\"'])\s*([:;!?])(?=\s|$)", r" \1", text)
        text = re.sub(r"(?<=\d)\s*%", " %", text)
    else:
        text = re.sub(r"\s+([:;!?%])(?=\s|$)", r"\1", text)
    text = re.sub(r"\s+([,.)])(?=\s|$|[,.;:])", r"\1", text)
    text = re.sub(r"\(\s+", "(", text)
    text = re.sub(r"^(?:[•·●■-]|\d{1,2}[.)]|\d+(?:\.\d+)+\.?)\s+", "", text.strip())
    return " ".join(text.split())


def _digits(text: str) -> Counter[str]:
    return Counter(c for c in text if c.isdecimal())


def _votes(text: str) -> tuple[int, int]:
    words = [word.casefold() for word in _WORD.findall(text)]
    return sum(w in _ENGLISH for w in words), sum(w in _FRENCH for w in words)


def _side(text: str, limit: int) -> str:
    words = len(text.split())
    if not MIN_WORDS <= words <= limit:
        return "length"
    if _JUNK.search(text) or _FOREIGN.search(text):
        return "markup"
    letters = len(_LETTER.findall(text)) + text.count(" ")
    if letters < 0.85 * len(text) or max(map(len, text.split())) > 30:
        return "symbols"
    if len(_LETTER.findall(text)) < 2.2 * words:
        return "symbols"
    if text.count('"') % 2 or text.count("(") != text.count(")"):
        return "unbalanced"
    return ""


def _untranslated(source: str, reference: str) -> bool:
    """Whether the French side repeats the English one, but for at most a fifth of its words."""
    english, french = set(key(source).split()), key(reference).split()
    return sum(word in english for word in french) >= 0.8 * len(french)


def rejection(source: str, reference: str) -> str:
    """Why a normalised pair is unfit.

    Parameters
    ----------
    source, reference : str
        English and French text after `normalise`.

    Returns
    -------
    str
        ``length``, ``markup``, ``symbols``, ``unbalanced``, ``numbers``, ``untranslated``,
        ``ratio``, ``punctuation`` or ``language``; empty for a good pair.
    """
    reason = _side(source, MAX_WORDS) or _side(reference, MAX_FRENCH_WORDS)
    if reason:
        return reason
    if _digits(source) != _digits(reference):
        return "numbers"
    if _untranslated(source, reference):
        return "untranslated"
    if not 0.6 < (len(reference) + 10) / (len(source) + 10) < 2.0:
        return "ratio"
    if (source[-1] in ".?!") != (reference[-1] in ".?!"):
        return "punctuation"
    english, french = _votes(source), _votes(reference)
    if english[1] > english[0] or french[0] > french[1]:
        return "language"
    return ""


def key(text: str) -> str:
    """What makes two texts the same: letters and digits, case folded."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def clean(pairs: Iterable[tuple[str, str]], origin: str, dropped: Counter[str]) -> Iterator[Pair]:
    """Normalise and filter the pairs of one source.

    Parameters
    ----------
    pairs : iterable of (str, str)
        Raw English and French text.
    origin : str
        Name of the source.
    dropped : Counter
        Counts, by reason, the pairs left out; added to.

    Yields
    ------
    Pair
        Good pairs, duplicates included.
    """
    for english, french in pairs:
        source, reference = normalise(english, False), normalise(french, True)
        reason = rejection(source, reference)
        if reason:
            dropped[reason] += 1
        else:
            yield Pair(source, reference, origin)


def unique(pairs: Iterable[Pair]) -> list[Pair]:
    """Keep one pair per English sentence: that with its most frequent translation.

    Parameters
    ----------
    pairs : iterable of Pair
        Pairs of all sources; an earlier one wins a tie.

    Returns
    -------
    list of Pair
        In order of first appearance.
    """
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(key(pair.source), []).append(pair)
    best = []
    for group in groups.values():
        counts = Counter(key(pair.reference) for pair in group)
        best.append(max(group, key=lambda pair: counts[key(pair.reference)]))
    return best
