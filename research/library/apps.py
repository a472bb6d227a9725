from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "research.library"
    label = "library"
