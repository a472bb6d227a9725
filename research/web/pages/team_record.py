"""Who did what to a team, for its managers."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from research.people.models import AuditEntry, Team
from research.web.pages.teams import where_people_sign_in

PAGE_SIZE = 50


@require_safe
@where_people_sign_in
def record(request: HttpRequest, slug: str) -> HttpResponse:
    """All that was done, the newest first, in pages."""
    team = get_object_or_404(Team, slug=slug)
    pages = Paginator(AuditEntry.objects.filter(team=team), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page"))
    return render(request, "people/record.html", {"team": team, "page": page})
