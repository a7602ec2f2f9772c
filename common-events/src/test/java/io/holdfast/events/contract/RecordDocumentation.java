package io.holdfast.events.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the Javadoc of the records says, so that the schemas say it too. Read from the sources beside the tests. */
final class RecordDocumentation {

    private static final Path SOURCES = Path.of("src/main/java");

    private RecordDocumentation() {}

    /** What a record is, in its Javadoc's own words. */
    static Optional<String> of(Class<?> type) {
        return comment(type).map(text -> plain(text.split("\n@", 2)[0]));
    }

    /** What one field of a record is. */
    static Optional<String> of(Class<?> type, String field) {
        return comment(type).flatMap(text -> {
            Matcher matcher = Pattern.compile("(?s)\n@param " + field + "\\s+(.*?)(?=\n@|$)")
                    .matcher(text);
            return matcher.find() ? Optional.of(plain(matcher.group(1))) : Optional.empty();
        });
    }

    private static Optional<String> comment(Class<?> type) {
        if (!type.getName().startsWith("io.holdfast.events.")) {
            return Optional.empty();
        }
        Class<?> outer = type;
        while (outer.getEnclosingClass() != null) {
            outer = outer.getEnclosingClass();
        }
        Path source = SOURCES.resolve(outer.getName().replace('.', '/') + ".java");
        try {
            Matcher matcher = Pattern.compile("(?s)/\\*\\*((?:(?!\\*/).)*)\\*/\\s*(?:public\\s+)?(?:record|enum)\\s+"
                            + type.getSimpleName() + "\\b")
                    .matcher(Files.readString(source));
            return matcher.find()
                    ? Optional.of("\n"
                            + matcher.group(1).replaceAll("(?m)^\\s*\\*? ?", "").strip())
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("the sources of the contract lie beside its tests", e);
        }
    }

    private static String plain(String javadoc) {
        return javadoc.replaceAll("\\{@\\w+\\s+([^}]*)}", "$1")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
