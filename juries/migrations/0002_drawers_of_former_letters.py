"""Letters to jurors written before the ledger had drawers are filed as those written since."""

from typing import Any

from django.db import migrations


def file_letters(apps: Any, _editor: Any) -> None:
    """Jury by jury."""
    letters = apps.get_model("hubs_portal", "Letter").objects.filter(drawer="")
    links = apps.get_model("juries", "JuryLetter").objects
    for pk, call in apps.get_model("juries", "Jury").objects.values_list("pk", "call"):
        letters.filter(pk__in=links.filter(jury=pk).values("letter")).update(drawer=f"call:{call}:jury")


class Migration(migrations.Migration):
    dependencies = [("juries", "0001_initial"), ("hubs_portal", "0003_letters_filed_in_drawers")]

    operations = [migrations.RunPython(file_letters, migrations.RunPython.noop)]
