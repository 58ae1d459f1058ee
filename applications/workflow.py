"""The lives of a call, a candidacy, its agreement and a problem reported, as tables: step, from, to, letter."""

from applications.enums import AgreementState, CallState, CandidacyState, IncidentState
from hubs_portal.workflow import Workflow

A = AgreementState
C = CallState
S = CandidacyState

CALL: Workflow[CallState] = Workflow(
    # step        from             to            notified by
    ("publish", {C.DRAFT}, C.PUBLISHED, None),
    ("close", {C.PUBLISHED}, C.CLOSED, None),
    ("reopen", {C.CLOSED}, C.PUBLISHED, "call_amended"),
    ("release", {C.CLOSED}, C.RELEASED, "result"),
    ("archive", {C.RELEASED}, C.ARCHIVED, None),
)

CANDIDACY: Workflow[CandidacyState] = Workflow(
    # step                 from                             to                 notified by
    ("open", {S.SIGNALLED}, S.DRAFTING, "dossier_opened"),
    ("submit", {S.SIGNALLED, S.DRAFTING, S.SUBMITTED}, S.SUBMITTED, "submission_receipt"),
    ("withdraw", {S.SIGNALLED, S.DRAFTING, S.SUBMITTED}, S.WITHDRAWN, "withdrawal_receipt"),
    ("resume", {S.WITHDRAWN}, S.DRAFTING, "resumption_receipt"),
    ("lapse", {S.SIGNALLED, S.DRAFTING}, S.NOT_SUBMITTED, "not_submitted"),
    ("freeze", {S.SUBMITTED}, S.FROZEN, None),
    ("request_completion", {S.FROZEN}, S.INCOMPLETE, "completion_request"),
    ("admit", {S.FROZEN, S.INCOMPLETE}, S.ADMISSIBLE, None),
    ("refuse", {S.FROZEN, S.INCOMPLETE}, S.INADMISSIBLE, "eligibility_decision"),
    ("find_eligible", {S.ADMISSIBLE}, S.ELIGIBLE, "eligibility_decision"),
    ("find_ineligible", {S.ADMISSIBLE}, S.INELIGIBLE, "eligibility_decision"),
    ("assess", {S.ELIGIBLE}, S.ASSESSED, None),
    ("shortlist", {S.ASSESSED}, S.SHORTLISTED, None),
    ("set_aside", {S.ASSESSED}, S.NOT_SHORTLISTED, "not_shortlisted"),
    ("hear", {S.SHORTLISTED}, S.HEARD, None),
    ("award", {S.HEARD}, S.AWARDED, "result"),
    ("reserve", {S.HEARD}, S.RESERVE, "result"),
    ("reject", {S.HEARD}, S.NOT_SELECTED, "result"),
)

INCIDENT: Workflow[IncidentState] = Workflow(
    # step     from                                             to                      notified by
    ("answer", {IncidentState.OPEN, IncidentState.ANSWERED}, IncidentState.ANSWERED, "problem_answered"),
    ("close", {IncidentState.OPEN, IncidentState.ANSWERED}, IncidentState.CLOSED, None),
)

AGREEMENT: Workflow[AgreementState] = Workflow(
    # step                      from       to          notified by
    ("send_agreement", {A.SENT}, A.SENT, "agreement_to_sign"),  # again, corrected; the first one creates the row
    ("record_agreement_signed", {A.SENT}, A.SIGNED, "agreement_signed"),
    ("record_report_received", {A.SIGNED}, A.REPORTED, None),
)

# The states in which the candidate may still change the draft, as long as the call is open.
WITH_A_LIVE_DRAFT = frozenset({S.SIGNALLED, S.DRAFTING, S.SUBMITTED})
