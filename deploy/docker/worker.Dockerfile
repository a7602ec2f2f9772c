# A service that works with PostgreSQL's programs: pg_dump, pg_restore, and the server itself for restores. It has the
# major version of POSTGRES_IMAGE; add others to that image (packages postgresql-15 …), they are found by themselves.
# Build the project first: ./mvnw package -DskipTests
ARG JAVA_IMAGE=eclipse-temurin:21-jre
ARG POSTGRES_IMAGE=postgres:18
FROM ${JAVA_IMAGE} AS java
FROM ${POSTGRES_IMAGE}
ARG SERVICE
COPY --from=java /opt/java/openjdk /opt/java/openjdk
COPY ${SERVICE}/target/quarkus-app /opt/holdfast/app
COPY deploy/docker/ready deploy/docker/jvm.options /opt/holdfast/
RUN groupadd --gid 10001 holdfast && useradd --uid 10001 --gid 10001 --no-create-home holdfast && \
    mkdir -p /var/lib/holdfast && chown 10001:10001 /var/lib/holdfast
USER 10001:10001
ENV JAVA_TOOL_OPTIONS="-Xmx128m"
ENTRYPOINT ["/opt/java/openjdk/bin/java", "@/opt/holdfast/jvm.options", "-jar", "/opt/holdfast/app/quarkus-run.jar"]
