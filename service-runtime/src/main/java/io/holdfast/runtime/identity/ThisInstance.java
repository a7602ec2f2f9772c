package io.holdfast.runtime.identity;

import io.holdfast.runtime.configuration.HoldfastConfig;
import io.quarkus.arc.DefaultBean;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Finds out who this process is. */
final class ThisInstance {

    @Produces
    @Singleton
    @DefaultBean
    Instance instance(
            HoldfastConfig config,
            @ConfigProperty(name = "quarkus.application.name") String service,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        String name = config.instance()
                .orElseGet(() -> hostName() + "-" + ProcessHandle.current().pid());
        return new Instance(service, name, version);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException hostWithoutName) {
            return "localhost";
        }
    }
}
