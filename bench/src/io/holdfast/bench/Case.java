package io.holdfast.bench;

import java.util.ArrayList;
import java.util.List;

/** One thing that is measured, with every tool that can do it. */
sealed interface Case {
    /** How it is called on the command line and in the results. */
    String label();

    /** A full backup. */
    record Full(String label, Compression compression, boolean encrypted) implements Case {}

    /** A backup after a share of a table's pages was changed. */
    record Incremental(String label, double share, boolean clustered) implements Case {}

    /** The files of a backup into an empty directory. */
    record Restore(String label) implements Case {}

    /** The files of a backup into the directory of a cluster that has gone on a little. */
    record DeltaRestore(String label) implements Case {}

    /** All of a backup read back and checked. */
    record Verify(String label, Depth depth) implements Case {}

    /** How deep a verification looks. */
    enum Depth {
        /** Stored bytes against their digests. */
        BYTES,
        /** All of it: decompressed, compared with the server's list, WAL read. */
        STRUCTURE
    }

    /** How tools compress. */
    enum Compression {
        /** Each with zstd, level 3. */
        SAME,
        /** Each as it comes. */
        DEFAULTS
    }

    static List<Case> all() {
        List<Case> all = new ArrayList<>(List.of(
                new Full("full", Compression.SAME, true),
                new Restore("restore"),
                new DeltaRestore("delta_restore"),
                new Verify("verify", Depth.BYTES),
                new Verify("verify_structure", Depth.STRUCTURE),
                new Full("full_default", Compression.DEFAULTS, true),
                new Full("full_plain", Compression.SAME, false),
                new Incremental("incremental_none", 0, false)));
        for (String share : List.of("0.1", "1", "10")) {
            String label = "incremental_" + share.replace('.', '_') + "pct";
            all.add(new Incremental(label, Double.parseDouble(share) / 100, false));
            all.add(new Incremental(label + "_clustered", Double.parseDouble(share) / 100, true));
        }
        return List.copyOf(all);
    }

    static Case of(String label) {
        return all().stream()
                .filter(each -> each.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the case " + label + " is unknown"));
    }
}
