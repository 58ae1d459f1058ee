"""What anyone may read: the calls, the check of a receipt, and what the law asks a public site to say."""

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.enums import LegalForm
from applications.models import Call, KitFile
from applications.selectors import closing_times
from applications.selectors.public import asked_of, calls_at, contact_of
from applications.selectors.results import Results, as_csv, results_of
from applications.selectors.verification import verification
from hubs_portal import sealing, signing
from hubs_portal.clock import TimedRequest
from hubs_portal.downloads import give, serve


@require_safe
def home(request: TimedRequest) -> HttpResponse:
    """Open calls, those to come, those that are over."""
    return render(request, "public/home.html", {"calls": calls_at(request.at)})


@require_safe
def call(request: TimedRequest, slug: str) -> HttpResponse:
    """Is it for us, what do we get, what does it cost us, by when: the questions of a director with ten minutes."""
    found = get_object_or_404(Call.objects.public(), slug=slug)
    form = LegalForm(request.GET["forme"]) if request.GET.get("forme") in LegalForm.values else None
    criteria = list(found.criteria.all())
    is_closed = found.is_closed(request.at)
    context = {
        "call": found,
        "contact": contact_of(found),
        "is_open": found.takes_candidacies(request.at),
        "is_upcoming": request.at < found.opens_at,
        "is_closed": is_closed,
        "results": results_of(found) if is_closed else None,
        "results_are_late": timezone.localdate(request.at) > found.results_planned_on,
        "results_are_due": timezone.localdate(request.at) >= found.results_planned_on,
        "local_times": closing_times.overseas(found),
        "extensions": list(found.extensions.filter(signed_at__isnull=False)),
        "missions": list(found.missions.all()),
        "criteria": criteria,
        "total_weight": sum(criterion.weight for criterion in criteria),
        "kit": list(found.kit.select_related("stored")),
        "forms": LegalForm.choices,
        "form": form,
        "asked": asked_of(found, form) if form else [],
    }
    return render(request, "public/call.html", context)


@require_safe
def results_csv(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The published results as a table for spreadsheets."""
    content = as_csv(_results_or_404(slug))
    return give(request, content, f"resultats-{slug}.csv", "text/csv; charset=utf-8")


@require_safe
def results_json(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The published content to the byte: its SHA-256 is the fingerprint the page shows."""
    content = _results_or_404(slug).content.encode()
    return give(request, content, f"resultats-{slug}.json", "application/json")


def _results_or_404(slug: str) -> Results:
    found = results_of(get_object_or_404(Call.objects.public(), slug=slug))
    if found is None:
        raise Http404
    return found


@require_safe
def kit_file(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """A file of the kit, when the call gives it to everybody."""
    public = Q(call__in=Call.objects.public(), call__kit_is_public=True, call__slug=slug)
    found = get_object_or_404(KitFile.objects.select_related("stored").filter(public), pk=pk)
    return serve(request, found.stored, found.name)


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Check a receipt by its number or by its PDF, and a fingerprint against it."""
    number, fingerprint = request.GET.get("numero", "").strip(), request.GET.get("empreinte", "").strip()
    answer = verification(number, fingerprint) if number or fingerprint else None
    context = {"number": number, "fingerprint": fingerprint, "answer": answer}
    return render(request, "public/verify.html", context)


@require_safe
def public_key(request: HttpRequest) -> HttpResponseBase:
    """The key that checks our signatures, for whoever prefers not to ask us."""
    pem = signing.public_key_pem().encode()
    return give(request, pem, "hubs-france-connectee-cle-publique.pem", "application/x-pem-file")


@require_safe
def seal_certificate(request: HttpRequest) -> HttpResponseBase:
    """The certificate of the seal on our PDFs, for the same person."""
    pem = sealing.certificate_pem()
    return give(request, pem, "hubs-france-connectee-certificat.pem", "application/x-pem-file")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement: it claims what was measured, and no audit was."""
    return render(request, "public/accessibility.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is done with personal data, why, for how long, and how to object."""
    return render(request, "public/privacy.html")


@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    """Who publishes this site."""
    return render(request, "public/legal.html")


@require_safe
def credits_page(request: HttpRequest) -> HttpResponse:
    """What others made and we use, as their licences ask us to say."""
    return render(request, "public/credits.html")


@require_safe
def site_map(request: TimedRequest) -> HttpResponse:
    """Every page anyone may open."""
    return render(request, "public/site_map.html", {"calls": calls_at(request.at)})
