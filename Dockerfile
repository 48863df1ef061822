# NeuroX with its demo, as a server.
#
#   docker build -t neurox .
#   docker run -p 127.0.0.1:7117:7117 -e NEUROX_TOKEN=sixteen-characters-or-more -v neurox:/workspace neurox
#
# and open http://127.0.0.1:7117/?token=sixteen-characters-or-more. A container listens on all of its
# addresses, so the server asks for a token, and makes one up (see its log) if none is given. The image
# that runs holds no compiler, no Node and no pip cache.

# --- the client -----------------------------------------------------------------------------------
FROM node:20-bookworm-slim AS client
WORKDIR /src
ENV PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY client client
RUN npm run build

# --- the wheel, installed into a virtual environment ----------------------------------------------
FROM python:3.11-slim-bookworm AS wheel
# An index with builds of torch for CPU only makes the image several times smaller.
ARG TORCH_INDEX=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY constraints.txt ./
RUN python -m venv /opt/build \
 && /opt/build/bin/pip install -c constraints.txt build setuptools wheel \
 && python -m venv /opt/neurox \
 && /opt/neurox/bin/pip install ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} -c constraints.txt torch
COPY pyproject.toml setup.py README.md LICENSE ./
COPY neurox_core neurox_core
COPY demo demo
COPY configs configs
COPY server server
COPY --from=client /src/server/static server/static
RUN /opt/build/bin/python -m build --wheel --no-isolation --outdir /dist . \
 && /opt/neurox/bin/pip install -c constraints.txt /dist/*.whl

# --- what runs ------------------------------------------------------------------------------------
FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /workspace --shell /usr/sbin/nologin neurox \
 && install -d -o neurox -g neurox /workspace
COPY --from=wheel /opt/neurox /opt/neurox
ENV PATH=/opt/neurox/bin:$PATH \
    NEUROX_WORKSPACE=/workspace \
    PYTHONUNBUFFERED=1
USER neurox
WORKDIR /workspace
VOLUME /workspace
EXPOSE 7117
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:7117/healthz', timeout=4)"]
CMD ["neurox", "serve", "--host", "0.0.0.0", "--port", "7117"]
