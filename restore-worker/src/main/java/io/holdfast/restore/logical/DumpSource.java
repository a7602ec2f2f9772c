package io.holdfast.restore.logical;

import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.PostgresVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import java.util.Set;

/** Where the dump of one database comes from, in {@code pg_dump}'s custom format. For one thread. */
public interface DumpSource {
    /**
     * Opens the archive at its beginning. Each opening gives one with the same entries under the same ids.
     *
     * @return throws at the latest at its end if it is not whole; may be closed before
     */
    InputStream open() throws RestoreException, IOException;

    /** How many bytes it has; empty where that shows when it is read. */
    OptionalLong length();

    /** The roles of the server that was dumped, as far as they are known. */
    Set<String> roles() throws RestoreException, IOException;

    /** The version of the server that was dumped. */
    PostgresVersion server();

    /** The version of the {@code pg_dump} that makes it. */
    PostgresVersion maker();
}
