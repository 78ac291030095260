# The images are arguments, so that a build needs no registry: .ci/run makes its
# own. BASE_IMAGE may be scratch: everything that the program needs is copied in.
ARG GOLANG_IMAGE=docker.io/library/golang:1.26-bookworm
ARG BASE_IMAGE=gcr.io/distroless/static-debian12:nonroot

FROM ${GOLANG_IMAGE} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /root-fs/usr/local/bin/routeproof ./cmd/routeproof
RUN mkdir -p /root-fs/etc/ssl/certs /root-fs/etc/routeproof /root-fs/var/lib/routeproof /root-fs/tmp \
 && cp /etc/ssl/certs/ca-certificates.crt /root-fs/etc/ssl/certs/ \
 && chmod 1777 /root-fs/tmp \
 && chown 65532:65532 /root-fs/var/lib/routeproof \
 && chmod 0755 /root-fs/usr/local/bin/routeproof

FROM ${BASE_IMAGE}
COPY --from=build /root-fs/ /
USER 65532:65532
WORKDIR /var/lib/routeproof
ENTRYPOINT ["/usr/local/bin/routeproof"]
CMD ["audit", "--config", "/etc/routeproof/routeproof.yaml"]
