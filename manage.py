#!/usr/bin/env python
"""Django's command line. A setting that cannot be read ends it with one line."""

import os
import sys


def main() -> None:
    os.umask(0o077)  # what is written is no other user's to read
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "researchsite.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:  # before the command itself listens for it
        sys.exit(130)


if __name__ == "__main__":
    main()
