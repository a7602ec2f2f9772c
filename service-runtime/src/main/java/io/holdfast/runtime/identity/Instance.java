package io.holdfast.runtime.identity;

/**
 * This process among all others.
 *
 * @param service its kind, {@code backup-worker}
 * @param name    which one of its kind, {@code host-1-4711}
 * @param version the version of the program
 */
public record Instance(String service, String name, String version) {

    /** The CloudEvents source of what this process says: {@code /backup-worker/host-1-4711}. */
    public String source() {
        return "/" + service + "/" + name;
    }
}
