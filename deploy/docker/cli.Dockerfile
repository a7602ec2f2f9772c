# The command line. Build the project first: ./mvnw package -DskipTests
ARG JAVA_IMAGE=eclipse-temurin:21-jre
FROM ${JAVA_IMAGE}
COPY cli/target/lib cli/target/cli-*-SNAPSHOT.jar /opt/holdfast/lib/
COPY deploy/docker/setup /opt/holdfast/setup
ENTRYPOINT ["java", "-cp", "/opt/holdfast/lib/*", "io.holdfast.cli.command.Holdfast"]
