"""The blueprints that come with the site, as YAML files."""

from pathlib import Path

import yaml

from research.crews.definition import Definition
from research.runs.models import Blueprint

FOLDER = Path(__file__).parent


def load_built_in() -> None:
    """Writes the blueprints that come with the site to the database, as they now are."""
    for file in sorted(FOLDER.glob("*.yaml")):
        content = yaml.safe_load(file.read_text())
        title, description = content.pop("title"), content.pop("description")
        definition = Definition.model_validate(content)
        Blueprint.objects.update_or_create(
            name=file.stem,
            team=None,
            defaults={
                "title": title,
                "description": description,
                "definition": definition.model_dump(),
                "built_in": True,
            },
        )
