from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def settle(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Claims of topics that a person has judged as a whole need nobody any more."""
    topics = apps.get_model("research", "Topic").objects.filter(review_follows=False)
    judged = topics.exclude(review="unreviewed").values("pk")
    claims = apps.get_model("research", "Claim").objects.filter(awaiting=True)
    claims.filter(topic__in=judged).update(awaiting=False)


class Migration(migrations.Migration):
    dependencies = [("research", "0012_claims")]

    operations = [migrations.RunPython(settle, migrations.RunPython.noop)]
