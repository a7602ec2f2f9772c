package io.holdfast.restore.sandbox;

/** The scripts that make a sandbox's root, each run by {@code /bin/sh} in the sandbox's own namespaces. */
final class SandboxRoot {
    /** What its maker says once it is there. */
    static final String READY = "ready";

    /** In the sandbox: the directory of the server's socket. */
    static final String SOCKETS = "/s/s";

    /**
     * $1 the sandbox's folder, $2 who owns the socket's directory, $3 bytes of temporary files; then what is shown, read-only.
     * The script becomes what waits for the end of its input; when that ends, so does everything in the sandbox.
     */
    static final String MAKE = """
            set -e; umask 022
            folder=$1; owner=$2; temporary=$3; shift 3
            new=$folder/root
            mount -t tmpfs -o mode=0755,size=16m,nosuid,nodev holdfast "$new"
            mkdir "$new/proc" "$new/dev" "$new/tmp" "$new/s"
            mount -t tmpfs -o "mode=1777,size=$temporary,nosuid,nodev" holdfast "$new/tmp"
            for path in "$@"; do
              if [ -L "$path" ]; then
                mkdir -p "$new${path%/*}"
                cp -P "$path" "$new$path"
                continue
              elif [ -d "$path" ]; then
                mkdir -p "$new$path"
              elif [ -f "$path" ]; then
                mkdir -p "$new${path%/*}"
                : > "$new$path"
              else
                continue
              fi
              mount --rbind "$path" "$new$path"
              mount -o remount,bind,ro,nosuid "$new$path"
            done
            for name in null zero random urandom; do
              : > "$new/dev/$name"
              mount --bind "/dev/$name" "$new/dev/$name"
            done
            mkdir "$new/dev/shm"
            mount -t tmpfs -o "mode=1777,size=$temporary,nosuid,nodev,noexec" holdfast "$new/dev/shm"
            mount -t tmpfs -o mode=0755,size=1m,nosuid,nodev,noexec holdfast "$new/s"
            mkdir -m 0700 "$new/s/s"
            chown "$owner" "$new/s/s"
            mkdir -p "$new$folder/in"
            mount --bind "$folder/in" "$new$folder/in"
            mount -o remount,bind,nosuid,nodev "$new$folder/in"
            mount -t proc -o nosuid,nodev,noexec holdfast "$new/proc" 2>/dev/null || :
            mount -o remount,bind,ro,nosuid,nodev "$new"
            cd "$new"
            pivot_root . .
            umount -l .
            cd /
            echo ready
            exec cat > /dev/null
            """;

    /** $1 a directory of ours in the sandbox's folder, $2 the path under which it is wanted. */
    static final String SHOW = """
            set -e; umask 022
            mount -o remount,bind,rw,nosuid,nodev /
            trap 'mount -o remount,bind,ro,nosuid,nodev /' EXIT
            mkdir -p -- "$2"
            mount --bind "$1" "$2"
            """;

    private SandboxRoot() {}
}
