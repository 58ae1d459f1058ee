"""The access matrix: every address of the portal, and what each role obtains there. A new address enters it, or the
build fails (test_matrix.py).

Roles, told in a sentence each:

    anonymous       nobody signed in
    session         the browser that signalled candidacy A, no account attached
    owner           the contact of candidacy A, with an account
    editor, viewer  colleagues on candidacy A, who may edit, or only read
    removed         a colleague taken off candidacy A
    stranger        the contact of candidacy B, in the same call
    officer, manager, observer   the team of the call of A and B
    other_officer   an officer of another call
    superuser       the account of the installation: reference data, no dossier
"""

from enum import StrEnum

ROLES = (
    "anonymous",
    "session",
    "owner",
    "editor",
    "viewer",
    "removed",
    "stranger",
    "officer",
    "manager",
    "observer",
    "other_officer",
    "superuser",
)


class Gets(StrEnum):
    """What an address answers."""

    PAGE = "the page, or the act"
    SIGN_IN = "an invitation to sign in"
    ABSENT = "what an absent thing answers"
    REFUSED = "a refusal"
    NOT_YET = "a sentence that says what to do first"


Rule = dict[str, Gets]


def _rule(*allowed: str, anonymous: Gets = Gets.SIGN_IN) -> Rule:
    denied = dict.fromkeys(ROLES, Gets.ABSENT) | {"anonymous": anonymous}
    return denied | dict.fromkeys(allowed, Gets.PAGE)


EVERYBODY: Rule = dict.fromkeys(ROLES, Gets.PAGE)
SIGNED_IN_OR_SESSION: Rule = EVERYBODY | {"anonymous": Gets.SIGN_IN}
READERS = _rule("session", "owner", "editor", "viewer")
EDITORS = _rule("session", "owner", "editor")
SUBMITTERS = _rule("session", "owner")

# Addresses that only answer GET and HEAD.
READ: dict[str, Rule] = {
    "healthz": EVERYBODY,
    "health_in_detail": EVERYBODY,
    "server_time": EVERYBODY,
    "help": EVERYBODY,
    "home": EVERYBODY,
    "call": EVERYBODY,
    "kit_file": EVERYBODY,
    "verify": EVERYBODY,
    "receipt_key": EVERYBODY,
    "seal_certificate": EVERYBODY,
    "accessibility": EVERYBODY,
    "privacy": EVERYBODY,
    "legal": EVERYBODY,
    "credits": EVERYBODY,
    "site_map": EVERYBODY,
    "entrance": SIGNED_IN_OR_SESSION,
    "desk": SIGNED_IN_OR_SESSION,
    "dossier": READERS,
    "whole_dossier": READERS,
    "draft_archive": READERS,
    "version_archive": READERS,
    "documents": READERS,
    "document": READERS,
    "document_picture": READERS,
    "document_line": READERS,
    "document_read": READERS,
    "dossier_kit_file": READERS,
    "review": READERS,
    "compare": READERS,
    "submitted": READERS,
    "receipt_pdf": READERS,
    "submitted_file": READERS,
    "submitted_file_read": READERS,
    "messages": READERS,
    "message": READERS,
    "message_attachment": READERS,
    "problem_reported": READERS,
}

# Addresses with a form: what GET answers, then what POST answers.
FORM: dict[str, tuple[Rule, Rule]] = {
    "signal": (EVERYBODY, EVERYBODY),
    "join": (EVERYBODY, EVERYBODY),
    "section": (READERS, EDITORS),
    "withdraw": (SUBMITTERS, SUBMITTERS),
    "resume": (SUBMITTERS, SUBMITTERS),
    "members": (READERS, SUBMITTERS),
    "problem": (READERS, READERS),
    "neighbours": (READERS, SUBMITTERS),
    "neighbour_write": (EDITORS, EDITORS),
    "commitment": (EDITORS, EDITORS),
    "deposit": (EVERYBODY, EVERYBODY),  # whoever holds the link: it is its own right
    "safety_net": (SIGNED_IN_OR_SESSION, SUBMITTERS),  # as below
    "submit": (SIGNED_IN_OR_SESSION, SUBMITTERS),  # reading it leads to the review page, which decides
}

# Addresses that only act.
ACT: dict[str, Rule] = {
    "document_add": EDITORS,
    "document_uploads": EDITORS,
    "document_upload": _rule("session"),  # whoever announced that file, and nobody else
    "document_promise": EDITORS,
    "document_remove": EDITORS,
    "member_remove": SUBMITTERS,
    "member_rights": SUBMITTERS,
    "member_entrust": SUBMITTERS,
    "commitment_revoke": EDITORS,
    "set_language": EVERYBODY,
}

# Signed for one call of one upload, and for a few minutes: such an address is its own right.
SIGNED = {"upload_transfer"}

# The pages of the accounts library: open to all or to the signed in, and about nobody but oneself.
ACCOUNTS = {
    "account_login",
    "account_logout",
    "account_signup",
    "account_reauthenticate",
    "account_email",
    "account_confirm_email",
    "account_email_verification_sent",
    "account_change_password",
    "account_set_password",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_login_code",
}
