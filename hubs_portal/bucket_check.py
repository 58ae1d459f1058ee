"""`manage.py check --deploy` warns of a bucket that would lose what is deleted by mistake, or keep it in clear."""

from typing import Any

from django.conf import settings
from django.core import checks


@checks.register("files", deploy=True)
def the_bucket_keeps_what_it_is_given(**_kwargs: Any) -> list[checks.CheckMessage]:
    """One warning for each demand that is not met."""
    if "Bucket" not in settings.STORAGES["private"]["BACKEND"]:
        return []
    from hubs_portal import bucket  # noqa: PLC0415 - what speaks to S3 is long to load, and most never need it

    flaws = bucket.flaws()
    if flaws is None:
        return [checks.Info("Le compartiment des fichiers ne répond pas d’ici.", id="files.I001")]
    return [checks.Warning(f"{flaw} : non.", hint="manage.py prepare_bucket", id="files.W001") for flaw in flaws]
