from django.apps import AppConfig


class KeyringConfig(AppConfig):
    name = "research.keyring"
    label = "keyring"
