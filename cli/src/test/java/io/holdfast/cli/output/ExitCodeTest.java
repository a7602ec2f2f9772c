package io.holdfast.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.FailureCategory;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExitCodeTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "command-line.md");

    @ParameterizedTest
    @EnumSource(FailureCategory.class)
    void every_category_of_failure_is_documented_with_its_code(FailureCategory category) throws IOException {
        assertThat(Files.readString(DOCUMENT))
                .contains("| " + category.exitCode() + " | `" + category.wireName() + "`");
    }

    @Test
    void every_code_means_one_thing() throws IllegalAccessException, IOException {
        Set<Integer> codes = new HashSet<>();
        for (Field field : ExitCode.class.getFields()) {
            assertThat(codes.add(field.getInt(null))).as(field.getName()).isTrue();
            assertThat(Files.readString(DOCUMENT)).contains("| " + field.getInt(null) + " | ");
        }
        assertThat(Arrays.stream(FailureCategory.values()).map(FailureCategory::exitCode))
                .hasSizeGreaterThan(10)
                .doesNotContainAnyElementsOf(codes)
                .doesNotHaveDuplicates();
    }
}
