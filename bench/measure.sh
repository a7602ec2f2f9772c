# Sourced by the programs beside it: compiles what they need, and runs one of their classes.
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.mvn/find-jdk.sh"
find_jdk
modules="backup-worker verifier-service restore-worker"

outdated() { # whether a module's class path is missing, or older than any source or pom of the project
  [ -e "$root/$1/target/measured.classpath" ] || return 0
  [ -n "$(find "$root" -path '*/target' -prune -o \( -path '*/src/*.java' -o -name pom.xml \) \
    -newer "$root/$1/target/measured.classpath" -print 2>/dev/null | head -n 1)" ]
}

compile() {
  for module in $modules; do
    if outdated "$module"; then
      echo "bench: compiling" >&2
      "$root/mvnw" -q -B -pl "$(echo "$modules" | tr ' ' ',')" -am test-compile dependency:build-classpath \
        -Dmdep.outputFile=target/measured.classpath >&2
      for each in $modules; do touch "$root/$each/target/measured.classpath"; done
      break
    fi
  done
}

measure() { # measure CLASS ARGUMENTS...
  main=$1
  shift
  classes=$(mktemp -d)
  trap 'rm -rf "$classes"' EXIT
  "$JAVA_HOME/bin/javac" -Xlint:all,-try -Werror -d "$classes" "$root"/bench/src/io/holdfast/bench/*.java
  # PostgreSQL's driver for Java comes with the worker's class path.
  "$JAVA_HOME/bin/java" -Xmx512m -Dholdfast.root="$root" -Dholdfast.java="$JAVA_HOME/bin/java" \
    -cp "$classes:$(cat "$root/backup-worker/target/measured.classpath")" "io.holdfast.bench.$main" "$@"
}
