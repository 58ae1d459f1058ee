"""What of a call may still be changed, and when: what candidates were promised at publication is locked."""

from collections.abc import Iterable

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from applications.enums import CallState
from applications.models import Call, Criterion, Member, Mission, Question, Requirement, RequirementRule, TeamMember
from hubs_portal.refusals import Refusal, Sentence

# Numbers and addresses that letters already quote, the dates of the deposit, and what a dossier is measured against.
LOCKED_FIELDS = (
    "slug",
    "prefix",
    "opens_at",
    "closes_at",
    "territories_min",
    "territories_max",
    "territories_mode",
    "collectivities_accepted",
)
LOCKED_PARTS: tuple[type[Model], ...] = (Mission, Question, Requirement, RequirementRule, Criterion)
WHY_LOCKED: Sentence = _(
    "Verrouillé depuis la publication : les candidats ont commencé leur dossier sur ces règles. La clôture ne change"
    " que par un report signé de deux responsables."
)


def is_locked(call: Call) -> bool:
    """Whether candidates may already have read the rules."""
    return call.state != CallState.DRAFT


def refuse_if_locked(call: Call, fields: Iterable[str] = (), parts: Iterable[type[Model]] = ()) -> None:
    """Raise when a published call would change in something it was published with."""
    if is_locked(call) and (set(fields) & set(LOCKED_FIELDS) or set(parts) & set(LOCKED_PARTS)):
        raise Refusal(WHY_LOCKED, code="locked")


def refuse_without_reason(call: Call, reason: str) -> None:
    """Raise when a published call would change without anybody saying why."""
    if is_locked(call) and not reason.strip():
        raise Refusal(
            _("L’appel est publié : écrivez le motif de la modification, il entre au journal."), code="no_reason"
        )


def why_not_on_the_team(call_id: int, email: str) -> Sentence | None:
    """Why the person at this address cannot join the team of a call; nobody examines a call they are a candidate of."""
    if TeamMember.objects.filter(call=call_id, user__email=email).exists():
        return _("Cette personne est déjà dans l’équipe.")
    at_work = Member.objects.present().filter(candidacy__call=call_id)
    if at_work.filter(email=email).exists() or at_work.filter(user__email=email).exists():
        return _("Cette personne travaille sur une candidature de cet appel : elle ne peut pas l’instruire.")
    return None
