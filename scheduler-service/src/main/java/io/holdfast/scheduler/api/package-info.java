/** The REST paths: thin, each asks one question or passes one request on. Errors are RFC 9457 problems. */
@NullMarked
package io.holdfast.scheduler.api;

import org.jspecify.annotations.NullMarked;
