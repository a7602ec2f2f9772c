package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.RestoreId;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupContent.Tablespace;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.ClusterPlaces;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Where the files of one restore go. Pure.
 *
 * @param backup what is restored
 * @param cluster its system identifier
 * @param dataDirectory admitted
 * @param tablespaces the admitted directory of each, by oid
 */
record Destination(RestoreId restore, String backup, String cluster, Path dataDirectory, Map<Long, Path> tablespaces) {
    Destination {
        tablespaces = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(tablespaces));
    }

    /**
     * Plans where everything goes.
     *
     * @param request says what is restored, the data directory, and where tablespaces are wanted, by oid; the others go to
     *     {@code <data directory>.tablespaces/<oid>}
     */
    static Destination plan(PhysicalRequest request, RestoreRoots roots, BackupContent.Physical content)
            throws RestoreException {
        Path dataDirectory = roots.admit(request.dataDirectory());
        List<Tablespace> found = content.tablespaces();
        Map<String, String> mapping = request.tablespaces();
        Map<Long, Path> tablespaces = new LinkedHashMap<>();
        for (Tablespace each : found) {
            String asked = mapping.get(Long.toString(each.oid()));
            tablespaces.put(
                    each.oid(),
                    asked == null
                            ? tablespacesFolder(dataDirectory).resolve(Long.toString(each.oid()))
                            : roots.admit(asked));
        }
        for (String oid : mapping.keySet()) {
            if (found.stream().noneMatch(each -> Long.toString(each.oid()).equals(oid))) {
                throw new RestoreException(
                        FailureCategory.CONFIGURATION,
                        "the request maps a tablespace " + oid + " that the backup does not have.",
                        "its tablespaces are "
                                + found.stream().map(Tablespace::oid).toList() + ".");
            }
        }
        Destination planned = new Destination(
                request.restore(), request.backup().value(), content.systemIdentifier(), dataDirectory, tablespaces);
        planned.requireApart();
        return planned;
    }

    /** The same for another restore, which is gone on with. */
    Destination of(RestoreId other) {
        return new Destination(other, backup, cluster, dataDirectory, tablespaces);
    }

    static Path tablespacesFolder(Path dataDirectory) {
        return dataDirectory.resolveSibling(dataDirectory.getFileName() + ".tablespaces");
    }

    /** The directory that holds the data directory. */
    Path parent() {
        return Objects.requireNonNull(dataDirectory.getParent(), "an admitted path has a parent");
    }

    /** What the repository's reader is told. */
    Map<FilePath, Path> redirects() {
        Map<FilePath, Path> redirects = new LinkedHashMap<>();
        tablespaces.forEach((oid, path) -> redirects.put(new FilePath("pg_tblspc/" + oid), path));
        return redirects;
    }

    /** The directory that a file of the backup goes to: the data directory or that of a tablespace. */
    Path placeOf(FilePath file) {
        return tablespace(file).map(Map.Entry::getValue).orElse(dataDirectory);
    }

    /** Where a file of the backup goes. */
    Path resolve(FilePath file) {
        return tablespace(file)
                .map(each -> each.getValue()
                        .resolve(file.value()
                                .substring(Math.min(
                                        each.getKey().value().length() + 1,
                                        file.value().length()))))
                .orElse(dataDirectory.resolve(file.value()));
    }

    private Optional<Map.Entry<FilePath, Path>> tablespace(FilePath file) {
        return redirects().entrySet().stream()
                .filter(each -> file.startsWith(each.getKey()))
                .findFirst();
    }

    ClusterPlaces places() {
        return new ClusterPlaces(dataDirectory, List.copyOf(tablespaces.values()));
    }

    private void requireApart() throws RestoreException {
        List<Path> all = new ArrayList<>(places().all());
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < all.size(); j++) {
                if (i != j && all.get(i).startsWith(all.get(j))) {
                    throw new RestoreException(
                            FailureCategory.DESTINATION,
                            all.get(i) + " lies in " + all.get(j) + ".",
                            "give the data directory and each tablespace a directory of its own.");
                }
            }
        }
    }
}
