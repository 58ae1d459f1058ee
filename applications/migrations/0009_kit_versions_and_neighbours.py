"""Versions of the kit's files, structures that make themselves known to each other, and the IBAN of a structure."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.utils.text import slugify

import applications.models.neighbours


def name_what_is_there(apps: Any, _editor: Any) -> None:
    """Give each file of a kit the code its versions share, and ask for the IBAN beside the bank details."""
    taken: set[tuple[int, str]] = set()
    for file in apps.get_model("applications", "KitFile").objects.select_related("call").order_by("pk"):
        stem = file.name.rpartition(".")[0].removeprefix(f"{file.call.slug}-") or file.label_fr
        code = slugify(stem)[:40] or "fichier"
        if (file.call_id, code) in taken:
            code = f"{code[:30]}-{file.pk}"
        taken.add((file.call_id, code))
        file.code = code
        file.save(update_fields=["code"])
    apps.get_model("applications", "Requirement").objects.filter(code="bank_details").update(asks_iban=True)


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0008_partners_deposit_their_letters"),
        ("hubs_portal", "0003_letters_filed_in_drawers"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerKitFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, verbose_name="code")),
                ("version", models.CharField(max_length=20, verbose_name="version")),
                ("changes_fr", models.TextField(blank=True, verbose_name="ce que cette version changeait")),
                ("changes_en", models.TextField(blank=True, verbose_name="ce que cette version changeait, en anglais")),
                ("name", models.CharField(max_length=120, verbose_name="nom du fichier")),
                ("replaced_at", models.DateTimeField(verbose_name="remplacée le")),
            ],
            options={
                "verbose_name": "version passée d’un fichier du kit",
                "verbose_name_plural": "versions passées des fichiers du kit",
                "ordering": ["replaced_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Neighbour",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        default=applications.models.neighbours.new_code, max_length=20, unique=True, verbose_name="code"
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="depuis le")),
                ("chosen_by", models.CharField(max_length=320, verbose_name="par")),
            ],
            options={
                "verbose_name": "structure qui s’est fait connaître",
                "verbose_name_plural": "structures qui se sont fait connaître",
            },
        ),
        migrations.CreateModel(
            name="NeighbourMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="message")),
                ("author", models.CharField(max_length=320, verbose_name="auteur")),
                ("sent_at", models.DateTimeField(verbose_name="envoyé le")),
            ],
            options={
                "verbose_name": "message entre structures",
                "verbose_name_plural": "messages entre structures",
                "ordering": ["sent_at", "pk"],
            },
        ),
        migrations.AddField(
            model_name="document",
            name="model_code",
            field=models.CharField(blank=True, max_length=40, verbose_name="modèle du kit"),
        ),
        migrations.AddField(
            model_name="document",
            name="model_version",
            field=models.CharField(blank=True, max_length=20, verbose_name="version du modèle"),
        ),
        migrations.AddField(
            model_name="kitfile",
            name="changes_en",
            field=models.TextField(blank=True, verbose_name="ce que cette version change, en anglais"),
        ),
        migrations.AddField(
            model_name="kitfile",
            name="changes_fr",
            field=models.TextField(
                blank=True,
                help_text="En une ou deux phrases : c’est dit à qui joint une pièce faite sur une version d’avant.",
                verbose_name="ce que cette version change",
            ),
        ),
        migrations.AddField(
            model_name="kitfile",
            name="code",
            field=models.SlugField(blank=True, editable=False, max_length=40, verbose_name="code"),
        ),
        migrations.AddField(
            model_name="organisation",
            name="iban",
            field=models.CharField(blank=True, max_length=34, verbose_name="IBAN"),
        ),
        migrations.AddField(
            model_name="requirement",
            name="asks_iban",
            field=models.BooleanField(
                default=False,
                help_text="Pour un RIB : le numéro se saisit alors dans la rubrique de la structure, où il est vérifié.",
                verbose_name="demande aussi l’IBAN",
            ),
        ),
        migrations.AddConstraint(
            model_name="kitfile",
            constraint=models.UniqueConstraint(
                condition=models.Q(("code", ""), _negated=True),
                fields=("call", "code"),
                name="kit_file_code_once_per_call",
            ),
        ),
        migrations.AddField(
            model_name="formerkitfile",
            name="call",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT, related_name="former_kit", to="applications.call"
            ),
        ),
        migrations.AddField(
            model_name="formerkitfile",
            name="stored",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to="hubs_portal.storedfile",
                verbose_name="fichier",
            ),
        ),
        migrations.AddField(
            model_name="neighbour",
            name="candidacy",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.RESTRICT, related_name="neighbour", to="applications.candidacy"
            ),
        ),
        migrations.AddField(
            model_name="neighbour",
            name="territories",
            field=models.ManyToManyField(related_name="+", to="applications.territory", verbose_name="territoires"),
        ),
        migrations.AddField(
            model_name="neighbourmessage",
            name="recipient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="messages_of_neighbours",
                to="applications.candidacy",
            ),
        ),
        migrations.AddField(
            model_name="neighbourmessage",
            name="sender",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="messages_to_neighbours",
                to="applications.candidacy",
            ),
        ),
        migrations.AddConstraint(
            model_name="formerkitfile",
            constraint=models.UniqueConstraint(fields=("call", "code", "version"), name="former_kit_version_once"),
        ),
        migrations.AddConstraint(
            model_name="neighbourmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("sender", models.F("recipient")), _negated=True),
                name="neighbour_message_to_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="neighbourmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="neighbour_message_says_something"
            ),
        ),
        migrations.RunPython(name_what_is_there, migrations.RunPython.noop),
    ]
