package io.holdfast.events.wire;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** JSON may leave out any field; the contract says which ones it may: those marked {@link Nullable}. */
final class RequiredFields {

    private RequiredFields() {}

    /** @throws IllegalArgumentException naming the first field that is missing */
    static void check(Object data) {
        check(data, "");
    }

    private static void check(Object data, String path) {
        for (RecordComponent component : data.getClass().getRecordComponents()) {
            Object value = value(data, component);
            String name = path + component.getName();
            if (value == null) {
                if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                    throw new IllegalArgumentException("field " + snakeCase(name) + " is missing");
                }
            } else if (value instanceof Record nested) {
                check(nested, name + ".");
            } else if (value instanceof List<?> list) {
                for (Object element : list) {
                    if (element instanceof Record nested) {
                        check(nested, name + "[].");
                    }
                }
            }
        }
    }

    private static @Nullable Object value(Object data, RecordComponent component) {
        try {
            return component.getAccessor().invoke(data);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("the accessors of event records are public and do not throw", e);
        }
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }
}
