"""The candidate's desk, and the door everybody enters by."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from applications.access import CandidateRequest, account, for_candidates, memberships
from applications.doors import doors_for
from applications.enums import Rights
from applications.models import Call, Member, TeamMember
from applications.selectors.banner import Banner
from applications.selectors.closing_times import of_candidacy
from applications.selectors.desk import banner, cards
from applications.selectors.public import contact_of


@require_safe
@for_candidates
def entrance(request: CandidateRequest) -> HttpResponse:
    """After sign-in: candidates to their desk, the team to its office, the others to the desk that knows them."""
    user = account(request)
    if user is None or memberships(request).exists():
        return redirect("desk")
    if user.is_staff or TeamMember.objects.filter(user=user).exists():
        return redirect("admin:index")
    return redirect(next((door.url_name for door in doors_for(request)), "desk"))


@require_safe
@for_candidates
def desk(request: CandidateRequest) -> HttpResponse:
    """Every candidacy of the person, with its state, what it lacks, the time left and the next thing to do."""
    found = cards(memberships(request), request.at)
    context = {
        "cards": found,
        "is_unconfirmed": any(card.member.user_id is None for card in found),
        "open_calls": Call.objects.open(request.at) if not found else (),
    }
    return render(request, "candidate/desk.html", context)


def around(request: CandidateRequest, member: Member, shown: Banner | None = None) -> dict[str, Any]:
    """What the pages about a candidacy show around their content: two queries, what was told after the closing apart.

    `shown` is the banner, when it is already known.
    """
    candidacy = member.candidacy
    return {
        "member": member,
        "candidacy": candidacy,
        "call": candidacy.call,
        "banner": shown or banner(candidacy, candidacy.dossier, request.at),
        "local_times": of_candidacy(candidacy),
        "contact": contact_of(candidacy.call),
        "may_edit": member.may(Rights.EDIT),
        "may_submit": member.may(Rights.SUBMIT),
    }
