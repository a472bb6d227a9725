"""Teams take turns in the line of topics; those that wait already go on as they stand."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def number_the_line(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    waiting = apps.get_model("research", "Topic").objects.filter(status="queued")
    waiting.update(turn=models.F("position"))


class Migration(migrations.Migration):
    dependencies = [("research", "0023_blueprints_of_teams")]

    operations = [
        migrations.RemoveIndex("topic", "topic_line"),
        migrations.AddField(
            "topic",
            "turn",
            models.PositiveIntegerField(
                db_default=0, default=0, help_text="Its team's turn in the line at which it goes."
            ),
        ),
        migrations.AddIndex(
            "topic",
            models.Index(fields=["status", "-priority", "crashes", "turn"], name="topic_line"),
        ),
        migrations.RunPython(number_the_line, migrations.RunPython.noop, elidable=True),
    ]
