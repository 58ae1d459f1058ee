from django.db import migrations


def remember_what_was_opened(apps, _schema_editor):
    """Completions were opened before they were kept: those already there are readable. Nothing was scanned yet."""
    item = apps.get_model("applications", "CompletionItem")
    item.objects.filter(stored__isnull=False).update(state="readable")
    scan = apps.get_model("hubs_portal", "Scan")
    received = {
        *apps.get_model("applications", "Document").objects.values_list("stored", flat=True),
        *item.objects.filter(stored__isnull=False).values_list("stored", flat=True),
        *apps.get_model("applications", "KitFile").objects.values_list("stored", flat=True),
    }
    scan.objects.bulk_create((scan(stored_id=key) for key in sorted(received)), batch_size=500, ignore_conflicts=True)


class Migration(migrations.Migration):
    # Apart from the tables it fills: PostgreSQL alters none whose rows were written in the same transaction.

    dependencies = [("applications", "0011_files_to_replace")]

    operations = [migrations.RunPython(remember_what_was_opened, migrations.RunPython.noop)]
