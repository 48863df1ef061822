# ruff: noqa: E501 (tables: one entry a line)
"""Adjectives: English|French masculine|feminine if irregular|position|what they describe.

Position B stands before the noun, A after it. Described: P a person's lasting quality (may
stand with an occupation), Q a quality that judges how someone works, S a state (only after
"be"), other letters are classes of things. Feminine and masculine plurals by rule; ``=`` as
feminine means the adjective does not change for gender.
"""

from __future__ import annotations

from typing import NamedTuple

_TABLE = """good|bon|bonne|B|Qrfsavwe
bad|mauvais||B|Qfsa
great|grand||B|Q
excellent|excellent||B|Qrfs
young|jeune||B|P
old|vieux|vieille|B|Prwvuebn
new|nouveau|nouvelle|B|Qwvueoba
big|grand||B|vuebonf
small|petit||B|vuebonf
tall|grand||B|P
short|petit||B|Pz
beautiful|beau|belle|B|wuogbn
pretty|joli||B|wogb
famous|célèbre||A|Prs
rich|riche||A|P
poor|pauvre||A|P
intelligent|intelligent||A|Pn
kind|gentil|gentille|B|P
nice|sympathique||A|P
friendly|aimable||A|P
funny|drôle||A|Prs
serious|sérieux||A|Q
honest|honnête||A|P
brave|courageux||A|P
shy|timide||A|P
patient|patient||A|Q
polite|poli||A|P
lazy|paresseux||A|Pn
strong|fort||A|P
generous|généreux||A|P
curious|curieux||A|P
talented|talentueux||A|Q
competent|compétent||A|Q
experienced|expérimenté||A|Q
creative|créatif||A|Q
careful|prudent||A|Q
ambitious|ambitieux||A|Q
modest|modeste||A|P
elegant|élégant||A|Pw
strict|strict||A|Q
discreet|discret|discrète|A|P
happy|heureux||A|S
sad|triste||A|Srs
tired|fatigué||A|S
sick|malade||A|S
ready|prêt||A|S
late|en_retard|=|A|S
angry|en_colère|=|A|S
nervous|nerveux||A|S
worried|inquiet|inquiète|A|S
busy|occupé||A|S
alone|seul||A|S
sure|sûr||A|S
surprised|surpris||A|S
satisfied|satisfait||A|S
disappointed|déçu||A|S
proud|fier|fière|A|S
calm|calme||A|S
married|marié||A|S
jealous|jaloux|jalouse|A|S
furious|furieux||A|S
absent|absent||A|S
free|libre||A|S
injured|blessé||A|S
bored|ennuyé||A|-
dead|mort||A|-
interesting|intéressant||A|rasb
boring|ennuyeux||A|ras
long|long|longue|B|rasw
difficult|difficile||A|ra
easy|facile||A|a
important|important||A|ra
useful|utile||A|rae
simple|simple||A|a
strange|étrange||A|ras
serious|grave||A|-
expensive|cher|chère|A|wvueo
heavy|lourd||A|uo
light|léger|légère|A|o
broken|cassé||A|eu
empty|vide||A|ob
full|plein||A|-
clean|propre||A|wvob
dirty|sale||A|wvob
modern|moderne||A|bue
comfortable|confortable||A|u
fast|rapide||A|v
slow|lent||A|ve
dangerous|dangereux||A|n
quiet|tranquille||A|b
dark|sombre||A|-
open|ouvert||A|!
closed|fermé||A|!
ripe|mûr||A|-
fresh|frais|fraîche|A|fF
delicious|délicieux||A|fFM
hot|chaud||A|DM
cold|froid||A|DM
sweet|sucré||A|fD
red|rouge||A|wvuog
blue|bleu||A|wvuo
green|vert||A|wvuo
white|blanc|blanche|A|wvuogn
black|noir||A|wvuoen
yellow|jaune||A|wvuog
gray|gris||A|wvun
brown|marron|=|A|-
large|grand||B|-
wooden|en_bois|=|A|-
French|français||A|Prsv
English|anglais||A|Prs
Italian|italien||A|Prsv
German|allemand||A|Prv
Spanish|espagnol||A|Prs
American|américain||A|Prsv
Japanese|japonais||A|Prsv
Canadian|canadien||A|P"""


# Adjective to the things (or #classes) that it describes sensibly; others follow their letters.
ONLY = {
    "empty": "box bag bottle glass cup basket suitcase wallet bowl house garage shop restaurant street classroom church hotel",
    "heavy": "box bag suitcase basket package hammer ladder table chair bed sofa armchair wardrobe piano carpet mirror shelf",
    "light": "box bag suitcase basket package hammer ladder umbrella blanket pillow towel guitar",
    "clean": "#w #W #v glass cup plate bowl knife fork spoon bottle towel blanket pillow house kitchen bedroom office window "
    "hotel street beach restaurant swimming_pool classroom park lake river apartment garage",
    "quiet": "house apartment garden kitchen bedroom street hotel museum library park village beach church forest lake island "
    "restaurant office square",
    "modern": "house apartment kitchen bridge school hospital hotel museum library station airport factory university theater "
    "building office tower #e #u",
    "broken": "glass plate cup bowl toy doll umbrella watch guitar violin statue ladder bottle #e lamp mirror chair table clock",
    "good": "#r #f #s #w #v #e idea answer question decision plan project trip lesson exercise course speech dream conversation",
    "bad": "#f #s idea answer decision plan trip dream speech mistake",
    "new": "#w #W #v #u #e #o #b bill number appointment project plan rule law word contract",
    "interesting": "#r #s museum city village island question answer problem lesson idea language project speech trip secret "
    "conversation course visit discussion dream",
    "boring": "#s book magazine novel report article story text lesson exam speech trip meeting conversation course visit",
    "difficult": "book text question problem exercise lesson exam decision language word sentence project trip rule course "
    "conversation discussion",
    "easy": "question problem exercise lesson exam decision language word sentence rule course",
    "important": "letter report article message document contract list book question answer problem exam idea decision project "
    "plan meeting appointment rule law number trip secret prize visit discussion mistake speech",
    "useful": "book list dictionary document article recipe text idea answer lesson exercise language word rule plan meeting "
    "visit discussion course #e",
    "simple": "question answer problem exercise lesson idea word sentence rule plan decision",
    "strange": "#r #s question answer problem idea decision language word sentence rule plan trip number dream conversation",
    "long": "book letter novel report article poem story message email list text speech sentence word meeting trip movie concert "
    "show dress coat scarf skirt exam lesson conversation discussion play",
    "fast": "car bicycle bus train truck motorcycle boat plane",
    "slow": "car bus train truck boat computer phone machine printer",
    "elegant": "#w",
    "sad": "movie song play story novel poem letter book",
    "serious": "problem",
    "comfortable": "bed sofa armchair chair shoe boot",
}
FOREIGN = "book newspaper magazine novel poem recipe comic_book dictionary article movie song car bicycle motorcycle truck bus"
ONLY |= {
    nation: FOREIGN for nation in "French English Italian German Spanish American Japanese".split()
}
ONLY["dirty"] = ONLY["clean"]


class Adjective(NamedTuple):
    """An adjective: English, French masculine and feminine, position ``A``/``B``, what it describes."""

    en: str
    masculine: str
    feminine: str
    position: str
    kinds: str

    @property
    def invariable(self) -> bool:
        """Whether the French is a fixed phrase ("en retard") or does not vary."""
        return " " in self.masculine


def adjectives() -> dict[str, Adjective]:
    """Return the usable adjectives by English word."""
    from .french import feminine

    out = {}
    for line in _TABLE.splitlines():
        english, masc, fem, position, kinds = line.split("|")
        masc = masc.replace("_", " ")
        fem = masc if fem == "=" else fem or feminine(masc)
        if kinds != "-":
            out[english] = Adjective(english, masc, fem, position, kinds)
    return out
