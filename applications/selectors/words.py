"""The codes of the journal and of the ledger, in the words of the procedure."""

from django.utils.translation import gettext_lazy as _

from applications.enums import CallState, CandidacyState, CheckVerdict, ExclusionStage, Level, Provenance, Rights
from hubs_portal.refusals import Sentence

ACTS: dict[str, Sentence] = {
    # a call
    "load": _("préparé d’après un fichier"),
    "create": _("créé"),
    "duplicate": _("copié d’un autre appel"),
    "set_levels": _("degrés des pièces changés"),
    "publish": _("publié"),
    "amend": _("modifié"),
    "propose_extension": _("report proposé"),
    "extend": _("clôture reportée"),
    "close": _("liste des dépôts arrêtée"),
    "reopen": _("rouvert"),
    "request_release": _("publication des résultats demandée"),
    "drop_release": _("demande de publication abandonnée"),
    "release": _("résultats publiés"),
    "archive": _("archivé"),
    "mark_open_data": _("données ouvertes indiquées publiées"),
    "adapt_wording": _("texte d’une lettre adapté"),
    "restore_wording": _("texte d’une lettre rétabli"),
    # a candidacy
    "signal": _("signalée"),
    "open": _("dossier ouvert"),
    "invite": _("personne invitée"),
    "join": _("compte rattaché"),
    "remove_member": _("personne retirée"),
    "change_rights": _("droits d’une personne changés"),
    "entrust": _("dossier confié à un autre contact"),
    "add_document": _("pièce jointe"),
    "remove_document": _("pièce retirée"),
    "submit": _("déposée"),
    "withdraw": _("retirée"),
    "resume": _("reprise"),
    "conclude": _("issue arrêtée, sous embargo"),
    "award": _("déclarée lauréate"),
    "reserve": _("inscrite en liste complémentaire"),
    "reject": _("non retenue"),
    "consent_safety_net": _("filet de sécurité accepté"),
    "revoke_safety_net": _("filet de sécurité retiré"),
    "hold_safety_net": _("filet de sécurité : rien à déposer en l’état"),
    "lapse": _("non déposée à la clôture"),
    "freeze": _("arrêtée pour examen"),
    "tick": _("contrôle coché"),
    "request_completion": _("complément demandé"),
    "complete": _("pièce demandée reçue"),
    "admit": _("déclarée recevable"),
    "propose_exclusion": _("exclusion proposée"),
    "drop_exclusion": _("exclusion abandonnée"),
    "refuse": _("déclarée irrecevable"),
    "find_eligible": _("déclarée éligible"),
    "find_ineligible": _("déclarée inéligible"),
    "assess": _("évaluée"),
    "shortlist": _("présélectionnée"),
    "set_aside": _("non présélectionnée"),
    "convene": _("convoquée à l’audition"),
    "hear": _("auditionnée"),
    "read": _("dossier lu"),
    "read_file": _("pièce ouverte"),
    "read_completion": _("complément ouvert"),
    "quarantine": _("fichier mis à l’écart : un virus"),
    "want_replacement": _("fichier illisible : un autre est demandé"),
    "replace_file": _("fichier envoyé à la place d’un autre"),
    "reopen_completion": _("complément illisible : la demande est rouverte"),
    "read_replacement": _("fichier de remplacement ouvert"),
    "read_archive": _("dossier entier téléchargé"),
    "resend_letter": _("lettre renvoyée"),
    "report_problem": _("problème signalé"),
    "answer_problem": _("réponse à un problème signalé"),
    "close_problem": _("problème clos"),
    "ask_commitment": _("lettre d’engagement demandée"),
    "revoke_commitment": _("lien de dépôt d’un partenaire désactivé"),
    "deposit_commitment": _("lettre d’engagement déposée par le partenaire"),
    "make_known": _("se fait connaître des structures de ses territoires"),
    "change_known": _("territoires où elle se fait connaître changés"),
    "stay_unknown": _("ne se fait plus connaître"),
    "write_to_neighbour": _("message envoyé à une structure de ses territoires"),
    "send_agreement": _("convention envoyée"),
    "record_agreement_signed": _("convention signée"),
    "record_report_received": _("compte rendu financier reçu"),
    "tell_by_telephone": _("lettre dite par téléphone"),
}

DETAILS: dict[str, Sentence] = {
    "from": _("état"),
    "to": _("à"),
    "version": _("version"),
    "revision": _("révision"),
    "requirement": _("pièce"),
    "name": _("fichier"),
    "file": _("fichier"),
    "size": _("octets"),
    "member": _("personne"),
    "rights": _("droits"),
    "provenance": _("signalée"),
    "structure": _("structure"),
    "kind": _("lettre"),
    "address": _("adresse"),
    "source": _("d’après"),
    "changed": _("changements"),
    "list": _("empreinte de la liste"),
    "before": _("avant"),
    "after": _("après"),
    "outcome": _("issue"),
    "amount": _("subvention, en euros"),
    "digest": _("empreinte"),
    "row": _("ligne"),
    "origin": _("origine"),
    "consent": _("accord de"),
    "missing": _("éléments manquants"),
    "sha256": _("empreinte"),
    "check": _("contrôle"),
    "verdict": _("résultat"),
    "stage": _("étape"),
    "rule": _("règle"),
    "incident": _("signalement"),
    "partner": _("partenaire"),
    "url": _("adresse"),
    "published_on": _("publiées le"),
    "language": _("langue"),
    "subject": _("objet"),
    "body": _("texte"),
    "return_by": _("à retourner avant le"),
    "signed_on": _("signée le"),
    "report_due_on": _("compte rendu attendu le"),
    "received_on": _("reçu le"),
    "due_at": _("à fournir avant le"),
}

LETTERS: dict[str, Sentence] = {
    "agreement_signed": _("convention signée"),
    "agreement_to_sign": _("convention à signer"),
    "account_invitation": _("ouverture d’un compte"),
    "call_amended": _("clôture reportée"),
    "evening_digest": _("point du soir, à l’équipe"),
    "incident_alert": _("problème signalé, à l’équipe"),
    "late_attempt": _("tentative hors délai, à l’équipe"),
    "open_data_due": _("données ouvertes à publier, à l’équipe"),
    "partner_commitment": _("lettre d’engagement demandée à un partenaire"),
    "commitment_received": _("lettre d’engagement bien reçue, au partenaire"),
    "commitment_deposited": _("lettre d’engagement déposée, au candidat"),
    "password_changed": _("mot de passe changé"),
    "problem_answered": _("réponse à un problème signalé"),
    "problem_received": _("problème signalé : bien reçu"),
    "second_signature": _("seconde signature attendue"),
    "completion_received": _("compléments reçus"),
    "completion_reminder": _("rappel : pièces à compléter"),
    "completion_request": _("demande de complément"),
    "file_to_replace": _("fichier à remplacer"),
    "replacement_received": _("autre fichier reçu à la place d’un fichier illisible"),
    "eligibility_decision": _("décision sur la recevabilité ou l’éligibilité"),
    "not_shortlisted": _("candidature non présélectionnée"),
    "hearing_invitation": _("convocation à l’audition"),
    "hearing_moved": _("audition déplacée"),
    "hearing_cancelled": _("audition annulée"),
    "jury_invitation": _("invitation au jury"),
    "dossiers_to_read": _("dossiers à évaluer"),
    "hearing_left": _("juré plus attendu à une audition"),
    "jury_invitation_reminder": _("rappel : réponse attendue pour le jury"),
    "juror_reminder": _("rappel : ce qui attend un juré"),
    "hearing_reminder": _("rappel : audition"),
    "report_due": _("compte rendu financier attendu"),
    "draft_reminder": _("rappel : dossier non déposé"),
    "dossier_opened": _("dossier ouvert"),
    "member_invited": _("invitation sur un dossier"),
    "member_removed": _("accès à un dossier retiré"),
    "rights_changed": _("droits changés sur un dossier"),
    "dossier_entrusted": _("dossier confié : au nouveau contact"),
    "dossier_handed_over": _("dossier confié : à l’ancien contact"),
    "neighbour_message": _("message d’une structure des mêmes territoires"),
    "new_version_receipt": _("accusé de réception d’une nouvelle version"),
    "not_submitted": _("non déposée"),
    "password_reset": _("mot de passe oublié"),
    "result": _("résultat"),
    "resumption_receipt": _("candidature reprise"),
    "signalling": _("candidature signalée : le kit"),
    "submission_receipt": _("accusé de réception"),
    "withdrawal_receipt": _("candidature retirée"),
}

# The lines of the checklist that are about no document.
CHECKS: dict[str, Sentence] = {
    "territories": _("périmètre"),
    "legal_person": _("personne morale"),
    "families": _("partenariat"),
    "missions": _("missions"),
    "budget": _("budget"),
}

_VOCABULARIES = (CandidacyState, CallState, Level, Provenance, Rights, CheckVerdict, ExclusionStage)
_VALUES: dict[str, Sentence] = {value: label for words in _VOCABULARIES for value, label in words.choices}


def act(code: str) -> str:
    """An act of the journal; the code itself for one that nobody has put in words."""
    return str(ACTS.get(code, code))


def detail(name: str) -> str:
    """What a detail of a line is about."""
    return str(DETAILS.get(name, name))


def value(said: object) -> str:
    """A value of the journal: a state, a right, or itself."""
    return str(_VALUES.get(said, said)) if isinstance(said, str) else str(said)


def check(code: str) -> str:
    """What a line of the checklist is about."""
    return str(CHECKS.get(code, code))


def letter_kind(code: str) -> str:
    """The nature of a letter."""
    return str(LETTERS.get(code, code))
