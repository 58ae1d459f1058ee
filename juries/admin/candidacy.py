"""What the working page of a candidacy says of its jury: panel, hearing, recusals, how far the scoring is."""

from applications.admin import desk
from applications.admin.team import WORKING, holds, person
from applications.models import Candidacy
from hubs_portal.clock import TimedRequest
from juries.models import PanelCandidacy
from juries.selectors import office_scores
from juries.selectors.visible import recusals_told_to


def jury_panel(request: TimedRequest, candidacy: Candidacy) -> desk.Panel | None:
    """Nothing until the candidacy is given to a panel."""
    rows = PanelCandidacy.objects.filter(candidacy=candidacy)
    given = rows.select_related("panel__jury", "candidacy__organisation").first()
    if given is None:
        return None
    user = person(request)
    works = holds(request, candidacy.call_id, *WORKING)
    recusals = list(recusals_told_to(user).filter(candidacy=candidacy).select_related("seat__user"))
    stays_out = any(recusal.seat.user_id == user.pk for recusal in recusals)
    hearings = list(candidacy.hearings.select_related("slot").order_by("-proposed_at"))
    return desk.Panel(
        "admin/jury/_candidacy.html",
        {
            "jury": given.panel.jury,
            "panel": given.panel,
            "candidacy": candidacy,
            "hearings": hearings,
            "recusals": recusals,
            "duties": office_scores.duties_of(given, recusals, hearings, user),
            "knows_of_recusals": works,
            "may_read_sheets": works and not stays_out,
        },
    )


desk.panels.append(jury_panel)
