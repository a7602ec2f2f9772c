package io.holdfast.restore.standby;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.restore.physical.WalServing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The standbys of this host. Each is a small file until it is promoted, restored over, or removed, so that a worker that is
 * started again goes on answering. Thread safe.
 */
public final class Standbys implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Standbys.class.getName());
    private static final String NOTE = ".standby";

    private final Path folder;
    private final StandbyLogs logs;
    private final WalServing serving;
    private final @Nullable String runAsUser;
    private final Clock clock;
    private final ObjectMapper json = EventCodec.newJsonMapper();
    private final Map<Path, StandbyKeeper> keepers = new ConcurrentHashMap<>();
    private volatile Runnable changed = () -> {};

    /**
     * @param folder where they are noted down; made when needed
     * @param logs opens what they follow
     * @param runAsUser as whom servers run where we are root; absent: {@code postgres}, else {@code nobody}
     */
    public Standbys(Path folder, StandbyLogs logs, WalServing serving, @Nullable String runAsUser, Clock clock) {
        this.folder = folder;
        this.logs = logs;
        this.serving = serving;
        this.runAsUser = runAsUser;
        this.clock = clock;
    }

    /** Goes on with all that are noted down. */
    public void resume() throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> notes = Files.newDirectoryStream(folder, "*" + NOTE)) {
            for (Path note : notes) {
                keep(note, json.readValue(Files.readAllBytes(note), Standby.class));
            }
        }
    }

    /** Notes a standby down, and answers it from now on. */
    public void follow(Standby standby) throws IOException {
        Files.createDirectories(folder);
        byte[] name = standby.dataDirectory().getBytes(StandardCharsets.UTF_8);
        Path note = folder.resolve(UUID.nameUUIDFromBytes(name) + NOTE);
        Path fresh = note.resolveSibling(note.getFileName() + ".new");
        Files.write(fresh, json.writeValueAsBytes(standby));
        Files.move(fresh, note, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        keep(note, standby);
    }

    private void keep(Path note, Standby standby) {
        StandbyKeeper keeper = new StandbyKeeper(standby, note, logs, serving, runAsUser, clock, this::over);
        StandbyKeeper before = keepers.put(note, keeper);
        if (before != null) {
            before.close();
        }
        LOG.log(System.Logger.Level.INFO, "The standby in " + standby.dataDirectory() + " is answered.");
        keeper.start();
        changed.run();
    }

    private void over(StandbyKeeper keeper) {
        keepers.values().remove(keeper);
        changed.run();
    }

    /** Has something short done whenever there is another one, or one less. */
    public void onChange(Runnable action) {
        changed = action;
    }

    /** How each of them is. */
    public List<Followed> followed() {
        return keepers.values().stream().map(StandbyKeeper::state).toList();
    }

    /** How one is; empty if it is none any more. */
    public Optional<Followed> of(Standby standby) {
        return followed().stream()
                .filter(each -> each.standby().equals(standby))
                .findFirst();
    }

    /** Ends answering; the standbys wait. */
    @Override
    public void close() {
        List.copyOf(keepers.values()).forEach(StandbyKeeper::close);
        keepers.clear();
    }
}
