"""Score: written as one goes, locked before the hearing, reopened after it, signed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.models import Candidacy, Criterion
from applications.rules.grid import is_a_mark
from hubs_portal import locks
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal
from hubs_portal.templatetags.french import clock
from juries.actions.steps import lock_hearing, lock_jury, lock_sheet_row, record
from juries.enums import HearingState, SheetState, Stage
from juries.models import Hearing, Jury, PanelMember, Recusal, Score, ScoreSheet, Seat
from juries.rules.docket import refuse_unless_cleared, still_sitting
from juries.rules.offices import refuse_unless_leading
from juries.rules.sheets import missing_on
from juries.workflow import SHEET, WRITABLE


@dataclass(frozen=True)
class Written:
    """What a juror writes beside a criterion: a mark from 0 to 5 by half points, or none yet, and a comment."""

    value: Decimal | None = None
    comment: str = ""


class StaleSheet(Refusal):
    """The sheet was saved by another page since this one was shown; `sheet` is what it says now."""

    def __init__(self, sheet: ScoreSheet) -> None:
        super().__init__(
            _(
                "Cette feuille a été enregistrée à %(clock)s depuis une autre page ou un autre appareil."
                " Comparez, puis enregistrez : rien de ce que vous venez d’écrire n’est perdu."
            )
            % {"clock": clock(sheet.saved_at)},
            code="stale_sheet",
        )
        self.sheet = sheet


@locks.retried
def open_sheet(seat: Seat, candidacy: Candidacy, *, at: datetime) -> ScoreSheet:
    """The juror's sheet for this candidacy before its hearing, created when they first come. Readers only."""
    with transaction.atomic():
        lock_jury(seat.jury_id)
        seat = still_sitting(seat)
        refuse_unless_cleared(seat, candidacy)
        reads = PanelMember.objects.filter(seat=seat, reader=True, panel__assignments__candidacy=candidacy)
        if not reads.exists():
            raise Refusal(_("Vous noterez cette candidature après son audition."), code="not_a_reader")
        sheet, created = ScoreSheet.objects.get_or_create(
            seat=seat, candidacy=candidacy, stage=Stage.BEFORE, defaults={"opened_at": at, "saved_at": at}
        )
        if created and _heard(candidacy):
            raise Refusal(_("L’audition est passée : notez sur la feuille d’après l’audition."), code="already_heard")
    return sheet


def _heard(candidacy: Candidacy) -> bool:
    return Hearing.objects.filter(candidacy=candidacy, state=HearingState.HELD).exists()


@locks.retried
def write_scores(
    sheet: ScoreSheet,
    written: Mapping[Criterion, Written],
    *,
    at: datetime,
    opinion: str | None = None,
    seen: datetime | None = None,
) -> ScoreSheet:
    """Save what a juror has written so far; criteria not given stay as they were. Leaves no line in the journal.

    `seen` is when the sheet the page shows was saved: raises `StaleSheet` when it was saved since and says otherwise.
    What the sheet says already is not a saving: its instant stays, and a page that shows it is not out of date.
    """
    with transaction.atomic():
        sheet = _own(sheet)
        _refuse_unwritable(sheet)
        _refuse_off_the_scale(sheet, written)
        if _says(sheet, written, opinion):
            return sheet  # the same request again, or the page's own saving crossing its last click
        if seen is not None and sheet.saved_at != seen:
            raise StaleSheet(sheet)
        Score.objects.bulk_create(
            [
                Score(sheet=sheet, criterion=criterion, value=said.value, comment=said.comment.strip())
                for criterion, said in written.items()
            ],
            update_conflicts=True,
            unique_fields=["sheet", "criterion"],
            update_fields=["value", "comment"],
        )
        sheet.opinion = sheet.opinion if opinion is None else opinion.strip()
        sheet.saved_at = at
        sheet.save(update_fields=["opinion", "saved_at"])
    return sheet


def _says(sheet: ScoreSheet, written: Mapping[Criterion, Written], opinion: str | None) -> bool:
    known = {score.criterion_id: Written(score.value, score.comment) for score in sheet.scores.all()}
    given = {criterion.pk: Written(said.value, said.comment.strip()) for criterion, said in written.items()}
    return all(known.get(pk, Written()) == said for pk, said in given.items()) and (
        opinion is None or opinion.strip() == sheet.opinion
    )


def _own(sheet: ScoreSheet) -> ScoreSheet:
    locked = lock_sheet_row(sheet.pk)
    refuse_unless_cleared(still_sitting(locked.seat), locked.candidacy)
    if locked.annulled_at is not None:
        raise Refusal(_("Cette feuille est annulée : la feuille de présence vous dit absent."), code="annulled")
    return locked


def _refuse_unwritable(sheet: ScoreSheet) -> None:
    if sheet.state not in WRITABLE:
        raise Refusal(_("Cette feuille est verrouillée : elle ne change plus."), code="locked")
    if sheet.stage == Stage.BEFORE and _heard(sheet.candidacy):
        raise Refusal(_("L’audition est passée : notez sur la feuille d’après l’audition."), code="already_heard")


def _refuse_off_the_scale(sheet: ScoreSheet, written: Mapping[Criterion, Written]) -> None:
    mine = set(sheet.candidacy.call.criteria.values_list("pk", flat=True))
    wrong = [
        criterion.label
        for criterion, said in written.items()
        if criterion.pk not in mine or (said.value is not None and not is_a_mark(said.value))
    ]
    if wrong:
        raise Refusal(_("Notez de 0 à 5, par demi-points, chacun de ces critères."), code="off_the_scale", items=wrong)


@locks.retried
def lock_sheet(sheet: ScoreSheet, *, at: datetime, seen: datetime | None = None) -> ScoreSheet:
    """Finish the sheet written on the dossier alone; the others' then open to its author. Lists what is missing.

    `seen` is when the sheet its author read again was saved: nobody locks what they have not read.
    """
    with transaction.atomic():
        jury = lock_jury(sheet.seat.jury_id)
        sheet = _own(sheet)
        if sheet.state == SheetState.LOCKED:
            return sheet
        _refuse_stale(sheet, seen)
        row = SHEET.step("lock", SheetState(sheet.state))
        _refuse_unwritable(sheet)
        _refuse_incomplete(sheet)
        sheet.state, sheet.locked_at = row.target, at
        sheet.save(update_fields=["state", "locked_at"])
        record("lock_sheet", jury, by=sheet.seat.actor, at=at, candidacy=sheet.candidacy.number)
    return sheet


@locks.retried
def reopen_after_hearing(hearing: Hearing, *, by: User, at: datetime) -> list[ScoreSheet]:
    """Give each juror who was in the room a sheet of after the hearing, reader or not; those of before stay.

    A copy of what they had written, or an empty one. Done again, it only adds what is missing.
    """
    with transaction.atomic():
        jury = lock_jury(hearing.panel.jury_id)
        refuse_unless_leading(jury, by)
        hearing = lock_hearing(hearing.pk)
        if hearing.state != HearingState.HELD:
            raise Refusal(_("L’audition n’a pas encore eu lieu."), code="not_held")
        return open_sheets_of_after(hearing, jury, by=by, at=at)


def open_sheets_of_after(hearing: Hearing, jury: Jury, *, by: User, at: datetime) -> list[ScoreSheet]:
    """The sheets of after that are missing to those present. The caller holds the jury's lock, and the hearing's."""
    recused = Recusal.objects.filter(candidacy=hearing.candidacy).values("seat__user")
    present = Seat.objects.sworn().filter(presences__hearing=hearing, presences__present=True)
    seats = present.exclude(user__in=recused).order_by("pk")
    made = [sheet for seat in seats if (sheet := _reopen(seat, hearing.candidacy, at)) is not None]
    if made:
        _record_reopening(jury, hearing, len(made), by, at)
    return made


def annul_unsigned(hearing: Hearing, seats: Collection[int], *, at: datetime) -> None:
    """Annul what these jurors, who were not there after all, had begun to write. The caller holds the jury's lock."""
    begun = ScoreSheet.objects.writable().filter(candidacy=hearing.candidacy, stage=Stage.AFTER, seat__in=seats)
    begun.update(annulled_at=at)


def _reopen(seat: Seat, candidacy: Candidacy, at: datetime) -> ScoreSheet | None:
    before = ScoreSheet.objects.live().filter(seat=seat, candidacy=candidacy, stage=Stage.BEFORE).first()
    state = SHEET.step("reopen", SheetState(before.state)).target if before else SheetState.REOPENED
    after, created = ScoreSheet.objects.get_or_create(
        seat=seat,
        candidacy=candidacy,
        stage=Stage.AFTER,
        defaults={"state": state, "opinion": before.opinion if before else "", "opened_at": at, "saved_at": at},
    )
    if not created:
        return _revived(after)
    copied = before.scores.all() if before else []
    Score.objects.bulk_create(
        Score(sheet=after, criterion_id=score.criterion_id, value=score.value, comment=score.comment)
        for score in copied
    )
    return after


def _revived(sheet: ScoreSheet) -> ScoreSheet | None:
    """The sheet annulled while its author, who was there, passed for absent: as they left it. `None`: it is theirs."""
    if sheet.annulled_at is None:
        return None
    sheet.annulled_at = None
    sheet.save(update_fields=["annulled_at"])
    return sheet


def _record_reopening(jury: Jury, hearing: Hearing, sheets: int, by: User, at: datetime) -> None:
    number = hearing.candidacy.number
    record("reopen_after_hearing", jury, by=Actor.person(by), at=at, candidacy=number, sheets=sheets)


@locks.retried
def sign_sheet(sheet: ScoreSheet, *, at: datetime, seen: datetime | None = None) -> ScoreSheet:
    """Sign the sheet of after the hearing: it does not change any more. Lists what is missing."""
    with transaction.atomic():
        jury = lock_jury(sheet.seat.jury_id)
        sheet = _own(sheet)
        if sheet.state == SheetState.SIGNED:
            return sheet
        _refuse_stale(sheet, seen)
        row = SHEET.step("sign", SheetState(sheet.state))
        _refuse_incomplete(sheet)
        sheet.state, sheet.signed_at = row.target, at
        sheet.save(update_fields=["state", "signed_at"])
        record("sign_sheet", jury, by=sheet.seat.actor, at=at, candidacy=sheet.candidacy.number)
    return sheet


def _refuse_stale(sheet: ScoreSheet, seen: datetime | None) -> None:
    if seen is not None and sheet.saved_at != seen:
        raise StaleSheet(sheet)


def _refuse_incomplete(sheet: ScoreSheet) -> None:
    if items := missing_on(sheet):
        raise Refusal(_("Cette feuille n’est pas complète : il manque ce qui suit."), code="incomplete", items=items)
