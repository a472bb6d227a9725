from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("research", "0007_idempotency_digest")]

    operations = [
        migrations.AddField(
            model_name="topic",
            name="feedback",
            field=models.TextField(
                blank=True,
                db_default="",
                help_text="What a reviewer said of the last result, for the crew.",
            ),
        ),
        migrations.AddField(
            model_name="topic",
            name="anew_from",
            field=models.PositiveIntegerField(
                db_default=1,
                default=1,
                help_text="Finished tasks of earlier attempts are not reused.",
            ),
        ),
        migrations.AddField(
            model_name="topic",
            name="unknown_citations",
            field=models.PositiveIntegerField(
                help_text="Cited numbers of sources that the crew never saw.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("run.started", "Run Started"),
                    ("run.cancelling", "Run Cancelling"),
                    ("run.finished", "Run Finished"),
                    ("run.reviewed", "Run Reviewed"),
                    ("topic.queued", "Topic Queued"),
                    ("topic.started", "Topic Started"),
                    ("topic.resumed", "Topic Resumed"),
                    ("topic.succeeded", "Topic Succeeded"),
                    ("topic.failed", "Topic Failed"),
                    ("topic.cancelled", "Topic Cancelled"),
                    ("topic.retried", "Topic Retried"),
                    ("topic.reviewed", "Topic Reviewed"),
                    ("task.started", "Task Started"),
                    ("task.finished", "Task Finished"),
                    ("llm.started", "Llm Started"),
                    ("llm.waiting", "Llm Waiting"),
                    ("llm.finished", "Llm Finished"),
                    ("llm.failed", "Llm Failed"),
                    ("tool.started", "Tool Started"),
                    ("tool.finished", "Tool Finished"),
                    ("tool.failed", "Tool Failed"),
                    ("source.found", "Source Found"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="topic",
            index=models.Index(fields=["review", "-id"], name="topic_by_review"),
        ),
        migrations.AddIndex(
            model_name="topic",
            index=models.Index(fields=["error_kind", "-id"], name="topic_by_error"),
        ),
        migrations.AddIndex(
            model_name="topic",
            index=models.Index(fields=["finding", "-id"], name="topic_by_finding"),
        ),
        migrations.AddIndex(
            model_name="topic",
            index=models.Index(fields=["-unknown_citations", "-id"], name="topic_by_citations"),
        ),
    ]
