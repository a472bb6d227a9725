from django.contrib import admin
from django.urls import include, path

from research.api import api

admin.site.site_header = admin.site.site_title = "Research"

urlpatterns = [
    path("", include("research.urls")),
    path("library/", include("research.library.urls")),
    path("admin/", admin.site.urls),
    path("", api.urls),
]
