"""What stands in the way of a release; and, once it is done, what was published.

A manager may stay out of some candidacies (the jury phase says which, in `kept_out`): no sentence and no sum tells them
anything of those before everybody is told.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from applications.enums import CallState, CandidacyState
from applications.models import Award, Call, Candidacy, CandidacyLetter, Publication
from hubs_portal.accounts.models import User
from hubs_portal.letters.models import Letter, LetterState
from hubs_portal.refusals import Sentence
from hubs_portal.templatetags.french import euros

# The candidacies of a call that a person stays out of.
kept_out: list[Callable[[User, Call], Iterable[int]]] = []
# What must be over before the results are released.
_UNFINISHED = (
    CandidacyState.SIGNALLED,
    CandidacyState.DRAFTING,
    CandidacyState.SUBMITTED,
    CandidacyState.FROZEN,
    CandidacyState.INCOMPLETE,
    CandidacyState.ADMISSIBLE,
    CandidacyState.ELIGIBLE,
    CandidacyState.ASSESSED,
    CandidacyState.SHORTLISTED,
)
# What tells a candidate of an end, and so leaves nothing to announce.
_ENDS = ("result", "not_shortlisted")
_TOLD = frozenset(
    {
        CandidacyState.INADMISSIBLE,
        CandidacyState.INELIGIBLE,
        CandidacyState.NOT_SHORTLISTED,
        CandidacyState.AWARDED,
        CandidacyState.RESERVE,
        CandidacyState.NOT_SELECTED,
    }
)


def unseen_by(user: User, call: Call) -> frozenset[int]:
    """The candidacies of the call of which the person is told nothing."""
    return frozenset(key for keep in kept_out for key in keep(user, call))


# ---------------------------------------------------------------- what stands in the way


@dataclass(frozen=True)
class Check:
    """A sentence that is true or not; one that `blocks` keeps the results from being released while it is not."""

    sentence: Sentence
    is_met: bool = True
    items: tuple[Sentence, ...] = ()
    blocks: bool = True


def _closed(call: Call) -> Check:
    if call.state == CallState.CLOSED:
        return Check(_("L’appel est clos et la liste des dépôts est arrêtée."))
    return Check(_("L’appel n’est pas clos."), is_met=False)


def _finished(call: Call, unseen: Collection[int]) -> Check:
    rows = list(Candidacy.objects.filter(call=call, state__in=_UNFINISHED).order_by("pk"))
    if not rows:
        return Check(_("Toutes les candidatures sont menées à leur terme."))
    items = tuple(
        _("%(number)s : « %(state)s », à mener à son terme.") % {"number": row.number, "state": row.get_state_display()}
        for row in rows
        if row.pk not in unseen
    )
    return Check(_("Des candidatures ne sont pas menées à leur terme :"), is_met=False, items=items)


def _decided(call: Call, unseen: Collection[int]) -> Check:
    rows = list(Candidacy.objects.filter(call=call, state=CandidacyState.HEARD, award__isnull=True).order_by("pk"))
    if not rows:
        return Check(_("Chaque candidature auditionnée a son issue, arrêtée par le jury et signée."))
    items = tuple(
        _("%(number)s : auditionnée, sans issue.") % {"number": row.number} for row in rows if row.pk not in unseen
    )
    return Check(_("Des candidatures auditionnées n’ont pas d’issue :"), is_met=False, items=items)


def _consistent(awards: Iterable[Award], unseen: Collection[int]) -> Check | None:
    """An outcome only makes sense for a candidacy that was heard: nothing to say when all do."""
    rows = [award for award in awards if award.candidacy.state != CandidacyState.HEARD]
    if not rows:
        return None
    items = tuple(
        _("%(number)s : une issue est arrêtée, mais la candidature est « %(state)s ».")
        % {"number": award.candidacy.number, "state": award.candidacy.get_state_display()}
        for award in rows
        if award.candidacy_id not in unseen
    )
    return Check(_("Des issues contredisent l’état de la candidature :"), is_met=False, items=items)


def _not_told_yet(awards: Sequence[Award], unseen: Collection[int]) -> Check | None:
    """A letter says its thing once: a candidacy that was told of an end already would not read this one."""
    ends = CandidacyLetter.objects.filter(candidacy__in=[a.candidacy_id for a in awards], letter__kind__in=_ENDS)
    written = set(ends.values_list("candidacy", flat=True))
    rows = [award for award in awards if award.candidacy_id in written or award.candidacy.notified_state in _TOLD]
    if not rows:
        return None
    items = tuple(
        _("%(number)s : son issue lui est déjà écrite, ou une autre (« %(state)s »).")
        % {"number": award.candidacy.number, "state": award.candidacy.get_notified_state_display()}
        for award in rows
        if award.candidacy_id not in unseen
    )
    return Check(
        _("Des candidats ont déjà reçu une décision qui contredit cette publication :"), is_met=False, items=items
    )


def _within_envelope(call: Call, awards: Iterable[Award], unseen: Collection[int]) -> Check:
    granted = sum((award.amount or Decimal(0) for award in awards), Decimal(0))
    if granted > call.envelope and unseen:  # the figure would tell what was granted to a candidacy they stay out of
        return Check(_("Les subventions dépassent l’enveloppe."), is_met=False)
    if granted > call.envelope:
        said = _(
            "Les subventions signées dépassent l’enveloppe de %(over)s. Modifiez l’enveloppe dans la fiche de l’appel,"
            " avec le motif."
        )
        return Check(said % {"over": euros(granted - call.envelope)}, is_met=False)
    seen = sum((award.amount or Decimal(0) for award in awards if award.candidacy_id not in unseen), Decimal(0))
    said = _("%(granted)s de subventions, pour une enveloppe de %(envelope)s.")
    return Check(said % {"granted": euros(seen), "envelope": euros(call.envelope)})


def awards_of(call: Call) -> list[Award]:
    """The outcomes of a call, by name of structure."""
    awards = Award.objects.filter(candidacy__call=call).select_related("candidacy__organisation")
    return list(awards.order_by("candidacy__organisation__name", "candidacy__number"))


def blocking(call: Call, awards: list[Award], unseen: Collection[int]) -> list[Check]:
    """What must be true for the results to be released."""
    found = [
        _closed(call),
        _finished(call, unseen),
        _decided(call, unseen),
        _consistent(awards, unseen),
        _not_told_yet(awards, unseen),
        _within_envelope(call, awards, unseen),
    ]
    return [check for check in found if check]


def missing_to_release(call: Call, *, unseen: Collection[int] = ()) -> list[Sentence]:
    """What keeps the results of a call from being released, one sentence each."""
    unmet = [check for check in blocking(call, awards_of(call), unseen) if not check.is_met]
    return [sentence for check in unmet for sentence in (check.items or (check.sentence,))]


# ---------------------------------------------------------------- what was published


@dataclass(frozen=True)
class Released:
    """What was published, from the text whose fingerprint was taken, and what became of the letters."""

    publication: Publication
    says: dict[str, list[dict[str, Any]]]
    letters: list[tuple[str, int]]

    @property
    def is_intact(self) -> bool:
        """Whether the text still has its fingerprint."""
        return hashlib.sha256(self.publication.content.encode()).hexdigest() == self.publication.digest


def released(publication: Publication) -> Released:
    """The release, after it: one query."""
    letters = Letter.objects.filter(kind="result", of_candidacy__candidacy__call=publication.call_id).order_by()
    counts = dict(letters.values_list("state").annotate(n=Count("pk")))
    states = [(str(state.label), counts[state]) for state in LetterState if counts.get(state)]
    return Released(publication, json.loads(publication.content), states)


def waiting(calls: Collection[int]) -> list[Publication]:
    """The releases asked for that wait for the signature of another manager: one query."""
    rows = Publication.objects.filter(call__in=calls, released_at__isnull=True).select_related("call", "requested_by")
    return list(rows.order_by("requested_at"))
