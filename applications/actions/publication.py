"""Publish a call: refused while what candidates or the law need is missing."""

from datetime import datetime

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from applications.actions.steps import moving_call
from applications.enums import Role
from applications.models import Call
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal, Sentence


def missing_to_publish(call: Call) -> list[Sentence]:
    """What keeps a call from being published, one sentence each (contact and appeals: CRPA, R112-11-1)."""
    wanted: list[tuple[bool, Sentence]] = [
        (bool(call.service_name), _("Indiquez le nom du service chargé de l’appel.")),
        (bool(call.service_address), _("Indiquez l’adresse postale du service.")),
        (bool(call.service_phone), _("Indiquez le téléphone du service.")),
        (bool(call.service_email), _("Indiquez l’adresse électronique du service.")),
        (bool(call.silence_fr), _("Écrivez ce que vaut le silence de l’administration.")),
        (bool(call.appeal_fr), _("Écrivez les voies et délais de recours.")),
        (call.criteria.aggregate(total=Sum("weight"))["total"] == 100, _("Les poids de la grille doivent faire 100.")),
        (call.requirements.exists(), _("Établissez la liste des pièces demandées.")),
        (call.questions.exists(), _("Écrivez les questions du dossier.")),
        (call.team.filter(role=Role.MANAGER).count() >= 2, _("Nommez au moins deux responsables.")),
    ]
    return [sentence for present, sentence in wanted if not present]


def publish_call(call: Call, *, by: Actor, at: datetime) -> Call:
    """Open the call to the public; from here on its grid and requirements are locked. Raises `Refusal`."""
    if items := missing_to_publish(call):
        raise Refusal(
            _("L’appel ne peut pas être publié : il manque ce qui suit."), code="incomplete_call", items=items
        )
    with moving_call("publish", call, by=by, at=at) as published:
        return published
