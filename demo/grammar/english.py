"""English word forms and spelling.

Regular inflection by rule, irregular forms by table. The only surface rules needed are "a"/"an",
contractions, the capital and punctuation. Tense names are those of the labels, see `TENSES`.
"""

from __future__ import annotations

import re

from .notation import Token, Tokens, annotate, tok

TENSES = (
    "present",
    "present-progressive",
    "present-perfect",
    "past",
    "past-progressive",
    "past-habitual",
    "past-perfect",
    "future",
    "future-near",
    "conditional",
)

_IRREGULAR = """be was been;have had had;do did done;go went gone;come came come;see saw seen
eat ate eaten;drink drank drunk;write wrote written;read read read;buy bought bought
sell sold sold;make made made;take took taken;give gave given;send sent sent
bring brought brought;find found found;lose lost lost;leave left left;sleep slept slept
run ran run;swim swam swum;sing sang sung;sit sat sat;stand stood stood;speak spoke spoken
tell told told;say said said;think thought thought;know knew known
understand understood understood;forget forgot forgotten;begin began begun;wake woke woken
get got got;drive drove driven;fly flew flown;fall fell fallen;build built built
break broke broken;choose chose chosen;wear wore worn;teach taught taught;hear heard heard
feel felt felt;meet met met;pay paid paid;put put put;cut cut cut;draw drew drawn;win won won
grow grew grown;become became become;hold held held;keep kept kept;lend lent lent
spend spent spent;show showed shown;steal stole stolen;hide hid hidden;catch caught caught
cost cost cost;ride rode ridden;rise rose risen;shut shut shut;let let let;throw threw thrown
lead led led;fight fought fought;hurt hurt hurt;sew sewed sewn;swear swore sworn
mean meant meant;feed fed fed;lie lay lain"""
_FORMS = {
    e.split()[0]: (e.split()[1], e.split()[2]) for e in _IRREGULAR.replace("\n", ";").split(";")
}
_DOUBLING = {"stop", "run", "swim", "plan", "sit", "get", "cut", "begin", "forget", "win", "put"}
_DOUBLING |= {"travel-no", "chat", "prefer", "shut", "let", "plug", "drop", "hug", "wrap", "jog"}
_DOUBLED_ADJ = {"big": "bigg", "hot": "hott", "sad": "sadd", "fat": "fatt", "thin": "thinn"}
_PLURALS = {
    "child": "children",
    "man": "men",
    "woman": "women",
    "person": "people",
    "mouse": "mice",
}
_PLURALS |= {"knife": "knives", "shelf": "shelves", "wife": "wives", "fish": "fish"}
_PLURALS |= {"salesperson": "salespeople", "tomato": "tomatoes", "potato": "potatoes"}
_PLURALS |= {"policeman": "policemen", "scarf": "scarves", "leaf": "leaves", "tooth": "teeth"}

CLOSED: dict[str, str] = {}
for _tag, _words in {
    "DET.d": "the",
    "DET.i": "a an",
    "DET.xs": "this that",
    "DET.xp": "these those",
    "DET": "some every all each next last many several any most both",
    "ADP": "in on at to for of with from by about after before since during under behind near into"
    " until up down "
    "off out through around without between like as front next_to over than ago",
    "CCONJ": "and or but",
    "SCONJ": "because when if while that",
    "PRON.1sry": "I",
    "PRON.2r": "you",
    "PRON.3msry": "he",
    "PRON.3fsry": "she",
    "PRON.3tsr": "it",
    "PRON.1pry": "we",
    "PRON.3pry": "they",
    "PRON.1sra": "me",
    "PRON.3msra": "him",
    "PRON.1pra": "us",
    "PRON.3pra": "them",
    "PRON.1so": "my",
    "PRON.2o": "your",
    "PRON.3mso": "his",
    "PRON.3fso": "her",
    "PRON.1po": "our",
    "PRON.3po": "their",
    "PRON.q": "what who which",
    "ADV.q": "where when why how",
    "PRON": "there nothing something someone everyone everything",
    "ADV": "very too so well badly quickly slowly carefully here now today tomorrow yesterday "
    "tonight soon often always "
    "sometimes rarely usually already still again together early late home much little just"
    " also then recently "
    "immediately outside inside once twice right never abroad ahead everywhere upstairs "
    "downstairs only more less "
    "hard easily quietly loudly patiently perfectly fluently alone really back almost "
    "enough away straight later",
    "PART": "to_ not",
    "INTJ": "please yes hello hi goodbye sorry welcome congratulations thanks oh",
    "INTJ.n": "no",
    "NUM.#": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty hundred thousand",
    "PROPN.s": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March "
    "April "
    "May June July "
    "August September October November December",
    "PROPN.p": "Mondays Tuesdays Wednesdays Thursdays Fridays Saturdays Sundays",
    "NOUN.s": "morning afternoon evening night day week month year summer winter spring weekend "
    "hour "
    "minute moment noon "
    "midnight lunch dinner breakfast time work school front o'clock",
    "NOUN.p": "days weeks months years hours minutes",
    "PUNCT": ". , ? !",
}.items():
    for _word in _words.split():
        CLOSED[_word] = _tag


def en(phrase: str) -> Tokens:
    """Annotate an English phrase."""
    return annotate(phrase, CLOSED)


def plural(noun: str) -> str:
    """Return the plural of an English noun; of its last word if there are several."""
    head, _, last = noun.rpartition(" ")
    if last in _PLURALS:
        out = _PLURALS[last]
    elif last.endswith(("s", "x", "ch", "sh")):
        out = last + "es"
    elif last.endswith("y") and last[-2] not in "aeiou":
        out = last[:-1] + "ies"
    elif last.endswith("person"):
        out = last[:-6] + "people"
    else:
        out = last + "s"
    return f"{head} {out}".strip()


def third(verb: str) -> str:
    """Return the third person singular present."""
    special = {"be": "is", "have": "has", "do": "does", "go": "goes"}
    if verb in special:
        return special[verb]
    if verb.endswith(("s", "x", "ch", "sh", "z")):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"


def _regular_past(verb: str) -> str:
    if verb in _DOUBLING:
        return verb + verb[-1] + "ed"
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ied"
    return verb + "ed"


def past(verb: str) -> str:
    """Return the simple past (of "be": was)."""
    return _FORMS[verb][0] if verb in _FORMS else _regular_past(verb)


def participle(verb: str) -> str:
    """Return the past participle."""
    return _FORMS[verb][1] if verb in _FORMS else _regular_past(verb)


def gerund(verb: str) -> str:
    """Return the -ing form."""
    if verb in _DOUBLING:
        return verb + verb[-1] + "ing"
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith("ee") and verb != "be":
        return verb[:-1] + "ing"
    return verb + "ing"


def graded(adjective: str, degree: str) -> str | None:
    """Return the one-word comparative (``er``) or superlative (``est``), None if there is none."""
    irregular = {"good": ("better", "best"), "shy": ("shyer", "shyest"), "bad": ("worse", "worst")}
    if adjective in irregular:
        return irregular[adjective][degree == "est"]
    if adjective in _DOUBLED_ADJ:
        return _DOUBLED_ADJ[adjective] + degree
    syllables = len(re.findall("[aeiouy]+", adjective.rstrip("e")))
    if adjective.endswith("y") and len(adjective) <= 7:
        return adjective[:-1] + "i" + degree
    if syllables > 1 and adjective not in {"quiet", "simple"}:
        return None
    return adjective + (degree[1:] if adjective.endswith("e") else degree)


def finite(
    verb: str, past_tense: bool, person: int, plural_subject: bool, aux: bool = False
) -> Token:
    """Return a finite verb form agreeing with its subject; "you" leaves number open."""
    codes = ("T" if past_tense else "P") + str(person)
    codes += "" if person == 2 else "p" if plural_subject else "s"
    singular3 = person == 3 and not plural_subject
    if verb == "be":
        if past_tense:
            form = "was" if not plural_subject and person in (1, 3) else "were"
        else:
            form = "am" if person == 1 and not plural_subject else "is" if singular3 else "are"
    elif past_tense:
        form, codes = past(verb), "T"
    else:
        form = third(verb) if singular3 else verb
    return tok(form, f"{'AUX' if aux or verb == 'be' else 'VERB'}.{codes}")


_CONTRACTED_NOT = {
    "is",
    "are",
    "was",
    "were",
    "do",
    "does",
    "did",
    "has",
    "have",
    "had",
    "will",
    "would",
}
_CONTRACTED_NOT |= {"can", "could", "should", "must"}
_SHORT = {
    "am": "'m",
    "is": "'s",
    "are": "'re",
    "will": "'ll",
    "would": "'d",
    "have": "'ve",
    "has": "'s",
    "had": "'d",
}


def contract_not(aux: Token) -> Tokens:
    """Join "not" to an auxiliary: isn't, won't, can't. "am" keeps its full form."""
    form = {"will": "wo", "can": "ca"}.get(aux.form, aux.form)
    if aux.form not in _CONTRACTED_NOT:
        return (aux, tok("not", "PART.n"))
    return (aux._replace(form=form, space_after=False), tok("n't", "PART.n"))


def shorten(aux: Token) -> Token | None:
    """Return the clitic form of an auxiliary ('m, 's, 'll), or None if it has none."""
    return aux._replace(form=_SHORT[aux.form]) if aux.form in _SHORT else None


def starts_with_vowel_sound(word: str) -> bool:
    """Say whether "an" stands before the word."""
    low = word.lower()
    if low.startswith(("uni", "use", "usu", "eu", "one", "once")):
        return False
    return low[0] in "aeiou" or low.startswith(("hour", "honest", "honor"))


def finish(tokens: Tokens) -> Tokens:
    """Apply "an", punctuation spacing, clitic spacing and the sentence capital."""
    out: list[Token] = []
    for i, token in enumerate(tokens):
        if (
            token.form == "a"
            and token.upos == "DET"
            and starts_with_vowel_sound(tokens[i + 1].form)
        ):
            token = token._replace(form="an")
        token = token._replace(form=token.form.rstrip("_") or token.form)
        if out and (
            token.form in {".", ",", "?", "!"} or token.form.startswith("'") or token.form == "n't"
        ):
            out[-1] = out[-1]._replace(space_after=False)
        out.append(token)
    out[0] = out[0]._replace(form=out[0].form[0].upper() + out[0].form[1:])
    return tuple(out)
