# The GitHub App's server (`graft serve`), and the command line with everything it needs.
#
#   docker build --tag graft .
#
# The server; its settings are environment variables (docs/install.md), its queue lives in the volume:
#
#   docker run --detach --name graft --publish 127.0.0.1:3000:3000 --volume graft-data:/data --env-file graft.env graft
#
# Work on a repository of yours:
#
#   docker run --rm --volume "$PWD:/target" graft integrate NAME --repo /target
#
# Inside a container bubblewrap may not make a sandbox of its own; Graft then says so and limits time, memory and file
# sizes. The container is the wall in that case: give it nothing but the repository. The server itself never runs a simulator.
FROM node:24-bookworm-slim AS build
WORKDIR /graft
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npx tsc -p tsconfig.build.json && npm prune --ignore-scripts --omit=dev --omit=optional

FROM node:24-bookworm-slim
# Debian's own versions: pinned ones vanish from its mirrors with the next security update.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap ca-certificates git python3 python3-venv \
    && rm -rf /var/lib/apt/lists/* \
    && install --directory --owner=node --group=node --mode=0700 /data
COPY package.json LICENSE app.yml /opt/graft/
COPY --from=build /graft/node_modules /opt/graft/node_modules
COPY --from=build /graft/dist /opt/graft/dist
COPY bin /opt/graft/bin
COPY templates /opt/graft/templates
RUN ln -s /opt/graft/bin/graft.js /usr/local/bin/graft
# Simulators are foreign code, and so is what the server reads: never as root. The image's own user has the id 1000, as the
# first person on most machines; as a number, so that a cluster can see that it is not root.
USER 1000:1000
WORKDIR /home/node
ENV HOST=0.0.0.0 PORT=3000 GRAFT_DATA=/data
VOLUME /data
EXPOSE 3000
# Healthy: a delivery could be stored now.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["graft"]
CMD ["serve"]
