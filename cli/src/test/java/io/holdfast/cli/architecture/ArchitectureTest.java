package io.holdfast.cli.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The house's rules, over the compiled classes of every module; docs/architecture.md has them in words. */
class ArchitectureTest {
    /** Words that name no thing of the product. */
    private static final Set<String> NAMELESS = Set.of("util", "utils", "impl", "helper", "manager", "common", "dto");

    private static final String[] FRAMEWORKS = {
        "io.quarkus..",
        "jakarta..",
        "org.apache.kafka..",
        "org.eclipse.microprofile..",
        "io.smallrye..",
        "io.vertx..",
        "org.hibernate.."
    };

    private static final Map<Module, JavaClasses> IMPORTED = new ConcurrentHashMap<>();

    /** The modules, with what of Holdfast each may use. */
    enum Module {
        COMMON_EVENTS("events"),
        BACKUP_REPOSITORY("repository"),
        SERVICE_RUNTIME("runtime", "events", "repository"),
        SCHEDULER_SERVICE("scheduler", "events", "runtime"),
        BACKUP_WORKER("backup", "events", "runtime", "repository"),
        RESTORE_WORKER("restore", "events", "runtime", "repository"),
        VERIFIER_SERVICE("verifier", "events", "runtime", "repository"),
        NOTIFIER_SERVICE("notifier", "events", "runtime"),
        CLI("cli", "events");

        private final String packageName;
        private final List<String> others;

        Module(String packageName, String... others) {
            this.packageName = packageName;
            this.others = List.of(others);
        }

        private String root() {
            return "io.holdfast." + packageName;
        }

        private JavaClasses classes() {
            String folder = name().toLowerCase(Locale.ROOT).replace('_', '-');
            Path compiled = Path.of("..", folder, "target", "classes");
            // A build of the whole project compiles every module before this one.
            assumeTrue(Files.isDirectory(compiled), folder + " is not compiled. HINT: ./mvnw verify");
            return IMPORTED.computeIfAbsent(this, module -> new ClassFileImporter().importPath(compiled));
        }
    }

    @ParameterizedTest
    @EnumSource(Module.class)
    void a_module_uses_only_the_modules_it_may(Module module) {
        String[] allowed = Stream.concat(
                        Stream.of(module.root()), module.others.stream().map("io.holdfast."::concat))
                .map(name -> name + "..")
                .toArray(String[]::new);

        noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.holdfast..").and(resideOutsideOfPackages(allowed)))
                .check(module.classes());
        classes().should().resideInAPackage(module.root() + "..").check(module.classes());
    }

    @ParameterizedTest
    @EnumSource(
            value = Module.class,
            names = {"COMMON_EVENTS", "BACKUP_REPOSITORY"})
    void contract_and_repository_know_no_framework(Module module) {
        noClasses().should().dependOnClassesThat(resideInAnyPackage(FRAMEWORKS)).check(module.classes());
    }

    @Test
    void of_the_runtime_only_one_package_knows_the_repository() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.holdfast.runtime.repository..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.holdfast.repository..", "io.holdfast.runtime.repository..")
                .check(Module.SERVICE_RUNTIME.classes());
    }

    @ParameterizedTest
    @EnumSource(Module.class)
    void every_package_says_what_it_is_and_where_null_may_be(Module module) {
        for (JavaPackage each : packages(module)) {
            assertThat(each.tryGetPackageInfo())
                    .as("package-info of " + each.getName())
                    .hasValueSatisfying(info -> assertThat(info.isAnnotatedWith(NullMarked.class))
                            .as("@NullMarked on " + each.getName())
                            .isTrue());
        }
    }

    @ParameterizedTest
    @EnumSource(Module.class)
    void names_are_the_products_words(Module module) {
        for (JavaPackage each : packages(module)) {
            assertThat(each.getName().split("\\.")).as(each.getName()).doesNotContainAnyElementsOf(NAMELESS);
        }
        noClasses()
                .that(new DescribedPredicate<>("have a name that says nothing") {
                    @Override
                    public boolean test(JavaClass each) {
                        return Arrays.stream(each.getSimpleName().split("(?<=[a-z0-9])(?=[A-Z])"))
                                .anyMatch(word -> NAMELESS.contains(word.toLowerCase(Locale.ROOT)));
                    }
                })
                .should()
                .resideInAPackage("io.holdfast..")
                .allowEmptyShould(true)
                .check(module.classes());
    }

    @ParameterizedTest
    @EnumSource(Module.class)
    void packages_do_not_know_each_other_in_circles(Module module) {
        slices().matching(module.root() + ".(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(module.classes());
    }

    private static List<JavaPackage> packages(Module module) {
        return module.classes().stream()
                .map(JavaClass::getPackage)
                .filter(each -> !each.getName().isEmpty())
                .distinct()
                .toList();
    }
}
