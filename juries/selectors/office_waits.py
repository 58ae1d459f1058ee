"""What waits for somebody in a jury this morning: sentences, each with the page where it is dealt with."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import ngettext_lazy

from applications.enums import CandidacyState
from applications.models import Call, Candidacy
from hubs_portal.accounts.models import User
from hubs_portal.templatetags.french import PARIS
from juries.enums import HearingState, SeatRole
from juries.models import Hearing, Jury
from juries.selectors.office_scores import Duty, duties
from juries.selectors.visible import to_examine
from juries.workflow import AWAITED, STANDING

_WEEK = timedelta(days=7)
# The pages where one only comes to act.
_ACTING = frozenset({"interests", "convene_all"})
# What may wait, the most pressing first: its sentence, the page where it is dealt with, whether it is for now.
_KINDS: dict[str, tuple[Any, str, bool]] = {
    "ties": (
        ngettext_lazy("%(n)s lien déclaré est à examiner", "%(n)s liens déclarés sont à examiner", "n"),
        "interests",
        True,
    ),
    "over": (
        ngettext_lazy(
            "%(n)s audition passée n’a pas de feuille de présence",
            "%(n)s auditions passées n’ont pas de feuille de présence",
            "n",
        ),
        "hearings",
        True,
    ),
    "late": (
        ngettext_lazy("%(n)s feuille de notes est en retard", "%(n)s feuilles de notes sont en retard", "n"),
        "scores",
        True,
    ),
    "stray": (
        ngettext_lazy(
            "%(n)s candidature présélectionnée n’a pas de panel",
            "%(n)s candidatures présélectionnées n’ont pas de panel",
            "n",
        ),
        "panels",
        True,
    ),
    "unheard": (
        ngettext_lazy(
            "%(n)s candidature présélectionnée n’a pas d’audition",
            "%(n)s candidatures présélectionnées n’ont pas d’audition",
            "n",
        ),
        "hearings",
        True,
    ),
    "drafts": (
        ngettext_lazy(
            "%(n)s audition placée n’est pas convoquée", "%(n)s auditions placées ne sont pas convoquées", "n"
        ),
        "convene_all",
        True,
    ),
    "chairless": (
        ngettext_lazy("Ce jury n’a pas de présidence", "Ces jurys n’ont pas de présidence", "n"),
        "change",
        False,
    ),
    "silent": (
        ngettext_lazy("%(n)s personne invitée n’a pas répondu", "%(n)s personnes invitées n’ont pas répondu", "n"),
        "change",
        False,
    ),
    "unsworn": (
        ngettext_lazy("%(n)s charte reste à signer", "%(n)s chartes restent à signer", "n"),
        "change",
        False,
    ),
    "mute": (
        ngettext_lazy(
            "%(n)s candidat convoqué n’a pas confirmé sa venue",
            "%(n)s candidats convoqués n’ont pas confirmé leur venue",
            "n",
        ),
        "hearings",
        False,
    ),
    "before": (
        ngettext_lazy("%(n)s feuille de notes à finir", "%(n)s feuilles de notes à finir", "n"),
        "scores",
        False,
    ),
    "after": (
        ngettext_lazy("%(n)s feuille d’après l’audition à signer", "%(n)s feuilles d’après l’audition à signer", "n"),
        "scores",
        False,
    ),
}


@dataclass(frozen=True)
class Wait:
    """Something to do, and the page of the jury where it is done."""

    kind: str
    n: int
    by_who_works: bool

    @property
    def is_open(self) -> bool:
        """Whether the reader may enter the page."""
        return self.by_who_works or _KINDS[self.kind][1] not in _ACTING

    @property
    def sentence(self) -> str:
        """In words."""
        return str(_KINDS[self.kind][0] % {"n": self.n})

    @property
    def address(self) -> str:
        """The name of the page's address."""
        return f"admin:juries_jury_{_KINDS[self.kind][1]}"

    @property
    def is_now(self) -> bool:
        """Whether it is for now."""
        return _KINDS[self.kind][2]


@dataclass(frozen=True)
class JuryBoard:
    """A jury, this morning."""

    jury: Jury
    waits: list[Wait]
    this_week: list[Hearing]

    @property
    def is_now(self) -> bool:
        """Whether something must be done now."""
        return any(wait.is_now for wait in self.waits)


def boards(juries: QuerySet[Jury], user: User, at: datetime, *, working: Container[int]) -> list[JuryBoard]:
    """What waits in each of these juries: eight queries for all of them, one when there are none.

    `working` holds the calls for which the person acts: an observer is not told of declared ties.
    """
    given = list(_counted(juries, user))
    if not given:
        return []
    facts = _Facts(given, user)
    return [
        JuryBoard(jury, facts.waits(jury, at, acts=jury.call_id in working), facts.of_this_week(jury, at))
        for jury in given
    ]


def pressing(user: User, call: Call, at: datetime) -> list[str]:
    """What must be done now in the juries of a call, for somebody who acts there, in the language of the moment."""
    juries = Jury.objects.filter(call=call).order_by("pk")
    return [
        wait.sentence for board in boards(juries, user, at, working={call.pk}) for wait in board.waits if wait.is_now
    ]


def _counted(juries: QuerySet[Jury], user: User) -> QuerySet[Jury]:
    """The juries with what waits of their people, and the ties that wait for this person."""
    present = Q(seats__removed_at__isnull=True)
    ties = to_examine(user).filter(seat__jury=OuterRef("pk")).order_by().values("seat__jury")
    return juries.annotate(
        chairs=Count("seats", filter=present & Q(seats__role=SeatRole.CHAIR)),
        silent=Count("seats", filter=present & Q(seats__accepted_at__isnull=True)),
        unsworn=Count(
            "seats", filter=present & Q(seats__accepted_at__isnull=False, seats__charter_signed_at__isnull=True)
        ),
        ties=Coalesce(Subquery(ties.annotate(n=Count("pk")).values("n")), 0),
    )


class _Facts:
    """What is known of some juries, read together; of each, what `_counted` counted."""

    def __init__(self, juries: list[Jury], user: User) -> None:
        keys = [jury.pk for jury in juries]
        self.unheard = _unheard(juries)
        self.hearings = _hearings(keys)
        self.duties = duties(juries, user)

    def waits(self, jury: Jury, at: datetime, *, acts: bool) -> list[Wait]:
        """The sentences, the most pressing first."""
        counts = self._people(jury) | self._calendar(jury, at) | self._scores(jury, at)
        counts["ties"] = jury.__dict__["ties"] if acts else 0
        return [Wait(kind, counts[kind], acts) for kind in _KINDS if counts.get(kind)]

    def of_this_week(self, jury: Jury, at: datetime) -> list[Hearing]:
        """The hearings of the week, Monday to Sunday in Paris."""
        today = _day(at)
        monday = today - timedelta(days=today.weekday())
        return [row for row in self._of(jury) if monday <= _day(row.slot.starts_at) < monday + _WEEK]

    def _of(self, jury: Jury) -> list[Hearing]:
        return [hearing for hearing in self.hearings if hearing.slot.jury_id == jury.pk]

    def _people(self, jury: Jury) -> dict[str, int]:
        said = jury.__dict__
        return {"chairless": int(not said["chairs"]), "silent": said["silent"], "unsworn": said["unsworn"]}

    def _calendar(self, jury: Jury, at: datetime) -> dict[str, int]:
        unheard = [row for row in self.unheard if row.call_id == jury.call_id]
        mine = self._of(jury)
        return {
            "stray": sum(row.jury_id is None for row in unheard),
            "unheard": sum(row.jury_id == jury.pk for row in unheard),
            "drafts": sum(row.state == HearingState.PROPOSED for row in mine),
            "mute": sum(row.state == HearingState.CONVENED and row.slot.starts_at > at for row in mine),
            "over": sum(row.state in AWAITED and row.slot.ends_at <= at for row in mine),
        }

    def _scores(self, jury: Jury, at: datetime) -> dict[str, int]:
        mine: list[Duty] = [duty for duty in self.duties if duty.jury_id == jury.pk]
        is_late = jury.scores_due_on is not None and _day(at) > jury.scores_due_on
        return {
            "late" if is_late else "before": sum(duty.lacks_before for duty in mine),
            "after": sum(duty.lacks_after for duty in mine),
        }


def _day(instant: datetime) -> date:
    return timezone.localtime(instant, PARIS).date()


def _unheard(juries: list[Jury]) -> list[Any]:
    """The shortlisted candidacies no hearing waits for, each with `jury_id`: whose panel has it, if any has."""
    standing = Hearing.objects.filter(candidacy=OuterRef("pk"), state__in=sorted(STANDING))
    shortlisted = Candidacy.objects.filter(call__in={jury.call_id for jury in juries}, state=CandidacyState.SHORTLISTED)
    return list(shortlisted.filter(~Exists(standing)).annotate(jury_id=F("assignment__panel__jury")))


def _hearings(keys: list[int]) -> list[Hearing]:
    found = Hearing.objects.filter(panel__jury__in=keys, state__in=sorted(STANDING))
    return list(found.select_related("slot", "panel", "candidacy__organisation").order_by("slot__starts_at", "pk"))
