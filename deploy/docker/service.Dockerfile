# A service that needs only Java. Build the project first: ./mvnw package -DskipTests
ARG JAVA_IMAGE=eclipse-temurin:21-jre
FROM ${JAVA_IMAGE}
ARG SERVICE
COPY ${SERVICE}/target/quarkus-app /opt/holdfast/app
COPY deploy/docker/ready deploy/docker/jvm.options /opt/holdfast/
RUN mkdir -p /var/lib/holdfast && chown 10001:10001 /var/lib/holdfast
USER 10001:10001
ENV JAVA_TOOL_OPTIONS="-Xmx128m"
ENTRYPOINT ["java", "@/opt/holdfast/jvm.options", "-jar", "/opt/holdfast/app/quarkus-run.jar"]
