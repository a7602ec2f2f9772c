package io.holdfast.testing;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * A service's typed configuration with its defaults, or what system properties of the same names say; for processes that
 * are to start as fast as they can. Knows numbers, durations, sizes, and absent options.
 */
public final class ConfigurationDefaults {
    private ConfigurationDefaults() {}

    /** The configuration that an interface with {@link ConfigMapping} describes. */
    public static <T> T of(Class<T> mapping) {
        return of(mapping, mapping.getAnnotation(ConfigMapping.class).prefix());
    }

    private static <T> T of(Class<T> mapping, String prefix) {
        return mapping.cast(Proxy.newProxyInstance(
                mapping.getClassLoader(),
                new Class<?>[] {mapping},
                (proxy, method, arguments) -> value(method, prefix)));
    }

    private static Object value(Method method, String prefix) {
        String name =
                prefix + "." + method.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        Class<?> type = method.getReturnType();
        if (type == Optional.class) {
            return Optional.empty();
        }
        WithDefault stated = method.getAnnotation(WithDefault.class);
        if (stated == null) {
            return of(type, name);
        }
        String text = System.getProperty(name, stated.value());
        if (type == int.class) {
            return Integer.valueOf(text);
        }
        if (type == boolean.class) {
            return Boolean.valueOf(text);
        }
        if (type == MemorySize.class) {
            return new MemorySizeConverter().convert(text);
        }
        if (type == Duration.class) {
            return DurationConverter.parseDuration(text);
        }
        throw new IllegalArgumentException(name + " is a " + type);
    }
}
