"""Make a structure known to the others of its territories, take that back, and write to one of them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications import letters
from applications.actions.membership import still
from applications.actions.steps import lock_candidacy, record
from applications.enums import Rights
from applications.models import Candidacy, Member, Neighbour, NeighbourMessage, Territory
from applications.rules.deadline import refuse_if_late
from applications.rules.neighbours import DAY, LONGEST, MOST, MOST_TO_ONE, most_territories
from applications.selectors.neighbours import neighbour_of, territories_offered
from applications.workflow import WITH_A_LIVE_DRAFT
from hubs_portal import locks
from hubs_portal.refusals import Refusal


@locks.retried
def make_known(member: Member, territories: Sequence[Territory], *, at: datetime) -> Neighbour:
    """Show the name of the structure, in these territories, to those that made the same choice there; and theirs to it.

    Asked again, it changes the territories. Raises `Refusal` without one, beyond those of a hub, for one that is not of
    the candidacy, and once the draft is no longer changed.
    """
    with transaction.atomic():
        candidacy = _locked(member, Rights.SUBMIT, at)
        author = still(member, Rights.SUBMIT)
        _refuse_unfit(candidacy, territories)
        defaults = {"since": at, "chosen_by": author.actor.label}
        neighbour, created = Neighbour.objects.get_or_create(candidacy=candidacy, defaults=defaults)
        before = set(neighbour.territories.values_list("pk", flat=True))
        if created or before != {territory.pk for territory in territories}:
            neighbour.territories.set(territories)
            # The journal is read by the team before the closing: it does not tell the territories of a draft.
            record("make_known" if created else "change_known", candidacy, by=author.actor, at=at)
    return neighbour


@locks.retried
def stay_unknown(member: Member, *, at: datetime) -> None:
    """Take the choice back: from now on nobody is shown the structure, nor it anybody. Asked twice, it is once."""
    with transaction.atomic():
        candidacy = lock_candidacy(member.candidacy_id)
        author = still(member, Rights.SUBMIT)
        deleted, _rows = Neighbour.objects.filter(candidacy=candidacy).delete()
        if deleted:
            record("stay_unknown", candidacy, by=author.actor, at=at)


@locks.retried
def write_to_neighbour(member: Member, code: str, text: str, *, at: datetime) -> NeighbourMessage:
    """Carry a message to the contact of the structure of that code, by a letter that shows no address of either.

    The same text to the same structure within a day is the same message. Raises `Refusal` when it is no longer shown,
    for an empty or too long text, past ten messages of one candidacy in a day or three to one structure.
    """
    with transaction.atomic():
        candidacy = _locked(member, Rights.EDIT, at)
        author = still(member, Rights.EDIT)
        neighbour = neighbour_of(candidacy, code)
        if neighbour is None:
            raise Refusal(
                _("Cette structure n’est plus joignable par le portail : elle, ou vous, ne s’y fait plus connaître."),
                code="not_reachable",
            )
        text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
        _refuse_text(text)
        today = candidacy.messages_to_neighbours.filter(sent_at__gt=at - DAY)
        known = today.filter(recipient=neighbour.candidacy, text=text).first()
        if known:
            return known
        _refuse_too_many(today.count(), today.filter(recipient=neighbour.candidacy).count())
        message = NeighbourMessage.objects.create(
            sender=candidacy, recipient=neighbour.candidacy, text=text, author=author.actor.label, sent_at=at
        )
        record("write_to_neighbour", candidacy, by=author.actor, at=at)
        letters.neighbour_message(message, at=at)
    return message


def _locked(member: Member, right: Rights, at: datetime) -> Candidacy:
    candidacy = lock_candidacy(member.candidacy_id)
    still(member, right)
    refuse_if_late(candidacy.call, at)
    if candidacy.state not in WITH_A_LIVE_DRAFT:
        raise Refusal(_("Ce dossier n’est plus modifiable."), code="not_a_draft")
    return candidacy


def _refuse_unfit(candidacy: Candidacy, territories: Sequence[Territory]) -> None:
    if not territories:
        raise Refusal(_("Choisissez au moins un territoire."), code="no_territory")
    if len(territories) > (most := most_territories(candidacy)):
        raise Refusal(_("Choisissez au plus %(n)s territoires.") % {"n": most}, code="too_many_territories")
    offered = {territory.pk for territory in territories_offered(candidacy)}
    if not {territory.pk for territory in territories} <= offered:
        raise Refusal(_("Un des territoires choisis n’est pas de votre candidature."), code="not_of_the_candidacy")


def _refuse_text(text: str) -> None:
    if not text:
        raise Refusal(_("Écrivez votre message."), code="no_text")
    if len(text) > LONGEST:
        raise Refusal(
            _("Ce message a %(n)s signes : pas plus de %(most)s.") % {"n": len(text), "most": LONGEST}, code="too_long"
        )


def _refuse_too_many(in_all: int, to_one: int) -> None:
    if to_one >= MOST_TO_ONE:
        raise Refusal(
            _("Vous avez déjà écrit trois fois en un jour à cette structure : laissez-lui le temps de répondre."),
            code="too_many_to_one",
        )
    if in_all >= MOST:
        raise Refusal(_("Vous avez déjà envoyé dix messages en un jour : attendez demain."), code="too_many")
