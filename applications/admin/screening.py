"""The acts of the working page, and the way to the next candidacy: each leads back to the page, done or refused."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from applications.actions import assessment, screening
from applications.actions.checklist import tick_lines
from applications.actions.reading import record_completion_reading, record_replacement_reading
from applications.admin import agreement, desk
from applications.admin.desk_acts import Refused, attempt, done
from applications.admin.screening_parts import Attempt
from applications.admin.team import WORKING, holds_somewhere, key, my_calls, person, timed
from applications.forms.screening import ChecklistForm, CompletionForm, ExclusionForm, NoteForm, SetAsideForm
from applications.forms.screening_grid import GridForm
from applications.models import Candidacy, CompletionItem, Submission
from applications.rules import grid
from applications.rules.team import refuse_unless_examining
from applications.selectors.replacing import replacements_of
from applications.selectors.screening import Examination, examination
from applications.selectors.screening_queue import next_one
from applications.selectors.submitted import submitted
from hubs_portal import downloads
from hubs_portal.refusals import Refusal

if TYPE_CHECKING:
    from applications.admin.candidacies import CandidacyRoom

_CHANGE = "admin:applications_candidacy_change"
View = Callable[..., HttpResponseBase]


def urls(room: "CandidacyRoom") -> list[URLPattern]:
    """The addresses under that of the candidacy, and the one that leads to the next."""

    def act(route: str, view: View, name: str) -> URLPattern:
        def enter(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
            return _attempt(request, room, room.fetch(request, pk), view, **kwargs)

        guarded = room.admin_site.admin_view(require_POST(enter))
        return path(f"<int:pk>/{route}", guarded, name=f"applications_candidacy_{name}")

    def received(request: HttpRequest, pk: int, item_id: int) -> HttpResponseBase:
        return completion_file(request, room.fetch(request, pk), item_id)

    def agreed(request: HttpRequest, pk: int) -> HttpResponseBase:
        return agreement.file(request, room.fetch(request, pk))

    def replaced(request: HttpRequest, pk: int, replacement_id: int) -> HttpResponseBase:
        return replacement_file(request, room.fetch(request, pk), replacement_id)

    reading, onwards, joined, beside = (
        room.admin_site.admin_view(require_safe(view)) for view in (received, take_next, agreed, replaced)
    )
    return [
        path("suivant/", onwards, name="applications_candidacy_next"),
        act("controles/", checklist, "checklist"),
        act("complement/", ask, "ask"),
        path("<int:pk>/complement/<int:item_id>/", reading, name="applications_candidacy_completion_file"),
        path("<int:pk>/remplacement/<int:replacement_id>/", beside, name="applications_candidacy_replacement_file"),
        act("recevable/", admit, "admit"),
        act("eligible/", find_eligible, "eligible"),
        act("exclusion/", exclude, "exclude"),
        act("exclusion/<int:exclusion_id>/confirmer/", confirm, "exclusion_confirm"),
        act("exclusion/<int:exclusion_id>/abandonner/", drop, "exclusion_drop"),
        act("evaluation/", assess, "assess"),
        act("audition/", shortlist, "shortlist"),
        act("sans-audition/", set_aside, "set_aside"),
        act("convention/", agreement.send, "agreement"),
        act("convention/signee/", agreement.signed, "agreement_signed"),
        act("convention/compte-rendu/", agreement.report, "agreement_report"),
        path("<int:pk>/convention/fichier/", joined, name="applications_candidacy_agreement_file"),
    ]


def _attempt(
    request: HttpRequest, room: "CandidacyRoom", candidacy: Candidacy, view: View, **kwargs: Any
) -> HttpResponseBase:
    """Do it and come back to the page; or show it again, saying why not."""
    try:
        refuse_unless_examining(candidacy.call, person(request), timed(request).at)
        return view(request, candidacy, **kwargs)
    except Refused as refused:
        return desk.show(request, room, candidacy, attempt=refused.attempt)
    except Refusal as refusal:
        return desk.show(request, room, candidacy, attempt=Attempt(refusal=refusal, status=409))


def _examined(request: HttpRequest, candidacy: Candidacy) -> Examination:
    at = timed(request).at
    mine = Submission.objects.visible_to(person(request), at).filter(candidacy=candidacy).order_by("-version")
    latest = mine.select_related("candidacy__call").first()
    found = examination(candidacy, latest, submitted(latest), at) if latest else None
    if found is None:
        raise Refusal(_("Cette candidature n’est pas à l’examen."), code="not_examined")
    return found


def checklist(request: HttpRequest, candidacy: Candidacy) -> HttpResponseBase:
    """Write the lines that were changed; or, asked to, only tick on the page what the machine sees right."""
    examined = _examined(request, candidacy)
    form = ChecklistForm(examined.lines, request.POST)
    if "propose" in request.POST:
        raise Refused(Attempt({"checklist": form.with_findings()}))
    by, at = person(request), timed(request).at
    written = 0

    def write() -> None:
        nonlocal written
        written = tick_lines(candidacy, form.ticks(), by=by, at=at)

    attempt("checklist", form, write)
    sentence = ngettext("%(n)s contrôle enregistré.", "%(n)s contrôles enregistrés.", written) % {"n": written}
    return done(request, candidacy, sentence if written else _("Rien n’a changé."), "#checklist")


def ask(request: HttpRequest, candidacy: Candidacy) -> HttpResponseBase:
    """Ask for documents."""
    form = CompletionForm(_examined(request, candidacy), request.POST)
    by, at = person(request), timed(request).at
    attempt(
        "ask",
        form,
        lambda: screening.request_completion(
            candidacy,
            form.items(),
            due_at=form.cleaned_data["due_at"],
            message=form.cleaned_data["message"],
            by=by,
            at=at,
        ),
    )
    return done(request, candidacy, _("La demande de complément part au candidat."))


def admit(request: HttpRequest, candidacy: Candidacy) -> HttpResponseBase:
    """Complete in form."""
    form = NoteForm(request.POST, prefix="admit")
    by, at = person(request), timed(request).at
    attempt("admit", form, lambda: screening.admit(candidacy, note=form.cleaned_data["note"], by=by, at=at))
    return done(request, candidacy, _("Le dossier est recevable. Reste à décider de l’éligibilité."))


def find_eligible(request: HttpRequest, candidacy: Candidacy) -> HttpResponseBase:
    """It meets the conditions of the call."""
    form = NoteForm(request.POST, prefix="eligible")
    by, at = person(request), timed(request).at
    attempt("eligible", form, lambda: screening.find_eligible(candidacy, note=form.cleaned_data["note"], by=by, at=at))
    return done(request, candidacy, _("La candidature est éligible ; la décision part au candidat. Reste à l’évaluer."))


def exclude(request: HttpRequest, candidacy: Candidacy) -> HttpResponseBase:
    """Propose to refuse it."""
    examined = _examined(request, candidacy)
    if examined.stage is None:
        raise Refusal(_("La candidature n’est plus à cette étape."), code="wrong_state")
    form, stage = ExclusionForm(examined, request.POST), examined.stage
    by, at = person(request), timed(request).at
    attempt(
        "exclude",
        form,
        lambda: screening.propose_exclusion(
            candidacy, stage=stage, rule=form.named_rule(), reason=form.cleaned_data["reason"], by=by, at=at
        ),
    )
    return done(request, candidacy, _("L’exclusion est proposée : un collègue doit la confirmer. Rien n’est parti."))


def confirm(request: HttpRequest, candidacy: Candidacy, exclusion_id: int) -> HttpResponseBase:
    """Put a colleague's exclusion in force."""
    exclusion = get_object_or_404(candidacy.exclusions, pk=exclusion_id)
    screening.confirm_exclusion(exclusion, by=person(request), at=timed(request).at)
    return done(request, candidacy, _("L’exclusion est confirmée ; la décision motivée part au candidat."))


def drop(request: HttpRequest, candidacy: Candidacy, exclusion_id: int) -> HttpResponseBase:
    """Give it up."""
    exclusion = get_object_or_404(candidacy.exclusions, pk=exclusion_id)
    form = NoteForm(request.POST, prefix="drop")
    by, at = person(request), timed(request).at
    attempt("drop", form, lambda: screening.drop_exclusion(exclusion, note=form.cleaned_data["note"], by=by, at=at))
    return done(request, candidacy, _("L’exclusion est abandonnée : l’examen continue."))


def assess(request: HttpRequest, candidacy: Candidacy) -> HttpResponseBase:
    """Write the marks; or, asked to, only add them up."""
    form = GridForm(list(candidacy.call.criteria.all()), request.POST)
    if "preview" in request.POST:
        total = grid.total(form.marks()) if form.is_valid() else None
        raise Refused(Attempt({"assess": form}, status=200 if form.is_valid() else 422, total=total))
    by, at = person(request), timed(request).at
    attempt(
        "assess",
        form,
        lambda: assessment.assess(candidacy, form.marks(), opinion=form.cleaned_data["opinion"], by=by, at=at),
    )
    return done(request, candidacy, _("L’évaluation est enregistrée."))


def shortlist(request: HttpRequest, candidacy: Candidacy) -> HttpResponseBase:
    """To be heard."""
    assessment.shortlist(candidacy, by=person(request), at=timed(request).at)
    return done(request, candidacy, _("La candidature sera auditionnée : sa convocation le lui dira."))


def set_aside(request: HttpRequest, candidacy: Candidacy) -> HttpResponseBase:
    """Not to be heard."""
    form = SetAsideForm(request.POST, prefix="set_aside")
    by, at = person(request), timed(request).at
    attempt(
        "set_aside",
        form,
        lambda: assessment.set_aside(candidacy, reason=form.cleaned_data["reason"], by=by, at=at),
    )
    return done(request, candidacy, _("La candidature n’est pas présélectionnée ; la lettre motivée part."))


def completion_file(request: HttpRequest, candidacy: Candidacy, item_id: int) -> HttpResponseBase:
    """A document received since the closing time, because it was asked for."""
    received = CompletionItem.objects.filter(request__candidacy=candidacy, stored__isnull=False)
    item = get_object_or_404(received.select_related("stored", "requirement"), pk=item_id)
    assert item.stored is not None
    record_completion_reading(item, by=person(request), at=timed(request).at)
    return downloads.serve(request, item.stored, item.name)


def replacement_file(request: HttpRequest, candidacy: Candidacy, replacement_id: int) -> HttpResponseBase:
    """A file sent in the place of one of the version that counts, which nobody can read."""
    if not candidacy.call.is_closed(timed(request).at):
        raise Http404
    received = replacements_of(candidacy).filter(stored__isnull=False)
    replacement = get_object_or_404(received, pk=replacement_id)
    assert replacement.stored is not None
    record_replacement_reading(replacement, by=person(request), at=timed(request).at)
    return downloads.serve(request, replacement.stored, replacement.name)


def take_next(request: HttpRequest) -> HttpResponseBase:
    """Lead to the candidacy that has waited longest for somebody who works on it."""
    if not holds_somewhere(request, *WORKING):
        raise PermissionDenied
    calls = my_calls(request, *WORKING)
    call, after = (key(request.GET.get(name, "")) for name in ("call", "after"))
    mine = Candidacy.objects.filter(call__in=calls)
    mine = mine if call is None else mine.filter(call=call)
    found = next_one(mine, user=person(request), at=timed(request).at, after=after)
    if found is None:
        messages.info(request, _("Plus rien n’attend d’être examiné."))
        return redirect("admin:applications_candidacy_changelist")
    return redirect(_CHANGE, found)
