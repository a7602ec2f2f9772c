/**
 * The local mode: broker, database and all services as processes of this host, on loopback, with all their state under
 * one directory.
 */
@NullMarked
package io.holdfast.cli.local;

import org.jspecify.annotations.NullMarked;
