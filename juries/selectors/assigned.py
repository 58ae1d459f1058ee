"""A candidacy as one juror holds it: fetched by their account, never by its number alone."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from applications.models import Candidacy
from hubs_portal.accounts.models import User
from hubs_portal.refusals import Sentence
from juries.enums import HearingState, Stage, Verdict
from juries.models import Hearing, InterestDeclaration, PanelMember, Seat
from juries.rules.docket import docket, undeclared


@dataclass(frozen=True)
class Assigned:
    """A candidacy of a juror's docket. Having one says nothing of its content: see `shut`."""

    seat: Seat
    candidacy: Candidacy
    reads: bool  # a reader scores the dossier before the hearing; the others score once they have heard
    verdict: str  # what the juror declared; empty: nothing yet
    all_declared: bool
    heard: bool

    @property
    def shut(self) -> Sentence:
        """Why the content stays closed to this juror; empty when it is open."""
        if self.verdict == Verdict.TO_EXAMINE:
            return _("Le lien que vous avez déclaré est à l’examen : ce dossier reste fermé.")
        if not self.all_declared:
            return _("Déclarez d’abord vos liens avec chacune des candidatures qui vous sont attribuées.")
        return _("Ce dossier s’ouvrira quand la liste des dépôts sera arrêtée.") if self.is_sealed else ""

    @property
    def is_sealed(self) -> bool:
        """Whether the call may still receive submissions: nobody reads any before its list is final."""
        return self.candidacy.call.frozen_at is None

    @property
    def stage(self) -> Stage:
        """The sheet this juror may be writing now."""
        return Stage.AFTER if self.heard else Stage.BEFORE


def assigned_to(seat: Seat) -> list[Assigned]:
    """Everything in a juror's docket, by number: one query."""
    return [_held(seat, candidacy) for candidacy in _docket(seat)]


def find_assigned(user: User, number: str) -> Assigned | None:
    """The candidacy of that number if it is in the docket of one of this person's seats: two queries."""
    membership = (
        PanelMember.objects.filter(panel__assignments__candidacy__number=number, seat__in=Seat.objects.of(user).sworn())
        .select_related("seat__user", "seat__jury__call")
        .first()
    )
    if membership is None:
        return None
    candidacy = _docket(membership.seat).filter(number=number).first()
    return _held(membership.seat, candidacy) if candidacy else None


def _docket(seat: Seat) -> QuerySet[Candidacy]:
    declared = InterestDeclaration.objects.filter(seat=seat, candidacy=OuterRef("pk"))
    reading = PanelMember.objects.filter(seat=seat, panel=OuterRef("assignment__panel"), reader=True)
    held = Hearing.objects.filter(candidacy=OuterRef("pk"), state=HearingState.HELD)
    return (
        docket(seat)
        .select_related("call", "organisation")
        .annotate(
            verdict=Subquery(declared.values("verdict")[:1]),
            reads=Exists(reading),
            heard=Exists(held),
            some_undeclared=Exists(undeclared(seat).order_by()),
        )
    )


def _held(seat: Seat, candidacy: Candidacy) -> Assigned:
    said = candidacy.__dict__  # what `_docket` annotated
    return Assigned(
        seat,
        candidacy,
        reads=said["reads"],
        verdict=said["verdict"] or "",
        all_declared=not said["some_undeclared"],
        heard=said["heard"],
    )
