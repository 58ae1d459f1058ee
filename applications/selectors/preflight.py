"""Everything a manager checks before the results are released: sentences green and red, outcomes, letters to leave."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications.content import Content
from applications.enums import Outcome
from applications.models import Award, Call, Candidacy, Member, Submission
from applications.rules import money
from applications.selectors.readers import readers_of
from applications.selectors.release import Check, awards_of, blocking, unseen_by
from hubs_portal.accounts.models import User
from hubs_portal.letters.models import Letter, LetterState
from hubs_portal.templatetags.french import euros


@dataclass(frozen=True)
class Ending:
    """How a candidacy ends, with what the release will write of it."""

    award: Award
    territories: list[str]
    requested: Decimal
    addresses: list[str]


@dataclass(frozen=True)
class Preflight:
    """The release, before it: sentences green and red, and every outcome the person may read."""

    checks: list[Check]
    endings: list[Ending]
    unseen: int

    @property
    def is_ready(self) -> bool:
        """Whether nothing stands in the way."""
        return all(check.is_met for check in self.checks if check.blocks)

    @property
    def letters(self) -> int:
        """How many letters will leave."""
        return sum(len(ending.addresses) for ending in self.endings)


def preflight(call: Call, reader: User) -> Preflight:
    """Everything a manager checks before asking or signing: nine queries whatever the number of candidacies."""
    unseen = unseen_by(reader, call)
    awards = awards_of(call)
    endings = _endings([award for award in awards if award.candidacy_id not in unseen])
    told = blocking(call, awards, unseen)
    if endings:
        told += [_counted(call, endings), _posted(endings), _reachable(endings)]
        told += [_delivered(call, endings), _asked_for(call, endings)]
    return Preflight(told, endings, sum(a.candidacy_id in unseen for a in awards))


def _endings(awards: list[Award]) -> list[Ending]:
    candidacies = [award.candidacy for award in awards]
    said = _contents(candidacies)
    readers = readers_of(candidacies)
    return [
        Ending(
            award,
            [territory["name"] for territory in said[award.candidacy_id]["territories"]],
            money.balance(said[award.candidacy_id]).requested,
            [reader.address for reader in readers[award.candidacy_id]],
        )
        for award in awards
    ]


def _contents(candidacies: Iterable[Candidacy]) -> dict[int, Content]:
    rows = Submission.objects.latest_of_each().filter(candidacy__in=[candidacy.pk for candidacy in candidacies])
    return {submission.candidacy_id: submission.says for submission in rows}


def _by_outcome(endings: Iterable[Ending]) -> Counter[str]:
    return Counter(ending.award.outcome for ending in endings)


def _counted(call: Call, endings: list[Ending]) -> Check:
    counts = _by_outcome(endings)
    said = ngettext(
        "%(awarded)s lauréate (l’appel en attend environ %(expected)s), %(reserve)s en liste complémentaire,"
        " %(rejected)s sans suite.",
        "%(awarded)s lauréates (l’appel en attend environ %(expected)s), %(reserve)s en liste complémentaire,"
        " %(rejected)s sans suite.",
        counts[Outcome.AWARDED],
    )
    figures = {
        "awarded": counts[Outcome.AWARDED],
        "expected": call.expected_awards,
        "reserve": counts[Outcome.RESERVE],
        "rejected": counts[Outcome.NOT_SELECTED],
    }
    return Check(said % figures, is_met=counts[Outcome.AWARDED] > 0, blocks=False)


def _posted(endings: list[Ending]) -> Check:
    """How many letters will leave, by kind."""
    counts: Counter[str] = Counter()
    for ending in endings:
        counts[ending.award.outcome] += len(ending.addresses)
    total = sum(counts.values())
    said = ngettext("%(n)s lettre de résultat partira :", "%(n)s lettres de résultat partiront :", total) % {"n": total}
    items = tuple(f"{outcome.label} : {counts[outcome]}" for outcome in Outcome if counts[outcome])
    return Check(said, is_met=total > 0, items=items, blocks=False)


def _reachable(endings: list[Ending]) -> Check:
    silent = [ending.award.candidacy for ending in endings if not ending.addresses]
    if not silent:
        return Check(_("Chaque candidature a quelqu’un à qui écrire."), blocks=False)
    items = tuple(f"{candidacy.number} – {candidacy.organisation.name}" for candidacy in silent)
    said = _("Personne à qui écrire : annoncez le résultat autrement.")
    return Check(said, is_met=False, items=items, blocks=False)


def _delivered(call: Call, endings: list[Ending]) -> Check:
    """The addresses whose last letter did not arrive, with a telephone."""
    concerned = {address: ending.award.candidacy_id for ending in endings for address in ending.addresses}
    rows = Letter.objects.filter(of_candidacy__candidacy__call=call).order_by("written_at", "pk")
    last = dict(rows.values_list("address", "state"))
    lost = [a for a in concerned if last.get(a) in {LetterState.FAILED, LetterState.UNCERTAIN}]
    if not lost:
        return Check(_("Aucune des adresses n’a refusé la dernière lettre."), blocks=False)
    phones = dict(
        Member.objects.present()
        .filter(candidacy__in=concerned.values(), is_contact=True)
        .values_list("candidacy", "phone")
    )
    items = tuple(" – ".join(filter(None, [address, phones.get(concerned[address], "")])) for address in lost)
    said = _("La dernière lettre n’est pas arrivée à ces adresses : téléphonez après la publication.")
    return Check(said, is_met=False, items=items, blocks=False)


def _asked_for(call: Call, endings: list[Ending]) -> Check:
    """Subventions beyond what was asked, or beyond the ceiling of the call."""
    items = []
    for ending in endings:
        amount, number = ending.award.amount or Decimal(0), ending.award.candidacy.number
        if amount > ending.requested:
            said = _("%(number)s : %(amount)s accordés, %(asked)s demandés.")
            items.append(said % {"number": number, "amount": euros(amount), "asked": euros(ending.requested)})
        elif call.grant_ceiling is not None and amount > call.grant_ceiling:
            said = _("%(number)s : %(amount)s accordés, au-delà du plafond de %(ceiling)s.")
            items.append(said % {"number": number, "amount": euros(amount), "ceiling": euros(call.grant_ceiling)})
    if not items:
        return Check(_("Aucune subvention ne dépasse ce qui est demandé, ni le plafond de l’appel."), blocks=False)
    return Check(_("Des montants sont à vérifier :"), is_met=False, items=tuple(items), blocks=False)
