"""What a juror may open: nothing before the charter, no content before every declaration, nothing once recused."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from applications.models import Candidacy, CompletionItem, Replacement, Submission, SubmissionFile
from hubs_portal.refusals import Refusal
from juries.enums import Verdict
from juries.models import InterestDeclaration, PanelMember, Recusal, Seat


def still_sitting(seat: Seat) -> Seat:
    """The seat as it is now; raises `Refusal` when its holder left the jury or has not signed the charter."""
    present = Seat.objects.present().select_related("user", "jury__call").filter(pk=seat.pk).first()
    if present is None:
        raise Refusal(_("Vous ne siégez plus dans ce jury."), code="removed")
    if present.charter_signed_at is None:
        raise Refusal(_("Signez d’abord la charte du jury : rien n’est lisible avant."), code="no_charter")
    return present


def docket(seat: Seat) -> QuerySet[Candidacy]:
    """The candidacies given to the juror's panels, without those they stay out of: every other read starts here."""
    mine = PanelMember.objects.filter(
        panel=OuterRef("assignment__panel"), seat__in=Seat.objects.sworn().filter(pk=seat.pk)
    )
    recused = Recusal.objects.filter(seat__user=seat.user_id, candidacy=OuterRef("pk"))
    return Candidacy.objects.filter(Exists(mine), ~Exists(recused)).order_by("number")


def untied(seat: Seat) -> QuerySet[Candidacy]:
    """The docket without the candidacies with which the juror declared a tie that is still examined."""
    tied = InterestDeclaration.objects.filter(seat=seat, candidacy=OuterRef("pk"), verdict=Verdict.TO_EXAMINE)
    return docket(seat).filter(~Exists(tied))


def undeclared(seat: Seat) -> QuerySet[Candidacy]:
    """The candidacies of the docket of which the juror has said nothing yet."""
    return docket(seat).exclude(interest_declarations__in=InterestDeclaration.objects.filter(seat=seat))


def cleared(seat: Seat) -> QuerySet[Candidacy]:
    """The candidacies whose content the juror may read: no tie declared, and nothing left to declare."""
    declared = InterestDeclaration.objects.filter(seat=seat, candidacy=OuterRef("pk"), verdict=Verdict.NONE)
    silent = undeclared(seat).order_by()
    return docket(seat).filter(Exists(declared), ~Exists(silent))


def submissions_readable_by(seat: Seat, at: datetime) -> QuerySet[Submission]:
    """The version that counts of each dossier the juror may read, once the call is closed and frozen."""
    return (
        Submission.objects.latest_of_each()
        .filter(
            candidacy__in=cleared(seat).order_by(),
            candidacy__call__closes_at__lte=at,
            candidacy__call__frozen_at__isnull=False,
        )
        .select_related("candidacy__organisation", "candidacy__call")
        .order_by("candidacy__number")
    )


def files_readable_by(seat: Seat, at: datetime) -> QuerySet[SubmissionFile]:
    """The files of those versions, and no other."""
    readable = submissions_readable_by(seat, at).order_by()
    return SubmissionFile.objects.filter(submission__in=readable).select_related("stored", "submission")


def completions_readable_by(seat: Seat, at: datetime) -> QuerySet[CompletionItem]:
    """The documents received after the closing for the dossiers the juror may read."""
    readable = submissions_readable_by(seat, at).order_by().values("candidacy")
    return (
        CompletionItem.objects.filter(request__candidacy__in=readable, stored__isnull=False, received_at__lte=at)
        .select_related("stored__scan", "requirement", "request")
        .order_by("received_at", "pk")
    )


def replacements_readable_by(seat: Seat, at: datetime) -> QuerySet[Replacement]:
    """The files sent in the place of those nobody could read, for the same dossiers."""
    readable = submissions_readable_by(seat, at).order_by().values("candidacy")
    return (
        Replacement.objects.filter(candidacy__in=readable, stored__isnull=False, received_at__lte=at)
        .select_related("stored__scan", "document__requirement")
        .order_by("received_at", "pk")
    )


def refuse_unless_cleared(seat: Seat, candidacy: Candidacy) -> None:
    """Raise unless the juror may read and score this candidacy."""
    if cleared(seat).filter(pk=candidacy.pk).exists():
        return
    if not docket(seat).filter(pk=candidacy.pk).exists():
        raise Refusal(_("Cette candidature ne vous est pas attribuée."), code="not_yours")
    if undeclared(seat).exists():
        raise Refusal(
            _("Déclarez d’abord vos liens avec chacune des candidatures qui vous sont attribuées."), code="undeclared"
        )
    raise Refusal(_("Le lien que vous avez déclaré est à l’examen : ce dossier reste fermé."), code="to_examine")
