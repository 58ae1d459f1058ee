"""The access matrix of the office (`/admin/`), before the closing time, when dossiers are sealed.

Whoever is not of a team and not the superuser is asked to sign in, whatever the address. « A refusal » (403) is for
acts on things whose existence is no secret; objects of another call, and what is sealed, answer as absent ones do.
"""

from tests.access.policy import Gets

STAFF = ("officer", "manager", "observer", "other_officer", "superuser")
P, A, R = Gets.PAGE, Gets.ABSENT, Gets.REFUSED
Row = tuple[Gets, Gets, Gets, Gets, Gets]

#                          officer manager observer other superuser
EVERYONE_INSIDE: Row = (P, P, P, P, P)
NOBODY: Row = (R, R, R, R, R)
SUPERUSER_ONLY: Row = (R, R, R, R, P)
THE_CALL: Row = (P, P, P, A, P)
THE_TEAM: Row = (P, P, P, A, A)
SEALED: Row = (A, A, A, A, A)

OFFICE: dict[str, Row] = {
    "index": EVERYONE_INSIDE,
    "login": EVERYONE_INSIDE,
    "password_change": EVERYONE_INSIDE,
    "password_change_done": EVERYONE_INSIDE,
    "jsi18n": EVERYONE_INSIDE,
    "app_list": EVERYONE_INSIDE,
    "autocomplete": NOBODY,
    # the calls
    "applications_call_changelist": EVERYONE_INSIDE,
    "applications_call_add": (R, P, R, R, P),
    "applications_call_duplicate": (R, P, R, A, P),
    "applications_call_change": THE_CALL,
    "applications_call_history": THE_CALL,
    "applications_call_journal": THE_CALL,
    "applications_call_levels": THE_CALL,
    "applications_call_kit": THE_CALL,
    "applications_call_publish": THE_CALL,
    "applications_call_extension": THE_CALL,
    "applications_call_delete": NOBODY,
    "applications_call_wordings": THE_CALL,
    "applications_call_wording": THE_CALL,
    "applications_call_wording_preview": SEALED,  # until the same browser has asked for a preview
    # the problems candidates report
    "applications_incident_changelist": (P, P, P, P, R),
    "applications_incident_change": THE_TEAM,
    "applications_incident_history": THE_TEAM,
    "applications_incident_add": NOBODY,
    "applications_incident_delete": NOBODY,
    # the candidacies: none for the superuser
    "applications_candidacy_changelist": (P, P, P, P, R),
    "applications_candidacy_add": (P, P, R, P, R),
    "applications_candidacy_change": THE_TEAM,
    "applications_candidacy_history": THE_TEAM,
    "applications_candidacy_delete": NOBODY,
    "applications_candidacy_version": SEALED,
    "applications_candidacy_receipt": SEALED,
    "applications_candidacy_archive": SEALED,
    "applications_candidacy_file": SEALED,
    "applications_candidacy_read_file": SEALED,
    "applications_candidacy_agreement_file": SEALED,
    # the letters
    "hubs_portal_letter_changelist": EVERYONE_INSIDE,
    "hubs_portal_letter_change": THE_CALL,
    "hubs_portal_letter_history": THE_CALL,
    "hubs_portal_letter_page": THE_TEAM,
    "hubs_portal_letter_attachment": THE_TEAM,
    "hubs_portal_letter_to_tell": EVERYONE_INSIDE,
    "hubs_portal_letter_add": NOBODY,
    "hubs_portal_letter_delete": NOBODY,
    # accounts, jobs, territories
    "hubs_portal_user_changelist": SUPERUSER_ONLY,
    "hubs_portal_user_add": SUPERUSER_ONLY,
    "hubs_portal_user_history": SUPERUSER_ONLY,
    "hubs_portal_user_change": (A, A, A, A, P),
    "hubs_portal_user_delete": NOBODY,
    "hubs_portal_job_changelist": EVERYONE_INSIDE,
    "hubs_portal_job_change": EVERYONE_INSIDE,
    "hubs_portal_job_history": EVERYONE_INSIDE,
    "hubs_portal_job_add": NOBODY,
    "hubs_portal_job_delete": NOBODY,
    "applications_territory_changelist": EVERYONE_INSIDE,
    "applications_territory_change": EVERYONE_INSIDE,
    "applications_territory_history": EVERYONE_INSIDE,
    "applications_territory_add": NOBODY,
    "applications_territory_delete": NOBODY,
}

# Addresses that only act, tried with POST. Signing an extension answers to all who see the call, with the sentence of
# the rule: only a manager other than its author signs (test_deadline.py). A job may be tried again by anyone.
ACTS: dict[str, Row] = {
    "applications_call_extension_sign": THE_CALL,
    "applications_call_wording_restore": (R, P, R, A, R),
    "hubs_portal_job_retry": EVERYONE_INSIDE,
    "hubs_portal_letter_resend": (P, P, R, A, R),
    "hubs_portal_letter_tell": (P, P, R, A, R),
    "applications_candidacy_agreement": THE_TEAM,  # it answers that nothing is awarded
    "applications_candidacy_agreement_signed": THE_TEAM,
    "applications_candidacy_agreement_report": THE_TEAM,
}

# Django's own: signing out, redirects to an object's page, and the catch-all that answers 404.
DJANGO = {"logout", "view_on_site", "None", "(?P<url>.*)$", "<path:object_id>/"}
