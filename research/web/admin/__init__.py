"""The admin: past runs to read and review. What a crew left behind is evidence, so it is read-only.

Rows of a run that come by the thousand are lists of their own, linked from it and filtered by it.
Django's autodiscovery imports this module, which imports those that register pages.
"""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group, User

from research.web.admin import (
    blueprints,
    cells,
    claims,
    column_templates,
    evidence,
    keyring,
    mcp_servers,
    people,
    plans,
    runs,
    topics,
)

__all__ = [
    "blueprints",
    "cells",
    "claims",
    "column_templates",
    "evidence",
    "keyring",
    "mcp_servers",
    "people",
    "plans",
    "runs",
    "topics",
]

if not settings.RESEARCH_ACCOUNTS:
    admin.site.unregister([User, Group])  # there is one user, who needs no page
admin.site.enable_nav_sidebar = False  # the lists of runs and events need the width
