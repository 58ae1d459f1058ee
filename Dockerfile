# The served portal: web, worker and scheduler are this one image under three commands (docker-compose.yml).

FROM node:22-bookworm-slim AS assets
WORKDIR /portal
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY static static
RUN npm run build

FROM python:3.11-slim-bookworm AS libraries
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libmagic1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home portal
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_FOLDER=/portal/var
WORKDIR /portal
COPY --from=libraries /venv /venv
COPY manage.py ./
COPY hubs_portal hubs_portal
COPY applications applications
COPY juries juries
COPY templates templates
COPY locale locale
COPY deploy/gunicorn.conf.py deploy/probe.py deploy/
COPY --from=assets /portal/static static

# The embedded settings need no server; the key given here is used for nothing and stays in no layer's files.
RUN SECRET_KEY=build DJANGO_SETTINGS_MODULE=hubs_portal.settings.dev python manage.py compile_catalogues \
    && SECRET_KEY=build DJANGO_SETTINGS_MODULE=hubs_portal.settings.dev python manage.py collectstatic --no-input --ignore=scss \
    && install -d -o portal var/incoming

ENV DJANGO_SETTINGS_MODULE=hubs_portal.settings.production
USER portal
EXPOSE 8000
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "hubs_portal.wsgi:application"]
