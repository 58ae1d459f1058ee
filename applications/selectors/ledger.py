"""The ledger of letters as the team of each call may read it: which letters, about what, and what may be opened.

Each phase says which drawers of its own open to whom (`posts`). An observer or somebody who stays out of a candidacy
must learn nothing from a letter that is there, nor from one that is missing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from applications.enums import Role
from applications.models import Call, Candidacy, CandidacyLetter, Member
from applications.models.candidacy import candidates_drawer
from applications.selectors.office import UNSEALED_LETTERS, is_sealed
from hubs_portal.accounts.models import User
from hubs_portal.letters.health import TROUBLED
from hubs_portal.letters.models import Letter, LetterState
from hubs_portal.paging import CappedPaginator, counted
from hubs_portal.refusals import Sentence

_SHOWN_OF_CALL = {"id", "slug", "title_fr", "title_en", "closes_at"}

# A person's role in each of their calls.
Roles = Mapping[int, str]


@dataclass(frozen=True)
class Shelf:
    """The drawers open to somebody, call by call, and the letters in them whose existence they must not know of."""

    drawers: Mapping[int, str]
    hidden: Q | None = None


@dataclass(frozen=True)
class About:
    """What a letter is about: a call, a candidacy when it names one, and how to call it."""

    call: Call
    candidacy: Candidacy | None
    label: str


@dataclass(frozen=True)
class Post:
    """The letters to one kind of reader, linked to what they are about by rows of one table."""

    code: str
    label: Sentence
    # From a letter to its link, and from there what pages show.
    link: str
    joins: tuple[str, ...]
    opens: Callable[[User, Roles, datetime], Shelf]
    about: Callable[[Any], About]
    # Whether whoever finds the letter may also read what it says.
    reads: Callable[[Any, User, datetime], bool]

    def of(self, letter: Letter) -> Any:
        """The link of this letter, when it is of this post."""
        return getattr(letter, self.link, None)


posts: list[Post] = []


# ---------------------------------------------------------------- which letters


def shelves(user: User, roles: Roles, at: datetime) -> list[tuple[Post, Shelf]]:
    """What opens to somebody at that instant, post by post. A superuser, whatever the call, knows that letters left."""
    if user.is_superuser:
        roles = {**dict.fromkeys(Call.objects.values_list("pk", flat=True), Role.MANAGER.value), **roles}
    return [(post, post.opens(user, roles, at)) for post in posts]


def visible(user: User, opened: Iterable[tuple[Post, Shelf]]) -> QuerySet[Letter]:
    """The letters somebody may know of; those of accounts besides, for superusers."""
    found = [shelf for _post, shelf in opened]
    drawers = [drawer for shelf in found for drawer in shelf.drawers.values()]
    letters = Letter.objects.filter(drawer__in=[*drawers, ""] if user.is_superuser else drawers)
    for shelf in found:
        if shelf.hidden is not None:
            letters = letters.filter(~shelf.hidden)
    return letters


def with_subjects(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    """The same with what each is about, without what a list does not show: the bodies, and most of a call.

    A letter may be tied to its call by six ways, each one a join: forty columns of each would cost more than the page.
    """
    joins = [f"{post.link}__{join}" for post in posts for join in post.joins]
    unshown = [field.name for field in Call._meta.concrete_fields if field.name not in _SHOWN_OF_CALL]
    calls = [join for join in joins if join.split("__")[-1] == "call"]
    return letters.select_related(*joins).defer(
        "text", "html", *(f"{call}__{name}" for call in calls for name in unshown)
    )


def searched(letters: QuerySet[Letter], words: str, at: datetime) -> QuerySet[Letter]:
    """Those to exactly that address, or about the candidacy of exactly that number: an index finds both."""
    words = words.strip()
    if "@" in words:
        known = Exists(_members(OuterRef("of_candidacy__candidacy"), OuterRef("address")))
        shown = ~Q(of_candidacy__candidacy__call__closes_at__gt=at) | known
        return letters.filter(shown, address=words.lower())
    named = Q(pk__in=[])
    for post in posts:
        about_it = Letter.objects.filter(**{f"{post.link}__candidacy__number": words.upper()})
        named |= Q(pk__in=about_it.order_by().values("pk"))
    return letters.filter(named)


def _members(candidacy: Any, address: Any) -> QuerySet[Member]:
    return Member.objects.filter(candidacy=candidacy, email=address)


# ---------------------------------------------------------------- where they are


@dataclass(frozen=True)
class InState:
    """How many letters are in a state; `is_more` when there are more than were counted."""

    state: LetterState
    n: int
    is_more: bool = False


def counts(letters: QuerySet[Letter]) -> list[InState]:
    """How many in each state, those that left no further than a thousand: two queries."""
    unsettled = letters.filter(state__in=set(LetterState) - {LetterState.SENT}).order_by()
    found = dict(unsettled.values_list("state").annotate(n=Count("pk")))
    rows = [InState(state, found[state]) for state in LetterState if found.get(state)]
    sent, is_more = counted(letters.filter(state=LetterState.SENT), CappedPaginator.CAP)
    return [*rows, InState(LetterState.SENT, sent, is_more)] if sent else rows


def last_refused(letters: QuerySet[Letter]) -> Letter | None:
    """The letter about which a server spoke last, among those that have not left."""
    heard = letters.filter(state__in=[LetterState.RETRYING, *TROUBLED]).exclude(error="")
    sealing = heard.select_related("of_candidacy__candidacy__call")
    return (
        sealing.only("kind", "address", "error", "claimed_at", "of_candidacy__candidacy__call__closes_at")
        .order_by("-claimed_at")
        .first()
    )


# ---------------------------------------------------------------- what each is about


def post_of(letter: Letter) -> tuple[Post, Any] | None:
    """Of which post a letter is, with its link; none for the letters of accounts."""
    found = ((post, post.of(letter)) for post in posts)
    return next(((post, link) for post, link in found if link is not None), None)


def about(letter: Letter) -> About | None:
    """What a letter is about; nothing for the letters of accounts."""
    found = post_of(letter)
    return found[0].about(found[1]) if found else None


def may_read(letter: Letter, user: User, roles: Roles, at: datetime) -> bool:
    """Whether somebody who may know of a letter may also read what it says: never when it carries a personal link."""
    found = post_of(letter)
    if letter.secret or found is None:
        return False
    post, link = found
    return post.about(link).call.pk in roles and post.reads(link, user, at)


def concealed(letters: Sequence[Letter], at: datetime) -> frozenset[int]:
    """The letters, among these, whose address is one that a sealed dossier names: one query, none after the closing.

    The team knows the people of a dossier; the legal representative and the partners it reads of once it is closed.
    """
    sealed = {}
    for letter in letters:
        link: CandidacyLetter | None = getattr(letter, "of_candidacy", None)
        if link is not None and is_sealed(link.candidacy.call, at):
            sealed[letter.pk] = (link.candidacy_id, letter.address)
    if not sealed:
        return frozenset()
    known = set(
        Member.objects.filter(candidacy__in={pk for pk, _address in sealed.values()}).values_list("candidacy", "email")
    )
    return frozenset(pk for pk, named in sealed.items() if named not in known)


def servers_words(letter: Letter, *, is_concealed: bool) -> str:
    """What the mail server said, without an address that is still sealed."""
    return letter.error.replace(letter.address, "…") if is_concealed else letter.error


# ---------------------------------------------------------------- the candidates' letters


def _to_candidates(_user: User, roles: Roles, _at: datetime) -> Shelf:
    """Every one of the team: nothing is written to a candidate that the team does not know of already."""
    return Shelf({call: candidates_drawer(call) for call in roles})


def _about_candidacy(link: CandidacyLetter) -> About:
    return About(link.candidacy.call, link.candidacy, link.candidacy.number)


def _reads_candidates(link: CandidacyLetter, _user: User, at: datetime) -> bool:
    """A receipt or a reminder tells what the dossier holds: they open with it, at the closing time."""
    return link.letter.kind in UNSEALED_LETTERS or not is_sealed(link.candidacy.call, at)


posts.append(
    Post(
        code="candidates",
        label=_("aux candidats"),
        link="of_candidacy",
        joins=("candidacy__call", "candidacy__organisation"),
        opens=_to_candidates,
        about=_about_candidacy,
        reads=_reads_candidates,
    )
)
