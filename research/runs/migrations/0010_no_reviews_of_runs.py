import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A run's review follows from its topics.

    The columns stay in the table for one version, with values that need no attention: workers of
    the version before read them until they are restarted.
    """

    dependencies = [("research", "0009_carry_reviews")]

    operations = [
        migrations.RemoveIndex(model_name="run", name="run_by_review"),
        migrations.AlterField(
            model_name="run",
            name="review",
            field=models.CharField(max_length=10, default="unreviewed", db_default="unreviewed"),
        ),
        migrations.AlterField(
            model_name="run",
            name="review_note",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AlterField(
            model_name="run",
            name="reviewed_by",
            field=models.ForeignKey(
                to=settings.AUTH_USER_MODEL,
                on_delete=django.db.models.deletion.SET_NULL,
                null=True,
                related_name="+",
                db_constraint=False,
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name="run", name=name)
                for name in ("review", "review_note", "reviewed_by", "reviewed_at")
            ]
        ),
    ]
