"""« Mon jury »: what a juror must do before when, what to do next, their dossiers as cards without content."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models import Candidacy
from hubs_portal.accounts.models import User
from hubs_portal.templatetags.french import PARIS, day, paris_short
from juries.enums import DeliberationState, SeatRole, SheetState, Stage, Verdict
from juries.models import Deliberation, Hearing, ScoreSheet, Seat
from juries.selectors.assigned import Assigned, assigned_to
from juries.selectors.visible import hearings_visible_to, sheets_of, to_examine
from juries.workflow import AWAITED

# The cards that wait for the juror come first, those that are done last.
_ORDER = ("reopened", "open", "to_read", "to_hear", "undeclared", "heard", "locked", "signed", "to_examine", "shut")
# How long before it starts a hearing comes before everything else.
_SOON = timedelta(hours=3)


@dataclass(frozen=True)
class Card:
    """A candidacy on the desk: whose it is, where the juror stands with it, when it is heard."""

    held: Assigned
    state: str
    marked: int = 0
    hearing: Hearing | None = None

    @property
    def candidacy(self) -> Candidacy:
        """The candidacy."""
        return self.held.candidacy


@dataclass(frozen=True)
class Step:
    """The one thing to do next."""

    label: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Mandate:
    """One seat: its tasks with their dates, its cards, the next thing to do."""

    seat: Seat
    cards: list[Card]
    hearings: list[Hearing]  # to come, the nearest first
    criteria: int
    at: datetime

    def those(self, *states: str) -> list[Card]:
        """The cards in one of these states."""
        return [card for card in self.cards if card.state in states]

    @property
    def is_sworn(self) -> bool:
        """Whether the charter is signed: before, nobody is even named."""
        return self.seat.charter_signed_at is not None

    @property
    def presides(self) -> bool:
        """Whether the person chairs the jury, charter signed."""
        return self.is_sworn and self.seat.role == SeatRole.CHAIR

    @property
    def deliberation(self) -> int | None:
        """The last deliberation of the jury, which its sworn members follow and its chair leads."""
        found: int | None = self.seat.__dict__["deliberation"] if self.is_sworn else None
        return found

    @property
    def deliberates(self) -> bool:
        """Whether the jury is deliberating: two people have not signed yet."""
        return self.deliberation is not None and self.seat.__dict__["deliberation_state"] != DeliberationState.SIGNED

    @property
    def is_late(self) -> bool:
        """Whether the day the scores were expected is past."""
        due = self.seat.jury.scores_due_on
        return due is not None and self.at.astimezone(PARIS).date() > due

    @property
    def next(self) -> Step | None:
        """What to do now; `None` when there is nothing but to wait."""
        return next((step for step in _steps(self) if step is not None), None)

    @property
    def tasks(self) -> list[dict[str, Any]]:
        """The duties of a mandate in their order, for `partials/task_list.html`."""
        if not self.is_sworn:
            return [_charter_task(self)]
        return [task for task in (_charter_task(self), *_tasks(self)) if task]


def mandates(user: User, at: datetime) -> list[Mandate]:
    """Every seat the person holds: one query, then six for each seat with a charter signed."""
    last = Deliberation.objects.filter(jury=OuterRef("jury")).order_by("-opened_at", "-pk")
    seats = (
        Seat.objects.of(user)
        .select_related("user", "jury__call")
        .annotate(
            criteria=Count("jury__call__criteria", distinct=True),
            deliberation=Subquery(last.values("pk")[:1]),
            deliberation_state=Subquery(last.values("state")[:1]),
        )
    )
    return [_mandate(seat, at) for seat in seats.order_by("-jury__call__opens_at", "pk")]


def ties_to_examine(user: User) -> int:
    """How many declared ties wait for this person as a chair."""
    return to_examine(user).filter(seat__jury__in=Seat.objects.presiding().filter(user=user).values("jury")).count()


def _mandate(seat: Seat, at: datetime) -> Mandate:
    criteria = seat.__dict__["criteria"]
    if seat.charter_signed_at is None:
        return Mandate(seat, [], [], criteria, at)
    held = assigned_to(seat)
    sheets = _sheets(seat)
    hearings = {row.candidacy_id: row for row in hearings_visible_to(seat).filter(state__in=sorted(AWAITED))}
    cards = [_card(one, sheets, hearings.get(one.candidacy.pk)) for one in held]
    cards.sort(key=lambda card: _ORDER.index(card.state))
    expected = [c.hearing for c in cards if c.hearing and c.state != "to_examine" and c.hearing.slot.ends_at > at]
    return Mandate(seat, cards, sorted(expected, key=lambda hearing: hearing.slot.starts_at), criteria, at)


def _sheets(seat: Seat) -> dict[tuple[int, str], ScoreSheet]:
    """The juror's sheets with the number of marks on each, without the marks."""
    rows = sheets_of(seat).prefetch_related(None).select_related(None)
    counted = rows.annotate(marked=Count("scores", filter=Q(scores__value__isnull=False)))
    return {(row.candidacy_id, row.stage): row for row in counted}


def _card(held: Assigned, sheets: dict[tuple[int, str], ScoreSheet], hearing: Hearing | None) -> Card:
    after = sheets.get((held.candidacy.pk, Stage.AFTER))
    before = sheets.get((held.candidacy.pk, Stage.BEFORE))
    sheet = after or before
    return Card(held, _state(held, before, after), sheet.__dict__["marked"] if sheet else 0, hearing)


def _state(held: Assigned, before: ScoreSheet | None, after: ScoreSheet | None) -> str:
    if held.verdict != Verdict.NONE:
        return held.verdict or "undeclared"
    if held.shut:
        return "shut"
    if after:
        return after.state
    if before and (not held.heard or before.state == SheetState.LOCKED):
        return before.state
    if held.heard:
        return "heard"
    return "to_read" if held.reads else "to_hear"


# ---------------------------------------------------------------- what to do next


def _steps(mandate: Mandate) -> Iterable[Step | None]:
    """What may have to be done, the most pressing first."""
    yield _swear(mandate)
    yield _declare(mandate)
    yield _attend(mandate, soon=True)
    yield _score(mandate, SheetState.REOPENED, _("Compléter et signer ma feuille"))
    yield _score(mandate, SheetState.OPEN, _("Continuer ma feuille de notes"))
    yield _score(mandate, "to_read", _("Lire et noter"))
    yield _attend(mandate, soon=False)
    yield _deliberate(mandate)


def _swear(mandate: Mandate) -> Step | None:
    if mandate.is_sworn:
        return None
    url = reverse("juror_charter", args=[mandate.seat.pk])
    return Step(_("Lire et signer la charte"), url, _("Rien n’est lisible avant cette signature."))


def _declare(mandate: Mandate) -> Step | None:
    waiting = len(mandate.those("undeclared"))
    if not waiting:
        return None
    note = ngettext(
        "Une candidature attend votre déclaration : aucun dossier ne s’ouvre avant.",
        "%(n)s candidatures attendent votre déclaration : aucun dossier ne s’ouvre avant.",
        waiting,
    ) % {"n": waiting}
    return Step(_("Déclarer mes liens"), reverse("juror_declarations", args=[mandate.seat.pk]), note)


def _attend(mandate: Mandate, *, soon: bool) -> Step | None:
    if not mandate.hearings:
        return None
    nearest = mandate.hearings[0]
    if soon and nearest.slot.starts_at - mandate.at > _SOON:
        return None
    note = f"{nearest.candidacy.organisation.name}, {paris_short(nearest.slot.starts_at)}, {nearest.slot.room}"
    label = _("Ouvrir l’audition") if soon else _("Voir ma prochaine audition")
    return Step(label, reverse("juror_hearing", args=[nearest.pk]), note)


def _deliberate(mandate: Mandate) -> Step | None:
    if not mandate.deliberates:
        return None
    label = _("Conduire la délibération") if mandate.presides else _("Suivre la délibération")
    return Step(label, reverse("jury_deliberation", args=[mandate.deliberation]))


def _score(mandate: Mandate, state: str, label: str) -> Step | None:
    cards = mandate.those(state)
    if not cards:
        return None
    candidacy = cards[0].candidacy
    page = "juror_sheet" if state == SheetState.REOPENED else "juror_dossier"
    return Step(label, reverse(page, args=[candidacy.number]), candidacy.organisation.name)


# ---------------------------------------------------------------- the duties, and where one stands


def _charter_task(mandate: Mandate) -> dict[str, Any]:
    seat = mandate.seat
    url = reverse("juror_charter", args=[seat.pk])
    if seat.charter_signed_at is None:
        return {
            "label": _("Lire et signer la charte du jury"),
            "url": url,
            "state": "todo",
            "state_word": _("À signer"),
        }
    note = _("Signée le %(day)s") % {"day": day(seat.charter_signed_at)}
    return {"label": _("Charte du jury"), "url": url, "state": "done", "state_word": _("Signée"), "note": note}


def _tasks(mandate: Mandate) -> Iterable[dict[str, Any]]:
    if not mandate.cards:
        return
    yield _declarations_task(mandate)
    yield _reading_task(mandate)
    yield _hearings_task(mandate)
    yield _signing_task(mandate)


def _declarations_task(mandate: Mandate) -> dict[str, Any]:
    total, left = len(mandate.cards), len(mandate.those("undeclared"))
    return {
        "label": _("Déclarer mes liens avec chaque candidature"),
        "url": reverse("juror_declarations", args=[mandate.seat.pk]),
        **_progress(total - left, total),
    }


def _reading_task(mandate: Mandate) -> dict[str, Any]:
    to_score = [card for card in mandate.cards if card.held.reads and card.state not in ("to_examine", "heard")]
    if not to_score:
        return {}
    done = sum(card.state in (SheetState.LOCKED, SheetState.REOPENED, SheetState.SIGNED) for card in to_score)
    due = mandate.seat.jury.scores_due_on
    shown = _progress(done, len(to_score))
    if due and mandate.is_late and done < len(to_score):
        shown |= {"state": "now", "state_word": _("En retard : %(progress)s") % {"progress": shown["state_word"]}}
    note = _("Notes attendues le %(day)s au plus tard") % {"day": day(due)} if due else ""
    return {"label": _("Lire les dossiers, noter, verrouiller mes feuilles"), "note": note, **shown}


def _hearings_task(mandate: Mandate) -> dict[str, Any]:
    shown = {"label": _("Être présent aux auditions"), "url": reverse("juror_hearings")}
    if not mandate.hearings:
        return shown | {"state": "optional", "state_word": _("Aucune à venir")}
    n, nearest = len(mandate.hearings), mandate.hearings[0]
    word = ngettext("%(n)s à venir", "%(n)s à venir", n) % {"n": n}
    note = _("La prochaine : %(when)s, %(room)s") % {
        "when": paris_short(nearest.slot.starts_at),
        "room": nearest.slot.room,
    }
    return shown | {"state": "todo", "state_word": word, "note": note}


def _signing_task(mandate: Mandate) -> dict[str, Any]:
    total = len(mandate.those(SheetState.REOPENED, SheetState.SIGNED))
    if not total:
        return {}
    label = _("Après chaque audition, compléter et signer ma feuille")
    return {"label": label, **_progress(len(mandate.those(SheetState.SIGNED)), total)}


def _progress(done: int, total: int) -> dict[str, str]:
    state = "done" if done == total else "started" if done else "todo"
    return {"state": state, "state_word": _("%(done)s sur %(total)s") % {"done": done, "total": total}}
