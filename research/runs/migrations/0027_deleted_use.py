"""A deleted run counts on in its team's quotas."""

from decimal import Decimal

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_by_group"),
        ("research", "0026_keys_of_teams"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeletedUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("deleted_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("topics", models.PositiveIntegerField()),
                ("token_count", models.PositiveBigIntegerField()),
                ("usd", models.DecimalField(decimal_places=6, default=Decimal("0"), max_digits=14)),
                ("unpriced", models.PositiveBigIntegerField()),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.team",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["team", "deleted_at"], name="deleted_use")],
            },
        ),
    ]
