# The cloud service with its web page. Built from the project's root: docker build -f config/docker/cloud.Dockerfile .
FROM node:24-bookworm-slim AS web
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build:web

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional && npm cache clean --force
COPY contracts contracts
COPY config config
COPY cloud cloud
COPY --from=web /app/cloud/web/dist cloud/web/dist
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "-e", "fetch('http://127.0.0.1:8080/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["sh", "-c", "DATABASE_URL=$(cat /run/secrets/database-url) exec node cloud/main.ts --config /etc/hospitell/cloud.yaml"]
