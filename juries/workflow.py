"""The lives of a hearing, of a score sheet and of a deliberation, as tables: step, from, to, and the letter sent."""

from applications.enums import CandidacyState
from hubs_portal.workflow import Workflow
from juries.enums import DeliberationState, HearingState, SheetState

D = DeliberationState
H = HearingState
S = SheetState

HEARING: Workflow[HearingState] = Workflow(
    # step       from                       to             notified by
    ("convene", {H.PROPOSED}, H.CONVENED, "hearing_invitation"),
    ("confirm", {H.CONVENED}, H.CONFIRMED, None),
    ("arrange", {H.PROPOSED}, H.PROPOSED, None),  # another slot, before anybody was told
    ("move", {H.CONVENED, H.CONFIRMED}, H.CONVENED, "hearing_moved"),
    ("drop", {H.PROPOSED}, H.CANCELLED, None),  # given up before anybody was told
    ("cancel", {H.CONVENED, H.CONFIRMED}, H.CANCELLED, "hearing_cancelled"),
    ("hold", {H.CONVENED, H.CONFIRMED}, H.HELD, None),
)

SHEET: Workflow[SheetState] = Workflow(
    # step       from                       to             notified by
    ("lock", {S.OPEN}, S.LOCKED, None),
    ("reopen", {S.OPEN, S.LOCKED}, S.REOPENED, None),  # gives the state of the copy; the first sheet keeps its own
    ("sign", {S.REOPENED}, S.SIGNED, None),
)

DELIBERATION: Workflow[DeliberationState] = Workflow(
    # step       from                       to             notified by
    ("settle", {D.OPEN}, D.SETTLED, None),
    ("resume", {D.SETTLED}, D.OPEN, None),  # an error was seen before the first signature
    ("sign", {D.SETTLED}, D.SIGNED, None),
)

# The sheets their author still writes, and those that count.
WRITABLE = frozenset({S.OPEN, S.REOPENED})
COUNTED = frozenset({S.LOCKED, S.SIGNED})
# The hearings that occupy a slot, and those somebody outside the office was told of.
STANDING = frozenset({H.PROPOSED, H.CONVENED, H.CONFIRMED, H.HELD})
AWAITED = frozenset({H.CONVENED, H.CONFIRMED})
# A panel may read before the shortlist, when the call assesses on its readers' scores, or only those it will hear.
ASSIGNABLE = (CandidacyState.ELIGIBLE, CandidacyState.ASSESSED, CandidacyState.SHORTLISTED)
