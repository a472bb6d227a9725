"""The index ranks, knows every script, and tells when the library has changed; made anew."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from research.library import index


def create(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    database = schema_editor.connection
    index.of(database).create(database)


class Migration(migrations.Migration):
    dependencies = [("library", "0003_upload_keys")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
