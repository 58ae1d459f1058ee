"""Many candidacies at once, for races and lists: signalled by the act, their drafts copied from one of them."""

import json

from applications.content import as_text
from applications.models import Call, Dossier, DossierRevision, Member
from tests.builders.calls import NOW
from tests.builders.candidacies import a_complete_dossier, a_signalled


def many_ready(call: Call, n: int) -> list[Member]:
    """The contacts of `n` complete dossiers at revision 1, which may all be submitted."""
    at = max(NOW, call.opens_at)
    first = a_signalled(call, at=at)
    model = a_complete_dossier(first, at=at)
    said = json.loads(model.revisions.get(revision=model.revision).content)
    members = [a_signalled(call, at=at) for _ in range(n)]
    dossiers = list(Dossier.objects.filter(candidacy__in=[m.candidacy_id for m in members]).select_related("candidacy"))
    DossierRevision.objects.bulk_create(
        DossierRevision(
            dossier=dossier,
            revision=1,
            content=as_text(said | {"number": dossier.candidacy.number, "revision": 1}),
            saved_at=at,
            saved_by="une autre personne",
        )
        for dossier in dossiers
    )
    Dossier.objects.filter(pk__in=[dossier.pk for dossier in dossiers]).update(revision=1)
    return members
