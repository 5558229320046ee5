# meshlint in a container: docker run --rm --read-only -v "$PWD:/work:ro" meshlint analyze .
# The base is pinned by digest: 22.23.1-alpine. Both stages use the same, for the code that V8 compiled at build is
# only good for the very same Node.
FROM node:22-alpine@sha256:16e22a550f3863206a3f701448c45f7912c6896a62de43add43bb9c86130c3e2 AS build
WORKDIR /opt/meshlint
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22-alpine@sha256:16e22a550f3863206a3f701448c45f7912c6896a62de43add43bb9c86130c3e2
# For --changed and --staged. What is mounted at /work belongs to another user, which git would refuse.
RUN apk add --no-cache git && git config --system --add safe.directory /work
COPY --from=build /opt/meshlint/package.json /opt/meshlint/LICENSE /opt/meshlint/
COPY --from=build /opt/meshlint/node_modules /opt/meshlint/node_modules
COPY --from=build /opt/meshlint/schemas /opt/meshlint/schemas
COPY --from=build /opt/meshlint/dist /opt/meshlint/dist
RUN ln -s /opt/meshlint/dist/cli.js /usr/local/bin/meshlint
USER node
WORKDIR /work
ENTRYPOINT ["meshlint"]
CMD ["--help"]
