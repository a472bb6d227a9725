from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RunsConfig(AppConfig):
    name = "research.runs"
    label = "research"  # which names the tables

    def ready(self) -> None:
        from research.ops import checks  # noqa: F401 (registers them)

        post_migrate.connect(_load_built_in_blueprints, sender=self)


def _load_built_in_blueprints(**kwargs: object) -> None:
    from research.runs.blueprints import load_built_in

    load_built_in()
