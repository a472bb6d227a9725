from django.urls import path

from research.library import views

urlpatterns = [
    path("", views.library, name="library"),
    path("<int:pk>/", views.document, name="document"),
    path("<int:pk>/delete/", views.delete, name="document-delete"),
]
