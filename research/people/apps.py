from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "research.people"
    label = "people"
