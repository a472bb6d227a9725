"""An upload's key holds its text's digest: another upload of its name is another document."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from research.library import keys


def lengthen(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for document in _uploads(apps):
        name = document.key.removeprefix("upload:")
        document.key = keys.of_upload(name, document.text)
        document.save(update_fields=["key"])


def shorten(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Of several uploads of a name, the newest stays what an upload of that name replaces."""
    taken = set()
    for document in _uploads(apps).order_by("-added_at"):
        key = f"upload:{keys.file_of(document.key)}"
        if key not in taken:
            taken.add(key)
            document.key = key
            document.save(update_fields=["key"])


def _uploads(apps: Apps):
    return apps.get_model("library", "Document").objects.filter(key__startswith="upload:")


class Migration(migrations.Migration):
    dependencies = [("library", "0002_index")]

    operations = [migrations.RunPython(lengthen, shorten)]
