"""The safety net, in words and in law: what is consented to, who may, and when a consent no longer holds."""

from django.utils.translation import gettext as _

from applications.content import Content
from applications.enums import Rights
from applications.models import Call, Member, SafetyNetConsent
from hubs_portal.templatetags.french import paris


def signatory_of(content: Content) -> str:
    """Who signs, as a submission keeps it; empty while the name or the title is missing."""
    said = content["statement"]
    if not said["signatory_name"] or not said["signatory_title"]:
        return ""
    return f"{said['signatory_name']}, {said['signatory_title']}"


def is_sworn(content: Content) -> bool:
    """Whether the sworn statement is ticked and signed by name, as a submission asks."""
    said = content["statement"]
    return bool(said["accuracy"] and said["obligations"] and signatory_of(content))


def text_of(call: Call, content: Content) -> str:
    """What is consented to, word for word: it names the closing time and the signatory, and is kept as shown."""
    return _(
        "À l’heure de clôture, le %(closing)s, ou plus tard si l’appel est prolongé, si le dossier est complet et si"
        " son dernier état n’est pas déposé, j’accepte que la plateforme le dépose tel qu’il sera enregistré à cette"
        " heure, avec ce que mes collègues y auront changé, au nom de « %(signatory)s », avec son attestation sur"
        " l’honneur. Je sais que cela ne remplace pas le dépôt : un dossier incomplet n’est pas déposé, un fichier dont"
        " l’envoi n’est pas terminé ne compte pas, et je peux retirer cet accord jusqu’à la clôture."
    ) % {"closing": paris(call.closes_at), "signatory": signatory_of(content)}


def why_fallen(consent: SafetyNetConsent, giver: Member, content: Content) -> str:
    """Why a consent that was not taken back no longer holds, in a sentence; empty when it does."""
    if giver.removed_at is not None or not giver.may(Rights.SUBMIT):
        return _("L’accord avait été donné par %(who)s, qui ne peut plus déposer ce dossier.") % {"who": giver.name}
    if consent.signatory != signatory_of(content):
        return _("L’accord avait été donné au nom de %(signatory)s : le signataire du dossier a changé depuis.") % {
            "signatory": consent.signatory
        }
    return ""
