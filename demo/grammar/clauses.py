"""Clauses in both languages at once: tense, negation, questions, clitics, control verbs.

`clause` realises subject, predicate and tense as English and French tokens without the final
punctuation. English builds a chain of verbs (finite first) and adds "do" where negation or a
question needs an auxiliary; French places ne, clitics, the finite verb, the second negation word, a
short adverb and the participle in that order, and makes the participle agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from . import english, french
from .english import en
from .french import fr
from .lexicon_verbs import Frame
from .notation import Token, Tokens, feats, tok
from .phrases import NounPhrase

_SIMPLE = {
    "present": "present",
    "present-progressive": "present",
    "past-progressive": "imperfect",
    "past-habitual": "imperfect",
    "future": "future",
    "conditional": "conditional",
}
_COMPOUND = {"past": "present", "present-perfect": "present", "past-perfect": "imperfect"}
ADVERBS = {
    "always": "toujours",
    "often": "souvent",
    "sometimes": "parfois",
    "rarely": "rarement",
    "already": "déjà",
}
ADVERBS |= {
    "never": "jamais",
    "still": "encore",
    "also": "aussi",
    "really": "vraiment",
    "just": "juste-no",
}


class Clitic(NamedTuple):
    """An object pronoun: English, French, gender, number, and whether it is dative."""

    en: str
    fr: str
    gender: str
    number: str
    dative: bool = False


CLITICS = (
    Clitic("me", "me", "m", "s"),
    Clitic("him", "le", "m", "s"),
    Clitic("her", "la", "f", "s"),
    Clitic("us", "nous", "m", "p"),
    Clitic("them", "les", "m", "p"),
    Clitic("you", "vous", "m", "s"),
)
DATIVE = {"me": "me", "him": "lui", "her": "lui", "us": "nous", "them": "leur", "you": "vous"}
_CLITIC_CODES = {
    "me": "1sra",
    "him": "3msra",
    "her": "3fsra",
    "us": "1pra",
    "them": "3pra",
    "you": "2r",
    "it": "3tsr",
}
_CLITIC_FR = {
    "me": "1s",
    "le": "3ms",
    "la": "3fs",
    "nous": "1p",
    "vous": "2p",
    "les": "3p",
    "lui": "3s",
    "leur": "3p",
}
_REFLEXIVE = {(1, "s"): "me", (2, "s"): "vous", (3, "s"): "se", (1, "p"): "nous", (3, "p"): "se"}


class Control(NamedTuple):
    """A verb that governs the predicate: "want to", vouloir; "try to", essayer de; modals."""

    en: str
    fr: str
    link: str
    flags: str


@dataclass(frozen=True)
class Predicate:
    """A verb and its complements in both languages.

    ``fr_negated`` replaces ``fr_rest`` after a negation. ``fr_manner`` stands after the
    finite French verb ("a bien dormi"). ``ce`` makes the French subject "ce" ("C'est un ami").
    """

    en_verb: str
    fr_verb: str
    en_rest: Tokens = ()
    fr_rest: Tokens = ()
    fr_negated: Tokens | None = None
    reflexive: bool = False
    stative: bool = False
    frozen_participle: bool = False
    clitic: Clitic | None = None
    control: Control | None = None
    ce: bool = False
    fr_manner: Tokens = ()


def predicate(
    frame: Frame, obj: NounPhrase | None = None, clitic: Clitic | None = None
) -> Predicate:
    """Make a predicate from a verb frame and its object or clitic."""
    verb_en, *rest_en = frame.en.split()
    words = frame.fr.split()
    reflexive = words[0] in {"se", "s'"}
    words = words[1:] if reflexive else words
    en_rest = en(" ".join(rest_en))
    fr_rest = partitive(" ".join(words[1:]))
    negated: Tokens | None = None
    if obj:
        en_rest, extended = en_rest + obj.en, fr_rest + obj.fr
        if not fr_rest and obj.negated:
            negated = obj.negated
        fr_rest = extended
    elif clitic:
        code = _CLITIC_CODES[clitic.en]
        word = (tok(clitic.en, f"PRON.{code}"),)
        en_rest = (
            word + en_rest
            if en_rest and en_rest[-1].form in {"up", "on", "off"}
            else en_rest + word
        )
        if clitic.dative:
            fr_rest = fr_rest[1:]
    elif fr_rest and fr_rest[0].form in {"un", "une", "du", "des"}:
        negated = (tok("de", "DET.i"),) + fr_rest[1:]
    return Predicate(
        verb_en,
        words[0],
        en_rest,
        fr_rest,
        negated,
        reflexive,
        "t" in frame.flags,
        "n" in frame.flags,
        clitic,
    )


def partitive(phrase: str) -> Tokens:
    """Annotate French words; ``de_le`` and ``de_la`` are partitive articles, not prepositions."""
    out: list[Token] = []
    for word in phrase.split():
        if word == "de_le":
            out.append(tok("du", "DET.ims"))
        elif word == "de_la":
            out += fr("de la")
        else:
            out += fr(word)
    return tuple(out)


def _negation_reaches(pred: Predicate) -> bool:
    """Say whether a negation turns an indefinite object into "any", "de"."""
    return (
        pred.fr_negated is not None
        and pred.fr_verb != "être"
        and not (pred.control and pred.control.link)
    )


# English


def _chain(verb: str, tense: str, subject: NounPhrase) -> list[Token]:
    """Return the English verb group, finite verb first."""
    person, plural = subject.person, subject.plural
    upos = "AUX" if verb == "be" else "VERB"

    def fin(lemma: str, is_past: bool, aux: bool) -> Token:
        return english.finite(lemma, is_past, person, plural, aux)

    gerund = tok(english.gerund(verb), f"{upos}.G")
    done = tok(english.participle(verb), f"{upos}.K")
    base = tok(verb, f"{upos}.N")
    to = tok("to", "PART")
    if tense == "present":
        return [fin(verb, False, False)]
    if tense == "past":
        return [fin(verb, True, False)]
    if tense == "present-progressive":
        return [fin("be", False, True), gerund]
    if tense == "past-progressive":
        return [fin("be", True, True), gerund]
    if tense == "present-perfect":
        return [fin("have", False, True), done]
    if tense == "past-perfect":
        return [fin("have", True, True), done]
    if tense == "past-habitual":
        return [tok("used", "VERB.T"), to, base]
    if tense == "future":
        return [tok("will", "AUX.A"), base]
    if tense == "conditional":
        return [tok("would", "AUX.A"), base]
    return [fin("be", False, True), tok("going", "VERB.G"), to, base]


def _english_verbs(subject: NounPhrase, pred: Predicate, tense: str) -> list[Token]:
    if not pred.control:
        return _chain(pred.en_verb, tense, subject)
    base = tok(pred.en_verb, "AUX.N" if pred.en_verb == "be" else "VERB.N")
    head, *middle = pred.control.en.split()
    if "m" in pred.control.flags or head == "would":
        verbs = [tok(head, "AUX.A")] + [tok(w, "PART" if w == "to" else "VERB.N") for w in middle]
    else:
        verbs = _chain(head, tense, subject) + [
            tok(w, "PART" if w == "to" else "ADV") for w in middle
        ]
    return [*verbs, base]


def _own(tokens: Tokens, subject: NounPhrase) -> Tokens:
    """Replace "one's" by the possessive of the subject."""
    if not any(t.form == "one's" for t in tokens):
        return tokens
    key = subject.pronoun or (
        "they" if subject.plural else "she" if subject.gender == "f" else "he"
    )
    mine = {"I": "my", "you": "your", "he": "his", "she": "her", "we": "our", "they": "their"}[key]
    return tuple(en(mine)[0] if t.form == "one's" else t for t in tokens)


def _english(
    subject: NounPhrase,
    pred: Predicate,
    tense: str,
    negative: bool,
    asked: bool,
    adverb: str,
    short: bool,
) -> Tokens:
    verbs = _english_verbs(subject, pred, tense)
    invertible = verbs[0].upos == "AUX"
    if (negative or asked) and not invertible:
        finite = english.finite(
            "do", verbs[0].has("Tense=Past"), subject.person, subject.plural, aux=True
        )
        lemma = pred.control.en.split()[0] if pred.control else pred.en_verb
        verbs = [finite, tok(lemma if tense != "past-habitual" else "use", "VERB.N"), *verbs[1:]]
        invertible = True
    finite = verbs[0]
    after: Tokens = ()
    subject_tokens = subject.en
    if negative and short and not asked:
        *front, last = english.contract_not(finite)
        finite, after = (front[0] if front else last), (last,) if front else ()
    elif negative:
        after = (tok("not", "PART.n"),)
    elif (
        short
        and not asked
        and subject.pronoun
        and subject.pronoun not in {"this", "these"}
        and invertible
    ):
        clipped = english.shorten(finite)
        finite = (
            clipped
            if clipped and (len(verbs) > 1 or finite.form in {"am", "is", "are"})
            else finite
        )
    adverbs = (tok(adverb, "ADV"),) if adverb else ()
    complement = _own(pred.en_rest, subject)
    if (negative or adverb == "never") and _negation_reaches(pred) and complement[0].form == "some":
        complement = en("any") + complement[1:]
    rest = tuple(verbs[1:]) + complement
    if asked:
        return (finite,) + subject_tokens + after + adverbs + rest
    if invertible:
        return subject_tokens + (finite,) + after + adverbs + rest
    return subject_tokens + adverbs + (finite,) + rest


# French


def _clitics(subject: NounPhrase, pred: Predicate) -> Tokens:
    out: Tokens = ()
    if pred.reflexive:
        form = _REFLEXIVE[subject.person, subject.number]
        number = "p" if subject.person == 2 else subject.number
        out += (tok(form, f"PRON.z{subject.person}{number}"),)
    if pred.clitic:
        form = DATIVE[pred.clitic.en] if pred.clitic.dative else pred.clitic.fr
        out += (tok(form, f"PRON.{_CLITIC_FR[form]}r"),)
    return out


def _participle(subject: NounPhrase, pred: Predicate) -> tuple[str, Token]:
    """Return the auxiliary and the agreeing past participle."""
    etre = pred.reflexive or pred.fr_verb in french.ETRE_VERBS and not pred.clitic
    gender, number = "m", "s"
    if etre and not pred.frozen_participle:
        gender, number = subject.gender, subject.number
    elif pred.clitic and not pred.clitic.dative:
        gender, number = pred.clitic.gender, pred.clitic.number
    return "être" if etre else "avoir", french.participle(pred.fr_verb, gender, number)


def _french_verbs(subject: NounPhrase, pred: Predicate, tense: str) -> tuple[Tokens, Token, Tokens]:
    """Return clitics before the finite verb, the finite verb, and the verbal words after it."""
    person, plural = subject.person, subject.plural
    clitics = _clitics(subject, pred)
    bare = clitics + (french.infinitive(pred.fr_verb),)
    head = pred.fr_verb
    link: Tokens | None = None
    if pred.control:
        head, link = pred.control.fr, fr(pred.control.link)
    kind = _SIMPLE.get(tense)
    if tense == "past" and (
        pred.control and "t" in pred.control.flags or not pred.control and pred.stative
    ):
        kind = "imperfect"
    if pred.control and "c" in pred.control.flags:
        kind = "conditional"
    if kind:
        finite = french.verb(head, kind, person, plural)
        return ((), finite, link + bare) if link is not None else (clitics, finite, ())
    if tense == "future-near":
        finite = french.verb("aller", "present", person, plural)
        if link is not None:
            return (), finite, (french.infinitive(head), *link, *bare)
        return (), finite, bare
    base = _COMPOUND[tense]
    if link is not None:
        finite = french.verb("avoir", base, person, plural, aux=True)
        return (), finite, (french.participle(head), *link, *bare)
    auxiliary, done = _participle(subject, pred)
    return clitics, french.verb(auxiliary, base, person, plural, aux=True), (done,)


def _french(
    subject: NounPhrase, pred: Predicate, tense: str, negative: bool, adverb: str
) -> Tokens:
    before, finite, after = _french_verbs(subject, pred, tense)
    subject_tokens = subject.fr
    if pred.ce:
        subject_tokens = (Token("ce", "PRON", feats("3x" + subject.number)),)
    second = fr("pas") if negative else ()
    rest = pred.fr_rest
    if negative and pred.fr_negated is not None and _negation_reaches(pred):
        rest = pred.fr_negated
    word = pred.fr_manner
    if adverb == "never":
        second = fr("jamais")
        if pred.fr_negated is not None and _negation_reaches(pred):
            rest = pred.fr_negated
    elif adverb:
        word = (tok(ADVERBS[adverb], "ADV"),) + pred.fr_manner
    ne = fr("ne") if second else ()
    return subject_tokens + ne + before + (finite,) + second + word + after + rest


def clause(
    subject: NounPhrase,
    pred: Predicate,
    tense: str,
    *,
    negative: bool = False,
    asked: bool = False,
    adverb: str = "",
    short: bool = False,
) -> tuple[Tokens, Tokens]:
    """Realise a clause without punctuation.

    Parameters
    ----------
    subject : NounPhrase
    pred : Predicate
    tense : str
        One of `english.TENSES`.
    negative : bool
        Negate with not, ne ... pas.
    asked : bool
        English inverts; the caller adds the French question words.
    adverb : str
        A frequency adverb of `ADVERBS`; "never" negates French.
    short : bool
        Use English contractions.

    Returns
    -------
    tuple of Tokens
        English, French (unelided, uncontracted).
    """
    english_side = _english(subject, pred, tense, negative, asked, adverb, short)
    return english_side, _french(subject, pred, tense, negative, adverb)
