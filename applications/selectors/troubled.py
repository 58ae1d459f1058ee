"""The letters that did not arrive, or perhaps not: whom to telephone, about what, since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from applications.models import LetterCall, Member
from applications.selectors import ledger, phrases
from applications.selectors.ledger import About
from hubs_portal.letters import resending
from hubs_portal.letters.health import TROUBLED
from hubs_portal.letters.models import Letter, LetterState
from hubs_portal.refusals import Sentence


@dataclass(frozen=True)
class Trouble:
    """A letter to tell by telephone; `phone` is that of its reader, or of the contact of the dossier."""

    letter: Letter
    about: About | None
    contact: str
    phone: str
    phrase: Sentence
    is_concealed: bool

    @property
    def is_uncertain(self) -> bool:
        """Whether it may have arrived."""
        return self.letter.state == LetterState.UNCERTAIN

    @property
    def words(self) -> str:
        """What the server said."""
        return ledger.servers_words(self.letter, is_concealed=self.is_concealed)

    @property
    def version(self) -> str:
        """What the buttons send back: two clicks are one act."""
        return resending.version(self.letter)

    @property
    def why_not(self) -> Sentence:
        """Why it cannot be sent again; empty when it can."""
        return resending.why_not(self.letter)


def untold() -> Q:
    """Those that did not arrive, or perhaps not, and that nobody told by telephone since they were last to be sent."""
    told = LetterCall.objects.filter(letter=OuterRef("pk"), made_at__gte=OuterRef("queued_at"))
    return Q(~Exists(told), state__in=TROUBLED)


def to_tell(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    """The same, uncertain ones first, then the oldest."""
    return letters.filter(untold()).order_by(F("state").desc(), "queued_at", "pk")


def troubles(letters: Sequence[Letter], at: datetime) -> list[Trouble]:
    """These letters with whom to telephone: two queries at most, whatever their number."""
    subjects = {letter.pk: ledger.about(letter) for letter in letters}
    concerned = {said.candidacy.pk for said in subjects.values() if said and said.candidacy}
    people: dict[int, list[Member]] = {}
    for member in Member.objects.present().filter(candidacy__in=concerned).order_by("-is_contact", "pk"):
        people.setdefault(member.candidacy_id, []).append(member)
    hidden = ledger.concealed(letters, at)
    return [_trouble(letter, subjects[letter.pk], people, is_concealed=letter.pk in hidden) for letter in letters]


def _trouble(letter: Letter, said: About | None, people: dict[int, list[Member]], *, is_concealed: bool) -> Trouble:
    """A juror's letter names a candidacy whose contact is nobody to telephone."""
    of_dossier = getattr(letter, "of_candidacy", None) is not None
    members = people.get(said.candidacy.pk, []) if of_dossier and said and said.candidacy else []
    reader = next((member for member in members if member.email == letter.address and member.phone), None)
    reached = reader or next((member for member in members if member.is_contact), None)
    return Trouble(
        letter,
        said,
        reached.name if reached else "",
        reached.phone if reached else "",
        phrases.of(letter.kind) or letter.subject,
        is_concealed,
    )
