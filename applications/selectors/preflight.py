"""Everything a manager checks before the results are released: sentences green and red, outcomes, letters to leave."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications.content import Content
from applications.enums import Outcome
from applications.models import Award, Call, Candidacy, Submission
from applications.rules import money
from applications.selectors.reachability import delivered, well_formed
from applications.selectors.readers import readers_of
from applications.selectors.release import Check, awards_of, blocking, unseen_by
from hubs_portal.accounts.models import User
from hubs_portal.templatetags.french import PARIS, day, euros


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
    def warnings(self) -> list[Check]:
        """What does not stand in the way, and that whoever signs must have read."""
        return [check for check in self.checks if not check.blocks and not check.is_met]

    @property
    def digest(self) -> str:
        """The fingerprint of the warnings: a signature is for those that were read. Empty when there are none."""
        said = [[str(check.sentence), *map(str, check.items)] for check in self.warnings]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest() if said else ""

    @property
    def letters(self) -> int:
        """How many letters will leave."""
        return sum(len(ending.addresses) for ending in self.endings)


def preflight(call: Call, reader: User, at: datetime) -> Preflight:
    """Everything a manager checks before asking or signing: eleven queries whatever the number of candidacies."""
    unseen = unseen_by(reader, call)
    awards = awards_of(call)
    endings = _endings([award for award in awards if award.candidacy_id not in unseen])
    told = blocking(call, awards, unseen)
    if endings:
        addresses = {address: ending.award.candidacy for ending in endings for address in ending.addresses}
        told += [_on_time(call, at), _counted(call, endings), _posted(endings), _reachable(endings)]
        told += [well_formed(addresses), delivered(call, addresses, _("téléphonez après la publication."))]
        told += [_asked_for(call, endings)]
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


def _on_time(call: Call, at: datetime) -> Check:
    """The embargo ends with the signature; before the day that was announced, that is worth a second thought."""
    planned = call.results_planned_on
    days = (planned - at.astimezone(PARIS).date()).days
    if days <= 0:
        held = _(
            "L’embargo tient jusqu’à la signature : rien n’est écrit ni public avant. Résultats prévus le %(day)s."
        )
        return Check(held % {"day": day(planned)}, blocks=False)
    early = ngettext(
        "Les résultats sont prévus le %(day)s : l’embargo finirait %(n)s jour plus tôt.",
        "Les résultats sont prévus le %(day)s : l’embargo finirait %(n)s jours plus tôt.",
        days,
    )
    return Check(early % {"day": day(planned), "n": days}, is_met=False, blocks=False)


def _posted(endings: list[Ending]) -> Check:
    """How many letters will leave, by outcome."""
    letters: Counter[str] = Counter()
    for ending in endings:
        letters[ending.award.outcome] += len(ending.addresses)
    candidacies, total = _by_outcome(endings), sum(letters.values())
    said = ngettext(
        "%(n)s lettre de résultat partira (candidatures : %(candidacies)s) :",
        "%(n)s lettres de résultat partiront (candidatures : %(candidacies)s) :",
        total,
    )
    items = tuple(
        _("%(outcome)s : %(candidacies)s, lettres : %(letters)s.")
        % {"outcome": outcome.label, "candidacies": candidacies[outcome], "letters": letters[outcome]}
        for outcome in Outcome
        if candidacies[outcome]
    )
    return Check(said % {"n": total, "candidacies": len(endings)}, is_met=total > 0, items=items, blocks=False)


def _reachable(endings: list[Ending]) -> Check:
    silent = [ending.award.candidacy for ending in endings if not ending.addresses]
    if not silent:
        return Check(_("Chaque candidature a quelqu’un à qui écrire."), blocks=False)
    items = tuple(f"{candidacy.number} – {candidacy.organisation.name}" for candidacy in silent)
    said = _("Personne à qui écrire : annoncez le résultat autrement.")
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
