"""A personal link for each partner asked for its letter of commitment, and which letters came by one."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0007_what_files_look_like"),
        ("hubs_portal", "0003_letters_filed_in_drawers"),
    ]

    operations = [
        migrations.AddField(
            model_name="commitmentrequest",
            name="link_digest",
            field=models.CharField(blank=True, max_length=64, verbose_name="empreinte du lien personnel"),
        ),
        migrations.AddField(
            model_name="commitmentrequest",
            name="revoked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="lien retiré le"),
        ),
        migrations.AddField(
            model_name="document",
            name="commitment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="deposits",
                to="applications.commitmentrequest",
                verbose_name="demande au partenaire",
            ),
        ),
        migrations.AddConstraint(
            model_name="commitmentrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("link_digest", ""), _negated=True),
                fields=("link_digest",),
                name="one_commitment_request_per_link",
            ),
        ),
    ]
