from django.db import migrations
from django.db.models import OuterRef, Subquery

ENDED = ("succeeded", "failed", "cancelled")


def carry_reviews(apps, schema_editor):
    """Gives each reviewed run's review to its topics that have ended."""
    Run, Topic = apps.get_model("research", "Run"), apps.get_model("research", "Topic")
    reviewed = Run.objects.exclude(review="unreviewed", review_note="")
    of_run = Run.objects.filter(pk=OuterRef("run_id"))
    names = ("review", "review_note", "reviewed_by_id", "reviewed_at")
    Topic.objects.filter(run__in=reviewed, status__in=ENDED).update(
        **{name: Subquery(of_run.values(name)) for name in names}
    )


class Migration(migrations.Migration):
    dependencies = [("research", "0008_reviews_of_topics")]

    operations = [migrations.RunPython(carry_reviews, migrations.RunPython.noop)]
