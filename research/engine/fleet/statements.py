"""What is said to Procrastinate's tables and functions in SQL of our own, for many jobs at once."""

FETCH = """
WITH fetched AS MATERIALIZED (
    SELECT procrastinate_fetch_job_v2(%(queues)s::varchar[], %(worker_id)s) AS job
    FROM generate_series(1, %(number)s)
)
SELECT (job).id, (job).status, (job).task_name, (job).priority, (job).lock, (job).queueing_lock,
    (job).args, (job).scheduled_at, (job).queue_name, (job).attempts, (job).worker_id
FROM fetched WHERE (job).id IS NOT NULL
"""
# In the order of their numbers, as they are cancelled: two who lock many never wait in a circle.
END = """
DELETE FROM procrastinate_jobs WHERE id IN (
    SELECT id FROM procrastinate_jobs
    WHERE id = ANY(%(ids)s) AND worker_id = %(worker_id)s AND status = 'doing'
    ORDER BY id FOR UPDATE
)
"""
# A job that somebody holds is just being fetched, or cancelled: its place in the line is no matter.
FOLLOW = """
UPDATE procrastinate_jobs SET priority = line.priority FROM (
    SELECT job.id, topic.priority * %(step)s - topic.turn AS priority
    FROM research_topic AS topic
    JOIN research_run AS run ON run.id = topic.run_id
    JOIN procrastinate_jobs AS job ON job.id = topic.job
    WHERE topic.status = 'queued' AND topic.priority = %(priority)s
        AND coalesce(run.team_id, 0) = %(team)s AND job.status = 'todo'
    FOR UPDATE OF job SKIP LOCKED
) AS line WHERE procrastinate_jobs.id = line.id AND procrastinate_jobs.priority <> line.priority
"""
RETRY = "SELECT procrastinate_retry_job_v2(%(job)s, now(), NULL, NULL, %(lock)s)"
GIVE_UP = "SELECT procrastinate_finish_job_v1(%(job)s, 'failed', true)"
# Deletes jobs that wait, and has those at work aborted.
ABORT = "SELECT procrastinate_cancel_job_v1(id, true, true) FROM unnest(%(jobs)s::bigint[]) AS id"
HAS_WORKER = """
SELECT EXISTS (
    SELECT 1 FROM procrastinate_workers
    WHERE last_heartbeat > now() - make_interval(secs => %(seconds)s)
)
"""
# Django's bulk_update takes thirty times as long.
REMEMBER = """
UPDATE research_topic SET job = made.job
FROM unnest(%(topics)s::bigint[], %(jobs)s::bigint[]) AS made (topic, job) WHERE id = made.topic
"""
