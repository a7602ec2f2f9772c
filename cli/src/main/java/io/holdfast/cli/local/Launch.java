package io.holdfast.cli.local;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How to start a part.
 *
 * @param command     program and arguments; never a secret among them, for every user of the host can read them
 * @param environment what is added to the environment
 * @param inherits    whether the part sees the environment of {@code holdfast up} (which {@code env:NAME} references in
 *                    the configuration are resolved from), or only what a program needs to run
 * @param folder      the working directory
 */
record Launch(List<String> command, Map<String, String> environment, boolean inherits, Path folder) {}
