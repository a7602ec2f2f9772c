FROM holdfast-offline/java
COPY lib /opt/kafka/lib
COPY kafka-entrypoint /usr/local/bin/kafka-entrypoint
ENTRYPOINT ["kafka-entrypoint"]
