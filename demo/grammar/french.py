"""French word forms and spelling.

Verbs: regular conjugations by rule, irregular ones by a table of seven principal parts from which
all tenses used here follow. Adjectives and nouns: endings by rule, exceptions spelled out in the
lexicon. `finish` turns a string of full words into what is written: elision (l', j', qu'),
contraction (au, du), forms before a vowel (cet, mon amie, nouvel), spacing. A contraction becomes
one ADP token that carries the article's features.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from .notation import Token, Tokens, annotate, tok

# infinitive: je, il, nous, vous, ils, participle, future stem
_IRREGULAR = """être suis est sommes êtes sont été ser;avoir ai a avons avez ont eu aur
aller vais va allons allez vont allé ir;faire fais fait faisons faites font fait fer
dire dis dit disons dites disent dit dir;pouvoir peux peut pouvons pouvez peuvent pu pourr
vouloir veux veut voulons voulez veulent voulu voudr
devoir dois doit devons devez doivent dû devr;savoir sais sait savons savez savent su saur
voir vois voit voyons voyez voient vu verr;venir viens vient venons venez viennent venu viendr
prendre prends prend prenons prenez prennent pris prendr
mettre mets met mettons mettez mettent mis mettr;lire lis lit lisons lisez lisent lu lir
écrire écris écrit écrivons écrivez écrivent écrit écrir
boire bois boit buvons buvez boivent bu boir;croire crois croit croyons croyez croient cru croir
connaître connais connaît connaissons connaissez connaissent connu connaîtr
partir pars part partons partez partent parti partir
sortir sors sort sortons sortez sortent sorti sortir
dormir dors dort dormons dormez dorment dormi dormir
servir sers sert servons servez servent servi servir
sentir sens sent sentons sentez sentent senti sentir
courir cours court courons courez courent couru courr
ouvrir ouvre ouvre ouvrons ouvrez ouvrent ouvert ouvrir
offrir offre offre offrons offrez offrent offert offrir
conduire conduis conduit conduisons conduisez conduisent conduit conduir
construire construis construit construisons construisez construisent construit construir
traduire traduis traduit traduisons traduisez traduisent traduit traduir
recevoir reçois reçoit recevons recevez reçoivent reçu recevr
suivre suis suit suivons suivez suivent suivi suivr;vivre vis vit vivons vivez vivent vécu vivr
rire ris rit rions riez rient ri rir;peindre peins peint peignons peignez peignent peint peindr
tenir tiens tient tenons tenez tiennent tenu tiendr
asseoir assieds assied asseyons asseyez asseyent assis assiér
naître nais naît naissons naissez naissent né naîtr
envoyer envoie envoie envoyons envoyez envoient envoyé enverr
pleuvoir pleux pleut pleuvons pleuvez pleuvent plu pleuvr"""
_PREFIXED = {
    "revenir": "venir",
    "devenir": "venir",
    "apprendre": "prendre",
    "comprendre": "prendre",
}
_PREFIXED |= {
    "promettre": "mettre",
    "découvrir": "ouvrir",
    "endormir": "dormir",
    "décrire": "écrire",
}
_PREFIXED |= {"couvrir": "ouvrir", "permettre": "mettre", "sourire": "rire", "repartir": "partir"}
_PARTS = {e.split()[0]: tuple(e.split()[1:]) for e in _IRREGULAR.replace("\n", ";").split(";")}

ETRE_VERBS = {
    "aller",
    "venir",
    "arriver",
    "partir",
    "sortir",
    "entrer",
    "rentrer",
    "rester",
    "tomber",
    "retourner",
}
ETRE_VERBS |= {"monter", "descendre", "revenir", "devenir", "naître", "mourir", "repartir"}
_IMPERATIVE = {"être": "soyez", "avoir": "ayez", "savoir": "sachez", "vouloir": "veuillez"}
_ASPIRATED = {
    "huit",
    "onze",
    "oui",
    "haut",
    "haute",
    "hauts",
    "hautes",
    "héros",
    "hockey",
    "homard",
    "haricot",
}
_ASPIRATED |= {
    "haricots",
    "hamburger",
    "hamster",
    "hibou",
    "yaourt",
    "yaourts",
    "huitième",
    "hangar",
    "harpe",
}
_ELIDING = {
    "je",
    "me",
    "te",
    "se",
    "le",
    "la",
    "de",
    "ne",
    "que",
    "ce",
    "jusque",
    "lorsque",
    "puisque",
}
_BEFORE_VOWEL = {"beau": "bel", "nouveau": "nouvel", "vieux": "vieil"}
_FEMININE_POSSESSIVE = {"ma": "mon", "sa": "son"}
_CONTRACTIONS = {("de", "le"): "du", ("de", "les"): "des", ("à", "le"): "au", ("à", "les"): "aux"}

CLOSED: dict[str, str] = {}
for _tag, _words in {
    "DET.dms": "le",
    "DET.dfs": "la",
    "DET.dp": "les",
    "DET.ims": "un",
    "DET.ifs": "une",
    "DET.ip": "des",
    "DET.xms": "ce",
    "DET.xfs": "cette",
    "DET.xp": "ces",
    "DET.oms": "mon votre notre leur son",
    "DET.ofs": "ma sa",
    "DET.op": "mes vos nos leurs ses",
    "DET": "chaque plusieurs quelques",
    "DET.fp": "toutes",
    "DET.mp": "tous",
    "DET.fs": "toute",
    "DET.ms": "tout",
    "ADP": "de à en dans avec sans pour sur sous chez devant derrière entre par pendant depuis "
    "avant après vers près jusque",
    "CCONJ": "et ou mais",
    "SCONJ": "que parce quand si",
    "PRON.1sr": "je me moi",
    "PRON.3msr": "il lui",
    "PRON.3fsr": "elle",
    "PRON.1pr": "nous",
    "PRON.2pr": "vous",
    "PRON.3mpr": "ils eux",
    "PRON.3fpr": "elles",
    "PRON.3z": "se",
    "PRON.q": "qui quoi",
    "PRON": "y rien quelque_chose personne",
    "ADV.q": "où comment pourquoi combien",
    "ADV.n": "ne pas jamais",
    "ADV": "très trop plus moins bien mal vite lentement soigneusement ici là là-bas maintenant "
    "aujourd'hui demain hier "
    "bientôt souvent toujours parfois rarement déjà encore ensemble tôt tard beaucoup peu "
    "aussi puis récemment "
    "immédiatement dehors dedans heureusement très_bien facilement doucement fort "
    "patiemment parfaitement "
    "couramment vraiment presque assez partout d'habitude si_ tant loin droit ailleurs seulement",
    "INTJ": "bonjour bonsoir salut merci non félicitations bienvenue",
    "NUM.#": "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
    "seize "
    "dix-sept dix-huit "
    "dix-neuf vingt trente quarante cinquante soixante cent mille",
    "NOUN.ms": "lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril mai "
    "juin juillet août "
    "septembre octobre novembre décembre matin soir après-midi jour mois an été hiver "
    "printemps automne week-end besoin "
    "moment midi minuit déjeuner dîner temps",
    "NOUN.mp": "jours ans matins soirs",
    "NOUN.fs": "semaine année nuit heure minute fois soirée matinée",
    "NOUN.fp": "semaines années heures minutes nuits",
    "VERB.N": "cuire",
    "PUNCT": ". , ? !",
}.items():
    for _word in _words.split():
        CLOSED[_word] = _tag


def fr(phrase: str) -> Tokens:
    """Annotate a French phrase (uncontracted, unelided)."""
    return annotate(phrase, CLOSED)


@cache
def parts(infinitive: str) -> tuple[str, ...]:
    """Return the principal parts of a verb: je, il, nous, vous, ils, participle, future stem."""
    if infinitive in _PARTS:
        return _PARTS[infinitive]
    if infinitive in _PREFIXED:
        base = _PREFIXED[infinitive]
        return tuple(infinitive[: -len(base)] + p for p in _PARTS[base])
    stem, ending = infinitive[:-2], infinitive[-2:]
    if ending == "er":
        return _er_parts(stem)
    if ending == "ir":
        return (*(stem + e for e in ("is", "it", "issons", "issez", "issent", "i")), infinitive)
    return (*(stem + e for e in ("s", "", "ons", "ez", "ent", "u")), infinitive[:-1])


def _er_parts(stem: str) -> tuple[str, ...]:
    """Regular -er verbs with their spelling: mangeons, plaçons, achète, appelle, préfère, paie."""
    strong, future = stem, stem
    if stem.endswith(("appel", "rappel")):
        strong = future = stem + "l"
    elif stem.endswith("jet"):
        strong = future = stem + "t"
    elif stem.endswith(("ay", "oy", "uy")):
        strong = future = stem[:-1] + "i"
    elif len(stem) > 2 and stem[-2] == "e" and stem[-1] in "tvnml":
        strong = future = stem[:-2] + "è" + stem[-1]
    elif len(stem) > 2 and stem[-2] == "é" and stem[-1] in "trdlg":
        strong = stem[:-2] + "è" + stem[-1]
    soft = stem + "e" if stem.endswith("g") else stem[:-1] + "ç" if stem.endswith("c") else stem
    return (
        strong + "e",
        strong + "e",
        soft + "ons",
        stem + "ez",
        strong + "ent",
        stem + "é",
        future + "er",
    )


def conjugate(infinitive: str, tense: str, person: int, plural: bool) -> str:
    """Return a simple verb form.

    Parameters
    ----------
    infinitive : str
    tense : {"present", "imperfect", "future", "conditional", "imperative"}
        The imperative is that of "vous".
    person : {1, 2, 3}
        The second person is always "vous".
    plural : bool
    """
    p = parts(infinitive)
    column = (
        3
        if person == 2
        else {(1, False): 0, (3, False): 1, (1, True): 2, (3, True): 4}[person, plural]
    )
    if tense == "present":
        return p[column]
    if tense == "imperative":
        return _IMPERATIVE.get(infinitive, p[3])
    if tense == "future":
        return p[6] + ("ai", "a", "ons", "ez", "ont")[column]
    ending = ("ais", "ait", "ions", "iez", "aient")[column]
    if tense == "conditional":
        return p[6] + ending
    stem = "ét" if infinitive == "être" else p[2][:-3]
    if ending.startswith("i"):
        stem = stem[:-1] if stem.endswith("ge") else stem[:-1] + "c" if stem.endswith("ç") else stem
    return stem + ending


def verb(infinitive: str, tense: str, person: int, plural: bool, aux: bool = False) -> Token:
    """Return a finite verb token."""
    code = {"present": "P", "imperfect": "I", "future": "F", "conditional": "C", "imperative": "M"}[
        tense
    ]
    number = "p" if plural or person == 2 else "s"
    upos = "AUX" if aux or infinitive == "être" else "VERB"
    return tok(conjugate(infinitive, tense, person, plural), f"{upos}.{code}{person}{number}")


def participle(infinitive: str, gender: str = "m", number: str = "s") -> Token:
    """Return the past participle in the given gender (``m``/``f``) and number (``s``/``p``)."""
    form = parts(infinitive)[5]
    if form == "dû" and gender + number != "ms":
        form = "du"
    form += "e" if gender == "f" else ""
    form += "s" if number == "p" and not form.endswith("s") else ""
    return tok(
        form, f"VERB.K{gender}{number}" if infinitive != "être" else f"AUX.K{gender}{number}"
    )


def infinitive(form: str) -> Token:
    """Return an infinitive token."""
    return tok(form, "AUX.N" if form == "être" else "VERB.N")


def feminine(adjective: str) -> str:
    """Return the feminine singular by rule; the lexicon overrides it where the rule fails."""
    for ending, change in (
        ("eux", "euse"),
        ("er", "ère"),
        ("f", "ve"),
        ("el", "elle"),
        ("en", "enne"),
        ("on", "onne"),
    ):
        if adjective.endswith(ending):
            return adjective[: -len(ending)] + change
    return adjective if adjective.endswith("e") else adjective + "e"


def plural(word: str) -> str:
    """Return the plural of a noun or adjective by rule (last word if there are several)."""
    if word.endswith(("s", "x", "z")):
        return word
    if word.endswith(("eau", "eu")) and word != "bleu":
        return word + "x"
    if word.endswith("al"):
        return word[:-2] + "aux"
    return word + "s"


def vowel_sound(word: str) -> bool:
    """Say whether elision and liaison happen before the word."""
    low = word.lower()
    if low in _ASPIRATED:
        return False
    first = unicodedata.normalize("NFD", low.replace("œ", "oe"))[0]
    return first in "aeiouh" or low in {"y", "yeux"}


def _before_vowel(token: Token, following: Token) -> Token:
    """Choose cet, mon (feminine), bel, nouvel, vieil before a vowel sound."""
    low = token.form.lower()
    if token.upos == "DET" and low == "ce":
        return token._replace(form="cet")
    if token.upos == "DET" and low in _FEMININE_POSSESSIVE:
        return token._replace(form=_FEMININE_POSSESSIVE[low])
    if token.upos == "ADJ" and low in _BEFORE_VOWEL and following.upos == "NOUN":
        return token._replace(form=_BEFORE_VOWEL[low])
    return token


def _elide(tokens: Tokens) -> list[Token]:
    out = []
    for i, token in enumerate(tokens):
        if i + 1 < len(tokens) and vowel_sound(tokens[i + 1].form):
            token = _before_vowel(token, tokens[i + 1])
            low = token.form.lower()
            bound = low == "ce" and token.upos != "PRON"
            if low in _ELIDING and not bound and token.upos != "NOUN":
                token = token._replace(form=token.form[:-1] + "'", space_after=False)
            elif low == "si" and token.upos == "SCONJ" and tokens[i + 1].form in {"il", "ils"}:
                token = token._replace(form=token.form[:-1] + "'", space_after=False)
        out.append(token)
    return out


def finish(tokens: Tokens) -> Tokens:
    """Make the written sentence: elision, contraction, spacing, sentence capital."""
    out: list[Token] = []
    for token in _elide(tokens):
        previous = out[-1] if out else None
        pair = (previous.form.lower(), token.form) if previous else ("", "")
        if previous and pair in _CONTRACTIONS and token.upos == "DET" and previous.upos == "ADP":
            out[-1] = Token(_CONTRACTIONS[pair], "ADP", token.feats)
            continue
        if previous and (token.form in {".", ","} or token.form.startswith("-")):
            out[-1] = previous._replace(space_after=False)
        out.append(token._replace(form=token.form.rstrip("_")))
    out[0] = out[0]._replace(form=out[0].form[0].upper() + out[0].form[1:])
    return tuple(out)
