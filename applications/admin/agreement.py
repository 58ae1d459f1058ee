"""« Convention », on the working page of an awarded candidacy: sent, signed, its financial report received."""

from dataclasses import dataclass
from datetime import date, datetime

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.actions import agreement as acts
from applications.admin.desk_acts import attempt, done
from applications.admin.screening_parts import Attempt
from applications.admin.team import key, person, timed
from applications.enums import AgreementState, CandidacyState
from applications.forms.agreement import ReportForm, SendAgreementForm, SignedForm
from applications.models import Agreement, Candidacy
from applications.selectors import words
from applications.workflow import AGREEMENT
from hubs_portal import downloads
from hubs_portal.templatetags.french import PARIS


@dataclass(frozen=True)
class AgreementPart:
    """What the section shows: the agreement, if one was sent, and the forms its state has a use for."""

    agreement: Agreement | None
    forms: dict[str, forms.Form]
    letters: dict[str, str]
    today: date

    @property
    def is_overdue(self) -> bool:
        """Whether it should have come back signed by now."""
        sent = self.agreement
        return sent is not None and sent.state == AgreementState.SENT and sent.return_by < self.today

    @property
    def is_report_late(self) -> bool:
        """Whether its report should have come by now."""
        known = self.agreement
        due = known.report_due_on if known and known.state == AgreementState.SIGNED else None
        return due is not None and due < self.today


def part(candidacy: Candidacy, at: datetime, tried: Attempt) -> AgreementPart | None:
    """The section of an awarded candidacy: one query; `None` for any other."""
    if candidacy.state != CandidacyState.AWARDED:
        return None
    known = Agreement.objects.filter(candidacy=candidacy).select_related("stored", "sent_by").first()
    today = _today(at)
    fresh: dict[str, forms.Form] = {}
    if known is None or known.state == AgreementState.SENT:
        fresh["agreement"] = SendAgreementForm(known, today)
    if known and known.state == AgreementState.SENT:
        fresh["signed"] = SignedForm(today)
    if known and known.state == AgreementState.SIGNED:
        fresh["report"] = ReportForm(today)
    letters = {step.name: words.letter_kind(step.notified_by) if step.notified_by else "" for step in AGREEMENT}
    return AgreementPart(known, {name: tried.typed.get(name, form) for name, form in fresh.items()}, letters, today)


def send(request: HttpRequest, candidacy: Candidacy) -> HttpResponseBase:
    """Send it, or send it again."""
    by, at = person(request), timed(request).at
    known = Agreement.objects.filter(candidacy=candidacy).first()
    form = SendAgreementForm(known, _today(at), request.POST, request.FILES)

    def act() -> None:
        given = form.cleaned_data
        file = given["file"]
        acts.send_agreement(
            candidacy,
            file,
            name=file.name,
            schedule=given["schedule"],
            return_by=given["return_by"],
            by=by,
            at=at,
            seen=key(request.POST.get("seen", "")),
        )

    attempt("agreement", form, act)
    return done(request, candidacy, _("La convention part au candidat, jointe à sa lettre."), "#convention")


def signed(request: HttpRequest, candidacy: Candidacy) -> HttpResponseBase:
    """It came back signed."""
    by, at = person(request), timed(request).at
    agreement = get_object_or_404(Agreement, candidacy=candidacy)
    form = SignedForm(_today(at), request.POST)
    attempt("signed", form, lambda: acts.record_agreement_signed(agreement, **form.cleaned_data, by=by, at=at))
    return done(request, candidacy, _("La convention est signée ; le candidat en est informé."), "#convention")


def report(request: HttpRequest, candidacy: Candidacy) -> HttpResponseBase:
    """The financial report came."""
    by, at = person(request), timed(request).at
    agreement = get_object_or_404(Agreement, candidacy=candidacy)
    form = ReportForm(_today(at), request.POST)
    attempt("report", form, lambda: acts.record_report_received(agreement, **form.cleaned_data, by=by, at=at))
    return done(request, candidacy, _("Le compte rendu financier est noté ; plus aucun rappel ne part."), "#convention")


def file(request: HttpRequest, candidacy: Candidacy) -> HttpResponseBase:
    """The agreement as it was sent last."""
    agreement = get_object_or_404(Agreement.objects.select_related("stored"), candidacy=candidacy)
    return downloads.serve(request, agreement.stored, agreement.name)


def _today(at: datetime) -> date:
    return timezone.localdate(at, PARIS)
