# One image for the web process and for workers; they differ in their command.

FROM python:3.13-slim-trixie AS packages
ARG UV_VERSION=0.13.9
RUN pip install --no-cache-dir --disable-pip-version-check uv==${UV_VERSION}
WORKDIR /build
COPY requirements.txt ./
RUN uv venv -q /opt/venv \
    && uv pip install -q --no-cache --compile-bytecode --python /opt/venv/bin/python \
        --require-hashes -r requirements.txt

FROM python:3.13-slim-trixie
# pg_dump and pg_restore, for `manage.py backup` and `restore`.
RUN apt-get update -q \
    && apt-get install --yes --no-install-recommends -q postgresql-client \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 research \
    && useradd --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin research
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
# The database of a single machine, the secret key, and what CrewAI insists on writing.
RUN install --directory --owner research --group research --mode 700 var
VOLUME /app/var
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
EXPOSE 8000
# Of a web process. http.client asks no proxy, whatever HTTP_PROXY says.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import http.client, os, sys; site = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('PORT') or 8000), timeout=4); site.request('GET', '/healthz'); sys.exit(site.getresponse().status != 200)"]
CMD ["python", "manage.py", "serve"]
