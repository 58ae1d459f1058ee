"""Convene all the hearings of the draft calendar that are ticked, once it was said to whom letters will leave."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications.admin.team import WORKING, key, person, timed
from hubs_portal.refusals import Refusal, Sentence
from juries.actions import hearings as acts
from juries.admin.doors import FORM, Page, shown, tried
from juries.models import Hearing, Jury
from juries.selectors import office_hearing

if TYPE_CHECKING:
    from juries.admin.juries import JuryRoom


def convene_all(room: "JuryRoom", request: HttpRequest, jury: Jury) -> HttpResponseBase:
    """The draft calendar, and the button that makes it known. Each convocation is an act of its own."""
    refusal: Refusal | None = None
    if request.method == "POST":
        refusal = _convene(request, jury)
        if refusal is None:
            return redirect("admin:juries_jury_hearings", jury.pk)
    rows = office_hearing.drafts(jury, timed(request).at)
    return shown(
        room,
        request,
        jury,
        "convene.html",
        tab="hearings",
        status=409 if refusal else 200,
        title=_("Convoquer les candidats"),
        drafts=rows,
        letters=sum(row.letters for row in rows if not row.why_not),
        checks=office_hearing.reachable(jury, rows),
        refusal=refusal,
    )


def _convene(request: HttpRequest, jury: Jury) -> Refusal | None:
    """Convene those that can be; what could not is said, one line each."""
    ticked = {key(text) for text in request.POST.getlist("hearing")} - {None}
    rows = Hearing.objects.filter(pk__in=ticked, panel__jury=jury).select_related("panel", "candidacy")
    items: list[Sentence] = []
    convened = 0
    for hearing in rows.order_by("slot__starts_at", "pk"):
        done = tried(lambda one=hearing: acts.convene(one, by=person(request), at=timed(request).at))  # type: ignore[misc] # mypy cannot infer a lambda's default
        convened += done.done
        if done.refusal:
            items += [f"{hearing.candidacy} : {item}" for item in done.refusal.items or [done.refusal.sentence]]
    if convened:
        said = ngettext("%(n)s candidat est convoqué.", "%(n)s candidats sont convoqués.", convened)
        messages.success(request, said % {"n": convened})
    if items:
        return Refusal(_("Ces auditions n’ont pas pu être convoquées :"), code="not_all", items=items)
    return None if convened else Refusal(_("Cochez au moins une audition à convoquer."), code="nothing_ticked")


PAGES = [Page("auditions/convoquer/", "convene_all", convene_all, FORM, WORKING)]
