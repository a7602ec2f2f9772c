package io.holdfast.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is to be compared. */
record Arguments(
        double sizeGb, int runs, boolean json, int postgres, Shape shape, List<Case> cases, Path work, Path results) {

    static final String USAGE =
            """
            usage: bench/compare [--size-gb N] [--runs N] [--postgres 15|16|17|18] [--shape mixed|many|single]
                                 [--case NAME]... [--work FOLDER] [--results FOLDER] [--json]
            cases: %s
            environment: PGBACKREST (program), PG_BASEBACKUP (program)"""
                    .formatted(String.join(
                            " ", Case.all().stream().map(Case::label).toList()));

    /** The shape of the data. */
    enum Shape {
        /** Rows with JSON and UUID indexes in a few tables. */
        MIXED,
        /** 20,000 small tables. */
        MANY,
        /** One table. */
        SINGLE;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Arguments parse(String[] words, Path root) {
        double sizeGb = 1;
        int runs = 3;
        boolean json = false;
        int postgres = 15;
        Shape shape = Shape.MIXED;
        List<Case> cases = new ArrayList<>();
        Path work = Path.of(System.getProperty("java.io.tmpdir"), "holdfast-bench");
        Path results = root.resolve("bench/results");
        for (int i = 0; i < words.length; i++) {
            String option = words[i];
            if (option.equals("--json")) {
                json = true;
                continue;
            }
            if (i + 1 == words.length) {
                throw new IllegalArgumentException(option + " is unknown or lacks its value");
            }
            String value = words[++i];
            switch (option) {
                case "--size-gb" -> sizeGb = Double.parseDouble(value);
                case "--runs" -> runs = Integer.parseInt(value);
                case "--postgres" -> postgres = Integer.parseInt(value);
                case "--shape" -> shape = Shape.valueOf(value.toUpperCase(Locale.ROOT));
                case "--case" -> cases.add(Case.of(value));
                case "--work" -> work = Path.of(value).toAbsolutePath();
                case "--results" -> results = Path.of(value).toAbsolutePath();
                default -> throw new IllegalArgumentException(option + " is unknown");
            }
        }
        if (sizeGb <= 0 || runs < 1) {
            throw new IllegalArgumentException("--size-gb and --runs must be positive");
        }
        if (postgres < 15 || postgres > 18) {
            throw new IllegalArgumentException("--postgres must be 15 to 18");
        }
        return new Arguments(
                sizeGb, runs, json, postgres, shape, cases.isEmpty() ? Case.all() : cases, work, results);
    }
}
