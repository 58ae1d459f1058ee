"""To whom the letters about candidacies go."""

from collections.abc import Iterable

from applications.enums import Rights
from applications.models import Candidacy, Member, Submission
from hubs_portal.letters.compose import Addressee


def readers_of(candidacies: Iterable[Candidacy]) -> dict[int, list[Addressee]]:
    """For each candidacy, those who work on the dossier, and the legal representative named in its last submission.

    Two queries whatever their number.
    """
    keys = [candidacy.pk for candidacy in candidacies]
    found: dict[int, list[Addressee]] = {key: [] for key in keys}
    workers = Member.objects.present().filter(candidacy__in=keys).exclude(rights=Rights.VIEW)
    for member in workers.select_related("user").order_by("pk"):
        found[member.candidacy_id].append(member.addressee)
    for submission in Submission.objects.latest_of_each().filter(candidacy__in=keys):
        named = submission.says["organisation"]
        address = named["representative_email"].lower()
        readers = found[submission.candidacy_id]
        if address and address not in {reader.address for reader in readers}:
            readers.append(Addressee(address, named["representative_name"]))
    return found
