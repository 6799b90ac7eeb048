# The command line with everything it needs. Work on a repository of yours:
#
#   docker build --tag graft .
#   docker run --rm --volume "$PWD:/target" graft integrate NAME --repo /target
#
# Inside a container bubblewrap may not make a sandbox of its own; Graft then says so and limits time, memory and file
# sizes. The container is the wall in that case: give it nothing but the repository.
FROM node:24-bookworm-slim AS build
WORKDIR /graft
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npx tsc -p tsconfig.build.json && npm prune --ignore-scripts --omit=dev --omit=optional

FROM node:24-bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap ca-certificates git python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
COPY package.json LICENSE /opt/graft/
COPY --from=build /graft/node_modules /opt/graft/node_modules
COPY --from=build /graft/dist /opt/graft/dist
COPY bin /opt/graft/bin
COPY templates /opt/graft/templates
RUN ln -s /opt/graft/bin/graft.js /usr/local/bin/graft
# Simulators are foreign code: never as root. The image's own user has the id 1000, as the first person on most machines.
USER node
WORKDIR /home/node
ENTRYPOINT ["graft"]
