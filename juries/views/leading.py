"""Lead a deliberation, wherever one stands: the same acts and the same page in the office and on the juror's desk."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from applications.enums import CallState
from applications.forms.fields import PlainForm, Prose
from hubs_portal.accounts.models import User
from hubs_portal.clock import TimedRequest
from hubs_portal.downloads import give
from hubs_portal.refusals import Refusal, Sentence
from juries import minutes
from juries.actions import deliberation as acts
from juries.enums import DeliberationState
from juries.forms.deliberation import DecisionForm, EnvelopeReasonForm, ReasonForm
from juries.models import Deliberation, Minutes
from juries.selectors import wall
from juries.selectors.minutes import communicable, reading
from juries.selectors.ranking import led_by

_NEVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """Where one stands: the addresses of the page and of the minutes, and the page drawn around what is shown."""

    page: str
    minutes: str
    minutes_pdf: str
    extract_pdf: str
    render: Callable[[str, dict[str, Any], int], HttpResponseBase]


@dataclass
class Attempt:
    """An act that was asked for: the sentence that says it is done, or what to show for it to be asked again."""

    done: Sentence = ""
    back_to: str = ""
    refusal: Refusal | None = None
    deciding: str = ""
    forms: dict[str, PlainForm] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """A rule said no, a form is incomplete, or the page was only read."""
        if self.refusal:
            return 409
        return 422 if any(form.errors for form in self.forms.values()) else 200


def lead(request: TimedRequest, deliberation: Deliberation, place: Place) -> HttpResponseBase:
    """The wall, and the acts of those who lead; the caller has checked that the person does."""
    attempt = Attempt()
    if request.method == "POST":
        act = _ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        attempt = act(request, deliberation)
        if attempt.done:
            messages.success(request, str(attempt.done))
            return redirect(place.page + attempt.back_to)
        deliberation = Deliberation.objects.select_related("jury__call").get(pk=deliberation.pk)
    return place.render("wall", _context(request, deliberation, place, attempt), attempt.status)


def _context(request: TimedRequest, deliberation: Deliberation, place: Place, attempt: Attempt) -> dict[str, Any]:
    leader = cast("User", request.user)
    seen = wall.led(deliberation, leader)
    deciding = seen.of(attempt.deciding or request.GET.get("decider", ""))
    asked = set(request.GET.getlist("si")) if "si" in request.GET or "simuler" in request.GET else None
    awarded = {line.candidacy.number for line in seen.lines if line.is_awarded}
    return {
        "title": _("Délibération"),
        "deliberation": deliberation,
        "jury": deliberation.jury,
        "call": deliberation.jury.call,
        "wall": seen,
        "place": place,
        "leads": True,
        "follows_live": "suivre" in request.GET and deliberation.state != DeliberationState.SIGNED,
        "read_at": request.at.isoformat(),
        "deciding": deciding,
        "just_decided": request.GET.get("decidee", ""),
        "decision_form": attempt.forms.get("decide") or (DecisionForm.about(deciding) if deciding else None),
        "settle_form": attempt.forms.get("settle") or EnvelopeReasonForm(),
        "resume_form": attempt.forms.get("resume") or ReasonForm(),
        "refusal": attempt.refusal,
        "kept": _kept(attempt, seen, is_deciding=deciding is not None),
        "supposed": awarded if asked is None else asked,
        "supposing": seen.supposing(awarded if asked is None else asked),
        "has_signed": any(signature.user_id == leader.pk for signature in seen.signatures),
        "may_read_minutes": not seen.closed,
        "may_read_extract": not seen.closed or is_released(deliberation),
    }


def _kept(attempt: Attempt, seen: wall.Wall, *, is_deciding: bool) -> list[str]:
    """The texts of a form that was refused and that the page, as it is by now, has no place for: nobody types twice."""
    state = seen.deliberation.state
    placed = {
        "decide": is_deciding,
        "settle": state == DeliberationState.OPEN,
        "resume": state == DeliberationState.SETTLED and not seen.signatures,
    }
    lost = (form for name, form in attempt.forms.items() if not placed[name])
    return [str(box.value()) for form in lost for box in form if isinstance(box.field, Prose) and box.value()]


# ---------------------------------------------------------------- the acts


def _decide(request: TimedRequest, deliberation: Deliberation) -> Attempt:
    leader = cast("User", request.user)
    number = request.POST.get("candidacy", "")
    candidacy = led_by(deliberation.jury, leader).filter(number=number).first()
    if candidacy is None:
        raise Http404
    form = DecisionForm(request.POST)
    again = Attempt(deciding=number, forms={"decide": form})
    if not form.is_valid():
        return again
    try:
        acts.record_decision(
            deliberation, candidacy, by=leader, at=request.at, read_at=_read_at(request), **form.said()
        )
    except Refusal as refusal:
        again.refusal = refusal
        return again
    # Whoever types twenty decisions comes back to the line they were on.
    back = f"?decidee={number}#ligne-{number}"
    return Attempt(done=_("Décision inscrite pour %(number)s.") % {"number": number}, back_to=back)


def _settle(request: TimedRequest, deliberation: Deliberation) -> Attempt:
    form = EnvelopeReasonForm(request.POST)
    reason = form.cleaned_data["envelope_reason"] if form.is_valid() else ""
    try:
        acts.settle(deliberation, by=cast("User", request.user), at=request.at, envelope_reason=reason)
    except Refusal as refusal:
        return Attempt(refusal=refusal, forms={"settle": form})
    return Attempt(done=_("La délibération est arrêtée : deux personnes doivent maintenant la signer."))


def _resume(request: TimedRequest, deliberation: Deliberation) -> Attempt:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return Attempt(forms={"resume": form})
    reason = form.cleaned_data["reason"]
    try:
        acts.resume(deliberation, reason=reason, by=cast("User", request.user), at=request.at)
    except Refusal as refusal:
        return Attempt(refusal=refusal, forms={"resume": form})
    return Attempt(done=_("La délibération reprend : les décisions peuvent changer."))


def _sign(request: TimedRequest, deliberation: Deliberation) -> Attempt:
    try:
        signed = acts.sign_deliberation(
            deliberation, by=cast("User", request.user), at=request.at, read_at=_read_at(request)
        )
    except Refusal as refusal:
        return Attempt(refusal=refusal)
    if signed.state == DeliberationState.SIGNED:
        return Attempt(done=_("La délibération est signée par deux personnes : le procès-verbal est établi."))
    return Attempt(done=_("Vous avez signé : une autre personne doit signer à son tour."))


def _read_at(request: TimedRequest) -> datetime | None:
    """When the page was read from which this was posted; what is no instant was never read."""
    told = request.POST.get("read_at", "")
    if not told:
        return None
    try:
        found = datetime.fromisoformat(told)
    except ValueError:
        return _NEVER
    return found if found.tzinfo else _NEVER


_ACTS: dict[str, Callable[[TimedRequest, Deliberation], Attempt]] = {
    "decide": _decide,
    "settle": _settle,
    "resume": _resume,
    "sign": _sign,
}


# ---------------------------------------------------------------- the minutes


def is_released(deliberation: Deliberation) -> bool:
    """Whether the results of the call are public."""
    return deliberation.jury.call.state in {CallState.RELEASED, CallState.ARCHIVED}


def show_minutes(request: HttpRequest, deliberation: Deliberation, place: Place) -> HttpResponseBase:
    """The minutes as a page."""
    kept = whole_or_404(request, deliberation)
    context = {
        "title": _("Procès-verbal"),
        "deliberation": deliberation,
        "jury": deliberation.jury,
        "call": deliberation.jury.call,
        "place": place,
        "minutes": kept,
        "says": reading(kept.says),
    }
    return place.render("minutes", context, 200)


def minutes_pdf(request: HttpRequest, deliberation: Deliberation) -> HttpResponseBase:
    """The minutes as a PDF, the text of which the fingerprint is taken travelling inside."""
    kept = whole_or_404(request, deliberation)
    return give(request, minutes.as_pdf(kept), f"proces-verbal-{deliberation.pk}.pdf", "application/pdf")


def extract_pdf(request: HttpRequest, deliberation: Deliberation) -> HttpResponseBase:
    """What of the minutes may be handed over to whoever asks; to those who stay out, once the results are public."""
    kept = Minutes.objects.filter(deliberation=deliberation).first()
    if kept is None or (_stays_out(request, deliberation) and not is_released(deliberation)):
        raise Http404
    content = minutes.as_pdf(kept, says=communicable(kept.says))
    return give(request, content, f"proces-verbal-{deliberation.pk}-extrait.pdf", "application/pdf")


def whole_or_404(request: HttpRequest, deliberation: Deliberation) -> Minutes:
    """The minutes; they tell everything of every candidacy, so nothing for whoever stays out of one."""
    kept = Minutes.objects.filter(deliberation=deliberation).first()
    if kept is None or _stays_out(request, deliberation):
        raise Http404
    return kept


def _stays_out(request: HttpRequest, deliberation: Deliberation) -> bool:
    return wall.closed_to(deliberation, cast("User", request.user)).exists()
