"""What each letter said, in the one phrase somebody says on the telephone when it did not arrive."""

from django.utils.translation import gettext_lazy as _

from hubs_portal.refusals import Sentence

_PHRASES: dict[str, Sentence] = {
    "signalling": _("Votre candidature est signalée ; le lien de la lettre ouvre votre dossier."),
    "dossier_opened": _("Votre dossier est ouvert ; un brouillon n’est pas un dépôt."),
    "member_invited": _("Quelqu’un vous invite à travailler sur ce dossier."),
    "draft_reminder": _("Votre dossier n’est pas déposé, et la clôture approche."),
    "submission_receipt": _("Votre dossier est bien déposé : voici son accusé de réception."),
    "new_version_receipt": _("La nouvelle version de votre dossier est bien déposée."),
    "withdrawal_receipt": _("Votre candidature est retirée, comme vous l’avez demandé."),
    "resumption_receipt": _("Votre candidature est reprise : elle redevient un brouillon, à déposer."),
    "call_amended": _("La clôture est reportée."),
    "not_submitted": _("La clôture est passée, et rien n’a été déposé."),
    "completion_request": _("Des pièces manquent : elles sont attendues avant une date que dit votre dossier."),
    "completion_received": _("Toutes les pièces demandées sont reçues."),
    "file_to_replace": _("Un fichier de votre dossier ne peut pas être lu : il vous reste à le remplacer."),
    "replacement_received": _("L’autre fichier que vous avez envoyé est arrivé."),
    "eligibility_decision": _("Une décision est prise sur votre candidature : elle se lit dans votre dossier."),
    "not_shortlisted": _("Une décision est prise sur votre candidature : elle se lit dans votre dossier."),
    "hearing_invitation": _("Une audition est fixée : sa date, son heure et son lieu sont dans la lettre."),
    "hearing_moved": _("L’audition change d’heure ou de lieu."),
    "hearing_cancelled": _("L’audition n’aura pas lieu."),
    "result": _("Les résultats sont publiés : le vôtre se lit dans votre dossier."),
    "jury_invitation": _("Vous êtes invité à siéger au jury ; le lien de la lettre ouvre votre espace."),
    "dossiers_to_read": _("Des dossiers vous attendent à votre espace de juré."),
    "completion_reminder": _("Des pièces sont encore attendues, avant une date que dit votre dossier."),
    "hearing_reminder": _("Votre audition est dans deux jours ; son heure et son lieu sont dans la lettre."),
    "problem_received": _("Le problème que vous avez signalé est enregistré."),
    "problem_answered": _("Nous avons répondu au problème que vous avez signalé ; la réponse est dans votre dossier."),
    "partner_commitment": _("Une structure candidate vous demande une lettre d’engagement."),
    "agreement_to_sign": _("La convention de subvention vous est envoyée, à signer."),
    "agreement_signed": _("La convention de subvention est signée."),
    "report_due": _("Le compte rendu financier est attendu, à une date que dit votre dossier."),
    "jury_invitation_reminder": _("Votre réponse est attendue pour le jury."),
    "juror_reminder": _("Des dossiers ou des auditions vous attendent à votre espace de juré."),
    "hearing_left": _("Vous n’êtes plus attendu à une audition."),
}


def of(kind: str) -> Sentence:
    """The phrase of a kind; empty when nobody wrote one, and the letter's own subject will do."""
    return _PHRASES.get(kind, "")
