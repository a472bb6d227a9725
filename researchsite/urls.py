from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from research.web.api.routes import api
from research.web.export.endpoint import router as export_router
from research.web.export.sharing import router as sharing_router
from research.web.signing_in.admin import into_admin

api.add_router("", sharing_router)
api.add_router("", export_router)  # it stands above the API's own shapes, which it exports
admin.site.site_header = admin.site.site_title = "Research"
admin.site.login = into_admin  # type: ignore[method-assign]

handler404 = "research.web.pages.lost.not_found"
urlpatterns = [
    path("", include("research.web.urls")),
    path("library/", include("research.library.urls")),
    path("admin/", admin.site.urls),
    path("accounts/", include("research.web.signing_in.urls")),
    path("favicon.ico", RedirectView.as_view(url="/static/research/favicon.svg")),  # the admin's
    path("", api.urls),
]
