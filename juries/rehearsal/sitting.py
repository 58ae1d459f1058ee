"""What the invented jurors do with their dossiers: declare ties, read, score, lock, sign."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from applications.actions import reading
from applications.models import Candidacy, Criterion, Member, Territory
from applications.rehearsal import judgement, setting
from applications.rehearsal.cast import Player, players
from applications.rehearsal.office import stranger
from applications.rehearsal.words import Writer
from applications.rules.grid import HIGHEST, total
from hubs_portal.rehearsal.timeline import PassedOver
from juries.actions import interests, scoring
from juries.enums import Stage, Verdict
from juries.models import InterestDeclaration, ScoreSheet, Seat
from juries.rehearsal.cast import Audition, Draft, Juror, Tie, juror, ties
from juries.rehearsal.setting import seat_of
from juries.rules.docket import submissions_readable_by, undeclared

_BETWEEN_DECLARATIONS = timedelta(seconds=50)
_READING = timedelta(minutes=40)
# A hearing raises or lowers everybody's marks a little: this is what it changed, seen from before it.
_BEFORE = (-0.35, 0.2)


def candidacy_of(player: Player) -> Candidacy:
    """The candidacy of a structure, with its call."""
    contact = Member.objects.present().filter(email=player.email, is_contact=True, candidacy__call__slug=setting.SLUG)
    found = Candidacy.objects.filter(pk__in=contact.values("candidacy")).select_related("call").first()
    if found is None:
        raise PassedOver("cette candidature n’existe pas")
    return found


def player_of(candidacy: Candidacy) -> Player:
    """The structure of a candidacy, foreseen or not."""
    contact = candidacy.members.get(is_contact=True, removed_at=None)
    return next((player for player in players() if player.email == contact.email), None) or stranger(contact)


def declare(person: Juror, at: datetime) -> None:
    """Say of each dossier nothing was said of what ties one has with it."""
    seat = seat_of(person)
    mine = {candidacy_of(_player(tie.slug)).pk: tie for tie in ties() if tie.juror == person.key and _exists(tie)}
    waiting = list(undeclared(seat))
    if not waiting:
        raise PassedOver("tout est déclaré")
    for rank, candidacy in enumerate(waiting):
        tie = mine.get(candidacy.pk)
        verdict, reason = (tie.verdict, tie.reason) if tie else (Verdict.NONE, "")
        when = at - _BETWEEN_DECLARATIONS * (len(waiting) - 1 - rank)
        interests.declare_interest(seat, candidacy, verdict=verdict, reason=reason, at=when)


def _player(slug: str) -> Player:
    return next(player for player in players() if player.slug == slug)


def _exists(tie: Tie) -> bool:
    return Member.objects.filter(email=_player(tie.slug).email, is_contact=True).exists()


def clear(tie: Tie, at: datetime) -> None:
    """The chair examines a tie and finds no obstacle."""
    declaration = InterestDeclaration.objects.filter(
        seat=seat_of(juror(tie.juror)), candidacy=candidacy_of(_player(tie.slug)), verdict=Verdict.TO_EXAMINE
    ).first()
    if declaration is None:
        raise PassedOver("aucun lien n’est à examiner")
    interests.clear_interest(declaration, reason=tie.examination, by=seat_of(juror("vasseur")).user, at=at)


def begin(draft: Draft, at: datetime) -> None:
    """Write the first criteria of a sheet, and leave it there."""
    person, candidacy = juror(draft.juror), candidacy_of(_player(draft.slug))
    if draft.stage == Stage.BEFORE:
        sheet = _read_and_open(seat_of(person), candidacy, at)
    else:
        sheet = _after(seat_of(person), candidacy)
    _write(sheet, at, criteria=draft.criteria)


def score_before(audition: Audition, person: Juror, at: datetime) -> None:
    """Read the dossier, score it, lock."""
    sheet = _read_and_open(seat_of(person), candidacy_of(audition.player), at)
    _write(sheet, at)
    scoring.lock_sheet(sheet, at=at)


def score_after(audition: Audition, person: Juror, at: datetime) -> None:
    """Score again after the hearing, and sign."""
    finish(_after(seat_of(person), candidacy_of(audition.player)), at)


def finish(sheet: ScoreSheet, at: datetime) -> None:
    """Complete a sheet of after a hearing, and sign it."""
    _write(sheet, at)
    scoring.sign_sheet(sheet, at=at)


def _read_and_open(seat: Seat, candidacy: Candidacy, at: datetime) -> ScoreSheet:
    version = submissions_readable_by(seat, at).filter(candidacy=candidacy).first()
    if version is None:
        raise PassedOver("ce dossier n’est pas lisible")
    reading.record_reading(version, by=seat.user, at=at - _READING)
    sheet = scoring.open_sheet(seat, candidacy, at=at - _READING)
    if not sheet.is_writable:
        raise PassedOver("cette feuille est verrouillée")
    return sheet


def _after(seat: Seat, candidacy: Candidacy) -> ScoreSheet:
    sheet = ScoreSheet.objects.writable().filter(seat=seat, candidacy=candidacy, stage=Stage.AFTER).first()
    if sheet is None:
        raise PassedOver("aucune feuille n’est à écrire")
    return sheet


def _write(sheet: ScoreSheet, at: datetime, *, criteria: int | None = None) -> None:
    """Fill the sheet in as its author would; what somebody has typed since it was opened stays."""
    candidacy, judge = sheet.candidacy, sheet.seat.user.email
    player = player_of(candidacy)
    grid = list(candidacy.call.criteria.all())
    marks = {c: judgement.mark(player, c.code, judge, drift=_drift(player, sheet.stage)) for c in grid}
    typed = _typed(sheet)
    left = [c for c in grid[:criteria] if c.pk not in typed]
    said = _comments(sheet, player, left, marks)
    average = total(marks) * HIGHEST / Decimal(100)
    opinion = sheet.opinion if typed and sheet.opinion else judgement.opinion(player, average, judge)
    scoring.write_scores(sheet, said, opinion=None if criteria else opinion, at=at)


def _drift(player: Player, stage: str) -> float:
    return player.seeded("hearing").uniform(*_BEFORE) if stage == Stage.BEFORE else 0.0


def _typed(sheet: ScoreSheet) -> set[int]:
    """The criteria its author marked: one reopened after a hearing begins as a copy nobody has touched."""
    if sheet.stage == Stage.AFTER and sheet.saved_at <= sheet.opened_at:
        return set()
    return set(sheet.scores.exclude(value=None).values_list("criterion", flat=True))


def _comments(
    sheet: ScoreSheet, player: Player, criteria: Iterable[Criterion], marks: dict[Criterion, Decimal]
) -> dict[Criterion, scoring.Written]:
    judge = f"{sheet.seat.user.email}/{sheet.stage}"
    if not player.territories:  # somebody invented it: nothing is known of its project
        return {c: scoring.Written(marks[c]) for c in criteria}
    territories = list(Territory.objects.filter(code__in=player.territories).order_by("code"))
    writer = Writer(player, territories)
    return {c: scoring.Written(marks[c], judgement.comment(writer, c.code, marks[c], judge)) for c in criteria}
