# Sourced by ./mvnw and ./holdfast: sets JAVA_HOME to an installed JDK of at least MIN_JDK, whatever `java` is the default.
# A Maven toolchain would not do: Quarkus augments applications inside Maven's own JVM.
MIN_JDK=21

jdk_major() { # the major version of the JDK in folder $1, or 0 where there is none
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || { echo 0; return; }
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" | grep . || echo 0
}

find_jdk() {
  if [ -n "${JAVA_HOME:-}" ] && [ "$(jdk_major "$JAVA_HOME")" -ge "$MIN_JDK" ]; then
    export JAVA_HOME
    return 0
  fi
  best="" best_major=0
  on_path=$(command -v javac 2>/dev/null || true)
  [ -z "$on_path" ] || on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
  for jdk in "$on_path" /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/*jdk* "${HOME:-/}"/.sdkman/candidates/java/* \
    "${HOME:-/}"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    [ -n "$jdk" ] && [ -d "$jdk" ] || continue
    major=$(jdk_major "$jdk")
    # the lowest that suffices: nearest to what the code is written for
    if [ "$major" -ge "$MIN_JDK" ] && { [ -z "$best" ] || [ "$major" -lt "$best_major" ]; }; then
      best=$jdk best_major=$major
    fi
  done
  if [ -z "$best" ]; then
    echo "holdfast: no JDK $MIN_JDK or newer found (looked at JAVA_HOME, PATH, /usr/lib/jvm, /opt). HINT: install one, such as the package temurin-25-jdk or openjdk-21-jdk, or set JAVA_HOME." >&2
    return 1
  fi
  JAVA_HOME=$best
  export JAVA_HOME
}
