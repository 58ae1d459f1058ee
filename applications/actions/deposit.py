"""A partner deposits its letter of commitment itself, by the personal link it was sent, without an account."""

from datetime import datetime, timedelta

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from applications import letters
from applications.actions.documents import MEGABYTE, received
from applications.actions.drafting import changing
from applications.actions.steps import lock_candidacy, record
from applications.enums import CandidacyState
from applications.models import Candidacy, CommitmentRequest, Document, Requirement
from applications.rules.commitment import MOST_DEPOSITS, is_open
from applications.rules.completeness import DOCUMENTS
from applications.selectors.commitment import asked_of_partners, deposits_of, is_named, project_title
from hubs_portal import locks, scanning
from hubs_portal.actors import Actor
from hubs_portal.files import StoredFile, safe_name
from hubs_portal.jobs import queue
from hubs_portal.refusals import Refusal


def deposit_commitment(
    request: CommitmentRequest,
    file: File[bytes],
    *,
    name: str,
    at: datetime,
    declared_digest: str = "",
    declared_size: int | None = None,
) -> Document:
    """Put the file among the documents of the dossier, in the place of what this partner had deposited.

    It is a change of the dossier like another: what is already submitted does not hold it. The same file twice is the
    same deposit. Raises `Refusal` with what to do about the file, and `CommitmentRequest.DoesNotExist` once the link
    lets nobody in: too late, taken back, partner no longer named, candidacy withdrawn.
    """
    requirement = asked_of_partners(request.candidacy.call)
    if requirement is None:
        raise CommitmentRequest.DoesNotExist
    _refuse_too_many(request, at)
    stored = received(requirement, file, name=name, declared_digest=declared_digest, declared_size=declared_size)
    return _keep(request, requirement, stored, name=safe_name(name), at=at)


@locks.retried
def _keep(
    request: CommitmentRequest, requirement: Requirement, stored: StoredFile, *, name: str, at: datetime
) -> Document:
    with transaction.atomic():
        candidacy = lock_candidacy(request.candidacy_id)
        request = _let_in(candidacy, request, at)
        standing = deposits_of(request).filter(removed_at__isnull=True)
        same = standing.filter(stored=stored, name=name).last()
        if same:
            return same
        _refuse_too_many(request, at)
        _refuse_overweight(candidacy, stored, besides=standing)
        with changing(candidacy, DOCUMENTS, by=_actor(request), name=request.partner, at=at) as dossier:
            standing.update(removed_at=at)
            document = Document.objects.create(
                dossier=dossier,
                requirement=requirement,
                stored=stored,
                name=name,
                uploaded_at=at,
                uploaded_by=request.partner,
                commitment=request,
            )
            dossier.follow_ups.filter(requirement=requirement).delete()
            _record(document, request, at=at)
            queue.ask("inspect_document", str(document.pk))
            scanning.ask(stored)
        letters.commitment_received(document, title=project_title(candidacy), at=at)
        letters.commitment_deposited(document, ahead=candidacy.state == CandidacyState.SUBMITTED, at=at)
    return document


def _record(document: Document, request: CommitmentRequest, *, at: datetime) -> None:
    record(
        "deposit_commitment",
        request.candidacy,
        by=_actor(request),
        at=at,
        partner=request.partner,
        name=document.name,
        size=document.stored.size,
        sha256=document.stored.digest,
    )


def _let_in(candidacy: Candidacy, request: CommitmentRequest, at: datetime) -> CommitmentRequest:
    """The request as it is now, with the candidacy's lock held."""
    present = candidacy.commitment_requests.get(pk=request.pk)
    present.candidacy = candidacy
    if not is_open(present, at) or not is_named(present):
        raise CommitmentRequest.DoesNotExist
    return present


def _actor(request: CommitmentRequest) -> Actor:
    return Actor(None, _("%(partner)s (partenaire, sans compte)") % {"partner": request.partner})


def _refuse_too_many(request: CommitmentRequest, at: datetime) -> None:
    if deposits_of(request).filter(uploaded_at__gt=at - timedelta(days=1)).count() >= MOST_DEPOSITS:
        raise Refusal(
            _("Dix fichiers sont déjà arrivés aujourd’hui par ce lien. Écrivez à la personne qui vous l’a demandée."),
            code="too_many",
        )


def _refuse_overweight(candidacy: Candidacy, stored: StoredFile, *, besides: QuerySet[Document]) -> None:
    """Raise when the dossier would grow too heavy; what this file replaces no longer counts."""
    others = Document.objects.current().filter(dossier=candidacy.dossier).exclude(pk__in=besides.values("pk"))
    weight = others.aggregate(total=Sum("stored__size"))["total"] or 0
    if weight + stored.size > candidacy.call.max_dossier_mb * MEGABYTE:
        raise Refusal(
            _("Ce fichier est trop lourd pour ce dossier. Réduisez-le, ou envoyez-le à la personne qui le demande."),
            code="dossier_too_large",
        )
