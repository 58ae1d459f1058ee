"""The deadline: one instant, compared with the arrival of a request. Nothing waits for a job to close the call."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from applications.enums import CallState
from applications.models import Call
from hubs_portal.refusals import Refusal

# The freeze follows the closing time by more than the longest queue and the longest request.
FREEZE_DELAY = timedelta(seconds=60)


class TooLate(Refusal):
    """The request arrived at the closing time or after it."""


def refuse_if_late(call: Call, arrived_at: datetime) -> None:
    """Raise unless the call takes what arrived then: strictly before `closes_at`; 17:00:00.000000 is late."""
    if call.state == CallState.DRAFT or arrived_at < call.opens_at:
        raise Refusal(_("L’appel n’est pas encore ouvert : revenez à la date d’ouverture."), code="not_open_yet")
    if arrived_at >= call.closes_at:
        raise TooLate(
            _("L’appel est clos : ce que vous avez envoyé est arrivé après l’heure limite. Rien n’a été modifié."),
            code="too_late",
        )
    if call.frozen_at is not None:
        raise TooLate(
            _(
                "La liste des dépôts est arrêtée : votre envoi n’a pas pu être pris en compte à temps."
                " Appelez le service, l’heure d’arrivée de votre envoi est conservée."
            ),
            code="frozen",
        )
