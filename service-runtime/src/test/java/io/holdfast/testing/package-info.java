/** Real servers for tests: PostgreSQL of every supported major version, run as an unprivileged user on loopback. */
@NullMarked
package io.holdfast.testing;

import org.jspecify.annotations.NullMarked;
