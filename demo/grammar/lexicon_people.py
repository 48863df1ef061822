# ruff: noqa: E501 (tables: one entry a line)
"""People: occupations, family, names. English | French masculine | French feminine (empty: same as
the masculine).
"""

from __future__ import annotations

OCCUPATIONS = """doctor|médecin|
teacher|professeur|professeure
nurse|infirmier|infirmière
lawyer|avocat|avocate
baker|boulanger|boulangère
cook|cuisinier|cuisinière
student|étudiant|étudiante
engineer|ingénieur|ingénieure
writer|écrivain|écrivaine
singer|chanteur|chanteuse
dancer|danseur|danseuse
farmer|agriculteur|agricultrice
driver|conducteur|conductrice
director|directeur|directrice
journalist|journaliste|
dentist|dentiste|
artist|artiste|
pharmacist|pharmacien|pharmacienne
musician|musicien|musicienne
mechanic|mécanicien|mécanicienne
electrician|électricien|électricienne
hairdresser|coiffeur|coiffeuse
salesperson|vendeur|vendeuse
painter|peintre|
architect|architecte|
scientist|scientifique|
researcher|chercheur|chercheuse
translator|traducteur|traductrice
secretary|secrétaire|
accountant|comptable|
judge|juge|
soldier|soldat|soldate
police officer|policier|policière
firefighter|pompier|pompière
pilot|pilote|
photographer|photographe|
gardener|jardinier|jardinière
butcher|boucher|bouchère
grocer|épicier|épicière
carpenter|menuisier|menuisière
plumber|plombier|plombière
bricklayer|maçon|maçonne
mail carrier|facteur|factrice
librarian|bibliothécaire|
psychologist|psychologue|
veterinarian|vétérinaire|
surgeon|chirurgien|chirurgienne
politician|politicien|politicienne
minister|ministre|
president|président|présidente
mayor|maire|
poet|poète|
editor|rédacteur|rédactrice
publisher|éditeur|éditrice
programmer|programmeur|programmeuse
developer|développeur|développeuse
technician|technicien|technicienne
manager|gérant|gérante
employee|employé|employée
worker|ouvrier|ouvrière
boss|patron|patronne
colleague|collègue|
neighbor|voisin|voisine
friend|ami|amie
guest|invité|invitée
customer|client|cliente
patient|patient|patiente
passenger|passager|passagère
tourist|touriste|
traveler|voyageur|voyageuse
visitor|visiteur|visiteuse
player|joueur|joueuse
swimmer|nageur|nageuse
runner|coureur|coureuse
champion|champion|championne
coach|entraîneur|entraîneuse
athlete|athlète|
cyclist|cycliste|
skier|skieur|skieuse
pupil|élève|
beginner|débutant|débutante
expert|expert|experte
assistant|assistant|assistante
intern|stagiaire|
apprentice|apprenti|apprentie
candidate|candidat|candidate
inventor|inventeur|inventrice
explorer|explorateur|exploratrice
astronaut|astronaute|
biologist|biologiste|
chemist|chimiste|
physicist|physicien|physicienne
mathematician|mathématicien|mathématicienne
historian|historien|historienne
philosopher|philosophe|
economist|économiste|
interpreter|interprète|
guide|guide|
receptionist|réceptionniste|
cashier|caissier|caissière
florist|fleuriste|
jeweler|bijoutier|bijoutière
bookseller|libraire|
shepherd|berger|bergère
captain|capitaine|
guard|gardien|gardienne
detective|détective|
magician|magicien|magicienne
composer|compositeur|compositrice
violinist|violoniste|
pianist|pianiste|
guitarist|guitariste|
sculptor|sculpteur|sculptrice
filmmaker|cinéaste|
critic|critique|
banker|banquier|banquière
owner|propriétaire|
tenant|locataire|
consultant|consultant|consultante
counselor|conseiller|conseillère
optician|opticien|opticienne
fisher|pêcheur|pêcheuse
novelist|romancier|romancière
winner|gagnant|gagnante
leader|dirigeant|dirigeante
child|enfant|"""

# Not professions: fine as subjects and objects, odd in "wants to become a ..."
ROLES = set(
    "colleague neighbor friend guest customer patient passenger tourist visitor beginner candidate employee winner "
    "owner tenant child boss pupil player leader apprentice intern traveler".split()
)
# Whom one can call "my" or "our"
MINE = set(
    "doctor teacher lawyer baker hairdresser mechanic secretary accountant gardener butcher psychologist dentist "
    "employee boss colleague neighbor friend guest customer coach assistant intern apprentice guide tenant counselor optician "
    "pharmacist veterinarian manager director editor publisher student pupil patient plumber cook grocer jeweler bookseller "
    "captain translator interpreter child".split()
)
# Odd as "She is a good ..." or as a plain subject of everyday activities without more context
NO_JUDGEMENT = set("passenger owner tenant winner candidate child visitor patient beginner".split())

# English marks the gender. English | French | gender
MARKED = """man|homme|m
woman|femme|f
boy|garçon|m
girl|fille|f
lady|dame|f
actor|acteur|m
actress|actrice|f
waiter|serveur|m
waitress|serveuse|f
king|roi|m
queen|reine|f
prince|prince|m
princess|princesse|f"""

FAMILY = """mother|mère|f
father|père|m
brother|frère|m
sister|sœur|f
son|fils|m
daughter|fille|f
husband|mari|m
wife|femme|f
uncle|oncle|m
aunt|tante|f
grandmother|grand-mère|f
grandfather|grand-père|m
niece|nièce|f
nephew|neveu|m
father-in-law|beau-père|m
mother-in-law|belle-mère|f"""
ONE_ONLY = {"mother", "father", "husband", "wife", "father-in-law", "mother-in-law"}
FAMILY_PLURALS = {"grand-mère": "grands-mères", "grand-père": "grands-pères", "fils": "fils"}

NAMES = {
    "f": "Mary Anna Sarah Julia Emma Alice Laura Sophie Nora Clara Eva Lisa Martha Nina Camille-no Irene Rose Elena".split(),
    "m": "Paul Peter John David Thomas Daniel Martin Lucas Victor Simon Robert Mark Oscar Adam Leo Felix Antoine Samuel".split(),
}
NAMES["f"].remove("Camille-no")


def occupations() -> dict[str, tuple[str, str]]:
    """Return English noun to (French masculine, French feminine)."""
    rows = (line.split("|") for line in OCCUPATIONS.splitlines())
    return {e: (m, f or m) for e, m, f in rows}


def marked() -> dict[str, tuple[str, str]]:
    """Return English noun to (French noun, gender) for nouns whose gender English marks."""
    return {e: (f, g) for e, f, g in (line.split("|") for line in MARKED.splitlines())}


def family() -> dict[str, tuple[str, str]]:
    """Return English kinship noun to (French noun, gender)."""
    return {e: (f, g) for e, f, g in (line.split("|") for line in FAMILY.splitlines())}
