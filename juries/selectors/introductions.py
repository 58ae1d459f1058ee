"""What a juror sees of a candidacy before they declare: who leads it, with whom, where. Nothing of what it says."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from applications.content import Content
from applications.models import Candidacy, Member, Submission
from hubs_portal.refusals import Sentence
from juries.enums import Verdict
from juries.models import InterestDeclaration, Seat
from juries.rules.docket import docket
from juries.rules.ties import remarks, sirens
from juries.selectors.visible import declarations_of


@dataclass(frozen=True)
class Introduction:
    """A candidacy by its names. `remarks` are what the portal noticed between it and the juror."""

    candidacy: Candidacy
    lead: str
    partners: list[str] = field(default_factory=list)
    territories: list[str] = field(default_factory=list)
    remarks: list[Sentence] = field(default_factory=list)
    declaration: InterestDeclaration | None = None


def introductions(seat: Seat, at: datetime) -> list[Introduction]:
    """Every candidacy of the docket by its names, with what the juror declared of it: four queries."""
    candidacies = list(docket(seat).select_related("organisation"))
    numbers = {candidacy.pk for candidacy in candidacies}
    said = _contents(numbers, at)
    declared = {row.candidacy_id: row for row in declarations_of(seat).filter(candidacy__in=numbers)}
    colleagues = Member.objects.present().filter(user=seat.user_id, candidacy__in=numbers)
    works_on = set(colleagues.values_list("candidacy", flat=True))
    tied = _tied(said, declared)
    return [
        _introduced(seat, row, said.get(row.pk), declared.get(row.pk), tied, works_on=row.pk in works_on)
        for row in candidacies
    ]


def own_recusals(seat: Seat) -> list[InterestDeclaration]:
    """The candidacies the juror stays out of and had declared about: their own words, and nothing of what follows."""
    declared = declarations_of(seat).filter(candidacy__recusals__seat__user=seat.user_id).distinct()
    return list(declared.order_by("candidacy__number"))


def _contents(numbers: set[int], at: datetime) -> dict[int, Content]:
    """The versions that count, once the call is closed and frozen: before, a structure is named and nothing else."""
    versions = Submission.objects.latest_of_each().filter(
        candidacy__in=numbers, candidacy__call__closes_at__lte=at, candidacy__call__frozen_at__isnull=False
    )
    return {version.candidacy_id: version.says for version in versions}


def _tied(said: dict[int, Content], declared: dict[int, InterestDeclaration]) -> dict[str, int]:
    """The legal entities of the candidacies with which the juror declared a tie, and which one that was."""
    ties = [pk for pk, row in declared.items() if row.verdict == Verdict.TO_EXAMINE and pk in said]
    return {siren: pk for pk in ties for siren in sirens(said[pk])}


def _introduced(
    seat: Seat,
    candidacy: Candidacy,
    says: Content | None,
    declaration: InterestDeclaration | None,
    tied: dict[str, int],
    *,
    works_on: bool,
) -> Introduction:
    noticed: list[Sentence] = [_("Votre compte travaille sur ce dossier.")] if works_on else []
    if says is None:
        return Introduction(candidacy, candidacy.organisation.name, remarks=noticed, declaration=declaration)
    if any(tied.get(siren, candidacy.pk) != candidacy.pk for siren in sirens(says)):
        noticed.append(_("Une de ses structures est aussi dans un dossier avec lequel vous déclarez un lien."))
    return Introduction(
        candidacy,
        says["organisation"]["name"] or candidacy.organisation.name,
        partners=[partner["name"] for partner in says["partners"]],
        territories=[territory["name"] for territory in says["territories"]],
        remarks=[*noticed, *remarks(seat, says)],
        declaration=declaration,
    )
