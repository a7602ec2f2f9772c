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
COPY deploy/docker/ready /opt/holdfast/ready
RUN mkdir -p /var/lib/holdfast && chown postgres:postgres /var/lib/holdfast
USER postgres
ENV JAVA_TOOL_OPTIONS="-Xmx128m"
ENTRYPOINT ["/opt/java/openjdk/bin/java", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED", "-jar", "/opt/holdfast/app/quarkus-run.jar"]
