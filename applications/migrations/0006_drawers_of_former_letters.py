"""Letters written before the ledger had drawers are filed as those written since."""

from typing import Any

from django.db import migrations


def file_letters(apps: Any, _editor: Any) -> None:
    """Call by call: the candidates', then the team's and the partners'."""
    letters = apps.get_model("hubs_portal", "Letter").objects.filter(drawer="")
    links = {
        "": ("CandidacyLetter", "candidacy__call"),
        ":team": ("CallLetter", "call"),
        ":partners": ("CommitmentRequest", "candidacy__call"),
    }
    for call in apps.get_model("applications", "Call").objects.values_list("pk", flat=True):
        for suffix, (link, path) in links.items():
            found = apps.get_model("applications", link).objects.filter(**{path: call}).values("letter")
            letters.filter(pk__in=found).update(drawer=f"call:{call}{suffix}")


class Migration(migrations.Migration):
    dependencies = [("applications", "0005_letters_told_by_telephone")]

    operations = [migrations.RunPython(file_letters, migrations.RunPython.noop)]
