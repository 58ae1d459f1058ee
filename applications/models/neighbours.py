"""Structures that chose to be known to the others of their territories, and what they write to each other."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.call import Territory
from applications.models.candidacy import Candidacy


def new_code() -> str:
    """A name nobody can guess."""
    return secrets.token_urlsafe(9)


class Neighbour(models.Model):
    """A candidacy that made itself known, in the territories it chose: the row is the choice, without it nobody knows.

    The code names it to the others: neither its number, nor a rank that would tell how many there are.
    """

    candidacy = models.OneToOneField(Candidacy, on_delete=models.RESTRICT, related_name="neighbour")
    code = models.CharField(_("code"), max_length=20, unique=True, default=new_code)
    territories = models.ManyToManyField(Territory, related_name="+", verbose_name=_("territoires"))
    since = models.DateTimeField(_("depuis le"))
    chosen_by = models.CharField(_("par"), max_length=320)

    class Meta:
        verbose_name = _("structure qui s’est fait connaître")
        verbose_name_plural = _("structures qui se sont fait connaître")

    def __str__(self) -> str:
        return f"{self.candidacy_id}"


class NeighbourMessage(models.Model):
    """What a structure wrote to another through the portal; the letter that carried it is in the ledger."""

    sender = models.ForeignKey(Candidacy, on_delete=models.RESTRICT, related_name="messages_to_neighbours")
    recipient = models.ForeignKey(Candidacy, on_delete=models.RESTRICT, related_name="messages_of_neighbours")
    text = models.TextField(_("message"))
    author = models.CharField(_("auteur"), max_length=320)
    sent_at = models.DateTimeField(_("envoyé le"))

    class Meta:
        verbose_name = _("message entre structures")
        verbose_name_plural = _("messages entre structures")
        ordering = ["sent_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(sender=models.F("recipient")), name="neighbour_message_to_another"
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="neighbour_message_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.sender_id} → {self.recipient_id}"
