/** Real servers for tests: PostgreSQL of every supported major version, a Kafka broker, and all that a service needs around it, on loopback. */
@NullMarked
package io.holdfast.testing;

import org.jspecify.annotations.NullMarked;
