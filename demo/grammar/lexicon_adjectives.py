"""Adjectives: English|French masculine|feminine if irregular|position|what they describe.

Position B stands before the noun, A after it. Described: P a person's lasting quality (may stand with an occupation),
Q a quality that judges how someone works, S a state (only after "be"), other letters are classes of things.
Feminine and masculine plurals by rule; ``=`` as feminine means the adjective does not change for gender.
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
kind|gentil|gentille|A|P
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
