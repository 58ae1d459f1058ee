"""When a file of the kit may take the place of another."""

from django.utils.translation import gettext_lazy as _

from applications.models import FormerKitFile, KitFile
from applications.rules.amendment import is_locked
from hubs_portal.refusals import Sentence


def is_new_version(before: KitFile, after: KitFile) -> bool:
    """Whether candidates who hold the one do not hold the other: a change of words beside it is none."""
    return is_locked(before.call) and (before.stored_id != after.stored_id or before.version != after.version)


def why_not_told(before: KitFile, after: KitFile) -> dict[str, Sentence]:
    """What is missing, by field, for those who hold the former version to be told of the new one: a query at most."""
    if not is_new_version(before, after):
        return {}
    wrong: dict[str, Sentence] = {}
    if before.version == after.version:
        wrong["version"] = _(
            "La version « %(version)s » est déjà chez les candidats : donnez un autre numéro à ce fichier."
        ) % {"version": before.version}
    elif FormerKitFile.objects.filter(call=before.call_id, code=before.code, version=after.version).exists():
        wrong["version"] = _("La version « %(version)s » a déjà servi : donnez un autre numéro à ce fichier.") % {
            "version": after.version
        }
    if not after.changes_fr.strip() or after.changes_fr == before.changes_fr:
        wrong["changes_fr"] = _("Écrivez ce que cette version change : c’est dit à qui a rempli celle d’avant.")
    return wrong
