"""Where the safety net of a candidacy stands: offered, given, fallen; and why it did not submit."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from applications.content import Content
from applications.models import Call, Candidacy, Member, SafetyNetConsent
from applications.rules.completeness import blocking
from applications.rules.safety_net import is_sworn, text_of, why_fallen
from applications.selectors.dossier import Draft, draft_of
from hubs_portal.refusals import Sentence


@dataclass(frozen=True)
class Held:
    """Why the net did not submit: a sentence, and what was missing."""

    sentence: str
    items: list[Sentence] = field(default_factory=list)


@dataclass(frozen=True)
class Cast:
    """What became of the net somebody had asked for: about to submit (`held` is `None`), or not, and why."""

    held: Held | None


@dataclass(frozen=True)
class Net:
    """What the page shows of the net: the consent that stands, or the text to agree to."""

    consent: SafetyNetConsent | None
    fallen: str
    text: str
    is_sworn: bool

    @property
    def holds(self) -> bool:
        """Whether the draft would be submitted at the closing, if it is complete then."""
        return self.consent is not None and not self.fallen

    @property
    def shown(self) -> str:
        """What the form sends back, so that what is recorded is what was read."""
        return mark_of(self.text)


def mark_of(text: str) -> str:
    """A short name for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def consent_of(candidacy: Candidacy) -> SafetyNetConsent | None:
    """The consent nobody took back: one query."""
    return candidacy.safety_nets.standing().select_related("given_by__user").first()


def net_of(candidacy: Candidacy, content: Content) -> Net:
    """The net as the draft stands: one query."""
    consent = consent_of(candidacy)
    fallen = why_fallen(consent, consent.given_by, content) if consent else ""
    return Net(consent, fallen, text_of(candidacy.call, content), is_sworn(content))


def held_by(draft: Draft, consent: SafetyNetConsent) -> Held | None:
    """Why the net does not submit this draft; `None` when nothing keeps it from doing so. No query."""
    if fallen := why_fallen(consent, consent.given_by, draft.content):
        return Held(fallen)
    if items := blocking(draft.items):
        return Held(_("Le dossier n’était pas complet à la clôture. Il manquait :"), [item.sentence for item in items])
    return None


def draft_at_closing(member: Member, call: Call) -> Draft:
    """The draft as it stands when nothing more may change it, judged at the closing time."""
    return draft_of(member, call.closes_at)


def is_ahead(candidacy: Candidacy) -> bool:
    """Whether the draft says something no submitted version says: one query."""
    return not candidacy.submissions.filter(revision__gte=candidacy.dossier.revision).exists()


def cast_of(candidacy: Candidacy, at: datetime) -> Cast | None:
    """After the closing, of a draft known to be ahead; `None` when nobody had asked for the net."""
    consent = consent_of(candidacy) if at >= candidacy.call.closes_at else None
    if consent is None:
        return None
    consent.given_by.candidacy = candidacy
    return Cast(held_by(draft_at_closing(consent.given_by, candidacy.call), consent))


def why_held(candidacy: Candidacy, at: datetime) -> Held | None:
    """Why the net somebody had asked for submits nothing; `None` when nobody had, or it did."""
    cast = cast_of(candidacy, at) if is_ahead(candidacy) else None
    return cast.held if cast else None
