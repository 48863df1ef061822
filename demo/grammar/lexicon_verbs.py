# ruff: noqa: E501 (tables: one entry a line)
"""Verbs and what goes with them.

Transitive: English | French | subjects (empty: any person) | objects | flags. Objects are
English nouns, ``#x`` a class of things, ``@p`` a person. English "look at" and French "parler
à" carry their preposition; French "se laver" is reflexive. Flags: x not intended and not
lasting, t stative (English past is the French imperfect, no progressive), g generic object
("likes coffee", "aime le café"), l a place may follow, h done habitually, q can be done quickly
or slowly, w can be done well or badly, c clitic object sounds right, n no agreement of the
reflexive participle, 1 object in the singular only, o takes "my, his, her" well, p the past
tenses and progressives only sound right without a time.
"""

from __future__ import annotations

from typing import NamedTuple

TRANSITIVE = """read|lire||#r|lhco
write|écrire||letter report article poem novel message email list book recipe story text|lhqo
buy|acheter||#w #W car bicycle boat motorcycle truck #u #e #f #F #g book newspaper magazine house ticket umbrella suitcase bag gift watch ring|hc
sell|vendre||car bicycle boat motorcycle truck #u house apartment farm shop painting ring watch guitar computer phone book|co
eat|manger||#f #F|lhq
drink|boire||#D|lhq
prepare|préparer||meal dinner dessert salad soup omelette sandwich coffee tea report exam trip meeting party speech|hqo
cook|cuisiner||meat fish rice chicken vegetable|lhw
wear|porter||#w #W|ho
wash|laver||car cup glass plate bowl shirt dress coat sock window dog bottle fork knife|hqo
clean|nettoyer||kitchen bedroom house office window table carpet garage apartment oven bathroom shoe|hqo
open|ouvrir||door window box letter bottle shop bag suitcase package gift umbrella book|qo
close|fermer||door window box shop bag suitcase garage book umbrella|qo
repair|réparer||car bicycle computer phone radio television machine roof door window lamp clock printer truck watch chair|qco
break|casser||glass plate cup window bottle bowl toy mirror chair|cox
lose|perdre||key wallet passport umbrella phone ticket glove bag ring watch match game letter|cox
find|trouver||key wallet passport umbrella phone ticket glove bag ring solution answer mistake cat|cox
look for|chercher||key wallet passport umbrella phone ticket glove bag ring answer dog cat shop hotel book pen|co
watch|regarder||movie match television show game bird|lh
look at|regarder||photo painting map screen clock flower list bird bridge castle|lo
listen to|écouter||song radio story concert speech conversation teacher|lh
hear|entendre||song dog bird train answer concert conversation|1x
see|voir||#n #b #v movie show photo painting @p|cx
visit|visiter||museum castle city village church house apartment island town_hall farm school university factory|c
paint|peindre||wall door house tree flower horse table boat|qo
draw|dessiner||tree house flower cat horse bird map car castle|wqo
build|construire||house bridge wall school hospital boat garage castle tower road|
drive|conduire||car bus truck taxi|qwo
take|prendre||bus train taxi plane photo umbrella key bag coat medicine|
carry|porter||box bag suitcase basket package ladder chair|co
hold|tenir||umbrella rope bag ball glass candle flower|o
use|utiliser||computer phone dictionary knife machine printer map ladder hammer pen keyboard|hco
understand|comprendre||question answer problem lesson exercise sentence word rule text language|tc
explain|expliquer||problem lesson exercise rule plan decision word mistake project|o
learn|apprendre||lesson poem song language word rule|h
study|étudier||lesson text language document map law|lh
teach|enseigner|teacher|language|h
correct|corriger|teacher editor journalist assistant|exercise mistake text exam letter article|qo
translate|traduire|translator interpreter student teacher writer|book letter text poem article novel document contract sentence|qw
sign|signer||contract letter document report|co
print|imprimer||letter document report photo list ticket article poster|o
send|envoyer||letter message email package gift photo contract report|o
receive|recevoir||letter message email package gift photo contract prize answer bill|x
win|gagner||match game prize|x
play|jouer_à||chess football tennis cards|
choose|choisir||dress shirt book gift movie hotel restaurant coat tie hat cake|c
try|essayer||dress shirt coat hat jacket shoe|
pay|payer||bill meal ticket trip|o
order|commander||pizza coffee tea cake salad beer dessert soup omelette|
finish|finir||book report exercise letter novel meal article exam painting|o
start|commencer||book letter novel exam project course painting|o
organize|organiser||party meeting trip concert course|
cancel|annuler||meeting trip concert party course appointment|co
forget|oublier||key umbrella passport appointment bag phone ticket word answer|ox
hide|cacher||letter key gift book box ring photo|co
cut|couper||bread cheese cake meat apple tomato rope tree|q
plant|planter|gardener farmer|tree flower rose tulip vegetable|
feed|nourrir||dog cat horse hen cow rabbit pig duck bird|hco
wait for|attendre||bus train taxi @p answer letter|1c
meet|rencontrer||@p|cx
help|aider||@p|hc
know|connaître||@p city song story restaurant street book|tc
invite|inviter||@p|c
call|appeler||@p taxi|hc
thank|remercier||@p|c
follow|suivre||@p road car river|c
photograph|photographier||@p flower bird tree castle mountain church|c
love|adorer||#n #D #F #g book movie city music|tg
like|aimer||#n #D #F #g #f book movie concert|tg
hate|détester||mouse lemonade cheese meat meeting exam coffee concert rule milk|tg
prefer|préférer||tea coffee cat dog train rice fish novel|tg
want|vouloir||apple cake dog cat car bicycle phone coffee tea water bread computer house answer|t
have|avoir||car house bicycle dog cat computer phone idea problem garden appointment book watch boat question project horse|t
own|posséder||house car farm boat shop horse castle island|t
need|avoir_besoin_de||key passport phone map umbrella pen dictionary car|to
sing|chanter||song|lhw
record|enregistrer|singer musician composer journalist|song concert conversation|
arrest|arrêter|police_officer detective|@p|c
examine|examiner|doctor nurse dentist surgeon veterinarian|patient child dog|c
treat|soigner|doctor nurse surgeon veterinarian|patient child cat horse dog|c
serve|servir|cook waiter waitress baker|meal coffee dessert soup cake dinner|h
bake|faire_cuire|baker cook|bread cake cookie pie|h
interview|interroger|journalist police_officer judge|president minister mayor actor writer champion singer|c
defend|défendre|lawyer judge|@p|c
design|concevoir-no|architect|house|
publish|publier|publisher writer journalist researcher|book article novel report poem|
greet|saluer||@p|c
respect|respecter||@p rule law|th
congratulate|féliciter||@p|c
admire|admirer||@p painting castle mountain statue|th
describe|décrire||house city painting dream bird problem|
tell|raconter||story secret dream|
keep|garder||letter photo secret key ticket ring|o
accept|accepter||gift answer idea decision plan project rule|
discuss|discuter_de||problem project plan movie book idea decision|
check|vérifier||list bill answer ticket passport report|qo
count|compter||ticket chair box plate bird stamp|q
steal|voler||car bicycle wallet phone ring painting necklace|
bring|apporter||cake chair bag newspaper coffee book gift bottle flower|
borrow|emprunter||book car bicycle umbrella pen dictionary ladder|
fill|remplir||glass bottle basket box bowl suitcase|o
wrap|emballer||gift package glass plate|
move|déplacer||table chair sofa bed armchair piano wardrobe box|
touch|toucher||screen painting statue plant|x
copy|copier||text sentence list exercise word|
throw|lancer||ball rope|
turn off|éteindre-no||lamp|
turn on|allumer||lamp computer television radio oven candle screen|o
push|pousser||door car bicycle table box|
pull|tirer||rope door|
cross|traverser||street road bridge river city forest park|
leave|quitter||office house city village hospital island hotel|
solve|résoudre-no||problem|
miss|rater||train bus plane exam appointment|x
protect|protéger||child dog bird house forest|
wake up|réveiller||child @p|
photograph|photographier||castle bird flower mountain bridge|
collect|collectionner||stamp book painting photo doll|hg"""

INTRANSITIVE = """sleep|dormir|lhw
work|travailler|lhw
leave|partir|h
arrive|arriver|h
travel|voyager|h
run|courir|lhq
swim|nager|lhw
dance|danser|lhw
sing|chanter|lhw
cry|pleurer|l
laugh|rire|
smile|sourire|
wait|attendre|l
walk|marcher|lhq
speak|parler|q
cook|cuisiner|lhw
play|jouer|lh
read|lire|lh
eat|manger|lhq
drive|conduire|hqw
study|étudier|lh
fall|tomber|
get up|se lever|h
wake up|se réveiller|h
go to bed/NOUN.s|se coucher|h
get dressed/ADJ|s' habiller|q
rest|se reposer|lh
hurry|se dépêcher|
stop|s' arrêter|
go out|sortir|h
come back|revenir|h
come|venir|h
go home|rentrer à la maison/NOUN.fs|h
stay home|rester à la maison/NOUN.fs|
have lunch|déjeuner|lh
have dinner|dîner|lh
have breakfast|prendre le petit/ADJ.ms déjeuner|lh
take a shower/NOUN.s|prendre une douche/NOUN.fs|h
take a walk/NOUN.s|se promener|lh
do sports/NOUN.p|faire de_le sport/NOUN.ms|h
play football/NOUN.s|jouer à le football/NOUN.ms|lhw
play tennis/NOUN.s|jouer à le tennis/NOUN.ms|lhw
play chess/NOUN.s|jouer à les échecs/NOUN.mp|lhw
play cards/NOUN.p|jouer à les cartes/NOUN.fp|lh
play the piano/NOUN.s|jouer de le piano/NOUN.ms|hw
play the guitar/NOUN.s|jouer de la guitare/NOUN.fs|hw
play the violin/NOUN.s|jouer de le violon/NOUN.ms|hw
speak French/PROPN.s|parler français/NOUN.ms|w
speak English/PROPN.s|parler anglais/NOUN.ms|w
speak Italian/PROPN.s|parler italien/NOUN.ms|w
speak Spanish/PROPN.s|parler espagnol/NOUN.ms|w
speak German/PROPN.s|parler allemand/NOUN.ms|w
wash the dishes/NOUN.p|faire la vaisselle/NOUN.fs|h
go shopping/NOUN.s|faire les courses/NOUN.fp|h
go swimming/VERB.G|aller nager/VERB.N|-
do the cleaning/NOUN.s|faire le ménage/NOUN.ms|h
listen to music/NOUN.s|écouter de_la musique/NOUN.fs|lh
watch television/NOUN.s|regarder la télévision/NOUN.fs|lh
read the newspaper/NOUN.s|lire le journal/NOUN.ms|lh
ask a question/NOUN.s|poser une question/NOUN.fs|
tell the truth/NOUN.s|dire la vérité/NOUN.fs|
make a mistake/NOUN.s|faire une erreur/NOUN.fs|
have fun/NOUN.s|s' amuser|l
get married/ADJ|se marier|
get lost/ADJ|se perdre|
fall asleep/ADJ|s' endormir|
sit down|s' asseoir|
wash one's/PRON.o hands/NOUN.p|se laver les mains/NOUN.fp|n
brush one's/PRON.o teeth/NOUN.p|se brosser les dents/NOUN.fp|n
live|habiter|T
answer|répondre|q
succeed|réussir|
apologize|s' excuser|
complain|se plaindre|-
shout|crier|
return|retourner|-
stay here|rester ici|
lie|mentir|-
vote|voter|
train|s' entraîner|lh
rest a little|se reposer un_peu/ADV|
jump|sauter|
win|gagner|
lose|perdre|
move|bouger|
knock on the door/NOUN.s|frapper à la porte/NOUN.fs|
do nothing|ne_rien_faire|-
change one's/PRON.o mind/NOUN.s|changer de avis/NOUN.ms|
take the train/NOUN.s|prendre le train/NOUN.ms|h
take the bus/NOUN.s|prendre le bus/NOUN.ms|h"""

# Things that do things. English | French | subjects | flags
INANIMATE = """arrive|arriver|train bus plane taxi package letter boat|
leave|partir|train bus plane boat|
stop|s' arrêter|train bus taxi car clock|
begin|commencer|movie concert match meeting course exam show party play|
end|finir|movie concert match meeting course exam show party|
work|marcher|computer phone radio television machine printer lamp oven clock refrigerator|
open|ouvrir|bank library museum pharmacy shop market restaurant bakery office|
close|fermer|bank library museum pharmacy shop market restaurant bakery office|
fall|tomber|tree glass plate book ladder vase cup key|
sleep|dormir|dog cat horse rabbit cow lion|
run|courir|dog cat horse rabbit lion|
eat|manger|dog cat horse rabbit cow pig duck|
cross the road/NOUN.s|traverser la route/NOUN.fs|dog cat duck cow turtle|
swim|nager|duck dog turtle elephant|
fly|voler|bird butterfly plane duck|
disappear|disparaître-no|dog|
grow|pousser|flower tree plant rose|"""

DITRANSITIVE = """give|donner||book flower gift key pen ticket apple letter photo toy
send|envoyer||letter message email package gift photo report contract
show|montrer||photo letter map ring painting house report garden
bring|apporter||book newspaper coffee cake flower gift chair letter bag
lend|prêter||book car bicycle pen umbrella dictionary guitar computer
sell|vendre||car house bicycle painting horse ring computer
explain|expliquer||lesson rule problem exercise plan decision
tell|raconter||story secret dream
read|lire||story letter poem message book
offer|offrir||gift flower book ring watch job
write|écrire||letter message email poem"""

# Verbs with a person and a preposition. English | French
TO_PERSON = """talk to|parler à
speak to|parler à
answer|répondre à
write to|écrire à
smile at|sourire à
work with|travailler avec
dance with|danser avec
play with|jouer avec
live with|vivre avec
travel with|voyager avec
think about|penser à
obey|obéir à"""

# A verb that governs another: English | French | link | flags (m modal, c conditional, t stative)
CONTROL = """can|pouvoir||m
must|devoir||m
should|devoir||mc
could|pouvoir||mc
want to|vouloir||t
have to|devoir||t
would like to|vouloir||c
like to|aimer||t
love to|adorer||t
hope to|espérer||t
prefer to|préférer||t
need to|avoir|besoin/NOUN.ms de|t
try to|essayer|de|
start to|commencer|à|
begin to|commencer|à|
decide to|décider|de|d
refuse to|refuser|de|d
forget to|oublier|de|d
learn to|apprendre|à|
promise to|promettre|de|d
know how to|savoir||t
agree to|accepter|de|d"""

# be + adjective in English, avoir + noun in French
AVOIR_STATES = """hungry/ADJ|faim/NOUN.fs
thirsty/ADJ|soif/NOUN.fs
cold/ADJ|froid/NOUN.ms
hot/ADJ|chaud/NOUN.ms
right/ADJ|raison/NOUN.fs
wrong/ADJ|tort/NOUN.ms
afraid/ADJ|peur/NOUN.fs
sleepy/ADJ|sommeil/NOUN.ms
lucky/ADJ|de_la chance/NOUN.fs"""


class Frame(NamedTuple):
    """A verb with its partners: English, French, subjects (empty: any person), objects, flags."""

    en: str
    fr: str
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    flags: str


def _frames(table: str, columns: str) -> list[Frame]:
    out = []
    for line in table.splitlines():
        row = dict(zip(columns.split(), line.split("|"), strict=True))
        if "-no" in row["fr"] or row.get("flags") == "-":
            continue
        subjects = tuple(s.replace("_", " ") for s in row.get("subjects", "").split())
        objects = tuple(s.replace("_", " ") for s in row.get("objects", "").split())
        out.append(
            Frame(
                row["en"],
                row["fr"].replace("_", " ") if " " not in row["fr"] else row["fr"],
                subjects,
                objects,
                row.get("flags", ""),
            )
        )
    return out


def transitive() -> list[Frame]:
    """Return verbs with a direct or prepositional object."""
    return [f for f in _frames(TRANSITIVE, "en fr subjects objects flags") if f.en != "play"]


def intransitive() -> list[Frame]:
    """Return verbs without an object, or with a fixed one."""
    return _frames(INTRANSITIVE, "en fr flags")


def inanimate() -> list[Frame]:
    """Return what things and animals do."""
    return _frames(INANIMATE, "en fr subjects flags")


def ditransitive() -> list[Frame]:
    """Return verbs of giving and telling."""
    return _frames(DITRANSITIVE, "en fr subjects objects")
