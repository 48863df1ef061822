# ruff: noqa: E501 (tables: one entry a line)
"""Things and animals: class, then English|French|gender. Class letters choose verbs and adjectives
that make sense.

r readable, a abstract, f food one counts, F food by quantity, D drink, w clothes, v vehicle, u
furniture, e device, o object one carries, b building or room, n animal, s what one watches or
attends, g grows in a garden.
"""

from __future__ import annotations

from typing import NamedTuple

_TABLE = """r book|livre|m;newspaper|journal|m;letter|lettre|f;magazine|magazine|m;novel|roman|m;report|rapport|m;article|article|m
r poem|poème|m;story|histoire|f;message|message|m;email|courriel|m;dictionary|dictionnaire|m;contract|contrat|m
r document|document|m;list|liste|f;recipe|recette|f;poster|affiche|f;comic book|bande_dessinée|f;page|page|f;text|texte|m
f apple|pomme|f;orange|orange|f;pear|poire|f;banana|banane|f;sandwich|sandwich|m;cake|gâteau|m;egg|œuf|m;tomato|tomate|f
f carrot|carotte|f;pizza|pizza|f;cookie|biscuit|m;omelette|omelette|f;salad|salade|f;pie|tarte|f;peach|pêche|f;onion|oignon|m
f strawberry|fraise|f;croissant|croissant|m;lemon|citron|m
F bread|pain|m;cheese|fromage|m;meat|viande|f;rice|riz|m;chocolate|chocolat|m;butter|beurre|m;fish|poisson|m
F chicken|poulet|m;jam|confiture|f;soup|soupe|f;honey|miel|m;sugar|sucre|m
D coffee|café|m;tea|thé|m;water|eau|f;milk|lait|m;orange juice|jus_d'orange|m;wine|vin|m;beer|bière|f;lemonade|limonade|f
w dress|robe|f;shirt|chemise|f;coat|manteau|m;hat|chapeau|m;skirt|jupe|f;jacket|veste|f;sweater|pull|m;scarf|écharpe|f
w tie|cravate|f;uniform|uniforme|m;belt|ceinture|f;suit|costume|m
W shoe|chaussure|f;glove|gant|m;sock|chaussette|f;boot|botte|f
v car|voiture|f;bicycle|vélo|m;bus|bus|m;train|train|m;taxi|taxi|m;truck|camion|m;motorcycle|moto|f;boat|bateau|m;plane|avion|m
u table|table|f;chair|chaise|f;bed|lit|m;lamp|lampe|f;sofa|canapé|m;armchair|fauteuil|m;shelf|étagère|f;wardrobe|armoire|f
u mirror|miroir|m;carpet|tapis|m;clock|horloge|f;curtain|rideau|m;piano|piano|m
e computer|ordinateur|m;phone|téléphone|m;camera|caméra|f;television|télévision|f;radio|radio|f;printer|imprimante|f
e keyboard|clavier|m;screen|écran|m;machine|machine|f;refrigerator|réfrigérateur|m;oven|four|m;washing machine|lave-linge|m
o knife|couteau|m;fork|fourchette|f;spoon|cuillère|f;glass|verre|m;cup|tasse|f;plate|assiette|f;bottle|bouteille|f;bowl|bol|m
o key|clé|f;umbrella|parapluie|m;bag|sac|m;suitcase|valise|f;wallet|portefeuille|m;pen|stylo|m;pencil|crayon|m
o notebook|cahier|m;box|boîte|f;basket|panier|m;ticket|billet|m;passport|passeport|m;map|carte|f;photo|photo|f
o gift|cadeau|m;toy|jouet|m;ball|ballon|m;doll|poupée|f;candle|bougie|f;ring|bague|f;necklace|collier|m;watch|montre|f
o hammer|marteau|m;package|colis|m;stamp|timbre|m;pillow|oreiller|m;blanket|couverture|f;towel|serviette|f;rope|corde|f
o ladder|échelle|f;guitar|guitare|f;violin|violon|m;painting|tableau|m;statue|statue|f;flag|drapeau|m
g flower|fleur|f;rose|rose|f;tree|arbre|m;plant|plante|f;tulip|tulipe|f;vegetable|légume|m
b house|maison|f;apartment|appartement|m;kitchen|cuisine|f;garden|jardin|m;door|porte|f;window|fenêtre|f;wall|mur|m
b roof|toit|m;bridge|pont|m;road|route|f;street|rue|f;garage|garage|m;shop|magasin|m;bedroom|chambre|f;church|église|f
b school|école|f;hospital|hôpital|m;restaurant|restaurant|m;hotel|hôtel|m;museum|musée|m;library|bibliothèque|f
b station|gare|f;park|parc|m;city|ville|f;village|village|m;castle|château|m;beach|plage|f;market|marché|m;office|bureau|m
b airport|aéroport|m;factory|usine|f;pharmacy|pharmacie|f;bank|banque|f;bakery|boulangerie|f;farm|ferme|f;theater|théâtre|m
b swimming pool|piscine|f;square|place|f;university|université|f;town hall|mairie|f;forest|forêt|f;mountain|montagne|f
b river|rivière|f;lake|lac|m;island|île|f;tower|tour|f;building|bâtiment|m;classroom|salle_de_classe|f
a question|question|f;answer|réponse|f;problem|problème|m;exercise|exercice|m;lesson|leçon|f;exam|examen|m;idea|idée|f
a decision|décision|f;mistake|erreur|f;language|langue|f;word|mot|m;sentence|phrase|f;speech|discours|m;project|projet|m
a plan|plan|m;trip|voyage|m;secret|secret|m;prize|prix|m;bill|facture|f;rule|règle|f;law|loi|f;number|nombre|m;dream|rêve|m
a meeting|réunion|f;conversation|conversation|f;course|cours|m;appointment|rendez-vous|m;visit|visite|f;discussion|discussion|f
s movie|film|m;game|jeu|m;match|match|m;concert|concert|m;song|chanson|f;party|fête|f;play|pièce|f;show|spectacle|m
n dog|chien|m;cat|chat|m;horse|cheval|m;bird|oiseau|m;cow|vache|f;rabbit|lapin|m;mouse|souris|f;duck|canard|m
n elephant|éléphant|m;pig|cochon|m;turtle|tortue|f;butterfly|papillon|m;hen|poule|f;lion|lion|m;goat|chèvre|f
M meal|repas|m;dessert|dessert|m;dinner|dîner|m"""


class Thing(NamedTuple):
    """A thing: English noun, French noun, gender ``m``/``f``, class letter."""

    en: str
    fr: str
    gender: str
    kind: str

    @property
    def mass(self) -> bool:
        """Whether it is had by quantity (partitive article)."""
        return self.kind in "FD"


def things() -> dict[str, Thing]:
    """Return all things by their English noun."""
    out = {}
    for line in _TABLE.splitlines():
        kind, rest = line[0], line[2:]
        for entry in rest.split(";"):
            english, french, gender = entry.split("|")
            out[english] = Thing(english, french.replace("_", " "), gender, kind)
    return out


FRENCH_PLURALS = {
    "bande dessinée": "bandes dessinées",
    "salle de classe": "salles de classe",
    "festival": "festivals",
    "jus d'orange": "jus d'orange",
    "lave-linge": "lave-linge",
}

# Where one is and goes. English noun phrase | where | French where | to | French to
PLACES = """at home|à la maison/NOUN.fs|home|à la maison/NOUN.fs
at school|à la école/NOUN.fs|to school|à la école/NOUN.fs
at work|à le travail/NOUN.ms|to work|à le travail/NOUN.ms
at the hospital/NOUN.s|à le hôpital/NOUN.ms|to the hospital/NOUN.s|à le hôpital/NOUN.ms
at the station/NOUN.s|à la gare/NOUN.fs|to the station/NOUN.s|à la gare/NOUN.fs
at the market/NOUN.s|à le marché/NOUN.ms|to the market/NOUN.s|à le marché/NOUN.ms
at the restaurant/NOUN.s|à le restaurant/NOUN.ms|to the restaurant/NOUN.s|à le restaurant/NOUN.ms
at the hotel/NOUN.s|à le hôtel/NOUN.ms|to the hotel/NOUN.s|à le hôtel/NOUN.ms
at the library/NOUN.s|à la bibliothèque/NOUN.fs|to the library/NOUN.s|à la bibliothèque/NOUN.fs
at the museum/NOUN.s|à le musée/NOUN.ms|to the museum/NOUN.s|à le musée/NOUN.ms
at the theater/NOUN.s|à le théâtre/NOUN.ms|to the theater/NOUN.s|à le théâtre/NOUN.ms
at the airport/NOUN.s|à le aéroport/NOUN.ms|to the airport/NOUN.s|à le aéroport/NOUN.ms
at the beach/NOUN.s|à la plage/NOUN.fs|to the beach/NOUN.s|à la plage/NOUN.fs
at the office/NOUN.s|à le bureau/NOUN.ms|to the office/NOUN.s|à le bureau/NOUN.ms
at the bank/NOUN.s|à la banque/NOUN.fs|to the bank/NOUN.s|à la banque/NOUN.fs
at the pharmacy/NOUN.s|à la pharmacie/NOUN.fs|to the pharmacy/NOUN.s|à la pharmacie/NOUN.fs
at the bakery/NOUN.s|à la boulangerie/NOUN.fs|to the bakery/NOUN.s|à la boulangerie/NOUN.fs
at the factory/NOUN.s|à la usine/NOUN.fs|to the factory/NOUN.s|à la usine/NOUN.fs
at the university/NOUN.s|à la université/NOUN.fs|to the university/NOUN.s|à la université/NOUN.fs
at the swimming_pool/NOUN.s|à la piscine/NOUN.fs|to the swimming_pool/NOUN.s|à la piscine/NOUN.fs
in the garden/NOUN.s|dans le jardin/NOUN.ms|to the garden/NOUN.s|dans le jardin/NOUN.ms
in the park/NOUN.s|dans le parc/NOUN.ms|to the park/NOUN.s|à le parc/NOUN.ms
in the kitchen/NOUN.s|dans la cuisine/NOUN.fs|to the kitchen/NOUN.s|dans la cuisine/NOUN.fs
in the city/NOUN.s|dans la ville/NOUN.fs|to the city/NOUN.s|à la ville/NOUN.fs
in the forest/NOUN.s|dans la forêt/NOUN.fs|to the forest/NOUN.s|dans la forêt/NOUN.fs
in the mountains/NOUN.p|à la montagne/NOUN.fs|to the mountains/NOUN.p|à la montagne/NOUN.fs
in the village/NOUN.s|dans le village/NOUN.ms|to the village/NOUN.s|à le village/NOUN.ms
in the countryside/NOUN.s|à la campagne/NOUN.fs|to the countryside/NOUN.s|à la campagne/NOUN.fs
in Paris/PROPN.s|à Paris/PROPN|to Paris/PROPN.s|à Paris/PROPN
in London/PROPN.s|à Londres/PROPN|to London/PROPN.s|à Londres/PROPN
in Rome/PROPN.s|à Rome/PROPN|to Rome/PROPN.s|à Rome/PROPN
in Berlin/PROPN.s|à Berlin/PROPN|to Berlin/PROPN.s|à Berlin/PROPN
in Lyon/PROPN.s|à Lyon/PROPN|to Lyon/PROPN.s|à Lyon/PROPN
in France/PROPN.s|en France/PROPN.fs|to France/PROPN.s|en France/PROPN.fs
in Italy/PROPN.s|en Italie/PROPN.fs|to Italy/PROPN.s|en Italie/PROPN.fs
in Spain/PROPN.s|en Espagne/PROPN.fs|to Spain/PROPN.s|en Espagne/PROPN.fs
in Germany/PROPN.s|en Allemagne/PROPN.fs|to Germany/PROPN.s|en Allemagne/PROPN.fs
in England/PROPN.s|en Angleterre/PROPN.fs|to England/PROPN.s|en Angleterre/PROPN.fs
in Canada/PROPN.s|à le Canada/PROPN.ms|to Canada/PROPN.s|à le Canada/PROPN.ms
in Japan/PROPN.s|à le Japon/PROPN.ms|to Japan/PROPN.s|à le Japon/PROPN.ms
in Portugal/PROPN.s|à le Portugal/PROPN.ms|to Portugal/PROPN.s|à le Portugal/PROPN.ms"""

ORIGINS = """Paris/PROPN.s|Paris/PROPN
London/PROPN.s|Londres/PROPN
Rome/PROPN.s|Rome/PROPN
France/PROPN.s|France/PROPN.fs
Italy/PROPN.s|Italie/PROPN.fs
Spain/PROPN.s|Espagne/PROPN.fs
Germany/PROPN.s|Allemagne/PROPN.fs
England/PROPN.s|Angleterre/PROPN.fs
Canada/PROPN.s|le Canada/PROPN.ms
Japan/PROPN.s|le Japon/PROPN.ms
Portugal/PROPN.s|le Portugal/PROPN.ms"""
