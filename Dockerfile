# One image for the six subgraphs, the router and the migrations; the command says which:
#   docker run diaspora node --import tsx subgraphs/users/src/main.ts
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci --no-audit --no-fund && npm run graphiql -w router && node router/build.js && npm prune --omit=dev --ignore-scripts

FROM node:22-bookworm-slim
ENV NODE_ENV=production AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
WORKDIR /app
COPY --from=build /app /app
USER node
CMD ["node", "-C", "built", "--max-semi-space-size=64", "router/dist/main.js"]
