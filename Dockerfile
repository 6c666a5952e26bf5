# syntax=docker/dockerfile:1
# The server with its pages. Three stages, so that what builds is not in what runs.

FROM node:22-slim AS pages
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-progress
COPY frontend/ ./
# Into /src/live/web/static (vite.config.ts).
RUN npm run build

FROM python:3.12-slim AS packages
RUN pip install --no-cache-dir --disable-pip-version-check "uv>=0.9,<1" \
    && python -m venv --without-pip /opt/venv
WORKDIR /app
COPY requirements.lock ./
RUN uv pip install --python /opt/venv/bin/python --no-cache --compile-bytecode \
        --require-hashes --requirements requirements.lock
COPY pyproject.toml LICENSE ./
COPY live/ live/
COPY migrations/ migrations/
COPY --from=pages /src/live/web/static/ live/web/static/
# Editable: the code finds its migrations beside itself, in /app.
RUN uv pip install --python /opt/venv/bin/python --no-cache --no-deps --editable . \
    && /opt/venv/bin/python -m compileall -q live migrations

FROM python:3.12-slim
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin live \
    && install --directory --owner live --group live /data
COPY --from=packages /opt/venv /opt/venv
COPY --from=packages /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    LIVE_DATA_DIR=/data
USER live
# Used only where LIVE_DATABASE_URL names no other database.
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/readyz', timeout=4)"]
# SIGTERM drains; give it 30 s (docker run --stop-timeout 30).
ENTRYPOINT ["live"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8080"]
