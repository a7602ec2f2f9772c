package io.holdfast.restore.sandbox;

/**
 * What may be used in a sandbox.
 *
 * @param memory bytes of address space for each process
 * @param processes how many, beside those that its user has elsewhere on this host
 * @param temporary bytes for {@code /tmp} and as many for shared memory; both lie in memory
 */
public record SandboxLimits(long memory, int processes, long temporary) {
    /** 8 GiB for each process, 512 processes, 256 MiB of temporary files. */
    public static final SandboxLimits USUAL = new SandboxLimits(8L << 30, 512, 256L << 20);

    public SandboxLimits {
        if (memory < (1L << 28) || processes < 64 || temporary < (1L << 20)) {
            throw new IllegalArgumentException(
                    "a server needs 256 MiB of address space, 64 processes and 1 MiB" + " of temporary files at least");
        }
    }
}
