# A service that needs only Java. Build the project first: ./mvnw package -DskipTests
ARG JAVA_IMAGE=eclipse-temurin:21-jre
FROM ${JAVA_IMAGE}
ARG SERVICE
COPY ${SERVICE}/target/quarkus-app /opt/holdfast/app
COPY deploy/docker/ready /opt/holdfast/ready
RUN mkdir -p /var/lib/holdfast && chown 10001:10001 /var/lib/holdfast
USER 10001:10001
ENV JAVA_TOOL_OPTIONS="-Xmx128m"
# Only what is really hot is optimised: docs/decisions/0090.
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-XX:Tier4InvocationThreshold=50000", "-XX:Tier4MinInvocationThreshold=6000", "-XX:Tier4CompileThreshold=150000", "-XX:Tier4BackEdgeThreshold=400000", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED", "-jar", "/opt/holdfast/app/quarkus-run.jar"]
