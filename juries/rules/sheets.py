"""What a score sheet lacks before its author may lock or sign it."""

from django.utils.translation import gettext_lazy as _

from hubs_portal.refusals import Sentence
from juries.models import ScoreSheet


def missing_on(sheet: ScoreSheet) -> list[Sentence]:
    """What is missing, one sentence each: a mark for each criterion, and a general opinion."""
    marked = set(sheet.scores.exclude(value=None).values_list("criterion", flat=True))
    items: list[Sentence] = [
        _("Notez le critère « %(label)s ».") % {"label": criterion.label}
        for criterion in sheet.candidacy.call.criteria.all()
        if criterion.pk not in marked
    ]
    if not sheet.opinion.strip():
        items.append(_("Rédigez votre avis général."))
    return items
