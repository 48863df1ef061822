# ruff: noqa: E501 (tables: one entry a line)
"""Times and fixed everyday phrases.

Times: English | French | tenses they go with: p past, q past progressive, r present habit, n
now, f future, c present perfect, F also at the front of the sentence. Fixed phrases: English ;
French, fully annotated where a word is of an open class.
"""

from __future__ import annotations

TIMES = """yesterday|hier|pqF
yesterday morning|hier matin|pqF
yesterday evening|hier soir|pqF
last week|la semaine dernière/ADJ.fs|pF
last month|le mois dernier/ADJ.ms|pF
last year|la année dernière/ADJ.fs|pF
last summer|le été dernier/ADJ.ms|pF
last night|la nuit dernière/ADJ.fs|pq
last Monday|lundi dernier/ADJ.ms|pF
last Saturday|samedi dernier/ADJ.ms|pF
two days ago|il y a/VERB.P3s deux jours|pF
three weeks ago|il y a/VERB.P3s trois semaines|p
five minutes ago|il y a/VERB.P3s cinq minutes|p
an hour ago|il y a/VERB.P3s une heure|p
this morning|ce matin|pF
on Monday|lundi|pf
on Tuesday|mardi|pf
on Wednesday|mercredi|pf
on Thursday|jeudi|pf
on Friday|vendredi|pf
on Saturday|samedi|pf
on Sunday|dimanche|pf
in January|en janvier|pf
in March|en mars|pf
in May|en mai|pf
in July|en juillet|pf
in September|en septembre|pf
in December|en décembre|pf
at three o'clock|à trois heures|pqf
at eight o'clock|à huit heures|pqf
at nine o'clock|à neuf heures|pqf
at noon|à midi|pqf
before dinner|avant le dîner|pf
after lunch|après le déjeuner|pf
tomorrow|demain|fF
tomorrow morning|demain matin|fF
tomorrow evening|demain soir|fF
next week|la semaine prochaine/ADJ.fs|fF
next month|le mois prochain/ADJ.ms|fF
next year|la année prochaine/ADJ.fs|fF
next summer|le été prochain/ADJ.ms|f
next Friday|vendredi prochain/ADJ.ms|fF
tonight|ce soir|fF
soon|bientôt|f
in two days|dans deux jours|f
in an hour|dans une heure|f
in ten minutes|dans dix minutes|f
this weekend|ce week-end|fF
every day|tous les jours|r
every morning|tous les matins|rF
every evening|tous les soirs|r
every week|toutes les semaines|r
every year|tous les ans|r
every Sunday|tous/DET.mp les dimanches/NOUN.mp|rF
on Mondays|le lundi|r
on Fridays|le vendredi|r
on Saturdays|le samedi|r
in the morning|le matin|r
in the evening|le soir|r
in the afternoon|le après-midi|r
in summer|en été|r
in winter|en hiver|r
twice a week|deux fois/NOUN.fp par semaine|r
once a month|une fois par mois|r
now|maintenant|nF
right now|en ce moment|n
at the moment|en ce moment|nF
today|aujourd'hui/ADV|npfF
this week|cette semaine|nf
recently|récemment|c
already|déjà|-
at that moment|à ce moment-là/NOUN.ms|q
that day|ce jour-là/NOUN.ms|pqF
that evening|ce soir-là/NOUN.ms|pqF"""

FORMULAS = """Good/ADJ morning . ; Bonjour .
Good/ADJ afternoon . ; Bonjour .
Good/ADJ evening . ; Bonsoir .
Good/ADJ night . ; Bonne/ADJ.fs nuit .
Hello ! ; Bonjour !
Hi ! ; Salut !
Goodbye ! ; Au/ADP.dms revoir/NOUN.ms !
See/VERB.N you tomorrow ! ; À demain !
See/VERB.N you soon ! ; À bientôt !
See/VERB.N you later ! ; À plus tard !
See/VERB.N you on Monday ! ; À lundi !
Thank/VERB.P you . ; Merci .
Thank/VERB.P you very much . ; Merci beaucoup .
Thanks/NOUN.p for your help/NOUN.s . ; Merci pour votre aide/NOUN.fs .
You 're/AUX.P2 welcome/ADJ . ; De rien .
Please . ; Si/SCONJ il vous plaît/VERB.P3s .
Excuse/VERB.M me . ; Excusez/VERB.M2p -moi/PRON.1sr .
I 'm/AUX.P1s sorry/ADJ . ; Je suis/AUX.P1s désolé/ADJ.ms .
I am/AUX.P1s very sorry/ADJ . ; Je suis/AUX.P1s vraiment désolé/ADJ.ms .
No problem/NOUN.s . ; Pas de problème/NOUN.ms .
Of course/NOUN.s . ; Bien sûr/ADJ.ms .
Yes , of course/NOUN.s . ; Oui/INTJ , bien sûr/ADJ.ms .
No , thank/VERB.P you . ; Non , merci .
Yes , please . ; Oui/INTJ , si/SCONJ il vous plaît/VERB.P3s .
Congratulations ! ; Félicitations !
Happy/ADJ birthday/NOUN.s ! ; Joyeux/ADJ.ms anniversaire/NOUN.ms !
Happy/ADJ New/PROPN.s Year/PROPN.s ! ; Bonne/ADJ.fs année !
Merry/ADJ Christmas/PROPN.s ! ; Joyeux/ADJ.ms Noël/PROPN.ms !
Good/ADJ luck/NOUN.s ! ; Bonne/ADJ.fs chance/NOUN.fs !
Have/VERB.M a good/ADJ trip/NOUN.s ! ; Bon/ADJ.ms voyage/NOUN.ms !
Have/VERB.M a nice/ADJ day ! ; Bonne/ADJ.fs journée/NOUN.fs !
Have/VERB.M a nice/ADJ weekend ! ; Bon/ADJ.ms week-end !
Enjoy/VERB.M your meal/NOUN.s ! ; Bon/ADJ.ms appétit/NOUN.ms !
Welcome ! ; Bienvenue !
Welcome to Paris/PROPN.s ! ; Bienvenue à Paris/PROPN !
How are/AUX.P2 you ? ; Comment allez/VERB.P2p -vous/PRON.2pr ?
How are/AUX.P2 you today ? ; Comment allez/VERB.P2p -vous/PRON.2pr aujourd'hui/ADV ?
I 'm/AUX.P1s fine/ADJ , thank/VERB.P you . ; Je vais/VERB.P1s bien , merci .
I am/AUX.P1s very well/ADJ . ; Je vais/VERB.P1s très bien .
What is/AUX.P3s your name/NOUN.s ? ; Comment vous appelez/VERB.P2p -vous/PRON.2pr ?
Nice/ADJ to meet/VERB.N you . ; Enchanté/ADJ.ms .
What time is/AUX.P3s it ? ; Quelle/DET.fs heure est/AUX.P3s -il/PRON.3msr ?
Where is/AUX.P3s the bathroom/NOUN.s ? ; Où sont/AUX.P3p les toilettes/NOUN.fp ?
I do/AUX.P1s n't/PART.n know/VERB.N . ; Je ne sais/VERB.P1s pas .
I do/AUX.P1s not know/VERB.N . ; Je ne sais/VERB.P1s pas .
I do/AUX.P1s n't/PART.n understand/VERB.N . ; Je ne comprends/VERB.P1s pas .
I do/AUX.P1s not understand/VERB.N . ; Je ne comprends/VERB.P1s pas .
Do/AUX.P2 you speak/VERB.N English/PROPN.s ? ; Est/AUX.P3s -ce/PRON.3xs que vous parlez/VERB.P2p anglais/NOUN.ms ?
Can/AUX.A you help/VERB.N me ? ; Est/AUX.P3s -ce/PRON.3xs que vous pouvez/VERB.P2p me aider/VERB.N ?
How much is/AUX.P3s it ? ; Combien est/AUX.P3s -ce/PRON.3xs que ça/PRON.3xs coûte/VERB.P3s ?
The bill/NOUN.s , please . ; La addition/NOUN.fs , si/SCONJ il vous plaît/VERB.P3s .
Come/VERB.M in . ; Entrez/VERB.M2p .
Sit/VERB.M down . ; Asseyez/VERB.M2p -vous/PRON.2pr .
Wait/VERB.M a minute . ; Attendez/VERB.M2p une minute .
Be/AUX.M careful/ADJ ! ; Faites/VERB.M2p attention/NOUN.fs !
Be/AUX.M quiet/ADJ ! ; Taisez/VERB.M2p -vous/PRON.2pr !
Hurry/VERB.M up ! ; Dépêchez/VERB.M2p -vous/PRON.2pr !
Help/VERB.M ! ; Au/ADP.dms secours/NOUN.ms !
Stop/VERB.M ! ; Arrêtez/VERB.M2p !
Let/VERB.M 's/PRON.1pra go/VERB.N . ; Allons/VERB.M1p -y/PRON .
It does/AUX.P3s n't/PART.n matter/VERB.N . ; Ce/PRON.3xs ne est/AUX.P3s pas grave/ADJ.ms .
It is/AUX.P3s very kind/ADJ of you . ; Ce/PRON.3xs est/AUX.P3s très gentil/ADJ.ms de votre part/NOUN.fs .
That is/AUX.P3s true/ADJ . ; Ce/PRON.3xs est/AUX.P3s vrai/ADJ.ms .
That is/AUX.P3s not true/ADJ . ; Ce/PRON.3xs ne est/AUX.P3s pas vrai/ADJ.ms .
It is/AUX.P3s impossible/ADJ . ; Ce/PRON.3xs est/AUX.P3s impossible/ADJ.ms .
Me too . ; Moi aussi .
I agree/VERB.P1s . ; Je suis/AUX.P1s de accord/NOUN.ms .
I do/AUX.P1s n't/PART.n agree/VERB.N . ; Je ne suis/AUX.P1s pas de accord/NOUN.ms .
I hope/VERB.P1s so . ; Je le/PRON.3sr espère/VERB.P1s .
Really ? ; Vraiment ?
Who is/AUX.P3s it ? ; Qui est/AUX.P3s -ce/PRON.3xs ?
What is/AUX.P3s this/PRON.xs ? ; Qu'est-ce/PRON.q que/PRON.q ce/PRON.3xs est/AUX.P3s ?
Why not ? ; Pourquoi pas ?
I love/VERB.P1s you . ; Je vous aime/VERB.P1s .
I miss/VERB.P1s you . ; Vous me manquez/VERB.P2p .
Take/VERB.M care/NOUN.s . ; Prenez/VERB.M2p soin/NOUN.ms de vous .
Sleep/VERB.M well . ; Dormez/VERB.M2p bien .
Do/AUX.M n't/PART.n worry/VERB.N . ; Ne vous inquiétez/VERB.M2p pas .
Do/AUX.M not worry/VERB.N . ; Ne vous inquiétez/VERB.M2p pas .
It is/AUX.P3s my turn/NOUN.s . ; Ce/PRON.3xs est/AUX.P3s mon tour/NOUN.ms .
I am/AUX.P1s looking/VERB.G for a hotel/NOUN.s . ; Je cherche/VERB.P1s un hôtel/NOUN.ms .
I am/AUX.P1s lost/ADJ . ; Je suis/AUX.P1s perdu/ADJ.ms .
I do/AUX.P1s n't/PART.n speak/VERB.N French/PROPN.s . ; Je ne parle/VERB.P1s pas français/NOUN.ms .
I speak/VERB.P1s a little French/PROPN.s . ; Je parle/VERB.P1s un peu français/NOUN.ms .
Do/AUX.P2 you speak/VERB.N French/PROPN.s ? ; Est/AUX.P3s -ce/PRON.3xs que vous parlez/VERB.P2p français/NOUN.ms ?
Can/AUX.A you repeat/VERB.N , please ? ; Est/AUX.P3s -ce/PRON.3xs que vous pouvez/VERB.P2p répéter/VERB.N , si/SCONJ il vous plaît/VERB.P3s ?
Could/AUX.A you help/VERB.N me , please ? ; Pourriez/VERB.C2p -vous/PRON.2pr me aider/VERB.N , si/SCONJ il vous plaît/VERB.P3s ?
Speak/VERB.M more slowly , please . ; Parlez/VERB.M2p plus lentement , si/SCONJ il vous plaît/VERB.P3s .
How do/AUX.P2 you say/VERB.N that/PRON.xs in French/PROPN.s ? ; Comment dit/VERB.P3s -on/PRON.3s cela/PRON.3xs en français/NOUN.ms ?
What does/AUX.P3s this word/NOUN.s mean/VERB.N ? ; Que/PRON.q signifie/VERB.P3s ce mot/NOUN.ms ?
What day is/AUX.P3s it today ? ; Quel/DET.ms jour sommes/AUX.P1p -nous/PRON.1pr aujourd'hui/ADV ?
Today is/AUX.P3s Monday . ; Nous sommes/AUX.P1p lundi .
Today is/AUX.P3s Friday . ; Nous sommes/AUX.P1p vendredi .
Tomorrow is/AUX.P3s Sunday . ; Demain , ce/PRON.3xs est/AUX.P3s dimanche .
It is/AUX.P3s noon . ; Il est/AUX.P3s midi .
It is/AUX.P3s midnight . ; Il est/AUX.P3s minuit .
I have/VERB.P1s a headache/NOUN.s . ; Je ai/VERB.P1s mal/NOUN.ms à la tête/NOUN.fs .
Call/VERB.M a doctor/NOUN.s ! ; Appelez/VERB.M2p un médecin/NOUN.ms !
Call/VERB.M the police/NOUN.p ! ; Appelez/VERB.M2p la police/NOUN.fs !
Follow/VERB.M me , please . ; Suivez/VERB.M2p -moi/PRON.1sr , si/SCONJ il vous plaît/VERB.P3s .
Come/VERB.M with me . ; Venez/VERB.M2p avec moi .
Come/VERB.M here ! ; Venez/VERB.M2p ici !
Listen/VERB.M to me . ; Écoutez/VERB.M2p -moi/PRON.1sr .
Look/VERB.M at me . ; Regardez/VERB.M2p -moi/PRON.1sr .
Tell/VERB.M me the truth/NOUN.s . ; Dites/VERB.M2p -moi/PRON.1sr la vérité/NOUN.fs .
Turn/VERB.M left/ADV . ; Tournez/VERB.M2p à gauche/NOUN.fs .
Turn/VERB.M right/ADV . ; Tournez/VERB.M2p à droite/NOUN.fs .
Go/VERB.M straight ahead/ADV . ; Allez/VERB.M2p tout/ADV droit .
Do/AUX.M n't/PART.n forget/VERB.N ! ; Ne oubliez/VERB.M2p pas !
Do/AUX.M n't/PART.n move/VERB.N ! ; Ne bougez/VERB.M2p pas !
Do/AUX.M n't/PART.n be/AUX.N late/ADJ ! ; Ne soyez/AUX.M2p pas en retard/NOUN.ms !
Let/VERB.M 's/PRON.1pra eat/VERB.N . ; Mangeons/VERB.M1p .
Let/VERB.M 's/PRON.1pra dance/VERB.N ! ; Dansons/VERB.M1p !
Let/VERB.M 's/PRON.1pra begin/VERB.N . ; Commençons/VERB.M1p .
Let/VERB.M 's/PRON.1pra go/VERB.N home . ; Rentrons/VERB.M1p à la maison/NOUN.fs .
Let/VERB.M 's/PRON.1pra wait/VERB.N here . ; Attendons/VERB.M1p ici .
That is/AUX.P3s a good/ADJ idea/NOUN.s . ; Ce/PRON.3xs est/AUX.P3s une bonne/ADJ.fs idée/NOUN.fs .
What a beautiful/ADJ day ! ; Quelle/DET.fs belle/ADJ.fs journée/NOUN.fs !
What a beautiful/ADJ house/NOUN.s ! ; Quelle/DET.fs belle/ADJ.fs maison/NOUN.fs !
It is/AUX.P3s too late . ; Il est/AUX.P3s trop tard .
It is/AUX.P3s not my fault/NOUN.s . ; Ce/PRON.3xs ne est/AUX.P3s pas ma faute/NOUN.fs .
I am/AUX.P1s in a hurry/NOUN.s . ; Je suis/AUX.P1s pressé/ADJ.ms .
I 'm/AUX.P1s coming/VERB.G ! ; Je arrive/VERB.P1s !
I need/VERB.P1s help/NOUN.s . ; Je ai/VERB.P1s besoin de aide/NOUN.fs .
How much does/AUX.P3s it cost/VERB.N ? ; Combien est/AUX.P3s -ce/PRON.3xs que ça/PRON.3xs coûte/VERB.P3s ?
It is/AUX.P3s too expensive/ADJ . ; Ce/PRON.3xs est/AUX.P3s trop cher/ADJ.ms .
It is/AUX.P3s very good/ADJ . ; Ce/PRON.3xs est/AUX.P3s très bon/ADJ.ms .
My name/NOUN.s is/AUX.P3s Paul/PROPN.s . ; Je me appelle/VERB.P1s Paul/PROPN.ms .
My name/NOUN.s is/AUX.P3s Mary/PROPN.s . ; Je me appelle/VERB.P1s Mary/PROPN.fs .
Where do/AUX.P2 you live/VERB.N ? ; Où est/AUX.P3s -ce/PRON.3xs que vous habitez/VERB.P2p ?
Where are/AUX.P2 you from ? ; De où venez/VERB.P2p -vous/PRON.2pr ?
Everything is/AUX.P3s fine/ADJ . ; Tout/PRON va/VERB.P3s bien .
See/VERB.N you next week ! ; À la semaine prochaine/ADJ.fs !
Have/VERB.M a nice/ADJ evening ! ; Bonne/ADJ.fs soirée !
Sorry , I am/AUX.P1s late/ADJ . ; Désolé/ADJ.ms , je suis/AUX.P1s en retard/NOUN.ms ."""

LOCATED = """on the table/NOUN.s|sur la table/NOUN.fs|orfeM
under the bed/NOUN.s|sous le lit/NOUN.ms|oWn
in the box/NOUN.s|dans la boîte/NOUN.fs|or
in the bag/NOUN.s|dans le sac/NOUN.ms|orf
in the kitchen/NOUN.s|dans la cuisine/NOUN.fs|oueFf
in the garden/NOUN.s|dans le jardin/NOUN.ms|gn
in front of the house/NOUN.s|devant la maison/NOUN.fs|vgn
behind the door/NOUN.s|derrière la porte/NOUN.fs|on
in the street/NOUN.s|dans la rue/NOUN.fs|v
near the window/NOUN.s|près de la fenêtre/NOUN.fs|uge
on the chair/NOUN.s|sur la chaise/NOUN.fs|wor
in the office/NOUN.s|dans le bureau/NOUN.ms|uer
in the park/NOUN.s|dans le parc/NOUN.ms|gn
in the classroom/NOUN.s|dans la salle/NOUN.fs de classe/NOUN.fs|ue
on the wall/NOUN.s|sur le mur/NOUN.ms|-
in the refrigerator/NOUN.s|dans le réfrigérateur/NOUN.ms|fFD"""


def rows(table: str, separator: str = "|") -> list[tuple[str, ...]]:
    """Split a table into stripped cells."""
    return [tuple(c.strip() for c in line.split(separator)) for line in table.splitlines()]
