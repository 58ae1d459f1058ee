"""What a letter would say: of a real candidacy what its team may see of it, and plainly marked examples of the rest.

Never what a sealed dossier holds, never a decision: those are examples whatever the candidacy.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from applications.enums import ExclusionStage, LegalForm, Outcome, Rights
from applications.models import (
    Agreement,
    Award,
    Call,
    Candidacy,
    CompletionItem,
    CompletionRequest,
    Document,
    Exclusion,
    Extension,
    Incident,
    Member,
    NeighbourMessage,
    Organisation,
    Receipt,
    Replacement,
    Requirement,
)
from applications.models.agreement import months_after
from applications.rules.completeness import Missing
from applications.rules.silence import implied_rejection_on
from applications.selectors.letter_variables import variables_of
from hubs_portal.files import StoredFile
from hubs_portal.letters.compose import Addressee

NUMBER = "HFC-EXEM-PLE1"
# Given the call, the candidacy if there is one, and the instant, what one kind of letter needs beside `common`.
Specimen = Callable[[Call, Candidacy | None, datetime], dict[str, Any]]


def marked(text: str) -> str:
    """An example that nobody can take for a fact."""
    return _("[exemple] %(text)s") % {"text": text}


def common(call: Call, candidacy: Candidacy | None) -> dict[str, Any]:
    """What every letter about a candidacy is given; without one, about nobody."""
    if candidacy:
        return variables_of(candidacy)
    organisation = Organisation(
        name=marked(_("Association des Monts")), legal_form=LegalForm.ASSOCIATION, siret="00000000000000"
    )
    return {
        "candidacy": Candidacy(call=call, number=NUMBER),
        "call": call,
        "organisation": organisation,
        "desk": settings.PUBLIC_URL + reverse("dossier", args=[NUMBER]),
        "local_times": [],
    }


def addressee(candidacy: Candidacy | None, language: str) -> Addressee:
    """The contact of the candidacy, as if they had chosen that language; nobody without one: one query."""
    contact = candidacy and candidacy.members.present().filter(is_contact=True).first()
    if contact:
        return Addressee(contact.email, contact.name, language)
    with override(language):
        return Addressee("camille@exemple.invalid", marked("Camille Martin"), language)


def nothing(_call: Call, _candidacy: Candidacy | None, _at: datetime) -> dict[str, Any]:
    """For letters that say no more than `common`."""
    return {}


def signalling(call: Call, _candidacy: Candidacy | None, _at: datetime) -> dict[str, Any]:
    """The kit, and a link nobody can follow."""
    return {"link": f"{settings.PUBLIC_URL}/rejoindre/exemple/", "kit": call.kit.all()}


def invitation(_call: Call, candidacy: Candidacy | None, _at: datetime) -> dict[str, Any]:
    """The contact invites; what for is an example."""
    inviter = candidacy and candidacy.members.present().filter(is_contact=True).first()
    return {
        "link": f"{settings.PUBLIC_URL}/rejoindre/exemple/",
        "inviter": inviter or Member(name=marked("Dominique Durand")),
        "rights": Rights.EDIT.label,
    }


def neighbour(_call: Call, candidacy: Candidacy | None, _at: datetime) -> dict[str, Any]:
    """Who writes to whom is theirs: an example, always."""
    number = candidacy.number if candidacy else NUMBER
    return {
        "message": NeighbourMessage(text=marked(_("Nous cherchons un partenaire dans l’Ain : en parlons-nous ?"))),
        "sender": Organisation(name=marked(_("Association des Vallées"))),
        "link": settings.PUBLIC_URL + reverse("neighbours", args=[number]) + "#echanges",
    }


def reminder(_call: Call, _candidacy: Candidacy | None, _at: datetime) -> dict[str, Any]:
    """What a draft lacks is sealed: an example, always."""
    return {"step": "J-2", "items": [Missing(marked(_("Joignez la pièce « Statuts ».")), "documents")]}


def first_receipt(call: Call, candidacy: Candidacy | None, at: datetime) -> dict[str, Any]:
    """Of a first version."""
    return _receipt(call, candidacy, at, version=1)


def next_receipt(call: Call, candidacy: Candidacy | None, at: datetime) -> dict[str, Any]:
    """Of a later one."""
    return _receipt(call, candidacy, at, version=2)


def _receipt(call: Call, candidacy: Candidacy | None, at: datetime, *, version: int) -> dict[str, Any]:
    """The number and the instant of the last receipt, if there is one; of what was submitted, examples only."""
    found = Receipt.objects.filter(submission__candidacy=candidacy) if candidacy else Receipt.objects.none()
    real = found.select_related("submission").order_by("-submission__version").first()
    arrived_at = real.submission.arrived_at if real else at
    about = common(call, None)
    if candidacy:
        about |= {"candidacy": candidacy, "organisation": candidacy.organisation}
    digest = "0" * 64
    says = {
        "version": real.submission.version if real else version,
        "candidacy": about["candidacy"].number,
        "origin": "online",
        "arrived_at": arrived_at.isoformat(),
        "organisation": about["organisation"].name,
        "siret": about["organisation"].siret,
        "account": marked("Camille Martin"),
        "signatory": marked("Alix Martin"),
        "content_sha256": digest,
        "files": [{"requirement": marked(_("Statuts")), "name": "statuts.pdf", "size": 240_000, "sha256": digest}],
        "promises": [],
        "implied_rejection_on": implied_rejection_on(arrived_at).isoformat(),
        "silence": call.silence_fr,
        "appeal": call.appeal_fr,
    }
    number = real.number if real else marked("AR-EXEM-PLE1")
    return {"receipt": Receipt(number=number), "submission": SimpleNamespace(origin="online"), "says": says}


def extension(call: Call, candidacy: Candidacy | None, _at: datetime) -> dict[str, Any]:
    """The last one in force, or an example of three days."""
    real = call.extensions.filter(signed_by__isnull=False).last() if candidacy else None
    example = Extension(
        former_closes_at=call.closes_at - timedelta(days=3),
        new_closes_at=call.closes_at,
        reason=marked(_("Panne de la plateforme.")),
    )
    return {"extension": real or example}


def completion(_call: Call, candidacy: Candidacy | None, at: datetime) -> dict[str, Any]:
    """What the team last asked for, or an example; the files received are an example, always."""
    asked = CompletionItem.objects.filter(request__candidacy=candidacy) if candidacy else CompletionItem.objects.none()
    rows = list(asked.select_related("request", "requirement").order_by("-request", "pk"))
    request = rows[0].request if rows else CompletionRequest(due_at=at + timedelta(days=10), message="")
    wanted = [row for row in rows if row.request_id == request.pk] or [_example_item()]
    for item in wanted:
        item.stored, item.received_at = StoredFile(digest="0" * 64), at
        item.name = marked("statuts.pdf")
    number = candidacy.number if candidacy else NUMBER
    link = settings.PUBLIC_URL + reverse("completion", args=[number])
    return {"request": request, "items": wanted, "link": link}


def completion_left(call: Call, candidacy: Candidacy | None, at: datetime) -> dict[str, Any]:
    """The same, as the reminder of it says it."""
    return {**completion(call, candidacy, at), "due_times": []}


def unreadable_file(_call: Call, candidacy: Candidacy | None, _at: datetime) -> dict[str, Any]:
    """What a dossier holds, and in what state: an example, always."""
    requirement = Requirement(label_fr=marked(_("Statuts")), rule="")
    file = CompletionItem(requirement=requirement, name=marked("statuts.pdf"), state="unreadable", verdict="encrypted")
    number = candidacy.number if candidacy else NUMBER
    link = settings.PUBLIC_URL + reverse("documents", args=[number])
    return {"file": file, "way": "draft", "request": None, "due_times": [], "instead_of": "", "link": link}


def sent_instead(_call: Call, candidacy: Candidacy | None, at: datetime) -> dict[str, Any]:
    """What a dossier holds, and what came in its place: an example, always."""
    requirement = Requirement(label_fr=marked(_("Statuts")), rule="")
    file = Replacement(
        document=Document(requirement=requirement, name=marked("statuts.pdf")),
        name=marked("statuts-lisibles.pdf"),
        stored=StoredFile(digest="0" * 64),
        received_at=at,
    )
    number = candidacy.number if candidacy else NUMBER
    return {"file": file, "link": settings.PUBLIC_URL + reverse("completion", args=[number])}


def _example_item() -> CompletionItem:
    requirement = Requirement(label_fr=marked(_("Statuts")), rule="")
    return CompletionItem(requirement=requirement, reason=marked(_("La dernière page manque.")))


def exclusion(_call: Call, _candidacy: Candidacy | None, _at: datetime) -> dict[str, Any]:
    """A decision: an example, always."""
    return {
        "exclusion": Exclusion(
            stage=ExclusionStage.ELIGIBILITY,
            rule=marked(_("Règlement de l’appel, article 3.")),
            reason=marked(_("Le périmètre compte un seul territoire.")),
        )
    }


def reason(_call: Call, _candidacy: Candidacy | None, _at: datetime) -> dict[str, Any]:
    """A decision: an example, always."""
    return {"reason": marked(_("Deux critères sont sous leur seuil."))}


def award(_call: Call, _candidacy: Candidacy | None, at: datetime) -> dict[str, Any]:
    """A decision: an example, always."""
    reasons = marked(_("Un projet solide, une gouvernance à préciser."))
    return {"award": Award(outcome=Outcome.AWARDED, amount=100_000, reasons=reasons, decided_at=at)}


def agreement(_call: Call, _candidacy: Candidacy | None, at: datetime) -> dict[str, Any]:
    """What is granted, and when it is paid: an example, always."""
    today = at.date()
    example = Agreement(
        amount=100_000,
        schedule=marked(_("50 % à la signature, le solde sur compte rendu.")),
        return_by=today + timedelta(days=30),
        signed_on=today,
        report_due_on=months_after(today, 12),
    )
    return {"agreement": example, "is_late": False}


def problem(call: Call, _candidacy: Candidacy | None, at: datetime) -> dict[str, Any]:
    """What somebody wrote of their dossier: an example, always."""
    incident = Incident(
        candidacy=Candidacy(call=call, number=NUMBER),
        rank=1,
        happened=marked(_("L’envoi des statuts s’arrête à la moitié.")),
        reported_at=at,
        closes_at=call.closes_at,
    )
    return {
        "incident": incident,
        "answer": SimpleNamespace(text=marked(_("Essayez avec un fichier plus léger ; nous vous appelons."))),
        "reported_times": [],
        "link": settings.PUBLIC_URL + reverse("problem_reported", args=[NUMBER, 1]),
    }
