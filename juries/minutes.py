"""The minutes: everything a judge would ask of a deliberation, taken from the record, and its fingerprint.

No mark is given with the name of its author: scores appear as means, spreads and numbers of voters.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hubs_portal import pdf
from hubs_portal.journal import canonical
from juries.enums import HearingState
from juries.models import Deliberation, Hearing, Jury, Minutes, Recusal, Seat
from juries.rules.ranking import Standing, displayed
from juries.selectors.deliberation import granted, overlaps
from juries.selectors.minutes import reading
from juries.selectors.ranking import ranking


def produce(deliberation: Deliberation, *, at: datetime) -> Minutes:
    """Write the minutes of a deliberation that two people have signed; `at` is the instant of the second signature."""
    text = canonical(content(deliberation)).decode()
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Minutes.objects.create(deliberation=deliberation, produced_at=at, content=text, digest=digest)


def as_pdf(minutes: Minutes, *, says: Mapping[str, Any] | None = None) -> bytes:
    """The minutes as a PDF, its hashed text travelling inside; or, as `says`, an extract."""
    deliberation = minutes.deliberation
    context = {"minutes": minutes, "call": deliberation.jury.call, "says": says or reading(minutes.says)}
    enclosed = {} if says else {"proces-verbal.json": minutes.content}
    return pdf.render_pdf("pdf/minutes.html", context, enclosed=enclosed)


def content(deliberation: Deliberation) -> dict[str, Any]:
    """What the minutes say; amounts and scores as text with two decimals, instants in ISO 8601."""
    jury = deliberation.jury
    return {
        "call": {"slug": jury.call.slug, "title": jury.call.title_fr, "envelope": f"{jury.call.envelope:.2f}"},
        "jury": {"name": jury.name, "quorum": jury.quorum, "ranking_stage": jury.ranking_stage},
        "opened_at": deliberation.opened_at.isoformat(),
        "settled_at": deliberation.settled_at.isoformat() if deliberation.settled_at else "",
        "grid": [
            {"code": c.code, "label": c.label_fr, "weight": c.weight, "threshold": c.threshold}
            for c in jury.call.criteria.all()
        ],
        "composition": [_member(seat) for seat in jury.seats.select_related("user").order_by("pk")],
        "recusals": [_recusal(row) for row in _recusals(jury)],
        "hearings": [_hearing(row) for row in _hearings(jury)],
        "ranking": [_standing(row) for row in ranking(jury)],
        "decisions": _decisions(deliberation),
        "granted": f"{granted(deliberation):.2f}",
        "envelope_reason": deliberation.envelope_reason,
        "overlaps": overlaps(deliberation),
        "signatures": [
            {"name": str(s.user), "capacity": s.capacity, "at": s.signed_at.isoformat()}
            for s in deliberation.signatures.select_related("user")
        ],
    }


def _member(seat: Seat) -> dict[str, Any]:
    return {
        "name": str(seat.user),
        "capacity": seat.capacity,
        "role": seat.role,
        "charter_signed_at": seat.charter_signed_at.isoformat() if seat.charter_signed_at else "",
        "removed_at": seat.removed_at.isoformat() if seat.removed_at else "",
    }


def _recusals(jury: Jury) -> list[Recusal]:
    return list(Recusal.objects.filter(seat__jury=jury).select_related("seat__user", "candidacy"))


def _recusal(recusal: Recusal) -> dict[str, str]:
    return {
        "name": str(recusal.seat.user),
        "candidacy": recusal.candidacy.number,
        "origin": recusal.origin,
        "reason": recusal.reason,
        "at": recusal.recused_at.isoformat(),
    }


def _hearings(jury: Jury) -> list[Hearing]:
    held = Hearing.objects.filter(panel__jury=jury, state=HearingState.HELD)
    rows = held.select_related("slot", "candidacy", "panel").prefetch_related("presences__seat__user")
    return list(rows.order_by("slot__starts_at", "pk"))


def _hearing(hearing: Hearing) -> dict[str, Any]:
    presences = hearing.presences.all()
    return {
        "candidacy": hearing.candidacy.number,
        "panel": hearing.panel.name,
        "starts_at": hearing.slot.starts_at.isoformat(),
        "room": hearing.slot.room,
        "heard": hearing.attended_by,
        "present": [str(presence.seat.user) for presence in presences if presence.present],
        "absent": [str(presence.seat.user) for presence in presences if not presence.present],
    }


def _standing(row: Standing) -> dict[str, Any]:
    return {
        "candidacy": row.candidacy.number,
        "structure": row.candidacy.organisation.name,
        "rank": row.rank,
        "score": "" if row.shown is None else f"{row.shown}",
        "voters": row.voters,
        "quorum_reached": row.has_quorum,
        "means": {criterion.code: f"{displayed(value)}" for criterion, value in row.means.items()},
        "spreads": {criterion.code: f"{value}" for criterion, value in row.spreads.items()},
        "below_threshold": [criterion.code for criterion in row.below_threshold],
    }


def _decisions(deliberation: Deliberation) -> list[dict[str, str]]:
    return [
        {
            "candidacy": decision.candidacy.number,
            "structure": decision.candidacy.organisation.name,
            "outcome": decision.outcome,
            "amount": "" if decision.amount is None else f"{decision.amount:.2f}",
            "reasons": decision.reasons,
            "at": decision.decided_at.isoformat(),
        }
        for decision in deliberation.decisions.select_related("candidacy__organisation")
    ]
