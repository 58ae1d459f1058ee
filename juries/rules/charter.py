"""A charter to start from. It binds nobody: whoever constitutes a jury reads it, changes it and answers for it."""

PROPOSED_FR = """\
En acceptant de siéger, je m’engage :

1. à garder confidentiels les dossiers, les débats, les notes et les avis, pendant et après la procédure ;
2. à ne rien communiquer des résultats avant leur publication ;
3. à déclarer, avant d’ouvrir le moindre dossier, tout lien personnel, professionnel ou financier avec la structure \
candidate, ses partenaires ou ses dirigeants, et tout lien que je découvrirais ensuite ;
4. à ne participer à aucun échange sur une candidature dont je suis en déport ;
5. à noter chaque candidature par moi-même, d’après la grille publiée et elle seule ;
6. à n’utiliser les dossiers que pour ce jury, et à ne conserver aucune copie après la délibération ;
7. à signaler au service toute sollicitation d’un candidat.
"""

PROPOSED_EN = """\
By agreeing to sit, I undertake:

1. to keep the applications, the debates, the marks and the opinions confidential, during and after the procedure;
2. to disclose nothing of the results before they are published;
3. to declare, before opening any application, every personal, professional or financial tie with the applicant, its \
partners or its directors, and any tie I discover later;
4. to take no part in any exchange about an application from which I am recused;
5. to mark each application by myself, on the published grid and on nothing else;
6. to use the applications for this jury only, and to keep no copy after the deliberation;
7. to tell the service of any approach made by an applicant.
"""
