"""What is not there: a page for people, JSON for programs."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.defaults import page_not_found

from research.exceptions import NotFound


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of 404."""
    if request.path.startswith("/api/"):
        error = NotFound(thing="address", name=request.path[:80])
        return JsonResponse(error.as_json(), status=404)
    return page_not_found(request, exception)
