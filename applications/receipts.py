"""The receipt of a submission: what the law asks it to say (CRPA, R112-11-1), signed, as a page and as a PDF."""

from datetime import datetime
from typing import Any

from django.conf import settings

from applications.enums import SubmissionOrigin
from applications.identifiers import new_number
from applications.models import Call, Receipt, ReceiptDocument, SafetyNetConsent, Submission
from applications.rules.silence import implied_rejection_on
from hubs_portal import pdf, sealing, signing
from hubs_portal.files import StoredFile, store_bytes
from hubs_portal.jobs import queue
from hubs_portal.journal import canonical
from hubs_portal.letters.compose import renderer


def issue(submission: Submission, call: Call, *, at: datetime | None = None) -> Receipt:
    """Write the receipt of a submission, in its transaction; the PDF follows. `at`: when it is not at the arrival."""
    number = new_number("AR")
    manifest = canonical(_manifest(submission, call, number)).decode()
    receipt = Receipt.objects.create(
        submission=submission,
        number=number,
        issued_at=at or submission.arrived_at,
        manifest=manifest,
        signature=signing.sign(manifest.encode()),
    )
    queue.ask("render_receipt", str(receipt.pk))
    return receipt


def _manifest(submission: Submission, call: Call, number: str) -> dict[str, Any]:
    candidacy = submission.candidacy
    return {
        "receipt": number,
        "candidacy": candidacy.number,
        "call": call.title_fr,
        "version": submission.version,
        "origin": SubmissionOrigin(submission.origin).value,
        "arrived_at": submission.arrived_at.isoformat(),
        "closes_at": submission.closes_at.isoformat(),
        "organisation": candidacy.organisation.name,
        "siret": candidacy.organisation.siret,
        "account": submission.account,
        "signatory": submission.signatory,
        **_consent(submission),
        "content_sha256": submission.digest,
        "files": [
            {
                "requirement": file.requirement_label,
                "name": file.name,
                "size": file.stored.size,
                "pages": file.pages,
                "sha256": file.stored.digest,
            }
            for file in submission.files.select_related("stored")
        ],
        "promises": _promises(submission, call),
        "service": {
            "name": call.service_name,
            "address": call.service_address,
            "phone": call.service_phone,
            "email": call.service_email,
        },
        "implied_rejection_on": implied_rejection_on(submission.arrived_at).isoformat(),
        "silence": call.silence_fr,
        "appeal": call.appeal_fr,
    }


def _consent(submission: Submission) -> dict[str, Any]:
    """Of a version the safety net submitted: who had agreed to it, when, in what words."""
    if submission.origin != SubmissionOrigin.SAFETY_NET:
        return {}
    given = SafetyNetConsent.objects.standing().get(candidacy=submission.candidacy_id)
    return {"consent": {"account": given.account, "given_at": given.given_at.isoformat(), "text": given.text}}


def _promises(submission: Submission, call: Call) -> list[dict[str, str]]:
    """What will follow: each promise, with the name of the document as the call gives it."""
    labels = dict(call.requirements.values_list("code", "label_fr"))
    return [{"label": labels[promise["requirement"]], **promise} for promise in submission.says["promises"]]


def is_authentic(receipt: Receipt) -> bool:
    """Whether the manifest of a receipt is the one we signed."""
    return signing.verifies(receipt.manifest.encode(), receipt.signature)


def receipt_pdf(receipt: Receipt) -> StoredFile:
    """The PDF of a receipt, rendered now if it is not yet: the worker being late makes nobody wait."""
    rendered = ReceiptDocument.objects.select_related("stored").filter(receipt=receipt).first()
    if rendered:
        return rendered.stored
    context = {"receipt": receipt, "says": receipt.says, "site": settings.PUBLIC_URL}
    # The signed text travels inside: whoever holds the PDF and the public key checks the signature without us.
    document = pdf.render_pdf("pdf/receipt.html", context, enclosed={"manifeste.json": receipt.manifest})
    stored = store_bytes(sealing.seal(document))
    return ReceiptDocument.objects.get_or_create(receipt=receipt, defaults={"stored": stored})[0].stored


@renderer("receipt_pdf")
def _enclosed(key: str) -> StoredFile:
    return receipt_pdf(Receipt.objects.get(pk=int(key)))


@queue.handler("render_receipt")
def _render(key: str) -> None:
    receipt_pdf(Receipt.objects.get(pk=int(key)))
