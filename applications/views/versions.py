"""Two versions of a dossier, side by side."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from applications.access import CandidateRequest, for_candidates, member_or_404
from applications.selectors.versions import Version, compared, content_of, versions_of
from applications.views.candidate import around


@require_safe
@for_candidates
def compare(request: CandidateRequest, number: str) -> HttpResponse:
    """What changed from one version to another; by default, from the one before the last to the last, draft included.

    `avant` and `apres` are numbers of versions; `brouillon` is the draft, when it is ahead of what was submitted.
    """
    member = member_or_404(request, number)
    candidacy = member.candidacy
    versions = versions_of(candidacy)
    if not versions:
        raise Http404
    after = _chosen(versions, request.GET.get("apres", ""), versions[-1])
    earlier = versions[: versions.index(after)] or versions
    before = _chosen(versions, request.GET.get("avant", ""), earlier[-1])
    contents = content_of(before, candidacy), content_of(after, candidacy)
    context = {
        **around(request, member),
        "versions": versions,
        "before": before,
        "after": after,
        "shown": compared(candidacy.call, *contents, request.at.date()),
    }
    return render(request, "candidate/compare.html", context)


def _chosen(versions: list[Version], typed: str, usual: Version) -> Version:
    if not typed:
        return usual
    named = {str(version.number) if version.number else "brouillon": version for version in versions}
    if typed not in named:
        raise Http404
    return named[typed]
