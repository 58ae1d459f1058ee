"""What a directory of companies says of a structure, in the words of our forms."""

from applications.enums import LegalForm
from hubs_portal.directory import directory

# The categories of INSEE that say the family without a doubt; a company may also be a SCIC, which they do not tell.
_LEGAL_FORMS = {
    "92": LegalForm.ASSOCIATION,
    "93": LegalForm.FOUNDATION,
    "7410": LegalForm.GIP,
    "72": LegalForm.LOCAL_AUTHORITY,
    "7343": LegalForm.LOCAL_AUTHORITY,
    "7344": LegalForm.LOCAL_AUTHORITY,
    "7346": LegalForm.LOCAL_AUTHORITY,
    "7347": LegalForm.LOCAL_AUTHORITY,
    "7348": LegalForm.LOCAL_AUTHORITY,
    "7354": LegalForm.JOINT_BODY,
    "7355": LegalForm.JOINT_BODY,
}


def is_offered() -> bool:
    """Whether this installation is tied to a directory."""
    return directory() is not None


def look_up(siret: str) -> dict[str, str]:
    """What the directory says of this SIRET, by name of our fields; empty when it says nothing, or cannot be asked."""
    asked = directory()
    said = asked.ask(siret) if asked else {}
    category = said.pop("legal_category", "")
    form = _LEGAL_FORMS.get(category) or _LEGAL_FORMS.get(category[:2])
    return {**said, **({"legal_form": form.value} if form else {})}
