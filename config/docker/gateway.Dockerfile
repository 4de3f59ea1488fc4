# One hospital's gateway with its status page. Built from the project's root: docker build -f config/docker/gateway.Dockerfile .
FROM node:24-bookworm-slim AS web
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build:web

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=32768 NODE_COMPILE_CACHE=/var/cache/hospitell
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional && npm cache clean --force \
  && install -d -o node -g node -m 0700 /var/lib/hospitell /var/cache/hospitell
COPY contracts contracts
COPY config config
COPY devices devices
COPY gateway gateway
COPY --from=web /app/gateway/web/dist gateway/web/dist
USER node
VOLUME /var/lib/hospitell
EXPOSE 8180 1883
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "-e", "fetch('http://127.0.0.1:8180/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=16", "--heap-growing-percent=15", "--no-allocation-site-pretenuring", "gateway/main.ts", "--config", "/etc/hospitell/gateway.yaml"]
