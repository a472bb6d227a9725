"""An idempotency key is its caller's and its team's: a token of another team has its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_by_group"),
        ("research", "0025_mcp_servers"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="run",
            name="one_run_per_callers_key",
        ),
        migrations.AlterField(
            model_name="run",
            name="idempotency_key",
            field=models.CharField(
                help_text="The caller's own, in the team.", max_length=200, null=True
            ),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.UniqueConstraint(
                fields=("team", "caller", "idempotency_key"), name="one_run_per_teams_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.UniqueConstraint(
                condition=models.Q(("team", None)),
                fields=("caller", "idempotency_key"),
                name="one_run_per_callers_key",
            ),
        ),
    ]
