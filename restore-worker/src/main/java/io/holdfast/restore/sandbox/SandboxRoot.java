package io.holdfast.restore.sandbox;

/** The scripts that make a sandbox's root, each run by {@code /bin/sh} in the sandbox's own namespaces. */
final class SandboxRoot {
    /** What its maker says once it is there. */
    static final String READY = "ready";

    /** In the sandbox: the directory of the server's socket. */
    static final String SOCKETS = "/s/s";

    /**
     * $1 the sandbox's folder, $2 who owns the socket's directory, $3 bytes of temporary files; then what is shown, read-only.
     * What is mounted below that is covered: it would stay writable, and may be anything, such as the data of a server. So is
     * what is not in the usual folders of {@code /usr/local}, where servers built from source keep their data. The
     * script becomes what waits for the end of its input; when that ends, so does everything in the sandbox.
     */
    static final String MAKE = """
            set -e; umask 022
            folder=$1; owner=$2; temporary=$3; shift 3
            new=$folder/root
            emptied=
            empty() {
              mount -t tmpfs -o mode=0755,size=1m,nosuid,nodev holdfast "$1"
              emptied="$emptied$1
            "
            }
            cover() {
              mounts=$(cat /proc/self/mountinfo)
              while read -r _ _ _ _ at _; do
                at=$(printf '%b' "$at")
                case "$at" in
                  "$1"/*)
                    if [ -d "$at" ]; then
                      empty "$at"
                    elif [ -e "$at" ]; then
                      mount --bind /dev/null "$at"
                    fi ;;
                esac
              done <<MOUNTS
            $mounts
            MOUNTS
            }
            show() {
              if [ -L "$1" ]; then
                mkdir -p "$new${1%/*}"
                cp -P "$1" "$new$1"
                return
              elif [ -d "$1" ]; then
                mkdir -p "$new$1"
              elif [ -f "$1" ]; then
                mkdir -p "$new${1%/*}"
                : > "$new$1"
              else
                return 0
              fi
              mount --rbind "$1" "$new$1"
              cover "$new$1"
              mount -o remount,bind,ro,nosuid "$new$1"
            }
            mount -t tmpfs -o mode=0755,size=16m,nosuid,nodev holdfast "$new"
            mkdir "$new/proc" "$new/dev" "$new/tmp" "$new/s"
            mount -t tmpfs -o "mode=1777,size=$temporary,nosuid,nodev" holdfast "$new/tmp"
            show /usr
            if [ -d "$new/usr/local" ] && [ ! -L "$new/usr/local" ]; then
              empty "$new/usr/local"
              for name in bin sbin lib lib64 libexec share; do
                show "/usr/local/$name"
              done
            fi
            for path in "$@"; do
              show "$path"
            done
            while read -r at; do
              [ -z "$at" ] || mount -o remount,bind,ro,nosuid,nodev "$at"
            done <<EMPTIED
            $emptied
            EMPTIED
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

    private SandboxRoot() {}
}
